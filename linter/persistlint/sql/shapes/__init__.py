"""The shapes of statements: whether tokens begin as a statement of their verb does, in any dialect."""

from __future__ import annotations

from persistlint.sql.lexer import word_set
from persistlint.sql.shapes import data, schema, session
from persistlint.sql.shapes.statement import Statement

_NOT_GLUED = word_set("[ . # > : - = ~")


def has_shape(s: Statement) -> bool:
    """Whether a statement begins as one of its verb does."""
    touches = s.grammar.touches(s.start + 1)  # select[name], select.form, select:name
    is_glued = touches and (s.word(1) in _NOT_GLUED or s.token(1).text.startswith(":"))
    check = SHAPES.get(s.word(0))
    return check is not None and not is_glued and check(s)


def _explain(s: Statement) -> bool:
    offset = s.skip(1, ("ANALYZE", "VERBOSE", "EXTENDED", "PLAN", "QUERY", "FOR"))
    if s.word(offset) == "(":
        while not s.ends(offset) and s.word(offset) != ")":
            offset += 1
        offset += 1
    if s.ends(offset) or s.word(offset) == "EXPLAIN":
        return False
    return (s.is_hole(offset) and (s.is_upper or offset > 1)) or has_shape(Statement(s.grammar, s.start + offset))


SHAPES = {**data.SHAPES, **schema.SHAPES, **session.SHAPES, "EXPLAIN": _explain}
