"""SQL that computes a value itself, or locks the row that it reads, where a program did so by reading and writing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.guards import insert, unsafe
from persistlint.fixes.handles import call_at
from persistlint.ir import (
    Assign,
    Attribute,
    Await,
    Binary,
    Call,
    Collection,
    ExpressionStatement,
    Mapping,
    Name,
    String,
    Subscript,
    expressions,
    names_in,
    walk,
)
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import WriteBack
    from persistlint.fixes.program import Frame, Program
    from persistlint.ir import Expression, Statement

_MARK = r"(?P<mark>\$(?P<number>\d+)|\?|%s|%\((?P<key>\w+)\)s|[:@](?P<name>\w+))"
_MARKS = regex(r"\?|%s")
_WHERE = regex(r"\bWHERE\b", re.IGNORECASE)
_READS = regex(
    r"""["'`]\s*SELECT\b(?!.*\b(?:DISTINCT|UNION|GROUP|FOR|COUNT|SUM|MAX|MIN|AVG)\b).*?\bFROM\b""", re.I | re.S
)
_END = regex(r"""\s*;?\s*["'`]\Z""")
# What tells of a database that locks rows so, as SQLite and SQL Server do not: its driver, or its placeholder.
_LOCKS_ROWS = regex(rb"postgres|psycopg|asyncpg|pgx|\bpg\b|\blib/pq\b|mysql|maria|oracle", re.IGNORECASE)
_SQLITE = regex(rb"sqlite", re.IGNORECASE)
_NUMBERED = regex(r"\$\d")
_WORD = regex(r"(?<![\w$.\"'])[A-Za-z_$][\w$]*")
_AROUND = regex(r"\s*(?:const|let|var)?\s*;?\s*")
_RAISES = regex(r"OrThrow\b|OrFail\b|get_object_or_404|\bobjects\b.*\.get\(|\.(?:scalar_)?one\(\)", re.DOTALL)
_FETCHES = regex(r"\b(?:fetch\w*|scalar\w*|one|first|Number|parseInt|int|float|Decimal)\b")
_OPERATORS = frozenset(["+", "-"])


def in_the_statement(program: Program, fact: WriteBack, frame: Frame) -> tuple[Fix, ...]:
    """`SET n = $1` as `SET n = n + $1`, which is given what is added in the place of the sum."""
    call = call_at(program, fact.range)
    texts = [node for node in walk(call) if isinstance(node, String)] if call is not None else []
    found = [(text, mark) for text in texts if (mark := _set(program, text, fact.column)) is not None]
    if call is None or len(found) != 1:
        return ()
    text, mark = found[0]
    value = _given(program, call, text, mark)
    assign = _computed(program, frame, value) if isinstance(value, Name) else None
    changed = assign.value if assign is not None else value
    change = _change(program, changed, fact) if isinstance(changed, Binary) else None
    if value is None or changed is None or change is None:
        return ()
    operator, other = change
    left = [Range(changed.range.start, other.range.start), Range(other.range.end, changed.range.end)]
    edits = without_unused(program, fact, left if assign is None else [assign.range])
    if edits is None:
        return ()
    if assign is not None:
        edits.append(Edit(_lines(program, assign), ""))
    at = text.range.start + len(program.source.text(text.range)[: mark.start("mark")].encode())
    column = program.source.text(text.range)[mark.start("column") : mark.end("column")]
    edits += [insert(at, f"{column} {operator} "), Edit(value.range, program.source.text(other.range))]
    return unsafe("Let the database compute it", *edits)


def locked_there(program: Program, fact: WriteBack) -> tuple[Fix, ...]:
    """`FOR UPDATE` at the end of the statement that reads the row, where the file tells of a database that has it."""
    call = call_at(program, fact.read)
    texts = [node for node in walk(call) if isinstance(node, String)] if call is not None else []
    reading = [text for text in texts if _READS.match(program.source.text(text.range))]
    content = program.source.content
    if len(reading) != 1 or _SQLITE.search(content):
        return ()
    text = program.source.text(reading[0].range)
    if not (_LOCKS_ROWS.search(content) or _NUMBERED.search(text)):
        return ()
    end = _END.search(text)
    if end is None or text[-1:] != text[:1]:
        return ()
    return unsafe(
        "Lock the row when it is read",
        insert(reading[0].range.start + len(text[: end.start()].encode()), " FOR UPDATE"),
    )


def _set(program: Program, text: String, column: str) -> re.Match[str] | None:
    """Where a statement sets the column to a placeholder; None where it does not, or in more than one place."""
    written = program.source.text(text.range)
    if not re.match(r"""["'`]+\s*UPDATE\b""", written, re.IGNORECASE) or not column:
        return None
    pattern = (
        rf"(?:\bSET\s+|,\s*)(?P<column>[`\"\[]?{re.escape(column)}[`\"\]]?)\s*=\s*{_MARK}(?=\s*(?:,|WHERE\b|[\"'`]))"
    )
    where = _WHERE.search(written)
    found = [each for each in re.finditer(pattern, written, re.I) if where is None or each.start() < where.start()]
    return found[0] if len(found) == 1 else None


