"""Which changes can be made a second time: what a script that failed half-way needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.schema import changes as c

if TYPE_CHECKING:
    from persistlint.schema.script import Script


def repeatable(script: Script) -> set[int]:
    """The positions of the changes that succeed or do nothing where they were made before: they say IF [NOT] EXISTS or
    OR REPLACE, stand behind an IF or before a handler, or a drop that says IF EXISTS made room for them."""
    found = set()
    room: set[tuple[str, str]] = set()
    for change in script.forward:
        if _is_guarded(change) or _made(change) in room:
            found.add(script.position(change))
        room |= _makes_room(change)
    return found


def _is_guarded(change: c.Change) -> bool:
    if change.statement.is_conditional or change.statement.is_guarded:
        return True
    match change:
        case c.CreateTable() | c.CreateIndex() | c.AddColumn() | c.AddEnumValue():
            return change.if_not_exists
        case c.CreateObject():
            return change.can_exist
        case c.DropTable() | c.DropIndex() | c.DropColumn() | c.DropObject() | c.DropConstraint():
            return change.if_exists
        case c.CreatePolicy() | c.DropPolicy() | c.AddConstraint() | c.CreateEnum():
            return False
        case c.RenameTable() | c.RenameColumn() | c.SetIdentity():
            return False
    return True  # setting what is set already


def _made(change: c.Change) -> tuple[str, str]:
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
    return "", ""


def _makes_room(change: c.Change) -> set[tuple[str, str]]:
    """The kind and name of what a drop makes sure is not there."""
    match change:
        case c.DropTable(table=name, if_exists=True):
            return {("TABLE", name.key)}
        case c.DropIndex(name=name, if_exists=True):
            return {("INDEX", name.name)}
        case c.DropConstraint(name=constraint, if_exists=True):
            return {("CONSTRAINT", constraint)}
        case c.DropObject(kind=kind, name=name, if_exists=True):
            return {(kind, name.key)}
        case c.DropPolicy(name=policy):
            return {("POLICY", policy)}
    return set()
