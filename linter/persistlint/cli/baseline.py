"""`persistlint baseline`: write down what is known, so that a check reports only what is new."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.cli.arguments import overrides
from persistlint.cli.running import by_baseline, check_paths
from persistlint.cli.status import CLEAN, FAILED, UsageError
from persistlint.output.text import write_failures
from persistlint.running.baseline import BaselineError, Entry, read, renewed, write
from persistlint.running.comparing import Scope, compare_run, scope_of
from persistlint.running.run import Run

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from persistlint.configuration.config import Overrides

USUAL = Path("persistlint-baseline.json")


def run(arguments: Namespace) -> int:
    """Check everything and write the baseline; what people wrote into the old one stays.

    With `--prune` nothing is added, and what is mended is taken out."""
    configuration = overrides(arguments)
    run = Run()
    try:
        for path in _baselines(arguments, (), configuration):
            _read(path)  # what is wrong with it is said before the work
        files = check_paths(run, arguments, configuration)
        for path, few in _baselines(arguments, files, configuration).items():
            _renew(path, arguments, run, scope_of(run, path, arguments.paths or [Path()], few, configuration))
    except BaselineError as error:
        raise UsageError(str(error)) from error
    write_failures(run, sys.stdout)
    return FAILED if run.failures else CLEAN


def _baselines(arguments: Namespace, files: Sequence[str], configuration: Overrides) -> dict[Path, list[Path]]:
    """The baselines to write, each with its files; the usual one has those for which no configuration names any."""
    paths = arguments.paths or [Path()]
    found = by_baseline(paths, files, configuration, arguments.output_file)
    placed = {file for few in found.values() for file in few}
    others = [file for file in map(Path, files) if file not in placed]
    if others or not found:
        found.setdefault(USUAL, []).extend(others)
    return found


def _read(path: Path) -> tuple[Entry, ...]:
    return read(path) if path.exists() else ()


def _renew(path: Path, arguments: Namespace, run: Run, scope: Scope) -> None:
    comparison = compare_run(run, _read(path), scope)
    old = [renewed(found, entry) for found, entry in comparison.found if entry]
    new = [_with_remarks(found, arguments) for found, entry in comparison.found if not entry]
    stale = [entry for entry in comparison.left if scope.has(entry)]
    elsewhere = [entry for entry in comparison.left if not scope.has(entry)]
    kept = old + elsewhere
    write(path, kept if arguments.prune else kept + new)
    added = 0 if arguments.prune else len(new)
    print(f"{path}: {_entries(len(kept) + added)}, {added} of them new; {len(stale)} taken out.")


def _with_remarks(entry: Entry, arguments: Namespace) -> Entry:
    return replace(entry, reason=arguments.reason or "", until=arguments.until)


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"
