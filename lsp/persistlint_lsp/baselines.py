"""What the baselines of the configuration know, which an editor is not told again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from persistlint.configuration.config import ConfigError, configuration_for
from persistlint.running.baseline import BaselineError, read
from persistlint.running.comparing import Known, without_known

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from persistlint.configuration.config import Overrides
    from persistlint.engine import Report
    from persistlint.source import SourceFile


class Baselines:
    """Baselines that were read. `tell` is called with a sentence about one that cannot be read, which knows nothing."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._read: dict[Path, Known | None] = {}
        self._stamps: dict[Path, int | None] = {}

    def is_changed(self) -> bool:
        """Whether one was changed since it was read."""
        return any(stamp != time_of_change(path) for path, stamp in self._stamps.items())

    def forget(self) -> None:
        """Read them anew."""
        self._read.clear()
        self._stamps.clear()

    def only_new(self, source: SourceFile, report: Report, overrides: Overrides) -> Report:
        """The report of a file without what its baseline knows."""
        if not report.diagnostics:
            return report
        try:
            path = configuration_for(source.path, overrides).baseline
            if path is None or (known := self._known(path)) is None:
                return report
            new = without_known(source, report.diagnostics, known, overrides, date.today())
        except ConfigError:  # it changed meanwhile, and whoever asks for the settings next is told
            return report
        return replace(report, diagnostics=new)

    def _known(self, path: Path) -> Known | None:
        if path not in self._read:
            self._stamps[path] = time_of_change(path)
            try:
                self._read[path] = Known(path.parent, read(path))
            except BaselineError as error:
                self._read[path] = None
                self._tell(str(error))
        return self._read[path]


def time_of_change(path: Path) -> int | None:
    """When a file was changed last, None if it is not there."""
    with suppress(OSError):
        return path.stat().st_mtime_ns
    return None
