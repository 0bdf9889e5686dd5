"""Where a comment that silences a rule can stand: at the end of the line, alone on the line above, or, in the middle
of a string of several lines, as a comment of the SQL."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.languages import languages, read
from persistlint.source import Range
from persistlint.sql.lexer import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from persistlint.diagnostic import Diagnostic
    from persistlint.source import SourceFile

_LIST = rb"persistlint:[ \t]*ignore\[[^\]\r\n]*"
_ON_LINE = re.compile(_LIST)
_ALONE_ON_LINE = re.compile(rb"[ \t]*(?:#|//|--|/\*)[ \t]*" + _LIST)
_LINE_END = re.compile(rb"\r\n|\n|\r")
_OPENING = re.compile(r"""\w*(?:\"{3}|'{3}|["'`])""")


@dataclass(frozen=True)
class _Place:
    """A byte offset where the name of a rule is inserted, between `before` and `after`."""

    offset: int
    before: str
    after: str


def ignore_edits(source: SourceFile, diagnostics: Sequence[Diagnostic]) -> tuple[Edit | None, ...]:
    """For every diagnostic, in order, the edit that silences its rule on its first line, or None where no comment
    can stand. Whether one can is asked of the parser, which knows strings, JSX and whatever else holds no comments."""
    lines = {source.line_of(diagnostic.range.start) for diagnostic in diagnostics}
    places = {line: place for line in lines if (place := _existing(source, line))}
    for candidate in (_at_end, _above):
        wanted = {line: place for line in lines - places.keys() if (place := candidate(source, line))}
        places |= _that_are_comments(source, wanted)
    if rest := lines - places.keys():
        templates = read(source).templates
        places |= {line: place for line in rest if (place := _in_string(source, line, templates))}
    return tuple(
        Edit(Range(place.offset, place.offset), f"{place.before}{diagnostic.rule}{place.after}")
        if (place := places.get(source.line_of(diagnostic.range.start)))
        else None
        for diagnostic in diagnostics
    )


def _existing(source: SourceFile, line: int) -> _Place | None:
    """The end of the list of rules in a comment that holds for this line already."""
    bounds = source.line_range(line)
    match = _ON_LINE.search(source.content, bounds.start, bounds.end)
    if match is None and line > 1:
        above = source.line_range(line - 1)
        match = _ALONE_ON_LINE.match(source.content, above.start, above.end)
    return _Place(match.end(), "" if match.group().endswith(b"[") else ", ", "") if match else None


def _at_end(source: SourceFile, line: int) -> _Place | None:
    bounds = source.line_range(line)
    if source.text(bounds).endswith("\\"):
        return None  # nothing may follow a backslash that continues a line
    return _Place(bounds.end, f"  {_comment(source)} persistlint: ignore[", "]")


def _above(source: SourceFile, line: int) -> _Place | None:
    if line > 1 and source.text(source.line_range(line - 1)).endswith("\\"):
        return None
    bounds = source.line_range(line)
    text = source.text(bounds)
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    line_end = _LINE_END.search(source.content)
    newline = line_end.group().decode("ascii") if line_end else "\n"
    return _Place(bounds.start, f"{indent}{_comment(source)} persistlint: ignore[", f"]{newline}")


def _comment(source: SourceFile) -> str:
    return languages()[source.language].comment


def _that_are_comments(source: SourceFile, places: Mapping[int, _Place]) -> dict[int, _Place]:
    """The places where the parser sees a comment once it is written there; all are tried in one go."""
    if not places:
        return {}
    content = bytearray()
    copied = 0
    starts: dict[int, int] = {}
    for line, place in sorted(places.items()):
        content += source.content[copied : place.offset]
        text = f"{place.before}rule{place.after}".encode()
        starts[line] = len(content) + len(text) - len(text.lstrip())
        content += text
        copied = place.offset
    content += source.content[copied:]
    comments = read(replace(source, content=bytes(content))).comments
    return {
        line: place
        for line, place in places.items()
        if (index := bisect_right(comments, starts[line], key=lambda comment: comment.start))
        and starts[line] in comments[index - 1]
    }


def _in_string(source: SourceFile, line: int, templates: Sequence[Range]) -> _Place | None:
    """The end of a line inside a template, unless it is inside a string or a comment of the SQL too."""
    end = source.line_range(line).end
    template = next((range for range in templates if range.start < end < range.end), None)
    if template is None or not (opening := _OPENING.match(source.text(template))):
        return None
    sql = source.text(Range(template.start, end))[opening.end() :]
    last = tokenize(f"{sql} --", source.dialect)[-1]
    if last.kind is not Kind.COMMENT or last.text != "--":
        return None
    return _Place(end, "  -- persistlint: ignore[", "]")
