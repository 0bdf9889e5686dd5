"""Statements of procedural SQL, lowered: PL/pgSQL, PL/SQL, T-SQL and the routines of MySQL alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.ir import (
    Attribute,
    Block,
    Case,
    Expression,
    Handler,
    If,
    Loop,
    Name,
    Nested,
    Statement,
    Switch,
    Try,
    Unknown,
)
from persistlint.languages.sql.assignments import (
    assignment_or_call,
    fetch,
    one_target,
    select,
    set_variables,
    targets_of,
)
from persistlint.languages.sql.calls import argument, call_of
from persistlint.languages.sql.catalog import CATALOG, is_catalog
from persistlint.languages.sql.declarations import cursor, declaration, declare_names, declare_variables
from persistlint.languages.sql.dynamic import execute, open_cursor, prepare
from persistlint.languages.sql.expressions import expression, expressions, is_query, query_value
from persistlint.languages.sql.leaving import exit_statement, nothing_statement, raise_statement, return_statement
from persistlint.languages.sql.marks import end, label, skip_actions
from persistlint.languages.sql.plain import grant, perform, plain, skip_plain
from persistlint.languages.sql.reader import DEEPEST, Reader
from persistlint.languages.sql.rows import typed_rows
from persistlint.sql.lexer import Kind

if TYPE_CHECKING:
    from collections.abc import Callable


def block(reader: Reader, *ends: str) -> Block:
    """Lower statements up to one of the words `ends`, which is not stepped over, or to the end."""
    found: list[Statement] = []
    while not reader.at_end and reader.word() not in ends:
        if not reader.accept(";"):
            before = reader.index
            found.extend(statement(reader))
            if reader.index == before:
                reader.index += 1
    return tuple(found)


def statement(reader: Reader) -> list[Statement]:
    """Lower the statement that comes next, its semicolon included; nothing for one that does not matter here."""
    if reader.depth >= DEEPEST:
        reader.index = reader.end
        return []
    reader.depth += 1
    skip_actions(reader)
    label(reader)
    lowered = _STATEMENTS.get(reader.word())
    if lowered is not None:
        found = lowered(reader)
    elif reader.token().kind in (Kind.WORD, Kind.QUOTED, Kind.PARAMETER):
        found = assignment_or_call(reader)
    else:
        found = plain(reader)
    reader.depth -= 1
    return found


def declarations(reader: Reader) -> list[Statement]:
    """Lower the declarations of PL/pgSQL and PL/SQL, up to BEGIN, which is not stepped over."""
    found: list[Statement] = []
    while not reader.at_end and reader.word() not in ("BEGIN", "END"):
        before = reader.index
        if reader.word() in ("PROCEDURE", "FUNCTION"):
            from persistlint.languages.sql.routines import local_routine  # a routine holds declarations

            found.extend(local_routine(reader))
        elif reader.word() in ("MEMBER", "STATIC", "CONSTRUCTOR", "MAP", "ORDER"):  # of a TYPE BODY
            reader.step()
            continue
        elif reader.word() in ("TYPE", "SUBTYPE", "PRAGMA", "DECLARE"):
            if not reader.accept("DECLARE"):
                reader.skip_until(";")
        elif reader.word() == "CURSOR":  # PL/SQL: CURSOR c IS query
            reader.step()
            found.extend(cursor(reader))
        else:
            found.extend(declaration(reader))
        reader.accept(";")
        if reader.index == before:
            reader.index += 1
    return found


def body(reader: Reader) -> Block:
    """Lower a whole body: declarations if there are any, and a block."""
    found: list[Statement] = []
    label(reader)
    if reader.word() == "DECLARE" and reader.dialect not in ("mysql", "tsql"):
        reader.step()
        found += declarations(reader)
    return (*found, *block(reader))


# ---------------------------------------------------------------------------------------------------- declarations


def _declare(reader: Reader) -> list[Statement]:
    """DECLARE as a statement (MySQL, T-SQL), or the declarations of a nested block."""
    start = reader.index
    reader.step()
    if reader.token().kind is Kind.PARAMETER:
        return declare_variables(reader, start)
    if reader.word(1) in ("CURSOR", "INSENSITIVE", "SCROLL"):
        found = cursor(reader)
        reader.accept(";")
        return found
    if reader.word(1) == "HANDLER" or reader.word(2) == "HANDLER":
        while not reader.at_end and reader.word() not in ("BEGIN", "SET", "ROLLBACK", "RESIGNAL", "SIGNAL", ";"):
            reader.step()
        handled = statement(reader)
        return [If(reader.range_from(start), Unknown(reader.range_from(start)), tuple(handled))]
    if reader.dialect == "mysql":
        return declare_names(reader, start)
    found = declarations(reader)
    inner = statement(reader) if reader.word() == "BEGIN" else []
    return [Nested(reader.range_from(start), (*found, *inner))]


# ------------------------------------------------------------------------------------------------- blocks and loops


def _begin(reader: Reader) -> list[Statement]:
    start = reader.index
    reader.step()
    if reader.word() in ("TRAN", "TRANSACTION", "WORK", "DISTRIBUTED", "DIALOG", "CONVERSATION"):
        skip_plain(reader)
        return []
    if reader.accept("TRY"):
        return _try_catch(reader, start)
    reader.accept("NOT")
    reader.accept("ATOMIC")
    inside = block(reader, "END", "EXCEPTION")
    handlers = []
    if reader.accept("EXCEPTION"):
        while reader.word() == "WHEN":
            handlers.append(_handler(reader))
    end(reader)
    range = reader.range_from(start)
    return [Try(range, inside, tuple(handlers))] if handlers else [Nested(range, inside)]


def _handler(reader: Reader) -> Handler:
    start = reader.index
    reader.step()
    types = []
    while not reader.at_end and reader.word() not in ("THEN", ";"):
        token = reader.step()
        if token.kind in (Kind.WORD, Kind.STRING) and token.word not in ("OR", "OTHERS", "SQLSTATE"):
            types.append(token.text)
    reader.accept("THEN")
    inside = block(reader, "WHEN", "END")
    return Handler(reader.range_from(start), tuple(types), None, inside)


def _try_catch(reader: Reader, start: int) -> list[Statement]:
    inside = block(reader, "END")
    end(reader)
    begin = reader.index
    handlers: tuple[Handler, ...] = ()
    if reader.accept("BEGIN", "CATCH"):
        caught = block(reader, "END")
        end(reader)
        handlers = (Handler(reader.range_from(begin), (), None, caught),)
    return [Try(reader.range_from(start), inside, handlers)]


def _if(reader: Reader) -> list[Statement]:
    start = reader.index
    reader.step()
    test = expression(reader)
    if not _find_then(reader):
        then = tuple(statement(reader))
        reader.accept(";")
        otherwise = tuple(statement(reader)) if reader.accept("ELSE") else ()
        return [If(reader.range_from(start), test, then, otherwise)]
    then = block(reader, "ELSIF", "ELSEIF", "ELSE", "END")
    return [If(reader.range_from(start), test, then, _otherwise(reader))]


def _find_then(reader: Reader) -> bool:
    """Step over THEN, and over what was not understood of the condition before it."""
    if reader.accept("THEN"):
        return True
    if reader.dialect == "tsql":
        return False
    before = reader.index
    reader.skip_until("THEN", ";")
    if reader.accept("THEN"):
        return True
    reader.index = before
    return False


def _otherwise(reader: Reader) -> Block:
    """The rest of an IF behind its first arm, END IF included. A loop, for there can be thousands of arms."""
    arms: list[tuple[int, Expression, Block]] = []
    last: Block = ()
    while reader.word() in ("ELSIF", "ELSEIF"):
        start = reader.index
        reader.step()
        test = expression(reader)
        _find_then(reader)
        arms.append((start, test, block(reader, "ELSIF", "ELSEIF", "ELSE", "END")))
    if reader.accept("ELSE"):
        last = block(reader, "END")
    end(reader)
    for start, test, then in reversed(arms):
        last = (If(reader.range_from(start), test, then, last),)
    return last


def _case(reader: Reader) -> list[Statement]:
    start = reader.index
    reader.step()
    subject = expression(reader) if reader.word() != "WHEN" else None
    cases: list[Case] = []
    while reader.word() in ("WHEN", "ELSE"):
        begin = reader.index
        values: tuple[Expression, ...] = ()
        if reader.step().word == "WHEN":
            values = tuple(expressions(reader, "THEN"))
            _find_then(reader)
        inside = block(reader, "WHEN", "ELSE", "END")
        cases.append(Case(reader.range_from(begin), values, inside))
    end(reader)
    return [Switch(reader.range_from(start), subject, tuple(cases))]


def _while(reader: Reader) -> list[Statement]:
    start = reader.index
    reader.step()
    test = expression(reader)
    inside = _loop_body(reader) if reader.word() in ("LOOP", "DO") else tuple(statement(reader))
    return [Loop(reader.range_from(start), None, None, test, inside)]


def _loop_body(reader: Reader) -> Block:
    reader.skip_until("LOOP", "DO", ";")
    if not (reader.accept("LOOP") or reader.accept("DO")):
        return ()
    inside = block(reader, "END")
    end(reader)
    return inside


def _loop(reader: Reader) -> list[Statement]:
    start = reader.index
    return [Loop(reader.range_from(start), None, None, None, _loop_body(reader))]


def _repeat(reader: Reader) -> list[Statement]:
    start = reader.index
    reader.step()
    inside = block(reader, "UNTIL", "END")
    if reader.accept("UNTIL"):
        expression(reader)
    end(reader)
    return [Loop(reader.range_from(start), None, None, None, inside)]


def _for(reader: Reader) -> list[Statement]:
    """FOR x IN EXECUTE e, FOR x IN query, FOR i IN 1..10, FOREACH x IN ARRAY e, FORALL i IN a..b statement."""
    start = reader.index
    is_forall = reader.step().word == "FORALL"
    targets = targets_of(reader, "IN")
    sent: list[Statement] = []
    iterable: Expression
    begin = reader.index
    if reader.accept("SLICE"):
        reader.step()
    reader.accept("IN")
    reader.accept("ARRAY")
    reader.accept("REVERSE")
    if reader.word() in ("EXECUTE",):
        rows = _rows_sent(reader, _position_of(reader, "LOOP"))
        sent = execute(reader)
        iterable = rows or Unknown(reader.range_from(begin))
    elif is_query(reader):
        end = _position_of(reader, "LOOP")
        rows = typed_rows(reader, end) if not is_catalog(reader, end) else None
        iterable = rows or query_value(reader, end)
        reader.index = end
    else:
        iterable = expression(reader)
        if reader.accept(".."):
            low = iterable
            iterable = call_of("generate_series", low.range, low.range, [argument(low), argument(expression(reader))])
    inside = tuple(statement(reader)) if is_forall else _loop_body(reader)
    return [*sent, Loop(reader.range_from(start), one_target(targets, reader, start), iterable, None, inside)]


def _rows_sent(reader: Reader, end: int) -> Expression | None:
    """The rows of an EXECUTE that comes next, as far as its text says what they are: those of the catalog are the
    developer's."""
    before = reader.index
    reader.step()
    place = reader.range_of(reader.token())
    is_known = is_catalog(reader, end)
    found = Attribute(place, Name(place, CATALOG), "rows", place) if is_known else typed_rows(reader, end)
    reader.index = before
    return found


