"""Go: rows that a function asks for and does not close.

They close by themselves behind the last row, with their transaction, and where their context is cancelled.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.transactions.roots import is_named_transaction
from persistlint.facts import OpenRows, Role
from persistlint.ir import Assign, Attribute, Call, Collection, Lambda, Loop, Name, Return, expressions, statements_in
from persistlint.ir import walk as walk_expression
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Effect
    from persistlint.ir import Block, Expression, Function, Statement

GIVES_ROWS = frozenset(["NamedQuery", "NamedQueryContext", "Query", "QueryContext", "Queryx", "QueryxContext", "Rows"])
_SHAPE = frozenset(["Next", "Scan"])
_CLOSES = frozenset(["Close", "NextResultSet"])
_CANCELS = regex(r"\w*cancel\w*", re.IGNORECASE)


def unclosed(function: Function, walk: Walk) -> Iterator[OpenRows]:
    """The rows of a function that nothing closes, and that are not handed on or read to their end on every way."""
    asked = {effect.range: effect for effect in walk.effects if not effect.via}
    statements = list(statements_in(function.body))
    own = {name for statement in statements for name in _declared(statement)}
    for statement in statements:
        call = statement.value if isinstance(statement, Assign) else None
        name = _rows_of(statement)
        if name is None or not isinstance(call, Call) or last_name(call.function) not in GIVES_ROWS:
            continue
        effect, members = asked.get(call.range), _members(name, function.body)
        if members is None or not members.isdisjoint(_CLOSES) or _ends_by_itself(call, effect):
            continue
        if name not in own:
            continue  # a variable of the function around this one, or a result, which others close
        if effect is None and not (members >= _SHAPE):
            continue  # what else has a method of that name
        loops = [each for each in statements if isinstance(each, Loop) and _reads(each, name)]
        if not loops or any(isinstance(inner, Return) for loop in loops for inner in statements_in(loop.body)):
            yield OpenRows(call.range, name, bool(loops))


def _rows_of(statement: Statement) -> str | None:
    """The variable of `rows, err := …`."""
    target = statement.target if isinstance(statement, Assign) else None
    if not isinstance(target, Collection) or len(target.elements) != 2 or not isinstance(target.elements[0], Name):
        return None
    return target.elements[0].id if target.elements[0].id != "_" else None


def _declared(statement: Statement) -> Iterator[str]:
    """The variables that a statement declares."""
    if isinstance(statement, Assign) and statement.declares:
        targets = statement.target.elements if isinstance(statement.target, Collection) else (statement.target,)
        yield from (target.id for target in targets if isinstance(target, Name))


def _ends_by_itself(call: Call, effect: Effect | None) -> bool:
    """Whether a transaction ends with the function or its caller, or a connection that was made for it."""
    if effect is not None and (effect.transaction is not None or effect.handle.owned):
        return True
    owner = call.function.value if isinstance(call.function, Attribute) else None
    role = effect.handle.role if effect is not None else None
    return role is Role.TRANSACTION or (owner is not None and is_named_transaction(last_name(owner)))


def _members(name: str, body: Block) -> frozenset[str] | None:
    """What is called on rows; None where something else takes them, or a context is cancelled."""
    nodes = list(everything(body))
    owners = {id(node.value) for node in nodes if isinstance(node, Attribute)}
    found = set()
    for node in nodes:
        if isinstance(node, Attribute) and isinstance(node.value, Name) and node.value.id == name:
            found.add(node.name)
        elif isinstance(node, Name) and id(node) not in owners and (node.id == name or _CANCELS.fullmatch(node.id)):
            return None
    return frozenset(found)


def everything(body: Block) -> Iterator[Expression]:
    """The expressions of a block, but for what is assigned to, and those of the functions in it."""
    waiting = [body]
    while waiting:
        for statement in statements_in(waiting.pop()):
            target = statement.target if isinstance(statement, Assign) else None
            for each in expressions(statement):
                for node in walk_expression(each) if each is not target else ():
                    yield node
                    if isinstance(node, Lambda):
                        waiting.append(node.function.body)


def _reads(loop: Loop, name: str) -> bool:
    """Whether a loop goes on to the last row: `for rows.Next()`, or one without end that asks for the next."""
    if loop.iterable is not None:
        return False
    asked = [loop.test] if loop.test is not None else [e for s in statements_in(loop.body) for e in expressions(s)]
    return any(
        isinstance(node, Attribute) and node.name == "Next" and isinstance(node.value, Name) and node.value.id == name
        for each in asked
        for node in walk_expression(each)
    )
