"""Where one more element of a list goes: on a line of its own, where the one before it has one. And what goes with the
last character of a literal: the literal itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.binding.text.view import Value
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.fixes.binding.text.literals import Char
    from persistlint.source import SourceFile

_LINE_END = regex(rb",?[ \t]*\r?\n")


def behind(element: Range, texts: Sequence[str], source: SourceFile) -> Edit:
    """More elements behind another."""
    begin = source.content.rfind(b"\n", 0, element.start) + 1
    lead = source.text(Range(begin, element.start))
    is_alone = not lead.strip() and _LINE_END.match(source.content, element.end) is not None
    separator = f",\n{lead}" if is_alone else ", "
    return Edit(Range(element.end, element.end), "".join(separator + text for text in texts))


def emptied(items: Sequence[Char | Value], source: SourceFile) -> list[Edit]:
    """The edits that drop the literals before and behind a value in which nothing stands but the characters of these
    items, each with the `+` between."""
    value = next(item for item in items if isinstance(item, Value))
    edits: list[Edit] = []
    for item in (items[0], items[-1]) if value.literal is None else ():
        literal = item.literal
        if literal is None or literal.body != item.range:
            continue
        is_before = literal.range.end <= value.range.start
        gap = Range(literal.range.end, value.range.start) if is_before else Range(value.range.end, literal.range.start)
        if source.text(gap).strip() == "+":
            edits.append(
                Edit(Range(literal.range.start, gap.end) if is_before else Range(gap.start, literal.range.end), "")
            )
    return edits
