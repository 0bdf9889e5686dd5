"""The value of an expression."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from persistlint.analysis import calls, formats, guards, templates
from persistlint.analysis.formats import Filler
from persistlint.analysis.names import GO_METADATA, METADATA, SETTINGS, all_caps, is_settings, last_name, path_of
from persistlint.analysis.values import (
    CHECKED,
    CONSTANT,
    NUMBER,
    UNKNOWN,
    Atom,
    Choice,
    Class,
    Closure,
    Entries,
    Imported,
    Instance,
    Items,
    Sql,
    Text,
    Value,
    choice,
    constants_of,
    element_of,
    holder_of,
    items_of,
    join,
    origin_of,
    pieces_of,
    text_of,
)
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
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.analysis.interpreter import Interpreter
    from persistlint.ir import ClassDefinition
    from persistlint.libraries import Type
    from persistlint.source import Range

# Decorators and base classes that make a constructor of the annotations of a class body.
_MAKES_RECORDS = frozenset(
    ["dataclass", "define", "frozen", "mutable", "attrs", "BaseModel", "SQLModel", "NamedTuple", "Struct"]
)
_OF_CLASS = ("ClassVar", "typing.ClassVar", "Final", "typing.Final", "Literal", "typing.Literal")
_OF_CALL = regex(
    r"_*\w*(?:opt(?:ion)?s?|params?|arg(?:ument)?s?|inputs?|query|filters?|req(?:uest)?|body|form|payload|data|dto|event|message)",
    re.IGNORECASE,
)
_IS_CLASS = regex(r"_?(?:\w+_)?(?:cls|class|klass)_?|\w+(?:Class|Cls)")
_STANDS_FOR_TABLE = regex(r"_?(?:\w+_)?(?:model|entity|mapper)|\w+(?:Model|Entity)")
_HAS_SETTINGS = regex(r"_*\w*(?:client|adapter|app|server)", re.IGNORECASE)
_ENVIRONMENT = ("process.env", "os.environ", "import.meta.env", "Deno.env", "Bun.env")


def evaluate(expression: Expression, machine: Interpreter) -> Value:
    """The value of an expression; whatever it does to variables is done."""
    evaluate_kind = _BY_TYPE.get(type(expression))
    if evaluate_kind is not None:
        return evaluate_kind(expression, machine)
    match expression:
        case Conditional(test=test, then=then, otherwise=otherwise):
            machine.evaluate(test)
            return join(_guarded(test, True, then, machine), _guarded(test, False, otherwise, machine))
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


def combine(
    operator: str, left: Value, right: Value, left_range: Range, right_range: Range, template: Range, language: str = ""
) -> Value:
    """What an arithmetic operator makes of two values."""
    if operator == "+":
        is_text = _is_text(left) or _is_text(right)
        if language in ("python", "go") and NUMBER in (left, right) and not is_text:
            return NUMBER  # a string and a number cannot be added, but one that is written out can: `strconv.Itoa(n)`
        if isinstance(left, Items) or isinstance(right, Items):
            return _extended(left, right)
        if is_text:
            return text_of((*pieces_of(left, left_range, template), *pieces_of(right, right_range, template)))
        return Atom(max(origin_of(left), origin_of(right)))
    if operator == "*" and isinstance(left, Text | Items):
        return left
    if operator == "*" and isinstance(right, Text | Items):
        return right
    if operator in ("and", "or", "??"):
        return join(left, right)
    if operator == "|" and isinstance(left, Entries) and isinstance(right, Entries):
        return Entries((*left.entries, *right.entries))
    # Arithmetic on anything but numbers fails or, in JavaScript, gives a number.
    if operator in ("-", "/", "//", "**", "&", "^", "<<", ">>", ">>>", "|"):
        return NUMBER if not isinstance(left, Atom) or left.keys is None else left
    return Atom(max(origin_of(left), origin_of(right)))


def _name(name: Name, machine: Interpreter) -> Value:
    if (known := machine.lookup(name.id)) is not None:
        if isinstance(known, Atom) and all_caps(name.id) and known.origin is Origin.UNKNOWN and known.type is None:
            return Atom(Origin.METADATA)
        return known
    if name.id in machine.names.imports:
        return _imported(machine.names.imports[name.id], machine)
    if name.id in machine.names.classes:
        return Class(machine.names.classes[name.id])
    if machine.language == "go" or all_caps(name.id):
        return Atom(Origin.METADATA)  # a Go name from another file of the package; a constant by its spelling
    return UNKNOWN


def _imported(qualified: str, machine: Interpreter) -> Value:
    operation = machine.names.catalogue.functions.get(qualified)
    if operation is not None and operation.yields == "request":
        return Atom(Origin.REQUEST)
    return Imported(qualified)


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


def _attribute(attribute: Attribute, machine: Interpreter) -> Value:
    path = path_of(attribute)
    if path is not None:
        known = machine.state.values.get(path) if machine.state is not None else None
        if known is not None:
            return (
                Atom(Origin.METADATA) if _is_own(attribute, machine) and _is_metadata(known, attribute.name) else known
            )
        if path.startswith(_ENVIRONMENT) and path not in _ENVIRONMENT:
            return Atom(Origin.ENVIRONMENT)
        if path in machine.names.catalogue.functions and machine.is_free(path.split(".", 1)[0]):
            return _imported(path, machine)
    value = machine.evaluate(attribute.value)
    if not isinstance(value, Choice):
        return _member(value, attribute, machine)
    return choice(_member(option, attribute, machine) for option in value.options)


def _member(value: Value, attribute: Attribute, machine: Interpreter) -> Value:
    name = attribute.name
    value = holder_of(value)
    match value:
        case Imported(name=module):
            return _imported(f"{module}.{name}", machine)
        case Instance(definition=definition, origin=origin):
            if name in ("_meta", "__table__", "__tablename__"):
                return Atom(Origin.METADATA)
            found = machine.attribute_of(definition, name)
            if origin is Origin.PARAMETER and (declared := _filled(definition, name)) is not None:
                found = machine.names.declared(declared)  # its default is what nobody gave
            if isinstance(found, Closure):
                return _method_or_property(Closure(found.function, found.home, value), name, machine)
            if origin is Origin.PARAMETER:
                return (
                    found
                    if found is not None and origin_of(found) is not Origin.UNKNOWN
                    else Atom(origin, _type_of(found))
                )
            if found is not None and not _is_metadata(found, name):
                return found
            return Atom(Origin.METADATA) if METADATA.fullmatch(name) or all_caps(name) else found or UNKNOWN
        case Class(definition=definition):
            if definition.is_enum:
                return CONSTANT
            found = machine.attribute_of(definition, name)
            if any(
                base.rsplit(".", 1)[-1] in ("Enum", "StrEnum", "IntEnum", "TextChoices", "Choices")
                for base in definition.bases
            ):
                return found if found is not None else CONSTANT
            if found is not None:
                return found
            return Atom(Origin.METADATA) if METADATA.fullmatch(name) or all_caps(name) else UNKNOWN
        case Entries():
            return value.get(name) or (
                NUMBER if name in ("length", "size") else _entry_values(value, constant_only=True)
            )
        case Items() | Text() | Sql():
            if name in ("length", "size", "count"):
                return NUMBER
            return value if isinstance(value, Text) and name in ("value", "name") else Atom(origin_of(value))
        case Atom(type=type) if type is not None and name in type.requests:
            return Atom(Origin.REQUEST)
        case Atom(type=type) if type is not None and name in type.checked:
            return CHECKED
        case Atom(type=type) if type is not None and name in type.fields:
            return Atom(Origin.UNKNOWN, type.returned(type.fields[name]))
        case Atom(type=type) if type is not None and type.fluent and not type.methods:
            return value  # the column of a table object
        case Atom(origin=origin):
            if (
                name in ("length", "size", "rowcount", "lastrowid", "rowCount", "insertId", "changes")
                and origin is not Origin.REQUEST
            ):
                return NUMBER
            if _requested(attribute, origin, machine) is Origin.REQUEST:
                return Atom(Origin.REQUEST)
            if name in ("__tablename__", "__table__", "_meta", "db_table") or (
                all_caps(name) and origin in (Origin.UNKNOWN, Origin.PARAMETER)
            ):
                return Atom(Origin.METADATA)
            if (
                name == "value"
                and isinstance(attribute.value, Call)
                and last_name(attribute.value.function)[:1].isupper()
            ):
                return CHECKED  # `Direction(x).value` of an enum raises on anything else
            if origin in (Origin.UNKNOWN, Origin.PARAMETER) and _is_of_settings(attribute.value, machine):
                return Atom(Origin.METADATA)
            if origin is Origin.UNKNOWN and _is_own(attribute, machine) and METADATA.fullmatch(name):
                return Atom(Origin.METADATA)
            if machine.language == "go" and origin is Origin.UNKNOWN and GO_METADATA.fullmatch(name):
                return Atom(Origin.METADATA)
            if machine.language == "sql" and origin is Origin.UNKNOWN and name == "id":
                return Atom(Origin.DERIVED)  # the key of a row, a number where it stands without quotes: `NEW.id`
            if origin is Origin.PARAMETER and _describes_table(attribute):
                return Atom(Origin.METADATA)
            if origin is Origin.PARAMETER and _is_collaborator(attribute.value, machine):
                return UNKNOWN
            return Atom(origin)
    return UNKNOWN


def _filled(definition: ClassDefinition, name: str) -> str | None:
    """The declared type of a field that whoever makes an object of the class sets: of a dataclass, of attrs, of a model
    of pydantic or SQLModel, of a named tuple."""
    made = {
        last_name(decorator.function if isinstance(decorator, Call) else decorator)
        for decorator in definition.decorators
    }
    made.update(base.rsplit(".", 1)[-1] for base in definition.bases)
    declared = dict(definition.fields).get(name)
    is_constant = declared is None or all_caps(name) or declared.startswith(_OF_CLASS)
    return None if is_constant or made.isdisjoint(_MAKES_RECORDS) else declared


def _is_own(attribute: Attribute, machine: Interpreter) -> bool:
    """Whether it is an attribute of the object that the running method belongs to."""
    function = machine.frames[-1].function
    names = ("self", "cls", "this", function.receiver if function is not None else None)
    return isinstance(attribute.value, Name) and attribute.value.id in names


def _is_of_settings(value: Expression, machine: Interpreter) -> bool:
    """Whether an object holds the configuration, also that of the object of the running method or of a client."""
    if is_settings(value):
        return True
    if not isinstance(value, Attribute) or not SETTINGS.fullmatch(value.name):
        return False
    return _is_own(value, machine) or _HAS_SETTINGS.fullmatch(last_name(value.value)) is not None


def _is_collaborator(value: Expression, machine: Interpreter) -> bool:
    """Whether an object was given to the constructor to work with, and is not what a caller wants: `self._postgresql`,
    not `this.options`. What it says of itself is no data of a call."""
    return isinstance(value, Attribute) and _is_own(value, machine) and _OF_CALL.fullmatch(value.name) is None


def _describes_table(attribute: Attribute) -> bool:
    """Whether an attribute is one that a class or a model of the program has for its table, by their names:
    `model_cls.relation_join`, `model.table_name`, `owner._table`. What an object of options calls a table is what a
    caller wants."""
    holder = last_name(attribute.value)
    if _IS_CLASS.fullmatch(holder):
        return True
    is_of_table = attribute.name.startswith("_") or _STANDS_FOR_TABLE.fullmatch(holder) is not None
    return is_of_table and METADATA.fullmatch(attribute.name) is not None


def _type_of(value: Value | None) -> Type | None:
    return value.type if isinstance(value, Atom) else None


def _method_or_property(closure: Closure, name: str, machine: Interpreter) -> Value:
    """A method as it is, a property as what it gives."""
    if not any(last_name(decorator).endswith("property") for decorator in closure.function.decorators):
        return closure
    outcome = machine.call_closure(closure, {}, {})
    value = outcome.value if outcome is not None else UNKNOWN
    return Atom(Origin.METADATA) if _is_metadata(value, name) else value


def _is_metadata(value: Value, name: str) -> bool:
    """Whether an attribute that the constructor was given is a name of the schema, not data."""
    is_object = isinstance(value, Atom) and value.type is not None
    is_data = not is_object and not isinstance(value, Text) and origin_of(value) > Origin.BOUND
    return is_data and bool(METADATA.fullmatch(name))


def _requested(attribute: Attribute, origin: Origin, machine: Interpreter) -> Origin:
    """The origin of an attribute of an object that, by its name, holds a request."""
    if origin in (Origin.PARAMETER, Origin.UNKNOWN):
        parts = machine.names.catalogue.requests.get(last_name(attribute.value), ())
        return Origin.REQUEST if attribute.name in parts else origin
    return origin


def _subscript(subscript: Subscript, machine: Interpreter) -> Value:
    path = path_of(subscript)
    if path is not None and machine.state is not None and (known := machine.state.values.get(path)) is not None:
        return known
    base = path_of(subscript.value)
    value = machine.evaluate(subscript.value)
    key = machine.evaluate(subscript.index)
    if base in _ENVIRONMENT:
        return Atom(Origin.ENVIRONMENT)
    return choice(
        _item(option, subscript, key) for option in (value.options if isinstance(value, Choice) else (value,))
    )


def _item(value: Value, subscript: Subscript, key: Value) -> Value:
    value = holder_of(value)
    match value:
        case Entries():
            names = constants_of(key)
            if names and all(value.get(name) is not None for name in names):
                return choice(value.get(name) or UNKNOWN for name in names)
            return _entry_values(value)
        case Items(elements=elements, fixed=True) if isinstance(subscript.index, Number) and isinstance(
            subscript.index.value, int
        ):
            index = subscript.index.value
            return elements[index] if -len(elements) <= index < len(elements) else UNKNOWN
        case Items():
            return value if isinstance(subscript.index, Unknown) else element_of(value)
        case Text():
            return value  # a slice of a text: what was cut off does not matter for what is spliced
        case Class(definition=definition):
            return CHECKED if definition.is_enum or definition.bases else UNKNOWN
        case Imported(name=name):
            return Atom(Origin.REQUEST if name.endswith(("request.args", "request.form")) else Origin.METADATA)
        case Atom(origin=Origin.UNKNOWN | Origin.PARAMETER) if is_settings(subscript.value):
            return Atom(Origin.METADATA)
        case Atom(origin=origin, keys=keys):
            return Atom(max(origin, keys or Origin.CONSTANT))
    return UNKNOWN


def _entry_values(value: Entries, constant_only: bool = False) -> Value:
    if not value.entries:
        return UNKNOWN
    found = choice(item for _, item in value.entries)
    return UNKNOWN if constant_only and origin_of(found) is not Origin.CONSTANT else found


def _binary(binary: Binary, machine: Interpreter) -> Value:
    if binary.operator in ("and", "or", "??"):
        return _logic(binary, machine)
    chain: list[Binary] = []
    node: Expression = binary
    while isinstance(node, Binary) and node.operator not in ("and", "or", "??"):
        chain.append(node)
        node = node.left
    value = machine.evaluate(node)
    position = node.range
    for step in reversed(chain):
        right = machine.evaluate(step.right)
        if (
            step.operator == "%"
            and machine.language == "python"
            and (_is_text(value) or isinstance(step.left, String | Template))
        ):
            value = _percent(value, step, right, machine)
        elif step.operator == "+":
            value = combine("+", value, right, position, step.right.range, binary.range, machine.language)
        elif step.operator in ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not", "instanceof"):
            value = NUMBER
        else:
            value = combine(step.operator, value, right, position, step.right.range, binary.range)
        position = step.range
    return value


def _logic(binary: Binary, machine: Interpreter) -> Value:
    left = machine.evaluate(binary.left)
    if binary.operator == "and":
        # The left side is the result only where it is false, empty or nothing.
        return _guarded(binary.left, True, binary.right, machine)
    if binary.operator == "or":
        return join(left, _guarded(binary.left, False, binary.right, machine))
    return join(left, machine.evaluate(binary.right))


def _percent(value: Value, step: Binary, right: Value, machine: Interpreter) -> Value:
    operand = step.right
    positional: list[Filler] = []
    named: dict[str, Filler] = {}
    rest: Filler | None = None
    match operand:
        case Collection(elements=elements) if not any(isinstance(element, Spread) for element in elements):
            positional = [Filler(machine.evaluate(element), element.range) for element in elements]
        case Mapping(entries=entries):
            for entry in entries:
                if isinstance(entry.key, String):
                    named[entry.key.value] = Filler(machine.evaluate(entry.value), entry.value.range)
            rest = Filler(right, operand.range)
        case _ if isinstance(right, Items) and right.fixed:
            positional = [Filler(element, operand.range) for element in right.elements]
        case _ if isinstance(right, Entries):
            named = {key: Filler(item, operand.range) for key, item in right.entries if key is not None}
            rest = Filler(Atom(origin_of(right)), operand.range)
        case _:
            rest = Filler(Atom(origin_of(right)) if isinstance(right, Items) else right, operand.range)
            positional = [rest]
    options = value.options if isinstance(value, Choice) else (value,)
    return choice(
        Text(
            formats.printf(
                pieces_of(option, step.left.range, step.range), positional, named, step.range, "python", rest
            )
        )
        for option in options
    )


def _unary(unary: Unary, machine: Interpreter) -> Value:
    value = machine.evaluate(unary.operand)
    if unary.operator in ("&", "*"):
        return value
    return NUMBER if unary.operator in ("not", "-", "+", "~", "typeof", "++", "--") else CONSTANT


def _guarded(test: Expression, truth: bool, expression: Expression, machine: Interpreter) -> Value:
    """The value of an expression that is reached only where a test came out so."""
    before = machine.state
    if before is None:
        return UNKNOWN
    machine.state = before.copy()
    machine.refine(guards.checked(test, truth, machine))
    value = machine.evaluate(expression)
    machine.state = before
    return value


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
    if isinstance(declared, Instance) and _is_record(declared, values):
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
        if entry.key is None:
            entries.extend(value.entries if isinstance(value, Entries) else ((None, Atom(origin_of(value))),))
            continue
        key = machine.evaluate(entry.key)
        names = constants_of(key)
        computed = max(computed, origin_of(key))
        entries.append((names[0] if len(names) == 1 else None, value))
    declared = machine.names.declared(mapping.type) if mapping.type else None
    if isinstance(declared, Instance) and _is_record(declared, [value for _, value in entries]):
        return Entries(tuple(entries), computed)
    if isinstance(declared, Instance) or (isinstance(declared, Atom) and declared.type is not None):
        return declared
    return Entries(tuple(entries), computed)


def _is_record(made: Instance, values: list[Value]) -> bool:
    """Whether an object is no more than some constants, of a type without methods."""
    has_methods = any(isinstance(member, FunctionDefinition) for member in made.definition.body)
    return bool(values) and not has_methods and all(origin_of(value) <= Origin.BOUND for value in values)


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


def _is_text(value: Value) -> bool:
    return isinstance(value, Text) or (
        isinstance(value, Choice) and any(isinstance(option, Text) for option in value.options)
    )


def _extended(left: Value, right: Value) -> Value:
    elements: list[Value] = []
    for value in (left, right):
        elements.extend(value.elements if isinstance(value, Items) else (element_of(value),))
    fixed = isinstance(left, Items) and isinstance(right, Items) and left.fixed and right.fixed
    return items_of(tuple(elements), fixed)


# By type, for nothing is asked as often.
_BY_TYPE: dict[type[Expression], Callable[[Any, Interpreter], Value]] = {
    String: lambda string, _: Text((string.value,)),
    Number: lambda *_: NUMBER,
    Constant: lambda *_: CONSTANT,
    Name: _name,
    Template: _template,
    Attribute: _attribute,
    Subscript: _subscript,
    Call: calls.call,
    TaggedTemplate: templates.tagged,
    Binary: _binary,
    Unary: _unary,
    Collection: _collection,
    Mapping: _mapping,
    Comprehension: _comprehension,
}
