"""How many numbers the rules about magic numbers of several linters report, per 1,000 lines of the same files.

    python bench/magic_numbers.py --peers ~/peers ~/checkouts/redash ~/checkouts/gogs

`--peers` is a folder whose `node_modules` holds ESLint with the parser of typescript-eslint, and Biome:

    npm install --prefix ~/peers eslint @typescript-eslint/parser typescript @biomejs/biome

Ruff is the one beside this Python. A linter that is not installed is named as absent. All of them read a copy of the
files that are part of the product (no tests, migrations, examples, generated or vendored files), without the project's
own configuration, and count as the lines that they report; a line without anything on it is no line.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:1] = [str(ROOT), str(ROOT / "linter")]  # not this folder: its modules are those of `bench`

from bench import peers as others  # noqa: E402
from bench.peers import GROUPS  # noqa: E402

from persistlint.discovery import discover  # noqa: E402
from persistlint.languages import language_of  # noqa: E402
from persistlint.paths import is_product  # noqa: E402

Line = tuple[str, int]
Linter = Callable[[Path, Path], set[Line] | None]

_COMPONENTS = (".vue", ".svelte")  # the peers do not read them without plugins
_EVERY_OPTION = {
    "ignore": [-1, 0, 1, 2],
    "ignoreArrayIndexes": True,
    "ignoreDefaultValues": True,
    "ignoreClassFieldInitialValues": True,
    "ignoreEnums": True,
    "ignoreNumericLiteralTypes": True,
    "ignoreReadonlyClassProperties": True,
    "ignoreTypeIndexes": True,
}


def main() -> None:
    """Print a Markdown table with a row for every folder and language."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--peers", type=Path, default=Path(), help="the folder with `node_modules`")
    arguments = parser.parse_args()
    peers = arguments.peers.resolve()
    print("| folder | language | 1,000 lines |", " | ".join(LINTERS), "|")
    print("|---|---|--:|" + "--:|" * len(LINTERS))
    for folder in arguments.folders:
        for language, files in sorted(_files(folder).items()):
            lines = sum(bool(line.strip()) for file in files for line in file.read_bytes().split(b"\n")) / 1000
            with tempfile.TemporaryDirectory() as copy:
                for file in files:
                    target = Path(copy) / file.relative_to(folder)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, target)
                counts = [_count(name, language, lines, Path(copy), peers) for name in LINTERS]
            print(f"| {folder.name} | {language} | {lines:.1f} |", " | ".join(counts), "|", flush=True)


def _files(folder: Path) -> dict[str, list[Path]]:
    """The files of the product, by group of languages."""
    found: dict[str, list[Path]] = {}
    for file in discover([folder]).files:
        group = GROUPS.get(language_of(file.name) or "", "SQL")
        if group != "SQL" and is_product(file.relative_to(folder).as_posix()) and file.suffix not in _COMPONENTS:
            found.setdefault(group, []).append(file)
    return found


def _count(linter: str, language: str, lines: float, folder: Path, peers: Path) -> str:
    """What to write of a linter: its reports per 1,000 lines."""
    if language not in _READS[linter]:
        return ""
    reported = LINTERS[linter](folder, peers)
    return "absent" if reported is None else f"{len(reported) / lines:.2f}"


# ----------------------------------------------------------------------------------------------------- the linters


def persistlint(folder: Path, peers: Path) -> set[Line] | None:
    """The lines that `magic-number` reports."""
    command = [sys.executable, "-m", "persistlint", "check", "--format=json", "--no-cache", "--isolated"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "linter")}
    report = _json([*command, "--select=magic-number", "."], folder, environment)
    return {(found["path"], found["start"]["line"]) for found in report["diagnostics"]}


def ruff(folder: Path, peers: Path) -> set[Line] | None:
    """The lines that PLR2004 reports: comparisons only."""
    executable = others.ruff()
    if executable is None:
        return None
    options = ["--isolated", "--no-cache", "--select=PLR2004", "--ignore-noqa", "--output-format=json"]
    command = [executable, "check", *options]
    return {(found["filename"], found["location"]["row"]) for found in _json([*command, "."], folder)}


def eslint(folder: Path, peers: Path) -> set[Line] | None:
    """The lines that `no-magic-numbers` reports as it comes."""
    return _eslint(folder, peers, {})


def eslint_with_options(folder: Path, peers: Path) -> set[Line] | None:
    """The lines that `no-magic-numbers` reports with everything ignored that it can ignore."""
    return _eslint(folder, peers, _EVERY_OPTION)


def _eslint(folder: Path, peers: Path, options: dict[str, Any]) -> set[Line] | None:
    config = folder / "eslint.config.mjs"
    command = others.eslint(peers, config, options)
    if command is None:
        return None
    files = _json([*command, "--format=json", "."], folder)
    messages = ((file["filePath"], message) for file in files for message in file["messages"])
    config.unlink()
    return {(path, message["line"]) for path, message in messages if message["ruleId"] == "no-magic-numbers"}


def biome(folder: Path, peers: Path) -> set[Line] | None:
    """The lines that `noMagicNumbers` reports."""
    executable = others.node_program(peers, "biome")
    if executable is None:
        return None
    options = ["--only=style/noMagicNumbers", "--reporter=json", "--max-diagnostics=none"]
    report = _json([executable, "lint", *options, "."], folder)
    return {
        (found["location"]["path"], found["location"]["start"]["line"])
        for found in report["diagnostics"]
        if found["category"] == "lint/style/noMagicNumbers"
    }


def _json(command: list[Any], folder: Path, environment: dict[str, str] | None = None) -> Any:
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    try:
        return json.loads(run.stdout)
    except json.JSONDecodeError:
        sys.exit(f"{command[0]} wrote no JSON: {run.stderr.strip()[-1000:]}")


LINTERS: dict[str, Linter] = {
    "persistlint": persistlint,
    "ruff PLR2004": ruff,
    "ESLint": eslint,
    "ESLint, all options": eslint_with_options,
    "Biome": biome,
}
_SCRIPTS = frozenset(["JavaScript and TypeScript"])
_READS = {
    "persistlint": frozenset(GROUPS.values()),
    "ruff PLR2004": frozenset(["Python"]),
    "ESLint": _SCRIPTS,
    "ESLint, all options": _SCRIPTS,
    "Biome": _SCRIPTS,
}


if __name__ == "__main__":
    main()
