"""`F()` of Django, and `select_for_update()` where a transaction is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.computed.changes import TITLE, amount_of, change_of, changed_before
from persistlint.fixes.computed.unused import mentions, without_unused
from persistlint.fixes.guards import insert, unsafe
from persistlint.fixes.handles import call_at
from persistlint.fixes.imports import python_member
from persistlint.ir import ExpressionStatement
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import WriteBack
    from persistlint.fixes.program import Frame, Program

_MANAGER = regex(rb"\.objects(?=\.get\()")


def computed(program: Program, fact: WriteBack, frame: Frame) -> tuple[Fix, ...]:
    """The first of these that can be."""
    return _updated(program, fact) or _saved(program, fact, frame) or _locked(program, fact)


def _updated(program: Program, fact: WriteBack) -> tuple[Fix, ...]:
    """`update(balance=account.balance - n)` as `update(balance=F("balance") - n)`."""
    call = call_at(program, fact.range)
    values = (each.value for each in call.arguments if each.keyword == fact.column) if call is not None else ()
    change = next((change_of(value, fact.column) for value in values), None)
    needed = python_member(program, "django.db.models", "F")
    if change is None or needed is None:
        return ()
    edit = Edit(change.left.range, f'{needed[0]}("{fact.column}")')
    unused = without_unused(program, fact, [change.left.range])
    return unsafe(TITLE, edit, *unused, *needed[1]) if unused is not None else ()


def _saved(program: Program, fact: WriteBack, frame: Frame) -> tuple[Fix, ...]:
    """`account.balance -= n` before `account.save()` as `account.balance = F("balance") - n`."""
    name, save, _ = program.source.text(fact.range).partition(".save(")
    change = changed_before(program, fact, frame)
    needed = python_member(program, "django.db.models", "F")
    if not save or not name.isidentifier() or change is None or needed is None:
        return ()
    target = program.source.text(change.statement.target.range)
    if target != f"{name}.{fact.column}":
        return ()
    again = _read_again(program, fact, frame, name)
    if again is None:
        return ()
    value = f'{needed[0]}("{fact.column}") {change.operator} {amount_of(program, change)}'
    return unsafe(TITLE, Edit(change.statement.range, f"{target} = {value}"), *again, *needed[1])


def _read_again(program: Program, fact: WriteBack, frame: Frame, name: str) -> tuple[Edit, ...] | None:
    """The edit that reads the column of a row again that the program goes on with, for the row keeps the `F()`, and
    every later `save()` would do it again; none where nothing goes on with it, None where there is no place for one.
    https://docs.djangoproject.com/en/stable/ref/models/expressions/#f-assignments-persist-after-model-save"""
    function, statement = frame.function, frame.statement
    is_given = function is None or any(parameter.name == name for parameter in function.parameters)
    behind = Range(statement.range.end, function.range.end) if function is not None else statement.range
    if not is_given and not mentions(program, name, behind):
        return ()
    if not isinstance(statement, ExpressionStatement) or not program.is_alone(statement):
        return None
    line = f'\n{program.indentation(statement.range.start)}{name}.refresh_from_db(fields=["{fact.column}"])'
    return (insert(program.line_end(statement.range.end), line),)


def _locked(program: Program, fact: WriteBack) -> tuple[Fix, ...]:
    """`objects.get(…)` as `objects.select_for_update().get(…)`."""
    manager = _MANAGER.search(program.source.content, fact.read.start, fact.read.end)
    if manager is None or not fact.in_transaction or not program.is_clean(fact.read):
        return ()
    return unsafe("Lock the row when it is read", insert(manager.end(), ".select_for_update()"))
