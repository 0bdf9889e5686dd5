"""What is known already: a file of diagnostics that a check leaves out.

An entry is found again by its rule and its code, wherever its line has moved to; in another file too, if its own is
gone or was looked at and has it no longer. One entry stands for one diagnostic.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

from persistlint.records import dataclass
from persistlint.suggestion import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence
    from pathlib import Path

VERSION = 1


class BaselineError(Exception):
    """A baseline cannot be read or written; the message names the file, and the line where it is known."""


@dataclass(frozen=True)
class Entry:
    """One diagnostic. `path` is relative to the folder of the baseline, with forward slashes; `fingerprint` is that of
    `persistlint.fingerprint`. People add why it may stay, and the last day that it may."""

    path: str
    rule: str
    fingerprint: str
    message: str
    reason: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Comparison:
    """What was found, in order, each with the entry that knows it or None; and the entries that know nothing."""

    found: tuple[tuple[Entry, Entry | None], ...]
    left: tuple[Entry, ...]


def compare(known: Iterable[Entry], found: Sequence[Entry], may_have_moved: Callable[[Entry], bool]) -> Comparison:
    """Find an entry for everything that was found: first one of its own file, then one that may have moved."""
    here = _queues(known, lambda entry: (entry.path, entry.rule, entry.fingerprint))
    partners = [_take(here, (entry.path, entry.rule, entry.fingerprint)) for entry in found]
    left = [entry for queue in here.values() for entry in queue]
    moved = _queues(filter(may_have_moved, left), lambda entry: (entry.rule, entry.fingerprint))
    partners = [
        partner or _take(moved, (entry.rule, entry.fingerprint)) for entry, partner in zip(found, partners, strict=True)
    ]
    used = {id(partner) for partner in partners}
    pairs = tuple(zip(found, partners, strict=True))
    return Comparison(pairs, tuple(entry for entry in left if id(entry) not in used))


def renewed(found: Entry, known: Entry) -> Entry:
    """An entry as it is now, with what people wrote into it."""
    return replace(found, reason=known.reason, until=known.until)


def read(path: Path) -> tuple[Entry, ...]:
    """Read a baseline. Raises `BaselineError` for the first thing in it that is wrong."""
    try:
        text = path.read_text("utf-8-sig")
        value = json.loads(text)
    except FileNotFoundError as error:
        raise BaselineError(f"{path}: there is no such file; `persistlint baseline` writes one") from error
    except OSError as error:
        raise BaselineError(f"{path}: it cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:  # a conflict of a merge, mostly
        raise BaselineError(f"{path}:{error.lineno}: it is not valid JSON: {error.msg}") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise BaselineError(f"{path}: it is not valid JSON") from error
    return _Reader(path, text).entries(value)


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Write a baseline, one entry a line, by path, so that two branches seldom change the same line of it.

    Raises `BaselineError`.
    """
    from persistlint.fixes.write import replace as replace_file

    lines = ",\n".join(f"    {_line(entry)}" for entry in sorted(entries, key=lambda entry: entry.path))
    text = f'{{\n  "version": {VERSION},\n  "entries": [{lines and chr(10) + lines + chr(10) + "  "}]\n}}\n'
    data = text.encode("utf-8", "backslashreplace")  # what is no Unicode in a path becomes an escape of JSON
    try:
        if path.exists():
            replace_file(path.resolve(), data)
        else:
            path.write_bytes(data)
    except OSError as error:
        raise BaselineError(f"{path}: it cannot be written: {error.strerror}") from error


def _line(entry: Entry) -> str:
    value = {key: value for key, value in vars(entry).items() if value}
    return json.dumps(value, ensure_ascii=False, default=date.isoformat)


def _queues(entries: Iterable[Entry], key: Callable[[Entry], Hashable]) -> dict[Hashable, deque[Entry]]:
    queues: dict[Hashable, deque[Entry]] = defaultdict(deque)
    for entry in entries:
        queues[key(entry)].append(entry)
    return queues


def _take(queues: dict[Hashable, deque[Entry]], key: Hashable) -> Entry | None:
    return queues[key].popleft() if queues.get(key) else None


@dataclass(frozen=True)
class _Reader:
    """Checks the values of one file, and says where they stand when they are wrong."""

    path: Path
    text: str

    def entries(self, value: Any) -> tuple[Entry, ...]:
        if not isinstance(value, dict) or not isinstance(value.get("entries"), list):
            raise BaselineError(f"{self.path}: it is no baseline of persistlint")
        if value.get("version") != VERSION:
            raise BaselineError(
                f"{self.path}: its version is {value.get('version')!r}, and this persistlint reads {VERSION}"
            )
        return tuple(self.entry(number, item) for number, item in enumerate(value["entries"], 1))

    def entry(self, number: int, value: Any) -> Entry:
        if not isinstance(value, dict):
            self.refuse(value, f"entry {number} must be an object")
        known = [field.name for field in fields(Entry)]
        for key, item in value.items():
            if key not in known:
                self.refuse(key, f"unknown key `{key}` in entry {number}.{did_you_mean(key, known)}")
            if not isinstance(item, str):
                self.refuse(item, f"`{key}` of entry {number} must be a string")
        missing = next((key for key in ("path", "rule", "fingerprint", "message") if key not in value), None)
        if missing:
            self.refuse(next(iter(value.values()), ""), f"entry {number} has no `{missing}`")
        return Entry(**value | {"until": self.date(number, value["until"]) if "until" in value else None})

    def date(self, number: int, value: str) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.refuse(value, f"`until` of entry {number} must be a date such as 2030-12-31")

    def refuse(self, value: Any, message: str) -> NoReturn:
        """Raise, with the first line that holds a value."""
        for ensure_ascii in (False, True):
            before, found, _ = self.text.partition(json.dumps(value, ensure_ascii=ensure_ascii))
            if found:
                raise BaselineError(f"{self.path}:{before.count(chr(10)) + 1}: {message}")
        raise BaselineError(f"{self.path}: {message}")
