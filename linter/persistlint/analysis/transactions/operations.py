"""What one call does in a chain of calls, as the library tables say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.transactions.chain import Chain, Known, handed
from persistlint.analysis.transactions.options import asks_for_lock, commits_at_once, mentions, names_mode
from persistlint.analysis.transactions.texts import sent_text, table_of, whole_statement
from persistlint.analysis.transactions.vocabulary import makers_of_statements
from persistlint.facts import Handle, Role
from persistlint.ir import Attribute, Call, Constant, Name, String

if TYPE_CHECKING:
    from persistlint.analysis.transactions.handles import Handles
    from persistlint.analysis.transactions.variables import Scope
    from persistlint.ir import Expression
    from persistlint.libraries import Operation

_STRENGTH = {
    "": 0,
    "acquire": 1,
    "bind": 1,
    "lock": 1,
    "prepare": 1,
    "read": 2,
    "execute": 3,
    "savepoint": 4,
}


def operate(handles: Handles, node: Call, operation: Operation, chain: Chain, scope: Scope) -> Chain:
    """Go on with a chain by a call of an operation: what it does, what it is given and what it gives."""
    base = chain.known
    if operation.effect in ("begin", "transaction") and names_mode(node):
        return Chain()
    chain.calls += (node,)
    if base is None:
        return chain
    text = sent_text(node, operation, scope)
    if text is None and base.type.role:
        text = whole_statement(node, operation, scope)
    if base.handle.role is Role.IMPLICIT and any(map(commits_at_once, node.arguments)):
        base = replace(base, handle=replace(base.handle, role=Role.CONNECTION))
    if operation.handle is not None and operation.handle < len(node.arguments):
        given = handles.known(node.arguments[operation.handle].value, scope)
        base = chain.root = replace(base, handle=given.handle) if given is not None else base
    if operation.effect == "bind":
        chain.bound_to = (*chain.bound_to, *(argument.value for argument in node.arguments))
        base = chain.root = replace(base, handle=_bound(handles, node, base.handle, scope))
    chain.locks = chain.locks or asks_for_lock(node)
    if operation.effect == "lock":
        says_lock = operation.name.endswith("ForUpdate") or handles.language != "go"
        chain.locks = chain.locks or says_lock or mentions(node, "Locking")
        chain.upserts = chain.upserts or mentions(node, "OnConflict")
    if operation.table is not None and operation.table < len(node.arguments):
        argument = node.arguments[operation.table].value
        told = table_of(argument, scope)
        # What a repository of a table is given is a row or a condition: `getRepository(User).save(found)`.
        is_row = bool(chain.table) and not isinstance(argument, String) and not told[:1].isupper()
        chain.table = told if told and not is_row else chain.table
    table = chain.table or base.table
    effect = operation.effect or ("sql" if text is not None else "")
    if operation.sql is not None and effect in ("sql", "read", "write"):
        # A statement as an object is none of the texts that it holds: `insert(User).values(name="Ann")`.
        sent = _statement(handles, node, operation, scope)
        effect = sent.type.statement if sent is not None else "sql" if text else effect
        table, text = (sent.table, "") if sent is not None else (table, text)
    if effect == "upsert":
        chain.upserts, effect = True, "" if chain.effect == "write" else "write"
    if effect == "execute":
        text, effect = base.sql or None, "sql" if base.sql else "read"
    if effect and _STRENGTH.get(effect, 5) >= _STRENGTH.get(chain.effect, 5):
        chain.effect, chain.call, chain.operation = effect, node, operation
        chain.sql = text or ""
        chain.is_on_row = base.type.role == "instance" and table == base.table
    chain.table = table
    type = base.type.returned(operation.returns) if operation.returns != "self" else base.type
    if operation.returns and type is None:
        type = operation.library.types.get(operation.returns)
    if type is None and base.type.fluent:
        type = base.type
    handle = handed(base.handle, type, operation)
    # A model has a name of its own: `const User = sequelize.define("User", …)`.
    is_new = handle is not base.handle or base.is_new or (type is not None and bool(type.models and operation.returns))
    chain.known = Known(handle, type, table, text or "", is_new) if type else None
    return chain


def _bound(handles: Handles, node: Call, handle: Handle, scope: Scope) -> Handle:
    """The handle that a builder is bound to; what cannot be told apart from a transaction is taken for one."""
    given = handles.given(node, scope)
    if given is not None:
        return given.handle
    is_unknown = any(not isinstance(argument.value, String | Constant) for argument in node.arguments)
    return replace(handle, role=Role.TRANSACTION) if is_unknown else handle


def _statement(handles: Handles, node: Call, operation: Operation, scope: Scope) -> Known | None:
    """The statement as an object that a call sends: `session.execute(insert(User))`."""
    given = [argument.value for argument in node.arguments[operation.sql or 0 :]]
    known = (handles.known(value, scope) for value in given)
    found = next((found for found in known if found is not None and found.type.statement), None)
    return found or (_of_table(given[0], handles.names.language) if given else None)


def _of_table(value: Expression, language: str) -> Known | None:
    """A statement that is made of a table which is imported from elsewhere: `users.insert().values(name=name)`."""
    called = ""
    while isinstance(value, Call) and isinstance(value.function, Attribute):
        called, value = value.function.name, value.function.value
    type = makers_of_statements(language).get(called)
    if type is None or not isinstance(value, Name | Attribute):
        return None
    return Known(Handle("", Role.CONNECTION, type.library), type, last_name(value))
