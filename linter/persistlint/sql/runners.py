"""Which program runs a SQL file, and whether it opens a transaction around it: what `runners.toml` knows."""

from __future__ import annotations

import os
import re
from dataclasses import field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from persistlint.heads import head_of
from persistlint.moments import moment
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.schema.script import Runner
from persistlint.sql.manifests import meaning
from persistlint.sql.neighbours import is_project, listed, of_all_databases, table, upwards

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST = 1_000_000  # bytes of such a file that are read
_HEAD = 20_000  # code points of a script in which annotations are looked for
_NUMBER = regex(r"^(\d+)[_-]")
_UP = regex(r"up(?=\.sql$)", re.IGNORECASE)
_AT_START = regex(r"\A\^--")  # what begins with a text is found much faster than what begins with a place
_FLAGS = re.IGNORECASE | re.MULTILINE


@dataclass(frozen=True)
class Pattern:
    """One entry of `runners.toml`. A pattern that it does not have is None."""

    name: str
    wraps: bool | str
    path: re.Pattern[str] | None = None
    mark: str = ""
    text: re.Pattern[str] | None = None
    off: re.Pattern[str] | None = None
    evidence: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    beside: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    dialect: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    detects: bool = False
    per_section: bool = False
    listed: str = ""
    undo: str = ""
    version: re.Pattern[str] | None = None
    says_utc: bool = False
    sums: bool = False
    references: str = "on"
    switch: str = ""
    annotation: str = ""
    new: str = ""
    no_new: str = ""
    no_drift: str = ""
    owner: str = ""
    timestamptz: str = ""


def pattern_for(path: str, text: str) -> Pattern | None:
    """The runner that the name of a file, its text and its project prove."""
    head = text[:_HEAD]
    lowered = head.lower()
    usable = (pattern for pattern in _usable(_folder(path)) if pattern.mark in lowered)
    return next((pattern for pattern in usable if _fits(pattern, path, head)), None)


def runner_of(pattern: Pattern | None, path: str, text: str) -> Runner:
    """The runner of a file, and whether it wraps all of it; what a section of it says is looked at elsewhere. A file of
    a project whose runner nobody knows may be wrapped or not; a file that stands alone is run by hand."""
    if pattern is None:
        return Runner(wraps=None if _has_manifest(path) else False)
    is_off = not pattern.per_section and pattern.off is not None and pattern.off.search(text[:_HEAD]) is not None
    is_off = is_off or any(
        found.search(head_of(Path(path).parent / name.format(file=Path(path).name), _LARGEST))
        for name, found in pattern.beside.items()
    )
    wraps = bool(pattern.wraps) and not is_off
    alone = bool(pattern.annotation) or pattern.detects or pattern.wraps in ("implicit", False)
    joins = pattern.wraps == "implicit"
    return Runner(
        pattern.name,
        wraps,
        pattern.switch,
        is_off,
        pattern.annotation,
        pattern.per_section,
        pattern.new,
        pattern.no_new,
        pattern.no_drift,
        runs_alone=alone,
        joins=joins,
        owner=pattern.owner,
        says_utc=pattern.says_utc,
        timestamptz=pattern.timestamptz,
        sums=pattern.sums,
        checks_references=pattern.references == "on",
    )


def recorded_dialect(path: str) -> str | None:
    """The dialect that a tool has written down beside its migrations, in sqlglot's words; None where none has."""
    return _recorded(_around(path), moment())


@lru_cache(maxsize=64)
def _recorded(folder: str, moment: int) -> str | None:
    found = (
        found.search(head_of(Path(folder, name), _LARGEST))
        for entry in _patterns()
        for name, found in entry.dialect.items()
    )
    return next((meaning(match.group(1)) for match in found if match), None)


