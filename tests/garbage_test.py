"""What the check of a file leaves behind: nothing that only a search for cycles of garbage finds, which takes a tenth
of the time of a run where there is much of it."""

import gc

import pytest

from persistlint.engine import check
from persistlint.rules import groups
from persistlint.settings import Settings
from persistlint.source import SourceFile

PYTHON = b"""
import psycopg

def save(connection: psycopg.Connection, order):
    try:
        connection.execute("INSERT INTO orders (id) VALUES (%s)", (order.id,))
        audit(connection, order)
    except Exception:
        pass

def audit(connection, order):
    connection.execute("INSERT INTO audits (order_id) VALUES (%s)", (order.id,))
"""
DJANGO = b"""
from django.db import migrations, models

class Migration(migrations.Migration):
    operations = [migrations.AddField("order", "total", models.IntegerField())]
"""
TYPESCRIPT = b"""
import { Pool } from "pg";

export async function save(pool: Pool, order: Order) {
  try {
    await pool.query("INSERT INTO orders (id) VALUES ($1)", [order.id]);
    await audit(pool, order);
  } catch (error) {}
}

async function audit(pool: Pool, order: Order) {
  await pool.query("INSERT INTO audits (order_id) VALUES ($1)", [order.id]);
}
"""
GO = b"""
package store

import "database/sql"

func Save(db *sql.DB, id int64) {
\tdb.Exec("INSERT INTO orders (id) VALUES ($1)", id)
\taudit(db, id)
}

func audit(db *sql.DB, id int64) error {
\t_, err := db.Exec("INSERT INTO audits (order_id) VALUES ($1)", id)
\treturn err
}
"""


@pytest.mark.parametrize(
    ("path", "language", "content"),
    [
        ("orders.py", "python", PYTHON),
        ("migrations/0002_total.py", "python", DJANGO),
        ("orders.ts", "typescript", TYPESCRIPT),
        ("orders.go", "go", GO),
    ],
)
def test_a_check_leaves_no_cycles(path: str, language: str, content: bytes) -> None:
    settings = Settings(frozenset(rule for group in groups().values() for rule in group))
    check(SourceFile(path, content, language), settings)  # what is kept for the next file is made
    gc.collect()
    gc.disable()
    try:
        check(SourceFile(path, content + b"\n", language), settings)
        found = gc.collect()
    finally:
        gc.enable()
    assert found == 0
