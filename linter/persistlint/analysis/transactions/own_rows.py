"""The row that a method of a model is called on: `this.opened += 1; await this.save()`.

It was read by whoever calls the method. Nothing but the calls by which it saves itself is looked at here: what else is
called on it may be a method of the program's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.values import Atom
from persistlint.analysis.transactions.chain import Chain, Known
from persistlint.analysis.transactions.open import names_transaction
from persistlint.analysis.transactions.row_shapes import Row
from persistlint.facts import Effect, EffectKind, Handle, Role, Use
from persistlint.ir import Attribute, Call, FunctionDefinition, Mapping, Name
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.ir import Function
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
    if row is None or not isinstance(function, Attribute) or not isinstance(function.value, Name):
        return
    name = function.value.id
    operation = row.type.methods.get(function.name)
    kind = _KINDS.get(operation.effect) if operation is not None else None
    if name != row.handle.name or operation is None or kind is None or _is_own(row.table, function.name, walk):
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
    made = model.call.returns if model.models and model.call is not None else None
    return model.library.types.get(made) if made else None


def _is_own(name: str, method: str, walk: Walk) -> bool:
    definition = walk.handles.names.classes.get(name)
    return definition is not None and any(
        isinstance(s, FunctionDefinition) and s.function.name == method for s in definition.body
    )
