"""Calls: of libraries, of helpers of the file, of callbacks that run at once, and of what nothing is known of."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.transactions.binding import hands_over_transaction, take_in
from persistlint.analysis.transactions.callbacks import function_of, inline
from persistlint.analysis.transactions.chain import Chain, Known
from persistlint.analysis.transactions.effects import add_access, add_effect
from persistlint.analysis.transactions.helpers import call_helper
from persistlint.analysis.transactions.leaving import leave, move
from persistlint.analysis.transactions.locks import takes_lock
from persistlint.analysis.transactions.open import close
from persistlint.analysis.transactions.outside import is_outside
from persistlint.analysis.transactions.own_rows import save_own_row
from persistlint.analysis.transactions.rejections import drops_rejection, handled_callback, handled_rejection
from persistlint.analysis.transactions.scopes import begin, open_transaction
from persistlint.analysis.transactions.shapes import ENDS, LITERALS, is_error
from persistlint.analysis.transactions.stores import asks_outside, opened_on
from persistlint.analysis.transactions.turns import is_few
from persistlint.analysis.transactions.vocabulary import may_do
from persistlint.facts import EffectKind, Handle, Role, Scoping, Use
from persistlint.ir import (
    Attribute,
    Await,
    Call,
    Collection,
    Function,
    Lambda,
    Name,
    TaggedTemplate,
    children,
)
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.walk import Walk
    from persistlint.ir import Function

# Methods that run a function which they are given once for each element.
ITERATES = frozenset(["map", "forEach", "filter", "flatMap", "some", "every", "reduce", "for_each", "each", "find"])


_PUTS_IN = frozenset(["append", "extend", "push", "unshift", "add", "set"])  # methods of lists, sets and maps


_AT_ONCE = frozenset(["then", "catch", "finally", "Promise", "nextTick"])


_WAITS_FOR_ALL = frozenset(
    ["Promise.all", "Promise.allSettled", "Promise.race", "Promise.any", "asyncio.gather", "asyncio.wait"]
)


_STARTS = frozenset(["create_task", "ensure_future"])  # of asyncio, what it is given beside what follows


_GOES_ON = "Promise.allSettled"  # with what does not fail


_MOST_NAMES = 10_000  # of which it is kept what they say

# In the name of a function that runs what it is given in a transaction.
WRAPS = regex(
    r"(?:with|in|run|do|exec(?:ute)?)?_?(?:in_?)?(?:a_?)?(?:tx|trx|txn|transaction(?:al(?:ly)?)?)(?:_?(?:context|scope|async|func))?",
    re.IGNORECASE,
)


_BY_NAME = (
    (regex(r"(?:start|begin|open)_?(?:tx|trx|transaction)", re.IGNORECASE), EffectKind.BEGIN),
    (regex(r"commit(?:_?(?:tx|trx|transaction))?", re.IGNORECASE), EffectKind.COMMIT),
    (regex(r"\w*roll_?back\w*", re.IGNORECASE), EffectKind.ROLLBACK),
)


@lru_cache(maxsize=_MOST_NAMES)  # most names are called again and again
def _wraps(name: str) -> bool:
    """Whether a function of that name runs what it is given in a transaction."""
    return WRAPS.fullmatch(name) is not None


@lru_cache(maxsize=_MOST_NAMES)
def _ends_or_begins(name: str) -> EffectKind | None:
    """What a function of that name does to a transaction."""
    return next((kind for pattern, kind in _BY_NAME if pattern.fullmatch(name)), None)


# What is given to these runs when something happens, or later, and whoever calls it takes no error.
_LATER = frozenset(
    [
        "on",
        "once",
        "addListener",
        "addEventListener",
        "setInterval",
        "setTimeout",
        "setImmediate",
        "scheduleJob",
        "after",
    ]
)


def visit_call(walker: Walk, node: Call | TaggedTemplate, use: Use) -> None:
    if isinstance(node, Call) and walker.file.has_locks and takes_lock(node):
        walker.is_locked = True
        walker.file.guarded.update(_functions_given(node))
    if isinstance(node, Call) and last_name(node.function) in _LATER:
        walker.file.launched.update(_functions_given(node))
    if type(node) is Call and not may_do(node, walker.handles.names.language):
        plain(walker, node, use)
        return
    chain = walker.handles.follow(node, walker.scope)
    if chain.effect and chain.root is not None and chain.call is not None and _is_sent(node, chain, use):
        access(walker, node, chain, use)
    elif isinstance(node, TaggedTemplate):
        for child in children(node):
            walker.visit(child, Use.KEPT)
    else:
        plain(walker, node, use)


def _is_sent(node: Call | TaggedTemplate, chain: Chain, use: Use) -> bool:
    """Whether a statement goes to the database: what a tag that nobody knows makes of it may be a part of another one,
    unless somebody waits for it."""
    is_known = isinstance(node, Call) or chain.root is None or chain.root.handle.library is not None
    return is_known or use in (Use.AWAITED, Use.DISCARDED)


def _functions_given(call: Call) -> Iterator[int]:
    """The identities of the functions that are written as arguments of a call."""
    return (id(argument.value.function) for argument in call.arguments if isinstance(argument.value, Lambda))


def access(walker: Walk, node: Call | TaggedTemplate, chain: Chain, use: Use) -> None:
    """A call that a library table knows."""
    if chain.effect in ("after", "context"):
        return  # what it is given runs after the commit, or it runs when a `with` holds it
    if chain.effect in ("begin", "transaction") and isinstance(chain.call, Call):
        begin(walker, node, chain, chain.call)
        return
    if not chain.calls and isinstance(node, TaggedTemplate):
        for child in children(node.template):
            walker.visit(child, Use.KEPT)
    for call in chain.calls:
        arguments(walker, call)
    lowest = node
    while (
        isinstance(lowest, Call)
        and isinstance(lowest.function, Attribute)
        and isinstance(lowest.function.value, Call | Await)
    ):
        lowest = lowest.function.value.value if isinstance(lowest.function.value, Await) else lowest.function.value  # type: ignore[assignment]
        if isinstance(lowest, Call) and lowest not in chain.calls:
            walker.visit(lowest, Use.KEPT)
            break
    count = len(walker.effects)
    add_access(walker, node, chain, use)
    failing = tuple(walker.effects[count:])
    for call in chain.calls:
        callbacks(walker, call, chain)
        if failing:
            for argument in call.arguments:
                if isinstance(argument.value, Lambda):
                    handled_callback(walker, argument.value.function, failing)
    if isinstance(node, Call) and failing:
        handled_rejection(walker, node, failing)


def arguments(walker: Walk, call: Call) -> None:
    for argument in call.arguments:
        if not isinstance(argument.value, Lambda):
            walker.visit(argument.value, Use.KEPT)
        if isinstance(argument.value, Name):
            move(walker, argument.value)


def callbacks(walker: Walk, call: Call, chain: Chain) -> None:
    """What runs when the call is done: `connection.query(sql, (error, rows) => …)`, `db.task(t => …)`."""
    for argument in call.arguments:
        if isinstance(argument.value, Lambda):
            function, given = argument.value.function, dict[str, Known]()
            parameter = next((p for p in function.parameters if p.name and not is_error(p.name)), None)
            if chain.effect in ("acquire", "savepoint") and chain.known is not None and parameter is not None:
                handle = chain.known.handle
                if chain.effect == "acquire":
                    handle = replace(handle, name=parameter.name, origin=parameter.range.start)
                given[parameter.name] = replace(chain.known, handle=handle, is_new=False)
            inline(walker, function, None, given)


def plain(walker: Walk, node: Call, use: Use) -> None:
    """A call that no library table knows."""
    if asks_outside(walker, node, use):
        arguments(walker, node)
        return
    save_own_row(node, walker)
    walker.results.called(node, walker.current(), walker.place)
    name = last_name(node.function)
    path = path_of(node.function) or name
    if isinstance(node.function, Attribute):
        count = len(walker.effects)
        walker.visit(node.function.value, Use.KEPT)
        if drops_rejection(node):
            walker.apart.append(frozenset(effect.range for effect in walker.effects[count:]))
    elif not isinstance(node.function, Name):
        walker.visit(node.function, Use.KEPT)
    if name in _PUTS_IN and isinstance(node.function, Attribute):
        for argument in node.arguments:
            take_in(walker, node.function.value, argument.value)
    is_wrapper = _wraps(name) or name in walker.handles.project.transactions
    parallel, detached = walker.parallel, walker.detached
    walker.parallel = parallel or path in _WAITS_FOR_ALL or name in _STARTS
    for argument in node.arguments:
        value = argument.value
        if type(value) in LITERALS:
            continue
        if path == _GOES_ON:
            for element in value.elements if isinstance(value, Collection) else (value,):
                count = len(walker.effects)
                walker.visit(element, Use.AWAITED)
                walker.apart.append(frozenset(effect.range for effect in walker.effects[count:]))
            continue
        if is_wrapper and isinstance(value, Collection):
            opened = open_transaction(
                walker, node.range, Scoping.ARRAY, Chain(root=transaction_root(walker, node)), None
            )
            walker.around.append(opened)
            walker.visit(value, Use.AWAITED)
            walker.around.remove(opened)
            opened.is_over = True
        elif isinstance(value, Lambda) and is_wrapper:
            chain = Chain(root=transaction_root(walker, node))
            opened = open_transaction(walker, node.range, Scoping.CALLBACK, chain, None)
            opened.is_async, opened.method, opened.is_wrapped = value.function.is_async, name, True
            opened.stores = opened_on(walker, node, value.function)
            walker.around.append(opened)
            around, walker.parallel = walker.parallel, False  # each has a connection of its own
            inline(walker, value.function, opened)
            walker.parallel = around
            walker.around.remove(opened)
            opened.is_over = True
        elif isinstance(value, Lambda) and name in ITERATES:
            outer = walker.place
            is_short = isinstance(node.function, Attribute) and is_few(node.function.value, walker.scope)
            walker.place = walker.turn(is_short)
            walker.detached = detached or (name in ("forEach", "each") and value.function.is_async)
            returned, walker.returned = walker.returned, use
            walker.inner += 1
            with walker.taken():
                inline(walker, value.function, None)
            walker.inner -= 1
            walker.place, walker.detached, walker.returned = outer, detached, returned
        elif isinstance(value, Lambda) and (name in _AT_ONCE or node.new):
            with walker.taken():
                inline(walker, value.function, None)
        else:
            walker.visit(value, Use.AWAITED if walker.parallel else Use.KEPT)
            move(walker, value)
    walker.parallel = parallel
    function = local_function(walker, node)
    if function is not None:
        call_helper(walker, node, function, use)
    elif (
        not ends_or_begins(walker, node, name, use)
        and is_outside(node, walker.handles.names, walker.scope)
        and not _is_inside(walker, node)
    ):
        handle = Handle(walker.text(node.function.range), Role.POOL, None)
        add_effect(walker, EffectKind.EXTERNAL, node, handle, name, "", use)
    if name in ENDS:
        leave(walker, node)


def ends_or_begins(walker: Walk, node: Call, name: str, use: Use) -> bool:
    """A function of another file that begins a transaction on the connection that it is given, or ends the one that it
    is given, by its name: `startTransaction(connection)`, `runtime.Rollback(tx)`. Gives whether there is one."""
    kind = _ends_or_begins(name)
    known = [walker.handles.known(a.value, walker.scope) for a in node.arguments] if kind is not None else []
    given = [found for found in known if found is not None]
    if kind is None or not given:
        return False
    effect = add_effect(walker, kind, node, given[0].handle, name, "", use)
    if kind is EffectKind.BEGIN:
        opened = open_transaction(walker, node.range, Scoping.MANUAL, Chain(given[0], given[0]), given[0].handle)
        opened.on_connection = opened.deferred = True  # nobody sees how it ends
    else:
        close(effect, walker.opened)
    return True


def _is_inside(walker: Walk, node: Call) -> bool:
    """Whether a call, or what made the object that it is one of, is given the transaction, and so is a part of it."""
    path = path_of(node.function.value) if isinstance(node.function, Attribute) else None
    variable = walker.scope.find(path) if path is not None else None
    made = variable.value if variable is not None else None
    return hands_over_transaction(walker, node) or (isinstance(made, Call) and hands_over_transaction(walker, made))


def transaction_root(walker: Walk, node: Call) -> Known | None:
    return walker.handles.known(node.function.value, walker.scope) if isinstance(node.function, Attribute) else None


def local_function(walker: Walk, node: Call) -> Function | None:
    """The function of this file that is called."""
    match node.function:
        case Name():
            return function_of(walker, node.function)
        case Attribute(value=Name(id=receiver), name=name) if receiver == walker.scope.receiver:
            return walker.file.functions.get(f"{walker.scope.owner}.{name}")
    return None
