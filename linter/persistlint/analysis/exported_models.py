"""The models among what a module of a program exports: classes that derive from that of a library, functions that make
a model on the object of a library which they are given, and what the index of a folder gathers from its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.state import State
from persistlint.analysis.interpretation.values import Atom, Class, Instance, options_of
from persistlint.analysis.passing import as_function
from persistlint.facts import Origin
from persistlint.libraries import Operation
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.analysis.interpretation.values import Closure, Value
    from persistlint.ir import ClassDefinition
    from persistlint.libraries import Library, Type
    from persistlint.source import SourceFile

_ARGUMENTS = regex(r"[<(\[].*", 16)  # of a type, behind its name
# `db[model.name] = model` for each file of the folder, as the generator of Sequelize writes the index of its models.
_GATHERS = regex(rb"\[\s*(\w+)\.name\s*\]\s*=\s*\1\b")
_READS_FOLDER = b"readdirSync"


def model_of(definition: ClassDefinition, machine: Interpreter, below: tuple[str, ...] = ()) -> Atom | None:
    """A class as the model of a library that it is, None where it is none; `below` are the classes that derive from
    it."""
    for written in definition.bases:
        base = _ARGUMENTS.sub("", written).strip()
        known = machine.names.declared(base)
        if isinstance(known, Instance):
            parent, path = known.definition, (*below, definition.name)
            found = model_of(parent, machine, path) if parent.name not in path else None
        elif known is None and (imported := machine.names.imports.get(base)) is not None:
            found = machine.elsewhere(imported)
        else:
            found = known if isinstance(known, Atom) else None
        if found is not None and found.type is not None and found.type.models:
            return Atom(Origin.UNKNOWN, found.type)
    return None


def made_by(closure: Closure, machine: Interpreter) -> Atom | None:
    """A function that makes a model on the object of a library which it is given, and which it calls as the library is
    called: `(sequelize, DataTypes) => sequelize.define(…)`. None for any other function."""
    given: dict[str, Value] = {}
    for parameter in closure.function.parameters:
        type = _called_so(parameter.name, machine)
        if type is not None:
            given[parameter.name] = Atom(Origin.UNKNOWN, type)
    if not given:
        return None
    machine.state = State()
    outcome = machine.call_closure(closure, given, {})
    machine.state = State()
    values = options_of(outcome.value) if outcome is not None else ()
    made = [model_of(v.definition, machine) if isinstance(v, Class) else v for v in values]
    types = [each.type if isinstance(each, Atom) else None for each in made]
    if len(set(types)) != 1 or types[0] is None or not types[0].models:
        return None
    return as_function(Operation(types[0].library, closure.function.name, returns=types[0].name, is_own=True))


def gathered(source: SourceFile, library: Library | None) -> Atom | None:
    """What a module exports under any name that it does not set itself, where it gathers the models of a library from
    the files of its folder."""
    reads_folder = _READS_FOLDER in source.content and _GATHERS.search(source.content) is not None
    if library is None or library.model is None or not reads_folder:
        return None
    return Atom(Origin.UNKNOWN, library.model)


def _called_so(name: str, machine: Interpreter) -> Type | None:
    """The type of the object that a library with models is called after."""
    if name.lower() not in machine.names.catalogue.with_models:
        return None
    libraries = (each for each in machine.names.catalogue.libraries if each.name.lower() == name.lower())
    return next((type for each in libraries for type in each.types.values() if name in type.handles), None)
