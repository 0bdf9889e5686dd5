"""Calls that decode JSON: where the text comes from, whether a failure is caught, and what the result is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.json.places import owner_of, place_of
from persistlint.analysis.json.tables import Owner
from persistlint.analysis.json.values import Declared, Document, Named, Text, Thing, Value
from persistlint.analysis.names import last_name
from persistlint.facts import HopKind, JsonOrigin, JsonParse
from persistlint.ir import Argument, Attribute, Binary, Call, Expression, String
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.json.run import Run
    from persistlint.analysis.json.state import State
    from persistlint.analysis.json.tables import Entry
    from persistlint.source import Range

_FILES = regex(r"read|file|open|path|resource|asset|fixture|disk", re.IGNORECASE)
_ARRAY = regex(r"\[(\d{1,9})\]")  # of Go, which has its elements whatever JSON held
_ERRORS = ("ValueError", "JSONDecodeError", "Exception", "BaseException")


def decode(node: Call, entry: Entry, run: Run, state: State, base: Value | None) -> Value | None:
    """What a call gives that decodes, as its entry in the tables says; `base` is the value of its object. Where it
    decodes into a variable, the variable has it afterwards."""
    at = entry.decodes if entry.decodes is not None else 0
    source: Value | None = base if at < 0 else None
    text = node.range
    encoded: Range | None = None
    if 0 <= at < len(node.arguments):
        source, text = run.value(node.arguments[at].value), node.arguments[at].value.range
    origin: JsonOrigin | None = None
    match source:
        case Text():
            origin, encoded = source.origin, source.encoded
            if source.response is not None:
                run.decoding(node, source.response)
        case Document(origin=origin):
            if origin is JsonOrigin.COLUMN:
                origin = JsonOrigin.ROWS  # what is decoded here is kept as text
            elif origin is JsonOrigin.UNKNOWN and 0 <= at < len(node.arguments):
                origin = _by_key(node.arguments[at].value, run) or origin
        case Thing(kind="file" | "answer"):
            origin = JsonOrigin.FILE if source.kind == "file" else JsonOrigin.RESPONSE
        case Thing(kind="decoder", origin=origin, range=made):
            if made in run.sent:
                run.decoding(node, made)
        case None | Named() if at >= 0 and at < len(node.arguments):
            is_file = run.text(node.function).endswith("load") or _reads_file(node.arguments[at].value)
            origin = JsonOrigin.FILE if is_file else None
    if origin is JsonOrigin.REQUEST and run.is_before_requests and run.catches(*_ERRORS):
        run.is_decoded_before = True
    if entry.into is None:
        run.parses[node.range] = JsonParse(
            node.range,
            run.text(node.function),
            text,
            origin,
            is_guarded=run.catches(*_ERRORS) or (0 <= at < len(node.arguments) and _is_valid(node, at, state)),
            is_top_level=not run.functions,
            copied=encoded if encoded is not None and len(node.arguments) == 1 and _is_call(node, at) else None,
        )
        may_be_null = run.is_script and origin is JsonOrigin.STORAGE and _is_item(node, state)
        return Document(origin or JsonOrigin.TEXT, node.range, cause=HopKind.KEY if may_be_null else None)
    if entry.into < len(node.arguments):
        target = node.arguments[entry.into].value
        place = place_of(target)
        declared = run.value(target)
        if place is not None and isinstance(declared, Declared):
            keys = None if run.shapes.is_untyped(declared.type) else frozenset[str]()
            array = _ARRAY.match(declared.type)
            length = int(array[1]) if array is not None else 0
            state.assign(
                place, Document(origin or JsonOrigin.TEXT, node.range, keys, type=declared.type, length=length)
            )
    return None


def _by_key(text: Expression, run: Run) -> JsonOrigin | None:
    """Where a text comes from by the names of its key and of the dictionary: `event.get("body") or "{}"`."""
    match text:
        case Binary(operator="or", left=left):
            text = left
    match text:
        case Call(function=Attribute(value=whole, name="get"), arguments=(Argument(value=String(value=key)), *_)):
            owner = Owner("", owner_of(whole), ".".join(place_of(whole) or ()), run.siblings(whole))
            entry = run.member(key, owner)
            return entry.origin if entry is not None and entry.gives == "text" else None
    return None


def _is_valid(node: Call, at: int, state: State) -> bool:
    """Whether something said of the text that it is JSON."""
    return state.is_valid(place_of(node.arguments[at].value))


def _is_call(node: Call, at: int) -> bool:
    return isinstance(node.arguments[at].value, Call)


def _is_item(node: Call, state: State) -> bool:
    """Whether what is decoded is an item of a store that is null where there is none: JSON knows null too."""
    text = node.arguments[0].value if node.arguments else None
    return isinstance(text, Call) and not state.is_present(place_of(text))


def _reads_file(node: Expression) -> bool:
    return isinstance(node, Call) and _FILES.search(last_name(node.function)) is not None
