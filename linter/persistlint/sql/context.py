"""Where in the grammar of SQL a hole stands: a value, a name, a keyword or a whole piece of SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from persistlint.facts import Context
from persistlint.sql.grammar import (
    COMPARISONS,
    JOINS,
    LIST_OPERATORS,
    NAME_BEFORE,
    OPERAND,
    OPERATORS,
    OPTIONS,
    SETTINGS,
    Frame,
    Grammar,
)
from persistlint.sql.lexer import HOLE, Kind, Token, string_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDTH = 48  # code points of an excerpt
_MARGIN = 20  # code points around the hole in a long literal
_MAX_DEPTH = 4  # of bodies in bodies
_UNITS = frozenset({"EXTRACT", "DATEADD", "DATEDIFF", "DATEPART", "DATENAME", "TIMESTAMPDIFF", "TIMESTAMPADD"})
_AGGREGATES = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX", "STRING_AGG", "ARRAY_AGG", "GROUP_CONCAT", "LISTAGG"})
_BY_VALUE = frozenset({"IDENTIFIED", "INCREMENT", "CACHE", "PASSWORD"})


@dataclass(frozen=True, slots=True)
class HoleContext:
    """Where one hole stands; `excerpt` is the SQL around it, with `…` for holes: `WHERE status = '…'`."""

    kind: Context
    excerpt: str


def contexts(parts: Sequence[str | None], clause: str = "", dialect: str | None = None) -> list[HoleContext]:
    """The context of every hole of a text, in order; None is a hole.

    `clause` is "" for a whole statement, or what a fragment is a piece of: "where", "select", "from", "group",
    "order", "set", "value", "with", "name". `dialect` is a name of sqlglot's.
    """
    text = "".join(HOLE if part is None else part.replace(HOLE, "\ufffd") for part in parts)
    return list(_contexts(text, clause, dialect, _MAX_DEPTH))


def _contexts(text: str, clause: str, dialect: str | None, depth: int) -> Iterator[HoleContext]:
    grammar = Grammar(text, clause, dialect)
    tables = _selects_from_tables(grammar)
    for index, token in enumerate(grammar.tokens):
        if HOLE in token.text:
            if token.kind is Kind.DOLLAR and depth and grammar.word(index - 1) in ("DO", "AS"):
                yield from _contexts(string_value(token)[0], "", dialect, depth - 1)  # the body of a routine
            else:
                kind = _Decision(grammar, index, dialect, tables).kind()
                for found in re.finditer(HOLE, token.text):
                    yield HoleContext(kind, _excerpt(grammar, index, found.start(), kind))
        grammar.read(index)


def _selects_from_tables(grammar: Grammar) -> frozenset[int]:
    """The indexes of SELECT and RETURNING whose columns are those of a table."""
    levels = [-1]
    found = set()
    for index in range(len(grammar.tokens)):
        match grammar.word(index):
            case "(":
                levels.append(-1)
            case ")" if len(levels) > 1:
                levels.pop()
            case "SELECT":
                levels[-1] = index
            case "RETURNING" | "OUTPUT":
                found.add(index)
            case "FROM" if grammar.word(index - 1) != "DISTINCT":
                found.add(levels[-1])
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Decision:
    """What the hole in the token at `index` is, the grammar having read the tokens before it."""

    grammar: Grammar
    index: int
    dialect: str | None
    tables: frozenset[int]

    def kind(self) -> Context:
        token, frame = self.grammar.tokens[self.index], self.grammar.frame
        match token.kind:
            case Kind.COMMENT | Kind.OTHER:
                return Context.FRAGMENT
            case Kind.STRING | Kind.DOLLAR:
                return self._literal(token, frame)
            case Kind.QUOTED:
                may_be_string = token.text.startswith('"') and self.dialect in (None, "sqlite", "bigquery")
                is_string = (
                    may_be_string and frame.before in COMPARISONS and self._next() != "." and frame.verb != "SET"
                )
                return self._literal(token, frame) if is_string else Context.IDENTIFIER
            case Kind.NUMBER | Kind.PARAMETER:
                return Context.VALUE
        is_qualified = "." in (self._word(-1), self._next())
        if token.text != HOLE or is_qualified or frame.before in NAME_BEFORE:
            return Context.IDENTIFIER
        if frame.before == "AS":
            is_query = frame.clause == "with" or frame.verb in ("CREATE", "ALTER", "PREPARE")
            return Context.FRAGMENT if is_query and frame.opener != "call" else Context.IDENTIFIER
        if frame.before == OPERAND:
            return self._behind_operand(frame)
        return self._operand(frame)

    def _word(self, offset: int) -> str:
        return self.grammar.word(self.index + offset)

    def _next(self) -> str:
        return self._word(1)

    def _is_alone(self) -> bool:
        """Whether the parenthesis holds nothing else."""
        return self._word(-1) in ("(", "[") and (
            self._next() in (")", "]") or self.index + 1 == len(self.grammar.tokens)
        )

    def _is_between(self) -> bool:
        """Whether an operand follows, so that the hole stands between two."""
        return self.grammar.starts_operand(self.index + 1) or self._next() == "("

    def _literal(self, token: Token, frame: Frame) -> Context:
        if string_value(token)[0] != HOLE:
            return Context.PART
        return Context.LIST if frame.opener in ("in", "array") and self._is_alone() else Context.QUOTED

    # -------------------------------------------------------------- where an operand, a name or a clause is expected

    def _operand(self, frame: Frame) -> Context:
        following = self._next()
        is_row = frame.clause == "rows" or frame.opener == "row"
        if frame.before in LIST_OPERATORS and frame.clause not in ("name", "select"):
            return Context.LIST
        if following == "(" and not is_row and frame.before not in ("FOR",):
            return Context.IDENTIFIER
        if frame.before == "IS" or (frame.before == "NOT" and self._word(-2) == "IS"):
            return Context.VALUE if frame.verb == "COMMENT" else Context.KEYWORD
        is_operator = frame.before in OPERATORS and frame.clause != "name"
        if is_operator or frame.before in ("INTERVAL", "ZONE", "ESCAPE", "TOP", "FROM"):
            return self._right_side(frame)
        if following in COMPARISONS or (following == "NOT" and self._word(2) in COMPARISONS):
            return self._left_side(frame)
        match frame.clause:
            case "select":
                return self._column(frame)
            case "from":
                is_query = frame.opener == "group" and self._is_alone()
                return (
                    Context.FRAGMENT if is_query else Context.KEYWORD if frame.before == "FOR" else Context.IDENTIFIER
                )
            case "where":
                return self._condition(frame)
            case "order":
                is_tail, is_option = frame.before in ("ASC", "DESC", "FIRST", "LAST"), frame.before == "NULLS"
                return Context.FRAGMENT if is_tail else Context.KEYWORD if is_option else Context.IDENTIFIER
            case "set":
                return self._setting(frame)
            case "value":
                return self._item(frame)
            case "name":
                return self._name(frame)
            case "rows":
                return Context.LIST if frame.before in ("", ",") else Context.FRAGMENT
            case "with":
                return Context.IDENTIFIER if following in ("AS", "(") else Context.FRAGMENT
            case "definition":
                return Context.IDENTIFIER if self._is_between() else Context.FRAGMENT
            case "options":
                return Context.FRAGMENT if self._is_alone() else Context.KEYWORD
            case "group" | "columns":
                return Context.IDENTIFIER
        return Context.FRAGMENT

    def _right_side(self, frame: Frame) -> Context:
        if frame.clause == "set" and frame.verb == "SET" and self._word(-2) in SETTINGS:
            return Context.IDENTIFIER
        return Context.VALUE

    def _left_side(self, frame: Frame) -> Context:
        """Before a comparison: a column, except for the shapes in which only a value makes sense."""
        is_member = self._next() == "=" and self._word(2) in ("ANY", "ALL", "SOME")
        is_between = self._next() == "BETWEEN" and self._word(2).isidentifier()
        return Context.VALUE if is_member or is_between else Context.IDENTIFIER

    def _column(self, frame: Frame) -> Context:
        of_table = frame.begin in self.tables or self.grammar.word(frame.begin) != "SELECT"
        if not of_table or frame.before == "TOP":
            return Context.VALUE
        ends = self.grammar.ends_clause(self.index + 1)
        if ends and frame.before in ("", "DISTINCT", "ALL"):
            return Context.FRAGMENT  # the whole list
        is_column = ends or self._next() in (",", "AS") or self.grammar.is_hole(self.index + 1)
        return Context.IDENTIFIER if is_column else Context.VALUE

    def _condition(self, frame: Frame) -> Context:
        if frame.before == "FOR":
            return Context.KEYWORD
        if frame.before == "CASE":
            return Context.IDENTIFIER
        if frame.opener == "case":
            return Context.VALUE if frame.function == "simple" else Context.FRAGMENT
        if self.grammar.is_hole(self.index + 1) and self.grammar.starts_operand(self.index + 2):
            return Context.IDENTIFIER  # a column, an operator and a value
        return Context.FRAGMENT

    def _setting(self, frame: Frame) -> Context:
        if frame.verb != "SET":  # of UPDATE
            return Context.FRAGMENT
        if frame.before in SETTINGS:
            return Context.IDENTIFIER
        if frame.before in OPTIONS or self._next() == "TO":
            return Context.KEYWORD if frame.before in OPTIONS else Context.IDENTIFIER
        return Context.FRAGMENT

    def _item(self, frame: Frame) -> Context:
        """An item of a list of values, or an argument of a function."""
        if self._is_alone() and (frame.opener in ("in", "array") or (frame.opener == "row" and frame.columns > 1)):
            return Context.LIST
        if frame.opener == "call" and self.index == frame.item and frame.function in _UNITS:
            return Context.KEYWORD
        if frame.opener == "call" and (
            frame.before == "DISTINCT" or (frame.function in _AGGREGATES and not frame.commas)
        ):
            return Context.IDENTIFIER
        return Context.KEYWORD if frame.before == "FOR" else Context.VALUE

    def _name(self, frame: Frame) -> Context:
        at_verb = bool(frame.verb) and frame.before == frame.verb
        ends = self.index + 1 == len(self.grammar.tokens) or self._next() == ";"
        match frame.verb:
            case "GRANT" | "REVOKE" if at_verb or self._next() == "ON":
                return Context.IDENTIFIER if self._next() in ("TO", "FROM") else Context.KEYWORD
            case "CREATE" | "ALTER" | "DROP" | "INSERT" | "DELETE" if at_verb:
                return Context.FRAGMENT if ends else Context.KEYWORD
            case "USE" if at_verb and not ends:
                return Context.KEYWORD
            case "ATTACH" | "KILL" if at_verb or frame.before == "DATABASE":
                return Context.VALUE
            case "VACUUM" if frame.before == "INTO":
                return Context.VALUE
            case "NOTIFY" | "EXEC" | "EXECUTE" if frame.before == ",":
                return Context.VALUE
        if frame.before == "BY":
            return Context.VALUE if self._word(-2) in _BY_VALUE else Context.IDENTIFIER
        return Context.KEYWORD if frame.before == "IN" or frame.before in OPTIONS else Context.IDENTIFIER

    # -------------------------------------------------------------------------------------------- behind an operand

    def _behind_operand(self, frame: Frame) -> Context:
        """An operator, a direction, an alias, or the tail of the statement."""
        if self._word(-2) == "INTERVAL" and frame.clause != "name":
            return Context.KEYWORD
        before_hole = self.grammar.is_hole(self.index + 1)
        match frame.clause:
            case "order" | "columns":
                return Context.KEYWORD
            case "where" | "start" if self._is_between() and not (frame.compared and before_hole):
                return Context.KEYWORD
            case "set" | "value" | "select" if self._is_between() and not before_hole:
                return Context.KEYWORD
            case "from" if self._next() in JOINS:
                return Context.KEYWORD
            case "from" if self._next() == "ON" and self._word(2) not in ("CONFLICT", "DUPLICATE"):
                return Context.IDENTIFIER
            case "definition":
                return Context.IDENTIFIER
            case "options":
                return Context.KEYWORD
            case "name":
                return self._behind_name(frame)
        return Context.FRAGMENT

    def _behind_name(self, frame: Frame) -> Context:
        if frame.verb in ("EXEC", "EXECUTE", "CALL"):
            return Context.VALUE
        previous = self._word(-2)
        if previous in ("COLUMN", "ADD", "MODIFY", "CHANGE", "DOMAIN"):
            return Context.IDENTIFIER  # the type
        is_kind = self.grammar.is_hole(self.index - 1) and previous in ("CREATE", "ALTER", "DROP")
        return Context.IDENTIFIER if is_kind else Context.FRAGMENT


# --------------------------------------------------------------------------------------------------------- excerpts


def _excerpt(grammar: Grammar, index: int, offset: int, kind: Context) -> str:
    """The SQL around the hole at an offset of the token at `index`, holes as `…`, on one line."""
    tokens, frame = grammar.tokens, grammar.frame
    last = _last_of_excerpt(grammar, index, kind)
    hole = _shorten(tokens[index], offset)
    for first in (frame.anchor, frame.item, *range(max(index - 6, frame.item), index), index):
        if first <= index:
            text = _render([*tokens[first:index], hole, *tokens[index + 1 : last + 1]] if index - first < 40 else [])
            if text.endswith(")") and "(" not in text:
                text = text[:-1]
            if text and len(text) <= _WIDTH:
                break
    return text or _render([hole])


def _last_of_excerpt(grammar: Grammar, index: int, kind: Context) -> int:
    """The last token that belongs to the excerpt: what makes the hole's place clear."""
    tokens = grammar.tokens
    last = index
    while last + 1 < len(tokens) and tokens[last + 1].text in (".", "::") and last + 2 < len(tokens):
        last += 2
    following = grammar.word(last + 1)
    if following == "(" and kind is Context.IDENTIFIER and tokens[last + 1].start == tokens[last].end:
        return last + 1
    is_left = following in COMPARISONS and grammar.frame.clause not in ("name", "from")
    if is_left or (kind is Context.KEYWORD and grammar.starts_operand(last + 1)):
        last += 1 if following not in COMPARISONS or not grammar.starts_operand(last + 2) else 2
        return last
    is_closed = following in (")", "]") and len(grammar.frames) > 1
    return last + 1 if is_closed or (following == "FROM" and grammar.frame.clause == "select") else last


def _shorten(token: Token, offset: int) -> Token:
    start, end = max(0, offset - _MARGIN), min(len(token.text), offset + _MARGIN)
    return Token(token.kind, token.text[start:end], token.start, token.end)


def _render(tokens: list[Token]) -> str:
    pieces = [
        (" " if number and tokens[number - 1].end < token.start else "") + token.text
        for number, token in enumerate(tokens)
    ]
    return " ".join("".join(pieces).replace(HOLE, "…").split())
