"""The tables and columns that a query names, as far as its tokens tell for certain."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.sql.ddl.cursor import fold
from persistlint.sql.lexer import HOLE, Kind, Token, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERBS = word_set("SELECT INSERT UPDATE DELETE REPLACE WITH")
_NAMES = frozenset({Kind.WORD, Kind.QUOTED})
# What goes on behind a table and is no other name for it.
_BEHIND = word_set(
    "WHERE JOIN LEFT RIGHT INNER OUTER CROSS FULL NATURAL STRAIGHT_JOIN ON USING SET GROUP ORDER LIMIT OFFSET HAVING"
    " UNION EXCEPT INTERSECT RETURNING FOR VALUES VALUE SELECT DEFAULT WINDOW FETCH TABLESAMPLE FORCE USE IGNORE"
    " PARTITION LATERAL WITH FINAL INDEXED NOT AND OR OVERRIDING DO WHEN THEN END AS SAMPLE PREWHERE QUALIFY LOCK"
)
_TAKE_FROM = word_set("EXTRACT SUBSTRING TRIM OVERLAY POSITION")  # functions whose arguments have a FROM
_INSERTS = word_set("INSERT REPLACE")
_COMPARES = word_set("= <> != < > <= >= LIKE ILIKE IN IS BETWEEN")
_BEFORE_OPERAND = word_set("WHERE AND OR (")
_NO_COLUMNS = word_set(
    "NULL TRUE FALSE CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER SESSION_USER CURRENT_ROLE USER"
    " DEFAULT ROWNUM LEVEL CASE EXISTS ROW ARRAY INTERVAL DATE TIMESTAMP VALUE VALUES NOT ALL ANY SOME DISTINCT"
    " LOCALTIME LOCALTIMESTAMP"
)
_SEVERAL = word_set("JOIN WITH UNION EXCEPT INTERSECT LATERAL STRAIGHT_JOIN")
_MOST_TOKENS = 3_000


@dataclass(frozen=True, slots=True)
class TableUse:
    """A table that a query names: its schema, "" where none is written, its name, and the index of its last token."""

    schema: str
    name: str
    last: int


@dataclass(frozen=True)
class Uses:
    """What one statement names. `tables` are those behind FROM, JOIN, INTO and UPDATE; what the statement itself calls
    so is none of them. `columns` are names of columns, each with the table that it must be of."""

    tables: tuple[TableUse, ...] = ()
    columns: tuple[tuple[TableUse, str], ...] = ()


def uses(tokens: list[Token], dialect: str | None) -> Uses:
    """What a statement names, from its tokens without comments; nothing where it is no query, or not all of its text is
    known."""
    if not tokens or tokens[0].word not in _VERBS or len(tokens) > _MOST_TOKENS:
        return Uses()
    if any(HOLE in token.text or token.text in ("{", "}") for token in tokens):
        return Uses()
    return _Reading(tokens, dialect, [token.word for token in tokens]).uses()


@dataclass
class _Reading:
    tokens: list[Token]
    dialect: str | None
    words: list[str]
    found: list[TableUse] = field(default_factory=list)
    named: dict[str, set[TableUse]] = field(default_factory=dict)  # by what the statement calls them
    has_list: bool = False  # `FROM a, b`, `FROM (…)`, `FROM f(…)`

    def uses(self) -> Uses:
        made = set(self._made())
        for index in self._places():
            self._table(index)
        tables = tuple(table for table in self.found if table.schema or table.name not in made)
        columns = [*self._qualified(made), *self._plain(made)]
        return Uses(tables, tuple(dict.fromkeys(columns)))

    def _name(self, index: int) -> str:
        """The name at an index, "" where there is none."""
        token = self.tokens[index] if 0 <= index < len(self.tokens) else None
        return fold(token, self.dialect) if token is not None and token.kind in _NAMES else ""

    def _word(self, index: int) -> str:
        return self.words[index] if 0 <= index < len(self.words) else ""

    def _made(self) -> Iterator[str]:
        """What the statement gives a name that is not that of a table: queries of WITH, what stands in parentheses."""
        for index, word in enumerate(self.words):
            if word == "AS" and self._word(index + 1) in ("(", "MATERIALIZED", "NOT"):
                before = index - 1
                if self._word(before) == ")":
                    before = self._opening(before) - 1
                yield self._name(before)
            elif word == ")":
                behind = index + 2 if self._word(index + 1) == "AS" else index + 1
                if self._word(behind) not in _BEHIND:
                    yield self._name(behind)

    def _opening(self, index: int) -> int:
        """The index of the parenthesis that is closed at an index."""
        depth = 0
        while index > 0:
            depth += (self.words[index] == ")") - (self.words[index] == "(")
            if depth == 0:
                break
            index -= 1
        return index

    def _places(self) -> Iterator[int]:
        """Where a table is named."""
        verbs = {0} | {index + 1 for index, word in enumerate(self.words) if word in "()"}
        around: list[int] = []  # the parentheses that are open
        for index, word in enumerate(self.words):
            if word == "(":
                around.append(index)
            elif word == ")" and around:
                around.pop()
            elif word == "FROM":
                is_argument = bool(around) and self._word(around[-1] - 1) in _TAKE_FROM
                is_comparison = self._word(index - 1) == "DISTINCT" and self._word(index - 2) in ("IS", "NOT")
                if not is_argument and not is_comparison:
                    yield index + 1
            elif word in ("JOIN", "STRAIGHT_JOIN") or (word == "UPDATE" and index in verbs) or self._is_into(index):
                yield index + 1

    def _is_into(self, index: int) -> bool:
        """`INSERT INTO`, but not the `INTO` of a SELECT."""
        return self.words[index] == "INTO" and not _INSERTS.isdisjoint(self.words[max(index - 3, 0) : index])

    def _table(self, index: int) -> None:
        """Take the table at an index, and those behind commas after it."""
        is_into = any(word == "INTO" for word in self.words[max(index - 2, 0) : index])
        while True:
            while self._word(index) in ("ONLY", "LATERAL", "LOW_PRIORITY", "IGNORE"):
                index += 1
            name, before = self._name(index), ""
            while name and self._word(index + 1) == "." and self._name(index + 2):
                before, name, index = name, self._name(index + 2), index + 2
            behind = self._word(index + 1)
            if not name or self._word(index) in _BEHIND or (behind == "(" and not is_into):
                self.has_list = True  # a query in parentheses, or a function
                return
            self.found.append(TableUse(before, name, index))
            alias = index + 2 if behind == "AS" else index + 1
            other = self._name(alias) if self._word(alias) not in _BEHIND else ""
            for called in {name, other} - {""}:
                self.named.setdefault(called, set()).add(TableUse(before, name, -1))
            index = (alias if other else index) + 2
            if self._word(index - 1) != "," or is_into:
                return
            self.has_list = True

    def _qualified(self, made: set[str]) -> Iterator[tuple[TableUse, str]]:
        """`t.column`, where `t` can be one table alone."""
        places = {table.last for table in self.found}
        for index, word in enumerate(self.words):
            if (
                word != "."
                or index + 1 in places
                or self._word(index - 2) == "."
                or self._word(index + 2) in (".", "(")
            ):
                continue
            owner, column = self._name(index - 1), self._name(index + 1)
            meant = self.named.get(owner, set())
            if column and len(meant) == 1 and owner not in made:
                yield next(iter(meant)), column

    def _plain(self, made: set[str]) -> Iterator[tuple[TableUse, str]]:
        """Columns without a table, in a query of one table: those that are selected as they are, and those that are
        compared."""
        is_one = len(self.found) == 1 and not self.has_list and self.words.count("SELECT") <= 1
        if not is_one or self.words[0] == "INSERT" or not _SEVERAL.isdisjoint(self.words) or self.found[0].name in made:
            return
        table = TableUse(self.found[0].schema, self.found[0].name, -1)
        for index in (*self._selected(), *self._compared()):
            name = self._name(index)
            if name and self.words[index] not in _NO_COLUMNS and name not in self.named:
                yield table, name

    def _selected(self) -> Iterator[int]:
        """The items of SELECT that are one word, perhaps with another name behind it."""
        if self.words[0] != "SELECT" or "FROM" not in self.words:
            return
        start = 2 if self._word(1) in ("DISTINCT", "ALL") else 1
        depth, first = 0, start
        for index in range(start, self.words.index("FROM") + 1):
            word = self.words[index]
            depth += (self.tokens[index].text in ("(", "[")) - (self.tokens[index].text in (")", "]"))
            if depth == 0 and word in (",", "FROM"):
                size = index - first
                if size == 1 or (size == 3 and self._word(first + 1) == "AS"):
                    yield first
                first = index + 1

    def _compared(self) -> Iterator[int]:
        """What stands left of a comparison behind WHERE."""
        if "WHERE" not in self.words:
            return
        for index in range(self.words.index("WHERE") + 1, len(self.words) - 1):
            behind = self._word(index + 2) if self._word(index + 1) == "NOT" else self._word(index + 1)
            is_named_argument = behind == "=" and self._word(index + 2) == ">"
            if self._word(index - 1) in _BEFORE_OPERAND and behind in _COMPARES and not is_named_argument:
                yield index
