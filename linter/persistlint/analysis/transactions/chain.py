"""What is known of an expression that leads to a database: the object that it is, and what a chain of calls did."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.facts import Handle, Role
from persistlint.ir import Attribute, Call, Expression, TaggedTemplate
from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.libraries import Operation, Type

# Effects after which a handle belongs to what it did before.
_KEEPS = ("read", "write", "upsert", "begin", "context", "transaction")


@dataclass(frozen=True, slots=True)
class Known:
    """A database object: the handle it belongs to, its type, and what a builder or statement was made for."""

    handle: Handle
    type: Type
    table: str = ""
    sql: str = ""
    is_new: bool = False  # made by the expression itself: whoever it is assigned to names it


@dataclass(slots=True)
class Chain:
    """A chain of calls as far as it was followed: what it gives, and what it does on the way."""

    known: Known | None = None
    root: Known | None = None
    effect: str = ""
    call: Call | TaggedTemplate | None = None
    operation: Operation | None = None
    table: str = ""
    sql: str = ""
    locks: bool = False
    upserts: bool = False
    bound_to: tuple[Expression, ...] = ()
    is_on_row: bool = False  # the call that does it is a method of a row
    calls: tuple[Call, ...] = ()


def start(known: Known | None) -> Chain:
    """A chain that nothing was called on yet."""
    return Chain(known, known, table=known.table) if known is not None else Chain()


def named(known: Known | None, path: str) -> Known | None:
    """What is known, under the name that the program gives it."""
    return replace(known, handle=replace(known.handle, name=path)) if known is not None else None


def either(left: Chain, right: Chain) -> Chain:
    """`tx ?? db`: inside a transaction where there is one."""
    known = [chain for chain in (left, right) if chain.known is not None]
    return next(
        (chain for chain in known if chain.known and chain.known.handle.role is Role.TRANSACTION), (known or [left])[0]
    )


def calls_of(expression: Expression) -> tuple[Call, ...]:
    """The calls of a chain, the innermost first."""
    found: list[Call] = []
    while isinstance(expression, Call | Attribute):
        if isinstance(expression, Call):
            found.append(expression)
        expression = expression.function if isinstance(expression, Call) else expression.value
    return tuple(found[::-1])


def owner_of(handle: Handle, type: Type, member: Type) -> Handle:
    """What an attribute of a handle belongs to: `db.session` is a session, `env.cr` a connection."""
    is_own = member.role == "session" or (not type.role and member.role != "")
    return replace(handle, role=Role(member.role)) if is_own and handle.role is not Role.TRANSACTION else handle


def handed(handle: Handle, type: Type | None, operation: Operation) -> Handle:
    """The handle that an operation gives: another connection, a session, or the one that it was called on."""
    if operation.effect == "acquire":
        # Whether a driver that opens transactions by itself does so here was said where its pool was made.
        role = Role.IMPLICIT if type is not None and type.role == "implicit" else Role.CONNECTION
        return replace(handle, role=role if handle.role is Role.POOL else handle.role, owned=role is Role.CONNECTION)
    if type is not None and type.role and operation.returns != "self" and operation.effect not in _KEEPS:
        made = Role(type.role)
        if made is Role.IMPLICIT and handle.autocommit:
            made = Role.CONNECTION
        if made is not Role.INSTANCE and made is not handle.role and handle.role is not Role.TRANSACTION:
            # The connection of a session lives in the transaction of the session, which commits it.
            return replace(handle, role=made, owned=handle.role is not Role.SESSION)
    return handle
