"""`persistlint check`: read and check files, and write the results."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.cli.arguments import overrides
from persistlint.cli.running import check_paths, fixing_of, is_stdin, leave_out, read_known, write_results
from persistlint.cli.status import CLEAN, FAILED, FOUND, UsageError
from persistlint.configuration.config import settings_for
from persistlint.running.run import Fixing, Run

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from persistlint.configuration.config import Overrides
    from persistlint.running.changes import Changes
    from persistlint.running.sharding import Shard

STDIN = "standard input"

# A fix moves lines, so that git's are no longer those of the file.
_APART = {
    STDIN: ("since", "add_suppressions", "watch", "shard"),
    "since": ("fix", "unsafe_fixes", "diff"),
    "diff": ("fix", "statistics", "format", "explain", "add_suppressions", "watch"),
    "statistics": ("format",),
    "explain": ("format",),
    "watch": ("since", "add_suppressions", "output_file", "shard"),
}


def run(arguments: Namespace) -> int:
    """Check what the arguments name; return the exit status."""
    _refuse_pairs(arguments)
    configuration = overrides(arguments)
    read_known(arguments, configuration)  # what is wrong with a baseline is said before the work
    changes = _changes(arguments.since)
    if arguments.watch:
        from persistlint.cli.watch import watch

        watch(arguments, configuration)
    run = Run()
    if is_stdin(arguments):
        files = _check_stdin(run, arguments, configuration)
    else:
        shard: Shard | None = arguments.shard
        files = check_paths(run, arguments, configuration, changes, shard, fixing=fixing_of(arguments))
    leave_out(run, arguments, files, configuration)
    if changes:
        run.keep(changes.touch)
    if arguments.add_suppressions:
        from persistlint.cli.suppress import add_suppressions

        add_suppressions(run, lambda path: settings_for(path, configuration), arguments.add_suppressions)
    if arguments.diff:
        _show_differences(run)
    else:
        is_fixed_text = is_stdin(arguments) and fixing_of(arguments) is Fixing.WRITE
        write_results(run, arguments, sys.stderr if is_fixed_text else sys.stdout)
    if run.failures:
        return FAILED
    return FOUND if run.results and not arguments.exit_zero else CLEAN


def _show_differences(run: Run) -> None:
    """Write what the fixes would change to standard output, for `git apply` too, and the rest beside it."""
    from persistlint.output.text import summary_of_differences, write_failures

    sys.stdout.write("".join(run.differences))
    write_failures(run, sys.stderr)
    print(summary_of_differences(run), file=sys.stderr)


def _changes(revision: str | None) -> Changes | None:
    if revision is None:
        return None
    from persistlint.running.changes import ChangesError, since

    try:
        return since(revision)
    except ChangesError as error:
        raise UsageError(f"--since: {error}") from error


def _check_stdin(run: Run, arguments: Namespace, overrides: Overrides) -> Sequence[str]:
    """Check standard input under the name that it was given; return that name, if it is not left out. Where fixes are
    to be applied, the text goes to standard output as they make it."""
    from persistlint.discovery import Failure, is_out
    from persistlint.reading import ReadError, read_stdin

    path: Path | None = arguments.stdin_filename
    if path is None:
        raise UsageError("standard input needs `--stdin-filename FILE`, which tells the language")
    if set(arguments.paths) - {Path("-")}:
        raise UsageError("standard input cannot be checked together with other paths")
    settings, fixing = settings_for(path, overrides), fixing_of(arguments)
    is_left_out = arguments.force_exclude and is_out(path, overrides)
    if is_left_out and fixing is not Fixing.WRITE:
        return ()
    try:
        source = read_stdin(path, settings.dialect)
    except ReadError as error:
        run.failures.append(Failure(path.as_posix(), str(error)))
        return (path.as_posix(),)
    fixed = source if is_left_out else run.check(source, settings, fixing=fixing, unsafe=arguments.unsafe_fixes)
    if fixing is Fixing.WRITE:
        from persistlint.fixes.write import WriteError, encode

        try:
            sys.stdout.buffer.write(encode(source, fixed.content))
        except WriteError as error:
            run.failures.append(Failure(path.as_posix(), str(error)))
    return () if is_left_out else (path.as_posix(),)


def _refuse_pairs(arguments: Namespace) -> None:
    """Raise `UsageError` for options that do not go together."""
    for second, options in _APART.items():
        is_given = is_stdin(arguments) if second == STDIN else getattr(arguments, second)
        for first in options:
            if is_given and getattr(arguments, first):
                other = second if second == STDIN else _option(second)
                raise UsageError(f"{_option(first)} cannot be used with {other}")
    if arguments.output_file and sum(path is None for _, path in arguments.format or ()) > 1:
        raise UsageError("`--output-file` is for one format; name the files of others as in `--format sarif=FILE`")


def _option(name: str) -> str:
    return f"`--{name.replace('_', '-')}`"
