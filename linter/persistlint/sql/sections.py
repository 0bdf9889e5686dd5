"""The parts of a migration that go forward and back, as annotations in comments divide it."""

from __future__ import annotations

import re
from bisect import bisect_right
from operator import attrgetter

from persistlint.records import dataclass
from persistlint.regexes import regex

# How runners write that what follows goes forward, or undoes it.
_FORWARD = (
    r"--\s*\+goose\s+Up\b|--\s*\+migrate\s+Up\b|--\s*\+micrate\s+Up\b|--\s*migrate:up\b|--\s*rambler\s+up\b"
    r"|--\s*Up\s+Migration\b|--\s*Up\s*$|(?:#\s*-{3}|--)\s*!Ups\b"
)
_BACK = (
    r"--\s*\+goose\s+Down\b|--\s*\+migrate\s+Down\b|--\s*\+micrate\s+Down\b|--\s*migrate:down\b|--\s*rambler\s+down\b"
    r"|--\s*Down\s+Migration\b|--\s*Down\s*$|(?:#\s*-{3}|--)\s*!Downs\b|--\s*//\s*@UNDO\b"
    r"|-{2,4}\s*create above / drop below\s*-{2,4}|--\s*@UNDO\b"
)
_MARK = regex(rf"^[ \t]*(?:(?P<forward>{_FORWARD})|(?P<back>{_BACK}))[^\n]*", re.IGNORECASE | re.MULTILINE)
# What every mark has: a pattern that begins with its own text is found much faster than one that begins with a line.
_HINT = regex(r"--\s*(?:\+|migrate:|rambler|up|down|!ups|!downs|create above|//\s*@undo|@undo)", re.IGNORECASE)
_ANNOTATION = regex(r"\s*--\s*\+\w+\s+Statement(?:Begin|End)\b", re.IGNORECASE)
# In a path behind a slash: a pattern that begins with a set of characters is found much faster.
_BACK_FILE = regex(
    r"[/._-](?:(?<=/)down\.sql$|(?<=[._-])(?:down|rollback|undo|revert)\.sql$|(?<=/)U\d[^/]*__[^/]*\.sql$"
    r"|(?<=/)(?:rollbacks?|downgrades?|down|undo|reverts?)/(?:[^/]+/)*[^/]*\.sql$)",
    re.IGNORECASE,
)

_REWORKED = regex(r"/(?:deploy|verify)/[^@]+@[^/@]+\.sql$", re.IGNORECASE)  # as `sqitch rework` names it


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a file from the code point `start` on. `line` is the annotation that begins it, "" for none."""

    start: int
    is_forward: bool
    line: str = ""


@dataclass(frozen=True)
class Sections:
    """All parts of a file, the first from its beginning."""

    parts: tuple[Section, ...]

    def text_of(self, part: Section, text: str) -> str:
        """What a part says, annotations left out; "" for nothing."""
        behind = bisect_right(self.parts, part.start, key=attrgetter("start"))
        end = self.parts[behind].start if behind < len(self.parts) else len(text)
        lines = text[part.start : end].splitlines()[1:]
        return "\n".join(line for line in lines if not _ANNOTATION.match(line)).strip()

    def at(self, position: int) -> int:
        """The number of the part that holds a code point."""
        return bisect_right(self.parts, position, key=attrgetter("start")) - 1


def is_past(path: str) -> bool:
    """Whether a file says what was so before: it undoes another one, or Sqitch kept it under the name of a release
    when it was made again. The routines in it are those of other files, or gone."""
    return _BACK_FILE.search(f"/{path}") is not None or _REWORKED.search(f"/{path}") is not None


def sections(path: str, text: str) -> Sections:
    """The parts of a file. One whose name says that it undoes another goes back from its beginning."""
    found = [Section(0, _BACK_FILE.search(f"/{path}") is None)]
    if _HINT.search(text):
        found += [
            Section(match.start(), match.lastgroup == "forward", match.group().strip())
            for match in _MARK.finditer(text)
        ]
    return Sections(tuple(found))
