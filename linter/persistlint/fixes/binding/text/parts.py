"""Parts of a text that are there under a condition, or once for every element of a list: so are their values.

`f"AND name = '{name}'" if name else ""`, ``rows.map((row) => `('${row.name}')`).join(", ")``"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Collection

    from persistlint.source import SourceFile

_HEAD = regex(r"(?P<head>(?:\((?P<listed>[^()]*)\)|(?P<only>[\w$]+))\s*=>\s*)(?P<opening>\{\s*return\s+)?")
_PADDING = regex(r"(?<=[(\[{]) |,? (?=[)\]}])")
_WORD = regex(r"[\w$]+")
_NAMES = ("value", "each", "part")
_KEYS = ("key", "name", "mark")

Entries = Sequence[tuple[str, str]]  # values, each with the name of its mark, nothing where marks have none

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

    @property
    def counter(self) -> str:
        """The name that every time has for its number, which begins with 0; nothing where there is one time at most."""
        return ""

    @property
    def own_names(self) -> Collection[str]:
        """The names that stand for something else each time."""
        return ()

    def spread(self, values: tuple[Entries, Entries]) -> str:
        """The values of the part among others, as often as they are there: those of a list, or of a mapping where
        their marks have names. Raises `RefusalError`."""
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


class Repeated(Times):
    """A text that is there once for every element of a list."""

    __slots__ = ()

    def number(self, first: int, count: int, ahead: str) -> str:
        """See `Times`."""
        return f"{self.counter} * {count} + {first}{ahead}" if count > 1 else f"{self.counter} + {first}{ahead}"


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

    def spread(self, values: tuple[Entries, Entries]) -> str:
        """See `Times`."""
        is_named = _are_named(values)
        quote = '"' if self.source.language == "python" else ""
        arms = (", ".join(f"{quote}{key}{quote}: {value}" if key else value for key, value in arm) for arm in values)
        then, otherwise = (f"{{{arm}}}" if is_named else f"[{arm}]" for arm in arms)
        star = "..." if self.source.language != "python" else "**" if is_named else "*"
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
class Comprehended(Repeated):
    """A text of Python that a comprehension makes of every element of a list. `index` is the name that this
    has, or is to have, for the number of the element."""

    is_doubtful = True
    loop: ir.Comprehension
    index: str
    is_indexed: bool
    source: SourceFile

    @property
    def again(self) -> Sequence[ir.Expression]:
        """See `Times`."""
        return [self.loop.iterable, *self.loop.conditions]

    @property
    def text(self) -> tuple[ir.Expression, ir.Expression | None]:
        """See `Times`."""
        return self.loop.element, None

    @property
    def counter(self) -> str:
        """See `Times`."""
        return self.index

    @property
    def own_names(self) -> Collection[str]:
        """See `Times`."""
        return {*ir.names_in(self.loop.target)}

    def spread(self, values: tuple[Entries, Entries]) -> str:
        """See `Times`."""
        entries, is_named = values[0], _are_named(values)
        taken = {name for part in self.again for name in ir.names_in(part)}
        taken |= {*self.own_names, *ir.names_in(self.loop.element), self.index}
        value, key = (next((name for name in names if name not in taken), None) for names in (_NAMES, _KEYS))
        if value is None or key is None:
            raise RefusalError("the names for a value are taken")
        is_counted = any(f"_{{{self.index}}}" in text for _, text in entries)  # in the name of an object
        loop = self._loop(is_named or is_counted)
        if is_named:
            pairs = [(f'f"{name}_{{{self.index}}}"', text) for name, text in entries]
            if len(pairs) == 1:
                return f"**{{{pairs[0][0]}: {pairs[0][1]}{loop}}}"
            listed = ", ".join(f"({name}, {text})" for name, text in pairs)
            return f"**{{{key}: {value}{loop} for {key}, {value} in ({listed})}}"
        if len(entries) == 1:
            is_same = isinstance(self.loop.target, ir.Name) and entries[0][1] == self.loop.target.id
            is_whole = is_same and not self.loop.conditions
            items = self.source.text(self.loop.iterable.range)
            return f"*{items}" if is_whole and "\n" not in items else f"*[{entries[0][1]}{loop}]"
        return f"*[{value}{loop} for {value} in ({', '.join(text for _, text in entries)})]"

    def counted(self, counts: tuple[int, int]) -> str:
        """See `Times`."""
        match self.loop.iterable:
            case ir.Call(function=ir.Attribute(name="items" | "values" | "keys", value=iterable), arguments=()):
                pass
            case iterable:
                pass
        is_sized = isinstance(iterable, ir.Name | ir.Attribute | ir.Subscript | ir.Collection)
        if not is_sized or self.loop.conditions:
            raise RefusalError(_ONE_VALUE)
        length = f"len({self.source.text(iterable.range)})"
        return f"{length} * {counts[0]}" if counts[0] > 1 else length

    def numbered(self) -> list[Edit]:
        """See `Times`."""
        if self.is_indexed:
            return []
        target, items = self.loop.target.range, self.loop.iterable.range
        return [
            Edit(target, f"{self.index}, {self._target()}"),
            Edit(Range(items.start, items.start), "enumerate("),
            Edit(Range(items.end, items.end), ")"),
        ]

    def _loop(self, is_numbered: bool) -> str:
        """The loop itself, with the number of the element where that is asked for."""
        loop, text = self.loop, self.source.text
        rest = text(Range(loop.element.range.end, max(part.range.end for part in self.again)))
        if is_numbered and not self.is_indexed:
            conditions = text(Range(loop.iterable.range.end, max(part.range.end for part in self.again)))
            rest = f" for {self.index}, {self._target()} in enumerate({text(loop.iterable.range)}){conditions}"
        if "\n" in rest and not any(quote in rest for quote in "\"'#"):
            rest = " " + _PADDING.sub("", " ".join(rest.split()))
        return rest

    def _target(self) -> str:
        """What the comprehension calls an element, as a part of several."""
        text = self.source.text(self.loop.target.range)
        return text if isinstance(self.loop.target, ir.Name) or text.startswith(("(", "[")) else f"({text})"


@dataclass(frozen=True, slots=True)
class Mapped(Repeated):
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

    @property
    def counter(self) -> str:
        """See `Times`."""
        return self.index

    @property
    def own_names(self) -> Collection[str]:
        """See `Times`."""
        return set(_WORD.findall(head_of(self.source.text(self.place)) or ""))

    def spread(self, values: tuple[Entries, Entries]) -> str:
        """See `Times`."""
        entries, items = values[0], self.source.text(self.items.range)
        if _are_named(values):
            pairs = ", ".join(f"[`{name}_${{{self.index}}}`, {text}]" for name, text in entries)
            head = self._indexed()
            each = f"map({head}{pairs})" if len(entries) == 1 else f"flatMap({head}[{pairs}])"
            return f"...Object.fromEntries({items}.{each})"
        head = self._head()
        if len(entries) == 1:
            return f"...{items}.map({head}{entries[0][1]})"
        return f"...{items}.flatMap({head}[{', '.join(text for _, text in entries)}])"

    def counted(self, counts: tuple[int, int]) -> str:
        """See `Times`."""
        length = f"{self.source.text(self.items.range)}.length"
        return f"{length} * {counts[0]}" if counts[0] > 1 else length

    def numbered(self) -> list[Edit]:
        """See `Times`."""
        head = Range(self.place.start, self.place.start + len(self._head().encode()))
        return [] if self.is_indexed else [Edit(head, self._indexed())]

    def _indexed(self) -> str:
        """What stands before the value of a function that takes the number of the element."""
        parameters = head_of(self.source.text(self.place))
        return self._head() if self.is_indexed else f"({parameters}, {self.index}) => "

    def _head(self) -> str:
        """The parameters of the function and the arrow behind them, without the block that the text may stand in."""
        match = _HEAD.fullmatch(self.source.text(self.place))
        return match["head"] if match is not None else ""


def _are_named(values: tuple[Entries, Entries]) -> bool:
    return any(key for arm in values for key, _ in arm)


def head_of(text: str) -> str | None:
    """The parameters in the head of an arrow function, which may return at once, None where a text is no such head."""
    match = _HEAD.fullmatch(text)
    return (match["listed"] or match["only"]) if match is not None else None
