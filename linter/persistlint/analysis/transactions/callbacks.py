"""Functions that are handed over and run here and now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.transactions.chain import Known
from persistlint.facts import Handle, Role
from persistlint.ir import (
    Call,
    Expression,
    Function,
    Lambda,
    Name,
    Parameter,
    Return,
    statements_in,
)

if TYPE_CHECKING:
    from persistlint.analysis.transactions.open import Open
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.ir import Expression, Function, Parameter


DEEPEST_INLINE = 8  # how many callbacks are walked one inside the other


def inline(walker: Walk, function: Function, opened: Open | None, given: dict[str, Known] | None = None) -> None:
    """Walk a function that runs here and now; of a transaction it is given the handle."""
    if function in walker.active or len(walker.active) > DEEPEST_INLINE:
        return
    outer_scope, outer_exits = walker.scope, walker.exits
    walker.scope = walker.scope.inner(function.owner, function.receiver) if function.receiver else walker.scope.inner()
    walker.exits = []
    given = dict(given or {})
    if opened is not None and not opened.is_ambient and not opened.on_connection:
        parameter = transaction_parameter(function)
        typed = (
            walker.handles.parameter(parameter.name, parameter.annotation, parameter.range.start)
            if parameter is not None
            else None
        )
        is_known = typed is not None or opened.opener.library is not None or walker.handles.language == "go"
        is_handed = is_known or not is_synchronous(function)
        if parameter is not None and is_handed:
            library = opened.opener.library or (typed.handle.library if typed is not None else None)
            handle = Handle(parameter.name, Role.TRANSACTION, library, parameter.range.start, True, True)
            opened.handle = handle
            is_told = bool(opened.type.methods) or typed is None
            given[parameter.name] = Known(handle, opened.type if is_told or typed is None else typed.type)
        elif opened.binding.option and opened.opener.role is not Role.POOL:
            opened.handle = opened.opener  # `session.withTransaction(async () => …)`: calls are given the session
    walker.enter(function, given)
    if opened is not None:
        opened.exits = walker.exits
    walker.scope, walker.exits = outer_scope, outer_exits


def is_synchronous(function: Function) -> bool:
    """Whether a callback of a library that nobody names waits for nothing and gives no promise: that of a driver that
    has one connection, which hands over what the transaction is called with (`db.transaction((rows) => { … })`)."""
    returned = (each.value for each in statements_in(function.body) if isinstance(each, Return))
    return not function.is_async and not any(isinstance(value, Call) for value in returned)


def function_of(walker: Walk, value: Expression) -> Function | None:
    """The function of this file that an expression is."""
    if isinstance(value, Lambda):
        return value.function
    if isinstance(value, Name) and walker.scope.find(value.id) is None:
        return walker.file.functions.get(value.id)
    if isinstance(value, Name) and (variable := walker.scope.find(value.id)) is not None:
        return variable.value.function if isinstance(variable.value, Lambda) else None
    return None


def transaction_parameter(function: Function) -> Parameter | None:
    named = [p for p in function.parameters if p.name]
    typed = [p for p in named if re.search(r"[Tt]x|[Tt]ransaction|gorm\.DB|Session|EntityManager", p.annotation)]
    return (
        typed[0]
        if typed
        else named[0]
        if named and not named[0].annotation.endswith("Context")
        else (named[-1] if named else None)
    )
