"""Dynamic SQL, lowered: every form becomes the call of a function named after its verb.

These are `EXECUTE`, `EXECUTE IMMEDIATE`, `EXEC`, `sp_executesql`, `PREPARE FROM` and `OPEN FOR`. The first argument is
the SQL, the values of USING are the others.
"""

from __future__ import annotations

from persistlint.ir import Argument, Expression, ExpressionStatement, Statement, Unknown
from persistlint.languages.sql.assignments import assign, target_of, targets_of
from persistlint.languages.sql.calls import argument, call_of
from persistlint.languages.sql.expressions import arguments, expression, is_query
from persistlint.languages.sql.plain import STARTS, finish, plain, query, skip_plain
from persistlint.languages.sql.reader import Reader, identifier
from persistlint.sql.lexer import Kind


def execute(reader: Reader) -> list[Statement]:
    """EXECUTE and EXEC in all their forms, up to and with the semicolon."""
    start = reader.index
    verb = reader.step()
    word = verb.word
    if reader.accept("IMMEDIATE"):
        return _dynamic(reader, start, "EXECUTE IMMEDIATE")
    if reader.word() == "(" and (word == "EXEC" or reader.dialect in ("tsql", None)) and not is_query(reader):
        values = arguments(reader)
        call = call_of("EXEC", reader.range_of(verb), reader.range_from(start), values)
        if reader.word() in ("AT", "AS"):
            reader.index += 2
        reader.accept(";")
        return [ExpressionStatement(call.range, call)]
    if word == "EXEC" or reader.dialect == "tsql":
        return _procedure_call(reader, start)
    if reader.dialect == "mysql" or not reader.in_routine:  # a prepared statement
        skip_plain(reader)
        return []
    return _dynamic(reader, start, "EXECUTE")


def prepare(reader: Reader) -> list[Statement]:
    """MySQL's PREPARE s FROM sql; PostgreSQL's PREPARE s AS is no dynamic SQL."""
    start = reader.index
    if reader.word(2) != "FROM":
        return plain(reader)
    reader.index += 3
    value = expression(reader)
    range = reader.range_from(start)
    skip_plain(reader)
    return [ExpressionStatement(range, call_of("PREPARE FROM", range, range, [argument(value)]))]


def open_cursor(reader: Reader) -> list[Statement]:
    """OPEN c FOR EXECUTE sql, OPEN c FOR sql (PL/SQL), OPEN c FOR query."""
    start = reader.index
    reader.step()
    target = target_of(reader)
    for word in ("NO", "SCROLL"):
        reader.accept(word)
    if not reader.accept("FOR"):
        finish(reader)
        return []
    if reader.word() == "EXECUTE":
        return execute(reader)
    if is_query(reader):
        value = query(reader)
        reader.accept(";")
        return [assign(reader, start, target, value)] if target is not None else []
    return _dynamic(reader, start, "OPEN FOR")


def _dynamic(reader: Reader, start: int, verb: str) -> list[Statement]:
    """`verb sql [INTO targets] [USING values]`, in any order."""
    verb_range = reader.range_from(start)
    values = [argument(expression(reader))]
    targets: list[Expression] = []
    while not reader.at_end:
        if reader.accept("INTO") or reader.accept("BULK", "COLLECT", "INTO"):
            targets = targets_of(reader)
        elif reader.accept("USING"):
            values += _using(reader)
        elif reader.word() == "RETURNING":
            reader.step()
        else:
            break
    range = reader.range_from(start)
    call = ExpressionStatement(range, call_of(verb, verb_range, range, values))
    if reader.word() not in ("LOOP", ")"):
        finish(reader)
    return [call, *(assign(reader, start, target, Unknown(range)) for target in targets)]


def _using(reader: Reader) -> list[Argument]:
    """The values of USING; in PL/SQL each may say IN or OUT."""
    found = []
    while not reader.at_end:
        while reader.word() in ("IN", "OUT"):
            reader.step()
        found.append(argument(expression(reader)))
        if not reader.accept(","):
            break
    return found


def _procedure_call(reader: Reader, start: int) -> list[Statement]:
    """`EXEC [@result =] procedure @a = 1, @b`: dynamic only where the procedure is `sp_executesql`."""
    if reader.token().kind is Kind.PARAMETER and reader.word(1) == "=":
        reader.index += 2
    begin = reader.index
    name = reader.name().rsplit(".", 1)[-1]
    while reader.accept("..") or reader.accept("."):  # master..sp_executesql
        name = reader.name().rsplit(".", 1)[-1] or name
    name_range = reader.range_from(begin)
    values: list[Argument] = []
    while not reader.at_end and reader.word() not in (";", *STARTS, "SELECT", "SET", "INSERT", "UPDATE", "WITH"):
        at = reader.index
        keyword = None
        if reader.token().kind is Kind.PARAMETER and reader.word(1) == "=":
            keyword = identifier(reader.step())
            reader.step()
        value = expression(reader)
        values.append(Argument(reader.range_from(at), value, keyword))
        for word in ("OUTPUT", "OUT"):
            reader.accept(word)
        if not reader.accept(","):
            break
    reader.accept(";")
    if name == "sp_executesql":  # its first parameter can be given by name
        values.sort(key=lambda value: value.keyword not in (None, "@stmt", "@statement"))
        values = [
            Argument(value.range, value.value, None if value.keyword in ("@stmt", "@statement") else value.keyword)
            for value in values
        ]
    range = reader.range_from(start)
    return [ExpressionStatement(range, call_of(name, name_range, range, values))] if name else []
