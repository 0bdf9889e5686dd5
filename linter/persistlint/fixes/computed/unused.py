"""What a program read only to compute a value that the database computes now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.ir import Assign, Await, Call, ExpressionStatement, String, expressions_in, names_in, walk
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import WriteBack
    from persistlint.fixes.program import Frame, Program
    from persistlint.ir import Statement

_WORD = regex(r"(?<![\w$.\"'])[A-Za-z_$][\w$]*")
_AROUND = regex(r"\s*(?:const|let|var)?\s*;?\s*")
_RAISES = regex(r"OrThrow\b|OrFail\b|get_object_or_404|\bobjects\b.*\.get\(|\.(?:scalar_)?one\(\)", re.DOTALL)
_FETCHES = regex(r"\b(?:fetch\w*|scalar\w*|one|first|Number|parseInt|int|float|Decimal)\b")


def without_unused(program: Program, fact: WriteBack, gone: list[Range]) -> list[Edit] | None:
    """The edits that take away what read the row, where nothing else uses it once these parts of the program are gone;
    None where a variable would be left that nothing uses."""
    frames = program.frames(fact.range)
    function = frames[-1].function if frames else None
    if function is None:
        return None
    edits: list[Edit] = []
    gone, pending = [*gone], {name for part in gone for name in _WORD.findall(program.source.text(part))}
    seen: set[str] = set()
    while pending := pending - seen:
        name = min(pending)
        seen.add(name)
        made = [each for each in _before(frames) if isinstance(each, Assign) and name in names_in(each.target)]
        if len(made) != 1:
            continue  # of a parameter, or of something that others change, too
        assign = made[0]
        if _is_used(program, function.range, name, [*gone, assign.range]):
            continue
        others = {*names_in(assign.target)} - {name}
        if any(_is_used(program, function.range, other, [*gone, assign.range]) for other in others):
            return None
        if not is_whole(program, assign) or not _only_reads(program, assign, fact):
            return None
        if assign.value is not None and _RAISES.search(program.source.text(assign.value.range)):
            start = program.line_start(assign.range.start) + len(program.indentation(assign.range.start).encode())
            edits.append(Edit(Range(start, assign.value.range.start), ""))  # it fails where there is no row
            gone.append(Range(start, assign.value.range.start))
            continue
        gone.append(assign.range)
        edits.append(Edit(lines_of(program, assign), ""))
        pending |= set(_WORD.findall(program.source.text(assign.value.range))) if assign.value is not None else set()
        asked = next((each for each in _before(frames) if each.range == fact.read or _sends(each, fact)), None)
        if asked is not None and fact.read not in assign.range and _FETCHES.search(program.source.text(assign.range)):
            if not is_whole(program, asked):
                return None
            gone.append(asked.range)
            edits.append(Edit(lines_of(program, asked), ""))
    return edits


def _before(frames: Sequence[Frame]) -> list[Statement]:
    """The statements that stand before a place in the blocks around it."""
    return [each for frame in frames for each in frame.block[: frame.index]]


def _sends(statement: Statement, fact: WriteBack) -> bool:
    """Whether a statement does nothing but ask for the row."""
    value = statement.value if isinstance(statement, ExpressionStatement) else None
    return (value.value if isinstance(value, Await) else value) is not None and fact.read in statement.range


def _is_used(program: Program, within: Range, name: str, without: Sequence[Range]) -> bool:
    """Whether a name stands in the code of a function, some parts of it left out."""
    inside = [each for each in mentions(program, name, within) if not any(each in part for part in without)]
    return bool(inside) and any(program.expression(each) is not None or not in_text(program, each) for each in inside)


def mentions(program: Program, name: str, within: Range) -> list[Range]:
    """Where a name that is not that of a member stands in a part of the file, also in texts and comments."""
    pattern = re.compile(rf"(?<![\w$.]){re.escape(name)}(?![\w$])".encode())
    found = pattern.finditer(program.source.content, within.start, within.end)
    return [Range(each.start(), each.end()) for each in found]


def in_text(program: Program, place: Range) -> bool:
    """Whether a place is part of a text that the program shows."""
    frame = program.frame(place)
    nodes = expressions_in(frame.statement) if frame is not None else ()
    return any(isinstance(node, String) and place in node.range for node in nodes)


def _only_reads(program: Program, assign: Assign, fact: WriteBack) -> bool:
    """Whether a statement does nothing but read the row, or take something out of it."""
    if assign.value is None or assign.operator != "=":
        return False
    calls = [node for node in walk(assign.value) if isinstance(node, Call)]
    is_read = fact.read in assign.range
    return is_read or all(_FETCHES.search(program.source.text(each.function.range)) for each in calls)


def is_whole(program: Program, assign: Statement) -> bool:
    """Whether the lines of a statement hold nothing else."""
    whole = lines_of(program, assign)
    around = program.source.text(Range(whole.start, assign.range.start)) + program.source.text(
        Range(assign.range.end, whole.end)
    )
    return _AROUND.fullmatch(around) is not None and program.is_clean(whole)


def lines_of(program: Program, assign: Statement) -> Range:
    """The lines of a statement, with the end of the last one."""
    end = program.line_end(assign.range.end)
    behind = program.source.content[end : end + 2]
    return Range(program.line_start(assign.range.start), end + (2 if behind == b"\r\n" else 1))
