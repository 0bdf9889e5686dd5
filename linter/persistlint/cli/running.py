"""What the commands that check have in common: find the files, check them, leave out what is known, write results."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from persistlint.cli.progress import progress
from persistlint.cli.status import UsageError
from persistlint.configuration.config import configuration_for, settings_for
from persistlint.output import writer
from persistlint.running.cluster import ClusterError
from persistlint.running.run import Fixing, Run
from persistlint.running.workers import cores

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Sequence

    from persistlint.configuration.config import Overrides
    from persistlint.running.baseline import Entry
    from persistlint.running.cache import Cache
    from persistlint.running.changes import Changes
    from persistlint.running.sharding import Shard


def is_stdin(arguments: Namespace) -> bool:
    """Whether standard input is to be checked."""
    return bool(arguments.stdin_filename) or Path("-") in arguments.paths


def fixing_of(arguments: Namespace) -> Fixing:
    """What the arguments say of fixes."""
    if arguments.diff:
        return Fixing.SHOW
    return Fixing.WRITE if arguments.fix or arguments.unsafe_fixes else Fixing.NONE


def discover_files(run: Run, arguments: Namespace, overrides: Overrides) -> Sequence[str]:
    """The paths of the files to check below those that the arguments name; what cannot be found is a failure."""
    from persistlint.discovery import discover

    found = discover(arguments.paths or [Path()], overrides, force_exclude=arguments.force_exclude)
    for path in found.unread:
        print(f"warning: {path.as_posix()}: persistlint does not read files of this kind", file=sys.stderr)
    run.failures.extend(found.failures)
    return found.names


def check_paths(
    run: Run,
    arguments: Namespace,
    overrides: Overrides,
    changes: Changes | None = None,
    shard: Shard | None = None,
    *,
    fixing: Fixing = Fixing.NONE,
) -> Sequence[str]:
    """Check the paths that the arguments name, those of them that changed and are in the share; return the files."""
    files = discover_files(run, arguments, overrides)
    if changes:
        files = [path for path in files if changes.has(Path(path))]
    if shard:
        files = [path for path in files if shard.has(Path(path))]
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


def by_baseline(
    paths: Sequence[Path], files: Iterable[str], overrides: Overrides, given: Path | None
) -> dict[Path, list[Path]]:
    """The baselines for a run, each with those of the files that it is for: the one that the command line gives, else
    those that the configuration of `paths`, which the run is about, and of the files names."""
    if given is not None:
        return {given: list(map(Path, files))}
    found: dict[Path, list[Path]] = {}
    for path in paths:
        if baseline := configuration_for(path / "-" if path.is_dir() else path, overrides).baseline:
            found.setdefault(baseline, [])
    folders: dict[str, list[str]] = {}
    for file in files:
        folders.setdefault(os.path.dirname(file), []).append(file)  # noqa: PTH120 - `Path` takes ten times as long
    for names in folders.values():
        if baseline := configuration_for(names[0], overrides).baseline:
            found.setdefault(baseline, []).extend(map(Path, names))
    here = Path.cwd() if found else Path()
    return {path.relative_to(here) if path.is_relative_to(here) else path: few for path, few in found.items()}


def read_known(
    arguments: Namespace, overrides: Overrides, files: Iterable[str] = ()
) -> dict[Path, tuple[Sequence[Entry], list[Path]]]:
    """What the baselines for a check know, each with the files that it is for. Raises `UsageError`."""
    if arguments.no_baseline:
        return {}
    paths = [arguments.stdin_filename or Path()] if is_stdin(arguments) else arguments.paths or [Path()]
    found = by_baseline(paths, files, overrides, arguments.baseline)
    if not found:
        return {}
    from persistlint.running.baseline import BaselineError, read

    try:
        return {path: (read(path), few) for path, few in found.items()}
    except BaselineError as error:
        raise UsageError(str(error)) from error


def leave_out(run: Run, arguments: Namespace, files: Sequence[str], overrides: Overrides) -> None:
    """Drop what the baselines know, and warn about what they know in vain. Raises `UsageError`."""
    known = read_known(arguments, overrides, files)
    if not known:
        return
    from datetime import date

    from persistlint.output.text import shown
    from persistlint.running.comparing import leave_out_known, scope_of

    # An entry whose file is gone may be in a file that is left out.
    is_part = is_stdin(arguments) or arguments.since or arguments.shard
    for baseline, (entries, few) in known.items():
        scope = scope_of(run, baseline, few if is_part else arguments.paths or [Path()], few, overrides)
        for warning in leave_out_known(run, entries, scope, date.today()):
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


def _write(run: Run, name: str, target: Path | TextIO, *, quiet: bool) -> None:
    if not isinstance(target, Path):
        writer(name)(run, target, quiet=quiet)
        return
    try:
        with target.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            writer(name)(run, stream, quiet=quiet)
    except OSError as error:
        raise UsageError(f"{target}: it cannot be written: {error.strerror}") from error


def _cache(arguments: Namespace) -> Cache | None:
    """The cache, if it can be used; a folder that the user named should be one that can."""
    if arguments.no_cache:
        return None
    from persistlint.running.cache_folder import CacheError, open_cache, usual

    folder: Path | None = arguments.cache_dir
    try:
        return open_cache(folder or usual(), is_named=folder is not None)
    except CacheError as error:
        if folder is not None:
            print(f"warning: {folder}: nothing is kept there: {error}", file=sys.stderr)
        return None
