"""What an expression can be, as far as JSON is concerned. What is none of these is None: nothing is known of it."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, TypeAlias

from persistlint.facts import HopKind, JsonOrigin
from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.analysis.json.places import Place
    from persistlint.source import Range


A_ROW = 1_000_000  # how many elements a row has, so to speak: its columns are there, by number too
OF_ONE_ROW = frozenset(["count", "exists"])  # columns of a query that gives a row also where it finds none


@dataclass(frozen=True, slots=True)
class Document:
    """Decoded JSON, a row of a query, or a part of one of them. `root` is the expression that it came from.

    `keys` is None where nothing is declared of its shape; else the names of the keys that may be missing, all others
    being there. `cause` is the kind of the step that led to this part and that nothing checked, None where the part is
    known to be there. `length` is how many elements it has at least. `type` is its declared type, as written,
    `place` where it was taken from.
    """

    origin: JsonOrigin
    root: Range
    keys: frozenset[str] | None = None
    cause: HopKind | None = None
    length: int = 0
    type: str = ""
    place: Place | None = field(default=None, compare=False)

    def there(self) -> Document:
        """The same, known to be there."""
        return replace(self, cause=None) if self.cause is not None else self


@dataclass(frozen=True, slots=True)
class Text:
    """Text. `content` is what it says, where that stands in the program; `response` is the request for the response
    that it is the body of. `encoded` is the value that was just encoded, where it is the text of one."""

    origin: JsonOrigin
    content: str | None = None
    response: Range | None = None
    encoded: Range | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that JSON or rows come out of, of a kind of `tables`: a response, a client, a cursor. `range` is the
    call that made it; `is_checked` where its status, or the number of its rows, is known to be right. `type` is what
    the call declares its JSON to be, as written."""

    kind: str
    range: Range
    is_checked: bool = False
    origin: JsonOrigin | None = None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """Something known by its qualified name alone: an import, or a global of the language."""

    name: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A variable of Go that has a type and no value yet worth knowing."""

    type: str


@dataclass(frozen=True, slots=True)
class Several:
    """Some values in order: a tuple, an array literal, what `Promise.all` waits for."""

    values: tuple[Value | None, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Keys with the parts that they stand for, and the place that has them: `x.items()`, `Object.entries(x)`."""

    document: Document
    place: Place | None


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of what is in a place, each of which has a part there."""

    place: Place


Value: TypeAlias = Document | Text | Thing | Named | Declared | Several | Pairs | Keys


def join(left: Value | None, right: Value | None) -> Value | None:
    """A value that is one or the other: the one that more can go wrong with."""
    if left == right or right is None:
        return left
    match left, right:
        case Document(), Document():
            worse = left if left.cause is not None else right
            return replace(worse, length=min(left.length, right.length))
        case Text(origin=origin), Text(origin=other):
            return left if other.is_trusted or not origin.is_trusted else right
        case ((None | Text(origin=JsonOrigin.PROGRAM) | Declared() | Named()), _):
            return right
    return left
