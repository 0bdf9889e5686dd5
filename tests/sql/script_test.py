"""Scripts as a whole: sections, transactions, blocks, and the schema that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from persistlint.schema.changes import TableChange
from persistlint.sql.script import read_script

if TYPE_CHECKING:
    from pathlib import Path

    from persistlint.schema.script import Script

BLOCK = """
DO $body$
<<outer>>
DECLARE
  n int := 0;
  r record;
BEGIN
  DROP TABLE plain;
  IF EXISTS (SELECT 1 FROM a WHERE (b)) THEN
    DROP TABLE conditional;
  ELSIF n > 1 THEN
    DROP TABLE other;
  ELSE
    NULL;
  END IF;
  FOR r IN SELECT * FROM a LOOP
    EXECUTE format('DROP TABLE %I', r.name);
    EXECUTE 'DROP TABLE executed';
    CASE n WHEN 1 THEN DROP TABLE cased; ELSE NULL; END CASE;
  END LOOP;
  BEGIN
    DROP TABLE guarded;
  EXCEPTION
    WHEN undefined_table OR others THEN
      DROP TABLE handling;
  END;
END
$body$;
"""


def test_blocks_are_read_to_their_statements() -> None:
    script = _read(BLOCK)
    found = {
        change.table.name: (change.statement.is_conditional, change.statement.is_guarded)
        for change in script.changes
        if isinstance(change, TableChange)
    }
    assert found == {
        "plain": (False, False),
        "conditional": (True, False),
        "other": (True, False),
        "executed": (False, False),
        "cased": (True, False),
        "guarded": (False, True),
        "handling": (False, False),
    }
    assert {change.statement.transaction for change in script.changes} == {1}
    assert [statement.is_block for statement in script.statements].count(True) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "DO LANGUAGE plpython3u $$ DROP TABLE a; $$;",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE a; END $$;",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC DELETE FROM a; SELECT 1; END;",
        "SELECT 'DROP TABLE a;', $q$DROP TABLE a;$q$; -- DROP TABLE a;\n/* /* DROP TABLE a; */ */",
        "COPY a FROM stdin;\nDROP TABLE a;\n\\.\n",
        "\\i other.sql\nSELECT 1;",
    ],
)
def test_what_is_not_run_changes_nothing(sql: str) -> None:
    assert not [change for change in _read(sql).changes if isinstance(change, TableChange)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("DROP TABLE a; BEGIN; DROP TABLE b; COMMIT; DROP TABLE c;", [None, 1, None]),
        ("START TRANSACTION; DROP TABLE a; END; BEGIN; DROP TABLE b; ROLLBACK;", [1, 2]),
        ("BEGIN; SAVEPOINT x; ROLLBACK TO x; DROP TABLE a; COMMIT;", [1]),
        ("CREATE TABLE t (type text, begin timestamp); DROP TABLE a;", [None, None]),
    ],
)
def test_statements_know_their_transaction(sql: str, expected: list[int | None]) -> None:
    changes = [change for change in _read(sql).changes if isinstance(change, TableChange)]
    assert [change.statement.transaction for change in changes] == expected


@pytest.mark.parametrize(
    ("path", "text", "runner", "transactions"),
    [
        ("migrations/1_a.sql", "-- +goose Up\nDROP a;\n-- +goose Down\nDROP b;", "goose", [0, 0]),
        ("a.sql", "-- +goose Up\n-- +goose NO TRANSACTION\nDROP a;\n-- +goose Down\nDROP b;", "goose", [None, None]),
        ("a.sql", "-- migrate:up transaction:false\nDROP a;\n-- migrate:down\nDROP b;", "dbmate", [None, 0]),
        ("a.sql", "-- +migrate Up notransaction\nDROP a;\n-- +migrate Down\nDROP b;", "sql-migrate", [None, 0]),
        ("a.sql", "DROP a;\n---- create above / drop below ----\nDROP b;", "tern", [0, 0]),
        ("V1_2__a.sql", "DROP a;", "Flyway", [0]),
        ("V1__a.sql", "DROP INDEX CONCURRENTLY a;", "Flyway", [None]),
        ("migrations/2024-01-01-000000_a/up.sql", "DROP a;", "Diesel", [0]),
        ("migrations/1_a/migration.sql", "DROP a;", "Prisma", [None]),
        ("migrations/1_a/migration.sql", "DROP a; DROP b;", "Prisma", [0, 0]),
        ("1_a.up.sql", "BEGIN; DROP a; COMMIT;", "golang-migrate", [None, 1, 1]),
        ("supabase/migrations/20240101_a.sql", "DROP a;", "Supabase", [0]),
        ("a.sql", "CREATE TABLE a (id int);\n--> statement-breakpoint\nDROP b;", "Drizzle", [0, 0]),
        ("a.sql", "-- liquibase formatted sql\n-- changeset a:1\nDROP a;", "Liquibase", [0]),
        ("a.sql", "DROP a;", "", [None]),
    ],
)
def test_runners_are_known_by_name_and_annotation(
    path: str, text: str, runner: str, transactions: list[int | None]
) -> None:
    text = text.replace("DROP ", "DROP TABLE ").replace("TABLE INDEX", "INDEX")
    script = read_script(path, text.encode(), "postgres")
    assert script.runner.name == runner
    assert [change.statement.transaction for change in script.changes] == transactions


@pytest.mark.parametrize(
    ("path", "files", "runner", "wraps"),
    [
        ("migrations/20240101_a.sql", {"Cargo.toml": '[dependencies]\nsqlx = "0.8"\n'}, "sqlx", True),
        ("migrations/1_a.up.sql", {"go.mod": "require github.com/uptrace/bun v1.0.0\n"}, "bun", False),
        ("migrations/1_a.up.sql", {"go.mod": "require github.com/mattermost/morph v1.0.0\n"}, "morph", True),
        ("drizzle/0001_a.sql", {"package.json": '{"dependencies": {"drizzle-orm": "1"}}'}, "Drizzle", True),
        (
            "migrations/2024-01-01-000000_a/up.sql",
            {"migrations/2024-01-01-000000_a/metadata.toml": "run_in_transaction = false\n"},
            "Diesel",
            False,
        ),
        ("sql/V1__a.sql", {"sql/V1__a.sql.conf": "executeInTransaction=false\n"}, "Flyway", False),
        ("migrations/20240101_a.up.sql", {"go.mod": "\tgithub.com/gobuffalo/pop/v6 v6.1.1\n"}, "pop", True),
        ("migrations/1_a.mysql.up.sql", {"go.mod": "require github.com/gobuffalo/pop v4.13.1\n"}, "pop", True),
        (
            "migrations/1_a.up.sql",
            {"go.mod": "\tgithub.com/gobuffalo/pop/v6 v6.1.1 // indirect\n"},
            "golang-migrate",
            True,
        ),
        (
            "migrations/1_a.up.sql",
            {"go.mod": "\tgithub.com/gobuffalo/pop/v6 v6.1.1\n\tgithub.com/golang-migrate/migrate/v4 v4.17.0\n"},
            "golang-migrate",
            True,
        ),
        (
            "migrations/1_a.autocommit.up.sql",
            {"go.mod": "\tgithub.com/gobuffalo/pop/v6 v6.1.1\n"},
            "golang-migrate",
            True,
        ),
        ("sql/a.sql", {"package.json": "{}"}, "", None),
        ("util/sql/a.sql", {"util/Migrator.csproj": "<Project/>"}, "", None),
        ("a/src/main/resources/org/example/deep/engine/db/sql/v1/a.sql", {"a/pom.xml": "<project/>"}, "", None),
        ("sql/a.sql", {}, "", False),
    ],
)
def test_runners_are_known_by_their_project(
    path: str, files: dict[str, str], runner: str, wraps: bool | None, tmp_path: Path
) -> None:
    for name, text in {**files, path: "DROP TABLE a;", ".git/config": ""}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    script = read_script(str(tmp_path / path), b"DROP TABLE a;", "postgres")
    assert (script.runner.name, script.runner.wraps) == (runner, wraps)


def test_what_undoes_a_file_starts_from_what_the_file_leaves() -> None:
    script = read_script(
        "a.sql", b"-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\nDROP TABLE a;\n", "postgres"
    )
    assert [type(change).__name__ for change in script.forward] == ["CreateTable"]
    (drop,) = script.backward
    assert isinstance(drop, TableChange)
    assert drop.before is not None
    assert "a" in script.after.tables


@pytest.mark.parametrize(
    "path", ["1_a.down.sql", "x/down.sql", "U1__a.sql", "a.rollback.sql", "downgrades/a.sql", "a_revert.sql"]
)
def test_files_that_go_back_are_known_by_name(path: str) -> None:
    assert not read_script(path, b"DROP TABLE a;", "postgres").forward


def test_the_schema_that_is_left() -> None:
    table = _read("""
        CREATE TABLE a (id int PRIMARY KEY, x int, y text NOT NULL, CONSTRAINT c CHECK (x > 0), UNIQUE (y));
        CREATE INDEX i ON a (x, y);
        CREATE INDEX j ON a (y) WHERE x IS NULL;
        ALTER TABLE a RENAME x TO z;
        ALTER TABLE a ADD w bigint REFERENCES b (id), ALTER y DROP NOT NULL, ALTER z TYPE bigint;
        ALTER TABLE a DROP CONSTRAINT a_y_key;
        ALTER TABLE a RENAME TO s;
        DROP INDEX j;
    """).after.tables["s"]
    assert [(column.name, column.type and column.type.name) for column in table.columns] == [
        ("id", "integer"),
        ("z", "bigint"),
        ("y", "text"),
        ("w", "bigint"),
    ]
    assert [index.columns for index in table.indexes] == [("z", "y")]
    assert [found.kind.value for found in table.constraints] == ["PRIMARY KEY", "CHECK", "FOREIGN KEY"]
    assert table.constraints[1].expression is not None
    assert table.constraints[1].expression.words == ("z", ">", "0")
    assert table.requires("id")
    assert not table.requires("y")


def test_a_table_of_which_little_is_known_is_not_complete() -> None:
    table = _read("ALTER TABLE a ADD CONSTRAINT c CHECK (x > 0) NOT VALID;").after.tables["a"]
    assert not table.is_complete
    assert [found.is_valid for found in table.constraints] == [False]


def test_a_table_with_more_than_any_database_takes_is_cut() -> None:
    columns = ", ".join(f"c{number} int" for number in range(3000))
    table = _read(f"CREATE TABLE a ({columns});").after.tables["a"]
    assert len(table.columns) == 1600
    assert not table.is_complete


def _read(sql: str) -> Script:
    return read_script("example.sql", sql.encode(), "postgres")
