"""Blocks of SQLAlchemy that begin a transaction with the connection or session that they make, and commit at their end.

A session that has run anything has begun by itself, and refuses to begin: only one that the block makes has not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.commits import left_to_the_next
from persistlint.fixes.guards import insert, unsafe
from persistlint.ir import Assign, Call, ExpressionStatement, Name, With
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect, Handle
    from persistlint.fixes.program import Program
    from persistlint.ir import Statement

_LIBRARIES = ("SQLAlchemy", "SQLAlchemy asyncio")
_CONNECTS = regex(r"[\w.]+\.(connect)\(\)")
_SESSIONS = frozenset(["AsyncSession", "Session"])
_MAKES = regex(r"(?:\w+\.)?(?:async_)?sessionmaker\(")
_ENDS = r"(?<![\w.]){0}\.(?:commit|rollback|begin|begin_nested|close)\("


def begun_with_it(program: Program, place: Range, handle: Handle) -> tuple[Fix, ...]:
    """`engine.begin()` for `engine.connect()`, and `Session.begin()`, in the header of a block that never commits."""
    found = _header(program, place, handle)
    if found is None or re.search(_ENDS.format(re.escape(handle.name)), _body(program, found[0])):
        return ()
    return unsafe("Begin a transaction with the block", found[1])


def begun_for_both(program: Program, earlier: Effect, commit: Effect) -> tuple[Fix, ...]:
    """The same, where a block commits between two writes and at its end, and nothing behind."""
    name = commit.handle.name
    found = _header(program, commit.range, commit.handle)
    if found is None:
        return ()
    block, header = found
    first = next((each for each in block.body if commit.range in each.range), None)
    last = block.body[-1]
    ends = re.findall(_ENDS.format(re.escape(name)), _body(program, block))
    if first is None or first is last or len(ends) != 2 or not _commits(program, last, name):
        return ()
    start, end = program.line_end(block.body[-2].range.end), program.line_end(last.range.end)
    if not program.is_clean(Range(start, end)) or not all(map(program.is_alone, (first, last))):
        return ()
    parting = left_to_the_next(program, earlier, commit)
    return unsafe("Commit both at once", header, *parting[0].edits, Edit(Range(start, end), "")) if parting else ()


def _header(program: Program, place: Range, handle: Handle) -> tuple[With, Edit] | None:
    """The block that makes what is called so, and the edit with which it begins a transaction."""
    if handle.library is None or handle.library.name not in _LIBRARIES:
        return None
    frames = program.frames(place)
    blocks = [each.statement for each in frames if each.function is frames[-1].function]
    block = next((each for each in reversed(blocks) if _makes(each, handle.name)), None)
    if not isinstance(block, With) or not isinstance(block.target, Name) or not isinstance(block.context, Call):
        return None
    text, function = program.source.text(block.context.range), block.context.function
    connects = _CONNECTS.fullmatch(text)
    if connects is not None:
        start = block.context.range.start + len(text[: connects.start(1)].encode())
        return block, Edit(Range(start, start + len(connects[1])), "begin")
    if isinstance(function, Name) and _is_factory(program, function.id) and not block.context.arguments:
        return block, insert(function.range.end, ".begin")
    behind = program.source.content[block.target.range.end : program.line_end(block.target.range.end)]
    if isinstance(function, Name) and function.id in _SESSIONS and behind.strip() == b":":
        return block, insert(block.target.range.end, f", {handle.name}.begin()")
    return None


def _makes(statement: Statement, name: str) -> bool:
    return isinstance(statement, With) and isinstance(statement.target, Name) and statement.target.id == name


def _is_factory(program: Program, name: str) -> bool:
    """Whether the file makes a factory of sessions of this name."""
    made = (each for each in program.module.body if isinstance(each, Assign) and each.value is not None)
    values = (each.value for each in made if isinstance(each.target, Name) and each.target.id == name)
    return any(value is not None and _MAKES.match(program.source.text(value.range)) for value in values)


def _commits(program: Program, statement: Statement, name: str) -> bool:
    text = program.source.text(statement.range).removeprefix("await ")
    return isinstance(statement, ExpressionStatement) and text == f"{name}.commit()"


def _body(program: Program, block: With) -> str:
    return program.source.text(Range(block.body[0].range.start, block.body[-1].range.end))
