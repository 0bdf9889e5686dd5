"""The value of an attribute or an item of an object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation import options
from persistlint.analysis.interpretation.values import (
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
    origin_of,
)
from persistlint.analysis.names import GO_METADATA, METADATA, SETTINGS, all_caps, is_settings, last_name, path_of
from persistlint.facts import Origin
from persistlint.ir import Assign, Attribute, Call, Expression, Name, Number, String, Subscript, Unknown
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.ir import ClassDefinition
    from persistlint.libraries import Type


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


def imported(qualified: str, machine: Interpreter) -> Value:
    operation = machine.names.catalogue.functions.get(qualified)
    if operation is not None and operation.yields == "request":
        return Atom(Origin.REQUEST)
    return Imported(qualified)


def attribute_of(attribute: Attribute, machine: Interpreter) -> Value:
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
            return imported(path, machine)
    value = machine.evaluate(attribute.value)
    if not isinstance(value, Choice):
        return _member(value, attribute, machine)
    return choice(_member(option, attribute, machine) for option in value.options)


def _member(value: Value, attribute: Attribute, machine: Interpreter) -> Value:
    name = attribute.name
    if name == "value" and isinstance(value, Atom) and value.members is not None and machine.language == "python":
        return Atom(value.origin)  # that of a member: a type of the program that has one is an enum
    value = holder_of(value)
    match value:
        case Imported(name=module):
            return imported(f"{module}.{name}", machine)
        case Instance(definition=definition, origin=origin):
            if name in ("_meta", "__table__", "__tablename__"):
                return Atom(Origin.METADATA)
            if definition.is_enum and name in ("value", "name", "_value_", "_name_"):
                return CHECKED  # that of a member, in a method of the enum itself
            found = machine.attribute_of(definition, name)
            if origin is Origin.PARAMETER and (declared := _filled(definition, name)) is not None:
                found = machine.names.declared(declared)  # its default is what nobody gave
            if isinstance(found, Closure):
                return _method_or_property(Closure(found.function, found.home, value), name, machine)
            if origin is Origin.REQUEST and _is_validated(definition, name):
                return CHECKED
            if origin in (Origin.PARAMETER, Origin.REQUEST):
                if found is not None and origin_of(found) is not Origin.UNKNOWN:
                    return found
                handed = machine.field_of(definition, name) if found is None else None
                return handed or Atom(origin, _type_of(found))
            if found is not None and not _is_metadata(found, name):
                return found
            is_of_class = isinstance(attribute.value, Name) and attribute.value.id == "cls"  # set where that is defined
            is_constant = METADATA.fullmatch(name) or all_caps(name) or (is_of_class and found is None)
            return Atom(Origin.METADATA) if is_constant else found or UNKNOWN
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
            if name in ("__tablename__", "__table__", "_meta", "db_table", "db_column") or (
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
            if origin is Origin.PARAMETER and (_describes_table(attribute) or _is_unexported_name(name, machine)):
                return Atom(Origin.METADATA)
            if (option := options.given(last_name(attribute.value), (name,), value, machine)) is not None:
                return option
            if origin is Origin.PARAMETER and _is_collaborator(attribute.value, machine):
                return UNKNOWN
            return Atom(origin)
    return UNKNOWN


# The rules of a validator, in the tag of a field of Go, that leave no text which could mean something to SQL.
_VALIDATES = regex(r"\b(?:oneof=|alpha(?:num)?\b|numeric\b|number\b|boolean\b|uuid\w*\b|hexadecimal\b|datetime=)")


def _is_validated(definition: ClassDefinition, name: str) -> bool:
    """Whether the tag of a field of Go says what it may hold: `binding:"oneof=asc desc"`."""
    tags = (
        tag.value
        for field in definition.body
        if isinstance(field, Assign) and isinstance(field.target, Name) and field.target.id == name
        for tag in field.decorators
        if isinstance(tag, String)
    )
    return any(map(_VALIDATES.search, tags))


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


# A field of Go that holds the name of a table or of what belongs to one.
_NAMES_PART = regex(r"(?:table|schema|column|col)(?:Name)?")


def _is_unexported_name(name: str, machine: Interpreter) -> bool:
    """Whether a field holds the name of a part of the schema and is one of Go that its package alone can set."""
    return machine.language == "go" and _NAMES_PART.fullmatch(name) is not None


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


def item_of(subscript: Subscript, machine: Interpreter) -> Value:
    path = path_of(subscript)
    if path is not None and machine.state is not None and (known := machine.state.values.get(path)) is not None:
        return known
    base = path_of(subscript.value)
    value = machine.evaluate(subscript.value)
    key = machine.evaluate(subscript.index)
    if base in _ENVIRONMENT:
        return Atom(Origin.ENVIRONMENT)
    option = options.given(last_name(subscript.value), constants_of(key), value, machine)
    if option is not None:
        return option
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
