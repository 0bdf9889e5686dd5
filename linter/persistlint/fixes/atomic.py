"""Values that the database computes or locks itself, where a program read them, changed them and wrote them back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.computing import in_the_statement, locked_there, without_unused
from persistlint.fixes.guards import insert, unsafe
from persistlint.fixes.handles import call_at
from persistlint.fixes.imports import python_member
from persistlint.fixes.locking import locked_query
from persistlint.ir import Argument, Assign, Attribute, Binary, Mapping, String, walk
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
_MODEL = regex(r"(?:\.get|\.query|\bselect)\(\s*([A-Z]\w*)\b")
_LIBRARIES = (b"knex", b"sequelize")
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
    found = in_the_statement(program, fact, frame) or _added_by(program, fact, frame) or _chained(program, fact)
    return found or locked_query(program, fact) or (locked_there(program, fact) if fact.in_transaction else ())


def _added_by(program: Program, fact: WriteBack, frame: Frame) -> tuple[Fix, ...]:
    """`post.views += 1; await post.save()` of Sequelize as `await post.increment("views")`, and `account.balance -= n`
    of SQLAlchemy as `account.balance = Account.balance - n`."""
    before = [each for each in frame.block[: frame.index] if isinstance(each, Assign)]
    changed = [each for each in before if _is_column(each.target, fact.column)]
    if len(changed) != 1 or frame.function is None or not program.is_alone(changed[0]):
        return ()
    assign, target = changed[0], program.source.text(changed[0].target.range)
    row = target[: -len(fact.column) - 1]
    change = _change(assign.value, fact.column) if assign.value is not None else None
    operator = assign.operator if assign.operator in _VERBS else change.operator if change is not None else ""
    amount = assign.value if assign.operator in _VERBS else change.right if change is not None else None
    behind = program.source.text(Range(assign.range.end, frame.function.range.end))
    if not operator or amount is None or target in behind:
        return ()
    text = program.source.text(amount.range)
    if program.source.language == "python":
        model = _MODEL.search(program.source.text(fact.read)) if b"sqlalchemy" in program.source.words else None
        text = f"({text})" if isinstance(amount, Binary) and operator == "-" else text
        new = f"{target} = {model[1]}.{fact.column} {operator} {text}" if model is not None else ""
        return unsafe("Let the database compute it", Edit(assign.range, new)) if new else ()
    saved = f"{row}.save()"
    is_next = frame.index > 0 and frame.block[frame.index - 1] is assign
    others = [each for each in before if program.source.text(each.target.range).startswith(f"{row}.")]
    if (
        not is_next
        or len(others) != 1
        or program.source.text(fact.range) != saved
        or b"sequelize" not in program.source.words
    ):
        return ()
    quote = program.quote
    given = "" if text == "1" else f", {{ by: {text} }}"
    call = f"{row}.{_VERBS[operator]}({quote}{fact.column}{quote}{given})"
    whole = Range(program.line_start(assign.range.start), program.line_start(frame.statement.range.start))
    return (
        unsafe("Let the database compute it", Edit(whole, ""), Edit(fact.range, call))
        if program.is_clean(whole)
        else ()
    )


def _chained(program: Program, fact: WriteBack) -> tuple[Fix, ...]:
    """`.update({ n: row.n + 1 })` of Knex as `.increment("n", 1)`, and `Model.update` of Sequelize alike."""
    call = call_at(program, fact.range)
    library = next((name for name in _LIBRARIES if name in program.source.words), b"")
    if call is None or not isinstance(call.function, Attribute) or call.function.name != "update" or not library:
        return ()
    match call.arguments:
        case (Argument(value=Mapping(entries=(entry,))), *rest):
            change = _change(entry.value, fact.column)
            is_column = isinstance(entry.key, String) and entry.key.value == fact.column
        case _:
            return ()
    if change is None or not is_column:
        return ()
    quote, amount = program.quote, program.source.text(change.right.range)
    given = f"{quote}{fact.column}{quote}"
    if library == b"knex":
        given = f"{given}, {amount}" if not rest else ""
    else:
        options = rest[0].value if len(rest) == 1 else None
        is_plain = isinstance(options, Mapping) and program.is_clean(options.range) and bool(options.entries)
        inner = program.source.text(options.range)[1:].lstrip() if is_plain and options is not None else ""
        given = f"{given}, {{ by: {amount}, {inner}" if inner else ""
    start = call.function.range.end - len("update")
    whole = Range(start, call.range.end)
    if not given or not program.is_clean(whole):
        return ()
    unused = without_unused(program, fact, [change.left.range])
    edit = Edit(whole, f"{_VERBS[change.operator]}({given})")
    return unsafe("Let the database compute it", edit, *unused) if unused is not None else ()


def _is_column(target: Expression, column: str) -> bool:
    return isinstance(target, Attribute) and target.name == column


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
            unused = without_unused(program, fact, [change.left.range])
            edit = Edit(change.range, text)
            return unsafe("Let the database compute it", edit, *unused) if unused is not None else ()
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
    unused = without_unused(program, fact, [change.left.range])
    return unsafe("Let the database compute it", edit, *unused, *needed[1]) if unused is not None else ()


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
