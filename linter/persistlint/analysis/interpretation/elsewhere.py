"""What is called on an object, or by a name, that another module of the program exports: `require("../db").query(…)`,
`from app.db import get_connection`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.resolving import called_by
from persistlint.analysis.interpretation.values import Class, Imported, Instance
from persistlint.analysis.names import last_name
from persistlint.ir import Attribute, Name
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.analysis.interpretation.values import Atom, Value
    from persistlint.ir import Call, ClassDefinition, Expression

# What people call a function that gives a connection, or that sends SQL: no other is looked for in another file.
_REACHES = regex(
    r"db|database|conn|pool|cursor|session|client|engine|sql|query|exec|stmt|statement|fetch|run"
    r"|prisma|knex|data_?source",
    re.IGNORECASE,
)


def with_imported(
    node: Call, receiver: Value | None, called: Value | None, machine: Interpreter
) -> tuple[Value | None, Value | None]:
    """The receiver of a call and what is called, where another module tells what they are; else as they were."""
    function = node.function
    if isinstance(called, Imported) and (_REACHES.search(last_name(function)) or _is_given_library(node, machine)):
        made = machine.elsewhere(called.name)
        if made is not None and made.type is not None and made.type.call is not None:
            return receiver, made
    if isinstance(receiver, Instance | Class) and called is None and isinstance(function, Attribute):
        made = inherited(receiver.definition, function.name, machine)
        if made is not None:
            return receiver, made
    if isinstance(function, Attribute) and function.name in machine.names.catalogue.method_names:
        if isinstance(receiver, Imported):
            made = machine.elsewhere(receiver.name)
        else:
            made = _of_all_names(function.value, machine)
        if made is not None and made.type is not None and function.name in made.type.methods:
            return made, called_by(function, made, machine)
    return receiver, called


def _is_given_library(node: Call, machine: Interpreter) -> bool:
    """Whether a call is given the object of a library that has models, by its name, and so may make one:
    `require("./user")(sequelize, DataTypes)`."""
    return any(last_name(each.value).lower() in machine.names.catalogue.with_models for each in node.arguments[:1])


def inherited(definition: ClassDefinition, name: str, machine: Interpreter) -> Atom | None:
    """What an object of a class has that reaches a database, from a class that another module defines."""
    if not _REACHES.search(name):
        return None
    bases = (machine.names.imports.get(base) for base in definition.bases)
    found = (machine.elsewhere(f"{base}.{name}") for base in bases if base is not None)
    return next(filter(None, found), None)


def _of_all_names(handle: Expression, machine: Interpreter) -> Atom | None:
    """What a name is that may have come with `from connection import *`."""
    if not machine.names.opened or not isinstance(handle, Name) or not machine.is_free(handle.id):
        return None
    found = (machine.elsewhere(f"{module}.{handle.id}") for module in machine.names.opened)
    return next(filter(None, found), None)
