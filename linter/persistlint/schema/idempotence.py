"""Which changes can be made a second time: what a script that failed half-way needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.schema import changes as c

if TYPE_CHECKING:
    from persistlint.schema.script import Script

_REPLACEABLE = frozenset({"COMMENT", "RULE", "TRANSFORM"})


def is_repeatable(change: c.Change, script: Script) -> bool:
    """Whether a change of the schema succeeds or does nothing where it was made before: it says IF [NOT] EXISTS or OR
    REPLACE, stands behind an IF or before a handler, or a drop that says IF EXISTS made room for it."""
    if change.statement.is_conditional or change.statement.is_guarded:
        return True
    match change:
        case c.CreateTable(if_not_exists=True) | c.CreateIndex(if_not_exists=True) | c.AddColumn(if_not_exists=True):
            return True
        case c.AddEnumValue(if_not_exists=True) | c.CreateObject(can_exist=True):
            return True
        case c.DropTable() | c.DropIndex() | c.DropColumn() | c.DropObject() | c.DropConstraint():
            return change.if_exists
        case c.SetNotNull() | c.SetDefault() | c.SetRowSecurity() | c.SetTrigger() | c.ValidateConstraint():
            return True
        case c.ChangeType() | c.AlterTable() | c.AlterObject() | c.Truncate():
            return True
    made = _made(change)
    return made is not None and any(_makes_room(before, *made) for before in script.before(change))


def _made(change: c.Change) -> tuple[str, str] | None:
    """The kind and name of what a change makes."""
    match change:
        case c.CreateTable(table=name):
            return "TABLE", name.key
        case c.CreateIndex(index=index):
            return "INDEX", index.name
        case c.AddConstraint(constraint=constraint):
            return "CONSTRAINT", constraint.name
        case c.CreatePolicy(policy=policy):
            return "POLICY", policy.name
        case c.CreateEnum(name=name):
            return "TYPE", name.key
        case c.CreateObject(kind=kind, name=name):
            return kind, name.key
    return None


def _makes_room(change: c.Change, kind: str, name: str) -> bool:
    match change:
        case c.DropTable(table=dropped, if_exists=True):
            return kind == "TABLE" and dropped.key == name
        case c.DropIndex(name=dropped, if_exists=True):
            return kind == "INDEX" and dropped.name == name
        case c.DropConstraint(name=constraint, if_exists=True):
            return kind == "CONSTRAINT" and constraint == name
        case c.DropObject(kind=of, name=dropped, if_exists=True):
            return kind == of and dropped.key == name
        case c.DropPolicy(name=policy):
            return kind == "POLICY" and policy == name
    return False
