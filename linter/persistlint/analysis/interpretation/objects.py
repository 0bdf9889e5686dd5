"""Classes of the file and the objects made of them: what is known of their attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.elsewhere import inherited
from persistlint.analysis.interpretation.values import UNKNOWN, Class, Closure, Instance, Value, join
from persistlint.analysis.names import last_name
from persistlint.ir import (
    Assign,
    ClassDefinition,
    FunctionDefinition,
    Name,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from persistlint.analysis.interpretation.interpreter import Interpreter


def define_class(definition: ClassDefinition, machine: Interpreter) -> None:
    """Run the body of a class."""
    machine.names.classes[definition.name] = definition
    for decorator in definition.decorators:
        machine.evaluate(decorator)
    machine.assign(definition.name, Class(definition))
    if machine.state is None:
        return
    outside = machine.state
    machine.state = outside.copy()
    scope: dict[str, Value] = {}
    for statement in definition.body:
        match statement:
            case FunctionDefinition(function=function):
                for decorator in function.decorators:
                    machine.evaluate(decorator)
                method = machine.closure(function, Instance(definition))
                if not any(last_name(decorator) in ("setter", "deleter") for decorator in function.decorators):
                    scope[function.name] = method
            case Assign(target=Name(id=name), value=value) if value is not None:
                machine.execute(statement)
                scope[name] = machine.lookup(name) or UNKNOWN
            case ClassDefinition() | FunctionDefinition():
                machine.execute(statement)
    machine.state = outside
    machine.class_scopes[definition.name] = scope


def attribute_of(
    definition: ClassDefinition, name: str, machine: Interpreter, below: tuple[str, ...] = ()
) -> Value | None:
    """An attribute of an object of a class of the file: what its constructor or its class body sets it to, or
    those of the classes that it derives from. `below` are the classes that led here."""
    scope = machine.class_scopes.get(definition.name)
    if scope is None:
        return None
    attributes = machine.objects.get(definition.name)
    if attributes is None:
        attributes = machine.objects[definition.name] = {}  # also what stops a constructor that asks for itself
        attributes.update(_constructed(definition, scope, machine))
    if name in attributes:
        return attributes[name]
    made = scope.get(name)
    if made is None or made == UNKNOWN:
        declared = dict(definition.fields).get(name)
        made = (machine.names.declared(declared) if declared is not None else None) or made
    if made is not None:
        return made
    bases = [base for base in definition.bases if base not in (*below, definition.name)]
    for parent in [machine.names.classes[base] for base in bases if base in machine.names.classes]:
        if (found := attribute_of(parent, name, machine, (*below, definition.name))) is not None:
            return found
    return inherited(definition, name, machine)


def _constructed(definition: ClassDefinition, scope: Mapping[str, Value], machine: Interpreter) -> dict[str, Value]:
    """The attributes that the constructor sets, run with parameters of which nothing is known."""
    found: dict[str, Value] = {}
    for name in ("__init__", "constructor", "__post_init__", "__new__"):
        constructor = scope.get(name)
        if not isinstance(constructor, Closure) or constructor.function.receiver is None:
            continue
        prefix = constructor.function.receiver + "."
        for state in machine.run_constructor(constructor.function, Instance(definition)):
            for path, value in state.values.items():
                if path.startswith(prefix):
                    key = path[len(prefix) :]
                    found[key] = join(found[key], value) if key in found else value
    return found
