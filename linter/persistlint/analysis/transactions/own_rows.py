"""The row that a method of a model is called on: `this.opened += 1; await this.save()`.

It was read by whoever calls the method. Nothing but the calls by which it saves itself is looked at here: what else is
called on it may be a method of the program's own.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.values import Atom
from persistlint.analysis.transactions.chain import Chain, Known
from persistlint.analysis.transactions.open import names_transaction
from persistlint.analysis.transactions.row_shapes import Row
from persistlint.facts import Effect, EffectKind, Handle, Role, Use
from persistlint.ir import Attribute, Call, FunctionDefinition, Mapping, Name, expressions, statements_in
from persistlint.ir import walk as walk_expression
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.ir import Expression, Function
    from persistlint.libraries import Operation, Type

_DEEPEST_CLASS = 5  # classes of the file, each derived from the next
_LOCKS = regex(r"lock|for_?update", re.IGNORECASE)  # in the arguments of `reload`
_KINDS = {"write": EffectKind.WRITE, "read": EffectKind.READ}


def know_own_row(function: Function, walk: Walk) -> None:
    """Take note of the row that a method sees as its object, where its class is a model of a library in use."""
    owner, receiver = function.owner, function.receiver
    if owner is None or receiver in (None, "cls"):
        return
    type = _row_type(owner, walk)
    if type is None:
        return
    handle = Handle(receiver, Role.INSTANCE, type.library, declared=True)
    walk.own = Known(handle, type, owner)
    # As far as the method knows, its caller has read the row.
    read = Effect(function.name_range, EffectKind.READ, handle, "", owner, walk.place, Use.KEPT)
    walk.rows.rows[receiver] = Row(read, is_handed=True)


def save_own_row(node: Call, walk: Walk) -> None:
    """Take note of a call by which the row of a method saves itself, or is read again."""
    row, function = walk.own, node.function
    if row is None or not isinstance(function, Attribute):
        return
    name, is_super = row.handle.name, _is_base(function.value)
    operation = row.type.methods.get(function.name)
    kind = _KINDS.get(operation.effect) if operation is not None else None
    if operation is None or kind is None or not (is_super or _is_name(function.value, name)):
        return
    if not is_super and _is_own(row.table, function.name, walk):
        return
    opened = walk.current()
    effect = Effect(
        node.range,
        kind,
        row.handle,
        function.name,
        row.table,
        walk.place,
        Use.KEPT,
        opened.range if opened is not None else None,
        lock=kind is EffectKind.READ and _LOCKS.search(walk.text(node.range)) is not None,
        instance=name,
    )
    if is_super:
        node = replace(node, function=replace(function, value=Name(function.value.range, name)))
    chain = Chain(None, row, operation.effect, node, operation, row.table, calls=(node,))
    if kind is EffectKind.READ:
        walk.rows.rows[name] = Row(effect)
        walk.rows.changed.pop(name, None)
    elif _is_in_another(chain, node, operation, walk):
        walk.rows.changed.pop(name, None)  # whoever hands over a transaction may have locked the row in it
    else:
        walk.rows.accessed(node, chain, None, effect, walk)


def _is_in_another(chain: Chain, node: Call, operation: Operation, walk: Walk) -> bool:
    """Whether a call is given the transaction of a caller, or options of a caller that may hold one."""
    index = operation.options
    given = node.arguments[index].value if index is not None and index < len(node.arguments) else None
    is_handed = given is not None and not isinstance(given, Mapping)
    return walk.current() is None and (is_handed or names_transaction(chain, walk.scope, walk.handles))


def _row_type(owner: str, walk: Walk) -> Type | None:
    """What the rows of a class are, by the model of a library that it is or derives from."""
    names = walk.handles.names
    if owner not in names.classes:  # `Wallet.prototype.count = function () { … }`
        variable = walk.scope.find(owner)
        known = variable.known if variable is not None else walk.handles.model(owner)
        return _instance_of(known.type) if known is not None else None
    for _ in range(_DEEPEST_CLASS):
        definition = names.classes[owner]
        for base in definition.bases:
            value = names.declared(base)
            type = value.type if isinstance(value, Atom) else None
            if type is not None and (found := _instance_of(type)) is not None:
                return found
        owner = next((base for base in definition.bases if base in names.classes), "")
        if not owner:
            break
    return None


def _instance_of(model: Type) -> Type | None:
    """What calling a model makes."""
    made = model.returned(model.call.returns) if model.call is not None else None
    return made if made is not None and made.role == "instance" else None


def _is_own(name: str, method: str, walk: Walk) -> bool:
    """Whether a class of the file has a method of its own that does something else: not what its base does, besides."""
    definition = walk.handles.names.classes.get(name)
    functions = (s.function for s in definition.body if isinstance(s, FunctionDefinition)) if definition else ()
    return any(function.name == method and not _goes_on(function) for function in functions)


def _goes_on(function: Function) -> bool:
    """Whether a method calls the one that it stands in the place of: `super().save(*args, **kwargs)`."""
    return any(
        isinstance(node, Attribute) and node.name == function.name and _is_base(node.value)
        for statement in statements_in(function.body)
        for expression in expressions(statement)
        for node in walk_expression(expression)
    )


def _is_base(value: Expression) -> bool:
    """Whether something is `super()`, or `super` of JavaScript: the object as its base sees it."""
    return _is_name(value.function if isinstance(value, Call) else value, "super")


def _is_name(value: Expression, name: str) -> bool:
    return isinstance(value, Name) and value.id == name
