"""What the statements of a script do to a database, one kind of change per class, whatever dialect said it.

One statement can make several changes: `ALTER TABLE … ADD …, DROP …` makes two. `range` is the part of the statement
that says it, for the first or only one the whole statement. Dialects that spell one thing differently
(`RENAME TABLE a TO b`, `ALTER TABLE a RENAME TO b`) come to the same change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.schema.definitions import Column, Constraint, DataType, Expression, Index, Name, Policy, Table
    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a script. `range` leaves out its separator; `words` are its first words, in capitals.

    `transaction` numbers the transaction that it runs in, None where it commits by itself. `is_forward` is false in the
    part of a file that undoes it. `is_conditional` is true behind an IF, `is_guarded` where a handler of exceptions
    stands behind it, `is_swallowed` where that takes every error and goes on. `is_block` is a `DO` block itself, whose
    statements follow it. `is_rebuilt` where a tool makes the table anew if the database cannot change it.
    """

    range: Range
    words: tuple[str, ...]
    transaction: int | None = None
    is_forward: bool = True
    is_conditional: bool = False
    is_guarded: bool = False
    is_block: bool = False
    is_rebuilt: bool = False
    is_swallowed: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a statement does."""

    range: Range
    statement: Statement


@dataclass(frozen=True, slots=True)
class TableChange(Change):
    """A change of a table or its rows. `before` is the table as it was, None where the script at hand and what is known
    of its project do not say."""

    table: Name
    before: Table | None

    @property
    def is_on_new(self) -> bool:
        """Whether the script itself made the table, so that nobody waits for it and it holds next to nothing."""
        return self.before is not None and (self.before.is_new or self.before.is_temporary)


# ---------------------------------------------------------------------------------------------------------- tables


@dataclass(frozen=True, slots=True)
class CreateTable(TableChange):
    """`CREATE TABLE`."""

    definition: Table
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropTable(TableChange):
    """`DROP TABLE`, one change for each of its tables. `is_needed` where it is a CASCADE and a foreign key of a table
    that stays is known to refer to it, or a view to read it."""

    if_exists: bool = False
    is_cascade: bool = False
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class RenameTable(TableChange):
    """`ALTER TABLE … RENAME TO`."""

    to: Name


@dataclass(frozen=True, slots=True)
class AddColumn(TableChange):
    """`ADD COLUMN`, one change for each column."""

    column: Column
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropColumn(TableChange):
    """`DROP COLUMN`. `is_needed` where it is a CASCADE and a foreign key of another table is known to refer to it, or a
    view to read the table."""

    column: str
    if_exists: bool = False
    is_cascade: bool = False
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class RenameColumn(TableChange):
    """`RENAME COLUMN … TO`, and `CHANGE` where it gives another name."""

    column: str
    to: str


@dataclass(frozen=True, slots=True)
class ChangeType(TableChange):
    """`ALTER COLUMN … TYPE`, `MODIFY`, `CHANGE`. `column` is the whole definition where the dialect wants one, else
    None."""

    name: str
    type: DataType
    using: Expression | None = None
    column: Column | None = None


@dataclass(frozen=True, slots=True)
class SetNotNull(TableChange):
    """`ALTER COLUMN … SET NOT NULL`; for DROP NOT NULL `is_required` is false."""

    column: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class SetDefault(TableChange):
    """`ALTER COLUMN … SET DEFAULT`; None for DROP DEFAULT."""

    column: str
    default: Expression | None


@dataclass(frozen=True, slots=True)
class SetIdentity(TableChange):
    """`ALTER COLUMN … ADD GENERATED … AS IDENTITY`."""

    column: str


@dataclass(frozen=True, slots=True)
class AddConstraint(TableChange):
    """`ADD CONSTRAINT`, and constraints without a name."""

    constraint: Constraint


@dataclass(frozen=True, slots=True)
class DropConstraint(TableChange):
    """`DROP CONSTRAINT`, `DROP FOREIGN KEY`, `DROP PRIMARY KEY` (the name is "" then). `is_needed` where it is a
    CASCADE and a foreign key of another table is known to refer to the key."""

    name: str
    if_exists: bool = False
    is_cascade: bool = False
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class RenameKey(TableChange):
    """`RENAME CONSTRAINT`, `RENAME INDEX`, and `ALTER INDEX … RENAME TO` of a known one."""

    name: str
    to: str


@dataclass(frozen=True, slots=True)
class ValidateConstraint(TableChange):
    """`VALIDATE CONSTRAINT`."""

    name: str


@dataclass(frozen=True, slots=True)
class SetRowSecurity(TableChange):
    """`ENABLE`, `DISABLE`, `FORCE`, `NO FORCE ROW LEVEL SECURITY`; what it does not speak of is None."""

    is_enabled: bool | None = None
    is_forced: bool | None = None


@dataclass(frozen=True, slots=True)
class SetTrigger(TableChange):
    """`ENABLE` or `DISABLE TRIGGER`; `trigger` is a name, ALL or USER."""

    trigger: str
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class AttachPartition(TableChange):
    """`ATTACH PARTITION`."""

    partition: Name


@dataclass(frozen=True, slots=True)
class DetachPartition(TableChange):
    """`DETACH PARTITION`."""

    partition: Name
    is_concurrent: bool = False


@dataclass(frozen=True, slots=True)
class AlterTable(TableChange):
    """An action of ALTER TABLE that has no class of its own; `words` are those it consists of, in capitals."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CreatePolicy(TableChange):
    """`CREATE POLICY`."""

    policy: Policy


