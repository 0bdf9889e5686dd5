"""Statements that read and write rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.sql.lexer import HOLE, Kind, word_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.sql.shapes.statement import Statement

_NO_TABLES = word_set("THE THIS THAT IT THERE HERE SCRATCH YOUR MY OUR WHICH WHAT THESE THOSE ITSELF MEMORY WITHIN ME")
_BEHIND_INSERT = word_set(
    "VALUES VALUE SELECT DEFAULT SET WITH OVERRIDING EXEC EXECUTE TABLE PARTITION RETURNING OUTPUT FORMAT"
)
_BEHIND_UPDATE = word_set("SET AS , * LEFT INNER JOIN WITH ( USING")
_BEHIND_DELETE = word_set("WHERE USING RETURNING ORDER LIMIT AS JOIN INNER LEFT ; OUTPUT , WITH PARTITION FROM")


def _select(s: Statement) -> bool:
    first = s.skip(1, ("DISTINCT", "ALL", "SQL_CALC_FOUND_ROWS", "STRAIGHT_JOIN", "HIGH_PRIORITY"))
    if s.ends(first) or s.word(first) in ("ANY", "SOME", ">", "<", "=", "/"):
        return False
    source = s.find("FROM")
    if source < 0:
        return _is_expression(s, first)
    if source == first or s.ends(source + 1):
        return False
    if s.word(source + 1) in _NO_TABLES and not s.is_upper:
        return False
    if source == first + 1 and s.is_article(first):
        return False
    if s.style == "title":
        return s.token(source).text != "from" or s.has_sign()
    return True


def _is_expression(s: Statement, first: int) -> bool:
    """Whether a SELECT without FROM selects something that is no plain word."""
    if s.ends(first + 1):
        token = s.token(first)
        is_value = token.kind in (Kind.NUMBER, Kind.STRING, Kind.PARAMETER) or token.text == "*"
        return (is_value and s.style != "title") or (HOLE in token.text and s.is_upper) or token.word == "NULL"
    if s.word(first) == "*":
        return False
    if s.token(first).kind in (Kind.NUMBER, Kind.STRING) and s.word(first + 1) and s.style != "title":
        return True
    if s.find("WHERE", "UNION", "INTO") > 0 and s.has_sign():
        return True
    opened = s.find("(")
    if opened >= 0 and not s.grammar.touches(s.start + opened) and not s.is_upper:
        return False
    return (
        opened >= 0
        or (s.style != "title" and s.has_sign())
        or (s.is_upper and s.find("AS", ",") > 0)
        or (s.is_hole(first) and s.is_upper)
    )


def _insert(s: Statement) -> bool:
    is_option = s.word(1) in ("OR", "IGNORE", "LOW_PRIORITY", "DELAYED") or (s.is_hole(1) and s.is_upper)
    near = range(1, 5 if is_option else 2)
    into = next((offset for offset in near if s.word(offset) in ("INTO", "OVERWRITE")), 0)
    if not into:
        behind = s.name(1)  # without INTO
        is_list = s.word(behind) == "VALUES" and (s.word(behind + 1) == "(" or s.is_hole(behind + 1))
        return behind > 1 and (is_list or (s.is_upper and s.word(behind) == "("))
    table = s.skip(into + 1, ("TABLE",))
    behind = s.name(table)
    if behind == table:
        return False
    if s.ends(behind):
        return s.is_upper or (s.is_hole(behind - 1) and s.style == "lower")
    if s.word(behind) == "AS":
        behind = s.name(behind + 1)
    is_list = s.word(behind) == "(" and (s.style != "title" or s.find("VALUES", "SELECT") > 0 or s.find(")") < 0)
    return is_list or s.word(behind) in _BEHIND_INSERT or s.is_hole(behind) or s.word(behind) == "("


def _update(s: Statement) -> bool:
    table = s.skip(1, ("ONLY", "IGNORE", "LOW_PRIORITY", "OR", "ROLLBACK", "ABORT", "REPLACE", "TOP"))
    behind = s.name(table)
    if behind == table:
        return False
    may_follow = s.is_hole(behind) or s.word(behind) in _BEHIND_UPDATE
    if s.is_article(table) or (not may_follow and s.word(behind + 1) != "SET"):
        return False
    assignment = s.find("SET")
    if assignment < 0:
        return s.is_hole(behind) and s.is_upper
    if not may_follow and (assignment != behind + 1 or s.name(behind) == behind):
        return False
    target = s.name(assignment + 1)
    has_sign = s.word(target) in ("=", "+=", "-=", ".", "[") or s.word(assignment + 1) == "("
    return has_sign or (s.is_hole(assignment + 1) and s.word(target) not in ("TO", "AS") and s.style != "title")


def _delete(s: Statement) -> bool:
    if s.word(1) != "FROM" and s.word(2) not in ("FROM", ",", "."):
        return False
    source = s.find("FROM")
    if source < 0:
        return False
    table = s.skip(source + 1, ("ONLY",))
    behind = s.name(table)
    if behind == table or s.is_article(table):
        return False
    if not s.is_upper and (source > 1 or s.word(table) == "INDEX") and s.find("WHERE") < 0:
        return False
    if s.ends(behind):
        return s.style != "title"
    is_clause = s.word(behind) in _BEHIND_DELETE or s.word(behind + 1) in _BEHIND_DELETE or s.is_hole(behind)
    return is_clause and (s.style != "title" or s.has_sign() or s.is_hole(behind - 1) or s.is_hole(s.length - 1))


def _with(s: Statement) -> bool:
    name = s.skip(1, ("RECURSIVE",))
    if s.is_hole(name) and s.name(name) == name + 1 and s.word(name + 1) not in ("AS", "("):
        return s.is_upper or s.word(name + 1) in ("SELECT", "INSERT", "UPDATE", "DELETE")
    behind = s.name(name)
    if s.word(behind) == "(":
        while not s.ends(behind) and s.word(behind) != ")":
            behind += 1
        behind += 1
    behind = s.skip(behind + 1, ("NOT", "MATERIALIZED")) if s.word(behind) == "AS" else -2
    return behind > 0 and (s.word(behind) == "(" or s.is_hole(behind))


def _merge(s: Statement) -> bool:
    return s.find("USING") > 1 and s.find("WHEN", "ON") > 0


def _copy(s: Statement) -> bool:
    behind = s.name(s.skip(1, ("INTO",)))
    if s.word(1) != "(" and s.word(behind) not in ("(", "FROM", "TO"):
        return False
    direction = s.find("FROM", "TO")
    if direction < 2 or s.ends(direction + 1):
        return False
    is_listed = s.word(behind) == "(" and s.grammar.touches(s.start + behind)
    is_source = behind == direction or is_listed or (s.word(behind) == "(" and s.is_upper) or s.word(1) == "("
    ends = (
        s.word(1) == "INTO"
        or s.word(direction + 1) in ("STDIN", "STDOUT", "PROGRAM")
        or s.word(1) == "("
        or s.word(behind) == "("
    )
    return is_source and (s.is_upper or ends)


def _load(s: Statement) -> bool:
    return s.word(1) == "DATA" and s.find("INTO") > 2 and s.find("INFILE") > 1


def _values(s: Statement) -> bool:
    return s.word(1) == "(" or (s.is_upper and s.is_hole(1))


SHAPES: dict[str, Callable[[Statement], bool]] = {
    "SELECT": _select,
    **dict.fromkeys(("INSERT", "REPLACE", "UPSERT"), _insert),
    "UPDATE": _update,
    "DELETE": _delete,
    "WITH": _with,
    "MERGE": _merge,
    "COPY": _copy,
    "VALUES": _values,
    "LOAD": _load,
}
