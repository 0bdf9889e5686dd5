"""Decorators that run a function in a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.transactions.scopes import open_transaction, opens_by_name
from persistlint.facts import Scoping
from persistlint.ir import Call, Collection, String

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.walk import Walk
    from persistlint.ir import Expression, Function


def decorated(function: Function, walk: Walk) -> None:
    """A decorator that runs the function in a transaction, or applies one that does: `@method_decorator(atomic)`."""
    owner = walk.handles.names.classes.get(function.owner or "")
    of_class = (each for each in owner.decorators if _decorates(each, function)) if owner is not None else ()
    for decorator in (found for each in (*of_class, *function.decorators) for found in _applied(each)):
        called = decorator.function if isinstance(decorator, Call) else decorator
        chain = walk.handles.follow(walk.handles.called(decorator), walk.scope)
        name = path_of(called) or last_name(called)
        is_named = opens_by_name(last_name(called)) or name in walk.handles.project.transactions
        if chain.effect in ("begin", "context") or is_named:
            opened = open_transaction(walk, decorator.range, Scoping.DECORATOR, chain, None)
            walk.around.append(opened)


def _decorates(decorator: Expression, function: Function) -> bool:
    """Whether a decorator of a class is one of this method: Django's `@method_decorator(atomic, name="post")`. Each
    method of a view runs inside its `dispatch`."""
    arguments = decorator.arguments if isinstance(decorator, Call) else ()
    names = (a.value.value for a in arguments if a.keyword == "name" and isinstance(a.value, String))
    return any(name in ("dispatch", function.name) for name in names)


def _applied(decorator: Expression) -> Iterator[Expression]:
    """A decorator, and those that it is given."""
    yield decorator
    if isinstance(decorator, Call):
        for argument in decorator.arguments:
            value = argument.value
            yield from value.elements if isinstance(value, Collection) else (value,)
