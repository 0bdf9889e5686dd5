"""`persistlint check`: read and check files, and write the results."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.cli.arguments import overrides
from persistlint.cli.status import CLEAN, FAILED, FOUND, UsageError
from persistlint.config import settings_for
from persistlint.output import writer
from persistlint.run import Run

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from persistlint.baseline import Entry
    from persistlint.changes import Changes
    from persistlint.config import Overrides

TEXT = ("text", None)


def run(arguments: Namespace) -> int:
    """Check what the arguments name; return the exit status."""
    configuration = overrides(arguments)
    known, changes = _known(arguments.baseline), _changes(arguments.since)
    run = Run()
    if arguments.stdin_filename or Path("-") in arguments.paths:
        files = roots = _check_stdin(run, arguments, configuration)
    else:
        _refuse_together(arguments, "fix", "since")
        files = check_paths(run, arguments, configuration, changes, fix=arguments.fix)
        roots = arguments.paths or [Path()]
    if arguments.baseline:
        from persistlint.cli.comparing import leave_out_known, scope_of

        scope = scope_of(run, arguments.baseline, roots, files, configuration)
        for warning in leave_out_known(run, known, scope, date.today()):
            print(f"warning: {warning}", file=sys.stderr)
    if changes:
        run.keep(changes.touch)
    if arguments.add_suppressions:
        from persistlint.cli.suppress import add_suppressions

        add_suppressions(run, lambda path: settings_for(path, configuration), arguments.add_suppressions)
    _write(run, arguments)
    if run.failures:
        return FAILED
    return FOUND if run.results and not arguments.exit_zero else CLEAN


def check_paths(
    run: Run, arguments: Namespace, overrides: Overrides, changes: Changes | None = None, *, fix: bool = False
) -> Sequence[Path]:
    """Check the paths that the arguments name, those of them that changed; return the files."""
    from persistlint.discovery import discover

    found = discover(arguments.paths or [Path()], overrides, force_exclude=arguments.force_exclude)
    for path in found.unread:
        print(f"warning: {path.as_posix()}: persistlint does not read files of this kind", file=sys.stderr)
    run.failures.extend(found.failures)
    files = [path for path in found.files if changes.has(path)] if changes else found.files
    run.check_files(files, lambda path: settings_for(path, overrides), fix=fix)
    return files


def _known(baseline: Path | None) -> Sequence[Entry]:
    if baseline is None:
        return ()
    from persistlint.baseline import BaselineError, read

    try:
        return read(baseline)
    except BaselineError as error:
        raise UsageError(str(error)) from error


def _changes(revision: str | None) -> Changes | None:
    if revision is None:
        return None
    from persistlint.changes import ChangesError, since

    try:
        return since(revision)
    except ChangesError as error:
        raise UsageError(f"--since: {error}") from error


def _check_stdin(run: Run, arguments: Namespace, overrides: Overrides) -> Sequence[Path]:
    """Check standard input under the name that it was given; return that name, if it is not left out."""
    from persistlint.discovery import Failure, is_out
    from persistlint.reading import ReadError, read_stdin

    path: Path | None = arguments.stdin_filename
    if path is None:
        raise UsageError("standard input needs `--stdin-filename FILE`, which tells the language")
    if set(arguments.paths) - {Path("-")}:
        raise UsageError("standard input cannot be checked together with other paths")
    for option in ("fix", "since", "add_suppressions"):
        _refuse_together(arguments, option, "stdin_filename", "standard input")
    if arguments.force_exclude and is_out(path, overrides):
        return ()
    settings = settings_for(path, overrides)
    try:
        run.check(read_stdin(path, settings.dialect), settings)
    except ReadError as error:
        run.failures.append(Failure(path.as_posix(), str(error)))
    return (path,)


def _refuse_together(arguments: Namespace, first: str, second: str, name: str = "") -> None:
    """Raise `UsageError` where both options are given."""
    if getattr(arguments, first) and getattr(arguments, second):
        one, other = f"`--{first.replace('_', '-')}`", name or f"`--{second.replace('_', '-')}`"
        raise UsageError(f"{one} cannot be used with {other}")


def _write(run: Run, arguments: Namespace) -> None:
    """Write the results in every format that was asked for; `--output-file` is for the one without a file."""
    wanted: Sequence[tuple[str, Path | None]] = arguments.format or [TEXT]
    for name, path in wanted:
        _write_one(run, name, path or arguments.output_file, quiet=arguments.quiet)


def _write_one(run: Run, name: str, path: Path | None, *, quiet: bool) -> None:
    if path is None:
        writer(name)(run, sys.stdout, quiet=quiet)
        return
    try:
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            writer(name)(run, stream, quiet=quiet)
    except OSError as error:
        raise UsageError(f"{path}: it cannot be written: {error.strerror}") from error
