"""Transactions that a function opens: by hand, with a block, with a callback, or by what it is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.transactions.binding import bind
from persistlint.analysis.transactions.callbacks import function_of, inline
from persistlint.analysis.transactions.chain import Chain, Known
from persistlint.analysis.transactions.locks import takes_lock
from persistlint.analysis.transactions.open import Open, closes, names_transaction, opens
from persistlint.analysis.transactions.shapes import is_error
from persistlint.analysis.transactions.variables import Variable
from persistlint.facts import EffectKind, Handle, Role, Scoping, Use
from persistlint.ir import (
    Assign,
    Attribute,
    Call,
    Collection,
    Expression,
    Lambda,
    Mapping,
    Name,
    With,
)
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.analysis.transactions.open import Open
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.ir import Expression
    from persistlint.source import Range

# In the name of a context manager or decorator of the program's own; but for one that runs at the commit of another's,
# one that keeps out of any, and one of a connection.
OPENS = regex(r"transaction|atomic|unit_?of_?work|commit_on_success|db_?session", re.IGNORECASE)
_OPENS_NONE = regex(
    r"_?(?:on|after|before|non?|not|without|outside|post|pre)_?(?:in_?)?(?:transaction|atomic|commit).*|.*_conn(?:ection)?",
    re.IGNORECASE,
)


def opens_by_name(name: str) -> bool:
    """Whether a context manager or a decorator opens a transaction, by its name."""
    return OPENS.search(name) is not None and _OPENS_NONE.fullmatch(name) is None


def receive(walker: Walk, known: Known, range: Range) -> None:
    """A function that is given a transaction runs inside of it."""
    opened = open_transaction(walker, range, Scoping.PARAMETER, Chain(known, known), known.handle)
    walker.around.append(opened)
    walker.is_locked = walker.is_locked or walker.file.has_locks  # whoever gives it may have taken one


def open_transaction(walker: Walk, range: Range, scoping: Scoping, chain: Chain, handle: Handle | None) -> Open:
    opened = opens(walker.file.number(), range, scoping, chain, handle, walker.place, len(walker.effects))
    parent = walker.current()
    opened.nested_in = parent
    opened.guards = walker.guards
    opened.known_before = walker.scope.names()
    walker.opened.append(opened)
    return opened


def name_transaction(walker: Walk, opened: Open, target: Expression) -> None:
    """A transaction that is begun by hand belongs to the variable that it is assigned to."""
    element = target.elements[0] if isinstance(target, Collection) and target.elements else target
    path = path_of(element)
    variable = walker.scope.variables.get(path or "")
    held = variable.known if variable is not None else None
    is_called_so = held is not None and held.handle.role is Role.TRANSACTION
    if path is None or (opened.on_connection and not is_called_so):
        return
    opened.on_connection = False  # a begin that is kept under the name of a transaction gives one
    if walker.handles.language == "go" and is_error(path):  # `err = o.Begin()`: it gives no handle of its own
        opened.handle, opened.on_connection = opened.opener, True
        return
    known = walker.scope.variables.get(path)
    type = known.known.type if known is not None and known.known is not None else opened.type
    handle = Handle(path, Role.TRANSACTION, opened.opener.library, element.range.start, True, True)
    for other in walker.opened:  # what the variable held before is over: a batch that goes on in the next transaction
        other.is_over |= other.handle is not None and other.handle.name == path and other not in walker.around
    if opened.nested_in is not None and opened.nested_in.handle is not None and opened.nested_in.handle.name == path:
        opened.nested_in = None  # a transaction of its own where the caller gave none
    opened.handle = handle
    opened.deferred = opened.deferred or path in walker.undone
    walker.scope.variables[path] = Variable(Known(handle, type), names=frozenset([path]))


def with_block(walker: Walk, statement: With) -> None:
    walker.is_locked = walker.is_locked or (walker.file.has_locks and takes_lock(statement.context))
    context = walker.handles.called(statement.context)
    variable = walker.scope.find(context.id) if isinstance(context, Name) else None
    if variable is not None and variable.value is not None:  # `with transaction:`
        held = walker.handles.follow(variable.value, walker.scope)
        context = variable.value if held.effect == "context" else context
    chain = walker.handles.follow(context, walker.scope)
    count, done = len(walker.opened), len(walker.effects)
    if chain.effect == "context" and isinstance(chain.call, Call):
        begin(walker, context, chain, chain.call)
    else:
        walker.visit(context, Use.AWAITED)
    opened: Open | None = None
    if len(walker.opened) > count and walker.opened[-1].scoping is Scoping.MANUAL:
        opened = walker.opened[-1]
        opened.scoping = Scoping.CONTEXT
    elif chain.known is not None and chain.effect in ("", "acquire"):
        known = chain.known
        is_whole = known.type.role in ("implicit", "connection") and known.type.role == known.handle.role.value
        if known.type.library.transactions.exit_commits and is_whole and not _only_closes(context):
            opened = open_transaction(walker, statement.context.range, Scoping.CONTEXT, chain, known.handle)
            opened.on_connection = True
            walker.settled.add(known.handle)
    elif chain.effect == "savepoint" and chain.root is not None:
        opened = open_transaction(walker, statement.context.range, Scoping.CONTEXT, chain, chain.root.handle)
        opened.is_savepoint = True
    if opened is None and isinstance(context, Call) and opens_by_name(last_name(context.function)):
        opened = open_transaction(walker, context.range, Scoping.CONTEXT, chain, None)
        opened.is_wrapped = True
    if opened is not None and statement.target is None and not opened.is_ambient and not opened.on_connection:
        opened.handle, opened.on_connection = opened.opener, opened.opener.role is not Role.POOL
    if statement.target is not None:
        bind(walker, statement.target, context, "")
        # `async with db.execute("SELECT …") as cursor:`
        walker.rows.assigned(Assign(statement.range, statement.target, context), walker, walker.effects[done:])
        bound = walker.handles.known(statement.target, walker.scope)
        if chain.effect in ("", "acquire") and bound is not None and not _is_cursor(context, chain, bound):
            walker.held.add(bound.handle)
            if opened is not None and opened.on_connection:
                opened.handle = bound.handle
        if opened is not None and not opened.on_connection and not opened.is_savepoint:
            name_transaction(walker, opened, statement.target)
            if opened.handle is not None and chain.known is not None and chain.known.type.role == "session":
                walker.scope.variables[path_of(statement.target) or ""].known = Known(opened.handle, chain.known.type)
    if opened is not None:
        opened.end, opened.is_async = statement.range.end, statement.is_async
        walker.around.append(opened)
    walker.block(statement.body)
    if opened is not None:
        walker.around.remove(opened)
        opened.is_over = True
        if opened.opener.role is Role.SESSION or (chain.known is not None and chain.known.type.role == "session"):
            walker.rows.left(opened.handle or opened.opener, walker)


def _only_closes(context: Expression) -> bool:
    """Whether a block ends with a close and with nothing else: `with closing(connection)`."""
    return isinstance(context, Call) and last_name(context.function) in ("closing", "aclosing")


def defer(walker: Walk, call: Expression, kind: str) -> None:
    if kind == "go":
        started = [call.function, *(a.value for a in call.arguments)] if isinstance(call, Call) else []
        walker.file.launched.update(id(value.function) for value in started if isinstance(value, Lambda))
        with walker.detach():
            walker.visit(call, Use.KEPT)
        return
    body = call.function.function.body if isinstance(call, Call) and isinstance(call.function, Lambda) else None
    early = walker.after_begin
    saved = walker.effects
    closings = [(opened, len(opened.closings)) for opened in walker.opened]
    walker.effects = []
    if body is not None:
        walker.block(body)
    else:
        walker.visit(call, Use.KEPT)
        if isinstance(call, Call):
            deferred_close(walker, call)
            for argument in call.arguments:
                known = walker.handles.known(_closed(argument.value), walker.scope)
                for opened in walker.opened:
                    if known is not None and opened.handle is not None and known.handle.is_same(opened.handle):
                        opened.deferred = True
    found, walker.effects = walker.effects, saved
    for opened, count in closings:
        del opened.closings[count:]
    if body is not None:  # one that is begun behind the `defer`, in the variable that the function looks at
        walker.undone |= {effect.handle.name for effect in found if effect.kind is EffectKind.ROLLBACK}
    for effect in found:
        for opened in walker.opened:
            if effect.kind in (EffectKind.ROLLBACK, EffectKind.COMMIT) and closes(effect, opened):
                opened.deferred = True
                if effect.kind is EffectKind.COMMIT:
                    opened.commits = True
                if opened is early and walker.error and body is None and effect.kind is EffectKind.ROLLBACK:
                    opened.early = call.range
    walker.effects.extend(effect for effect in found if effect.kind is EffectKind.RELEASE)


def _closed(value: Expression) -> Expression:
    """The transaction that a deferred call is handed, or whose method it is handed: `defer logError(tx.Rollback)`."""
    return value.value if isinstance(value, Attribute) and value.name == "Rollback" else value


def _is_cursor(context: Expression, chain: Chain, bound: Known) -> bool:
    """Whether a block holds a cursor, at whose end its connection goes on."""
    return isinstance(context, Call) and chain.root is not None and chain.root.handle.is_same(bound.handle)


def deferred_close(walker: Walk, call: Call) -> None:
    """`defer session.Close()` rolls back what is not committed."""
    if isinstance(call.function, Attribute) and call.function.name in ("Close", "Release"):
        known = walker.handles.known(call.function.value, walker.scope)
        if known is not None and known.handle.role is not Role.POOL:
            walker.held.add(known.handle)


def begin(walker: Walk, node: Expression, chain: Chain, call: Call) -> None:
    """Something that opens a transaction: with a callback, an array of queries, or by hand."""
    opened = open_transaction(walker, node.range, Scoping.MANUAL, chain, None)
    opened.is_savepoint = opened.nested_in is not None and names_transaction(chain, walker.scope, walker.handles)
    if not opened.is_ambient and _begins_itself(chain) and chain.root is not None:
        opened.handle, opened.on_connection = chain.root.handle, True
    callback = next((found for a in call.arguments if (found := function_of(walker, a.value)) is not None), None)
    for argument in call.arguments:
        if callback is None or function_of(walker, argument.value) is not callback:
            if isinstance(argument.value, Collection):
                opened.scoping = Scoping.ARRAY
                walker.around.append(opened)
                walker.visit(argument.value, Use.AWAITED)
                walker.around.remove(opened)
            else:
                walker.visit(argument.value, Use.KEPT)
    if callback is not None and chain.effect == "begin" and opened.on_connection:
        opened.deferred = True  # the callback goes on from here, and closes it somewhere
        with walker.taken():
            inline(walker, callback, None)
    elif callback is not None:
        opened.scoping = Scoping.CALLBACK
        opened.is_async = callback.is_async
        parallel, walker.parallel = walker.parallel, False  # each has a connection of its own
        walker.around.append(opened)
        with walker.taken():
            inline(walker, callback, opened)
        walker.around.remove(opened)
        opened.is_over = True
        walker.parallel = parallel
    elif opened.scoping is Scoping.ARRAY:
        opened.is_over = True
    elif chain.effect == "transaction" or is_given_work(walker, call, chain):
        opened.scoping, opened.is_over = Scoping.CALLBACK, True
    elif opened.is_ambient and chain.root is not None:
        opened.handle, opened.on_connection = chain.root.handle, True


def is_given_work(walker: Walk, call: Call, chain: Chain) -> bool:
    """Whether a begin is given a function or queries from elsewhere, so that it is over when it is done."""
    operation = chain.operation
    if walker.handles.language == "go" or operation is None or operation.returns is None:
        return False
    values = [a.value for index, a in enumerate(call.arguments) if index != operation.options and not a.keyword]
    found = (walker.scope.find(value.id) for value in values if isinstance(value, Name))
    are_options = any(variable is not None and isinstance(variable.value, Mapping) for variable in found)
    work = (value for value in values if walker.handles.known(value, walker.scope) is None)  # a handle is none
    return not are_options and any(isinstance(value, Name | Attribute | Call) for value in work)


def _begins_itself(chain: Chain) -> bool:
    """Whether a begin gives no handle of its own: `conn.beginTransaction()`."""
    return chain.operation is None or chain.operation.returns is None
