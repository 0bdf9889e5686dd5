"""Calls on handles, and the option in which they look for their transaction."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.facts import EffectKind
from persistlint.fixes.guards import insert, unsafe
from persistlint.ir import Attribute, Call, Expression, Mapping, String, expressions_in
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect, Handle
    from persistlint.fixes.program import Program

_OPTION = regex(r"transaction\b|session\b")


def roots_of(program: Program, handle: Handle, accesses: Iterable[Effect]) -> list[Range] | None:
    """The ranges of the name of a handle that accesses begin with; None where one begins with something else."""
    size = len(handle.name.encode())
    roots = [Range(each.range.start, each.range.start + size) for each in accesses]
    return roots if all(program.source.text(root) == handle.name for root in roots) else None


def moved_option(program: Program, effect: Effect) -> tuple[Fix, ...]:
    """The option in the argument that the method looks at."""
    place = effect.misplaced
    call = call_at(program, effect.range)
    index = next((index for index, each in enumerate(call.arguments) if each.range == place), -1) if call else -1
    if call is None or place is None or index < 0 or effect.options is None or not program.is_clean(call.range):
        return ()
    option = call.arguments[index].value
    if isinstance(option, Mapping) and len(option.entries) > 1 and effect.options == index + 1 == len(call.arguments):
        return _taken_out(program, option, place)
    if not isinstance(option, Mapping) or len(option.entries) != 1:
        return ()
    if effect.options > index:
        return unsafe("Move the option", insert(place.start, "null, " * (effect.options - index)))
    taken = call.arguments[effect.options].value
    if not isinstance(taken, Mapping) or effect.options != index - 1:
        return ()
    added = with_entry(program, taken, program.source.text(option.entries[0].range))
    gone = Edit(Range(call.arguments[index - 1].range.end, place.end), "")
    return unsafe("Move the option", added, gone) if added is not None else ()


def _taken_out(program: Program, option: Mapping, place: Range) -> tuple[Fix, ...]:
    """The entry that names the transaction in an argument of its own behind the others."""
    for previous, entry in pairwise((None, *option.entries)):
        if entry is None or previous is None or not _OPTION.match(program.source.text(entry.range)):
            continue
        start = program.line_start(place.start)
        is_apart = not program.source.content[start : place.start].strip()
        gap = f",\n{program.indentation(place.start)}" if is_apart else ", "
        gone = Edit(Range(previous.range.end, entry.range.end), "")
        return unsafe("Move the option", gone, insert(place.end, f"{gap}{{ {program.source.text(entry.range)} }}"))
    return ()


def call_at(program: Program, place: Range) -> Call | None:
    """The call of exactly this range. What Go does before the test of an `if` is the statement before it."""
    frame = program.frame(place)
    statements = (frame.statement, *frame.block[max(0, frame.index - 1) : frame.index]) if frame is not None else ()
    nodes = expressions_in(*statements)
    return next((node for node in nodes if isinstance(node, Call) and node.range == place), None)


def _called(call: Call | None, method: str) -> Call | None:
    """The call of a method in a chain of calls that ends with one, as `then` follows it; None where there is none."""
    while call is not None and isinstance(call.function, Attribute) and call.function.name != method:
        call = call.function.value if isinstance(call.function.value, Call) else None
    return call


def with_entry(program: Program, mapping: Mapping, entry: str) -> Edit | None:
    """An entry more at the end of an object literal, on a line of its own where the others have theirs."""
    if not program.source.content.startswith(b"{", mapping.range.start) or not program.is_clean(mapping.range):
        return None
    if not mapping.entries:
        return Edit(mapping.range, f"{{ {entry} }}")
    last = mapping.entries[-1].range
    is_apart = program.source.line_of(last.start) > program.source.line_of(mapping.range.start)
    gap = f",\n{program.indentation(last.start)}" if is_apart else ", "
    return insert(last.end, f"{gap}{entry}")


def with_option(program: Program, effect: Effect, entry: str) -> Edit | None:
    """An entry more in the argument in which a call looks for its transaction; None where that is no object literal, or
    has the entry. Mongoose's `create` would have to be given a list, and gives one then."""
    call, index = _called(call_at(program, effect.range), effect.method), effect.options
    if call is not None and index is None and effect.kind is EffectKind.SCHEMA:  # the last, where that is an object
        is_object = bool(call.arguments) and isinstance(call.arguments[-1].value, Mapping)
        index = len(call.arguments) - is_object
    if call is None or index is None or any(each.spread for each in call.arguments):
        return None
    if entry.startswith("session") and effect.method == "create":
        return None
    arguments = call.arguments
    if index < len(arguments):
        options: Expression = arguments[index].value
        if not isinstance(options, Mapping):
            return None
        keys = {each.key.value for each in options.entries if isinstance(each.key, String)}
        return with_entry(program, options, entry) if entry.split(":")[0] not in keys else None
    closing = call.range.end - 1
    text = ", ".join([*["null"] * (index - len(arguments)), f"{{ {entry} }}"])
    if program.source.content[closing : closing + 1] != b")":
        return None
    if not arguments:
        return insert(closing, text)
    last = arguments[-1].range
    is_apart = not program.source.content[program.line_start(last.start) : last.start].strip()
    gap = f",\n{program.indentation(last.start)}" if is_apart else ", "
    return insert(last.end, f"{gap}{text}")
