"""Columns, their types and the constraints of tables, as `CREATE TABLE` and `ALTER TABLE` write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.schema.definitions import Column, Constraint, ConstraintKind, DataType, Index, Name, Reference
from persistlint.schema.types import CANONICAL
from persistlint.sql.ddl.indexes import index_keys
from persistlint.sql.ddl.once import once
from persistlint.sql.lexer import Kind, word_set

if TYPE_CHECKING:
    from persistlint.schema.definitions import Expression
    from persistlint.sql.ddl.cursor import Cursor

# Words that begin something about a column behind its type; none of them goes on with a type or a default.
_OPTIONS = word_set(
    "CONSTRAINT NOT NULL DEFAULT PRIMARY UNIQUE REFERENCES CHECK COLLATE GENERATED AUTO_INCREMENT AUTOINCREMENT COMMENT"
    " ON KEY IDENTITY STORAGE COMPRESSION AS VISIBLE INVISIBLE FIRST AFTER VIRTUAL STORED PERSISTENT DEFERRABLE"
    " INITIALLY USING SRID CHARSET COLUMN_FORMAT ENCODE WITHOUT ENFORCED MATCH"
)
_TWO_WORDS = {"CHARACTER": ("SET",), "NOT": ("DEFERRABLE", "VALID", "ENFORCED"), "WITH": ("OPTIONS",)}
_NAMES = (Kind.WORD, Kind.QUOTED, Kind.PARAMETER)
_IN_TYPES = _OPTIONS | _TWO_WORDS.keys() | word_set("ARRAY UNSIGNED SIGNED ZEROFILL WITHOUT")  # are more than a name
_TABLE_LEVEL = word_set("CONSTRAINT PRIMARY UNIQUE FOREIGN CHECK EXCLUDE EXCLUSION")
_MYSQL_KEYS = word_set("KEY INDEX FULLTEXT SPATIAL")
_ACTIONS = {("CASCADE",): "CASCADE", ("RESTRICT",): "RESTRICT", ("NO", "ACTION"): "NO ACTION"}
_ACTIONS |= {("SET", "NULL"): "SET NULL", ("SET", "DEFAULT"): "SET DEFAULT"}


def data_type(cursor: Cursor) -> DataType | None:
    """Step over a type; None where there is none, as SQLite allows."""
    start = cursor.index
    words: list[str] = []
    arguments: tuple[str, ...] = ()
    is_array = is_unsigned = False
    while not cursor.at_end:
        token, word = cursor.token(), cursor.word()
        if token.kind in _NAMES and word not in _IN_TYPES:
            words.append(cursor.identifier())
        elif word == "(" and words:
            inside = cursor.skip_group()
            arguments = tuple(_text(item) for item in inside.items()) if inside else ()
        elif word == "[":
            is_array = True
            while not cursor.at_end and not cursor.accept("]"):
                cursor.index += 1
        elif word == "ARRAY" and words:
            is_array = True
            cursor.index += 1
        elif word in ("UNSIGNED", "SIGNED", "ZEROFILL") and words:
            is_unsigned |= word == "UNSIGNED"
            cursor.index += 1
        elif word == "." and words:
            cursor.index += 1
            words = []
        elif word in ("WITH", "WITHOUT") and cursor.word(1) in ("TIME", "LOCAL"):
            words += ["with" if word == "WITH" else "without"]
            cursor.index += 1
        elif word in _OPTIONS or cursor.word(1) in _TWO_WORDS.get(word, ()):
            break
        elif token.kind in _NAMES or word == "%":
            words.append(cursor.identifier() or "%")
            cursor.index += word == "%"
        else:
            break
    if not words:
        cursor.index = start
        return None
    name = " ".join(words)
    text = cursor.text.text[cursor.tokens[start].start : cursor.tokens[cursor.index - 1].end]
    return DataType(
        CANONICAL.get(name, name), arguments, " ".join(text.split()), cursor.range(start), is_array, is_unsigned
    )


@once
def column(cursor: Cursor) -> Column | None:
    """Step over the definition of a column; None where none begins."""
    start = cursor.index
    name_token = cursor.token()
    name = cursor.identifier()
    if not name:
        return None
    type = data_type(cursor)
    details = _Details(cursor, name)
    while not cursor.at_end:
        details.read()
    return Column(
        name,
        cursor.bytes(name_token.start, name_token.end),
        cursor.range(start),
        type,
        details.is_required,
        details.default,
        details.is_identity,
        details.generated,
        tuple(details.constraints),
    )


class _Details:
    """What stands behind the type of a column."""

    def __init__(self, cursor: Cursor, name: str) -> None:
        self.cursor = cursor
        self.name = name
        self.is_required = self.is_identity = False
        self.default: Expression | None = None
        self.generated = ""
        self.constraints: list[Constraint] = []

    def read(self) -> None:
        """Step over one option, or over one token that is none."""
        cursor = self.cursor
        start = cursor.index
        name = cursor.identifier() if cursor.accept("CONSTRAINT") else ""
        word = cursor.word()
        if word == "NOT" and cursor.accept("NOT", "NULL"):
            self.is_required = True
        elif word == "PRIMARY" and cursor.accept("PRIMARY", "KEY"):
            self._add(ConstraintKind.PRIMARY_KEY, start, name)
        elif word == "UNIQUE":
            cursor.index += 2 if cursor.word(1) == "KEY" else 1
            is_distinct = not cursor.accept("NULLS", "NOT", "DISTINCT")
            self._add(ConstraintKind.UNIQUE, start, name, nulls_distinct=is_distinct)
        elif word == "REFERENCES":
            found = reference(cursor)
            if found:
                self._add(ConstraintKind.FOREIGN_KEY, start, name, reference=found)
        elif word == "CHECK" and cursor.word(1) == "(":
            condition = check(cursor)
            cursor.accept("NO", "INHERIT")
            self._add(ConstraintKind.CHECK, start, name, expression=condition)
        elif word == "DEFAULT":
            cursor.index += 1
            self.default = default(cursor)
        elif word == "GENERATED":
            cursor.index += 1
            self._generated()
        elif word == "AS" and cursor.word(1) == "(":
            cursor.index += 1
            self._expression_of_generated()
        elif word in ("AUTO_INCREMENT", "AUTOINCREMENT", "IDENTITY"):
            self.is_identity = True
            cursor.index += 1
        elif word == "ON" and cursor.accept("ON", "UPDATE"):
            default(cursor)
        elif cursor.skip_group() is None:
            cursor.index = max(cursor.index, start + 1)

    def _generated(self) -> None:
        cursor = self.cursor
        while not cursor.at_end and not cursor.accept("AS"):
            cursor.index += 1
        if cursor.accept("IDENTITY"):
            self.is_identity = True
            cursor.skip_group()
        else:
            self._expression_of_generated()

    def _expression_of_generated(self) -> None:
        self.cursor.skip_group()
        is_stored = self.cursor.accept("STORED") or self.cursor.accept("PERSISTENT")
        self.generated = "stored" if is_stored else "virtual"

    def _add(
        self,
        kind: ConstraintKind,
        start: int,
        name: str,
        *,
        reference: Reference | None = None,
        expression: Expression | None = None,
        nulls_distinct: bool = True,
    ) -> None:
        self.constraints.append(
            Constraint(
                kind,
                self.cursor.range(start),
                name,
                (self.name,),
                reference,
                expression,
                is_inline=True,
                nulls_distinct=nulls_distinct,
            )
        )


def is_constraint(cursor: Cursor) -> bool:
    """Whether a constraint of the table begins here, and not a column."""
    word = cursor.word()
    if word in ("PRIMARY", "FOREIGN"):
        return cursor.word(1) == "KEY"
    if word in ("CHECK", "EXCLUDE"):
        return cursor.word(1) in ("(", "USING")
    if word == "UNIQUE":
        return cursor.word(1) in ("(", "KEY", "INDEX", "NULLS", "USING") or cursor.token(1).kind is Kind.QUOTED
    return word == "CONSTRAINT"


def constraint(cursor: Cursor) -> Constraint | None:
    """Step over a constraint of a table; None for one that is not understood."""
    start = cursor.index
    name = ""
    if cursor.accept("CONSTRAINT") and cursor.word() not in _TABLE_LEVEL:
        name = cursor.identifier()
    word = cursor.word()
    found: Constraint | None
    if cursor.accept("PRIMARY", "KEY"):
        found = _key(cursor, ConstraintKind.PRIMARY_KEY, start, name)
    elif cursor.accept("UNIQUE"):
        found = _key(cursor, ConstraintKind.UNIQUE, start, name)
    elif cursor.accept("FOREIGN", "KEY"):
        if cursor.word() != "(":
            name = name or cursor.identifier()
        columns = cursor.names()
        target = reference(cursor)
        found = Constraint(ConstraintKind.FOREIGN_KEY, cursor.range(start), name, columns, target) if target else None
    elif word == "CHECK":
        found = Constraint(ConstraintKind.CHECK, cursor.range(start), name, expression=check(cursor))
    elif word in ("EXCLUDE", "EXCLUSION"):
        cursor.index += 1
        found = Constraint(ConstraintKind.EXCLUDE, cursor.range(start), name)
    else:
        return None
    return found and _with_end(cursor, found, start)


def _key(cursor: Cursor, kind: ConstraintKind, start: int, name: str) -> Constraint:
    """PRIMARY KEY and UNIQUE, behind their words."""
    if cursor.word() in ("KEY", "INDEX"):
        cursor.index += 1
    is_distinct = not cursor.accept("NULLS", "NOT", "DISTINCT")
    cursor.accept("NULLS", "DISTINCT")
    if cursor.accept("USING", "INDEX"):
        return Constraint(kind, cursor.range(start), name, index=cursor.identifier())
    if cursor.word() not in ("(", "USING"):
        name = cursor.identifier() or name
    while cursor.word() not in ("(", ""):
        cursor.index += 1
    columns = cursor.names()
    return Constraint(kind, cursor.range(start), name, columns, nulls_distinct=is_distinct)


def _with_end(cursor: Cursor, found: Constraint, start: int) -> Constraint:
    """The constraint with what stands behind it, up to the end of the item."""
    is_valid = True
    while not cursor.at_end:
        if cursor.accept("NOT", "VALID"):
            is_valid = False
        else:
            cursor.index += 1
    return Constraint(
        found.kind,
        cursor.range(start),
        found.name,
        found.columns,
        found.reference,
        found.expression,
        found.index,
        is_valid=is_valid,
        nulls_distinct=found.nulls_distinct,
    )


def check(cursor: Cursor) -> Expression:
    """Step over `CHECK (…)`, and return the condition."""
    cursor.index += 1
    start = cursor.index + 1
    cursor.skip_group()
    return cursor.expression(start, max(start + 1, cursor.index - 1))


def default(cursor: Cursor) -> Expression:
    """Step over the expression behind DEFAULT: up to a word that begins another option."""
    start = cursor.index
    while not cursor.at_end:
        word = cursor.word()
        is_option = word in _IN_TYPES and (word in _OPTIONS or cursor.word(1) in _TWO_WORDS.get(word, ()))
        if is_option and cursor.index > start and word != "AS":
            break
        if cursor.skip_group() is None:
            cursor.index += 1
    return cursor.expression(start, max(cursor.index, start + 1))


def reference(cursor: Cursor) -> Reference | None:
    """Step over `REFERENCES table (columns) ON DELETE …`; None where it is broken."""
    start = cursor.index
    if not cursor.accept("REFERENCES"):
        return None
    table = cursor.name()
    if table is None:
        return None
    columns = cursor.names()
    actions = {"DELETE": "", "UPDATE": ""}
    while not cursor.at_end:
        if cursor.at("ON") and cursor.word(1) in actions:
            event = cursor.word(1)
            cursor.index += 2
            for words, action in _ACTIONS.items():
                if cursor.accept(*words):
                    actions[event] = action
                    cursor.skip_group()  # SET NULL (column)
        elif cursor.accept("MATCH"):
            cursor.index += 1
        else:
            break
    return Reference(table, columns, cursor.range(start), actions["DELETE"], actions["UPDATE"])


def is_mysql_key(cursor: Cursor) -> bool:
    """Whether a MySQL index begins here: `KEY name (columns)`, and not a column `key varchar(10)`."""
    if cursor.word() not in _MYSQL_KEYS:
        return False
    if cursor.word() in ("FULLTEXT", "SPATIAL"):
        return cursor.word(1) in ("KEY", "INDEX", "(") or cursor.word(2) == "("
    is_type = cursor.token(3).kind in (Kind.NUMBER, Kind.STRING)
    return cursor.word(1) == "(" or (cursor.word(2) in ("(", "USING") and not is_type)


def mysql_key(cursor: Cursor, table: Name) -> Index:
    """Step over a MySQL index."""
    start = cursor.index
    while cursor.word() in _MYSQL_KEYS:
        cursor.index += 1
    name = cursor.identifier() if cursor.word() not in ("(", "USING") else ""
    while cursor.word() not in ("(", "") and not cursor.at_end:
        cursor.index += 1
    columns, text, expressions = index_keys(cursor)
    cursor.index = cursor.end
    return Index(name, table, columns, text, cursor.range(start), expressions=expressions)


def _text(cursor: Cursor) -> str:
    return "".join(token.text for token in cursor.tokens[cursor.index : cursor.end])
