"""Where a Go repository reaches its database past the method that finds the transaction of a context.

The method takes the context alone, looks something up in it, and gives back a field of the repository where nothing was
found; or a function of the file does so, and is given that field by the methods. What another method with a context
does with that field runs outside of the transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.models.classes import classes_of
from persistlint.facts import Bypass
from persistlint.ir import (
    Attribute,
    Call,
    FunctionDefinition,
    Name,
    Return,
    expressions,
    expressions_in,
    statements_in,
    walk,
)
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Fact
    from persistlint.ir import Expression, Function
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import Range, SourceFile

_CONTEXT = "context.Context"
# What begins a transaction of its own, or is about the connection and no statement.
_OTHERS = frozenset(
    {
        "Transaction", "Begin", "BeginTx", "BeginTxx", "BeginFunc", "BeginTxFunc", "Beginx", "MustBegin", "RunInTx",
        "Ping", "PingContext", "Close", "Stats", "DB", "Conn", "Connx", "AutoMigrate", "Migrator", "Dialector", "Stat",
        "SetMaxOpenConns", "SetMaxIdleConns", "DriverName", "Rebind", "Statement", "Config", "WithTx", "InTransaction",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Getter:
    """The method, or the function, that finds a transaction, and the field that it gives back instead."""

    name: str
    field: str
    is_function: bool = False

    def call(self, receiver: str, context: str) -> str:
        """How a method of the repository asks for it."""
        return (
            f"{self.name}({context}, {receiver}.{self.field})"
            if self.is_function
            else f"{receiver}.{self.name}({context})"
        )


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fact]:
    """The places of a file."""
    body = syntax.lower().body
    finders = {s.function.name for s in body if isinstance(s, FunctionDefinition) and _is_finder(s.function)}
    for definition in classes_of(body):
        methods = [s.function for s in definition.body if isinstance(s, FunctionDefinition)]
        getters = [getter for method in methods if (getter := _getter(method)) is not None]
        getters = getters or list({each for method in methods for each in _asked(method, finders)})
        if len(getters) != 1:
            continue
        for method in methods:
            context = next((p.name for p in method.parameters if p.annotation == _CONTEXT and p.name != "_"), "")
            if method.receiver and context and method.name != getters[0].name:
                yield from _bypasses(method, getters[0], context)


def may_have(source: SourceFile, names: ProjectNames) -> bool:
    """Whether a file has methods that take a context."""
    return b"context.Context" in source.content


def _getter(method: Function) -> _Getter | None:
    """What a method is that looks a transaction up in its context."""
    parameters = method.parameters
    if len(parameters) != 1 or parameters[0].annotation != _CONTEXT or not method.receiver or not method.returns:
        return None
    context = parameters[0].name
    statements = list(statements_in(method.body))
    last = method.body[-1] if method.body else None
    returned = [statement.value for statement in statements if isinstance(statement, Return)]
    field = _field(last.value, method.receiver, context) if isinstance(last, Return) else ""
    if not field or len(returned) < 2:
        return None
    found = expressions_in(*statements)
    return _Getter(method.name, field) if any(_looks_up(node, context, method.receiver) for node in found) else None


def _is_finder(function: Function) -> bool:
    """Whether a function looks a transaction up in a context, and gives back its other parameter without one."""
    if function.receiver or len(function.parameters) != 2 or function.parameters[0].annotation != _CONTEXT:
        return False
    context, other = (parameter.name for parameter in function.parameters)
    statements = list(statements_in(function.body))
    last = function.body[-1] if function.body else None
    if not isinstance(last, Return) or sum(isinstance(each, Return) for each in statements) < 2:
        return False
    given = last.value
    if isinstance(given, Call) and isinstance(given.function, Attribute) and given.function.name == "WithContext":
        given = given.function.value
    is_other = isinstance(given, Name) and given.id == other
    return is_other and any(_looks_up(node, context, "") for node in expressions_in(*statements))


def _asked(method: Function, finders: set[str]) -> Iterator[_Getter]:
    """The functions that find a transaction which a method asks, with the field that it hands over."""
    for node in expressions_in(*statements_in(method.body)) if finders and method.receiver else ():
        if isinstance(node, Call) and isinstance(node.function, Name) and node.function.id in finders:
            field = _field(node.arguments[1].value, method.receiver or "", "") if len(node.arguments) == 2 else ""
            if field:
                yield _Getter(node.function.id, field, is_function=True)


def _field(value: Expression | None, receiver: str, context: str) -> str:
    """The field of the receiver that is given back, as it is or with the context."""
    if isinstance(value, Call) and isinstance(value.function, Attribute) and value.function.name == "WithContext":
        value = value.function.value
    is_own = isinstance(value, Attribute) and isinstance(value.value, Name) and value.value.id == receiver
    return value.name if is_own and isinstance(value, Attribute) else ""


def _looks_up(node: Expression, context: str, receiver: str) -> bool:
    """`ctx.Value(key)`, or a function that is given the context alone and is no method of the repository."""
    if not isinstance(node, Call):
        return False
    function = node.function
    owner = function.value if isinstance(function, Attribute) else None
    if isinstance(function, Attribute) and isinstance(owner, Name) and owner.id == context:
        return function.name == "Value"
    given = node.arguments[0].value if len(node.arguments) == 1 else None
    is_of_context = isinstance(given, Name) and given.id == context
    return is_of_context and (isinstance(function, Name) or (isinstance(owner, Name) and owner.id != receiver))


def _bypasses(method: Function, getter: _Getter, context: str) -> Iterator[Bypass]:
    receiver = method.receiver or ""
    covered = 0  # the end of the last chain of calls, whose parts are none by themselves
    for statement in statements_in(method.body):
        for expression in expressions(statement):
            for node in walk(expression):
                if not isinstance(node, Call) or node.range.start < covered:
                    continue
                chain = _chain(node, receiver, getter.field)
                if chain:
                    covered = node.range.end
                    if _OTHERS.isdisjoint(name for name, _ in chain):
                        handle = chain[0][1]
                        yield Bypass(handle, getter.call(receiver, context))


def _chain(node: Expression, receiver: str, field: str) -> list[tuple[str, Range]]:
    """The calls on a field of the receiver, the first one first, with what stands for the database there: the field, or
    the field with its context. Nothing for a call on anything else."""
    found: list[tuple[str, Range]] = []
    while isinstance(node, Call) and isinstance(node.function, Attribute):
        inner = node.function.value
        is_context = node.function.name == "WithContext"
        found.append((node.function.name, node.range if is_context else inner.range))
        if isinstance(inner, Attribute) and isinstance(inner.value, Name):
            is_own = inner.value.id == receiver and inner.name == field
            return found[::-1] if is_own else []
        node = inner
    return []
