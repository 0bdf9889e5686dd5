"""Statements of procedural SQL that leave a loop or a routine, or do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.ir import ExpressionStatement, If, Jump, Raise, Return, Statement
from persistlint.languages.sql.dynamic import execute
from persistlint.languages.sql.expressions import expression
from persistlint.languages.sql.plain import STARTS, finish, plain, skip_plain
from persistlint.languages.sql.reader import identifier
from persistlint.sql.lexer import Kind

if TYPE_CHECKING:
    from persistlint.languages.sql.reader import Reader

_LOUD = frozenset({"NOTICE", "WARNING", "INFO", "LOG", "DEBUG"})  # levels of RAISE that go on


def exit_statement(reader: Reader) -> list[Statement]:
    """EXIT, CONTINUE, LEAVE, ITERATE, BREAK, with their label and condition."""
    start = reader.index
    kind = "continue" if reader.step().word in ("CONTINUE", "ITERATE") else "break"
    label = None
    if reader.token().kind in (Kind.WORD, Kind.QUOTED) and reader.word() not in ("WHEN", *STARTS):
        label = identifier(reader.step())
    jump = Jump(reader.range_from(start), kind, label)
    if reader.accept("WHEN"):
        test = expression(reader)
        reader.accept(";")
        return [If(reader.range_from(start), test, (jump,))]
    reader.accept(";")
    return [jump]


def return_statement(reader: Reader) -> list[Statement]:
    """RETURN, also NEXT and QUERY."""
    start = reader.index
    reader.step()
    if reader.accept("QUERY"):
        if reader.word() == "EXECUTE":
            return execute(reader)
        return plain(reader)
    is_next = reader.accept("NEXT")
    value = None
    if not reader.at_end and reader.word() not in (";", "END", "ELSE"):
        value = expression(reader)
    range = reader.range_from(start)
    finish(reader)
    if is_next:
        return [ExpressionStatement(range, value)] if value is not None else []
    return [Return(range, value)]


def raise_statement(reader: Reader) -> list[Statement]:
    """RAISE, RAISERROR, SIGNAL, RESIGNAL, THROW. A RAISE that only tells something is a call."""
    start = reader.index
    reader.step()
    goes_on = reader.word() in _LOUD
    skip_plain(reader)
    range = reader.range_from(start)
    reader.accept(";")
    return [] if goes_on else [Raise(range, None)]


def nothing_statement(reader: Reader) -> list[Statement]:
    """A word that does nothing: NULL, or an ELSE without IF."""
    reader.step()
    reader.accept(";")
    return []