def _position_of(reader: Reader, word: str) -> int:
    before = reader.index
    reader.skip_until(word, ";")
    found, reader.index = reader.index, before
    return found


def _end_of_nothing(reader: Reader) -> list[Statement]:
    """An END that ends nothing that is known."""
    end(reader)
    return []


_STATEMENTS: dict[str, Callable[[Reader], list[Statement]]] = {
    "DECLARE": _declare,
    "BEGIN": _begin,
    "END": _end_of_nothing,
    "IF": _if,
    "CASE": _case,
    "WHILE": _while,
    "LOOP": _loop,
    "REPEAT": _repeat,
    **dict.fromkeys(("FOR", "FOREACH", "FORALL"), _for),
    **dict.fromkeys(("EXIT", "CONTINUE", "LEAVE", "ITERATE", "BREAK"), exit_statement),
    "RETURN": return_statement,
    **dict.fromkeys(("RAISE", "RAISERROR", "SIGNAL", "RESIGNAL", "THROW"), raise_statement),
    "SET": set_variables,
    **dict.fromkeys(("EXECUTE", "EXEC"), execute),
    "PREPARE": prepare,
    "OPEN": open_cursor,
    "FETCH": fetch,
    **dict.fromkeys(("PERFORM", "CALL"), perform),
    "SELECT": select,
    **dict.fromkeys(("GRANT", "REVOKE"), grant),
    **dict.fromkeys(("ELSE", "NULL"), nothing_statement),
}
