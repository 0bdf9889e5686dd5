"""What a change locks in PostgreSQL, and for how long: as measured on PostgreSQL 15 from `pg_locks` and its messages.

A lock is held to the end of the transaction. Whatever conflicts with it waits, and so does everything that asks for the
table after a statement that itself waits for its lock.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.schema import changes as c
from persistlint.schema.altering import dropped
from persistlint.schema.definitions import ConstraintKind
from persistlint.schema.types import keeps_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.schema.definitions import Column, Constraint, Name, Table


class Mode(Enum):
    """The modes of table locks that matter to others. The value is the name in PostgreSQL."""

    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    EXCLUSIVE = "EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

    @property
    def waits(self) -> str:
        """What waits for a lock of this mode, "" where the work of an application goes on."""
        if self is Mode.SHARE_UPDATE_EXCLUSIVE:
            return ""
        return "reads and writes" if self is Mode.ACCESS_EXCLUSIVE else "writes"


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock on a table."""

    table: Name
    mode: Mode

    def __str__(self) -> str:
        """As it goes on in a message: "ACCESS EXCLUSIVE on `orders`: reads and writes of it wait"."""
        return f"{self.mode.value} on `{self.table}`: {self.mode.waits} of it wait"


# The lock on the table itself, for every kind of change where it depends on nothing else.
_OF_KIND: dict[type[c.TableChange], Mode] = {
    **dict.fromkeys(
        (c.AddColumn, c.DropColumn, c.RenameColumn, c.ChangeType, c.SetNotNull, c.SetDefault, c.SetIdentity),
        Mode.ACCESS_EXCLUSIVE,
    ),
    **dict.fromkeys(
        (c.RenameTable, c.DropTable, c.Truncate, c.DropConstraint, c.SetRowSecurity, c.CreatePolicy, c.DropPolicy),
        Mode.ACCESS_EXCLUSIVE,
    ),
    c.ValidateConstraint: Mode.SHARE_UPDATE_EXCLUSIVE,
    c.SetTrigger: Mode.SHARE_ROW_EXCLUSIVE,
    c.AttachPartition: Mode.SHARE_UPDATE_EXCLUSIVE,
}
_OF_MAINTENANCE = {
    **dict.fromkeys(("VACUUM FULL", "CLUSTER", "LOCK", "REFRESH MATERIALIZED VIEW"), Mode.ACCESS_EXCLUSIVE),
    "REINDEX TABLE": Mode.SHARE,
}
# What PostgreSQL has to call for every row, where it stands in a default. Everything else is put in once, so that a
# function that is not known is no rewrite.
VOLATILE = frozenset(
    [
        "clock_timestamp",
        "gen_random_uuid",
        "gen_random_bytes",
        "nextval",
        "random",
        "random_normal",
        "timeofday",
        "txid_current",
        "uuid_generate_v1",
        "uuid_generate_v1mc",
        "uuid_generate_v4",
        "uuidv4",
        "uuidv7",
        "uuid_generate_v7",
    ]
)


def locks(change: c.Change) -> tuple[Lock, ...]:
    """The locks that a change takes on tables, those left out that nobody waits for who only reads or writes rows."""
    return tuple(lock for lock in _locks(change) if lock.mode.waits)


def rewrites(column: Column) -> str:
    """Why adding a column writes every row anew; "" where it does not."""
    if column.is_identity:
        return "an identity column gets a value in every row"
    if column.is_serial:
        return f"`{column.type.text if column.type else 'serial'}` takes a value from a sequence for every row"
    if column.generated == "stored":
        return "a stored generated column is computed for every row"
    volatile = sorted(VOLATILE & column.default.calls) if column.default is not None else []
    return f"`{volatile[0]}()` gives another value for every row" if volatile else ""


def rewrites_type(change: c.ChangeType) -> bool | None:
    """Whether changing a type writes every row anew or reads it; None where the old type is not known."""
    column = change.before.column(change.name) if change.before is not None else None
    if column is None or column.type is None:
        return None
    return (change.using is not None and not _is_plain_cast(change)) or not keeps_rows(column.type, change.type)


