"""Further migrations that fixes make, run on a real PostgreSQL behind those that were there."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from persistlint.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

STEPS = {
    "00001_teams.sql": "CREATE TABLE teams (id bigint PRIMARY KEY);",
    "00002_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, team_id bigint NOT NULL REFERENCES teams);",
    "00003_check.sql": "ALTER TABLE orders ADD CONSTRAINT orders_id_check CHECK (id > 0);",
}
INDEXES = "SELECT indexname FROM pg_indexes WHERE tablename = 'orders' ORDER BY 1"
VALID = "SELECT convalidated FROM pg_constraint WHERE conname = 'orders_id_check'"
RULES = "fk-index-missing,constraint-not-valid-missing,constraint-never-validated"
MINE = "USING (tenant_id = nullif(current_setting('app.Tenant', true), '')::int);"
OWNED = "CREATE TABLE {} (id int PRIMARY KEY, tenant_id int NOT NULL);\n"
QUOTED = OWNED.format('"Tags"')
GUARDED = (
    f"{OWNED.format('orders')}ALTER TABLE orders ENABLE ROW LEVEL SECURITY;\n"
    f"ALTER TABLE orders FORCE ROW LEVEL SECURITY;\nCREATE POLICY own ON orders {MINE}"
)
ROW_SECURITY = "rls-missing,rls-not-forced,rls-policy-without-enable"


def test_the_new_migrations_run_and_can_be_undone(tmp_path: Path, postgres_folder: str) -> None:
    old, new = _fixed(tmp_path, STEPS, RULES)
    assert len(new) == 2
    with _schema(postgres_folder) as connection:
        for path in old:
            _run(connection, path, "Up")
        assert connection.execute(VALID).fetchone() == (False,)
        for path in new:
            _run(connection, path, "Up")
        assert connection.execute(VALID).fetchone() == (True,)
        assert ("orders_team_id_idx",) in connection.execute(INDEXES).fetchall()
        for path in reversed(new):
            _run(connection, path, "Down")
        assert ("orders_team_id_idx",) not in connection.execute(INDEXES).fetchall()


@pytest.mark.parametrize(
    ("table", "step"),
    [
        ("notes", f"{OWNED.format('drafts')}ALTER TABLE drafts RENAME TO notes;"),
        ('"Tags"', f'{QUOTED}ALTER TABLE "Tags" FORCE ROW LEVEL SECURITY;\nCREATE POLICY own ON "Tags" {MINE}'),
        (
            "marks",
            f"{OWNED.format('marks')}ALTER TABLE marks ENABLE ROW LEVEL SECURITY;\nCREATE POLICY own ON marks {MINE}",
        ),
    ],
    ids=["guarded as the others", "enabled", "forced"],
)
def test_the_owner_sees_its_own_rows_behind_the_new_migration(
    table: str, step: str, tmp_path: Path, postgres_folder: str
) -> None:
    steps = {"1_orders.sql": GUARDED, "2_notes.sql": step, "3_kinds.sql": "CREATE TABLE kinds (id int PRIMARY KEY);"}
    old, (new,) = _fixed(tmp_path, steps, ROW_SECURITY)
    with _schema(postgres_folder) as connection:
        connection.execute("SET ROLE app")  # who owns the tables, and is no superuser
        for path in old:
            _run(connection, path, "Up")
        connection.execute(f"INSERT INTO {table} VALUES (1, 7), (2, 8)".encode())
        before = _switches(connection)
        assert _seen(connection, table) == [1, 2]
        _run(connection, new, "Up")
        assert _seen(connection, table) == [1]
        _run(connection, new, "Down")
        assert _seen(connection, table) == [1, 2]
        assert _switches(connection) == before


def _fixed(folder: Path, steps: Mapping[str, str], rules: str) -> tuple[list[Path], list[Path]]:
    """The migrations that were there, and those that the fixes made."""
    (folder / "persistlint.toml").write_text('dialect = "postgres"\n')
    migrations = folder / "migrations"
    migrations.mkdir()
    for name, step in steps.items():
        (migrations / name).write_text(f"-- +goose Up\n{step}\n\n-- +goose Down\nSELECT 1;\n")
    assert main(["check", "--select", rules, "--unsafe-fixes", str(migrations)]) == 0
    paths = sorted(migrations.iterdir())
    return paths[: len(steps)], paths[len(steps) :]


@contextmanager
def _schema(folder: str) -> Iterator[psycopg.Connection]:
    """A connection with an empty schema."""
    with psycopg.connect(host=folder, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute("CREATE SCHEMA steps")
        connection.execute("GRANT ALL ON SCHEMA steps TO app")
        connection.execute("SET search_path TO steps")
        yield connection
        connection.execute("RESET ROLE")
        connection.execute("DROP SCHEMA steps CASCADE")


def _seen(connection: psycopg.Connection, table: str) -> list[int]:
    """The rows of a table that the owner 7 sees."""
    with connection.transaction():
        connection.execute("SET LOCAL app.tenant = '7'")
        return [row[0] for row in connection.execute(f"SELECT id FROM {table} ORDER BY id".encode())]


def _switches(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    """What row level security is like, table by table."""
    return connection.execute(
        "SELECT relname, relrowsecurity, relforcerowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid)"
        " FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'steps'::regnamespace ORDER BY 1"
    ).fetchall()


def _run(connection: psycopg.Connection, path: Path, section: str) -> None:
    """Run one section of a file as goose does: in a transaction, unless the file says otherwise."""
    text = path.read_text()
    up, down = text.split("-- +goose Down\n")
    statement = (up.split("-- +goose Up\n")[1] if section == "Up" else down).encode()
    if "NO TRANSACTION" in text:
        connection.execute(statement)
        return
    with connection.transaction():
        connection.execute(statement)
