"""What can and cannot be done in a transaction."""

from __future__ import annotations

from persistlint.schema import changes as c

_ALONE = frozenset({"DATABASE", "TABLESPACE", "SUBSCRIPTION"})


def is_concurrent(change: c.Change) -> bool:
    """Whether a change is made CONCURRENTLY in a way that PostgreSQL refuses in a transaction. A refresh is not."""
    match change:
        case c.CreateIndex() | c.DropIndex() | c.DetachPartition():
            return change.is_concurrent
        case c.Maintain(kind=kind):
            return change.is_concurrent and not kind.startswith("REFRESH")
    return False


def is_alone(change: c.Change) -> bool:
    """Whether PostgreSQL refuses any other change in a transaction."""
    match change:
        case c.Maintain(kind=kind):
            return kind.startswith("VACUUM") or kind in ("REINDEX SCHEMA", "REINDEX DATABASE", "REINDEX SYSTEM")
        case c.CreateObject(kind=kind) | c.DropObject(kind=kind):
            return kind in _ALONE
        case c.AlterObject(kind=kind):
            return kind == "SYSTEM"
    return False


def is_ddl(change: c.Change) -> bool:
    """Whether a change is one of the schema."""
    return not isinstance(
        change,
        c.Insert | c.Update | c.Delete | c.NotIn | c.Begin | c.End | c.SetVariable | c.Maintain | c.Grant,
    )


def is_dml(change: c.Change) -> bool:
    """Whether a change is one of rows."""
    return isinstance(change, c.Insert | c.Update | c.Delete)
