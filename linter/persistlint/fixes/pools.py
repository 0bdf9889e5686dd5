"""Transactions of pools, on one connection that is taken out of them and given back."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.facts import EffectKind, Role, Use
from persistlint.fixes.guards import insert, unsafe
from persistlint.fixes.handles import roots_of
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.regions import (
    LEAVES,
    NOT_IN_ONE_BLOCK,
    WAITS,
    leaves_early,
    needed_behind,
    refuse_others,
    region_of,
    waits_for_others,
)
from persistlint.fixes.wrapping import wrapped
from persistlint.ir import ExpressionStatement, Return, Try
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect, Handle
    from persistlint.fixes.program import Frame, Program
    from persistlint.ir import Block

_IS_POOL = regex(r"(?:^|\.)_?(?:\w*[pP]ool|db)$")
_ROLES = (Role.POOL, Role.CONNECTION)
_WAITED = (Use.AWAITED, Use.KEPT, Use.CHECKED, Use.DISCARDED)


@dataclass(frozen=True)
class Pool:
    """How a library runs statements on one connection: an entry of `together.toml`, which says what its keys mean."""

    begin: str
    commit: str
    rollback: str
    name: str = ""
    take: str = ""
    waits: bool = True
    tells: tuple[str, ...] = ()


def in_one_transaction(program: Program, earlier: Effect, later: Effect, effects: Sequence[Effect]) -> tuple[Fix, ...]:
    """A transaction of one connection around two writes and all that stands between them; where they are sent through a
    pool, it is taken out of that. What needs what they made stands behind the commit in the same `try`."""
    handle = later.handle
    is_pool = handle.role is Role.POOL
    pool = next((each for each in _ways(program, handle) if bool(each.take) is is_pool), None)
    if pool is None:
        return ()
    region = region_of(program, earlier.range, later.range)
    frame = program.frame(earlier.range)
    if region is None or frame is None or frame.function is None or program.indent is None:
        raise RefusalError(NOT_IN_ONE_BLOCK)
    block, following, is_async = region
    start, end = program.line_start(block[0].range.start), program.line_end(block[-1].range.end)
    inside = [effect for effect in effects if effect.range in Range(start, end)]
    refuse_others(block, inside, handle)
    roots = roots_of(program, handle, inside)
    is_waiting = is_async or not pool.waits
    if roots is None or not is_waiting or any(each.use not in _WAITED for each in inside if pool.waits):
        raise RefusalError("something is sent whose end nothing here waits for")
    if leaves_early(block) or isinstance(block[-1], Return):
        raise RefusalError(LEAVES)
    if waits_for_others(block, inside):
        raise RefusalError(WAITS)
    name = _free_name(program, pool, frame.function.range) if is_pool else handle.name
    whole = (*block, *following) if needed_behind(program, block) != [] else block
    behind = Range(end, program.line_end(whole[-1].range.end))
    if is_pool and any(each.handle.is_same(handle) and each.range in behind for each in effects):
        raise RefusalError("what follows asks for a second connection while the transaction holds the first")
    edits = _on_one(program, pool, handle.name, name, whole, end, roots)
    if not edits:
        raise RefusalError(NOT_IN_ONE_BLOCK)
    return unsafe("Do both in one transaction", *edits)


def _free_name(program: Program, pool: Pool, scope: Range) -> str:
    """What the connection of a pool is called in a function."""
    names = (pool.name, f"transaction{pool.name.capitalize()}")
    found = next((each for each in names if not program.has_name(each, scope)), "")
    if not found:
        raise RefusalError(f"the function uses the name `{pool.name}` for something else")
    return found


def _on_one(
    program: Program, pool: Pool, opener: str, name: str, whole: Block, end: int, roots: Sequence[Range]
) -> tuple[Edit, ...]:
    """The edits that run statements on one connection, with the commit behind the line that ends at `end`."""
    indentation, step, semicolon = program.indentation(whole[0].range.start), program.indent or "", program.semicolon
    quote = program.quote

    def call(method: str) -> str:
        return f"{'await ' if pool.waits else ''}{name}.{method.replace(chr(34), quote)}{semicolon}"

    begin = f"try {{\n{indentation}{step}{call(pool.begin)}"
    if pool.take:
        head = f"const {name} = await {opener}.{pool.take}{semicolon}\n{indentation}{begin}"
    else:
        head = f"{call(pool.begin)}\n{indentation}try {{"
    catch = "} catch (error) {"
    is_last = program.line_end(whole[-1].range.end) == end
    commit = f"{step}{call(pool.commit)}\n{indentation}"
    release = ("} finally {", f"{name}.release(){semicolon}") if pool.take else ()
    tail = (f"{commit if is_last else ''}{catch}", call(pool.rollback), f"throw error{semicolon}", *release, "}")
    changes = [Edit(root, name) for root in roots] if pool.take else []
    if not is_last:
        changes.append(insert(end, f"\n{indentation}{step}{call(pool.commit)}"))
    return wrapped(program, whole, head, tail, changes)


def on_one_connection(program: Program, begin: Effect, effects: Sequence[Effect]) -> tuple[Fix, ...]:
    """Take a connection before the begin, send what follows through it, and release it in a `finally` of the `try` that
    the begin opens, or that follows it."""
    frames = program.frames(begin.range)
    pool = next((each for each in _ways(program, begin.handle) if each.take), None)
    if pool is None or not frames or program.indent is None:
        return ()
    first, attempt = _attempt(frames)
    function = frames[-1].function
    if function is None or not function.is_async or program.has_name(pool.name, function.range):
        return ()
    if attempt is None:
        return _up_to_commit(program, pool, begin, effects, frames[-1])
    if attempt.final:
        return ()
    whole = Range(program.line_start(first.statement.range.start), attempt.range.end)
    inside = [each for each in effects if each.handle.is_same(begin.handle) and each.range in whole and not each.via]
    roots = roots_of(program, begin.handle, inside)
    if roots is None:
        return ()
    indentation, end = program.indentation(whole.start), program.semicolon
    taken = insert(whole.start, f"{indentation}const {pool.name} = await {begin.handle.name}.{pool.take}{end}\n")
    release = f"{indentation}{program.indent}{pool.name}.release(){end}\n{indentation}}}"
    given = insert(whole.end, f" finally {{\n{release}")
    return unsafe("Use one connection", taken, *(Edit(root, pool.name) for root in roots), given)


def _up_to_commit(
    program: Program, pool: Pool, begin: Effect, effects: Sequence[Effect], frame: Frame
) -> tuple[Fix, ...]:
    """The statements from a begin to the commit of the same block, on one connection that is rolled back and given back
    where one of them fails."""
    own = [each for each in effects if each.handle.is_same(begin.handle)]
    ends = [each.range for each in own if each.kind is EffectKind.COMMIT]
    commit = next((at for at, each in enumerate(frame.following) if any(end in each.range for end in ends)), -1)
    if commit < 0 or not isinstance(frame.following[commit], ExpressionStatement):
        return ()
    block, behind = (frame.statement, *frame.following[: commit + 1]), frame.following[commit + 1 :]
    needed = needed_behind(program, block)
    whole = block if needed == [] else (*block, *behind)
    region = Range(whole[0].range.start, whole[-1].range.end)
    inside = [each for each in own if each.range in region]
    roots = roots_of(program, begin.handle, inside)
    is_plain = not any(each.via or each.is_parallel for each in inside)
    is_undone = any(each.kind is EffectKind.ROLLBACK for each in inside)
    if (
        roots is None
        or not is_plain
        or is_undone
        or leaves_early(block)
        or not all(map(program.is_alone, (whole[0], whole[-1])))
    ):
        return ()
    end, step = program.semicolon, f"{program.indentation(whole[0].range.start)}"
    head = f"const {pool.name} = await {begin.handle.name}.{pool.take}{end}\n{step}try {{"
    undo = f"await {pool.name}.{pool.rollback.replace(chr(34), program.quote)}{end}"
    tail = ("} catch (error) {", undo, f"throw error{end}", "} finally {", f"{pool.name}.release(){end}", "}")
    changes = [Edit(root, pool.name) for root in roots]
    return unsafe("Use one connection", *wrapped(program, whole, head, tail, changes))


def _attempt(frames: list[Frame]) -> tuple[Frame, Try | None]:
    """The statement before which the connection is taken, and the `try` after which it is given back."""
    inner = frames[-1]
    if inner.following and isinstance(inner.following[0], Try):
        return inner, inner.following[0]
    around = frames[-2] if len(frames) > 1 else inner
    is_first = isinstance(around.statement, Try) and inner.block is around.statement.body and inner.index == 0
    return around, around.statement if is_first and isinstance(around.statement, Try) else None


def _ways(program: Program, handle: Handle) -> list[Pool]:
    """How the library of a handle runs statements on one connection. Where nothing tells the library, the file does by
    what it takes out of a pool elsewhere, or by how it writes SQL and reads what comes back."""
    if program.source.language not in ("javascript", "typescript"):
        return []
    if handle.library is not None:
        return _pools().get(handle.library.name, [])
    return next((ways for ways in _pools().values() if any(_is_of(program, handle, each) for each in ways)), [])


def _is_of(program: Program, handle: Handle, pool: Pool) -> bool:
    if not pool.take or not _IS_POOL.search(handle.name):
        return False
    text = program.source.text(Range(0, len(program.source.content)))
    is_taken = f"{handle.name}.{pool.take}" in text and ".release()" in text
    return is_taken or (bool(pool.tells) and all(re.search(each, text) for each in pool.tells))


@cache
def _pools() -> dict[str, list[Pool]]:
    found: dict[str, list[Pool]] = {}
    for pool in read_table(Path(__file__).with_name("together.toml"))["pool"]:
        for library in pool.pop("libraries"):
            found.setdefault(library, []).append(Pool(**pool))
    return found
