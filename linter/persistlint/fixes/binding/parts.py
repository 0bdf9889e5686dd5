"""Parts of a text of JavaScript that are there under a condition, or once for every element of a list: so are their
values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from persistlint import ir
from persistlint.fixes.binding.lists import is_same_again
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.source import SourceFile

_LANGUAGES = ("javascript", "typescript")
_PURE = (  # what a test may be made of that is asked a second time
    ir.Name,
    ir.Attribute,
    ir.Subscript,
    ir.String,
    ir.Number,
    ir.Constant,
    ir.Binary,
    ir.Unary,
)
_HEAD = regex(r"(?:\((?P<listed>[^()]*)\)|(?P<only>[\w$]+))\s*=>\s*")
_QUOTE = regex(r"['\"`]")
_INDICES = ("i", "index", "row")


class Part(Protocol):
    """A part of a text whose values are not simply those of the text."""

    @property
    def decides(self) -> ir.Expression:
        """What says how often the part is there."""

    def spread(self, texts: Sequence[str]) -> str:
        """These values of the part among others, as often as they are there."""

    def counted(self, count: int) -> str:
        """How many values there are, of so many in the part."""

    def number(self, first: int, count: int, ahead: str) -> str:
        """The expression for the number of a mark that is the first behind others, `ahead` being how many there are of
        those that are counted; nothing where it is that number."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A test, `written`, that tells when a part of the text is there: where it fails if `is_negated`."""

    decides: ir.Expression
    written: str
    is_negated: bool

    def spread(self, texts: Sequence[str]) -> str:
        """See `Part`."""
        values = f"[{', '.join(texts)}]"
        then, otherwise = ("[]", values) if self.is_negated else (values, "[]")
        return f"...({self.written} ? {then} : {otherwise})"

    def counted(self, count: int) -> str:
        """See `Part`."""
        then, otherwise = (0, count) if self.is_negated else (count, 0)
        return f"({self.written} ? {then} : {otherwise})"

    def number(self, first: int, count: int, ahead: str) -> str:
        """See `Part`."""
        return f"{first}{ahead}" if ahead else ""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A `text` that a function makes of every element of a list, `written`. `head` is what stands before the text in
    the function, at `place`; `index` the name that the function has, or is to have, for the number of the element."""

    decides: ir.Expression
    written: str
    text: ir.Expression
    head: str
    place: Range
    index: str
    is_indexed: bool

    def spread(self, texts: Sequence[str]) -> str:
        """See `Part`."""
        if len(texts) == 1:
            return f"...{self.written}.map({self.head}{texts[0]})"
        return f"...{self.written}.flatMap({self.head}[{', '.join(texts)}])"

    def counted(self, count: int) -> str:
        """See `Part`."""
        return f"{self.written}.length * {count}" if count > 1 else f"{self.written}.length"

    def number(self, first: int, count: int, ahead: str) -> str:
        """See `Part`."""
        return f"{self.index} * {count} + {first}{ahead}" if count > 1 else f"{self.index} + {first}{ahead}"

    @property
    def numbered_head(self) -> str:
        """The beginning of the function that takes the number of the element."""
        match = _HEAD.fullmatch(self.head)
        assert match is not None
        return f"({match['listed'] or match['only']}, {self.index}) => "


def condition(node: ir.Conditional, is_negated: bool, source: SourceFile) -> Condition | None:
    """The condition of a part of the text, None where its test cannot be asked a second time."""
    if source.language not in _LANGUAGES or not all(isinstance(part, _PURE) for part in ir.walk(node.test)):
        return None
    return Condition(node.test, source.text(node.test.range), is_negated)


def repeated(call: ir.Call, source: SourceFile) -> Repeated | None:
    """The part of the text that a call makes of every element of a list and joins, None where it makes something else:
    ``rows.map((row) => `('${row.name}')`).join(", ")``."""
    match call:
        case ir.Call(
            function=ir.Attribute(
                value=ir.Call(
                    function=ir.Attribute(value=items, name="map"),
                    arguments=[ir.Argument(value=ir.Lambda(function=mapper), spread=False)],
                ),
                name="join",
            ),
            arguments=[ir.Argument(value=ir.String(value=separator))],
        ) if source.language in _LANGUAGES and is_same_again(items) and not _QUOTE.search(separator):
            pass
        case _:
            return None
    match mapper:
        case ir.Function(body=[ir.Return(value=ir.Expression() as text)], is_async=False):
            place = Range(mapper.range.start, text.range.start)
        case _:
            return None
    head, parameters = source.text(place), mapper.parameters
    if _HEAD.fullmatch(head) is None or not 0 < len(parameters) < 3:
        return None
    names = {node.id for node in ir.walk(text) if isinstance(node, ir.Name)}
    is_indexed = len(parameters) == 2
    index = parameters[1].name if is_indexed else next((n for n in _INDICES if n not in names and n not in head), "")
    if not index:
        return None
    return Repeated(items, source.text(items.range), text, head, place, index, is_indexed)
