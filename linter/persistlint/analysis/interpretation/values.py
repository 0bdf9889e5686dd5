"""What an expression can be, as far as one file tells: abstract values, how they join and how they become text, which
`pieces` are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.pieces import Piece, Splice, alternatives, joined, linearise, splices
from persistlint.facts import Origin
from persistlint.ir import FunctionDefinition
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.ir import ClassDefinition, Function
    from persistlint.libraries import Type
    from persistlint.source import Range

MOST_OPTIONS = 12  # alternatives that are kept apart; more of them are all taken for unknown
MOST_PIECES = 20_000  # pieces of a text, and
MOST_ELEMENTS = 400  # different elements of a list, of which more is only known how hostile they are


@dataclass(frozen=True, slots=True)
class Value:
    """Any value."""


@dataclass(frozen=True, slots=True)
class Text(Value):
    """A string of which at least part is known."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Atom(Value):
    """A value of which only the origin is known, and its type where that is one of a library.

    `keys` is the origin of its keys where they were checked apart from it, `doubled` a quote that was doubled in it,
    as for `Splice`. `members` is the origin of what belongs to it, where that is another one.
    """

    origin: Origin
    type: Type | None = None
    keys: Origin | None = None
    doubled: str = ""
    members: Origin | None = None


@dataclass(frozen=True, slots=True)
class Sql(Value):
    """SQL with its bind parameters, as a binding template tag makes it. It is no string: a hole of another such
    template takes it in as SQL, a string does not. `unbound` is what it is to a library that does not know such
    templates."""

    pieces: tuple[Piece, ...]
    type: Type | None = None
    unbound: tuple[Piece, ...] | None = None


@dataclass(frozen=True, slots=True)
class Items(Value):
    """A list, tuple, set or array with these elements, each of them perhaps several times. `fixed` where they are
    all, in this order."""

    elements: tuple[Value, ...]
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Entries(Value):
    """A mapping or object literal; the key is None where it is computed, and `computed` the worst origin of those."""

    entries: tuple[tuple[str | None, Value], ...]
    computed: Origin = Origin.UNKNOWN

    def get(self, key: str) -> Value | None:
        """The value under a constant key."""
        return next((value for name, value in reversed(self.entries) if name == key), None)


@dataclass(frozen=True, slots=True)
class Schema(Value):
    """A schema that objects are parsed with: of a mapping of further schemas, or of a list of one."""

    shape: Value


@dataclass(frozen=True, slots=True)
class Choice(Value):
    """One of several values, depending on the way that the program took."""

    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Imported(Value):
    """Something that another module defines, by its qualified name."""

    name: str


@dataclass(frozen=True, slots=True)
class Closure(Value):
    """A function of this file. `home` is the number of the frame that defined it, `receiver` the object it is
    bound to."""

    function: Function
    home: int
    receiver: Value | None = None


@dataclass(frozen=True, slots=True)
class Class(Value):
    """A class of this file itself."""

    definition: ClassDefinition


@dataclass(frozen=True, slots=True)
class Instance(Value):
    """An object of a class of this file. `origin` is `PARAMETER` where it was handed over, with data in it."""

    definition: ClassDefinition
    origin: Origin = Origin.UNKNOWN


CONSTANT = Atom(Origin.CONSTANT)
NUMBER = Atom(Origin.NUMBER)
CHECKED = Atom(Origin.CHECKED)
UNKNOWN = Atom(Origin.UNKNOWN)
EMPTY = Text(("",))  # what a string is before anything is assigned to it; a builder of one is `Text(())`


def origin_of(value: Value) -> Origin:
    """The most hostile origin of anything in a value."""
    if type(value) is Atom:  # most are
        return value.origin
    match value:
        case Text(pieces=pieces):
            return max((splice.origin for splice in splices(pieces)), default=Origin.CONSTANT)
        case Sql(pieces=pieces):
            return max((splice.origin for splice in splices(pieces)), default=Origin.CONSTANT)
        case Items(elements=elements):
            return max(map(origin_of, elements), default=Origin.CONSTANT)
        case Entries(entries=entries):
            return max((origin_of(item) for _, item in entries), default=Origin.CONSTANT)
        case Choice(options=options):
            return max(map(origin_of, options), default=Origin.CONSTANT)
        case Imported():
            return Origin.METADATA
        case Instance(origin=origin):
            return origin
        case Class() | Closure():
            return Origin.CONSTANT
    return Origin.UNKNOWN


def key_origin(value: Value) -> Origin:
    """The most hostile origin of the keys of a mapping."""
    match value:
        case Entries(entries=entries):
            return Origin.CONSTANT if all(key is not None for key, _ in entries) else value.computed
        case Atom(keys=Origin() as keys):
            return keys
        case Choice(options=options):
            return max(map(key_origin, options), default=Origin.CONSTANT)
    return origin_of(value)


