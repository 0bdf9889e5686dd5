"""What objects hold that a schema of the file has parsed: `z.object({ limit: z.number() }).parse(request.query)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.values import (
    CHECKED,
    CONSTANT,
    UNKNOWN,
    Atom,
    Entries,
    Items,
    Schema,
    Value,
    element_of,
    origin_of,
)

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.arguments import Actual

_PARSES = frozenset(["parse", "parseAsync"])
_TRIES = frozenset(["safeParse", "safeParseAsync", "spa"])
_EXTENDS = frozenset(["extend", "merge", "safeExtend", "and"])


def call(schema: Schema, name: str, actuals: list[Actual]) -> Value:
    """What a method of a schema gives: what it parsed, or the schema with what the method adds to it."""
    given = actuals[0].value if actuals else UNKNOWN
    if name in _PARSES:
        return _parsed(schema, given)
    if name in _TRIES:
        return Entries((("data", _parsed(schema, given)), ("success", CONSTANT)))
    if name == "array":
        return Schema(Items((schema,)))
    if name in _EXTENDS:
        more = given.shape if isinstance(given, Schema) else given
        if isinstance(more, Entries) and isinstance(schema.shape, Entries):
            return Schema(Entries((*schema.shape.entries, *more.entries)))
    if name in ("transform", "pipe"):
        return UNKNOWN
    return schema


def _parsed(schema: Value, given: Value) -> Value:
    """What a schema makes of a value, of an object its fields, which are as hostile where they are text."""
    match schema:
        case Schema(shape=shape):
            return _parsed(shape, given)
        case Entries(entries=entries):
            return Entries(tuple((key, _parsed(item, given)) for key, item in entries))
        case Items():
            return Items((_parsed(element_of(schema), given),))
        case Atom(type=type) if type is not None and "parse" in type.methods:
            return CHECKED
    return Atom(origin_of(given))
