"""What assigning a value to a target that takes it apart comes to, and what a test makes known of a variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.declarations import as_declared
from persistlint.analysis.interpretation.state import NOTHING, Checked
from persistlint.analysis.interpretation.values import (
    CHECKED,
    CONSTANT,
    UNKNOWN,
    Atom,
    Choice,
    Entries,
    Instance,
    Items,
    Text,
    Value,
    choice,
    element_of,
    holder_of,
    join,
    options_of,
    origin_of,
    with_origin,
)
from persistlint.analysis.names import path_of
from persistlint.facts import Origin
from persistlint.ir import (
    AssignmentExpression,
    Binary,
    Collection,
    Expression,
    Spread,
    String,
    Subscript,
)
from persistlint.ir import Mapping as MappingLiteral

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.interpreter import Interpreter


def refine(checked: Checked, machine: Interpreter) -> None:
    """Note that variables passed a test."""
    if machine.state is None:
        return
    if machine.state.originals:
        checked = NOTHING.union(*(machine.state.same(path) for path in checked))
    for path in checked:
        if path.startswith("keys:"):
            path = path[5:]
            value = machine.lookup(path) or UNKNOWN
            refined = Atom(origin_of(value), keys=Origin.CHECKED)
            machine.state.know(path, Items((CHECKED,)) if isinstance(value, Items) else refined)
        else:
            value = machine.lookup(path) or UNKNOWN
            if origin_of(value) > Origin.CHECKED:
                machine.state.know(path, _checked(value))


def bind(target: Expression, value: Value, machine: Interpreter) -> None:
    """Assign a value to a target, which may take it apart."""
    match target:
        case Collection(elements=elements):
            for index, element in enumerate(elements):
                bind(element.value if isinstance(element, Spread) else element, _part(value, index), machine)
        case MappingLiteral(entries=entries):
            for entry in entries:
                key = entry.key.value if isinstance(entry.key, String) else None
                bind(entry.value, member(value, key, machine), machine)
        case Subscript(value=container, index=index):
            _store(container, index, value, machine)
        case AssignmentExpression(target=inner, value=default):
            bind(inner, join(value, machine.evaluate(default)), machine)
        case _:
            path = path_of(target)
            if path is not None:
                machine.assign(path, as_declared(path, value, machine))


def bind_members(target: Expression, source: Expression, machine: Interpreter) -> None:
    """Let the variables that an object is taken apart into be what is known of its members:
    `const { limit } = options ?? {}`."""
    if not isinstance(target, MappingLiteral):
        return
    if (
        isinstance(source, Binary)
        and source.operator in ("or", "??")
        and isinstance(source.right, MappingLiteral)
        and not source.right.entries
    ):
        source = source.left
    path = path_of(source)
    for entry in target.entries if path is not None else ():
        known = machine.lookup(f"{path}.{entry.key.value}") if isinstance(entry.key, String) else None
        if known is not None:
            bind(entry.value, known, machine)


def member(value: Value, key: str | None, machine: Interpreter) -> Value:
    """What taking a property out of a value gives, where only its name is known."""
    value = holder_of(value)
    if isinstance(value, Entries) and key is not None and (found := value.get(key)) is not None:
        return found
    if isinstance(value, Choice):
        return choice(member(option, key, machine) for option in value.options)
    if isinstance(value, Instance) and key is not None:
        found = machine.attribute_of(value.definition, key)
        if found is not None and origin_of(found) < Origin.UNKNOWN:
            return found
        handed = machine.field_of(value.definition, key) if value.origin is Origin.PARAMETER else None
        return handed or Atom(value.origin)
    if isinstance(value, Atom) and value.type is not None and key is not None and key in value.type.fields:
        return Atom(Origin.UNKNOWN, value.type.returned(value.type.fields[key]))
    return Atom(max(origin_of(value), Origin.CONSTANT))


def _store(container: Expression, index: Expression, value: Value, machine: Interpreter) -> None:
    """`container[index] = value`."""
    machine.evaluate(index)
    path = path_of(container)
    if path is None:
        machine.evaluate(container)
        return
    if isinstance(index, String):
        machine.assign(f"{path}.{index.value}", value)
    known = machine.lookup(path)
    key = index.value if isinstance(index, String) else None
    if isinstance(known, Entries):
        machine.assign(path, Entries((*known.entries, (key, value))))
    elif isinstance(known, Items):
        machine.assign(path, Items((*known.elements, value)))


def _part(value: Value, index: int) -> Value:
    """What the `index`th target of several gets."""
    match value:
        case Items(elements=elements, fixed=True):
            return elements[index] if index < len(elements) else UNKNOWN
        case Items():
            return element_of(value)
        case Choice(options=options):
            return choice(_part(option, index) for option in options)
        case Atom(type=type) if type is not None and index == 0:
            return value
        case Text():
            return value if index == 0 else CONSTANT  # Go: the text, and an error
    return Atom(origin_of(value))


def is_checked(value: Value | None) -> bool:
    """Whether a value passed a test."""
    return value is not None and origin_of(value) is Origin.CHECKED


def _checked(value: Value) -> Value:
    if isinstance(value, Items):
        return Items((CHECKED,))
    if isinstance(value, Choice):
        return choice(option if origin_of(option) <= Origin.BOUND else CHECKED for option in options_of(value))
    return with_origin(value, Origin.CHECKED) if isinstance(value, Atom) else CHECKED
