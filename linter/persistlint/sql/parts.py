"""The parts of a set-up: scripts that are no steps and have no runner, told by what they do.

One that does nothing but make things is run with those that make the tables, before these hold rows. One that does
nothing but take away what others make is run at another time, or before all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import replace
from persistlint.schema import changes as c

if TYPE_CHECKING:
    from collections.abc import Collection

    from persistlint.schema.script import Script

_TAKE_AWAY = (c.DropTable, c.DropIndex, c.DropConstraint, c.DropPolicy, c.DropObject, c.Truncate)
_OF_SESSIONS = (c.Begin, c.End, c.SetVariable)
# What nobody does to a table that was made just before.
_ALTER = (
    c.AddColumn, c.AddEnumValue, c.ChangeType, c.Delete, c.DropColumn, c.RenameColumn, c.RenameKey, c.RenameTable,
    c.SetNotNull, c.Update,
)  # fmt: skip


def takes_away(script: Script) -> bool:
    """Whether a script does nothing but take things away."""
    drops = any(isinstance(change, _TAKE_AWAY) for change in script.changes)
    return drops and all(isinstance(change, (*_TAKE_AWAY, *_OF_SESSIONS)) for change in script.changes)


def is_part(script: Script) -> bool:
    """Whether a script does nothing but make things, or nothing but take things away."""
    if script.runner.name or script.is_dump:
        return False
    return takes_away(script) or not any(
        isinstance(change, _ALTER) or (isinstance(change, _TAKE_AWAY) and not getattr(change, "if_exists", False))
        for change in script.changes
    )


def set_up(script: Script, made: Collection[str]) -> Script:
    """A script that is a part of a set-up, whose tables hold nothing yet; `made` are the keys of those that the others
    make."""
    changes = tuple(_on_new(change, made) for change in script.changes)
    dropped = {change.table.key for change in script.of(c.DropTable)}
    is_teardown = takes_away(script) and len(dropped) > 1 and dropped <= {*made}
    return replace(script, changes=changes, is_teardown=script.is_teardown or is_teardown)


def _on_new(change: c.Change, made: Collection[str]) -> c.Change:
    match change:
        case c.DropIndex(table=table) if table is not None and table.name.key in made:
            return replace(change, table=replace(table, is_new=True))
        case (
            c.CreateIndex(before=table)
            | c.AddConstraint(before=table)
            | c.DropConstraint(before=table)
            | c.Truncate(before=table)
        ) if table is not None and table.name.key in made:
            return replace(change, before=replace(table, is_new=True))
    return change
