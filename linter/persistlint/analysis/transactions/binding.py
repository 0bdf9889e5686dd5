"""What variables hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import path_of
from persistlint.analysis.transactions.chain import Chain
from persistlint.analysis.transactions.mentions import is_no_data, names_in
from persistlint.analysis.transactions.shapes import is_row
from persistlint.analysis.transactions.variables import Variable
from persistlint.facts import Role
from persistlint.ir import (
    Attribute,
    Await,
    Call,
    Collection,
    Expression,
    Mapping,
    Name,
    String,
    Subscript,
    TaggedTemplate,
    walk,
)

if TYPE_CHECKING:
    from persistlint.analysis.transactions.chain import Known
    from persistlint.analysis.transactions.walk import Walk

_GIVES = frozenset([Call, Await, TaggedTemplate, type(None)])  # what may give a handle that its name alone tells


def bind(walker: Walk, target: Expression, value: Expression | None, annotation: str, operator: str = "=") -> None:
    """Note what a variable is from here on."""
    if isinstance(target, Collection):
        first = target.elements[0] if target.elements else None
        for element in target.elements:
            bind(walker, element, value if element is first else None, "")
            path = path_of(element)
            if path is not None and value is not None and path in walker.scope.variables:
                walker.scope.variables[path].names |= names_in(value, walker.scope)
        return
    if isinstance(target, Mapping):
        for entry in target.entries:
            bind_pattern(walker, entry.value, target.range.start)
            for node in walk(entry.value):
                if isinstance(node, Name) and value is not None:
                    walker.scope.variables[node.id].names |= names_in(value, walker.scope)
        _take_apart(walker, target, value)
        return
    if type(target) is not Name and isinstance(target, Attribute | Subscript) and value is not None:
        take_in(walker, target, value)
    path = path_of(target)
    if path is None:
        return
    chain = walker.handles.follow(value, walker.scope) if value is not None else Chain()
    known = chain.known
    if known is not None and known.type.fluent and not known.type.role:
        # A builder that is awaited gives rows, and so does a statement that runs at once.
        is_sent = chain.effect in ("sql", "read", "write") and known.type.library.transactions.synchronous
        known = None if isinstance(value, Await) or is_sent else known
    if known is None and annotation:
        known = walker.handles.declared(annotation, path, target.range.start)
    if known is None and type(value) in _GIVES and type(target) is Name:
        is_loaded = chain.effect in ("read", "write", "sql")
        known = walker.handles.guess(target.id, target.range.start) if not is_loaded else None
        if known is not None and isinstance(value, Call) and hands_over_transaction(walker, value):
            known = replace(known, handle=replace(known.handle, role=Role.TRANSACTION))
    elif known is not None and known.is_new:
        known = replace(known, handle=replace(known.handle, name=path, origin=target.range.start), is_new=False)
    names = (names_in(value, walker.scope) if value is not None else frozenset()) | {path}
    old = walker.scope.find(path)
    if operator != "=" and old is not None:
        old.names |= names
        return
    walker.scope.variables[path] = Variable(known, value, annotation, names)


def _take_apart(walker: Walk, target: Mapping, value: Expression | None) -> None:
    """Note what another module of the program exports of an object: `const { User } = db`."""
    handles = walker.handles
    whole = path_of(value) if value is not None else None
    qualified = handles.names.qualified(value) if value is not None else None
    for entry in target.entries if whole is not None and qualified is not None else ():
        match entry.key, entry.value:
            case String(value=key), Name(id=name):
                known = handles.imported(f"{whole}.{key}", f"{qualified}.{key}", walker.scope)
                if known is not None:
                    handle = replace(known.handle, name=name, origin=target.range.start)
                    walker.scope.variables[name].known = replace(known, handle=handle, is_new=False)


def take_in(walker: Walk, target: Expression, value: Expression) -> None:
    """Note what goes into a variable that holds something: `item.order_id = order.id`, `items.push({ … })`."""
    while isinstance(target, Attribute | Subscript):
        target = target.value
    variable = walker.scope.find(target.id) if isinstance(target, Name) and not is_no_data(target.id) else None
    if variable is not None and (variable.known is None or is_row(variable.known)):
        variable.names |= names_in(value, walker.scope)


def bind_pattern(walker: Walk, pattern: Expression, origin: int, given: dict[str, Known] | None = None) -> None:
    """Bind the variables of a pattern that takes an object apart; `given` are the handles that a call hands over."""
    for node in walk(pattern):
        if isinstance(node, Name):
            known = (given or {}).get(node.id) or walker.handles.guess(node.id, origin)
            walker.scope.variables[node.id] = Variable(known, names=frozenset([node.id]))


def hands_over_transaction(walker: Walk, node: Call) -> bool:
    """Whether a call is given the transaction, so that what it does is part of it (an outbox, a queue of tasks)."""
    known = (walker.handles.known(argument.value, walker.scope) for argument in node.arguments)
    return any(found is not None and found.handle.role is Role.TRANSACTION for found in known)
