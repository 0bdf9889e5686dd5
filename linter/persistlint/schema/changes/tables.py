"""Changes of tables: their columns, constraints, policies, partitions and indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.schema.changes.change import Change, TableChange

if TYPE_CHECKING:
    from persistlint.schema.definitions import Column, Constraint, DataType, Expression, Index, Name, Policy, Table


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
