"""Statements of one block that are put around, or into, something else: which they are, and what speaks against it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.fixes.refusal import RefusalError
from persistlint.ir import (
    Argument,
    Assign,
    Attribute,
    Await,
    Call,
    ClassDefinition,
    FunctionDefinition,
    Jump,
    Lambda,
    Name,
    Raise,
    Return,
    Try,
    Yield,
    expressions_in,
    names_in,
    statements_in,
)
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.facts import Effect, Handle
    from persistlint.fixes.program import Program
    from persistlint.ir import Block, Expression, Statement

# Why writes are not put into one transaction.
NOT_IN_ONE_BLOCK = "the writes do not stand in one block, on lines of their own"
LEAVES = "something leaves the function, or its loop, between the writes"
WAITS = "something between the writes waits for other work, which would hold the transaction open"

_PATTERN = regex(r"[\w$]+|\{[\w$,:.\s]*\}|\[[\w$,.\s]*\]")


def region_of(program: Program, first: Range, last: Range) -> tuple[Block, Block, bool] | None:
    """The statements of one block from the one that holds a place to the one that holds another, those behind them, and
    whether their function is async."""
    others = program.frames(last)
    for mine in reversed(program.frames(first)):
        theirs = next((each for each in others if each.block is mine.block and each.index > mine.index), None)
        if theirs is not None and mine.function is not None:
            block = mine.block[mine.index : theirs.index + 1]
            is_alone = all(program.is_alone(each) or _is_declared(program, each) for each in (block[0], block[-1]))
            return (block, theirs.following, mine.function.is_async) if is_alone else None
    return None


def _is_declared(program: Program, statement: Statement) -> bool:
    """Whether a statement is a declaration of JavaScript, whose keyword stands before it."""
    start = program.line_start(statement.range.start)
    before = program.source.text(Range(start, statement.range.start)).strip()
    return isinstance(statement, Assign) and before in ("const", "let")


def refuse_others(block: Block, effects: Sequence[Effect], handle: Handle) -> None:
    """Raises `RefusalError` where a block does something to a database that a transaction of a handle has no part in,
    or that may fail without harm to the rest."""
    helper = next((each.via for each in effects if each.via), "")
    if helper:
        raise RefusalError(f"`{helper}` writes by itself, and would have to be given the transaction")
    if any(each.is_parallel for each in effects):
        raise RefusalError("several queries run at the same time, which one connection cannot")
    if any(each.handle.library is not handle.library for each in effects):
        raise RefusalError("another library asks a database between the writes")
    if goes_on(block, effects):
        raise RefusalError("a handler between the writes goes on where a query failed, which a transaction does not")


def leaves_early(block: Block) -> bool:
    """Whether something leaves the statements before the last of them, which may return what it gives."""
    inner = block[:-1] if isinstance(block[-1], Return) else block
    return any(
        isinstance(statement, Return | Jump) or any(isinstance(node, Yield) for node in expressions_in(statement))
        for statement in statements_in(inner)
    )


def is_tried(program: Program, place: Range) -> bool:
    """Whether a place stands in what a `try` of its own function runs."""
    function = program.function_around(place)
    frames = (frame for frame in program.frames(place) if frame.function is function)
    tries = (frame.statement for frame in frames if isinstance(frame.statement, Try))
    return any(place in each.range for statement in tries for each in statement.body)


def goes_on(block: Block, effects: Sequence[Effect]) -> bool:
    """Whether something in a block takes the error of an effect and may go on, which a transaction does not."""
    for statement in statements_in(block):
        if isinstance(statement, Try) and any(
            each.range in inner.range for each in effects for inner in statement.body
        ):
            handled = [handler.body for handler in statement.handlers]
            if any(not body or not isinstance(body[-1], Raise | Return) for body in handled):
                return True
        if any(_takes_error(node, effects) for node in expressions_in(statement)):
            return True
    return False


def _takes_error(node: Expression, effects: Sequence[Effect]) -> bool:
    """Whether a call takes the error of an effect: `.catch(() => {})`, unless it throws one in any case."""
    match node:
        case Call(function=Attribute(name="catch"), arguments=(Argument(value=given), *_)):
            body = given.function.body if isinstance(given, Lambda) else ()
            is_thrown = bool(body) and isinstance(body[-1], Raise)
            return not is_thrown and any(effect.range in node.range for effect in effects)
    return False


def waits_for_others(block: Block, effects: Sequence[Effect]) -> bool:
    """Whether a block waits for work that is none of the effects: a request or a file, which would hold the transaction
    open, or what another module does, perhaps in the same database and without what the transaction has written."""
    return any(
        isinstance(node, Await) and not any(effect.range in node.range for effect in effects)
        for statement in statements_in(block)
        for node in expressions_in(statement)
    )


def needed_behind(program: Program, block: Block) -> list[str] | None:
    """The constants that statements declare and that are used behind them in their function; None where something else
    of theirs is, which may change."""
    frame = program.frame(block[0].range)
    start = program.line_end(block[-1].range.end)
    end = frame.function.range.end if frame is not None and frame.function is not None else start
    behind = program.source.text(Range(start, end))
    needed: list[str] = []
    if program.source.language == "typescript" and any(_is_used(name, behind) for name in _set_inside(block)):
        return None
    for each in block:
        used = [name for name in _made(each) if _is_used(name, behind)]
        if used and not _is_constant(program, each):
            return None
        needed += used
    return list(dict.fromkeys(needed))


def _is_used(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w$.]){re.escape(name)}(?![\w$])", text) is not None


def _set_inside(block: Block) -> Iterator[str]:
    """The variables that statements give a value, which TypeScript does not follow out of a closure."""
    for each in statements_in(block):
        if isinstance(each, Assign) and each.operator == "=" and not each.declares and isinstance(each.target, Name):
            yield each.target.id


def _made(statement: Statement) -> Iterator[str]:
    """The names that a statement gives to something."""
    if isinstance(statement, Assign):
        yield from names_in(statement.target)
    elif isinstance(statement, FunctionDefinition):
        yield statement.function.name
    elif isinstance(statement, ClassDefinition):
        yield statement.name


def _is_constant(program: Program, statement: Statement) -> bool:
    """Whether a statement of JavaScript declares constants, and gives them no value beside."""
    if not isinstance(statement, Assign):
        return False
    start = program.line_start(statement.range.start)
    is_constant = program.source.text(Range(start, statement.target.range.start)).strip() == "const"
    return is_constant and _PATTERN.fullmatch(program.source.text(statement.target.range)) is not None
