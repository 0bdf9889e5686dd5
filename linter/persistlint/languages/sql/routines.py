"""Routines of SQL, lowered: functions, procedures, triggers and packages of every dialect, and DO blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.ir import Block, Function, FunctionDefinition, Nested, Parameter, Statement
from persistlint.languages.sql import statements
from persistlint.languages.sql.expressions import expression
from persistlint.languages.sql.plain import plain
from persistlint.languages.sql.reader import Reader, identifier
from persistlint.sql.lexer import Kind, Token, word_set

if TYPE_CHECKING:
    from collections.abc import Callable


_KINDS = word_set("FUNCTION PROCEDURE PROC TRIGGER EVENT PACKAGE TYPE")
_MODES = frozenset(["IN", "OUT", "INOUT", "VARIADIC", "NOCOPY"])
_BODIES = (Kind.STRING, Kind.DOLLAR)
# Statements that can be the whole body of a MySQL routine.
_SINGLE = word_set("SET SELECT UPDATE INSERT DELETE CALL IF REPLACE")


def is_routine(reader: Reader) -> bool:
    """Whether CREATE or ALTER of a routine comes next."""
    return reader.word() in ("CREATE", "ALTER") and _kind_offset(reader) > 0


def routine(reader: Reader) -> list[Statement]:
    """Lower the routine that comes next; it takes all tokens that are left."""
    start = reader.index
    reader.index += _kind_offset(reader)
    kind = reader.step().word
    if kind in ("PACKAGE", "TYPE"):
        return _package(reader)
    reader.accept("IF", "NOT", "EXISTS")
    at = reader.index
    name = reader.name().rsplit(".", 1)[-1]
    name_range = reader.range_from(at)
    parameters, types = _parameters(reader) if kind != "TRIGGER" else ((), {})
    lower_body = _body(reader, kind, types)
    reader.index = reader.end
    if lower_body is None:
        return []
    range = reader.range_from(start)
    return [FunctionDefinition(range, Function(range, name, name_range, lambda: parameters, lower_body))]


def local_routine(reader: Reader) -> list[Statement]:
    """Lower a routine among the declarations of PL/SQL; nothing for one that is only declared."""
    start = reader.index
    reader.step()
    at = reader.index
    name = reader.name()
    name_range = reader.range_from(at)
    parameters, types = _parameters(reader)
    reader.skip_until("IS", "AS", ";")
    if reader.word() == ";":
        return []
    reader.step()
    outer, reader.types = reader.types, {**reader.types, **types}
    inside = (*statements.declarations(reader), *(statements.statement(reader) if reader.word() == "BEGIN" else ()))
    reader.types = outer
    range = reader.range_from(start)
    return [FunctionDefinition(range, Function(range, name, name_range, lambda: parameters, lambda: inside))]


def anonymous(reader: Reader) -> list[Statement]:
    """Lower a DO block of PostgreSQL."""
    start = reader.index
    reader.step()
    language = "plpgsql"
    while not reader.at_end and reader.token().kind not in _BODIES:
        if reader.accept("LANGUAGE"):
            language = _language(reader)
        else:
            reader.step()
    if reader.at_end or language != "plpgsql":
        return []
    token = reader.step()
    if reader.accept("LANGUAGE") and _language(reader) != "plpgsql":
        return []
    return [Nested(reader.range_from(start), statements.body(reader.inner(token)))]


def _kind_offset(reader: Reader) -> int:
    """How far behind CREATE the kind of routine is named; 0 where none is."""
    for offset in range(1, 14):
        word = reader.word(offset)
        if word in _KINDS:
            return offset
        if word in ("TABLE", "VIEW", "INDEX", "ON", "(", "ROLE", "USER", "SCHEMA", "POLICY", "EXTENSION"):
            return 0
    return 0


def _package(reader: Reader) -> list[Statement]:
    """The routines of a package; its variables are those of the file."""
    reader.skip_until("IS", "AS")
    reader.step()
    inside = reader.rest()
    found = statements.declarations(inside)
    if inside.word() == "BEGIN":
        found += statements.statement(inside)
    reader.index = reader.end
    return found


def _parameters(reader: Reader) -> tuple[tuple[Parameter, ...], dict[str, str]]:
    """The parameters that come next, in parentheses or, in T-SQL, without; and their types by name."""
    found: list[Parameter] = []
    in_parentheses = reader.accept("(")
    while not reader.at_end and (reader.token().kind is Kind.PARAMETER or in_parentheses) and reader.word() != ")":
        before = reader.index
        found.append(_parameter(reader, len(found) + 1))
        if in_parentheses:
            reader.skip_until(",", ")")
        if not reader.accept(",") or reader.index == before:
            break
    if in_parentheses:
        reader.skip_until(")")
        reader.accept(")")
    return tuple(found), {parameter.name: parameter.annotation for parameter in found}


def _parameter(reader: Reader, position: int) -> Parameter:
    start = reader.index
    is_rest = reader.word() == "VARIADIC"
    while reader.word() in _MODES and reader.token(1).kind in (Kind.WORD, Kind.QUOTED):
        reader.step()
    name = f"${position}"
    if reader.token(1).kind in (Kind.WORD, Kind.QUOTED) and reader.word(1) not in ("DEFAULT", "VARYING", "PRECISION"):
        name = identifier(reader.step())
    elif reader.token().kind is Kind.PARAMETER:
        name = identifier(reader.step())
        reader.accept("AS")
    while reader.word() in _MODES:
        reader.step()
    type = _type(reader)
    default = expression(reader) if reader.word() in ("=", ":=", "DEFAULT") and reader.step() else None
    for word in ("OUTPUT", "OUT", "READONLY"):
        reader.accept(word)
    return Parameter(reader.range_from(start), name, type, default, "rest" if is_rest else "positional")


def _type(reader: Reader) -> str:
    """Step over the type of a parameter, and return it in lower case."""
    start = reader.index
    while not reader.at_end and reader.word() not in (
        ",",
        ")",
        "=",
        ":=",
        "DEFAULT",
        "OUTPUT",
        "OUT",
        "READONLY",
        "AS",
        "WITH",
    ):
        if reader.word() == "(":
            reader.skip_group()
        else:
            reader.step()
    if reader.index == start:
        return ""
    first, last = reader.tokens[start], reader.tokens[reader.index - 1]
    return reader.text.text[first.start : last.end].lower()


def _body(reader: Reader, kind: str, types: dict[str, str]) -> Callable[[], Block] | None:
    """How to lower the body that comes after the head of a routine; None where there is no body of SQL."""
    language, token = "", None
    while not reader.at_end:
        word, following = reader.word(), reader.token(1)
        if word == "EXECUTE" and reader.word(1) in ("FUNCTION", "PROCEDURE"):
            return None  # a trigger of PostgreSQL
        if word == "LANGUAGE":
            reader.step()
            language = _language(reader)
            continue
        if word in ("AS", "IS") and following.kind in _BODIES:
            reader.step()
            token = reader.step()
            continue
        is_code = (
            word in ("AS", "IS") and reader.word(-1) != "EXECUTE" and (kind != "TRIGGER" or reader.dialect == "tsql")
        )
        if is_code and token is None:
            reader.step()
            return _code(reader, types, declares=True)
        starts_single = reader.dialect == "mysql" and (word in _SINGLE or (word == "RETURN" and kind == "FUNCTION"))
        if token is None and (word in ("BEGIN", "DECLARE") or starts_single):
            return _code(reader, types, declares=False)
        reader.step()
    return _quoted(reader, token, language, types) if token is not None else None


def _code(reader: Reader, types: dict[str, str], *, declares: bool) -> Callable[[], Block]:
    inside = reader.rest()
    inside.types = dict(types)

    def lower() -> Block:
        again = inside.rest()
        again.types = dict(inside.types)
        if declares and reader.dialect != "tsql" and again.word() not in ("BEGIN", "DECLARE"):
            return (*statements.declarations(again), *statements.block(again))
        return statements.body(again)

    return lower


def _quoted(reader: Reader, token: Token, language: str, types: dict[str, str]) -> Callable[[], Block] | None:
    def lower() -> Block:
        inside = reader.inner(token)
        inside.types = dict(types)
        if inside.word() in ("BEGIN", "DECLARE", "<<") and (
            language in ("", "plpgsql") or reader.dialect != "postgres"
        ):
            return statements.body(inside)
        if language == "plpgsql":
            return statements.body(inside)
        inside.in_routine = False
        found: list[Statement] = []
        while not inside.at_end:
            found += plain(inside)
        return tuple(found)

    return lower if language in ("", "plpgsql", "sql") else None


def _language(reader: Reader) -> str:
    token = reader.step()
    return token.text.strip("'\"").lower()
