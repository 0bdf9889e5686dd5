"""Comments that suppress diagnostics: `persistlint: ignore[rule, group] reason` and `persistlint: ignore-file[…]`.

A comment at the end of a line speaks of that line; alone on a line it speaks of the next line that is no comment;
`ignore-file` before the first statement speaks of the file. Inside a string of the host language, where only a comment
of SQL is possible, it speaks of its line and the next. A diagnostic is suppressed if a comment speaks of any line of
its range.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from persistlint.facts import Suppression, SuppressionDefect
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.rule import RuleContext
from persistlint.rules import SUPPRESSIONS, group_of, groups, load
from persistlint.source import Range, SourceFile
from persistlint.suggestion import closest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from persistlint.diagnostic import Diagnostic, Severity

MARKER = b"persistlint:"  # no file without it holds a suppression
NO_SEVERITIES: Mapping[str, Severity] = {}

_DIRECTIVE = regex(rb"persistlint:[ \t]*ignore(?P<file>-file)?(?![\w-])(?:[ \t]*\[(?P<names>[^\]\r\n]*)\]?)?")
_LEADERS = (b"#", b"//", b"--", b"*")  # what must stand before a directive; prose about it is none
_LONGEST_LEADER = 64  # bytes
_EVERYWHERE: tuple[int, ...] = ()
_NOWHERE = (0,)
_NAME = regex(rb"[^\s,](?:[^,]*[^\s,])?")


@dataclass(frozen=True, eq=False)
class _Directive:
    """One suppression. `range` runs from the comment's leader to the end of the reason. `names` are the rules and
    groups with their places; a bare `ignore` has the one name "". `comment` is None inside a string. `lines` are the
    lines that it speaks of, `_EVERYWHERE` for the whole file."""

    range: Range
    names: tuple[tuple[str, Range], ...]
    comment: Range | None
    lines: tuple[int, ...]
    is_misplaced: bool = False


def apply(
    source: SourceFile,
    comments: Sequence[Range],
    diagnostics: Sequence[Diagnostic],
    rules: Collection[str],
    severities: Mapping[str, Severity] = NO_SEVERITIES,
) -> list[Diagnostic]:
    """Drop the diagnostics that are suppressed, and add those about suppressions that do nothing.

    `comments` are the comments of the file in source order; `rules` are the names of the rules that ran: a
    suppression of another rule is nobody's fault. The rules of the group `suppressions` run here if they are among
    `rules`, with the severities in `severities` where those differ from their own.
    """
    if MARKER not in source.content:
        return list(diagnostics)
    directives = tuple(_directives(source, [_within_line(source, comment) for comment in comments]))
    kept, used = _sort_out(source, directives, diagnostics)
    found: list[Diagnostic] = []
    for name in groups()[SUPPRESSIONS]:
        if name in rules:
            rule = load(name)
            context = RuleContext(rule, source, severities.get(name, rule.severity))
            for fact in _defects(source, directives, used, rules):
                found.extend(rule.check(fact, context))
    # A bare `ignore` is not asked about its own uselessness.
    return kept + _sort_out(source, tuple(d for d in directives if _names_suppressions(d)), found)[0]


def _directives(source: SourceFile, comments: Sequence[Range]) -> Iterator[_Directive]:
    header = header_end(source, comments)
    starts = [comment.start for comment in comments]
    for match in _DIRECTIVE.finditer(source.content):
        before = source.content[max(match.start() - _LONGEST_LEADER, 0) : match.start()].rstrip(b" \t")
        leader = next((leader for leader in _LEADERS if before.endswith(leader)), None)
        if leader is None:
            continue
        index = bisect_right(starts, match.start()) - 1
        comment = comments[index] if index >= 0 and match.start() in comments[index] else None
        range = _extent(source, comment, match, leader)
        names: tuple[tuple[str, Range], ...] = (("", range),)
        if match["names"] is not None:
            places = [Range(*name.span()) for name in _NAME.finditer(source.content, *match.span("names"))]
            names = tuple((source.text(place), place) for place in places)
        if not match["file"]:
            yield _Directive(range, names, comment, _lines(source, comments, comment, match.start()))
        elif comment:
            is_misplaced = comment.end > header
            yield _Directive(range, names, comment, _NOWHERE if is_misplaced else _EVERYWHERE, is_misplaced)


def _within_line(source: SourceFile, comment: Range) -> Range:
    """A comment as it is: to a grammar, a carriage return does not end the line."""
    if source.content.startswith(b"/*", comment.start):
        return comment
    return Range(comment.start, min(comment.end, source.line_range(source.line_of(comment.start)).end))


def _extent(source: SourceFile, comment: Range | None, match: re.Match[bytes], leader: bytes) -> Range:
    """A directive from its leader to the end of its reason, where the comment or its line ends or another remark
    begins: `# persistlint: ignore[…] reason  # noqa`."""
    line = source.line_range(source.line_of(match.start()))
    first = max(line.start, comment.start if comment else 0, match.start() - _LONGEST_LEADER)
    start = first + len(source.content[first : match.start()].rstrip(b" \t").rstrip(b"#/-*"))
    end = max(match.end(), min(line.end, comment.end if comment else line.end))
    pattern = re.compile(rb"(?<=[ \t])" + re.escape(leader) + rb"[ \t]*[A-Za-z]|\*/")
    remark = pattern.search(source.content, match.end(), end)
    end = remark.start() if remark else end
    return Range(start, match.end() + len(source.content[match.end() : end].rstrip(b" \t")))


def header_end(source: SourceFile, comments: Sequence[Range]) -> int:
    """Where the comments end that stand before the first statement."""
    end = source.line_range(1).end if source.content.startswith(b"#!") else 0
    for index, comment in enumerate(comments):
        between = source.content[end : comment.start].strip()
        opens_script = index == 0 and source.path.endswith((".vue", ".svelte")) and between.endswith(b">")
        if between and not opens_script:
            break
        end = max(end, comment.end)
    return end


def _lines(source: SourceFile, comments: Sequence[Range], comment: Range | None, offset: int) -> tuple[int, ...]:
    """The lines that a directive at `offset` speaks of."""
    own = source.line_of(offset)
    if comment is None:
        return (own, own + 1)
    last = source.line_of(comment.end - 1)
    if not is_alone(source, comment):
        return (own, last)
    for following in comments[bisect_right(comments, comment) :]:
        if source.line_of(following.start) != last + 1 or not is_alone(source, following):
            break
        last = source.line_of(following.end - 1)
    return (own, last + 1)


def is_alone(source: SourceFile, comment: Range) -> bool:
    """Whether nothing but a comment stands on its lines; the braces around a comment in JSX do not count."""
    before, after = _beside(source, comment)
    return not before.strip(b" \t{") and not after.strip(b" \t}")


def _beside(source: SourceFile, range: Range) -> tuple[bytes, bytes]:
    """What stands before and after a range on its first and last line."""
    first, last = (source.line_range(source.line_of(offset)) for offset in (range.start, range.end - 1))
    return source.content[first.start : range.start], source.content[range.end : last.end]


def _sort_out(
    source: SourceFile, directives: Sequence[_Directive], diagnostics: Sequence[Diagnostic]
) -> tuple[list[Diagnostic], set[Range]]:
    """The diagnostics that no directive speaks of, and the places of the names that spoke of one."""
    everywhere = [directive for directive in directives if directive.lines == _EVERYWHERE]
    by_line: dict[int, list[_Directive]] = {}
    for directive in directives:
        for line in set(directive.lines):
            by_line.setdefault(line, []).append(directive)
    kept: list[Diagnostic] = []
    used: set[Range] = set()
    for diagnostic in diagnostics:
        first = source.line_of(diagnostic.range.start)
        last = source.line_of(max(diagnostic.range.start, diagnostic.range.end - 1))
        near = (directive for line in range(first, last + 1) for directive in by_line.get(line, ()))
        names = [pair for directive in (*everywhere, *near) for pair in directive.names]
        places = {place for name, place in names if name in ("", diagnostic.rule, diagnostic.group)}
        used |= places
        if not places:
            kept.append(diagnostic)
    return kept, used


def _defects(
    source: SourceFile, directives: Sequence[_Directive], used: Collection[Range], rules: Collection[str]
) -> Iterator[Suppression]:
    """What is wrong with the directives in comments; those in strings may be somebody's text."""
    for directive in directives:
        if directive.comment is None:
            continue
        whole = _whole_removal(source, directive, directive.comment)
        if directive.is_misplaced:
            yield Suppression(directive.range, "", SuppressionDefect.MISPLACED, whole)
        elif not directive.names:
            yield Suppression(directive.range, "", SuppressionDefect.EMPTY, whole)
        for index, (name, place) in enumerate(directive.names):
            removal = whole if len(directive.names) == 1 else _name_removal(directive, index)
            if name and group_of(name) is None and name not in groups():
                known = [*groups(), *(rule for names in groups().values() for rule in names)]
                suggestion = closest(name, known) or ""
                yield Suppression(place, name, SuppressionDefect.UNKNOWN, removal, suggestion)
            elif place not in used and not directive.is_misplaced and _ran(name, rules):
                yield Suppression(place, name, SuppressionDefect.UNUSED, removal)


