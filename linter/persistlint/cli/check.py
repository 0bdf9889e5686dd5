"""`persistlint check`: read and check files, and write the results."""

from __future__ import annotations

import sys
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

    from persistlint.config import Overrides

TEXT = ("text", None)


def run(arguments: Namespace) -> int:
    """Check what the arguments name; return the exit status."""
    configuration = overrides(arguments)
    run = Run()
    if arguments.stdin_filename or Path("-") in arguments.paths:
        _check_stdin(run, arguments, configuration)
    else:
        _check_paths(run, arguments, configuration)
    _write(run, arguments)
    if run.failures:
        return FAILED
    return FOUND if run.results and not arguments.exit_zero else CLEAN


def _check_paths(run: Run, arguments: Namespace, overrides: Overrides) -> None:
    from persistlint.discovery import discover

    found = discover(arguments.paths or [Path()], overrides, force_exclude=arguments.force_exclude)
    for path in found.unread:
        print(f"warning: {path.as_posix()}: persistlint does not read files of this kind", file=sys.stderr)
    run.failures.extend(found.failures)
    run.check_files(found.files, lambda path: settings_for(path, overrides), fix=arguments.fix)


def _check_stdin(run: Run, arguments: Namespace, overrides: Overrides) -> None:
    from persistlint.discovery import Failure, is_out
    from persistlint.reading import ReadError, read_stdin

    path: Path | None = arguments.stdin_filename
    if path is None:
        raise UsageError("standard input needs `--stdin-filename FILE`, which tells the language")
    if set(arguments.paths) - {Path("-")}:
        raise UsageError("standard input cannot be checked together with other paths")
    if arguments.fix:
        raise UsageError("`--fix` cannot be used with standard input")
    if arguments.force_exclude and is_out(path, overrides):
        return
    settings = settings_for(path, overrides)
    try:
        run.check(read_stdin(path, settings.dialect), settings)
    except ReadError as error:
        run.failures.append(Failure(path.as_posix(), str(error)))


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