def _is_plain_cast(change: c.ChangeType) -> bool:
    """Whether USING says no more than the change of the type does."""
    words = change.using.words if change.using is not None else ()
    return words[:2] == (change.name, "::") and "(" not in words[2:3]


def _locks(change: c.Change) -> Iterator[Lock]:
    match change:
        case c.CreateTable(definition=definition):
            yield from _referenced(definition.constraints)
        case c.AddConstraint(table=table, constraint=constraint):
            is_key = constraint.kind is ConstraintKind.FOREIGN_KEY
            yield Lock(table, Mode.SHARE_ROW_EXCLUSIVE if is_key else Mode.ACCESS_EXCLUSIVE)
            yield from _referenced((constraint,))
        case c.AddColumn(table=table, column=column):
            yield Lock(table, Mode.ACCESS_EXCLUSIVE)
            yield from _referenced(column.constraints)
        case c.DropTable(table=table, before=before):
            yield Lock(table, Mode.ACCESS_EXCLUSIVE)
            yield from _parents(before)
        case c.DropConstraint(table=table, before=before):
            yield Lock(table, Mode.ACCESS_EXCLUSIVE)
            gone = dropped(change, before) if before is not None else None
            if gone is not None and gone.reference is not None:
                yield Lock(gone.reference.table, Mode.ACCESS_EXCLUSIVE)
        case c.CreateIndex(table=table, is_concurrent=is_concurrent):
            yield Lock(table, Mode.SHARE_UPDATE_EXCLUSIVE if is_concurrent else Mode.SHARE)
        case c.DropIndex(table=before, is_concurrent=is_concurrent):
            if before is not None and not is_concurrent:
                yield Lock(before.name, Mode.ACCESS_EXCLUSIVE)
        case c.AttachPartition(partition=partition):
            yield Lock(partition, Mode.ACCESS_EXCLUSIVE)
        case c.DetachPartition(table=table, is_concurrent=is_concurrent):
            yield Lock(table, Mode.SHARE_UPDATE_EXCLUSIVE if is_concurrent else Mode.ACCESS_EXCLUSIVE)
        case c.AlterTable(table=table, words=words):
            yield Lock(table, Mode.SHARE_UPDATE_EXCLUSIVE if _is_light(words) else Mode.ACCESS_EXCLUSIVE)
        case c.Maintain(name=name, kind=kind, is_concurrent=is_concurrent):
            mode = _OF_MAINTENANCE.get(kind)
            if is_concurrent:
                mode = Mode.EXCLUSIVE if kind.startswith("REFRESH") else Mode.SHARE_UPDATE_EXCLUSIVE
            if name is not None and mode is not None:
                yield Lock(name, mode)
        case c.CreateObject(kind="TRIGGER", table=table) if table is not None:
            yield Lock(table, Mode.SHARE_ROW_EXCLUSIVE)
        case c.DropObject(kind="TRIGGER", table=table) if table is not None:
            yield Lock(table, Mode.ACCESS_EXCLUSIVE)
        case c.TableChange(table=table):
            mode = _OF_KIND.get(type(change))
            if mode is not None:
                yield Lock(table, mode)


def _referenced(constraints: tuple[Constraint, ...]) -> Iterator[Lock]:
    for constraint in constraints:
        if constraint.reference is not None:
            yield Lock(constraint.reference.table, Mode.SHARE_ROW_EXCLUSIVE)


def _parents(table: Table | None) -> Iterator[Lock]:
    for _, reference in table.foreign_keys if table is not None else ():
        if table is None or reference.table.key != table.name.key:
            yield Lock(reference.table, Mode.ACCESS_EXCLUSIVE)


def _is_light(words: tuple[str, ...]) -> bool:
    """Whether an action of ALTER TABLE lets reads and writes go on: storage parameters, statistics, clustering."""
    return words[:2] in (("SET", "("), ("RESET", "("), ("CLUSTER", "ON")) or "STATISTICS" in words
