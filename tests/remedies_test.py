"""What fixed programs do: run on SQLite before and after, they keep what is right and lose what is not."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from persistlint.engine import check
from persistlint.fixes.converge import converge
from persistlint.languages import language_of
from persistlint.rules import every_rule
from persistlint.settings import Settings
from persistlint.source import SourceFile

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT, changed_at TEXT);
CREATE TABLE accounts (id INTEGER PRIMARY KEY, cents INTEGER NOT NULL CHECK (cents >= 0));
INSERT INTO settings VALUES ('theme', 'dark', '2024-01-01');
INSERT INTO accounts VALUES (1, 100), (2, 0);
"""


def fixed(folder: Path, name: str, text: str, *, unsafe: bool = True) -> str:
    """The text of a file after its fixes."""
    path = folder / name
    path.write_text(text)
    settings = Settings(frozenset(rule.name for rule in every_rule() if rule.default))
    language = language_of(name) or ""
    source = SourceFile(str(path), text.encode(), language, dialect="sqlite" if language == "sql" else None)
    result, _ = converge(source, lambda each: check(each, settings).diagnostics, unsafe=unsafe)
    return result.content.decode()


def run(script: str) -> list[tuple[object, ...]]:
    """What a script leaves in the database: the statements of its schema, and its rows."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        with suppress(sqlite3.Error):
            connection.executescript(script)
        if connection.in_transaction:
            connection.rollback()
        found = connection.execute("SELECT type, name FROM sqlite_master ORDER BY 1, 2").fetchall()
        return found + connection.execute("SELECT * FROM settings").fetchall()


@pytest.mark.parametrize(
    ("script", "added"),
    [
        (
            "CREATE TABLE books (id INTEGER PRIMARY KEY, shelf_id INTEGER REFERENCES accounts (id));\n",
            [("index", "books_shelf_id_idx")],
        ),
        ("CREATE TABLE a (x INTEGER CHECK (x > 0 AND x < 9 OR x IS NULL));\n", []),
    ],
    ids=["an index", "parentheses"],
)
def test_a_fixed_script_leaves_what_it_left_and_what_was_missing(
    tmp_path: Path, script: str, added: list[tuple[object, ...]]
) -> None:
    result = fixed(tmp_path, "a.sql", script)
    assert result != script
    assert sorted(map(str, run(result))) == sorted(map(str, [*run(script), *added]))


def test_what_takes_the_schema_away_again_does_not_hide_what_is_left_to_do(tmp_path: Path) -> None:
    tables = "CREATE TABLE shelves (id INTEGER PRIMARY KEY);\nCREATE TABLE books (id INTEGER PRIMARY KEY);\n"
    (tmp_path / "create_tables.sql").write_text(tables)
    (tmp_path / "drop_tables.sql").write_text("DROP TABLE books;\nDROP TABLE shelves;\n")
    keys = "\n".join(f"ALTER TABLE books ADD COLUMN {name} INTEGER REFERENCES shelves (id);" for name in ("a", "b"))
    found = run(tables + fixed(tmp_path, "create_foreign_keys.sql", f"{keys}\n"))
    assert {("index", "books_a_idx"), ("index", "books_b_idx")} <= set(found)


def test_a_script_that_fails_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    script = "CREATE TABLE a (id INTEGER PRIMARY KEY);\nINSERT INTO nowhere (id) VALUES (1);\n"
    assert ("table", "a") in run(script)
    assert ("table", "a") not in run(fixed(tmp_path, "a.sql", script))


def test_statements_that_sqlite_refuses_are_ones_that_it_takes(tmp_path: Path) -> None:
    script = "ALTER TABLE accounts ADD COLUMN a TEXT, ADD COLUMN b TEXT;\nCREATE TABLE c (n INTEGER, KEY (n));\n"
    result = fixed(tmp_path, "a.sql", script)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        connection.executescript(result)
        columns = [row[1] for row in connection.execute("PRAGMA table_info(accounts)")]
        assert columns == ["id", "cents", "a", "b"]
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'c_n_idx'").fetchone() == (1,)


def test_an_upsert_keeps_the_columns_that_a_replacement_loses(tmp_path: Path) -> None:
    (tmp_path / "1_schema.sql").write_text(SCHEMA)
    script = "REPLACE INTO settings (name, value) VALUES ('theme', 'light');\n"
    result = fixed(tmp_path, "2_light.sql", script)
    assert run(script)[-1] == ("theme", "light", None)
    assert run(result)[-1] == ("theme", "light", "2024-01-01")


TRANSFER = """\
import sqlite3


def transfer(path, source, target, cents):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN")
    db.execute("UPDATE accounts SET cents = cents + ? WHERE id = ?", (cents, target))
    db.execute("UPDATE accounts SET cents = cents - ? WHERE id = ?", (cents, source))
    db.execute("COMMIT")
    return db


def store(path, name, value):
    db = sqlite3.connect(path)
    db.execute("INSERT INTO settings (name, value) VALUES (?, ?)", (name, value))
    db.close()
"""


def test_fixed_programs_roll_back_and_commit(tmp_path: Path) -> None:
    names: dict[str, object] = {}
    exec(fixed(tmp_path, "bank.py", TRANSFER), names)
    path = tmp_path / "bank.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
    with pytest.raises(sqlite3.IntegrityError):
        names["transfer"](path, 1, 2, 500)  # type: ignore[operator]
    names["transfer"](path, 1, 2, 30).close()  # type: ignore[operator]
    names["store"](path, "language", "en")  # type: ignore[operator]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT cents FROM accounts ORDER BY id").fetchall() == [(70,), (30,)]
        assert connection.execute("SELECT value FROM settings WHERE name = 'language'").fetchall() == [("en",)]


def test_fixes_of_literals_change_no_result(tmp_path: Path) -> None:
    program = (
        "from datetime import timedelta\n\n\n"
        "def accepts(password):\n    if len(password) > 128:\n        return False\n    return True\n\n\n"
        "def month():\n    return timedelta(30)\n"
    )
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    exec(program, before)
    result = fixed(tmp_path, "a.py", program, unsafe=False)
    assert "MAX_PASSWORD_LENGTH = 128" in result
    exec(result, after)
    for argument in ("", "a" * 128, "a" * 129):
        assert before["accepts"](argument) == after["accepts"](argument)  # type: ignore[operator]
    assert before["month"]() == after["month"]()  # type: ignore[operator]


def test_a_library_of_the_same_name_is_written_in_its_own_language() -> None:
    text = """const sqlite3 = require("sqlite3");
const db = new sqlite3.Database("shop.db");

exports.both = (name, cents) => {
  db.run("INSERT INTO orders (name, cents) VALUES (?, ?)", [name, cents]);
  db.run("INSERT INTO lines (name, cents) VALUES (?, ?)", [name, cents]);
};
"""
    settings = Settings(frozenset(["missing-transaction"]))
    (found,) = check(SourceFile("store.js", text.encode(), "javascript"), settings).diagnostics
    assert not found.fixes  # Python's `with db:` above all


def test_a_pool_of_python_is_not_taken_for_one_of_javascript() -> None:
    text = """async def both(pool, name):
    # Its `.rows` are those of $1.
    await pool.query("DELETE FROM lines WHERE name = $1", [name])
    await pool.query("DELETE FROM orders WHERE name = $1", [name])
"""
    settings = Settings(frozenset(["missing-transaction"]))
    found = check(SourceFile("store.py", text.encode(), "python"), settings).diagnostics
    assert not any("const" in edit.text for each in found for fix in each.fixes for edit in fix.edits)
