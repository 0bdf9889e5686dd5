"""`persistlint check`: read and check files, and write the results."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from persistlint.cli.arguments import overrides
from persistlint.cli.progress import progress
from persistlint.cli.status import CLEAN, FAILED, FOUND, UsageError
from persistlint.cluster import ClusterError
from persistlint.config import settings_for
from persistlint.output import writer
from persistlint.run import Fixing, Run
from persistlint.workers import cores

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from persistlint.baseline import Entry
    from persistlint.cache import Cache
    from persistlint.changes import Changes
    from persistlint.config import Overrides
    from persistlint.sharding import Shard

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
    known, changes = _known(arguments.baseline), _changes(arguments.since)
    if arguments.watch:
        from persistlint.cli.watch import watch

        watch(arguments, configuration, known)
    run = Run()
    if _is_stdin(arguments):
        files = _check_stdin(run, arguments, configuration)
    else:
        shard: Shard | None = arguments.shard
        files = check_paths(run, arguments, configuration, changes, shard, fixing=fixing_of(arguments))
    leave_out(run, arguments, files, configuration, known)
    if changes:
        run.keep(changes.touch)
    if arguments.add_suppressions:
        from persistlint.cli.suppress import add_suppressions

        add_suppressions(run, lambda path: settings_for(path, configuration), arguments.add_suppressions)
    if arguments.diff:
        _show_differences(run)
    else:
        is_fixed_text = _is_stdin(arguments) and fixing_of(arguments) is Fixing.WRITE
        write_results(run, arguments, sys.stderr if is_fixed_text else sys.stdout)
    if run.failures:
        return FAILED
    return FOUND if run.results and not arguments.exit_zero else CLEAN


def check_paths(
    run: Run,
    arguments: Namespace,
    overrides: Overrides,
    changes: Changes | None = None,
    shard: Shard | None = None,
    *,
    fixing: Fixing = Fixing.NONE,
) -> Sequence[Path]:
    """Check the paths that the arguments name, those of them that changed and are in the share; return the files."""
    found = discover_files(run, arguments, overrides)
    files = [path for path in found if (not changes or changes.has(path)) and (not shard or shard.has(path))]
    try:
        with progress(len(files), None if arguments.quiet else sys.stderr) as advance:
            run.check_files(
                files,
                lambda path: settings_for(path, overrides),
                fixing=fixing,
                unsafe=arguments.unsafe_fixes if fixing is not Fixing.NONE else False,
                jobs=arguments.jobs or cores(),
                cluster=arguments.executor,
                cache=_cache(arguments),
                advance=advance,
            )
    except ClusterError as error:
        raise UsageError(str(error)) from error
    return files


def fixing_of(arguments: Namespace) -> Fixing:
    """What the arguments say of fixes."""
    if arguments.diff:
        return Fixing.SHOW
    return Fixing.WRITE if arguments.fix or arguments.unsafe_fixes else Fixing.NONE


def _cache(arguments: Namespace) -> Cache | None:
    """The cache, if it can be used; a folder that the user named should be one that can."""
    if arguments.no_cache:
        return None
    from persistlint.cache_folder import CacheError, open_cache, usual

    folder: Path | None = arguments.cache_dir
    try:
        return open_cache(folder or usual(), is_named=folder is not None)
    except CacheError as error:
        if folder is not None:
            print(f"warning: {folder}: nothing is kept there: {error}", file=sys.stderr)
        return None


def discover_files(run: Run, arguments: Namespace, overrides: Overrides) -> Sequence[Path]:
    """The files to check among the paths that the arguments name; what cannot be found is a failure of the run."""
    from persistlint.discovery import discover

    found = discover(arguments.paths or [Path()], overrides, force_exclude=arguments.force_exclude)
    for path in found.unread:
        print(f"warning: {path.as_posix()}: persistlint does not read files of this kind", file=sys.stderr)
    run.failures.extend(found.failures)
    return found.files


def leave_out(
    run: Run, arguments: Namespace, files: Sequence[Path], overrides: Overrides, known: Sequence[Entry]
) -> None:
    """Drop what the baseline knows, and warn about what it knows in vain."""
    if arguments.baseline is None:
        return
    from datetime import date

    from persistlint.cli.comparing import leave_out_known, scope_of
    from persistlint.output.text import shown

    # An entry whose file is gone may be in a file that is left out.
    is_part = _is_stdin(arguments) or arguments.since or arguments.shard
    roots = files if is_part else arguments.paths or [Path()]
    scope = scope_of(run, arguments.baseline, roots, files, overrides)
    for warning in leave_out_known(run, known, scope, date.today()):
        print(f"warning: {shown(warning)}", file=sys.stderr)


def write_results(run: Run, arguments: Namespace, stream: TextIO | None = None) -> None:
    """Write the results in every format that was asked for, to files and to `stream`, by default standard output;
    `--output-file` is for those without a file."""
    stream = stream or sys.stdout
    usual = "statistics" if arguments.statistics else "text"
    wanted: Sequence[tuple[str, Path | None]] = arguments.format or [(usual, None)]
    for name, path in wanted:
        _write(run, name, path or arguments.output_file or stream, quiet=arguments.quiet)
    if arguments.explain:
        from persistlint.cli.explain import show

        for rule in sorted({diagnostic.rule for diagnostic in run.diagnostics}):
            print(file=stream)
            show(rule, stream)


def _show_differences(run: Run) -> None:
    """Write what the fixes would change to standard output, for `git apply` too, and the rest beside it."""
    from persistlint.output.text import summary_of_differences, write_failures

    sys.stdout.write("".join(run.differences))
    write_failures(run, sys.stderr)
    print(summary_of_differences(run), file=sys.stderr)


def _write(run: Run, name: str, target: Path | TextIO, *, quiet: bool) -> None:
    if not isinstance(target, Path):
        writer(name)(run, target, quiet=quiet)
        return
    try:
        with target.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            writer(name)(run, stream, quiet=quiet)
    except OSError as error:
        raise UsageError(f"{target}: it cannot be written: {error.strerror}") from error


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


def _is_stdin(arguments: Namespace) -> bool:
    return bool(arguments.stdin_filename) or Path("-") in arguments.paths


def _check_stdin(run: Run, arguments: Namespace, overrides: Overrides) -> Sequence[Path]:
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
        return (path,)
    fixed = source if is_left_out else run.check(source, settings, fixing=fixing, unsafe=arguments.unsafe_fixes)
    if fixing is Fixing.WRITE:
        from persistlint.fixes.write import WriteError, encode

        try:
            sys.stdout.buffer.write(encode(source, fixed.content))
        except WriteError as error:
            run.failures.append(Failure(path.as_posix(), str(error)))
    return () if is_left_out else (path,)


def _refuse_pairs(arguments: Namespace) -> None:
    """Raise `UsageError` for options that do not go together."""
    for second, options in _APART.items():
        is_given = _is_stdin(arguments) if second == STDIN else getattr(arguments, second)
        for first in options:
            if is_given and getattr(arguments, first):
                other = second if second == STDIN else _option(second)
                raise UsageError(f"{_option(first)} cannot be used with {other}")
    if arguments.output_file and sum(path is None for _, path in arguments.format or ()) > 1:
        raise UsageError("`--output-file` is for one format; name the files of others as in `--format sarif=FILE`")


def _option(name: str) -> str:
    return f"`--{name.replace('_', '-')}`"
