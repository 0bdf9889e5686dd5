"""Objects of the program's own that run a function in a transaction: `store.WithTx(func(tx Store) error { … })`. What
they give is asked in the same way as they are, so that what is asked of them inside goes round it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.transactions.callbacks import transaction_parameter
from persistlint.analysis.transactions.effects import add_effect
from persistlint.facts import EffectKind, Handle, Role, deletes, inserts, updates
from persistlint.ir import Attribute, Call, Lambda, names_in
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Use
    from persistlint.ir import Function

_STORES = regex(
    r".*(?:store|storage|repo|repository|ds|db|dao|database|gorm|dbmap|uow|unitofwork|client)s?", re.IGNORECASE
)
_READS = regex(r"_?(?:get|find|list|count|exists?|is|has|load|fetch|read|query|search|select|lookup)", re.IGNORECASE)
# What makes an object or a text, and asks the database nothing.
_TOOLS = regex(r"[nN]ew(?:[A-Z]\w*)?|Rebind|DriverName|Dialect|Flavor|(?:[qQ]uote|[eE]scape)(?:[A-Z]\w*)?", re.ASCII)


def opened_on(walker: Walk, node: Call, function: Function) -> tuple[str, ...]:
    """The paths of the objects on which a call opens the transaction whose handle a callback uses, or which it is given
    for that; none where the callback neither asks its handle anything nor says of which library it is."""
    parameter = transaction_parameter(function)
    if parameter is None or parameter.annotation.endswith("Context"):
        return ()
    declared = walker.handles.declared(parameter.annotation, parameter.name, parameter.range.start)
    body = walker.text(function.range)
    if declared is None and re.search(rf"(?<![\w.]){re.escape(parameter.name)}\.\w+\(", body) is None:
        return ()
    owners = [argument.value for argument in node.arguments]
    owners += [node.function.value] if isinstance(node.function, Attribute) else []
    paths = (path_of(owner) for owner in owners if walker.handles.known(owner, walker.scope) is None)
    return tuple(path for path in paths if path is not None and _is_store(path, walker))


def asks_outside(walker: Walk, node: Call, use: Use) -> bool:
    """Take down a call of an object on which the transaction around it was opened, where it asks the database
    something; gives whether it is one."""
    opened = walker.current()
    if opened is None or not opened.stores or opened.handle is None:
        return False
    if any(isinstance(argument.value, Lambda) for argument in node.arguments):
        return False
    calls = [node]
    while isinstance(calls[-1].function, Attribute) and isinstance(calls[-1].function.value, Call):
        calls.append(calls[-1].function.value)
    root = calls[-1].function.value if isinstance(calls[-1].function, Attribute) else None
    path = path_of(root) if root is not None else None
    given = {name for call in calls for argument in call.arguments for name in names_in(argument.value)}
    made = [variable.value for name in given if (variable := walker.scope.find(name)) is not None]
    given |= {name for value in made if value is not None for name in names_in(value)}  # `option := Through(tx)`
    if path not in opened.stores or opened.handle.name in given or len(calls) > 2:
        return False
    name = last_name(node.function)
    if _TOOLS.fullmatch(name):
        return True
    is_write = any(tells(name) for tells in (inserts, updates, deletes)) and _READS.match(name) is None
    handle = Handle(path, Role.POOL, None)
    effect = add_effect(walker, EffectKind.WRITE if is_write else EffectKind.READ, node, handle, name, "", use)
    walker.effects[-1] = replace(effect, is_bound=False)
    return True


def _is_store(path: str, walker: Walk) -> bool:
    """Whether a path leads to an object that stands for a database, by its last name, and to no package."""
    root, _, rest = path.partition(".")
    is_package = not rest and root in walker.handles.names.imports
    return _STORES.fullmatch(rest.rpartition(".")[2] or root) is not None and not is_package
