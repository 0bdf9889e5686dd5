"""What the statements of a script do to a database, one kind of change per class, whatever dialect said it.

One statement can make several changes: `ALTER TABLE … ADD …, DROP …` makes two. `range` is the part of the statement
that says it, for the first or only one the whole statement. Dialects that spell one thing differently
(`RENAME TABLE a TO b`, `ALTER TABLE a RENAME TO b`) come to the same change.
"""

from __future__ import annotations

from persistlint.schema.changes.change import Change, Statement, TableChange
from persistlint.schema.changes.objects import AddEnumValue, AlterObject, CreateEnum, CreateObject, DropObject
from persistlint.schema.changes.rows import ConflictTarget, Delete, Insert, NotIn, Truncate, Update
from persistlint.schema.changes.sessions import Begin, End, Grant, Maintain, SetVariable
from persistlint.schema.changes.tables import (
    AddColumn,
    AddConstraint,
    AlterTable,
    AttachPartition,
    ChangeType,
    CreateIndex,
    CreatePolicy,
    CreateTable,
    DetachPartition,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropPolicy,
    DropTable,
    RenameColumn,
    RenameKey,
    RenameTable,
    SetDefault,
    SetIdentity,
    SetNotNull,
    SetRowSecurity,
    SetTrigger,
    ValidateConstraint,
)

__all__ = [
    "AddColumn",
    "AddConstraint",
    "AddEnumValue",
    "AlterObject",
    "AlterTable",
    "AttachPartition",
    "Begin",
    "Change",
    "ChangeType",
    "ConflictTarget",
    "CreateEnum",
    "CreateIndex",
    "CreateObject",
    "CreatePolicy",
    "CreateTable",
    "Delete",
    "DetachPartition",
    "DropColumn",
    "DropConstraint",
    "DropIndex",
    "DropObject",
    "DropPolicy",
    "DropTable",
    "End",
    "Grant",
    "Insert",
    "Maintain",
    "NotIn",
    "RenameColumn",
    "RenameKey",
    "RenameTable",
    "SetDefault",
    "SetIdentity",
    "SetNotNull",
    "SetRowSecurity",
    "SetTrigger",
    "SetVariable",
    "Statement",
    "TableChange",
    "Truncate",
    "Update",
    "ValidateConstraint",
]
