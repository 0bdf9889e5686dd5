"""Statements of each dialect, and the changes that they are read into."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from persistlint.schema import changes as c
from persistlint.schema.definitions import ConstraintKind
from persistlint.sql.script import read_script

if TYPE_CHECKING:
    from persistlint.schema.script import Script


def _cases(name: str) -> list[tuple[str, str, list[str]]]:
    """The cases of a file: the dialect, the SQL, and the lines that stand indented below it."""
    found: list[tuple[str, str, list[str]]] = []
    for line in (Path(__file__).parent / name).read_text("utf-8").splitlines():
        if line.startswith("    "):
            found[-1][2].append(line.strip())
        elif line and not line.startswith("#"):
            dialect, sql = line.split(": ", 1)
            found.append((dialect, sql, []))
    return found


STATEMENTS = _cases("changes.txt")
COLUMNS = _cases("columns.txt")


@pytest.mark.parametrize(("dialect", "sql", "expected"), STATEMENTS)
def test_statements_are_read_into_changes(dialect: str, sql: str, expected: list[str]) -> None:
    script = _read(f"{sql};", dialect)
    assert [_shown(change).strip() for change in script.changes] == expected
    assert not script.unread


@pytest.mark.parametrize(("dialect", "sql", "expected"), COLUMNS)
def test_columns_are_read(dialect: str, sql: str, expected: list[str]) -> None:
    (change,) = _read(f"CREATE TABLE t ({sql}, last int)", dialect).changes
    assert isinstance(change, c.CreateTable)
    column = change.definition.columns[0]
    details = ["required"] * column.is_required + ["default"] * (column.default is not None)
    details += ["identity"] * column.is_identity + [column.generated] * bool(column.generated)
    details += [constraint.kind.value for constraint in column.constraints]
    type = str(None)
    if column.type is not None:
        arguments = f"({','.join(column.type.arguments)})" if column.type.arguments else ""
        sign = " unsigned" if column.type.is_unsigned else ""
        type = f"{column.type.name}{arguments}{'[]' if column.type.is_array else ''}{sign}"
    assert [" ".join((column.name, type, *details))] == expected
    assert change.definition.columns[1].name == "last"


def test_a_table_has_its_constraints_and_options() -> None:
    (change,) = _read(
        "CREATE TABLE `t` (a INT, b INT, PRIMARY KEY (`a`), UNIQUE KEY `u` (`a`, `b`), KEY `k` (`b`),"
        " CONSTRAINT `f` FOREIGN KEY (`b`) REFERENCES `s` (`id`) ON DELETE CASCADE) ENGINE=InnoDB",
        "mysql",
    ).changes
    assert isinstance(change, c.CreateTable)
    table = change.definition
    assert [(found.kind, found.name, found.columns) for found in table.constraints] == [
        (ConstraintKind.PRIMARY_KEY, "", ("a",)),
        (ConstraintKind.UNIQUE, "u", ("a", "b")),
        (ConstraintKind.FOREIGN_KEY, "f", ("b",)),
    ]
    assert [index.name for index in table.indexes] == ["k"]
    assert table.foreign_keys[0][1].on_delete == "CASCADE"
    assert table.options == ("ENGINE", "=", "INNODB")


def test_ranges_count_bytes() -> None:
    script = _read("-- é\nALTER TABLE 'é' ADD \"ü\" int, DROP c;", "sqlite")
    content = "-- é\nALTER TABLE 'é' ADD \"ü\" int, DROP c;".encode()
    assert [content[change.range.start : change.range.end].decode() for change in script.changes] == [
        'ADD "ü" int',
        "DROP c",
    ]


def test_what_nobody_understands_is_counted() -> None:
    script = _read("FROBNICATE x; SELECT 1; {{ macro }}; ALTER TABLE; CREATE; DROP TABLE;", "postgres")
    assert len(script.statements) == 6
    assert len(script.unread) == 2
    assert not script.changes


@pytest.mark.parametrize(("dialect", "sql", "_"), STATEMENTS + COLUMNS)
def test_a_statement_that_breaks_off_anywhere_fails_nothing(dialect: str, sql: str, _: list[str]) -> None:
    for end in range(len(sql)):
        script = _read(sql[:end], dialect)
        assert len(script.statements) <= 1


def _read(sql: str, dialect: str) -> Script:
    return read_script("example.sql", sql.encode(), dialect)


def _shown(change: c.Change) -> str:
    """The kind of a change and its names."""
    details: list[Any] = [type(change).__name__]
    match change:
        case c.CreateIndex(index=index):
            details += [change.table, index.name] if index.name else [change.table]
            details += [",".join(index.columns)] if len(index.columns) > 1 else []
        case c.AddColumn(column=column):
            details += [change.table, column.name]
        case c.ChangeType(name=name, type=new):
            details += [change.table, name, new.name]
        case c.AddConstraint(constraint=constraint):
            details += [change.table, constraint.kind.value]
        case c.DetachPartition(partition=partition):
            details += [change.table, partition]
        case c.RenameTable(to=to):
            details += [change.table, to]
        case c.RenameColumn(column=column_name, to=new_name):
            details += [change.table, column_name, new_name]
        case (
            c.DropColumn(column=name)
            | c.SetNotNull(column=name)
            | c.SetDefault(column=name)
            | c.DropConstraint(name=name)
        ):
            details += [change.table, name] if name else [change.table]
        case c.CreatePolicy(policy=policy):
            details += [change.table, policy.name, policy.command]
        case c.RenameKey(name=name, to=to):
            details += [change.table, name, to]
        case c.Insert(columns=columns) | c.Update(columns=columns):
            details += [change.table, ",".join(columns)] if columns else [change.table]
        case c.TableChange():
            details += [change.table]
        case c.CreateObject(kind=kind, name=object_name, sources=sources):
            details += [kind, object_name] + ([",".join(map(str, sources))] if sources else [])
        case c.DropObject(kind=kind, name=object_name):
            details += [kind, object_name]
        case c.CreateEnum(name=object_name, values=values):
            details += [object_name, ",".join(values)]
        case c.AddEnumValue(name=object_name, value=value):
            details += [object_name, value]
        case c.SetVariable(name=name, value=value):
            details += [name, value]
        case c.Maintain(kind=kind, name=maintained):
            details += [kind, maintained]
        case c.DropIndex(name=object_name):
            details += [object_name]
    return " ".join(map(str, details))
