"""`persistlint check --watch`: check anew whatever is saved, until Ctrl-C."""

from __future__ import annotations

import sys
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.cli.running import discover_files, fixing_of, leave_out, write_results
from persistlint.configuration.config import absolute, configuration_for, forget, settings_for
from persistlint.dependents import Changed
from persistlint.discovery import is_skipped
from persistlint.languages import language_of
from persistlint.records import dataclass
from persistlint.running.run import Run
from persistlint.surroundings import anew

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator, Sequence

    from persistlint.configuration.config import Overrides

CONFIGURATIONS = frozenset({"persistlint.toml", "pyproject.toml", ".gitignore"})
CLEAR = "\x1b[2J\x1b[3J\x1b[H"


def watch(arguments: Namespace, overrides: Overrides) -> None:
    """Check everything, and then again what changes. Ends with `KeyboardInterrupt`."""
    roots = arguments.paths or [Path()]
    configurations = {file.path for root in roots for file in configuration_for(root / "-", overrides).files}
    follow(arguments, overrides, _changes([*roots, *configurations]))


def follow(arguments: Namespace, overrides: Overrides, changes: Iterable[Iterable[Path]]) -> None:
    """Write the results anew after every change; `changes` are the absolute paths of files that changed together."""
    watched = _Watched(arguments, overrides)
    for changed in changes:
        run, files = watched.check(Changed(frozenset(changed)))
        leave_out(run, arguments, files, overrides)
        if sys.stdout.isatty():
            sys.stdout.write(CLEAR)
        write_results(run, arguments)
        print("Watching for changes; Ctrl-C ends it.", flush=True)


@dataclass
class _Watched:
    """What came out of every file when it was checked last."""

    arguments: Namespace
    overrides: Overrides
    runs: dict[Path, Run] = field(default_factory=dict)

    def check(self, changed: Changed) -> tuple[Run, Sequence[str]]:
        """The results of all files, of which only those are checked that changed or are new."""
        if any(path.name in CONFIGURATIONS for path in changed.files):
            forget()
            self.runs.clear()
        if changed.is_of_tables:
            anew()
        whole = Run()
        files = discover_files(whole, self.arguments, self.overrides)
        before, self.runs = self.runs, {}
        for path in files:
            key = absolute(Path(path))
            run = before.get(key)
            if run is None or key in changed.files or changed.concerns(key, run.consulted):
                run = Run()
                run.check_files(
                    [path],
                    lambda path: settings_for(path, self.overrides),
                    fixing=fixing_of(self.arguments),
                    unsafe=self.arguments.unsafe_fixes,
                )
            self.runs[key] = run
            whole.add(run)
        return whole, files


def _changes(roots: Iterable[Path]) -> Iterator[set[Path]]:
    """Nothing at first, when watching has begun, and then what changes."""
    from watchfiles import watch

    # It yields once after the first timeout, so that what is saved during the first check is not missed.
    events = watch(*roots, watch_filter=_matters, rust_timeout=100, yield_on_timeout=True, raise_interrupt=True)
    yield {Path(path) for _, path in next(events)}
    for event in events:
        if event:
            yield {absolute(Path(path)) for _, path in event}


def _matters(change: object, path: str) -> bool:
    parts = Path(path).parts
    return not is_skipped(parts) and (parts[-1] in CONFIGURATIONS or language_of(parts[-1]) is not None)
