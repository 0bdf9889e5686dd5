"""`persistlint init`: look at a project, say what it works with, and propose a configuration and a hook.

With `--write` the files are written that are not there yet; no file is changed. The hook uses a baseline if there is
one, or if one is to be: the configuration comes first, because it decides what the baseline has to know.
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
NEXT_BASELINE = "Next: `persistlint baseline` writes down what there is; then the hook reports only what is new."
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
    _propose(root / CONFIGURATION, _configuration(found), str(existing[-1].path) if existing else "", arguments.write)
    has_baseline = (root / BASELINE).exists()
    options = f" --baseline {BASELINE}" if has_baseline or arguments.with_baseline else ""
    hook = HOOK.format(options=options)
    is_there = (root / HOOKS).exists()
    _propose(root / HOOKS, hook if is_there else f"repos:\n{hook}", HOOKS if is_there else "", arguments.write)
    print(NEXT_BASELINE if options and not has_baseline else NEXT)
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


def _configuration(found: Survey) -> str:
    lines = ['select = ["default"]', "exclude = []      # patterns as in .gitignore: what is generated or not yours"]
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
