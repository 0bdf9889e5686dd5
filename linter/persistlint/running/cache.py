"""What came of files that did not change, kept between runs in one SQLite file.

A row answers one question: what comes of the file of this name, with these settings, seen from this directory. It holds
where the mark of the file is the one that was seen, or else where its bytes are. Whatever is wrong with the SQLite file
or a row, the answer is that nothing is known. It holds as well what an analysis made of many files: see `shelf`.
"""

from __future__ import annotations

import os
import zlib
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from persistlint.reading import ReadError, digest, is_settled, mark, read_bytes
from persistlint.running.stored_report import dump, load
from persistlint.surroundings import OF_HISTORY, OF_MODULE, Surroundings, anew, mark_of_module, module_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

    from persistlint.engine import Report
    from persistlint.running.checking import Outcome, Task
    from persistlint.settings import Settings

LARGEST = 256 * 1024 * 1024  # bytes; a full file is begun anew
_PAGE = 4096  # bytes
_WAIT = 2.0  # seconds for another process that writes
_AT_ONCE = 500  # files asked for; SQLite takes so many parameters everywhere
_MOST_MADE = 64  # things that were made of many files
_TABLE = (
    "CREATE TABLE IF NOT EXISTS results (context BLOB, path BLOB, mark BLOB, digest BLOB, report BLOB,"
    " checksum INTEGER, PRIMARY KEY (context, path)) WITHOUT ROWID"
)
_MADE = "CREATE TABLE IF NOT EXISTS made (key BLOB UNIQUE, data BLOB, checksum INTEGER)"

T = TypeVar("T")
_Row = tuple[bytes, bytes, bytes, bytes, bytes, int]  # the columns of the table


