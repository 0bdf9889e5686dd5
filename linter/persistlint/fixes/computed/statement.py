"""SQL that computes a value itself, or locks the row that it reads, where a program did so by reading and writing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.computed.changes import TITLE, count_in, made_once
from persistlint.fixes.computed.unused import is_whole, lines_of, without_unused
from persistlint.fixes.guards import insert, is_plain, unsafe
from persistlint.fixes.handles import call_at
from persistlint.ir import (
    Attribute,
    Binary,
    Call,
    Collection,
    Mapping,
    Name,
    Number,
    String,
    Subscript,
    walk,
)
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import WriteBack
    from persistlint.fixes.program import Frame, Program
    from persistlint.ir import Expression

_MARK = r"(?P<mark>\$(?P<number>\d+)|\?|%s|%\((?P<key>\w+)\)s|[:@](?P<name>\w+))"
_MARKS = regex(r"\?|%s")
_WHERE = regex(r"\bWHERE\b", re.IGNORECASE)
_READS = regex(
    r"""["'`]\s*SELECT\b(?!.*\b(?:DISTINCT|UNION|GROUP|FOR|COUNT|SUM|MAX|MIN|AVG)\b).*?\bFROM\b""", re.I | re.S
)
_SELECTS = regex(r"""["'`]+\s*SELECT\s+([\w.,\s]+?)\s+FROM\b""", re.IGNORECASE)
_END = regex(r"""\s*;?\s*["'`]\Z""")
# What tells of a database that locks rows so, as SQLite and SQL Server do not: its driver, or its placeholder.
_LOCKS_ROWS = regex(rb"postgres|psycopg|asyncpg|pgx|\bpg\b|\blib/pq\b|mysql|maria|oracle", re.IGNORECASE)
_SQLITE = regex(rb"sqlite", re.IGNORECASE)
_NUMBERED = regex(r"\$\d")
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
    assign = made_once(program, fact.range, value.id) if isinstance(value, Name) else None
    if assign is not None and isinstance(value, Name):
        is_needed = frame.function is not None and count_in(program, frame.function, value.id) > 2
        if not is_needed and not (assign in frame.block and is_whole(program, assign)):
            return ()
    changed = assign.value if assign is not None else value
    change = _change(program, changed, fact) if isinstance(changed, Binary) else None
    if value is None or changed is None or change is None:
        return ()
    operator, other = change
    at = text.range.start + len(program.source.text(text.range)[: mark.start("mark")].encode())
    column = program.source.text(text.range)[mark.start("column") : mark.end("column")]
    given = [insert(at, f"{column} {operator} "), Edit(value.range, program.source.text(other.range))]
    if assign is not None and is_needed:
        return unsafe(TITLE, *given) if is_plain(program.source.text(other.range)) else ()
    left = [Range(changed.range.start, other.range.start), Range(other.range.end, changed.range.end)]
    edits = without_unused(program, fact, left if assign is None else [assign.range])
    if edits is None:
        return ()
    if assign is not None:
        edits.append(Edit(lines_of(program, assign), ""))
    return unsafe(TITLE, *edits, *given)


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
        case Subscript(index=Number(text=number)) if number.isdigit():
            columns = _columns(program, fact)
            return int(number) < len(columns) and columns[int(number)] == fact.column.lower()
    return False


def _columns(program: Program, fact: WriteBack) -> list[str]:
    """The columns that the statement which reads the row gives, in order; none where they are no plain names."""
    call = call_at(program, fact.read)
    texts = [program.source.text(node.range) for node in walk(call) if isinstance(node, String)] if call else []
    found = next((each for each in map(_SELECTS.match, texts) if each is not None), None)
    return [each.strip().rpartition(".")[2].lower() for each in found[1].split(",")] if found is not None else []
