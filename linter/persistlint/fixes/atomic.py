"""Values that the database computes or locks itself, where a program read them, changed them and wrote them back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.guards import insert, unsafe
from persistlint.fixes.handles import call_at
from persistlint.fixes.imports import python_member
from persistlint.ir import Assign, Attribute, Binary, Mapping, String, walk
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import WriteBack
    from persistlint.fixes.program import Frame, Program
    from persistlint.ir import Expression

_VERBS = {"+": "increment", "-": "decrement"}
_MANAGER = regex(rb"\.objects(?=\.get\()")
_DJANGO = regex(rb"^(?:from|import) django\b", re.MULTILINE)
_PRISMA = regex(rb"\bprisma\b|PrismaClient")


def computed_there(program: Program, fact: WriteBack) -> tuple[Fix, ...]:
    """`increment` of Prisma, `F()` of Django; where a transaction is open, a lock on what Django reads."""
    frame = program.frame(fact.range)
    if frame is None:
        return ()
    if program.source.language == "python" and _DJANGO.search(program.source.content):
        found = _updated(program, fact) or _saved(program, fact, frame)
        return found or (_locked(program, fact) if fact.in_transaction else ())
    if program.source.language in ("javascript", "typescript") and _PRISMA.search(program.source.content):
        return _incremented(program, fact)
    return ()


def _incremented(program: Program, fact: WriteBack) -> tuple[Fix, ...]:
    """`data: { credits: user.credits - amount }` as `data: { credits: { decrement: amount } }`."""
    call = call_at(program, fact.range)
    mappings = [node for node in walk(call) if isinstance(node, Mapping)] if call is not None else []
    entries = (entry for mapping in mappings for entry in mapping.entries)
    for entry in entries:
        is_column = isinstance(entry.key, String) and entry.key.value == fact.column
        change = _change(entry.value, fact.column) if is_column else None
        if change is not None:
            text = f"{{ {_VERBS[change.operator]}: {program.source.text(change.right.range)} }}"
            return unsafe("Let the database compute it", Edit(change.range, text))
    return ()


def _updated(program: Program, fact: WriteBack) -> tuple[Fix, ...]:
    """`update(balance=account.balance - n)` as `update(balance=F("balance") - n)`."""
    call = call_at(program, fact.range)
    values = (each.value for each in call.arguments if each.keyword == fact.column) if call is not None else ()
    change = next((_change(value, fact.column) for value in values), None)
    needed = python_member(program, "django.db.models", "F")
    if change is None or needed is None:
        return ()
    edit = Edit(change.left.range, f'{needed[0]}("{fact.column}")')
    return unsafe("Let the database compute it", edit, *needed[1])


def _saved(program: Program, fact: WriteBack, frame: Frame) -> tuple[Fix, ...]:
    """`account.balance -= n` before `account.save()` as `account.balance = F("balance") - n`."""
    name, save, _ = program.source.text(fact.range).partition(".save(")
    target = f"{name}.{fact.column}"
    before = (each for each in frame.block[: frame.index] if isinstance(each, Assign))
    changed = [each for each in before if program.source.text(each.target.range) == target]
    needed = python_member(program, "django.db.models", "F")
    if not save or not name.isidentifier() or len(changed) != 1 or needed is None or frame.function is None:
        return ()
    assign, column = changed[0], f'{needed[0]}("{fact.column}")'
    behind = program.source.text(Range(assign.range.end, frame.function.range.end))
    if target in behind or assign.value is None:
        return ()
    if assign.operator in _VERBS:
        value = program.source.text(assign.value.range)
        value = f"({value})" if isinstance(assign.value, Binary) and assign.operator == "-" else value
        edit = Edit(assign.range, f"{target} = {column} {assign.operator} {value}")
        return unsafe("Let the database compute it", edit, *needed[1])
    change = _change(assign.value, fact.column) if assign.operator == "=" else None
    return unsafe("Let the database compute it", Edit(change.left.range, column), *needed[1]) if change else ()


def _locked(program: Program, fact: WriteBack) -> tuple[Fix, ...]:
    """`objects.get(…)` as `objects.select_for_update().get(…)`."""
    manager = _MANAGER.search(program.source.content, fact.read.start, fact.read.end)
    if manager is None or not program.is_clean(fact.read):
        return ()
    return unsafe("Lock the row when it is read", insert(manager.end(), ".select_for_update()"))


def _change(value: Expression, column: str) -> Binary | None:
    """What is added to, or taken from, an attribute of that name, where nothing else of it is needed."""
    match value:
        case Binary(operator="+" | "-", left=Attribute(name=name), right=right) if name == column:
            again = any(isinstance(node, Attribute) and node.name == column for node in walk(right))
            return None if again else value
    return None
