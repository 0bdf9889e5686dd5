"""Assignments: what variables hold afterwards, and the steps that a pattern takes into what it takes apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.json import calls
from persistlint.analysis.json.places import Place, place_of
from persistlint.analysis.json.run import Chain, Run
from persistlint.analysis.json.tables import Owner
from persistlint.analysis.json.values import A_ROW, OF_ONE_ROW, Document, Keys, Pairs, Several, Text, Thing, Value, join
from persistlint.facts import HopKind, JsonHop, JsonOrigin
from persistlint.ir import (
    AssignmentExpression,
    Attribute,
    Call,
    Collection,
    Constant,
    Expression,
    Mapping,
    Name,
    Spread,
    String,
    Subscript,
)

if TYPE_CHECKING:
    from persistlint.analysis.json.state import State

_STATUS_KEYS = frozenset(["ok", "status"])


def bind(target: Expression, source: Expression | None, value: Value | None, run: Run, state: State) -> None:
    """Give a target a value. `source` is the expression that it comes from, None for an element of something."""
    match target:
        case Name() | Attribute() | Subscript():
            _assign(target, source, value, run, state)
        case AssignmentExpression(target=inner, value=default):
            bind(inner, default, _with_default(value, run.value(default)), run, state)
        case Spread(value=inner):
            bind(inner, None, replace(value, length=0) if isinstance(value, Document) else None, run, state)
        case Collection(elements=elements):
            for index, element in enumerate(elements):
                bind(element, None, _part(target, element, value, index, run), run, state)
        case Mapping(entries=entries):
            for entry in entries:
                key = entry.key.value if isinstance(entry.key, String) else ""
                found = _property(target, entry.value, value, key, run) if entry.key is not None else value
                bind(entry.value, None, found, run, state)


def iterate(target: Expression, value: Value | None, iterable: Expression | None, run: Run, state: State) -> None:
    """Give a target an element of a value, which is that of `iterable` where it stands in the program."""
    bind(target, None, element_of(value), run, state)
    place = _counted(iterable) if iterable is not None else None
    if isinstance(value, Keys | Pairs):
        place = value.place
    name = (
        target.elements[0]
        if isinstance(value, Pairs) and isinstance(target, Collection) and target.elements
        else target
    )
    if place is not None and isinstance(name, Name):
        state.know([(*place, f"[{name.id}]")])  # each key has a part


def _counted(iterable: Expression) -> Place | None:
    """The place that a loop goes through, also by number: `x` of `range(len(x))`."""
    match iterable:
        case Call(function=Name(id="range"), arguments=(argument,)) if isinstance(size := argument.value, Call):
            return place_of(size.arguments[0].value) if size.arguments else None
    return place_of(iterable)


def element_of(value: Value | None) -> Value | None:
    """An element of a value: it is there, whatever is in it."""
    match value:
        case Document():
            return replace(value, cause=None, length=A_ROW)
        case Pairs(document=document):
            return Several((None, replace(document, cause=None, length=0)))
        case Thing(kind="file"):
            return Text(JsonOrigin.FILE)
        case Text():
            return value  # nobody decodes single letters: it comes in lines
    return None


def _assign(target: Expression, source: Expression | None, value: Value | None, run: Run, state: State) -> None:
    place = place_of(target)
    if isinstance(value, Document) and value.origin is JsonOrigin.UNKNOWN:
        value = None  # a dictionary only where it is used as one
    if isinstance(target, Attribute | Subscript):
        run.look_at(value)  # what is kept in an object can be looked at anywhere
    if place is None:
        return
    origin = place_of(source) if source is not None else None
    known = state.tests_of(origin)
    if isinstance(value, Document) and source is not None and _is_reported(source, run):
        value = value.there()  # what comes of a chain that is reported is not reported once more
    if len(place) > 1 and not isinstance(value, Document | Text | Thing):
        state.assign(place, None)
        state.know([place])
        return
    state.assign(place, value, is_kept=run.is_global(place[0]))
    state.know_all(place, known)
    if len(place) == 1 and origin is not None and len(origin) > 1 and not origin[-1].endswith("()"):
        state.link(place[0], origin)
    for entry in source.entries if isinstance(source, Mapping) else ():
        if isinstance(entry.key, String) and not isinstance(entry.value, Constant):
            state.know([(*place, entry.key.value)])


def _is_reported(source: Expression, run: Run) -> bool:
    chain = run.chains.get(id(source))
    return chain is not None and any(hop.can_fail for hop in chain.hops)


def _with_default(value: Value | None, default: Value | None) -> Value | None:
    return value.there() if isinstance(value, Document) else join(value, default)


def _part(target: Expression, element: Expression, value: Value | None, index: int, run: Run) -> Value | None:
    """What the element of a pattern with this index gets."""
    match value:
        case Several(values=values):
            return values[index] if index < len(values) else None
        case Thing(kind="result") if index == 0 and run.is_script:
            return Document(JsonOrigin.ROWS, value.range, frozenset(), length=int(value.is_checked))
        case Document(origin=JsonOrigin.ROWS) if run.is_script and index and not value.length:
            return None  # rows are not told apart by their places: it is a pair, as of a count and the rows
        case Document() if run.is_script:
            part = replace(value, cause=None if index < value.length else HopKind.INDEX, length=0)
            _take_apart(target, element, value, part, f"[{index}]", HopKind.INDEX, run)
            return part
        case Document() | Text() | Thing() if run.language == "go" and index == 0:
            return value  # and an error
    return None


def _property(target: Expression, element: Expression, value: Value | None, key: str, run: Run) -> Value | None:
    """What the property of a pattern with this key gets."""
    match value:
        case Document():
            is_there = value.keys is not None and key not in value.keys
            part = replace(value, cause=None if is_there else HopKind.KEY, length=0)
            if is_there and value.origin is JsonOrigin.ROWS and run.shapes.is_json_name(key):
                part = Document(JsonOrigin.COLUMN, element.range)
            _take_apart(target, element, value, part, key, HopKind.KEY, run)
            return part
        case Thing():
            if key in _STATUS_KEYS:
                run.look_at(value)
            entry = run.member(key, Owner(calls.kind_of(value)))
            return calls.given(entry, element, run, value) if entry is not None else None
    return None


def _take_apart(
    target: Expression, element: Expression, whole: Document, part: Document, name: str, kind: HopKind, run: Run
) -> None:
    """Note the step that a pattern takes: it fails where the pattern goes on into a part that is not there."""
    goes_on = isinstance(element, Mapping | Collection)
    if not goes_on or part.cause is None:
        return
    is_count = whole.origin is JsonOrigin.ROWS and isinstance(element, Mapping) and _keys(element) <= OF_ONE_ROW
    is_trusted = whole.origin.is_trusted if kind is HopKind.INDEX else whole.origin.has_known_shape
    can_fail = not run.catches() and not is_trusted and not is_count
    first = JsonHop(element.range, name, kind, False, False)
    hop = JsonHop(element.range, "", HopKind.KEY, not can_fail, can_fail, part.cause if can_fail else None)
    run.chains[id(element)] = Chain(element.range, target, whole.origin, (first, hop))


def _keys(pattern: Mapping) -> set[str]:
    return {entry.key.value if isinstance(entry.key, String) else "" for entry in pattern.entries}
