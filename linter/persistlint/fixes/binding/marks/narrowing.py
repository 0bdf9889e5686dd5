"""What gofmt writes otherwise once a call has more than one argument: no blanks around the `+` inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.source import SourceFile

_SUM = regex(r"(?P<text>\"(?:[^\"\\]|\\.)*\"|`[^`]*`)| \+ ")
_ANY_SUM = regex(r"(?P<text>\"(?:[^\"\\]|\\.)*\"|`[^`]*`)| *\+ *")


def narrow(text: str) -> str:
    """An expression as one of several arguments."""
    return _SUM.sub(lambda match: match["text"] or "+", text)


def wide(text: str) -> str:
    """An expression as one element of a list."""
    if "(" in text:  # a sum among the arguments of a call stays narrow
        return text
    return _ANY_SUM.sub(lambda match: match["text"] or " + ", text)


def narrowed(call: ir.Call, edits: Sequence[Edit], source: SourceFile) -> Iterator[Edit]:
    """The edits that take the blanks away in a call to which others add a second argument."""
    if len(call.arguments) != 1:
        return
    argument = call.arguments[0]
    if not any(e.range.start == argument.range.end == e.range.end and e.text.startswith(", ") for e in edits):
        return
    for node in ir.walk(argument.value):
        if not isinstance(node, ir.Binary) or node.operator != "+":
            continue
        gap = Range(node.left.range.end, node.right.range.start)
        before, _, after = source.text(gap).partition("+")
        written = f"+{after}" if "\n" in after else "+"
        if before.strip() or after.strip() or source.text(gap) == written:
            continue
        if not any(e.range.start < gap.end and gap.start < e.range.end for e in edits):
            yield Edit(gap, written)
