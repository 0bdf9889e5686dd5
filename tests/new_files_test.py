"""Fixes that make a further migration: named as the folder names its own, laid out as its runner wants it, never over a
file that is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from persistlint.cli import main

if TYPE_CHECKING:
    from pathlib import Path

USERS = "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);"
ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users);"
CHECK = "ALTER TABLE orders ADD CONSTRAINT orders_id_check CHECK (id > 0) NOT VALID;"
INDEX = "CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);"
NO_INDEX = "DROP INDEX CONCURRENTLY orders_user_id_idx;"
VALID = "ALTER TABLE orders VALIDATE CONSTRAINT orders_id_check;"
NOTHING = "-- Nothing is to be undone here."
RULES = ("--select", "fk-index-missing,constraint-never-validated,constraint-not-valid-missing")


def make(folder: Path, names: str, layout: str, *steps: str) -> Path:
    """A folder of migrations. `names` are theirs, in order; `layout` is what stands around a statement."""
    (folder / "persistlint.toml").write_text('dialect = "postgres"\n')
    migrations = folder / "migrations"
    migrations.mkdir()
    for name, step in zip(names.split(), steps, strict=True):
        (migrations / name).write_text(layout.format(step))
        if ".up." in name:
            (migrations / name.replace(".up.", ".down.")).write_text("SELECT 1;\n")
    return migrations


def added(folder: Path, *options: str, rules: tuple[str, ...] = RULES) -> dict[str, str]:
    """What a run makes, by its name."""
    before = set(folder.iterdir())
    main(["check", *rules, *(options or ("--unsafe-fixes",)), str(folder)])
    return {path.name: path.read_text() for path in sorted(folder.iterdir()) if path not in before}


TERN = "---- create above / drop below ----"
GOOSE = "-- +goose Up\n{}\n\n-- +goose Down\nSELECT 1;\n"


def test_each_step_is_a_file_of_its_own_and_one_further_run_changes_nothing(tmp_path: Path) -> None:
    folder = make(tmp_path, "00001_users.sql 00002_orders.sql 00003_check.sql", GOOSE, USERS, ORDERS, CHECK)
    old = {path: path.read_text() for path in folder.iterdir()}
    assert added(folder) == {
        "00004_index_orders_user_id.sql": f"-- +goose NO TRANSACTION\n-- +goose Up\n{INDEX}\n\n"
        f"-- +goose Down\n{NO_INDEX}\n",
        "00005_validate_orders_id_check.sql": f"-- +goose Up\n{VALID}\n\n-- +goose Down\n{NOTHING}\n",
    }
    assert {path: path.read_text() for path in old} == old
    assert added(folder) == {}
    assert main(["check", str(folder)]) == 0


@pytest.mark.parametrize(
    ("names", "layout", "expected"),
    [
        (
            "1_users.up.sql 2_orders.up.sql",
            "{}\n",
            {"3_index_orders_user_id.up.sql": f"{INDEX}\n", "3_index_orders_user_id.down.sql": f"{NO_INDEX}\n"},
        ),
        (
            "20240101120000_users.sql 20240229235959_orders.sql",
            "-- migrate:up\n{}\n\n-- migrate:down\nSELECT 1;\n",
            {
                "20240301000000_index_orders_user_id.sql": f"-- migrate:up transaction:false\n{INDEX}\n\n"
                f"-- migrate:down transaction:false\n{NO_INDEX}\n"
            },
        ),
        (
            "20240101120000-add-users.sql 20240229235959-add-orders.sql",
            "-- +migrate Up\n{}\n\n-- +migrate Down\nSELECT 1;\n",
            {
                "20240301000000-index-orders-user-id.sql": f"-- +migrate Up notransaction\n{INDEX}\n\n"
                f"-- +migrate Down notransaction\n{NO_INDEX}\n"
            },
        ),
        ("V9__users.sql V10__orders.sql", "{}\n", {"V11__index_orders_user_id.sql": f"{INDEX}\n"}),
        (
            "001_users.sql 002_orders.sql",
            f"{{}}\n\n{TERN}\n\nSELECT 1;\n",
            {
                "003_index_orders_user_id.sql": f"---- tern: disable-tx ----\n{INDEX}\n\n{TERN}\n\n"
                f"---- tern: disable-tx ----\n{NO_INDEX}\n"
            },
        ),
    ],
    ids=["golang-migrate", "dbmate", "sql-migrate", "flyway", "tern"],
)
def test_a_file_is_named_and_laid_out_as_those_beside_it(
    names: str, layout: str, expected: dict[str, str], tmp_path: Path
) -> None:
    folder = make(tmp_path, f"{names} {_third(names)}", layout, USERS, ORDERS, "ALTER TABLE users ADD note text;")
    assert added(folder) == {_moved(name, names): text for name, text in expected.items()}
    assert added(folder) == {}


def _third(names: str) -> str:
    """The name of a migration behind two others, for the one with the foreign key to be followed."""
    last = names.split()[-1]
    return (
        last.replace("2_orders", "3_note")
        .replace("20240229235959", "20240301000000")
        .replace("V10__orders", "V11__note")
    )


def _moved(name: str, names: str) -> str:
    return (
        name.replace("20240301000000", "20240301000001")
        .replace("V11", "V12")
        .replace("3_", "4_", 1 if "1_users" in names else 0)
    )


def test_what_the_runner_ends_is_validated_by_the_next_migration(tmp_path: Path) -> None:
    check = CHECK.replace(" NOT VALID", "")
    folder = make(
        tmp_path, "001_users.sql 002_orders.sql", GOOSE, USERS, f"{ORDERS}\nCREATE INDEX ON orders (user_id);"
    )
    (folder / "003_check.sql").write_text(GOOSE.format(check))
    assert list(added(folder)) == ["004_validate_orders_id_check.sql"]
    assert CHECK in (folder / "003_check.sql").read_text()
    assert added(folder) == {}


@pytest.mark.parametrize(
    "names",
    [
        "001_users.sql 002_orders.sql 004_check.sql",
        "users.sql orders.sql zcheck.sql",
        "1_users.sql 2_orders.sql 3-check.sql",
    ],
    ids=["numbers with a gap", "no numbers", "two schemes"],
)
def test_where_the_names_are_not_certain_nothing_is_made(names: str, tmp_path: Path) -> None:
    assert added(make(tmp_path, names, GOOSE, USERS, ORDERS, CHECK)) == {}


def test_where_nobody_knows_the_runner_nothing_is_made(tmp_path: Path) -> None:
    names = "001_users.sql 002_orders.sql 003_check.sql"
    assert added(make(tmp_path, names, "{}\n", USERS, ORDERS, CHECK)) == {}


def test_safe_fixes_make_no_file(tmp_path: Path) -> None:
    names = "001_users.sql 002_orders.sql 003_check.sql"
    assert added(make(tmp_path, names, GOOSE, USERS, ORDERS, CHECK), "--fix") == {}


def test_a_difference_shows_the_new_file_and_makes_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path, "001_users.sql 002_orders.sql 003_check.sql", GOOSE, USERS, ORDERS, CHECK)
    assert added(folder, "--unsafe-fixes", "--diff") == {}
    shown = capsys.readouterr().out
    assert "--- /dev/null\n" in shown
    assert f"+{INDEX}\n" in shown
    assert shown.count("new file mode") == 1, "the name of a second one depends on the first"


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_makes_the_new_file_of_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path, "001_users.sql 002_orders.sql 003_note.sql", GOOSE, USERS, ORDERS, "SELECT 1;")
    main(["check", *RULES, "--unsafe-fixes", "--diff", str(folder)])
    shown = capsys.readouterr().out
    subprocess.run(["git", "apply", "-"], input=shown, text=True, check=True, cwd=folder.anchor)
    assert INDEX in (folder / "004_index_orders_user_id.sql").read_text()


def test_a_file_that_is_there_is_never_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from persistlint.fixes import following

    monkeypatch.setattr(following, "next_name", lambda *_: "notes.txt")
    folder = make(tmp_path, "001_users.sql 002_orders.sql 003_check.sql", GOOSE, USERS, ORDERS, CHECK)
    (folder / "notes.txt").write_text("mine")
    assert added(folder) == {}
    assert (folder / "notes.txt").read_text() == "mine"
    assert "`notes.txt` was not made: it is there already" in capsys.readouterr().out


def test_programs_learn_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path, "001_users.sql 002_orders.sql 003_check.sql", GOOSE, USERS, ORDERS, CHECK)
    main(["check", *RULES, "--format", "json", str(folder)])
    fixes = [fix for found in json.loads(capsys.readouterr().out)["diagnostics"] for fix in found["fixes"]]
    assert [new["path"].rsplit("/", 1)[-1] for fix in fixes for new in fix["creates"]] == [
        "004_index_orders_user_id.sql",
        "004_validate_orders_id_check.sql",
    ]


def test_no_second_statement_is_put_into_a_file_that_would_become_one_transaction(tmp_path: Path) -> None:
    key = "ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users;"
    orders = "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL);"
    folder = make(tmp_path, "1_users.up.sql 2_orders.up.sql 3_key.up.sql", "{}\n", USERS, orders, key)
    assert added(folder) == {
        "4_validate_orders_user.down.sql": f"{NOTHING}\n",
        "4_validate_orders_user.up.sql": "ALTER TABLE orders VALIDATE CONSTRAINT orders_user;\n",
        "5_index_orders_user_id.down.sql": f"{NO_INDEX}\n",
        "5_index_orders_user_id.up.sql": f"{INDEX}\n",
    }
    assert (folder / "3_key.up.sql").read_text() == f"{key[:-1]} NOT VALID;\n"
    assert added(folder) == {}


ROW_SECURITY = ("--select", "rls-missing,rls-not-forced,rls-policy-without-enable")
MINE = "tenant_id = (SELECT nullif(current_setting('app.Tenant', true), ''))::uuid"
OWNED = "CREATE TABLE {} (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);"
QUOTED = OWNED.format('"Notes"')
GUARDED = (
    f"{OWNED.format('orders')}\nALTER TABLE orders ENABLE ROW LEVEL SECURITY;\n"
    f"ALTER TABLE orders FORCE ROW LEVEL SECURITY;\nCREATE POLICY own ON orders USING ({MINE});"
)
LAST = "CREATE TABLE kinds (id bigint PRIMARY KEY, name text NOT NULL);"


@pytest.mark.parametrize(
    ("step", "words", "up", "down"),
    [
        (
            OWNED.format("notes"),
            "guard_notes",
            "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;\nALTER TABLE notes FORCE ROW LEVEL SECURITY;\n"
            f"CREATE POLICY notes_tenant_id ON notes USING ({MINE});",
            "DROP POLICY notes_tenant_id ON notes;\nALTER TABLE notes NO FORCE ROW LEVEL SECURITY;\n"
            "ALTER TABLE notes DISABLE ROW LEVEL SECURITY;",
        ),
        (
            f"{OWNED.format('drafts')}\nALTER TABLE drafts RENAME TO notes;",
            "guard_notes",
            "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;\nALTER TABLE notes FORCE ROW LEVEL SECURITY;\n"
            f"CREATE POLICY notes_tenant_id ON notes USING ({MINE});",
            "DROP POLICY notes_tenant_id ON notes;\nALTER TABLE notes NO FORCE ROW LEVEL SECURITY;\n"
            "ALTER TABLE notes DISABLE ROW LEVEL SECURITY;",
        ),
        (
            f'{QUOTED}\nCREATE POLICY own ON "Notes" USING ({MINE});\nALTER TABLE "Notes" FORCE ROW LEVEL SECURITY;',
            "enable_row_level_security_on_notes",
            'ALTER TABLE "Notes" ENABLE ROW LEVEL SECURITY;',
            'ALTER TABLE "Notes" DISABLE ROW LEVEL SECURITY;',
        ),
        (
            f"{OWNED.format('app.notes')}\nCREATE POLICY own ON app.notes USING ({MINE});\n"
            "ALTER TABLE app.notes ENABLE ROW LEVEL SECURITY;",
            "force_row_level_security_on_notes",
            "ALTER TABLE app.notes FORCE ROW LEVEL SECURITY;",
            "ALTER TABLE app.notes NO FORCE ROW LEVEL SECURITY;",
        ),
    ],
    ids=["guarded as the others", "renamed", "enabled", "forced"],
)
def test_row_level_security_comes_with_a_further_migration(
    step: str, words: str, up: str, down: str, tmp_path: Path
) -> None:
    folder = make(tmp_path, "001_orders.sql 002_notes.sql 003_kinds.sql", GOOSE, GUARDED, step, LAST)
    assert added(folder, rules=ROW_SECURITY) == {f"004_{words}.sql": f"-- +goose Up\n{up}\n\n-- +goose Down\n{down}\n"}
    assert added(folder, rules=ROW_SECURITY) == {}
    assert main(["check", *ROW_SECURITY, str(folder)]) == 0


@pytest.mark.parametrize(
    "condition", ["tenant_id = -- mine\n tenant()", "tenant_id = (SELECT tenant FROM staff WHERE id = orders.id)"]
)
def test_a_policy_that_cannot_be_copied_is_not(condition: str, tmp_path: Path) -> None:
    guarded = GUARDED.replace(f"USING ({MINE})", f"USING ({condition}\n)")
    folder = make(tmp_path, "001_orders.sql 002_notes.sql 003_kinds.sql", GOOSE, guarded, OWNED.format("notes"), LAST)
    assert added(folder, rules=ROW_SECURITY) == {}


def test_an_index_is_made_on_a_table_by_its_name_in_the_end(tmp_path: Path) -> None:
    renamed = f"{ORDERS.replace('orders', 'carts')}\nALTER TABLE carts RENAME TO orders;"
    folder = make(tmp_path, "001_users.sql 002_orders.sql 003_kinds.sql", GOOSE, USERS, renamed, LAST)
    (text,) = added(folder).values()
    assert INDEX in text


def test_the_way_back_is_kept_out_of_a_transaction_as_the_way_there_is(tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text('[dependencies]\nsqlx = "0.8"\n')
    names = "20240101120000_users.up.sql 20240101120001_orders.up.sql 20240101120002_kinds.up.sql"
    folder = make(tmp_path, names, "{}\n", USERS, ORDERS, LAST)
    assert added(folder) == {
        "20240101120003_index_orders_user_id.down.sql": f"-- no-transaction\n{NO_INDEX}\n",
        "20240101120003_index_orders_user_id.up.sql": f"-- no-transaction\n{INDEX}\n",
    }


def test_an_index_is_not_made_where_the_runner_leaves_no_way_out_of_a_transaction(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layout = "-- Up Migration\n{}\n\n-- Down Migration\nSELECT 1;\n"
    names = "1712345678901_users.sql 1712345678902_orders.sql 1712345678903_kinds.sql"
    assert added(make(tmp_path, names, layout, USERS, ORDERS, LAST)) == {}
    assert "No fix: node-pg-migrate runs every migration in a transaction." in capsys.readouterr().out


def test_a_long_name_ends_with_a_word(tmp_path: Path) -> None:
    step = CHECK.replace("orders_id_check", f"{'long_' * 11}constraint").replace("orders", "users")
    folder = make(tmp_path, "001_users.sql 002_check.sql 003_kinds.sql", GOOSE, USERS, step, LAST)
    assert list(added(folder)) == [f"004_validate{'_long' * 10}.sql"]


def test_what_stands_in_the_folder_of_an_old_version_is_not_changed(tmp_path: Path) -> None:
    (tmp_path / "persistlint.toml").write_text('dialect = "postgres"\n')
    for version, step in ((9, USERS), (10, ORDERS), (11, LAST)):
        (tmp_path / str(version)).mkdir()
        (tmp_path / str(version) / "delta.sql").write_text(f"{step}\n")
    main(["check", *RULES, "--unsafe-fixes", str(tmp_path)])
    assert (tmp_path / "10" / "delta.sql").read_text() == f"{ORDERS}\n"


def test_milliseconds_of_a_moment_stay(tmp_path: Path) -> None:
    layout = "-- Up Migration\n{}\n\n-- Down Migration\nSELECT 1;\n"
    names = "20240101120000123_users.sql 20240101120001456_orders.sql 20240101120002789_check.sql"
    folder = make(tmp_path, names, layout, USERS, ORDERS, f"{CHECK}\nCREATE INDEX ON orders (user_id);")
    (folder / "20240101120003000_kinds.sql").write_text(layout.format(LAST))
    assert list(added(folder)) == ["20240101120004000_validate_orders_id_check.sql"]


def prisma(folder: Path, *steps: str) -> Path:
    """Migrations, each in a folder of its own, the first of which stands for what was there before."""
    (folder / "persistlint.toml").write_text('dialect = "postgres"\n')
    migrations = folder / "prisma" / "migrations"
    for number, step in enumerate(steps):
        own = migrations / (f"2024010112000{number}_step" if number else "0_init")
        own.mkdir(parents=True)
        (own / "migration.sql").write_text(f"{step}\n")
    (migrations / "migration_lock.toml").write_text('provider = "postgresql"\n')
    return migrations


def test_a_migration_in_a_folder_of_its_own_gets_one(tmp_path: Path) -> None:
    folder = prisma(tmp_path, GUARDED, OWNED.format("notes"), LAST)
    assert list(added(folder, "--unsafe-fixes", "--diff", rules=ROW_SECURITY)) == []
    main(["check", *ROW_SECURITY, "--unsafe-fixes", str(folder)])
    made = folder / "20240101120003_guard_notes"
    assert [path.name for path in made.iterdir()] == ["migration.sql"]
    assert (made / "migration.sql").read_text() == (
        "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;\nALTER TABLE notes FORCE ROW LEVEL SECURITY;\n"
        f"CREATE POLICY notes_tenant_id ON notes USING ({MINE});\n"
    )
    assert main(["check", *ROW_SECURITY, str(folder)]) == 0


def test_of_several_new_folders_a_difference_shows_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = prisma(tmp_path, GUARDED, OWNED.format("notes"), OWNED.format("tags"), LAST)
    main(["check", *ROW_SECURITY, "--unsafe-fixes", "--diff", str(folder)])
    shown = capsys.readouterr().out
    assert shown.count("new file mode") == 1
    assert "/migrations/20240101120004_guard_notes/migration.sql\n" in shown
    assert ".." not in shown


def test_a_folder_that_cannot_be_filled_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder = prisma(tmp_path, GUARDED, OWNED.format("notes"), LAST)
    monkeypatch.setattr(os, "link", full)
    assert added(folder, rules=ROW_SECURITY) == {}
    assert "`migration.sql` was not made: it cannot be written: No space left on device" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("names", "layout", "beside", "reason"),
    [
        (
            "0000_users.sql 0001_orders.sql 0002_kinds.sql",
            "{}--> statement-breakpoint\n",
            {
                "meta/_journal.json": '{"dialect": "postgresql", "entries": '
                '[{"tag": "0000_users"}, {"tag": "0001_orders"}, {"tag": "0002_kinds"}]}'
            },
            "`drizzle-kit generate --custom` has to make the migration",
        ),
        (
            "20240101120000_users.sql 20240101120001_orders.sql 20240101120002_kinds.sql",
            "{}\n",
            {"atlas.sum": "h1:Wo=\n"},
            "`atlas migrate new` has to make the migration",
        ),
    ],
    ids=["Drizzle", "Atlas"],
)
def test_where_the_runner_has_to_make_its_files_the_help_says_so(
    names: str, layout: str, beside: dict[str, str], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(tmp_path, names, layout, USERS, ORDERS, LAST)
    for name, text in beside.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    assert added(folder) == {}
    assert f"No fix: {reason}" in capsys.readouterr().out


def test_an_index_that_prisma_would_drop_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = prisma(tmp_path, USERS, ORDERS, LAST)
    assert added(folder) == {}
    assert "No fix: Prisma makes its migrations of the models" in capsys.readouterr().out


def test_all_that_one_table_lacks_is_made_in_one_run(tmp_path: Path) -> None:
    keys = "user_id bigint REFERENCES users, order_id bigint REFERENCES orders"
    items = f"CREATE TABLE items (id bigint PRIMARY KEY, {keys});"
    names = "001_users.sql 002_orders.sql 003_items.sql 004_notes.sql"
    orders = f"{ORDERS}\nCREATE INDEX ON orders (user_id);"
    folder = make(tmp_path, names, GOOSE, USERS, orders, items, "CREATE TABLE notes (id bigint PRIMARY KEY);")
    assert list(added(folder)) == ["005_index_items_user_id.sql", "006_index_items_order_id.sql"]
    assert added(folder) == {}
