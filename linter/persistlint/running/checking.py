"""Checking one file on disk, wherever that happens: in this process, in another one, or on another machine."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.engine import Report, check
from persistlint.plugins import PluginError
from persistlint.reading import ReadError, decode, digest, is_settled, mark, read_bytes
from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.settings import Settings
    from persistlint.source import SourceFile


@dataclass(frozen=True, slots=True)
class Task:
    """A file to check. `path` is as it was given, relative to the current directory where it is relative."""

    path: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a task. `failure` says why the file could not be checked, "" if it was. `mark` is that of
    the file that was read, "" where it does not tell every change; `digest` stands for its bytes."""

    report: Report = field(default_factory=Report)
    failure: str = ""
    mark: str = ""
    digest: bytes = b""


def check_file(task: Task) -> Outcome:
    """Read and check a file. Never raises for what the file is or holds."""
    try:
        data, status = read_bytes(task.path)
        source = decode(task.path, data, task.settings.dialect)
    except ReadError as error:
        return Outcome(failure=str(error))
    settled = mark(status) if is_settled(status) else ""
    return Outcome(report_on(source, task.settings), "", settled, digest(data))


def report_on(source: SourceFile, settings: Settings) -> Report:
    """Check a file that was read; a defect of persistlint must not hide what other files hold. Raises `PluginError`."""
    try:
        return check(source, settings)
    except PluginError:
        raise
    except Exception as error:
        return Report((), (f"internal error: {type(error).__name__}: {error}",))