def pieces_of(value: Value, range: Range, template: Range) -> tuple[Piece, ...]:
    """The pieces that a value adds to a text which splices it at `range` inside `template`."""
    match value:
        case Text(pieces=pieces) | Sql(pieces=pieces):
            return pieces
        case Choice(options=options):
            return alternatives([pieces_of(option, range, template) for option in options])
        case Atom(origin=origin, doubled=doubled):
            return (Splice(range, template, origin, doubled),)
        case Instance(definition=definition, origin=Origin.PARAMETER) if _writes_itself(definition):
            return (Splice(range, template, Origin.ANNOTATED),)
    return (Splice(range, template, origin_of(value)),)


def _writes_itself(definition: ClassDefinition) -> bool:
    """Whether a class says how its objects are written as text, so that none of them is any text."""
    written = {member.function.name for member in definition.body if isinstance(member, FunctionDefinition)}
    return not written.isdisjoint(_AS_TEXT) and _TEXTS.isdisjoint(definition.bases)


_AS_TEXT = frozenset(["__str__", "__format__", "toString", "String"])
_TEXTS = frozenset(["str", "string", "String", "UserString"])


def text_of(pieces: tuple[Piece, ...]) -> Value:
    """A text of these pieces; one that doubles in every line of a program is not kept whole."""
    text = Text(pieces)
    return text if len(pieces) <= MOST_PIECES else Atom(origin_of(text))


def items_of(elements: tuple[Value, ...], fixed: bool = False) -> Items:
    """A list of these elements."""
    if len(elements) <= MOST_ELEMENTS:
        return Items(elements, fixed)
    distinct = _distinct(elements)
    return Items(distinct if len(distinct) <= MOST_ELEMENTS else (Atom(max(map(origin_of, distinct))),))


def join(left: Value, right: Value) -> Value:
    """What a variable can be after two ways through the program meet."""
    if left == right:
        return left
    match left, right:
        case Text(), Text():
            return Text(joined(left.pieces, right.pieces))
        case Atom(), Atom():
            kept = left.type if left.type is right.type else None
            keys = None if left.keys is None or right.keys is None else max(left.keys, right.keys)
            doubled = left.doubled if left.doubled == right.doubled else ""
            return Atom(max(left.origin, right.origin), kept, keys, doubled)
        case Items(), Items():
            return items_of(_distinct((*left.elements, *right.elements)))
        case Entries(), Entries():
            return Entries(tuple(dict.fromkeys((*left.entries, *right.entries))), max(left.computed, right.computed))
    return choice((left, right))


def choice(options: Iterable[Value]) -> Value:
    """One of these values."""
    flat: list[Value] = []
    for option in options:
        flat.extend(option.options if isinstance(option, Choice) else (option,))
    distinct = _distinct(flat) if len(flat) > 1 else tuple(flat)
    if len(distinct) == 1:
        return distinct[0]
    if len(distinct) > MOST_OPTIONS:
        return Atom(max(map(origin_of, distinct)))
    return Choice(distinct)


def options_of(value: Value) -> tuple[Value, ...]:
    """The values that a choice is between; the value itself where there is none."""
    return value.options if isinstance(value, Choice) else (value,)


def element_of(value: Value) -> Value:
    """What iterating over a value gives."""
    match value:
        case Items(elements=()):
            return CONSTANT
        case Items(elements=elements):
            return choice(elements)
        case Entries(entries=entries):
            keys = [Text((key,)) if key is not None else Atom(value.computed) for key, _ in entries]
            return choice(keys) if keys else CONSTANT
        case Choice(options=options):
            return choice(map(element_of, options))
        case Atom(keys=Origin() as keys):
            return Atom(keys)
        case Atom(members=Origin() as members):
            return Atom(members)
        case Atom(origin=Origin.ANNOTATED):
            return value
        case Text():
            return value
    return Atom(origin_of(value))


def holder_of(value: Value) -> Value:
    """The same value, as that of which something is taken."""
    return Atom(value.members) if isinstance(value, Atom) and value.members is not None else value


def constants_of(value: Value) -> tuple[str, ...]:
    """The strings that a value can be, if it is constant; nothing otherwise."""
    match value:
        case Text(pieces=pieces) if all(isinstance(piece, str) for piece in pieces):
            return ("".join(piece for piece in pieces if isinstance(piece, str)),)
        case Text(pieces=pieces) if origin_of(value) is Origin.CONSTANT:
            return tuple("".join(map(str, text)) for text in linearise(pieces))
        case Choice(options=options):
            found = [constants_of(option) for option in options]
            return tuple(text for texts in found for text in texts) if all(found) else ()
    return ()


def with_origin(value: Value, origin: Origin) -> Value:
    """The same value, now known to be of another origin."""
    return replace(value, origin=origin) if isinstance(value, Atom) else Atom(origin)


def _distinct(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(values))
