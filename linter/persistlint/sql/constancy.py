"""Whether an expression would be the same for every row although rows are read: `SELECT md5(…) FROM t`, `GROUP BY
lower(…)`, `WHERE length(…) > 5`. Nobody asks for that, so that a bare hole in such a one is the name of a column, or,
beside other bare holes, nobody knows which of them is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.facts import Context
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.lexer import HOLE, Kind, word_set
from persistlint.sql.words import AGGREGATES, CLAUSES, COMPARISONS, KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.sql.frames import Frame
    from persistlint.sql.grammar import Grammar

_LONGEST = 100  # tokens of an expression on either side of a hole
_WITHIN = frozenset({"call", "group", "in", "array", "subscript"})  # parentheses that are a part of an expression
_OF_ROWS = frozenset({"select", "where", "group", "order", "columns"})
_OF_PROCEDURES = word_set("IF ELSIF ELSEIF WHILE")
_PATHS = word_set("-> ->> #> #>> #-")
# What is asked for its effect, once for every row, or gives rows itself.
_ROWLESS = word_set(
    "RAND RANDOM NEXTVAL CURRVAL SETVAL SET_CONFIG CURRENT_SETTING PG_NOTIFY PG_SLEEP SLEEP BENCHMARK LAST_INSERT_ID"
    " GENERATE_SERIES SPACE RANDOMBLOB PERCENTILE_CONT PERCENTILE_DISC"
)
_VALUE_BEFORE = word_set("INTERVAL ZONE ESCAPE TOP")
_CONSTANTS = word_set(
    "NULL TRUE FALSE DEFAULT UNKNOWN CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER SESSION_USER USER SYSDATE"
    " LOCALTIME LOCALTIMESTAMP VARIADIC MOD DATE TIME TIMESTAMP AT ZONE WITHOUT VARYING"
)
_OF_WINDOW = word_set("OVER FILTER WITHIN")
_OPENS = word_set("( [ CASE")
_CLOSES = word_set(") ] END")
_BEHIND_TYPE = word_set(":: AS")
_UNIT = regex(r"(?:\w+_)?(?:MICROSECOND|MILLISECOND|SECOND|MINUTE|HOUR|DAY|WEEK|MONTH|QUARTER|YEAR|EPOCH|DOW|DOY)S?")


def told_by_rows(grammar: Grammar, index: int, tables: frozenset[int]) -> Context:
    """What a bare hole is that stands in the place of a value, the grammar having read the tokens before it."""
    frame = grammar.frame
    if frame.before in _VALUE_BEFORE or (frame.before in COMPARISONS and frame.before not in _PATHS):
        return Context.VALUE  # what is compared with something else is told by that
    depth = _depth(grammar)
    whole = grammar.frames[depth]
    if index - whole.item > _LONGEST or any(each.function in _ROWLESS for each in grammar.frames[depth:]):
        return Context.VALUE
    expression = _expression(grammar, whole.item, index)
    if expression is None:
        return Context.VALUE
    if whole.opener == "call":  # of an aggregate
        return Context.VALUE if whole.commas else expression.kind()
    if whole.function == "simple" or not _reads_rows(grammar, depth, tables):
        return Context.VALUE
    return expression.of_condition(index) if whole.clause == "where" else expression.kind()


def _reads_rows(grammar: Grammar, depth: int, tables: frozenset[int]) -> bool:
    """Whether the clause around a whole expression is computed for every row."""
    nearest = max(0, depth - _LONGEST)  # for each hole asks, and may stand in as many parentheses as there are holes
    while depth > nearest and (grammar.frames[depth].opener == "case" or _is_within(grammar.frames[depth])):
        depth -= 1
    frame = grammar.frames[depth]
    begin = grammar.word(frame.begin)
    if begin == "SELECT":
        return frame.begin in tables
    return frame.clause in _OF_ROWS and begin not in _OF_PROCEDURES


def _depth(grammar: Grammar) -> int:
    """The index of the frame that a whole expression stands in: the clause, or the aggregate that takes it."""
    depth = len(grammar.frames) - 1
    nearest = max(0, depth - _LONGEST - 1)
    while depth > nearest and _is_within(grammar.frames[depth]):
        depth -= 1
    return depth


def _is_within(frame: Frame) -> bool:
    if frame.opener == "case":
        return frame.clause == "value"
    is_aggregate = frame.opener == "call" and frame.function in AGGREGATES
    return frame.clause == "value" and frame.opener in _WITHIN and not is_aggregate


@dataclass(frozen=True, slots=True)
class _Expression:
    """The indexes of its tokens, and which of them compare what stands around them."""

    grammar: Grammar
    tokens: tuple[int, ...]
    comparisons: tuple[int, ...]

    def kind(self) -> Context:
        """What a hole in it is, where it has to depend on a row."""
        return self._kind(self.tokens)

    def of_condition(self, hole: int) -> Context:
        """What a hole is in a condition: on one side of a comparison, or an argument of what is true or false."""
        if self._has_column(self.tokens) or len(self.comparisons) > 1:
            return Context.VALUE
        if not self.comparisons:
            return Context.FRAGMENT
        operator = self.comparisons[0]
        left = [index for index in self.tokens if index < operator]
        if hole < operator:
            return self._kind(left)
        is_fixed = all(map(self._is_fixed, left))
        return self._kind([index for index in self.tokens if index > operator]) if is_fixed else Context.VALUE

    def _kind(self, tokens: Sequence[int]) -> Context:
        if self._has_column(tokens):
            return Context.VALUE
        is_alone = sum(map(self.grammar.is_hole, tokens)) == 1
        return Context.IDENTIFIER if is_alone else Context.FRAGMENT

    def _is_fixed(self, index: int) -> bool:
        is_literal = self.grammar.token(index).kind in (Kind.STRING, Kind.NUMBER, Kind.PARAMETER)
        return is_literal or self.grammar.word(index) in ("AND", "OR", "NOT", "(")

    def _has_column(self, tokens: Sequence[int]) -> bool:
        return any(map(self._is_column, tokens))

    def _is_column(self, index: int) -> bool:
        """Whether a token is what differs from row to row: a column, a row number, all of a row."""
        token, before, after = self.grammar.token(index), self.grammar.word(index - 1), self.grammar.word(index + 1)
        if token.kind is Kind.QUOTED:
            return True
        if token.word == "*":
            return before in ("(", ".")
        if token.word == "OVER":
            return self.grammar.word(index - 2) == "("  # of `row_number()`
        if token.kind is not Kind.WORD:
            return False
        if token.text == HOLE:
            is_aggregated = before == "(" and self.grammar.word(index - 2) in AGGREGATES
            return "." in (before, after) or (is_aggregated and index - 2 >= self.tokens[0])
        if token.word in KEYWORDS or token.word in _CONSTANTS or _UNIT.fullmatch(token.word):
            return False
        is_called = after in ("(", "=>", ":=") or self.grammar.token(index + 1).kind is Kind.STRING
        return not is_called and before not in _BEHIND_TYPE


def _expression(grammar: Grammar, start: int, hole: int) -> _Expression | None:
    """The expression that begins at an index, without the windows of its functions; None where it is too long."""
    tokens: list[int] = []
    comparisons: list[int] = []
    level, outside = 0, -1  # how many parentheses are open, and how many are around a window
    is_between = False
    for index in range(start, hole + _LONGEST):
        word = grammar.word(index)
        is_next = level == 0 and index > start and _begins_next(grammar, index, is_between)
        if is_next or index >= len(grammar.tokens):
            return _Expression(grammar, tuple(tokens), tuple(comparisons))
        level += (word in _OPENS) - (word in _CLOSES)
        if outside < 0:
            tokens.append(index)
            if word in _OF_WINDOW and grammar.word(index + 1) in ("(", "GROUP"):
                outside = level
        elif level == outside and word == ")":
            outside = -1
        if level == 0 and outside < 0 and word in COMPARISONS and word not in _PATHS:
            comparisons.append(index)
            is_between = word == "BETWEEN"
        elif word == "AND" and level == 0:
            is_between = False
    return None


def _begins_next(grammar: Grammar, index: int, is_between: bool) -> bool:
    """Whether an expression is over before a token outside of parentheses."""
    word = grammar.word(index)
    if word in CLAUSES:
        return grammar.word(index + 1) != "("  # else a function, or a window
    return word in (",", ";") or word in _CLOSES or word == "OR" or (word == "AND" and not is_between)