def _given(program: Program, call: Call, text: String, mark: re.Match[str]) -> Expression | None:
    """What the call passes for a placeholder."""
    index = next((at for at, each in enumerate(call.arguments) if each.value is text), -1)
    rest = [each.value for each in call.arguments[index + 1 :]]
    if any(each.spread for each in call.arguments) or not rest:
        return None
    values: Sequence[Expression] = rest
    if len(rest) == 1 and isinstance(rest[0], Collection):
        values = rest[0].elements
    key = mark["key"] or mark["name"]
    if key:
        entries = rest[0].entries if isinstance(rest[0], Mapping) and len(rest) == 1 else ()
        return next((each.value for each in entries if isinstance(each.key, String) and each.key.value == key), None)
    before = program.source.text(text.range)[: mark.start("mark")]
    place = int(mark["number"]) - 1 if mark["number"] else len(_MARKS.findall(before))
    return values[place] if 0 <= place < len(values) else None


def _computed(program: Program, frame: Frame, name: Name) -> Assign | None:
    """The statement of the same block that computes a variable, which nothing but the write uses."""
    if frame.function is None:
        return None
    before = [each for each in frame.block[: frame.index] if isinstance(each, Assign)]
    made = [each for each in before if isinstance(each.target, Name) and each.target.id == name.id]
    used = re.findall(rf"(?<![\w.$]){re.escape(name.id)}(?![\w$])", program.source.text(frame.function.range))
    is_alone = len(made) == 1 and made[0].operator == "=" and len(used) == 2 and _is_whole(program, made[0])
    return made[0] if is_alone else None


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
        if not _is_whole(program, assign) or not _only_reads(program, assign, fact):
            return None
        if assign.value is not None and _RAISES.search(program.source.text(assign.value.range)):
            start = program.line_start(assign.range.start) + len(program.indentation(assign.range.start).encode())
            edits.append(Edit(Range(start, assign.value.range.start), ""))  # it fails where there is no row
            gone.append(Range(start, assign.value.range.start))
            continue
        gone.append(assign.range)
        edits.append(Edit(_lines(program, assign), ""))
        pending |= set(_WORD.findall(program.source.text(assign.value.range))) if assign.value is not None else set()
        asked = next((each for each in _before(frames) if each.range == fact.read or _sends(each, fact)), None)
        if asked is not None and fact.read not in assign.range and _FETCHES.search(program.source.text(assign.range)):
            if not _is_whole(program, asked):
                return None
            gone.append(asked.range)
            edits.append(Edit(_lines(program, asked), ""))
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
    pattern = re.compile(rf"(?<![\w$.]){re.escape(name)}(?![\w$])".encode())
    found = (
        Range(each.start(), each.end()) for each in pattern.finditer(program.source.content, within.start, within.end)
    )
    inside = [each for each in found if not any(each in part for part in without)]
    return bool(inside) and any(program.expression(each) is not None or not _in_text(program, each) for each in inside)


def _in_text(program: Program, place: Range) -> bool:
    """Whether a place is part of a text that the program shows."""
    frame = program.frame(place)
    nodes = (node for part in expressions(frame.statement) for node in walk(part)) if frame is not None else ()
    return any(isinstance(node, String) and place in node.range for node in nodes)


def _only_reads(program: Program, assign: Assign, fact: WriteBack) -> bool:
    """Whether a statement does nothing but read the row, or take something out of it."""
    if assign.value is None or assign.operator != "=":
        return False
    calls = [node for node in walk(assign.value) if isinstance(node, Call)]
    is_read = fact.read in assign.range
    return is_read or all(_FETCHES.search(program.source.text(each.function.range)) for each in calls)


def _is_whole(program: Program, assign: Statement) -> bool:
    """Whether the lines of a statement hold nothing else."""
    whole = _lines(program, assign)
    around = program.source.text(Range(whole.start, assign.range.start)) + program.source.text(
        Range(assign.range.end, whole.end)
    )
    return _AROUND.fullmatch(around) is not None and program.is_clean(whole)


def _lines(program: Program, assign: Statement) -> Range:
    """The lines of a statement, with the end of the last one."""
    end = program.line_end(assign.range.end)
    behind = program.source.content[end : end + 2]
    return Range(program.line_start(assign.range.start), end + (2 if behind == b"\r\n" else 1))


def _change(program: Program, value: Binary, fact: WriteBack) -> tuple[str, Expression] | None:
    """What is added to the value that was read, or taken from it; None where it is not the one or the other."""
    if value.operator not in _OPERATORS:
        return None
    for own, other in ((value.left, value.right), (value.right, value.left)):
        if _is_read(program, own, fact) and (own is value.left or value.operator == "+"):
            again = program.source.text(own.range) in program.source.text(other.range)
            return None if again else (value.operator, other)
    return None


def _is_read(program: Program, value: Expression, fact: WriteBack) -> bool:
    """Whether an expression is the column of the row that was read, or the variable that holds it alone."""
    match value:
        case Attribute(name=name):
            return name.lower() == fact.column.lower()
        case Subscript(index=String(value=key)):
            return key.lower() == fact.column.lower()
        case Name(id=name):
            return name.lower() == fact.column.lower()
    return False
