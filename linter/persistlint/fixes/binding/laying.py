"""Where one more element of a list goes: on a line of its own, where the one before it has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.source import SourceFile

_LINE_END = regex(rb",?[ \t]*\r?\n")


def behind(element: Range, texts: Sequence[str], source: SourceFile) -> Edit:
    """More elements behind another."""
    begin = source.content.rfind(b"\n", 0, element.start) + 1
    lead = source.text(Range(begin, element.start))
    is_alone = not lead.strip() and _LINE_END.match(source.content, element.end) is not None
    separator = f",\n{lead}" if is_alone else ", "
    return Edit(Range(element.end, element.end), "".join(separator + text for text in texts))
