"""Where a comment that silences a rule can stand: at the end of the line, alone on the line above, or, in the middle
of a string of several lines, as a comment of the SQL.

An editor writes one comment at a time, and at the end of the line. Many at once come with a reason, which is long, and
stand above.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.languages import languages, read
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.lexer import Kind, tokenize
from persistlint.suppression import header_end, is_alone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from persistlint.diagnostic import Diagnostic
    from persistlint.languages import Syntax
    from persistlint.source import SourceFile

_LIST = rb"persistlint:[ \t]*ignore\[[^\]\r\n]*"
_ON_LINE = regex(_LIST)
_ALONE_ON_LINE = regex(rb"[ \t]*(?:#|//|--|/\*)[ \t]*" + _LIST)
_ON_FILE = regex(rb"persistlint:[ \t]*ignore-file\[[^\]\r\n]*")
_EOL = rb"(?:\r\n|\n|\r)"
# A line for the kernel, and one that names the encoding (PEP 263), which must be one of the first two.
_FIRST = regex(rb"(?:#!.*?" + _EOL + rb")?(?:[ \t\f]*#[^\r\n]*?coding[:=].*?" + _EOL + rb")?")
_SCRIPT = regex(rb"<script\b[^>]*>[ \t]*" + _EOL)
_WITH_SCRIPT = (".vue", ".svelte")
_LINE_END = regex(rb"\r\n|\n|\r")
_OPENING = regex(r"""\w*(?:\"{3}|'{3}|["'`])""")
_NOT_FOR_STRINGS = regex(r"[^\w ,.()/-]+")  # what could be a quote, an escape or a placeholder there


@dataclass(frozen=True)
class _Place:
    """A byte offset where the name of a rule is inserted, between `before` and `after`. A comment that is there
    already has its reason, and a reason inside of a string must not be more than words."""

    offset: int
    before: str
    after: str
    is_there: bool = False
    is_in_string: bool = False


def ignore_edits(source: SourceFile, diagnostics: Sequence[Diagnostic]) -> tuple[Edit | None, ...]:
    """For every diagnostic, in order, the edit that silences its rule on its first line, or None where no comment
    can stand. Whether one can is asked of the parser, which knows strings, JSX and whatever else holds no comments."""
    places = _places(source, {_line(source, diagnostic) for diagnostic in diagnostics}, (_at_end, _above))
    return tuple(
        _edit(place, diagnostic.rule) if (place := places.get(_line(source, diagnostic))) else None
        for diagnostic in diagnostics
    )


def ignore_file_edit(source: SourceFile, rule: str) -> Edit | None:
    """The edit that silences a rule in a whole file, None where no comment can stand for it: in the list of a comment
    that is at the top already, else in a new one there, behind what must come first."""
    comments = read(source).comments
    header = header_end(source, comments)
    for comment in comments:
        if comment.end <= header and (match := _ON_FILE.search(source.content, comment.start, comment.end)):
            before = "" if match.group().endswith(b"[") else ", "
            return Edit(Range(match.end(), match.end()), f"{before}{rule}")
    match = _FIRST.match(source.content) if not source.path.endswith(_WITH_SCRIPT) else _SCRIPT.search(source.content)
    if match is None:
        return None
    newline = _newline(source)
    # what stands right below a line of comments in Go may be a build constraint or the documentation of the package
    gap = newline if source.language == "go" else ""
    edit = Edit(Range(match.end(), match.end()), f"{_comment(source)} persistlint: ignore-file[{rule}]{newline}{gap}")
    content = source.content[: match.end()] + edit.text.encode("utf-8") + source.content[match.end() :]
    changed = replace(source, content=content)
    comments = read(changed).comments
    is_comment = any(comment.start == match.end() for comment in comments)
    return edit if is_comment and header_end(changed, comments) > match.end() else None


def silence(
    source: SourceFile, diagnostics: Sequence[Diagnostic], reason: str
) -> tuple[tuple[Edit, ...], tuple[Diagnostic, ...]]:
    """The edits that together silence diagnostics for a reason, which is one line of text, one comment for a line;
    and the diagnostics that they are for: where no comment can stand, there is none."""
    rules: dict[int, dict[str, None]] = defaultdict(dict)
    for diagnostic in diagnostics:
        rules[_line(source, diagnostic)][diagnostic.rule] = None
    places = _places(source, rules, (_above, _at_end))
    edits = tuple(_edit(place, ", ".join(rules[line]), reason) for line, place in places.items())
    return edits, tuple(diagnostic for diagnostic in diagnostics if _line(source, diagnostic) in places)


def _line(source: SourceFile, diagnostic: Diagnostic) -> int:
    return source.line_of(diagnostic.range.start)


def _edit(place: _Place, names: str, reason: str = "") -> Edit:
    after = place.after
    if reason and not place.is_there:
        words = " ".join(_NOT_FOR_STRINGS.sub(" ", reason).split()) if place.is_in_string else reason
        after = after.replace("]", f"] {words}", 1)
    return Edit(Range(place.offset, place.offset), f"{place.before}{names}{after}")


def _places(
    source: SourceFile, lines: Collection[int], candidates: Sequence[Callable[[SourceFile, Syntax, int], _Place | None]]
) -> dict[int, _Place]:
    """Where the comment for a line goes, the first of the candidates that is one to the parser."""
    if not lines:
        return {}
    places = {line: place for line in lines if (place := _existing(source, line))}
    syntax = read(source)
    for candidate in candidates:
        open_lines = [line for line in lines if line not in places]
        places |= _that_are_comments(
            source, {line: place for line in open_lines if (place := candidate(source, syntax, line))}
        )
    rest = [line for line in lines if line not in places]
    return places | {line: place for line in rest if (place := _in_string(source, line, syntax.templates))}


def _existing(source: SourceFile, line: int) -> _Place | None:
    """The end of the list of rules in a comment that holds for this line already."""
    bounds = source.line_range(line)
    match = _ON_LINE.search(source.content, bounds.start, bounds.end)
    if match is None and line > 1:
        above = source.line_range(line - 1)
        match = _ALONE_ON_LINE.match(source.content, above.start, above.end)
    if match is None:
        return None
    return _Place(match.end(), "" if match.group().endswith(b"[") else ", ", "", is_there=True)


def _at_end(source: SourceFile, syntax: Syntax, line: int) -> _Place | None:
    bounds = source.line_range(line)
    if source.text(bounds).endswith("\\"):
        return None  # nothing may follow a backslash that continues a line
    return _Place(bounds.end, f"  {_comment(source)} persistlint: ignore[", "]")


def _above(source: SourceFile, syntax: Syntax, line: int) -> _Place | None:
    """Above a line and the comments right above it, which may be meant for the line by other tools."""
    first = line
    for comment in reversed(syntax.comments[: bisect_right(syntax.comments, Range(source.line_starts[line - 1], 0))]):
        if source.line_of(comment.end - 1) != first - 1 or not is_alone(source, comment):
            break
        first = source.line_of(comment.start)
    if first > 1 and source.text(source.line_range(first - 1)).endswith("\\"):
        return None
    text = source.text(source.line_range(line))
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    start = source.line_starts[first - 1]
    return _Place(start, f"{indent}{_comment(source)} persistlint: ignore[", f"]{_newline(source)}")


def _newline(source: SourceFile) -> str:
    line_end = _LINE_END.search(source.content)
    return line_end.group().decode("ascii") if line_end else "\n"


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
    return _Place(end, "  -- persistlint: ignore[", "]", is_in_string=True)
