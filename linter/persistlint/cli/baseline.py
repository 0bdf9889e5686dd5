"""`persistlint baseline`: write down what is known, so that a check reports only what is new."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.cli.arguments import overrides
from persistlint.cli.comparing import compare_run, scope_of
from persistlint.cli.running import check_paths
from persistlint.cli.status import CLEAN, FAILED, UsageError
from persistlint.output.text import write_failures
from persistlint.running.baseline import BaselineError, Entry, read, renewed, write
from persistlint.running.run import Run

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Check everything and write the baseline; what people wrote into the old one stays.

    With `--prune` nothing is added, and what is mended is taken out."""
    path: Path = arguments.output_file
    configuration = overrides(arguments)
    try:
        known = read(path) if path.exists() else ()
        run = Run()
        files = list(map(Path, check_paths(run, arguments, configuration)))
        scope = scope_of(run, path, arguments.paths or [Path()], files, configuration)
        comparison = compare_run(run, known, scope)
        old = [renewed(found, entry) for found, entry in comparison.found if entry]
        new = [_with_remarks(found, arguments) for found, entry in comparison.found if not entry]
        stale = [entry for entry in comparison.left if scope.has(entry)]
        elsewhere = [entry for entry in comparison.left if not scope.has(entry)]
        kept = old + elsewhere
        write(path, kept if arguments.prune else kept + new)
    except BaselineError as error:
        raise UsageError(str(error)) from error
    added = 0 if arguments.prune else len(new)
    print(f"{path}: {_entries(len(kept) + added)}, {added} of them new; {len(stale)} taken out.")
    write_failures(run, sys.stdout)
    return FAILED if run.failures else CLEAN


def _with_remarks(entry: Entry, arguments: Namespace) -> Entry:
    return replace(entry, reason=arguments.reason or "", until=arguments.until)


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"