@dataclass(frozen=True, slots=True)
class DropPolicy(TableChange):
    """`DROP POLICY`."""

    name: str


# --------------------------------------------------------------------------------------------------------- indexes


@dataclass(frozen=True, slots=True)
class CreateIndex(TableChange):
    """`CREATE INDEX`, and a key that MySQL adds in ALTER TABLE."""

    index: Index
    is_concurrent: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropIndex(Change):
    """`DROP INDEX`, one change for each index. `table` where the statement names it or it is known."""

    name: Name
    table: Table | None = None
    is_concurrent: bool = False
    if_exists: bool = False
    is_cascade: bool = False


# --------------------------------------------------------------------------------------------------- other objects


@dataclass(frozen=True, slots=True)
class CreateObject(Change):
    """Any other CREATE. `kind` in capitals: VIEW, MATERIALIZED VIEW, FUNCTION, TRIGGER, SEQUENCE, EXTENSION, …;
    `words` are those of the statement behind the name, in capitals, but for what stands in quotes. `table` is the one
    that a trigger is of."""

    kind: str
    name: Name
    words: tuple[str, ...] = ()
    can_exist: bool = False  # OR REPLACE or IF NOT EXISTS
    sources: tuple[Name, ...] = ()  # the tables that a view reads
    table: Name | None = None


@dataclass(frozen=True, slots=True)
class DropObject(Change):
    """Any other DROP, one change for each object; `table` as in `CreateObject`."""

    kind: str
    name: Name
    if_exists: bool = False
    is_cascade: bool = False
    table: Name | None = None


@dataclass(frozen=True, slots=True)
class AlterObject(Change):
    """Any other ALTER; `words` are those behind the name, in capitals."""

    kind: str
    name: Name
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CreateEnum(Change):
    """`CREATE TYPE … AS ENUM`."""

    name: Name
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddEnumValue(Change):
    """`ALTER TYPE … ADD VALUE`."""

    name: Name
    value: str
    if_not_exists: bool = False


# ------------------------------------------------------------------------------------------------------------ rows


@dataclass(frozen=True, slots=True)
class ConflictTarget:
    """The key that `ON CONFLICT (…)` means: its columns, "" for one that is more than a name. `has_predicate` where a
    WHERE says which rows a partial index holds."""

    columns: tuple[str, ...]
    has_predicate: bool
    range: Range


@dataclass(frozen=True, slots=True)
class Insert(TableChange):
    """`INSERT` and `REPLACE`. `columns` is empty where none are named. `replaces` for the forms that delete the row in
    the way; `on_conflict` is "", "nothing" or "update". `is_query` where rows come from a SELECT, `is_filtered` where
    that has a WHERE. `target` is None where `ON CONFLICT` names no columns."""

    columns: tuple[str, ...] = ()
    replaces: bool = False
    on_conflict: str = ""
    is_query: bool = False
    is_filtered: bool = False
    target: ConflictTarget | None = None


@dataclass(frozen=True, slots=True)
class Update(TableChange):
    """`UPDATE`. `where` is None where it has no condition at all; `is_bounded` where something else limits the rows:
    a LIMIT, a join, a cursor."""

    columns: tuple[str, ...]
    where: Expression | None
    is_bounded: bool = False


@dataclass(frozen=True, slots=True)
class Delete(TableChange):
    """`DELETE`, as `Update`."""

    where: Expression | None
    is_bounded: bool = False


@dataclass(frozen=True, slots=True)
class Truncate(TableChange):
    """`TRUNCATE`, one change for each table. `is_needed` where it is a CASCADE and a foreign key of a table without a
    name there is known to refer to it."""

    is_cascade: bool = False
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class NotIn(Change):
    """`NOT IN (SELECT column FROM table)` in a statement, where the query says nothing else of the column. `before` as
    in `TableChange`."""

    table: Name
    before: Table | None
    column: str


# --------------------------------------------------------------------------------------- sessions and maintenance


@dataclass(frozen=True, slots=True)
class Begin(Change):
    """A transaction begins."""


@dataclass(frozen=True, slots=True)
class End(Change):
    """A transaction ends. `is_commit` is false for ROLLBACK."""

    is_commit: bool


@dataclass(frozen=True, slots=True)
class SetVariable(Change):
    """`SET`, `PRAGMA`, `set_config(…)`, `RESET` (without a value). `name` in lower case, `value` without quotes in
    lower case. `is_local` where it lasts until the end of the transaction."""

    name: str
    value: str
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Maintain(Change):
    """`VACUUM`, `CLUSTER`, `REINDEX`, `REFRESH MATERIALIZED VIEW`, `LOCK TABLE`. `kind` in capitals: the verb and what
    changes its meaning (`VACUUM FULL`, `REINDEX TABLE`). `name` where it names something."""

    kind: str
    name: Name | None = None
    is_concurrent: bool = False


@dataclass(frozen=True, slots=True)
class Grant(Change):
    """`GRANT` and `REVOKE`."""

    is_grant: bool
    words: tuple[str, ...]
