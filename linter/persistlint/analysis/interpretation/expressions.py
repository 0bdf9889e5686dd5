"""The value of an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from persistlint.analysis.interpretation import calls, formats, guards, templates
from persistlint.analysis.interpretation.members import attribute_of, imported, item_of
from persistlint.analysis.interpretation.operators import binary, combine, guarded, unary
from persistlint.analysis.interpretation.values import (
    CONSTANT,
    NUMBER,
    UNKNOWN,
    Atom,
    Class,
    Entries,
    Instance,
    Items,
    Text,
    Value,
    constants_of,
    element_of,
    items_of,
    join,
    origin_of,
    pieces_of,
    text_of,
)
from persistlint.analysis.names import all_caps
from persistlint.facts import Origin
from persistlint.ir import (
    AssignmentExpression,
    Attribute,
    Await,
    Binary,
    Call,
    Collection,
    Comprehension,
    Conditional,
    Constant,
    Expression,
    FunctionDefinition,
    Lambda,
    Mapping,
    Name,
    Number,
    Spread,
    String,
    Subscript,
    TaggedTemplate,
    Template,
    TypeAssertion,
    Unary,
    Unknown,
    Yield,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.analysis.interpretation.interpreter import Interpreter


def evaluate(expression: Expression, machine: Interpreter) -> Value:
    """The value of an expression; whatever it does to variables is done."""
    evaluate_kind = _BY_TYPE.get(type(expression))
    if evaluate_kind is not None:
        return evaluate_kind(expression, machine)
    match expression:
        case Conditional(test=test, then=then, otherwise=otherwise):
            machine.evaluate(test)
            return join(guarded(test, True, then, machine), guarded(test, False, otherwise, machine))
        case Lambda(function=function):
            return machine.closure(function)
        case Await(value=value) | Spread(value=value):
            return machine.evaluate(value)
        case TypeAssertion(value=value, type=asserted):
            return _assertion(machine.evaluate(value), asserted, machine)
        case AssignmentExpression(target=target, value=value, operator=operator):
            assigned = machine.evaluate(value)
            if operator != "=":
                before = machine.evaluate(target)
                assigned = combine(operator, before, assigned, target.range, value.range, expression.range)
            machine.bind(target, assigned)
            return assigned
        case Yield(value=value):
            if value is not None:
                machine.frames[-1].returned.append(machine.evaluate(value))
            return UNKNOWN
        case Unknown(operands=operands):
            for operand in operands:
                machine.evaluate(operand)
    return UNKNOWN


def _name(name: Name, machine: Interpreter) -> Value:
    if (known := machine.lookup(name.id)) is not None:
        if isinstance(known, Atom) and all_caps(name.id) and known.origin is Origin.UNKNOWN and known.type is None:
            return Atom(Origin.METADATA)
        return known
    if name.id in machine.names.imports:
        return imported(machine.names.imports[name.id], machine)
    if name.id in machine.names.classes:
        return Class(machine.names.classes[name.id])
    if machine.language == "sql" and name.id.lower() in machine.names.catalogue.functions:
        return calls.call(Call(name.range, name, ()), machine)  # `CURRENT_DATE`, called without parentheses
    if machine.language == "go" or all_caps(name.id):
        return Atom(Origin.METADATA)  # a Go name from another file of the package; a constant by its spelling
    return UNKNOWN


def _template(template: Template, machine: Interpreter) -> Value:
    if template.prefix == "t":
        return templates.template_string(template, machine)
    pieces: list[object] = []
    for part in template.parts:
        if isinstance(part, String):
            pieces.append(part.value)
            continue
        value = machine.evaluate(part.value)
        if part.format and formats.is_numeric_spec(part.format):
            value = NUMBER
        elif part.conversion and not isinstance(value, Text):
            value = Atom(origin_of(value))
        pieces.extend(pieces_of(value, part.value.range, template.range))
    return text_of(tuple(pieces))  # type: ignore[arg-type]


def _collection(collection: Collection, machine: Interpreter) -> Value:
    values: list[Value] = []
    fixed = True
    for element in collection.elements:
        value = machine.evaluate(element)
        if isinstance(element, Spread):
            fixed = False
            value = element_of(value)
        values.append(value)
    declared = machine.names.declared(collection.type) if collection.type else None
    if isinstance(declared, Instance) and _is_record(declared, values, machine):
        return items_of(tuple(values), fixed)  # a Go struct, its fields in their order
    if isinstance(declared, Instance) or (isinstance(declared, Atom) and declared.type is not None):
        return declared
    return items_of(tuple(values), fixed)


def _mapping(mapping: Mapping, machine: Interpreter) -> Value:
    if mapping.type.strip("&*") in ("strings.Builder", "bytes.Buffer"):
        return Text(())
    if mapping.type and (made := calls.composite(mapping, machine)) is not None:
        return made
    entries: list[tuple[str | None, Value]] = []
    computed = Origin.CONSTANT
    for entry in mapping.entries:
        value = machine.evaluate(entry.value)
        if entry.key is None and isinstance(value, Instance):
            entries.append((None, Atom(origin_of(value))))
            entries.extend((name, machine.member(value, name)) for name, _ in value.definition.fields)
            continue
        if entry.key is None:
            entries.extend(value.entries if isinstance(value, Entries) else ((None, Atom(origin_of(value))),))
            continue
        key = machine.evaluate(entry.key)
        names = constants_of(key)
        computed = max(computed, origin_of(key))
        entries.append((names[0] if len(names) == 1 else None, value))
    declared = machine.names.declared(mapping.type) if mapping.type else None
    if isinstance(declared, Instance) and _is_record(declared, [value for _, value in entries], machine):
        return Entries(tuple(entries), computed)
    if isinstance(declared, Instance) or (isinstance(declared, Atom) and declared.type is not None):
        return declared
    return Entries(tuple(entries), computed)


def _is_record(made: Instance, values: list[Value], machine: Interpreter) -> bool:
    """Whether an object is no more than some constants, of a type without methods, or one that the module itself makes,
    whose other fields may be constants of other files."""
    has_methods = any(isinstance(member, FunctionDefinition) for member in made.definition.body)
    is_known = machine.frames[-1].number == 0 or all(origin_of(value) <= Origin.BOUND for value in values)
    return bool(values) and not has_methods and is_known


def _comprehension(comprehension: Comprehension, machine: Interpreter) -> Value:
    iterable = machine.evaluate(comprehension.iterable)
    before = machine.state
    if before is None:
        return UNKNOWN
    machine.state = before.copy()
    machine.bind(comprehension.target, element_of(iterable))
    for condition in comprehension.conditions:
        machine.evaluate(condition)
        machine.refine(guards.checked(condition, True, machine))
    key = machine.evaluate(comprehension.key) if comprehension.key is not None else None
    element = machine.evaluate(comprehension.element)
    machine.state = before
    if key is not None:
        names = constants_of(key)
        if origin_of(key) <= Origin.BOUND and not names:
            return Atom(origin_of(element), keys=origin_of(key))
        return Entries(tuple((name, element) for name in names) or ((None, element),))
    if isinstance(element, Items) and isinstance(comprehension.element, Comprehension):
        return element
    return Items((element,))


def _assertion(value: Value, type: str, machine: Interpreter) -> Value:
    if isinstance(value, Atom) and value.type is None and type not in ("!", "const", "any"):
        declared = machine.names.declared(type)
        if isinstance(declared, Atom) and (declared.type is not None or machine.language in ("go", "sql")):
            return declared
    return value


# By type, for nothing is asked as often.
_BY_TYPE: dict[type[Expression], Callable[[Any, Interpreter], Value]] = {
    String: lambda string, _: Text((string.value,)),
    Number: lambda *_: NUMBER,
    Constant: lambda *_: CONSTANT,
    Name: _name,
    Template: _template,
    Attribute: attribute_of,
    Subscript: item_of,
    Call: calls.call,
    TaggedTemplate: templates.tagged,
    Binary: binary,
    Unary: unary,
    Collection: _collection,
    Mapping: _mapping,
    Comprehension: _comprehension,
}