def _ran(name: str, rules: Collection[str]) -> bool:
    """Whether every rule ran that a name stands for, as far as they are on by default."""
    if group_of(name):
        return name in rules and group_of(name) != SUPPRESSIONS
    meant = (
        rule for group, names in groups().items() if name in ("", group) and group != SUPPRESSIONS for rule in names
    )
    return name != SUPPRESSIONS and all(rule in rules or not load(rule).default for rule in meant)


def _names_suppressions(directive: _Directive) -> bool:
    return any(name == SUPPRESSIONS or group_of(name) == SUPPRESSIONS for name, _ in directive.names)


def _name_removal(directive: _Directive, index: int) -> Range:
    """A name with the comma after it, or before it for the last one."""
    place = directive.names[index][1]
    if index + 1 < len(directive.names):
        return Range(place.start, directive.names[index + 1][1].start)
    return Range(directive.names[index - 1][1].end, place.end)


def _whole_removal(source: SourceFile, directive: _Directive, comment: Range) -> Range:
    """The directive with its reason: its comment, if there is nothing else in it, and its line likewise."""
    start, end = directive.range.start, directive.range.end
    if start != comment.start or source.content[end : comment.end].strip(b" \t*/"):
        if start == comment.start:  # what follows has a leader of its own, and becomes the comment
            rest = source.content[end : comment.end]
            return Range(start, end + len(rest) - len(rest.lstrip(b" \t")))
        return Range(start - _trailing_space(source.content[comment.start : start]), end)
    before, after = _beside(source, comment)
    if before.strip(b" \t") or after.strip(b" \t"):
        return Range(comment.start - (0 if after.strip(b" \t") else _trailing_space(before)), comment.end)
    line = source.line_of(comment.end - 1)
    next_start = source.line_starts[line] if line < len(source.line_starts) else len(source.content)
    return Range(comment.start - len(before), next_start)


def _trailing_space(text: bytes) -> int:
    return len(text) - len(text.rstrip(b" \t"))