class Cache:
    """The results in one SQLite file, for one run."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._contexts: dict[int, bytes] = {}  # by the identity of settings
        self._around: dict[str, str] = {}  # marks of what was around files before they were checked
        self._new: list[_Row] = []

    def find(self, tasks: Sequence[Task]) -> dict[int, Report]:
        """What is known of tasks, by their places among them."""
        rows: dict[int, _Row] = {}
        if self._file.exists():
            rows = self._with_file(lambda connection: self._read(connection, tasks), rows)
        surroundings = anew()  # the analysis behind it may take it for true, and `keep` looks whether it was
        found: dict[int, Report] = {}
        for number, task in enumerate(tasks):
            around = self._around[task.path] = surroundings.mark(task.path)
            row = rows.get(number)
            report = _report(row) if row else None
            if row and report and self._holds(row, report, task.path, around, surroundings):
                found[number] = report
        return found

    def keep(self, tasks: Sequence[Task], outcomes: Mapping[int, Outcome]) -> None:
        """Remember what came of tasks that were not found, by their places among all that `find` was asked for."""
        surroundings = Surroundings()
        for number, outcome in outcomes.items():
            path = tasks[number].path
            around, consulted = surroundings.mark(path), outcome.report.consulted
            if outcome.failure or outcome.report.errors or around != self._around[path]:
                continue  # the last: something around it changed while it was checked
            if consulted != _consulted(consulted, path, surroundings):
                continue
            seen = outcome.mark if surroundings.is_settled(path, consulted) else ""
            content = digest(outcome.digest + surroundings.digest(path, consulted))
            context = self._context(tasks[number].settings)
            joined = _joined(seen, around + consulted)
            self._new.append(_row(context, os.fsencode(path), joined, content, dump(outcome.report)))
        if self._new:
            self._with_file(self._write, None)

    def fetch(self, key: bytes) -> bytes | None:
        """What was made before and remembered under a key, None if it is not known."""

        def find(connection: sqlite3.Connection) -> tuple[bytes, int] | None:
            connection.execute(_MADE)
            found: tuple[bytes, int] | None = connection.execute(
                "SELECT data, checksum FROM made WHERE key = ?", (key,)
            ).fetchone()
            return found

        found = self._with_file(find, None) if self._file.exists() else None
        try:
            return found[0] if found is not None and _checksum(key, found[0]) == found[1] else None
        except TypeError:  # the column holds something else
            return None

    def store(self, key: bytes, data: bytes) -> None:
        """Remember what was made, and forget what was made long ago."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(_MADE)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT OR REPLACE INTO made VALUES (?, ?, ?)", (key, data, _checksum(key, data)))
            connection.execute("DELETE FROM made WHERE rowid <= (SELECT max(rowid) FROM made) - ?", (_MOST_MADE,))
            connection.execute("COMMIT")

        self._with_file(write, None)

    def _holds(self, row: _Row, report: Report, path: str, around: str, surroundings: Surroundings) -> bool:
        """Whether a row is about the file as it is. One that is touched, but the same, is known by its mark again."""
        context, name, seen, content, dumped, _ = row
        consulted = _consulted(report.consulted, path, surroundings)
        around += consulted
        try:
            status = os.stat(path)  # noqa: PTH116 - twice as fast, and all that is done for most files
            if seen == _joined(mark(status), around):
                return True
            data, status = read_bytes(path)
        except (OSError, ReadError):
            return False  # whoever checks it says why
        if digest(digest(data) + surroundings.digest(path, consulted)) != content:
            return False
        if is_settled(status) and surroundings.is_settled(path, consulted):
            self._new.append(_row(context, name, _joined(mark(status), around), content, dumped))
        return True

    def _context(self, settings: Settings) -> bytes:
        """What else than the file a result depends on."""
        key = id(settings)
        if key not in self._contexts:
            options = sorted((rule, sorted(values.items())) for rule, values in settings.options.items())
            severities = sorted((rule, severity.value) for rule, severity in settings.severities.items())
            parts = (str(Path.cwd()), sorted(settings.rules), severities, options, settings.dialect, settings.names)
            self._contexts[key] = digest(repr(parts).encode("utf-8", "surrogateescape"))
        return self._contexts[key]

    def _read(self, connection: sqlite3.Connection, tasks: Sequence[Task]) -> dict[int, _Row]:
        places = {(self._context(task.settings), os.fsencode(task.path)): place for place, task in enumerate(tasks)}
        names: dict[bytes, list[bytes]] = {}
        for context, name in places:
            names.setdefault(context, []).append(name)
        rows: dict[int, _Row] = {}
        for context, wanted in names.items():
            if len(wanted) <= _AT_ONCE:
                marks = ",".join("?" * len(wanted))
                query, asked = f"SELECT * FROM results WHERE context = ? AND path IN ({marks})", wanted
            else:  # they stand together, and to go through them takes half as long as to look for each
                query = "SELECT * FROM results WHERE context = ? AND path BETWEEN ? AND ?"
                asked = [min(wanted), max(wanted)]
            for row in connection.execute(query, (context, *asked)):
                if row[:2] in places:
                    rows[places[row[:2]]] = row
        return rows

    def _write(self, connection: sqlite3.Connection) -> None:
        connection.execute(_TABLE)
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?)", self._new)
        connection.execute("COMMIT")
        self._new.clear()

    def _with_file(self, act: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """Do something with the SQLite file; where it is no good, it is removed, to be begun anew."""
        try:
            import _sqlite3 as sqlite3
        except ImportError:  # this Python keeps it elsewhere; the module around it loads what knows of dates besides
            import sqlite3  # type: ignore[no-redef]

        try:
            with closing(sqlite3.connect(self._file, timeout=_WAIT, isolation_level=None)) as connection:
                connection.execute(f"PRAGMA max_page_count = {LARGEST // _PAGE}")
                connection.execute("PRAGMA synchronous = OFF")  # every row has a checksum
                return act(connection)
        except (sqlite3.Error, ValueError, OverflowError) as error:  # a broken file breaks its messages too
            # It may be in use, or not ours to write: then the next run tries again.
            is_good = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in is_good:
                with suppress(OSError):
                    self._file.unlink()
            return otherwise


def _row(context: bytes, name: bytes, seen: bytes, content: bytes, report: bytes) -> _Row:
    return context, name, seen, content, report, _checksum(context, name, seen, content, report)


def _checksum(*columns: bytes) -> int:
    return zlib.crc32(b"\0".join(columns))


def _report(row: _Row) -> Report | None:
    """The report in a row, None if the row is not what was written."""
    try:
        return load(row[4]) if _checksum(*row[:5]) == row[5] else None
    except (TypeError, ValueError, KeyError):
        return None


def _joined(seen: str, around: str) -> bytes:
    """The mark of a file with what is around it, b"" where one of them does not tell every change."""
    return f"{seen} {around}".encode() if seen else b""


def _consulted(marks: str, path: str, surroundings: Surroundings) -> str:
    """What the marks of what an analysis consulted are now, "" for one that consulted nothing."""
    return " ".join(sorted({_mark_now(mark, path, surroundings) for mark in marks.split()}))


def _mark_now(mark: str, path: str, surroundings: Surroundings) -> str:
    if mark.startswith(OF_MODULE):
        now: str = surroundings.once(mark_of_module, module_of(mark))
    elif mark.startswith(OF_HISTORY):
        now = surroundings.once(_history_of, os.path.dirname(path))  # noqa: PTH120 - as for `stat`
    else:
        now = surroundings.mark_of_tables(path)
    return now


def _history_of(folder: str) -> str:
    from persistlint.history import state  # only who has asked git pays for it

    return state(Path(folder, "-").absolute())
