"""Declarations of variables and cursors."""

from __future__ import annotations

from persistlint.ir import Assign, Expression, Name, Statement
from persistlint.languages.sql.expressions import expression
from persistlint.languages.sql.plain import query
from persistlint.languages.sql.reader import Reader, identifier
from persistlint.sql.lexer import Kind, word_set

_TSQL_AFTER_TYPE = word_set(
    "SET SELECT EXEC EXECUTE IF WHILE BEGIN DECLARE INSERT UPDATE DELETE RETURN PRINT END WITH AS"
)


def declaration(reader: Reader) -> list[Statement]:
    """`name [CONSTANT] type [NOT NULL] [:= value]`, `name CURSOR FOR query`, `name ALIAS FOR $1`."""
    start = reader.index
    token = reader.step()
    name, name_range = identifier(token), reader.range_of(token)
    constant = reader.accept("CONSTANT")
    if reader.accept("ALIAS", "FOR"):
        value = expression(reader)
        return [Assign(reader.range_from(start), Name(name_range, name), value, declares=True)]
    if reader.word() in ("CURSOR", "NO", "SCROLL"):
        reader.index = start
        return cursor(reader)
    type = _declared_type(reader)
    reader.types[name] = type
    initial = expression(reader) if reader.word() in (":=", "=", "DEFAULT") and reader.step() else None
    reader.skip_until(";")
    target = Name(name_range, name)
    return [
        Assign(reader.range_from(start), target, initial, declares=True, constant=constant, annotation=type.lower())
    ]


def cursor(reader: Reader) -> list[Statement]:
    """`c CURSOR FOR query`, `c IS query`: the cursor stands for what its query gives."""
    start = reader.index
    token = reader.step()
    name = identifier(token)
    while not reader.at_end and reader.word() not in ("FOR", "IS", ";"):
        if reader.word() == "(":
            reader.skip_group()
        else:
            reader.step()
    value: Expression | None = None
    if reader.word() in ("FOR", "IS"):
        reader.step()
        value = query(reader)
    return [Assign(reader.range_from(start), Name(reader.range_of(token), name), value, declares=True)]


def declare_variables(reader: Reader, start: int) -> list[Statement]:
    """T-SQL: `DECLARE @a int = 1, @b nvarchar(10)`."""
    found: list[Statement] = []
    while reader.token().kind is Kind.PARAMETER:
        begin = reader.index
        token = reader.step()
        name = identifier(token)
        reader.accept("AS")
        type = _declared_type(reader)
        reader.types[name] = type
        initial = expression(reader) if reader.accept("=") else None
        target = Name(reader.range_of(token), name)
        found.append(Assign(reader.range_from(begin), target, initial, declares=True, annotation=type.lower()))
        if not reader.accept(","):
            break
    reader.accept(";")
    return found


def declare_names(reader: Reader, start: int) -> list[Statement]:
    """MySQL: `DECLARE a, b INT DEFAULT 0;`."""
    names = [reader.step()]
    while reader.accept(","):
        names.append(reader.step())
    type = _declared_type(reader)
    initial = expression(reader) if reader.accept("DEFAULT") else None
    reader.skip_until(";")
    range = reader.range_from(start)
    reader.accept(";")
    for token in names:
        reader.types[identifier(token)] = type
    return [
        Assign(range, Name(reader.range_of(token), identifier(token)), initial, declares=True, annotation=type.lower())
        for token in names
    ]


def _declared_type(reader: Reader) -> str:
    start = reader.index
    while not reader.at_end and reader.word() not in (";", ":=", "=", "DEFAULT", "NOT", ",", ")", "OUTPUT", "READONLY"):
        if reader.word() == "(":
            reader.skip_group()
        elif reader.dialect == "tsql" and reader.index > start and reader.word() in _TSQL_AFTER_TYPE:
            break
        else:
            reader.step()
    if reader.index == start:
        return ""
    first, last = reader.tokens[start], reader.tokens[reader.index - 1]
    text = reader.text.text[first.start : last.end]
    while reader.word() in ("NOT", "NULL"):
        reader.step()
    return text
