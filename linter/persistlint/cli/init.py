"""`persistlint init`: look at a project, say what it works with, and propose a configuration and a hook.

With `--write` the files are written that are not there yet; no file is changed. A baseline is used if there is one, or
if one is to be: the configuration names it, or the hook where there is a configuration already, which may not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.cli.status import CLEAN, UsageError
from persistlint.configuration.config import NO_OVERRIDES, configuration_for
from persistlint.discovery import every_file
from persistlint.survey import Survey, survey

if TYPE_CHECKING:
    from argparse import Namespace
    from collections import Counter
    from pathlib import Path

CONFIGURATION, HOOKS, BASELINE = "persistlint.toml", ".pre-commit-config.yaml", "persistlint-baseline.json"
NEXT = f"""\
Next: `persistlint check` shows what there is; `persistlint baseline` writes it down, and
`persistlint check --baseline {BASELINE}` reports only what is new."""
NEXT_BASELINE = "Next: `persistlint baseline` writes down what there is; then only what is new is reported."
HOOK = """\
  - repo: local
    hooks:
      - id: persistlint
        name: persistlint
        entry: persistlint check --force-exclude{options}
        language: system
        types: [text]
        require_serial: true
"""


def run(arguments: Namespace) -> int:
    """Survey the project, print the proposal, and with `--write` write it."""
    root: Path = arguments.path
    if not root.is_dir():
        raise UsageError(f"{root}: it is no directory")
    found = survey(root, every_file(root, NO_OVERRIDES, []))
    _print_survey(found)
    existing = configuration_for(root / "-").files
    has_baseline = (root / BASELINE).exists()
    is_wanted = has_baseline or arguments.with_baseline
    configuration = _configuration(found, is_wanted)
    _propose(root / CONFIGURATION, configuration, str(existing[-1].path) if existing else "", arguments.write)
    is_named = not existing or any(file.baseline for file in existing)
    hook = HOOK.format(options=f" --baseline {BASELINE}" if is_wanted and not is_named else "")
    is_there = (root / HOOKS).exists()
    _propose(root / HOOKS, hook if is_there else f"repos:\n{hook}", HOOKS if is_there else "", arguments.write)
    print(NEXT_BASELINE if is_wanted and not has_baseline else NEXT)
    return CLEAN


def _print_survey(found: Survey) -> None:
    for name, counts in (
        ("languages", found.languages),
        ("database libraries", found.libraries),
        ("migration runners", found.runners),
        ("databases", found.dialects),
    ):
        print(f"{name + ':':<20}{_listed(counts)}")
    print()


def _listed(counts: Counter[str]) -> str:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{name} ({count})" for name, count in ordered) or "none found"


def _configuration(found: Survey, has_baseline: bool) -> str:
    lines = ['select = ["default"]', "exclude = []      # patterns as in .gitignore: what is generated or not yours"]
    if has_baseline:
        lines.append(f'baseline = "{BASELINE}"  # what is known, and left out')
    if found.dialect:
        lines.append(f'dialect = "{found.dialect}"  # where the code does not tell')
    return "\n".join(lines) + "\n"


def _propose(path: Path, text: str, existing: str, write: bool) -> None:
    """Print what a file could hold; write it if that is asked for and nothing of the kind exists."""
    if existing:
        print(f"There is {existing} already; it could hold:\n")
    elif write:
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            raise UsageError(f"{path}: it cannot be written: {error.strerror}") from error
        print(f"Written to {path}:\n")
    else:
        print(f"{path} could hold (`--write` writes it):\n")
    print("".join(f"    {line}\n" for line in text.splitlines()))
