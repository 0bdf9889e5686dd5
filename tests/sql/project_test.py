"""The files of a folder as one project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from persistlint.engine import check
from persistlint.languages import language_of
from persistlint.schema.changes import AddColumn, CreateIndex, CreateTable, DropColumn
from persistlint.settings import Settings
from persistlint.source import SourceFile
from persistlint.sql.listing import forget
from persistlint.sql.project import dialect_of, read_in_project

if TYPE_CHECKING:
    from pathlib import Path

    from persistlint.schema.script import Script

SCRIPTS = frozenset({"index-not-concurrent", "unique-constraint-blocking", "primary-key-missing"})


def test_files_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    _write(
        tmp_path, {"V2__b.sql": "CREATE TABLE b (id int);", "V10__c.sql": "ALTER TABLE b ADD c int;", "V1__a.sql": ""}
    )
    script = _read(tmp_path / "V10__c.sql")
    assert "b" in script.after.tables
    assert [column.name for column in _read(tmp_path / "V2__b.sql").final.tables["b"].columns] == ["id", "c"]
    assert [column.name for column in _read(tmp_path / "V2__b.sql").after.tables["b"].columns] == ["id"]


def test_tables_of_earlier_files_are_not_new(tmp_path: Path) -> None:
    _write(tmp_path, {"1.sql": "CREATE TABLE a (id int);", "2.sql": "ALTER TABLE a ADD b int;"})
    (change,) = _read(tmp_path / "2.sql").changes
    assert isinstance(change, AddColumn)
    assert change.before is not None
    assert not change.is_on_new


@pytest.mark.parametrize("name", ["up.sql", "migration.sql"])
def test_a_folder_for_each_migration(name: str, tmp_path: Path) -> None:
    _write(tmp_path, {f"1_a/{name}": "CREATE TABLE a (id int);", f"2_b/{name}": "DROP TABLE a;", "1_a/down.sql": "x"})
    assert "a" not in _read(tmp_path / "1_a" / name).final.tables


def test_folders_of_prisma_are_in_the_order_of_their_names_as_texts(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "20230912150657_a/migration.sql": "CREATE TABLE a (id int);",
            "202310122339_b/migration.sql": "ALTER TABLE a ADD b int;",
        },
    )
    final = _read(tmp_path / "202310122339_b" / "migration.sql").final
    assert [column.name for column in final.tables["a"].columns] == ["id", "b"]


def test_a_folder_for_each_version(tmp_path: Path) -> None:
    _write(tmp_path, {"0.2/01__a.sql": "CREATE TABLE a (id int);", "0.10/01__b.sql": "ALTER TABLE a ADD b int;"})
    assert [column.name for column in _read(tmp_path / "0.10" / "01__b.sql").after.tables["a"].columns] == ["id", "b"]


def test_the_folders_of_one_project_are_no_others(tmp_path: Path) -> None:
    first, later = "migrations/1.0/20240101120000_a.sql", "migrations/1.1/20240201120000_b.sql"
    _write(tmp_path, {first: "CREATE TABLE a (id int);", later: "ALTER TABLE a ADD b int;"})
    assert _read(tmp_path / first).final.tables["a"].is_complete


def test_a_file_that_is_being_edited_comes_between_the_others(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "1.sql": "CREATE TABLE a (id int);",
            "2.sql": "",
            "3.sql": "ALTER TABLE a ADD d int; CREATE INDEX i ON a (c);",
        },
    )
    script = _read(tmp_path / "2.sql", b"ALTER TABLE a ADD c int;")
    assert [column.name for column in script.after.tables["a"].columns] == ["id", "c"]
    table = script.final.tables["a"]
    assert [column.name for column in table.columns] == ["id", "c", "d"]
    assert [index.name for index in table.indexes] == ["i"]


def test_what_stands_behind_a_file_that_changes_is_read_anew(tmp_path: Path) -> None:
    _write(tmp_path, {"1.sql": "CREATE TABLE a (id int);", "2.sql": "SELECT 1;", "3.sql": "ALTER TABLE a ADD c int;"})
    assert [column.name for column in _read(tmp_path / "3.sql").after.tables["a"].columns] == ["id", "c"]
    _write(tmp_path, {"2.sql": "ALTER TABLE a ADD b int;"})
    forget()
    assert [column.name for column in _read(tmp_path / "3.sql").after.tables["a"].columns] == ["id", "b", "c"]
    (tmp_path / "1.sql").unlink()
    forget()
    assert [column.name for column in _read(tmp_path / "3.sql").after.tables["a"].columns] == ["b", "c"]


def test_alternatives_keep_their_own_tables(tmp_path: Path) -> None:
    _write(tmp_path, {"one.sql": "CREATE TABLE a (id int);", "two.sql": "CREATE TABLE a (id int, x int);"})
    assert [len(_read(tmp_path / name).final.tables["a"].columns) for name in ("one.sql", "two.sql")] == [1, 2]


def test_files_of_other_dialects_are_other_projects(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "my.sql": "CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;",
            "pg.sql": "CREATE TABLE b (id bigserial PRIMARY KEY, x jsonb);",
        },
    )
    script = read_in_project(
        str(tmp_path / "pg.sql"), (tmp_path / "pg.sql").read_bytes(), "postgres", is_configured=False
    )
    assert script is not None
    assert set(script.final.tables) == {"b"}


def test_files_for_other_databases_are_other_projects(tmp_path: Path) -> None:
    table = "CREATE TABLE {} (id int);"
    _write(
        tmp_path,
        {
            "1_a.postgres.up.sql": table.format("a"),
            "1_a.mysql.up.sql": table.format("a"),
            "1_a.up.sql": table.format("never"),
            "2_b.up.sql": table.format("b"),
            "3_c.postgres.up.sql": table.format("c"),
            "3_c.mysql.up.sql": table.format("c"),
            "3_c.mysql.down.sql": "DROP TABLE c;",
        },
    )
    script = _read(tmp_path / "3_c.mysql.up.sql")
    assert set(script.after.tables) == {"a", "b", "c"}
    assert not script.twin
    assert set(_read(tmp_path / "2_b.up.sql").final.tables) == {"b"}


def test_one_file_that_names_the_only_database_parts_no_project(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "1_a.up.sql": 'CREATE TABLE "{{ index .Options "Namespace" }}"."a" (id int);',
            "2_b.postgres.up.sql": "CREATE TABLE b (id int);",
            "3_c.up.sql": "CREATE TABLE c (id int);",
        },
    )
    found = [table.name.name for table in _read(tmp_path / "3_c.up.sql").final.tables.values()]
    assert found == ["a", "b", "c"]


def test_a_folder_tells_the_dialect_of_a_file_that_does_not(tmp_path: Path) -> None:
    _write(tmp_path, {"1.sql": "CREATE TABLE a (id bigserial, x jsonb);", "2.sql": "CREATE INDEX i ON a (x);"})
    assert dialect_of(str(tmp_path / "2.sql"), b"CREATE INDEX i ON a (x);") == "postgres"


def test_what_only_makes_things_is_run_with_those_that_make_the_tables(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "create_foreign_keys.sql": "ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a (id);",
            "create_indexes.sql": "CREATE INDEX i ON b (a);",
            "create_primary_keys.sql": "ALTER TABLE a ADD PRIMARY KEY (id);",
            "create_tables.sql": "CREATE TABLE a (id int); CREATE TABLE b (a int);",
            "drop_keys.sql": "ALTER TABLE a DROP CONSTRAINT a_pkey;",
            "drop_tables.sql": "DROP TABLE a;",
            "later.sql": "ALTER TABLE a ADD c int;",
        },
    )
    (index,) = _read(tmp_path / "create_indexes.sql").changes
    (later,) = _read(tmp_path / "later.sql").changes
    assert isinstance(index, CreateIndex)
    assert isinstance(later, AddColumn)
    assert (index.is_on_new, later.is_on_new) == (True, False)
    assert _read(tmp_path / "create_tables.sql").final.tables["a"].primary_key is not None


def test_rules_about_one_script_speak_of_those_that_contradict_each_other(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "10_tables.sql": "CREATE TABLE hubs (id int, label text); CREATE TABLE halts (id int, label text);",
            "2_names.sql": "ALTER TABLE hubs RENAME label TO name; ALTER TABLE halts RENAME label TO name;",
            "30_rows.sql": "INSERT INTO hubs (name) VALUES ('a'); CREATE INDEX i ON halts (name);",
            "40_change.sql": "ALTER TABLE hubs DROP COLUMN name; CREATE TABLE bare (id int);",
        },
    )
    rules = frozenset({"unknown-column", "drop-column", "primary-key-missing", "index-not-concurrent"})
    assert _reported(tmp_path, "10_tables.sql", "30_rows.sql", "40_change.sql", rules=rules) == [
        ("30_rows.sql", "index-not-concurrent"),
        ("40_change.sql", "drop-column"),
        ("40_change.sql", "primary-key-missing"),
    ]


def test_scripts_that_contradict_each_other_say_nothing_of_each_other(tmp_path: Path) -> None:
    whole = "CREATE TABLE a (id int); CREATE TABLE b (id int, {});"
    _write(
        tmp_path,
        {
            "0_1_first.sql": whole.format("x int"),
            "0_2_second.sql": whole.format("y int"),
            "1_change.sql": "ALTER TABLE b DROP COLUMN x; ALTER TABLE c ADD z int;",
            "2_last.sql": "CREATE TABLE c (id int);",
            "1_change.down.sql": "SELECT 1;",
        },
    )
    first = _read(tmp_path / "0_1_first.sql")
    assert [column.name for column in first.final.tables["b"].columns] == ["id", "x"]
    assert not first.final.tables["b"].is_complete  # another script changes one of this name
    assert first.final.tables["a"].is_complete
    dropped, added = _read(tmp_path / "1_change.sql").changes
    assert isinstance(dropped, DropColumn)
    assert isinstance(added, AddColumn)
    for change in (dropped, added):
        assert change.before is not None
        assert not change.before.is_complete
        assert not change.is_on_new


def test_one_contradiction_is_a_mistake(tmp_path: Path) -> None:
    _write(tmp_path, {"1.sql": "CREATE TABLE a (id int);", "2.sql": "CREATE TABLE a (id int);"})
    (change,) = _read(tmp_path / "2.sql").changes
    assert isinstance(change, CreateTable)
    assert change.before is not None
    assert change.before.is_complete


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ('add_column("b", "c", "int", {})', [True, False]),
        ('for table in query("SELECT table_name FROM information_schema.tables"): drop(table)', [False, False]),
    ],
)
def test_a_program_among_scripts_may_change_the_tables_that_it_names(
    text: str, complete: list[bool], tmp_path: Path
) -> None:
    _write(
        tmp_path,
        {"001_a.sql": "CREATE TABLE a (id int); CREATE TABLE b (id int);", "002_b.py": text, "003_c.sql": "SELECT 1;"},
    )
    script = _read(tmp_path / "003_c.sql")
    assert [script.final.tables[name].is_complete for name in ("a", "b")] == complete
    assert not script.is_rooted


def test_a_name_with_a_schema_may_be_that_of_a_table_without_one(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "1.sql": "CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE other.b (id int);",
            "2.sql": "ALTER TABLE other.a ADD c int; ALTER TABLE other.b ADD c int;",
        },
    )
    tables = _read(tmp_path / "2.sql").final.tables
    assert [tables[name].is_complete for name in ("a", "b", "other.b")] == [False, True, True]


def test_a_plan_says_what_names_do_not(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "sqitch.plan": "%syntax-version=1.0.0\n%project=p\n\nusers 2024-01-01T00:00:00Z A <a@b.c> # first\n"
            "@v1 2024-01-01T00:00:00Z A <a@b.c>\n# said later\nmore [users] 2024-01-02T00:00:00Z A <a@b.c>\n"
            "users [users@v1] 2024-01-03T00:00:00Z A <a@b.c>\n",
            "deploy/more.sql": "ALTER TABLE users ADD name text;",
            "deploy/users.sql": "ALTER TABLE users ADD mail text;",
            "deploy/users@v1.sql": "CREATE TABLE users (id int);",
            "deploy/a_draft.sql": "ALTER TABLE users ADD rest text;",
        },
    )
    final = _read(tmp_path / "deploy" / "more.sql").final
    assert [column.name for column in final.tables["users"].columns] == ["id", "name", "mail", "rest"]
    assert final.tables["users"].is_complete


def test_what_was_written_before_anybody_went_back_wants_no_way_back(tmp_path: Path) -> None:
    forward, both = "-- +goose Up\nSELECT 1;\n", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n"
    texts = [*[forward] * 5, both, forward, both]
    _write(tmp_path, {f"{number}_a.sql": text for number, text in enumerate(texts)})
    undone = [_read(tmp_path / f"{number}_a.sql").is_undone for number in range(len(texts))]
    assert undone == [*[None] * 5, True, False, True]


def test_where_most_cannot_be_undone_none_wants_a_way_back(tmp_path: Path) -> None:
    forward, both = "-- +goose Up\nSELECT 1;\n", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n"
    texts = [both, forward, forward, both, forward, forward]
    _write(tmp_path, {f"{number}_a.sql": text for number, text in enumerate(texts)})
    assert {_read(tmp_path / f"{number}_a.sql").is_undone for number in range(len(texts))} == {None}


def test_a_file_that_is_not_on_disk_stands_alone(tmp_path: Path) -> None:
    _write(tmp_path, {"1.sql": "CREATE TABLE a (id int);", "2.sql": ""})
    assert not _read(tmp_path / "3.sql", b"SELECT 1;").final.tables


def test_what_happens_while_a_migration_runs_is_over_for_one_that_ten_others_follow(tmp_path: Path) -> None:
    table = "CREATE TABLE a (id bigint PRIMARY KEY, c text);"
    index = "CREATE INDEX a_c_idx ON a (c);\nALTER TABLE a ADD PRIMARY KEY (id);"
    steps = {f"{number:02}_step.up.sql": f"CREATE TABLE t{number} (n int);" for number in range(3, 13)}
    _write(tmp_path, {"01_a.up.sql": table, "02_index.up.sql": index, **steps})
    found = _reported(tmp_path, "02_index.up.sql", "12_step.up.sql")
    assert found == [("12_step.up.sql", "primary-key-missing")]
    (tmp_path / "12_step.up.sql").unlink()
    forget()
    found = _reported(tmp_path, "02_index.up.sql")
    assert found == [("02_index.up.sql", "index-not-concurrent"), ("02_index.up.sql", "unique-constraint-blocking")]


def test_what_has_run_has_not_failed(tmp_path: Path) -> None:
    wrong = (
        "CREATE INDEX i ON a (d); ALTER TABLE b ADD c int; INSERT INTO a (c) VALUES ('x');"
        " INSERT INTO a (id, c) VALUES (1, 'x') ON CONFLICT (c) DO NOTHING;"
    )
    steps = {f"{number:02}_step.up.sql": f"CREATE TABLE t{number} (n int);" for number in range(3, 13)}
    _write(tmp_path, {"01_a.up.sql": "CREATE TABLE a (id int PRIMARY KEY, c text);", "02_b.up.sql": wrong, **steps})
    rules = frozenset({"unknown-column", "unknown-table", "required-column-omitted", "conflict-target-mismatch"})
    assert _reported(tmp_path, "02_b.up.sql", rules=rules) == []
    (tmp_path / "12_step.up.sql").unlink()
    forget()
    assert {rule for _, rule in _reported(tmp_path, "02_b.up.sql", rules=rules)} == rules


def test_so_it_is_for_migrations_in_programs(tmp_path: Path) -> None:
    step = (
        "exports.up = (knex) => knex.schema.{}('t', (t) => {{ {} }});\nexports.down = (knex) => knex.raw('SELECT 1');\n"
    )
    files = {f"b_{number}_step.js": step.format("table", f"t.text('c{number}')") for number in range(10)}
    files |= {"package.json": '{"dependencies": {"knex": "3", "pg": "8"}}'}
    files |= {"a_1.js": step.format("createTable", "t.bigIncrements(); t.text('a')")}
    files |= {"a_2.js": step.format("table", "t.dropColumn('a')")}
    _write(tmp_path, {name if name == "package.json" else f"migrations/{name}": text for name, text in files.items()})
    assert _reported(tmp_path / "migrations", "a_2.js", rules=frozenset({"drop-column"})) == []
    (tmp_path / "migrations" / "b_9_step.js").unlink()
    forget()
    found = _reported(tmp_path / "migrations", "a_2.js", rules=frozenset({"drop-column"}))
    assert found == [("a_2.js", "drop-column")]


def _reported(folder: Path, *names: str, rules: frozenset[str] = SCRIPTS) -> list[tuple[str, str]]:
    """The names of files, and the rules that report something there."""
    found = []
    for name in names:
        path = folder / name
        source = SourceFile(str(path), path.read_bytes(), language_of(str(path)) or "", dialect="postgres")
        found += [(name, diagnostic.rule) for diagnostic in check(source, Settings(rules)).diagnostics]
    return found


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def _read(path: Path, content: bytes | None = None) -> Script:
    script = read_in_project(
        str(path), path.read_bytes() if content is None else content, "postgres", is_configured=True
    )
    assert script is not None
    return script
