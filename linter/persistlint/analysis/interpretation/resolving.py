"""Which operation of which library a call is, as far as names and types tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.values import (
    Atom,
    Choice,
    Class,
    Closure,
    Entries,
    Imported,
    Instance,
    Sql,
    Value,
)
from persistlint.analysis.names import canonical, path_of
from persistlint.facts import Origin
from persistlint.ir import Attribute, Call, Expression, Lambda, Name
from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.arguments import Actual
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.libraries import Operation, Type


@dataclass(frozen=True, slots=True)
class Resolved:
    """Which operation of which library a call is. `type` is that of the receiver, None for a function."""

    operation: Operation
    type: Type | None

    @property
    def returned(self) -> Type | None:
        """The type of what the operation gives, None where it gives no object of its library."""
        name = self.operation.returns
        if name is None:
            return None
        if name == "self":
            return self.type
        return self.operation.library.types.get(name)


@dataclass(frozen=True, slots=True)
class Met:
    """A call that a run came by: the values of what it is called on and of what is called, the operation that it is,
    its arguments. `is_tag` for a template with a tag, which is its only argument."""

    node: Call
    receiver: Value | None
    called: Value | None
    resolved: Resolved | None
    actuals: list[Actual]
    is_tag: bool = False

    @property
    def operation(self) -> Operation | None:
        """What it does, as far as that is known."""
        return self.resolved.operation if self.resolved is not None else None


def resolve(node: Call, receiver: Value | None, called: Value | None, machine: Interpreter) -> Resolved | None:
    """The library operation that a call is, as far as names and types tell for certain."""
    catalogue = machine.names.catalogue
    if isinstance(called, Imported) and (operation := function_of(called.name, machine)) is not None:
        return Resolved(operation, None)
    if isinstance(receiver, Choice):
        receiver = next(
            (option for option in receiver.options if isinstance(option, Atom) and option.type is not None), receiver
        )
    if isinstance(node.function, Attribute) and isinstance(receiver, Atom | Sql) and receiver.type is not None:
        operation = receiver.type.methods.get(node.function.name)
        return Resolved(operation, receiver.type) if operation is not None else None
    if isinstance(node.function, Attribute) and isinstance(receiver, Instance | Class):
        for base in receiver.definition.bases:
            parent = machine.names.declared(base)
            if isinstance(parent, Atom) and parent.type is not None:
                operation = parent.type.methods.get(node.function.name)
                return Resolved(operation, parent.type) if operation is not None else None
    if isinstance(called, Atom) and called.type is not None and called.type.call is not None:
        return Resolved(called.type.call, called.type)
    path = path_of(node.function)
    if called is None and path is not None and machine.lookup(path.split(".", 1)[0]) is None:
        operation = catalogue.functions.get(path)
        if operation is not None and path.split(".", 1)[0] not in machine.names.imports:
            return Resolved(operation, None)
    return None


def of_other_libraries(node: Call, receiver: Value | None, resolved: Resolved) -> list[Resolved]:
    """What else a call is, where it is called on one of several objects, which are of several libraries."""
    if not isinstance(receiver, Choice) or not isinstance(node.function, Attribute):
        return []
    types = [option.type for option in receiver.options if isinstance(option, Atom) and option.type is not None]
    found = [(type.methods.get(node.function.name), type) for type in types]
    library = resolved.operation.library
    return [Resolved(o, type) for o, type in found if o is not None and o.library is not library]


def function_of(qualified: str, machine: Interpreter) -> Operation | None:
    functions = machine.names.catalogue.functions
    return functions.get(qualified) or functions.get(canonical(qualified))


def called_by(function: Expression, receiver: Value | None, machine: Interpreter) -> Value | None:
    """What is called: a function of the file, something imported, or None where only a name is known."""
    match function:
        case Attribute(name=name):
            match receiver:
                case Imported(name=module):
                    return Imported(f"{module}.{name}")
                case Instance(definition=definition) | Class(definition=definition):
                    found = machine.attribute_of(definition, name)
                    if isinstance(found, Closure):
                        return Closure(
                            found.function, found.home, receiver if isinstance(receiver, Instance) else found.receiver
                        )
                    return found if isinstance(found, Atom) and found.type is not None else None
                case Entries() if isinstance(found := receiver.get(name), Closure):
                    return found
            known = machine.lookup(path_of(function) or "")
            return known if isinstance(known, Closure | Choice) else None
        case Name(id=name):
            known = machine.lookup(name)
            if known is not None:
                return known if isinstance(known, Closure | Class | Choice | Imported | Atom) else None
            if name in machine.names.imports:
                return Imported(machine.names.imports[name])
            if (qualified := machine.names.unqualified(name)) is not None:
                return Imported(qualified)
            if name in machine.names.classes:
                return Class(machine.names.classes[name])
            return None
        case Lambda():
            value = machine.evaluate(function)
            return value if isinstance(value, Closure) else None
    value = machine.evaluate(function)
    return value if isinstance(value, Closure | Class | Imported | Atom) else None


def constructed(node: Call, called: Value | None, machine: Interpreter) -> Value | None:
    """The library object that a constructor or factory makes."""
    catalogue = machine.names.catalogue
    name = called.name if isinstance(called, Imported) else None
    if name is None and called is None:
        name = path_of(node.function)
    if name is None:
        return None
    for candidate in (name, canonical(name)):
        found = catalogue.created.get(candidate) or catalogue.types.get(candidate)
        if found is not None:
            return Atom(Origin.UNKNOWN, found)
    return None
