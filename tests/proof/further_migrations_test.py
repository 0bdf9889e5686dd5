"""Further migrations that fixes make, run on a real PostgreSQL behind those that were there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from persistlint.cli import main

if TYPE_CHECKING:
    from pathlib import Path

STEPS = {
    "00001_teams.sql": "CREATE TABLE teams (id bigint PRIMARY KEY);",
    "00002_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, team_id bigint NOT NULL REFERENCES teams);",
    "00003_check.sql": "ALTER TABLE orders ADD CONSTRAINT orders_id_check CHECK (id > 0);",
}
INDEXES = "SELECT indexname FROM pg_indexes WHERE tablename = 'orders' ORDER BY 1"
VALID = "SELECT convalidated FROM pg_constraint WHERE conname = 'orders_id_check'"
RULES = "fk-index-missing,constraint-not-valid-missing,constraint-never-validated"


def test_the_new_migrations_run_and_can_be_undone(tmp_path: Path, postgres_folder: str) -> None:
    (tmp_path / "persistlint.toml").write_text('dialect = "postgres"\n')
    folder = tmp_path / "migrations"
    folder.mkdir()
    for name, step in STEPS.items():
        (folder / name).write_text(f"-- +goose Up\n{step}\n\n-- +goose Down\nSELECT 1;\n")
    assert main(["check", "--select", RULES, "--unsafe-fixes", str(folder)]) == 0
    paths = sorted(folder.iterdir())
    assert len(paths) == len(STEPS) + 2
    with psycopg.connect(host=postgres_folder, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute("CREATE SCHEMA steps")
        connection.execute("SET search_path TO steps")
        for path in paths[: len(STEPS)]:
            _run(connection, path, "Up")
        assert connection.execute(VALID).fetchone() == (False,)
        for path in paths[len(STEPS) :]:
            _run(connection, path, "Up")
        assert connection.execute(VALID).fetchone() == (True,)
        assert ("orders_team_id_idx",) in connection.execute(INDEXES).fetchall()
        for path in reversed(paths[len(STEPS) :]):
            _run(connection, path, "Down")
        assert ("orders_team_id_idx",) not in connection.execute(INDEXES).fetchall()
        connection.execute("DROP SCHEMA steps CASCADE")


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
