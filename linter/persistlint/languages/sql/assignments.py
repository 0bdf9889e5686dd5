"""Statements that give variables their values: assignments, SET, SELECT … INTO, FETCH."""

from __future__ import annotations

from dataclasses import replace

from persistlint.ir import (
    Assign,
    Attribute,
    Call,
    Collection,
    Expression,
    ExpressionStatement,
    Name,
    Raise,
    Sequence,
    Statement,
    Subscript,
    Unknown,
)
from persistlint.languages.sql.catalog import CATALOG, is_catalog, of_catalog
from persistlint.languages.sql.expressions import expression, expressions, query_value
from persistlint.languages.sql.plain import ASSIGNING, calls_in, finish, plain, query, skip_plain
from persistlint.languages.sql.reader import Reader, identifier
from persistlint.sql.lexer import Kind


def assignment_or_call(reader: Reader) -> list[Statement]:
    """What begins with a name: `v := e`, a call of PL/SQL's `p(e)`, or a statement that is not known."""
    start = reader.index
    target = target_of(reader)
    operator = ASSIGNING.get(reader.word())
    if target is not None and operator is not None:
        reader.step()
        value = query(reader) if reader.word() in ("SELECT", "WITH") else expression(reader)
        made = assign(reader, start, target, value, operator)
        finish(reader)
        return [made]
    reader.index = start
    if reader.token(1).text in ("(", "."):  # a procedure of PL/SQL
        value = expression(reader)
        if isinstance(value, Call):
            range = reader.range_from(start)
            finish(reader)
            name = value.function.id if isinstance(value.function, Name) else ""
            if name in ("raise_application_error", "raiserror"):
                return [Raise(range, value)]
            return [ExpressionStatement(range, value)]
        reader.index = start
    return plain(reader)


def set_variables(reader: Reader) -> list[Statement]:
    """`SET @v = e`, `SET @v += e`, `SET a = 1, b = 2`; settings of the session are no variables."""
    reader.step()
    found: list[Statement] = []
    while not reader.at_end:
        start = reader.index
        for word in ("SESSION", "LOCAL", "GLOBAL"):
            reader.accept(word)
        target = target_of(reader)
        operator = ASSIGNING.get(reader.word())
        if target is None or operator is None:
            break
        reader.step()
        value = expression(reader)
        found.append(assign(reader, start, target, value, operator))
        if not reader.accept(","):
            break
    if not found:
        skip_plain(reader)
    reader.accept(";")
    return found


def select(reader: Reader) -> list[Statement]:
    """SELECT: it may assign (`SELECT e INTO v`, `SELECT @v = e`), and may call what runs SQL."""
    start = reader.index
    if reader.token(1).kind is Kind.PARAMETER and reader.word(2) in ASSIGNING:
        reader.step()
        return _select_variables(reader)
    skip_plain(reader)
    end = reader.index
    reader.index = start
    targets = _into(reader, start, end)
    reader.index = start
    if not targets:
        return plain(reader)
    calls = calls_in(reader, start, end)
    reader.index = start
    values = _select_list(reader, end, len(targets))
    reader.index = end
    reader.accept(";")
    assigned = [assign(reader, start, target, value) for target, value in zip(targets, values, strict=True)]
    return [*calls, *assigned]


def _into(reader: Reader, start: int, end: int) -> list[Expression]:
    """The targets of SELECT … INTO, where it has any outside of parentheses."""
    limit, reader.end = reader.end, end
    reader.skip_until("INTO")
    found = targets_of(reader) if reader.accept("INTO") else []
    reader.end = limit
    is_table = reader.dialect in ("tsql", None) and not any(
        isinstance(target, Name) and (target.id in reader.types or target.id.startswith("@")) for target in found
    )
    return [] if is_table else found


def _select_list(reader: Reader, end: int, count: int) -> list[Expression]:
    """What each of `count` targets of a SELECT gets."""
    start = reader.index
    if count == 1 and reader.word(1) != "INTO":
        return [query_value(reader, end)]
    reader.accept("SELECT")
    for word in ("DISTINCT", "ALL"):
        reader.accept(word)
    if reader.accept("INTO"):
        targets_of(reader)
    values = expressions(reader)
    rows = Unknown(reader.range_from(start))
    reader.index = start
    if is_catalog(reader, end):
        place = rows.range
        return [Attribute(place, Name(place, CATALOG), "rows", place)] * count
    return values if len(values) == count else [rows] * count


def _select_variables(reader: Reader) -> list[Statement]:
    """T-SQL: `SELECT @a = e, @b += f FROM …`."""
    found: list[Statement] = []
    while reader.token().kind is Kind.PARAMETER and reader.word(1) in ASSIGNING:
        start = reader.index
        target = target_of(reader)
        operator = ASSIGNING[reader.step().word]
        value = expression(reader)
        if target is not None:
            found.append(assign(reader, start, target, value, operator))
        if not reader.accept(","):
            break
    if reader.word() == "FROM":
        before = reader.index
        skip_plain(reader)
        end, reader.index = reader.index, before
        if is_catalog(reader, end):
            known = frozenset(reader.types)
            found = [
                replace(item, value=of_catalog(item.value, known)) if isinstance(item, Assign) and item.value else item
                for item in found
            ]
        reader.index = end
    reader.accept(";")
    return found


def fetch(reader: Reader) -> list[Statement]:
    """FETCH [NEXT FROM] cursor INTO targets."""
    start = reader.index
    reader.step()
    while reader.word() in ("NEXT", "FROM", "FIRST", "LAST", "PRIOR", "IN"):
        reader.step()
    source = target_of(reader)
    found: list[Statement] = []
    if reader.accept("BULK", "COLLECT", "INTO") or reader.accept("INTO"):
        value = source if source is not None else Unknown(reader.range_from(start))
        found = [assign(reader, start, target, value) for target in targets_of(reader)]
    finish(reader)
    return found


def assign(reader: Reader, start: int, target: Expression, value: Expression, operator: str = "=") -> Assign:
    """The assignment that ends before the next token, with the declared type of its target."""
    annotation = reader.types.get(target.id, "") if isinstance(target, Name) else ""
    return Assign(reader.range_from(start), target, value, operator, annotation=annotation.lower())


def target_of(reader: Reader) -> Expression | None:
    """Step over what can be assigned to: a variable, a field or an element of one."""
    start = reader.index
    token = reader.token()
    if token.kind not in (Kind.WORD, Kind.QUOTED, Kind.PARAMETER):
        return None
    reader.step()
    target: Expression = Name(reader.range_of(token), identifier(token))
    while True:
        if reader.word() == "." and reader.token(1).kind in (Kind.WORD, Kind.QUOTED):
            reader.step()
            name = reader.step()
            target = Attribute(reader.range_from(start), target, identifier(name), reader.range_of(name))
        elif reader.word() == "[":
            reader.step()
            index = expression(reader)
            reader.skip_until("]")
            reader.accept("]")
            target = Subscript(reader.range_from(start), target, index)
        else:
            return target


def targets_of(reader: Reader, *ends: str) -> list[Expression]:
    """Step over the targets of INTO, FETCH and FOR."""
    reader.accept("STRICT")
    found = []
    while reader.word() not in ends and (target := target_of(reader)) is not None:
        found.append(target)
        if not reader.accept(","):
            break
    return found


def one_target(targets: list[Expression], reader: Reader, start: int) -> Expression | None:
    """Several targets as a tuple, one as it is; None for none."""
    if len(targets) > 1:
        return Collection(reader.range_from(start), Sequence.TUPLE, tuple(targets))
    return targets[0] if targets else None
