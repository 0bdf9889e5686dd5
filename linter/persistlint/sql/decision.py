"""What a hole is, from the clause that it stands in and the tokens around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.facts import Context
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.constancy import told_by_rows
from persistlint.sql.frames import OPERAND, Frame
from persistlint.sql.lexer import HOLE, Kind, Token, string_value, word_set
from persistlint.sql.words import (
    AGGREGATES,
    COMPARISONS,
    JOINS,
    LIST_OPERATORS,
    NAME_BEFORE,
    OPERATORS,
    OPTIONS,
    SETTINGS,
)

if TYPE_CHECKING:
    from persistlint.sql.grammar import Grammar

_UNITS = frozenset({"EXTRACT", "DATEADD", "DATEDIFF", "DATEPART", "DATENAME", "TIMESTAMPDIFF", "TIMESTAMPADD"})
_UNIT = regex(r"(?:\w+_)?(?:MICROSECOND|MILLISECOND|SECOND|MINUTE|HOUR|DAY|WEEK|MONTH|QUARTER|YEAR)S?")
_PATHS = frozenset({"->", "->>", "#>", "#>>"})
_BY_VALUE = frozenset({"IDENTIFIED", "INCREMENT", "CACHE", "PASSWORD"})
_CONDITIONS = ("ON", "AND", "OR", "WHERE", "SET", "VALUES", "SELECT", "HAVING", "WHEN", "CONFLICT", "DUPLICATE")
_LONGEST_CONDITION = 12  # tokens back to the word that begins it
_TAKE_VECTOR = ("TS_RANK", "TS_RANK_CD", "SETWEIGHT", "TS_DELETE", "TSVECTOR_TO_ARRAY")  # and no text, as a value is
# A value there would be no question, or no SQL without quotes.
_TAKE_COLUMN = word_set(
    """COALESCE IFNULL NVL ISNULL ORA_HASH JSON_EXISTS JSON_VALUE JSON_QUERY JSON_EXTRACT JSON_CONTAINS
    JSONB_PATH_EXISTS"""
)


@dataclass(frozen=True, slots=True)
class Decision:
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
                is_file = self._word(-1) in ("INTO", "ATTACH", "DATABASE") and frame.verb in ("VACUUM", "ATTACH")
                return self._literal(token, frame) if is_string or is_file else Context.IDENTIFIER
            case Kind.NUMBER if token.text.endswith(HOLE):
                return Context.FRAGMENT  # nobody puts a value behind a digit, but ` AND …` goes on there
            case Kind.PARAMETER if token.text.startswith("@") and self.dialect in ("snowflake", "mysql"):
                return Context.IDENTIFIER  # a stage, or a variable
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

    def told_by_rows(self) -> Context:
        """What a hole is that stands in the place of a value, if nobody asks for an expression that is the same for
        every row."""
        is_bare = self.grammar.tokens[self.index].text == HOLE and self.grammar.frame.before != OPERAND
        return told_by_rows(self.grammar, self.index, self.tables) if is_bare else Context.VALUE

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

    def _begins_query(self) -> bool:
        """Whether the parenthesis begins with the hole and is not a join."""
        following = self.index + 1
        is_followed = self._next() in (")", "UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT")
        is_followed |= following == len(self.grammar.tokens) or self.grammar.is_hole(following)
        return self._word(-1) == "(" and is_followed

    def _literal(self, token: Token, frame: Frame) -> Context:
        if string_value(token)[0] != HOLE:
            return Context.PART
        return Context.LIST if frame.opener in ("in", "array") and self._is_alone() else Context.QUOTED

    # -------------------------------------------------------------- where an operand, a name or a clause is expected

    def _operand(self, frame: Frame) -> Context:
        following = self._next()
        is_row = frame.clause == "rows" or frame.opener == "row"
        if self._word(-1) == "(" and self._word(-2) in _TAKE_COLUMN and following == ",":
            return Context.IDENTIFIER
        if self._word(-1) == "(" and self._word(-2) in _TAKE_VECTOR:
            return Context.FRAGMENT
        if self._word(-1) == "LIKE" and self._word(-2) == "(":
            return Context.IDENTIFIER  # `CREATE TABLE a (LIKE b)`
        if frame.verb == "DROP" and frame.opener == "call":
            return Context.FRAGMENT  # the types of a routine's parameters
        if frame.before in LIST_OPERATORS and frame.clause not in ("name", "select", "start"):
            return Context.LIST
        if following == "(" and not is_row and frame.before not in ("FOR",):
            return Context.IDENTIFIER
        if frame.before == "IS" or (frame.before == "NOT" and self._word(-2) == "IS"):
            return Context.VALUE if frame.verb == "COMMENT" else Context.KEYWORD
        if following in _PATHS and frame.before not in _PATHS:
            return Context.IDENTIFIER
        if frame.before == "INTERVAL" and not _UNIT.fullmatch(following) and not self.grammar.is_hole(self.index + 1):
            return Context.FRAGMENT  # a number and its unit, or a string with its quotes
        is_operator = frame.before in OPERATORS and frame.clause != "name"
        if is_operator or frame.before in ("INTERVAL", "ZONE", "ESCAPE", "TOP", "FROM"):
            return self._right_side(frame)
        if following in COMPARISONS or (following == "NOT" and self._word(2) in COMPARISONS):
            return self._left_side(frame)
        match frame.clause:
            case "select":
                return self._column(frame)
            case "from":
                if frame.opener == "group" and self._begins_query():
                    return Context.FRAGMENT
                return Context.KEYWORD if frame.before == "FOR" else Context.IDENTIFIER
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
        if frame.clause == "set":
            # `SET a = a || $1`: what is computed with a parameter, or assigned to a column of a hole, is a column.
            is_computed = self._next() in ("||", "+", "-", "*", "/")
            is_column = self._is_fixed(self.index + 2) or self.grammar.is_hole(self.index - 2)
            return Context.IDENTIFIER if is_computed and is_column else Context.VALUE
        is_column = self._is_compared_with_fixed(self.index - 1) or (frame.before == "=" and self._joins(frame))
        return Context.IDENTIFIER if is_column else Context.VALUE

    def _joins(self, frame: Frame) -> bool:
        """Whether the comparison is the condition of a join, which compares columns: `ON a.id = …`."""
        before = (self._word(-offset) for offset in range(2, min(self.index, _LONGEST_CONDITION) + 1))
        is_on = next((word for word in before if word in _CONDITIONS), "") == "ON"
        return is_on and frame.verb != "MERGE"  # which compares with what it merges, often a value

    def _left_side(self, frame: Frame) -> Context:
        """Before a comparison: a column, except for the shapes in which only a value makes sense."""
        is_member = self._next() == "=" and self._word(2) in ("ANY", "ALL", "SOME") and self._is_column(self.index + 4)
        is_between = self._next() == "BETWEEN" and self._word(2).isidentifier()
        return Context.VALUE if is_member or is_between else Context.IDENTIFIER

    def _is_fixed(self, index: int) -> bool:
        """Whether the token at an index is a bind parameter or a constant."""
        token = self.grammar.token(index)
        if token.kind is Kind.PARAMETER:
            return not token.text.startswith("@")  # a variable, which can be set from a value
        return token.kind in (Kind.STRING, Kind.NUMBER) and HOLE not in token.text

    def _is_column(self, index: int) -> bool:
        """Whether the token at an index is the name of a column."""
        token = self.grammar.token(index)
        is_name = token.kind is Kind.QUOTED or (
            token.kind is Kind.WORD and HOLE not in token.text and token.word not in ("ARRAY", "SELECT", "VALUES")
        )
        return is_name and self.grammar.word(index + 1) != "("

    def _is_compared_with_fixed(self, operator: int) -> bool:
        """Whether all that stands before the comparison at an index is a parameter or constant: `$1 = …`."""
        first = operator - 1
        while self.grammar.word(first - 1) == "::":
            first -= 2
        is_comparison = self.grammar.word(operator) in COMPARISONS - _PATHS - {"BETWEEN"}
        begins = first == 0 or self.grammar.word(first - 1) in (
            "WHERE",
            "AND",
            "OR",
            "(",
            "ON",
            "HAVING",
            "WHEN",
            "NOT",
        )
        return is_comparison and begins and self.grammar.frame.clause in ("where", "value") and self._is_fixed(first)

    def _column(self, frame: Frame) -> Context:
        of_table = frame.begin in self.tables or self.grammar.word(frame.begin) != "SELECT"
        if not of_table or frame.before == "TOP":
            return Context.VALUE
        ends = self.grammar.ends_clause(self.index + 1)
        if ends and frame.before in ("", "DISTINCT", "ALL"):
            return Context.FRAGMENT  # the whole list
        is_named = self.grammar.token(self.index + 1).kind is Kind.WORD and self._word(2) in (",", "FROM")
        is_column = ends or is_named or self._next() in (",", "AS", "::") or self.grammar.is_hole(self.index + 1)
        return Context.IDENTIFIER if is_column else Context.VALUE

    def _condition(self, frame: Frame) -> Context:
        if frame.before == "FOR":
            return Context.KEYWORD
        if frame.before == "CASE":
            return Context.IDENTIFIER
        if frame.opener == "case":
            return Context.VALUE if frame.function == "simple" else Context.FRAGMENT
        following = self.index + 1
        if self.grammar.is_hole(following) and self.grammar.starts_operand(following + 1):
            # A column, an operator and a value; three holes can be anything.
            return Context.FRAGMENT if self.grammar.is_hole(following + 1) else Context.IDENTIFIER
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
        if self._word(-1) == "DEFAULT" and frame.verb in ("CREATE", "ALTER"):
            return Context.FRAGMENT  # an expression of SQL, for which no bind parameter can stand
        if self._is_alone() and (frame.opener in ("in", "array") or (frame.opener == "row" and frame.columns > 1)):
            return Context.LIST
        if frame.opener == "call" and frame.function == "VALUES":
            return Context.IDENTIFIER  # of MySQL: what the row would have for a column
        if frame.opener == "call" and self.index == frame.item and frame.function in _UNITS:
            return Context.KEYWORD
        if frame.opener == "call" and (
            frame.before == "DISTINCT" or (frame.function in AGGREGATES and not frame.commas)
        ):
            return Context.IDENTIFIER
        if self._is_alone() and frame.opener == "call" and self._is_argument_of_column():
            return Context.IDENTIFIER
        return Context.KEYWORD if frame.before == "FOR" else Context.VALUE

    def _is_argument_of_column(self) -> bool:
        """Whether a call stands where a column would: `$1 = ANY(…)`."""
        return self._word(-2) in LIST_OPERATORS and self._is_compared_with_fixed(self.index - 3)

    def _name(self, frame: Frame) -> Context:
        at_verb = bool(frame.verb) and frame.before == frame.verb
        ends = self.index + 1 == len(self.grammar.tokens) or self._next() == ";"
        match frame.verb:
            case "GRANT" | "REVOKE" if at_verb or self._next() == "ON":
                return Context.IDENTIFIER if self._next() in ("TO", "FROM") else Context.KEYWORD
            case "CREATE" | "ALTER" | "DROP" | "INSERT" if at_verb:
                return Context.FRAGMENT if ends else Context.KEYWORD
            case "DELETE" if at_verb:
                return Context.FRAGMENT if ends else Context.IDENTIFIER
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
        is_mode = frame.verb == "LOCK" and frame.before == "IN"
        return Context.KEYWORD if is_mode or frame.before in OPTIONS else Context.IDENTIFIER

    # -------------------------------------------------------------------------------------------- behind an operand

    def _behind_operand(self, frame: Frame) -> Context:
        """An operator, a direction, an alias, or the tail of the statement."""
        if self._word(-2) == "INTERVAL" and frame.clause != "name":
            return Context.KEYWORD
        before_hole = self.grammar.is_hole(self.index + 1)
        if self.grammar.is_hole(self.index - 1) and frame.clause not in ("name", "definition", "options"):
            is_third = self.grammar.ends_operand(self.index - 2)
            if is_third or (before_hole and frame.clause in ("where", "start")):
                return Context.FRAGMENT  # one of several pieces in a row
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
        if frame.verb == "ALTER" and self._word(-1) in ("ALTER", "DROP"):
            return Context.IDENTIFIER  # the column
        is_kind = self.grammar.is_hole(self.index - 1) and previous in ("CREATE", "ALTER", "DROP")
        return Context.IDENTIFIER if is_kind else Context.FRAGMENT
