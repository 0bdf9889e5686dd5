"""Writes that stand one behind the other, put into one transaction in the way of their library."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.guards import unsafe
from persistlint.fixes.handles import with_option
from persistlint.fixes.imports import python_member
from persistlint.fixes.wrapping import wrapped
from persistlint.ir import Assign, Import, Jump, Name, Return, Yield, blocks, expressions, walk
from persistlint.records import dataclass
from persistlint.source import Range
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect
    from persistlint.fixes.program import Program
    from persistlint.ir import Block, Expression, Statement


@dataclass(frozen=True)
class Form:
    """How a library runs statements in one transaction: an entry of `together.toml`, which says what its keys mean."""

    head: str
    tail: str = ""
    handle: str = ""
    imports: str = ""
    opener: str = ""
    on: str = "pool"
    waits: bool = False


def in_one_transaction(program: Program, earlier: Effect, later: Effect, effects: Sequence[Effect]) -> tuple[Fix, ...]:
    """A transaction around two writes and all that stands between them, where nothing leaves them half-way and nothing
    that they make is needed behind them."""
    library, handle = later.handle.library, later.handle
    form = _forms().get(library.name) if library is not None else None
    region = region_of(program, earlier.range, later.range)
    if form is None or library is None or region is None or earlier.via or later.via:
        return ()
    block, _, is_async = region
    whole = Range(program.line_start(block[0].range.start), program.line_end(block[-1].range.end))
    inside = [effect for effect in effects if effect.range in whole]
    is_plain = all(not each.via and each.handle.library is library and not each.is_parallel for each in inside)
    is_closure = program.source.language != "python"
    if not is_plain or handle.role.value != form.on or _leaves_early(block) or (form.waits and not is_async):
        return ()
    if is_closure and _needed_behind(program, block, whole):
        return ()
    changes = _sent_through(program, inside, form, library.transactions.option)
    needed = python_member(program, *form.imports.split(":")) if form.imports else ("", ())
    is_named = not form.opener or any(_declares(each, form.opener) for each in program.module.body)
    if changes is None or needed is None or not is_named or (form.handle and program.has_name(form.handle, whole)):
        return ()
    head = form.head.format(opener=form.opener or handle.name, handle=form.handle, name=needed[0])
    if is_closure and isinstance(block[-1], Return):
        head = f"return {head.removeprefix('await ')}"
    edits = wrapped(program, block, head, (f"{form.tail}{program.semicolon}",) if form.tail else (), changes)
    return unsafe("Do both in one transaction", *edits, *needed[1]) if edits else ()


def region_of(program: Program, first: Range, last: Range) -> tuple[Block, Block, bool] | None:
    """The statements of one block from the one that holds a place to the one that holds another, those behind them, and
    whether their function is async."""
    one, other = program.frames(first), program.frames(last)
    for mine, theirs in zip(reversed(one), reversed(other), strict=False):
        if mine.block is theirs.block and mine.index < theirs.index and mine.function is not None:
            block = mine.block[mine.index : theirs.index + 1]
            is_alone = all(program.is_alone(each) or _is_declared(program, each) for each in (block[0], block[-1]))
            return (block, theirs.following, mine.function.is_async) if is_alone else None
    return None


def _is_declared(program: Program, statement: Statement) -> bool:
    """Whether a statement is a declaration of JavaScript, whose keyword stands before it."""
    start = program.line_start(statement.range.start)
    before = program.source.text(Range(start, statement.range.start)).strip()
    return isinstance(statement, Assign) and before in ("const", "let")


def _leaves_early(block: Block) -> bool:
    """Whether something leaves the statements before the last of them, which may return what it gives."""
    inner = block[:-1] if isinstance(block[-1], Return) else block
    return any(_leaves(inner))


def _leaves(block: Iterable[Statement]) -> Iterator[bool]:
    """Whether a statement, or one inside of it, leaves the block before its end."""
    for statement in block:
        yield isinstance(statement, Return | Jump)
        yield any(isinstance(node, Yield) for part in expressions(statement) for node in walk(part))
        for inner in blocks(statement):
            yield from _leaves(inner)


def _needed_behind(program: Program, block: Block, whole: Range) -> bool:
    """Whether a variable that the statements make is used behind them."""
    frame = program.frame(block[0].range)
    end = frame.function.range.end if frame is not None and frame.function is not None else whole.end
    behind = program.source.text(Range(whole.end, end))
    made = (name for each in block if isinstance(each, Assign) for name in _names(each.target))
    return any(re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", behind) for name in made)


def _names(target: Expression) -> Iterator[str]:
    return (node.id for node in walk(target) if isinstance(node, Name))


def _declares(statement: Statement, name: str) -> bool:
    """Whether a statement of the top level gives a name to something."""
    if isinstance(statement, Import):
        return statement.local == name
    return isinstance(statement, Assign) and name in _names(statement.target)


def _sent_through(program: Program, effects: Sequence[Effect], form: Form, option: str) -> list[Edit] | None:
    """The edits that send every effect through the transaction; None where one cannot be."""
    edits: list[Edit] = []
    for effect in effects if form.handle else ():
        if option:
            entry = option if option == form.handle else f"{option}: {form.handle}"
            edit = with_option(program, effect, entry)
        else:
            root = Range(effect.range.start, effect.range.start + len(effect.handle.name.encode()))
            is_root = program.source.text(root) == effect.handle.name and effect.handle.role.value == form.on
            edit = Edit(root, form.handle) if is_root else None
        if edit is None:
            return None
        edits.append(edit)
    return edits


@cache
def _forms() -> dict[str, Form]:
    table = read_table(Path(__file__).with_name("together.toml"))
    return {library: Form(**form) for form in table["form"] for library in form.pop("libraries")}
