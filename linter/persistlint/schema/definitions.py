"""What a schema consists of: names, types, columns, constraints, indexes, policies, tables.

Identifiers are folded as the database folds them: lower case, but for those that PostgreSQL was given in quotes.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.schema.naming import index_styles, singular, words

if TYPE_CHECKING:
    from persistlint.source import Range

DEFAULT_SCHEMAS = frozenset({"", "public", "main", "dbo"})
# Types that PostgreSQL lacks, and MySQL or SQLite have.
_OF_OTHERS = frozenset(
    {
        "blob", "tinyblob", "mediumblob", "longblob", "tinytext", "mediumtext", "longtext", "tinyint", "mediumint",
        "datetime",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a table or another object. `schema` is "" where none was written; `range` holds the schema too."""

    schema: str
    name: str
    range: Range

    @property
    def key(self) -> str:
        """One text for one object; the schema that everything is in by default is left out."""
        return self.name if self.schema in DEFAULT_SCHEMAS else f"{self.schema}.{self.name}"

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, slots=True)
class Expression:
    """A piece of SQL with a value. `words` are its tokens: bare words, names and quoted names in lower case without
    their quotes, strings with their quotes as written. `calls` are the functions that it calls."""

    range: Range
    words: tuple[str, ...]
    calls: frozenset[str] = frozenset()

    def mentions(self, name: str) -> bool:
        """Whether a column of this name stands in it."""
        return name.lower() in self.words

    @property
    def is_true(self) -> bool:
        """Whether it holds for every row: `true`, `1 = 1`."""
        return tuple(word for word in self.words if word not in "()") in (("true",), ("1",), ("1", "=", "1"))


@dataclass(frozen=True, slots=True)
class DataType:
    """The type of a column. `name` is canonical (`integer` for int, int4 and INT(11); `timestamptz`), `arguments` what
    stands in parentheses, `text` what was written."""

    name: str
    arguments: tuple[str, ...]
    text: str
    range: Range
    is_array: bool = False
    is_unsigned: bool = False

    @property
    def length(self) -> int | None:
        """The first argument where it is a number."""
        return int(self.arguments[0]) if self.arguments and self.arguments[0].isdecimal() else None


@dataclass(frozen=True, slots=True)
class Reference:
    """`REFERENCES table (columns)`. `on_delete` and `on_update` are "" where nothing was said, else CASCADE, RESTRICT,
    NO ACTION, SET NULL or SET DEFAULT."""

    table: Name
    columns: tuple[str, ...]
    range: Range
    on_delete: str = ""
    on_update: str = ""


class ConstraintKind(Enum):
    """The kinds of constraints."""

    PRIMARY_KEY = "PRIMARY KEY"
    UNIQUE = "UNIQUE"
    FOREIGN_KEY = "FOREIGN KEY"
    CHECK = "CHECK"
    EXCLUDE = "EXCLUDE"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint of a table. `name` is "" where the database chooses it. One that stands behind a column
    (`is_inline`) has that column. `is_valid` is false for NOT VALID, `index` the one that it takes over."""

    kind: ConstraintKind
    range: Range
    name: str = ""
    columns: tuple[str, ...] = ()
    reference: Reference | None = None
    expression: Expression | None = None
    index: str = ""
    is_inline: bool = False
    is_valid: bool = True
    nulls_distinct: bool = True

    @property
    def is_key(self) -> bool:
        """Whether it makes rows unique by an index."""
        return self.kind in (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is defined. Its constraints stand in `constraints`, NOT NULL in `is_required`. `generated` is
    "", "stored" or "virtual". `range` is the whole definition, `name_range` the name."""

    name: str
    name_range: Range
    range: Range
    type: DataType | None
    is_required: bool = False
    default: Expression | None = None
    is_identity: bool = False
    generated: str = ""
    constraints: tuple[Constraint, ...] = ()

    def constraint(self, kind: ConstraintKind) -> Constraint | None:
        """The first of its own constraints of a kind."""
        return next((constraint for constraint in self.constraints if constraint.kind is kind), None)

    @property
    def is_serial(self) -> bool:
        """Whether its type makes a sequence."""
        return self.type is not None and self.type.name in ("smallserial", "serial", "bigserial")

    @property
    def has_value(self) -> bool:
        """Whether a row that does not name the column gets a value in it."""
        has_default = self.default is not None and self.default.words != ("null",)
        return has_default or self.is_identity or self.is_serial or bool(self.generated)


