"""Migrations in JavaScript and TypeScript: what a file exports as `up` and `down`, or a class has for methods."""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import TYPE_CHECKING

from persistlint.analysis.migrations.knex import Knex
from persistlint.analysis.migrations.kysely import Kysely
from persistlint.analysis.migrations.node_pg_migrate import NodePgMigrate
from persistlint.analysis.migrations.operations import table
from persistlint.analysis.migrations.sequelize import Sequelize
from persistlint.analysis.migrations.steps import Migration
from persistlint.analysis.migrations.typeorm import TypeOrm
from persistlint.analysis.migrations.undo import changes_schema, does_something, place
from persistlint.analysis.migrations.values import Values
from persistlint.analysis.migrations.walk import Walk
from persistlint.ir import (
    Assign,
    Attribute,
    ClassDefinition,
    Constant,
    ExpressionStatement,
    FunctionDefinition,
    Lambda,
    Mapping,
    Name,
    String,
    TypeAssertion,
)
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.analysis.migrations.walk import Framework
    from persistlint.ir import Block, Expression, Function, Module
    from persistlint.languages import Syntax


@dataclass(frozen=True)
class _Kind:
    """How the migrations of a framework look: the type or the name of what `up` is given, and what is used of it. It
    `finds_back` where it knows the way back of what goes one way."""

    name: str
    make: Callable[[str | None], Framework]
    annotation: re.Pattern[str]
    parameter: re.Pattern[str]
    uses: frozenset[str] = frozenset()
    finds_back: bool = False


_KINDS = (
    _Kind("node_pg_migrate", NodePgMigrate, regex(r"\bMigrationBuilder\b"), regex(r"^pgm$"), finds_back=True),
    _Kind("kysely", Kysely, regex(r"\bKysely\b"), regex(r"(?!)")),
    _Kind(
        "sequelize",
        Sequelize,
        regex(r"\bQueryInterface\b"),
        regex(r"^(?:queryInterface|qi|query)$"),
        frozenset({"sequelize", "addColumn", "removeColumn", "changeColumn", "renameColumn", "bulkInsert", "addIndex"}),
    ),
    _Kind("typeorm", TypeOrm, regex(r"\bQueryRunner\b"), regex(r"^queryRunner$")),
    _Kind("knex", Knex, regex(r"\bKnex\b"), regex(r"^knex$", re.IGNORECASE), frozenset({"schema", "raw"})),
)


@dataclass
class _Found:
    """The functions of a file by what they are exported as; `is_off` where it says that it wants no transaction."""

    functions: dict[str, Function] = field(default_factory=dict)
    exports: dict[str, Function] = field(default_factory=dict)
    is_off: bool = False


def migration_of(syntax: Syntax, dialect: str | None) -> Migration | None:
    """The migration that a file is; None for any other program."""
    module = syntax.lower()
    values = Values(syntax.source.content)
    values.learn(module.body)
    found = _find(module, values)
    up, down = found.exports.get("up"), found.exports.get("down")
    handle = _handle(up) if up is not None else ""
    kind = _kind(up, handle, syntax) if up is not None and handle else None
    if up is None or kind is None:
        return None
    forward = Walk(kind.make(dialect), values.inner(), found.functions, handles={handle})
    forward.enter(up)
    back = None
    if down is not None:
        back = Walk(kind.make(dialect), values.inner(), found.functions, is_forward=False)
        back.handles = {_handle(down) or handle}
        back.enter(down)
    is_found = kind.finds_back and down is None
    undone = is_found or does_something(down, back, syntax) or not changes_schema(forward.steps)
    steps = (*forward.steps, *(back.steps if back is not None else ()))
    runner = table(kind.name).runner
    is_off = found.is_off or forward.framework.is_off
    runner = replace(runner, wraps=False, is_off=True) if is_off and runner.wraps else runner
    is_empty = not does_something(up, forward, syntax)
    return Migration(module.range, runner, steps, undone, None if undone else place(down or up), is_empty)


def _find(module: Module, values: Values) -> _Found:
    found = _Found()
    for statement in module.body:
        match statement:
            case FunctionDefinition(function=function):
                found.functions[function.name] = function
                if function.exported:
                    found.exports[function.name] = function
            case Assign(target=Name(id=name), value=Lambda(function=function)):
                found.functions[name] = function
                found.exports[name] = function
            case Assign(target=Attribute(value=exports, name=name), value=value) if _is_exports(exports):
                if isinstance(value, Lambda):
                    found.exports[name] = value.function
                elif name == "config":
                    found.is_off |= _is_off(value, values)
                elif name == "exports" and value is not None:
                    _take_object(value, found, values)
            case Assign(target=Name(id="config"), value=value):
                found.is_off |= _is_off(value, values)
            case ExpressionStatement(value=value):
                _take_object(value, found, values)
            case ClassDefinition(body=body):
                _take_class(body, found)
    for statement in module.body:  # `module.exports = { up, down }` of functions that stand above or below
        if isinstance(statement, Assign) and statement.value is not None:
            _take_object(statement.value, found, values)
    return found


def _is_exports(node: Expression) -> bool:
    """`exports`, `module.exports`, and `module` of `module.exports`."""
    return isinstance(node, Name | Attribute) and (
        (isinstance(node, Name) and node.id in ("exports", "module"))
        or (isinstance(node, Attribute) and node.name == "exports")
    )


def _is_off(value: Expression | None, values: Values) -> bool:
    return values.is_false(values.entry(value, "transaction")) if value is not None else False


def _take_object(node: Expression, found: _Found, values: Values) -> None:
    """The functions of an object that is exported."""
    while isinstance(node, TypeAssertion):
        node = node.value
    if not isinstance(node, Mapping):
        return
    names = {entry.key.value for entry in node.entries if isinstance(entry.key, String)}
    if "up" not in names:
        return
    for entry in node.entries:
        key = entry.key.value if isinstance(entry.key, String) else ""
        if isinstance(entry.value, Lambda):
            found.exports[key] = entry.value.function
        elif isinstance(entry.value, Name) and entry.value.id in found.functions:
            found.exports[key] = found.functions[entry.value.id]
        elif key == "config":
            found.is_off |= _is_off(entry.value, values)


def _take_class(body: Block, found: _Found) -> None:
    methods = {s.function.name: s.function for s in body if isinstance(s, FunctionDefinition)}
    if "up" not in methods:
        return
    found.exports |= methods
    found.functions |= {f"this.{name}": function for name, function in methods.items()}
    for statement in body:
        if (
            isinstance(statement, Assign)
            and isinstance(statement.target, Name)
            and statement.target.id == "transaction"
        ):
            found.is_off |= isinstance(statement.value, Constant) and statement.value.value is False


def _handle(function: Function) -> str:
    """The name of what a function reaches the database by: its first parameter, or what it takes out of that."""
    if not function.parameters:
        return ""
    first = function.parameters[0]
    if first.name or not isinstance(first.pattern, Mapping):
        return first.name
    inner: Expression = first.pattern
    while isinstance(inner, Mapping) and inner.entries:
        inner = inner.entries[0].value
    return inner.id if isinstance(inner, Name) else ""


def _kind(up: Function, handle: str, syntax: Syntax) -> _Kind | None:
    """The framework of a migration."""
    text = syntax.source.text(up.range)
    used = set(re.findall(rf"\b{re.escape(handle)}\s*\.\s*(\w+)", text))
    annotation = up.parameters[0].annotation
    for kind in _KINDS:
        if kind.annotation.search(annotation) or kind.parameter.search(handle):
            return kind
    return next((kind for kind in _KINDS if kind.uses & used), None)
