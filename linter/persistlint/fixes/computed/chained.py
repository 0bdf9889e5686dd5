"""`.update({ n: row.n + 1 })` as the method `increment` of Knex and of Sequelize, and `decrement` alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.computed.changes import TITLE, VERBS, change_of, changed_before
from persistlint.fixes.computed.unused import without_unused
from persistlint.fixes.guards import unsafe
from persistlint.fixes.handles import call_at
from persistlint.ir import Argument, Assign, Attribute, Mapping, String
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import WriteBack
    from persistlint.fixes.program import Frame, Program
    from persistlint.ir import Binary


def of_knex(program: Program, fact: WriteBack, _: Frame) -> tuple[Fix, ...]:
    """`.increment("n", 1)`."""
    found = _updated(program, fact)
    if found is None or found[1]:
        return ()
    amount = program.source.text(found[0].right.range)
    return _instead(program, fact, found[0], f"{program.quote}{fact.column}{program.quote}, {amount}")


def of_sequelize(program: Program, fact: WriteBack, frame: Frame) -> tuple[Fix, ...]:
    """`Model.increment("n", { by: 1, where: … })`, and `post.increment("n")` for a row that is saved."""
    found = _updated(program, fact)
    if found is None:
        return _saved(program, fact, frame)
    change, rest = found
    options = rest[0].value if len(rest) == 1 else None
    if not isinstance(options, Mapping) or not program.is_clean(options.range) or not options.entries:
        return ()
    amount, inner = program.source.text(change.right.range), program.source.text(options.range)[1:].lstrip()
    given = f"{program.quote}{fact.column}{program.quote}, {{ by: {amount}, {inner}"
    return _instead(program, fact, change, given)


def _updated(program: Program, fact: WriteBack) -> tuple[Binary, tuple[Argument, ...]] | None:
    """What the one column of a call of `update` is set to, and the arguments behind it."""
    call = call_at(program, fact.range)
    if call is None or not isinstance(call.function, Attribute) or call.function.name != "update":
        return None
    match call.arguments:
        case (Argument(value=Mapping(entries=(entry,))), *rest):
            is_column = isinstance(entry.key, String) and entry.key.value == fact.column
            change = change_of(entry.value, fact.column) if is_column else None
            return (change, tuple(rest)) if change is not None else None
    return None


def _instead(program: Program, fact: WriteBack, change: Binary, given: str) -> tuple[Fix, ...]:
    """The call of another method, in the place of `update` and what it is given."""
    call = call_at(program, fact.range)
    if call is None:
        return ()
    whole = Range(call.function.range.end - len("update"), call.range.end)
    unused = without_unused(program, fact, [change.left.range]) if program.is_clean(whole) else None
    edit = Edit(whole, f"{VERBS[change.operator]}({given})")
    return unsafe(TITLE, edit, *unused) if unused is not None else ()


def _saved(program: Program, fact: WriteBack, frame: Frame) -> tuple[Fix, ...]:
    """`post.views += 1; await post.save()` as `await post.increment("views")`, where nothing else of it is changed."""
    change = changed_before(program, fact, frame)
    if change is None or frame.block[frame.index - 1] is not change.statement:
        return ()
    row = program.source.text(change.statement.target.range)[: -len(fact.column) - 1]
    before = (each for each in frame.block[: frame.index] if isinstance(each, Assign))
    others = [each for each in before if program.source.text(each.target.range).startswith(f"{row}.")]
    whole = Range(program.line_start(change.statement.range.start), program.line_start(frame.statement.range.start))
    is_clean = program.is_alone(change.statement) and program.is_clean(whole)
    if len(others) != 1 or program.source.text(fact.range) != f"{row}.save()" or not is_clean:
        return ()
    amount = program.source.text(change.amount.range)
    given = "" if amount == "1" else f", {{ by: {amount} }}"
    call = f"{row}.{VERBS[change.operator]}({program.quote}{fact.column}{program.quote}{given})"
    return unsafe(TITLE, Edit(whole, ""), Edit(fact.range, call))