@dataclass(frozen=True, slots=True)
class Index:
    """An index. `columns` are its keys in order, "" for one that is an expression; `text` is all of them as one
    comparable text, operator classes and directions included. `predicate` is the WHERE of a partial index. `included`
    are columns that it holds beside its keys (`INCLUDE`)."""

    name: str
    table: Name
    columns: tuple[str, ...]
    text: str
    range: Range
    is_unique: bool = False
    method: str = ""
    predicate: Expression | None = None
    nulls_distinct: bool = True
    expressions: tuple[Expression, ...] = ()
    included: tuple[str, ...] = ()

    def holds_less(self, other: Index) -> bool:
        """Whether another index holds all columns that this one holds beside its keys, for scans of the index alone."""
        return {*other.columns, *other.included}.issuperset(self.included)

    @property
    def given_name(self) -> str:
        """Its name; one without is named by PostgreSQL."""
        return self.name or "_".join((self.table.name, *self.columns, "idx"))


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy of row level security. `command` is ALL, SELECT, INSERT, UPDATE or DELETE; `text` is what
    is written behind USING, without its parentheses."""

    name: str
    range: Range
    command: str = "ALL"
    using: Expression | None = None
    check: Expression | None = None
    roles: tuple[str, ...] = ()
    is_permissive: bool = True
    text: str = ""


@dataclass(frozen=True)
class Table:
    """A table. `is_complete` is false where not all of its columns are known: LIKE, INHERITS, AS SELECT; `is_known` is
    false where it is known only from what changes it. `is_touched` where SQL that nobody reads may have given it other
    columns and policies: a routine that is handed its name, or what is put together.
    `parent` is what it is a partition of. `options` are the words behind the parentheses, in capitals. `is_new` is true
    for a table that the script at hand made."""

    name: Name
    range: Range
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    policies: tuple[Policy, ...] = ()
    options: tuple[str, ...] = ()
    is_complete: bool = True
    is_known: bool = True
    is_touched: bool = False
    is_temporary: bool = False
    is_new: bool = False
    has_row_security: bool = False
    is_forced: bool = False
    parent: Name | None = field(default=None)

    def column(self, name: str) -> Column | None:
        """The column of a name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that its name and those of its columns are made of, as they are and as one of a kind is called;
        not how its rows are sorted: `sort_order`."""
        parts = (words(column.name) for column in self.columns)
        of_columns = (word for part in parts for word in (part[:-1] if part[-1:] == ("order",) else part))
        found = {*words(self.name.name), *of_columns}
        return frozenset(found.union(map(singular, found)))

    @cached_property
    def primary_key(self) -> Constraint | None:
        """Its primary key."""
        return next((found for found in self.constraints if found.kind is ConstraintKind.PRIMARY_KEY), None)

    @cached_property
    def foreign_keys(self) -> tuple[tuple[Constraint, Reference], ...]:
        """Its foreign keys, with what they refer to."""
        return tuple((found, found.reference) for found in self.constraints if found.reference is not None)

    def can_be_referred_to(self, reference: Reference) -> bool:
        """Whether a key covers just the columns that a foreign key refers to, or there is a primary key for it."""
        if not reference.columns:
            return self.primary_key is not None
        keys = [constraint.columns for constraint in self.constraints if constraint.is_key]
        keys += [index.columns for index in self.indexes if index.is_unique and index.predicate is None]
        return any(set(columns) == set(reference.columns) for columns in keys)

    @cached_property
    def is_of_others(self) -> bool:
        """Whether a column has a type that PostgreSQL lacks."""
        types = (column.type.text.lower().partition("(")[0].strip() for column in self.columns if column.type)
        return not _OF_OTHERS.isdisjoint(types)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that it takes in its schema: its own, and those of its constraints and indexes."""
        constraints = (constraint.name for constraint in self.constraints)
        return frozenset([self.name.name, *constraints, *(index.given_name for index in self.indexes)])

    @cached_property
    def index_styles(self) -> tuple[str, ...]:
        """How its indexes are named, of each all that it may be; `schema.naming` has them."""
        named = (index for index in self.indexes if index.columns)
        return tuple(style for index in named for style in index_styles(index.name, self.name.name, index.columns))

    def requires(self, name: str) -> bool:
        """Whether a column refuses NULL: by NOT NULL, as part of the primary key, or as an identity."""
        column = self.column(name)
        is_key = self.primary_key is not None and name in self.primary_key.columns
        return is_key or (column is not None and (column.is_required or column.is_identity or column.is_serial))

    def checks(self, name: str) -> list[Expression]:
        """The conditions of its CHECK constraints that mention a column."""
        found = (constraint.expression for constraint in self.constraints if constraint.kind is ConstraintKind.CHECK)
        return [expression for expression in found if expression is not None and expression.mentions(name)]