def undo_beside(path: str) -> bool | None:
    """Whether the file is there that undoes a script, where it would be beside it, be it that of all databases; None
    for a script not on disk."""
    if not os.path.isfile(path):  # noqa: PTH113
        return None
    folder, name = os.path.split(path)
    back = os.path.join(folder, _UP.sub("down", name))  # noqa: PTH118
    return os.path.isfile(back) or os.path.isfile(of_all_databases(back))  # noqa: PTH113


def version_of(pattern: Pattern | None, path: str) -> str:
    """The version in the name of a file, "" where its runner has none; leading zeros are no matter. Where nobody knows
    the runner, the number that the name begins with."""
    numbered = pattern.version if pattern is not None else _NUMBER
    found = numbered.search(os.path.split(path)[1]) if numbered is not None else None
    return found.group(1).replace("_", ".").lstrip("0") if found else ""


def _fits(pattern: Pattern, path: str, head: str) -> bool:
    """Whether a script is as those of a runner are, by itself."""
    if pattern.text is not None and not pattern.text.search(head):
        return False
    if pattern.path is not None and not pattern.path.search(f"/{path}"):
        return False
    return not pattern.listed or _is_listed(path, pattern.listed)


@lru_cache(maxsize=1024)
def _usable(folder: str) -> tuple[Pattern, ...]:
    """The runners that the project around a folder does not tell to be others, "" for none. Its scripts ask alike."""
    return tuple(pattern for pattern in _patterns() if not pattern.evidence or (folder and _is_proved(pattern, folder)))


def _is_proved(pattern: Pattern, folder: str) -> bool:
    """Whether the project around a folder shows that it uses a runner."""
    return any(found.search(text) for name, found in pattern.evidence.items() for text in texts_above(folder, name))


def _is_listed(path: str, name: str) -> bool:
    """Whether a script stands in the list of those that its runner runs; true where there is no such list."""
    text = _list(_around(path), name, moment())
    return not text or f'"{Path(path).stem}"' in text


@lru_cache(maxsize=16)
def _list(folder: str, name: str, moment: int) -> str:
    return head_of(Path(folder, name), _LARGEST)


@cache
def _patterns() -> tuple[Pattern, ...]:
    return tuple(
        Pattern(**{key: _compiled(value) if key in _COMPILED else value for key, value in entry.items()})
        for entry in table()
    )


_COMPILED = ("path", "text", "off", "evidence", "beside", "dialect", "version")


def _compiled(value: str | dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _compiled(pattern) for name, pattern in value.items()}
    return regex(_AT_START.sub(r"--(?<=^--)", value), _FLAGS)


def _folder(path: str) -> str:
    """The directory of a file as a whole path; "" for one that is not on disk."""
    return _around(path) if os.path.isfile(path) else ""  # noqa: PTH113 - every script asks, and `Path` takes longer


def _around(path: str) -> str:
    """The directory of a path as a whole path, be there a file or not."""
    return os.path.abspath(os.path.dirname(path))  # noqa: PTH100, PTH120


@lru_cache(maxsize=64)  # several runners look into one file
def texts_above(directory: str, name: str) -> list[str]:
    """The texts of the files of a name in a directory and those around it, the nearest first, up to the root of the
    repository."""
    texts = (_text(folder, name) for folder in _directories(directory))
    return [text for text in texts if text is not None]


@lru_cache(maxsize=1024)
def _text(directory: str, name: str) -> str | None:
    path = f"{directory}/{name}"
    return head_of(Path(path), _LARGEST) if os.path.isfile(path) else None  # noqa: PTH113


@lru_cache(maxsize=1024)
def _directories(directory: str) -> tuple[str, ...]:
    """A directory and those around it, as text: there may be one for each script."""
    return tuple(map(str, upwards(Path(directory))))


def _has_manifest(path: str) -> bool:
    folder = _folder(path)
    return folder != "" and any(map(_has_one, _directories(folder)))


@lru_cache(maxsize=1024)
def _has_one(directory: str) -> bool:
    return any(map(is_project, listed(directory)))
