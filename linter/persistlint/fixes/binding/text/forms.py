"""Format strings: where their verbs stand, and which values these put in."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.text.literals import Literal, UnreadableError, literals
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from persistlint.fixes.binding.text.taking import Taken
    from persistlint.source import SourceFile

PRINTF = regex(r"%(?:\[(?P<index>\d+)\]|\((?P<key>\w+)\))?[-+ #0]*\d*(?:\.\d+)?[a-zA-Z%]")
DOLLAR = regex(r"\$(?:(?P<key>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)\})")
DOUBLED = {
    "braces": "{}",
    "replace": "",
    "dollar": "$",
}  # what a format string writes twice; elsewhere the percent sign
FIELD = regex(r"\{(?P<name>[\w.\[\]]*)(?P<conversion>![rsa])?(?::(?P<format>[^{}]*))?\}|\{\{|\}\}")


@dataclass(eq=False, slots=True)
class Form:
    """A text made by a format string: `"…" % values`, `"…".format(values)`, `fmt.Sprintf("…", values)`, by
    `"…".replace("{name}", value)`, or by `Template("… $name").substitute(name=value)`.

    `text` is the format string or its name, `arguments` the values in their order; `is_indexed` where one of them is
    named by its number, so that none can be left out alone; `written` is where those that have a name stand, in their
    order: for `replace` the calls, by what they replace, of which `heads` stand before the text in Go; `stays` where
    the call does more than to make a text. `verbs` are the places in the format string where values stand, each with
    the index of its argument. `taken` where all of them are taken out of the one argument."""

    kind: str
    range: Range
    text: Range
    arguments: list[ir.Expression]
    taken: Taken | None = None
    is_indexed: bool = False
    stays: bool = False
    written: dict[str, Range] = field(default_factory=dict)
    heads: list[Range] = field(default_factory=list)
    literals: list[Literal] = field(default_factory=list)
    verbs: list[tuple[Range, int]] = field(default_factory=list)


def spec_of(kind: str, match: re.Match[str]) -> str:
    """How a verb or field formats its value, as written; nothing where it only puts it in."""
    if kind == "braces":
        return (match["conversion"] or "") + (f":{match['format']}" if match["format"] else "")
    if kind in DOUBLED:
        return ""
    text = match.group()
    plain = re.sub(r"\(\w+\)|\[\d+\]", "", text)
    return "" if plain == "%s" else plain


def replacements(node: ir.Expression) -> tuple[ir.Expression, dict[str, tuple[ir.Expression, Range, Range]]]:
    """What calls of `replace` are made on, one behind the other, and by what they replace the values and where each
    call stands, before and behind what it is made on; nothing where an expression is no such call, or two replace the
    same."""
    found: dict[str, tuple[ir.Expression, Range, Range]] = {}
    while True:
        match node:
            case ir.Call(
                function=ir.Attribute(value=value, name="replace" | "replaceAll"),
                arguments=[
                    ir.Argument(value=ir.String(value=mark)),
                    ir.Argument(value=new, keyword=None, spread=False),
                ],
            ) if mark and mark not in found:
                found[mark] = (new, Range(node.range.start, node.range.start), Range(value.range.end, node.range.end))
                node = value
            case ir.Call(
                function=ir.Attribute(value=ir.Name(id="strings"), name="Replace" | "ReplaceAll" as name),
                arguments=[
                    ir.Argument(value=value),
                    ir.Argument(value=ir.String(value=mark)),
                    ir.Argument(value=new, spread=False),
                    *count,
                ],
            ) if mark and mark not in found and (name == "ReplaceAll" or _is_every(count)):
                head, tail = Range(node.range.start, value.range.start), Range(value.range.end, node.range.end)
                found[mark] = (new, head, tail)
                node = value
            case _:
                return node, found


def _is_every(count: Sequence[ir.Argument]) -> bool:
    """Whether Go is told to replace all that there is, and not so many of it."""
    match count:
        case [ir.Argument(value=ir.Unary(operator="-", operand=ir.Number()) | ir.Number(value=-1))]:
            return True
    return False


def is_text(node: ir.Expression) -> bool:
    """Whether an expression is made of string constants alone."""
    match node:
        case ir.String():
            return True
        case ir.Template(parts=parts):
            return all(isinstance(part, ir.String) for part in parts)
        case ir.Binary(operator="+", left=left, right=right):
            return is_text(left) and is_text(right)
    return False


def format_of(node: ir.Expression) -> tuple[ir.Expression, ...]:
    """What a format string is made of: constants, and what a `+` puts between them. Nothing where it has no constant,
    or something else than a variable or a call."""
    match node:
        case ir.Binary(operator="+", left=left, right=right):
            parts = [format_of(left) or _variable(left), format_of(right) or _variable(right)]
            found = (*parts[0], *parts[1])
            return found if all(parts) and any(map(is_text, found)) else ()
    return (node,) if is_text(node) else ()


def _variable(node: ir.Expression) -> tuple[ir.Expression, ...]:
    return (node,) if isinstance(node, ir.Name | ir.Attribute | ir.Call) else ()


def parts_of(source: SourceFile, range: Range) -> Iterable[Literal | Range]:
    """The literals of a format string, also where a `+` or parentheses stand between them."""
    text = source.content[range.start : range.end]
    position = 0
    while match := re.compile(rb"(?i)(?:\b[rbu]{1,2})?[\"'`]").search(text, position):
        start = range.start + match.start()
        end = _end_of(source, start, range.end)
        yield from literals(source, Range(start, end), ())
        position = end - range.start


_STRING = regex(
    rb"(?i)[rbu]*(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`)",
    re.DOTALL,
)
_SQL_STRING = regex(rb"'(?:[^']|'')*'")


def _end_of(source: SourceFile, start: int, limit: int) -> int:
    """Where the literal ends that begins at an offset."""
    pattern = _SQL_STRING if source.language == "sql" else _STRING
    match = pattern.match(source.content, start, limit)
    if match is None:
        raise UnreadableError
    return match.end()
