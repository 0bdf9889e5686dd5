"""Parts of a text that are there under a condition, or once for every element of a list: so are their values.

`f"AND name = '{name}'" if name else ""`, ``rows.map((row) => `('${row.name}')`).join(", ")``"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.source import SourceFile

_HEAD = regex(r"(?:\((?P<listed>[^()]*)\)|(?P<only>[\w$]+))\s*=>\s*")
_PADDING = regex(r"(?<=[(\[{]) |,? (?=[)\]}])")
_NAMES = ("value", "each", "part")

_ONE_VALUE = "a placeholder with a number or a name has one value, and the loop gives it several"


class Times:
    """How often a part of a text is there, for which all is refused that nobody knows how to say. All that is given in
    pairs is for both texts that a condition chooses between; what is repeated is the first of them, and there is no
    second."""

    __slots__ = ()
    is_doubtful = False  # whether only a person can say that a second time gives the same

    @property
    def again(self) -> Sequence[ir.Expression]:
        """What is computed a second time, for the values."""
        raise NotImplementedError

    @property
    def text(self) -> tuple[ir.Expression, ir.Expression | None]:
        """What the part is made of."""
        raise NotImplementedError

    def spread(self, values: tuple[Sequence[str], Sequence[str]], brackets: str) -> str:
        """The values of the part among others, as often as they are there, in the `brackets` of a list or those of a
        mapping. Raises `RefusalError`."""
        raise RefusalError(_ONE_VALUE)

    def counted(self, counts: tuple[int, int]) -> str:
        """How many values there are, of so many in the part. Raises `RefusalError`."""
        raise RefusalError(_ONE_VALUE)

    def number(self, first: int, count: int, ahead: str) -> str:
        """The expression for the number of a mark that is the first behind others, `ahead` being how many there are of
        those that are counted; nothing where it is that number. Raises `RefusalError`."""
        raise RefusalError(_ONE_VALUE)

    def numbered(self) -> list[Edit]:
        """The edits by which the number can be told."""
        return []


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the text: two half-open stretches of items, from `start` to `middle` and from there to `end`, of which
    only one is there at a time."""

    start: int
    middle: int
    end: int
    times: Times


@dataclass(frozen=True, slots=True)
class Condition(Times):
    """One of two texts, by the test of a conditional expression."""

    node: ir.Conditional
    source: SourceFile

    @property
    def again(self) -> Sequence[ir.Expression]:
        """See `Times`."""
        return [self.node.test]

    @property
    def text(self) -> tuple[ir.Expression, ir.Expression | None]:
        """See `Times`."""
        return self.node.then, self.node.otherwise

    def spread(self, values: tuple[Sequence[str], Sequence[str]], brackets: str) -> str:
        """See `Times`."""
        then, otherwise = (f"{brackets[0]}{', '.join(arm)}{brackets[1]}" for arm in values)
        star = "..." if self.source.language != "python" else "**" if brackets == "{}" else "*"
        return f"{star}{self._chosen(then, otherwise)}"

    def counted(self, counts: tuple[int, int]) -> str:
        """See `Times`."""
        return self._chosen(*map(str, counts))

    def number(self, first: int, count: int, ahead: str) -> str:
        """See `Times`."""
        return f"{first}{ahead}" if ahead else ""

    def _chosen(self, then: str, otherwise: str) -> str:
        test = self.source.text(self.node.test.range)
        if self.source.language == "python":
            return f"({then} if {test} else {otherwise})"
        return f"({test} ? {then} : {otherwise})"


@dataclass(frozen=True, slots=True)
class Comprehended(Times):
    """A text of Python that a comprehension makes of every element of a list."""

    is_doubtful = True
    loop: ir.Comprehension
    source: SourceFile

    @property
    def again(self) -> Sequence[ir.Expression]:
        """See `Times`."""
        return [self.loop.iterable, *self.loop.conditions]

    @property
    def text(self) -> tuple[ir.Expression, ir.Expression | None]:
        """See `Times`."""
        return self.loop.element, None

    def spread(self, values: tuple[Sequence[str], Sequence[str]], brackets: str) -> str:
        """See `Times`."""
        if brackets == "{}":
            raise RefusalError(_ONE_VALUE)
        texts, loop = values[0], self.loop
        rest = self.source.text(Range(loop.element.range.end, max(part.range.end for part in self.again)))
        if "\n" in rest and not any(quote in rest for quote in "\"'#"):
            rest = " " + _PADDING.sub("", " ".join(rest.split()))
        if len(texts) == 1:
            return f"*[{texts[0]}{rest}]"
        nodes = (node for part in (loop.target, loop.iterable, loop.element) for node in ir.walk(part))
        taken = {node.id for node in nodes if isinstance(node, ir.Name)}
        name = next((name for name in _NAMES if name not in taken), None)
        if name is None:
            raise RefusalError("the names for a value are taken")
        return f"*[{name}{rest} for {name} in ({', '.join(texts)})]"


@dataclass(frozen=True, slots=True)
class Mapped(Times):
    """A text of JavaScript that a function makes of every one of the `items` of a list. `head` is what stands before
    the text in the function, at `place`; `index` the name that the function has, or is to have, for the number of the
    element."""

    items: ir.Expression
    element: ir.Expression
    place: Range
    index: str
    is_indexed: bool
    source: SourceFile

    @property
    def again(self) -> Sequence[ir.Expression]:
        """See `Times`."""
        return [self.items]

    @property
    def text(self) -> tuple[ir.Expression, ir.Expression | None]:
        """See `Times`."""
        return self.element, None

    def spread(self, values: tuple[Sequence[str], Sequence[str]], brackets: str) -> str:
        """See `Times`."""
        if brackets == "{}":
            raise RefusalError(_ONE_VALUE)
        texts, head, items = values[0], self.source.text(self.place), self.source.text(self.items.range)
        if len(texts) == 1:
            return f"...{items}.map({head}{texts[0]})"
        return f"...{items}.flatMap({head}[{', '.join(texts)}])"

    def counted(self, counts: tuple[int, int]) -> str:
        """See `Times`."""
        length = f"{self.source.text(self.items.range)}.length"
        return f"{length} * {counts[0]}" if counts[0] > 1 else length

    def number(self, first: int, count: int, ahead: str) -> str:
        """See `Times`."""
        return f"{self.index} * {count} + {first}{ahead}" if count > 1 else f"{self.index} + {first}{ahead}"

    def numbered(self) -> list[Edit]:
        """See `Times`."""
        match = None if self.is_indexed else head_of(self.source.text(self.place))
        return [Edit(self.place, f"({match}, {self.index}) => ")] if match is not None else []


def head_of(text: str) -> str | None:
    """The parameters in the head of an arrow function, None where a text is no such head."""
    match = _HEAD.fullmatch(text)
    return (match["listed"] or match["only"]) if match is not None else None
