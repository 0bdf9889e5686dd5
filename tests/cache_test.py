"""What is kept between runs: it changes how long a run takes, and nothing else."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
import zlib
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lsp.raw_client import environment
from markdown import cases
from persistlint import memory, surroundings
from persistlint.analysis.tables import stored_parts
from persistlint.cli import main
from persistlint.configuration.config import forget
from persistlint.diagnostic import Applicability, Diagnostic, Edit, Fix, NewFile, Related, Severity
from persistlint.engine import Report, check
from persistlint.output import formats
from persistlint.running import cache, cache_folder, checking
from persistlint.running.stored_report import dump, load
from persistlint.source import Range
from persistlint.surroundings import Surroundings, anew, mark_of_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from persistlint.settings import Settings
    from persistlint.source import SourceFile

FOLDER = Path(".persistlint_cache")
BAD = "def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n"
CLEAN = BAD.replace("'{name}'", "users.name").replace('(f"', '( "').ljust(len(BAD))
HAS_GIT = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
RULES = Path(__file__).parent / "rules"
FEW = 2  # cases of every rule
CHECKOUT = (  # with a default branch
    "init -q",
    "add .",
    "-c user.name=someone -c user.email=someone@example.org commit -q --no-gpg-sign -m a",
    "update-ref refs/remotes/origin/main HEAD",
    "symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main",
)
LONG_AGO = 1_000_000_000 * 10**9  # nanoseconds

Checked = list[str]


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(BAD)
    Path("b.py").write_text("x = 1\n")
    Path("c.py").write_text("a()  # persistlint: ignore[no-rule]\n")
    Path("db").mkdir()
    Path("db/1.sql").write_text("CREATE TABLE items (id int PRIMARY KEY);\n")
    Path("db/2.sql").write_text("ALTER TABLE items ADD COLUMN body text NOT NULL;\n")


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> Checked:
    """The files that were really checked, anew for every time that this is cleared."""
    found: Checked = []

    def counting(source: SourceFile, settings: Settings) -> Report:
        found.append(source.path)
        return check(source, settings)

    monkeypatch.setattr(checking, "check", counting)
    return found


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Checks the project and returns what is printed."""

    def run(*options: str) -> str:
        anew()
        main(["check", "--jobs=1", *options])
        out, err = capsys.readouterr()
        return out + err

    return run


@pytest.mark.parametrize("format", formats())
def test_every_format_is_the_same_from_the_cache(format: str, run: Callable[..., str], checked: Checked) -> None:
    whole = run("--no-cache", f"--format={format}")
    assert not FOLDER.exists()
    assert run(f"--format={format}") == whole
    checked.clear()
    assert run(f"--format={format}") == whole
    assert checked == []


@HAS_GIT
def test_what_is_left_out_is_the_same_from_the_cache(run: Callable[..., str], checked: Checked) -> None:
    for command in (["init", "-q"], ["add", "b.py", "db"], ["commit", "-qm", "x"]):
        identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", *identity, *command], check=True, capture_output=True)
    assert main(["baseline", "--no-cache", "db"]) == 0
    run()
    for options in (["--since=HEAD"], ["--baseline=persistlint-baseline.json"], ["--statistics"]):
        whole = run("--no-cache", *options)
        run(*options)
        checked.clear()
        assert run(*options) == whole
        assert checked == []


def test_suppressions_and_fixes_are_written_from_the_cache(run: Callable[..., str]) -> None:
    run()
    assert "Added suppressions" in run("--add-suppressions=known")
    assert "interpolated-sql" not in run()
    assert "Fixed 1 problem" in run("--fix")
    assert Path("c.py").read_text() == "a()\n"
    assert run() == run("--no-cache")


def test_a_change_is_seen_whatever_the_clock_says(run: Callable[..., str]) -> None:
    for time in (LONG_AGO, LONG_AGO, 3 * LONG_AGO, LONG_AGO // 2):
        for text in (CLEAN, BAD):
            Path("a.py").write_text(text)
            os.utime("a.py", ns=(time, time))
            assert ("interpolated-sql" in run()) == (text == BAD), "of the same size, at the same time"


def test_a_file_that_was_touched_is_not_checked_again(run: Callable[..., str], checked: Checked) -> None:
    whole = run()
    os.utime("a.py", ns=(LONG_AGO, LONG_AGO))
    Path("a.py").rename("z.py")
    Path("z.py").rename("a.py")
    checked.clear()
    assert run() == whole
    assert checked == []


@pytest.mark.parametrize("is_checkout", [False, pytest.param(True, marks=HAS_GIT)], ids=["folder", "checkout"])
def test_a_second_run_checks_nothing_whatever_the_rules_look_at(
    is_checkout: bool, run: Callable[..., str], checked: Checked
) -> None:
    for file in sorted(RULES.glob("*/*.md")):
        for case in cases(file.read_text("utf-8"))[:FEW]:
            for name, text in ((case.path, case.text), *case.beside):
                path = Path(file.stem, str(case.line), name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
    if is_checkout:
        for command in CHECKOUT:
            subprocess.run(["git", *command.split()], check=True, capture_output=True)
    for options in (["--select=injection"], ["--select=all"], ["--select=all", "--unsafe-fixes"]):
        first = run("--exit-zero", *options)
        assert checked
        if options[1:]:
            first = run("--exit-zero", options[0])  # what the fixes left
        checked.clear()
        assert run("--exit-zero", options[0]) == first
        assert not checked


@pytest.mark.parametrize("name", ["b.py", "app.js"])
def test_what_did_not_change_is_not_even_read(
    name: str, run: Callable[..., str], checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (cache, checking, surroundings):
        monkeypatch.setattr(module, "is_settled", lambda status: True)
    # It would be `pool.js` if that were there.
    Path("app.js").write_text('import { pool } from "./pool";\npool.query(`SELECT * FROM t WHERE id = ${id}`);\n')
    Path("pool.ts").write_text('import { Pool } from "pg";\nexport const pool = new Pool();\n')
    first = run(name)
    checked.clear()
    monkeypatch.delattr(cache, "read_bytes")
    assert run(name) == first
    assert checked == []


def test_settings_are_part_of_the_question(run: Callable[..., str]) -> None:
    configurations = (
        ("", "interpolated-sql"),
        ('ignore = ["interpolated-sql"]', ""),
        ('[per-file-ignores]\n"a.py" = ["interpolated-sql"]', ""),
        ('[rules.interpolated-sql]\nseverity = "info"', "note[interpolated-sql]"),
        ("[rules.magic-number]\nallowed-numbers = [37]", "interpolated-sql"),
        ('dialect = "sqlite"', "interpolated-sql"),
    )
    for text, expected in configurations * 2:
        Path("persistlint.toml").write_text(text)
        forget()
        run()
        assert run() == run("--no-cache")
        assert expected in run()


def test_a_sql_file_is_checked_again_when_its_project_changes(run: Callable[..., str], checked: Checked) -> None:
    before = run("db")
    changes: list[Callable[[], object]] = [
        lambda: Path("db/1.sql").write_text("CREATE TABLE things (id int PRIMARY KEY);\n"),
        lambda: Path("db/0.sql").write_text("CREATE TABLE items (id int);\n"),
        lambda: Path("db/0.sql").unlink(),
        lambda: Path("package.json").write_text('{"dependencies": {"drizzle-orm": "1"}}'),
        lambda: Path("db/3.up.sql").write_text("CREATE TABLE more (id int PRIMARY KEY);\n"),
        lambda: Path("db/3.down.sql").write_text("DROP TABLE more;\n"),
        lambda: Path("db/metadata.toml").write_text("run_in_transaction = false\n"),
    ]
    for change in changes:
        change()
        checked.clear()
        assert run("db") == run("--no-cache", "db")
        checked.clear()
        run("db")
        assert checked == []
    assert before != run("db")


JOINS = """
const { Pool } = require("pg");
const pool = new Pool();
exports.join = async (email) => {
  const { rows } = await pool.query("SELECT id FROM members WHERE email = $1", [email]);
  if (rows.length > 0) return rows[0];
  return pool.query("INSERT INTO members (email) VALUES ($1)", [email]);
};
"""


REVISION = """
from alembic import op
revision = "a"
down_revision = None
def upgrade():
    op.execute("ALTER TABLE items ADD COLUMN label text")
"""
MODEL = """
sequelize.define("members", { email: { } }, { tableName: "members" });
"""


def test_a_program_is_checked_again_when_the_tables_change_that_it_asked_for(
    run: Callable[..., str], checked: Checked
) -> None:
    Path(".git").mkdir()
    for folder in ("src", "migrate"):
        Path(folder).mkdir()
    Path("src/join.js").write_text(JOINS)
    Path("src/other.js").write_text("export const one = 1;\n")
    run("src")
    members = "CREATE TABLE members (id int PRIMARY KEY, email text);\n"
    changes: list[tuple[bool, Callable[[], object]]] = [
        (True, lambda: Path("db/0.sql").write_text(members)),
        (False, lambda: Path("db/3.sql").write_text("ALTER TABLE members ADD UNIQUE (email);\n")),
        (True, lambda: Path("db/3.sql").unlink()),
        (False, lambda: Path("db/0.sql").write_text(members.replace("email text", "address text"))),
        (True, lambda: Path("db/0.sql").write_text(members)),
        (False, lambda: (Path("db/package.json").write_text("{}"), Path("src/1.sql").write_text("SELECT 1;\n"))),
        (True, lambda: Path("src/1.sql").unlink()),
        (False, lambda: Path("migrate/1.rb").write_text("add_index\n")),
        (True, lambda: Path("migrate/1.rb").unlink()),
        (False, lambda: Path("model.js").write_text(MODEL.replace("{ }", "{ unique: true }"))),
        (True, lambda: Path("model.js").write_text(MODEL)),
    ]
    for is_reported, change in changes:
        change()
        memory.forget()
        checked.clear()
        assert ("read-modify-write" in run("src")) == is_reported
        assert "src/other.js" not in checked, "it depends on no table"
        assert run("src") == run("--no-cache", "src")
        checked.clear()
        run("src")
        assert checked == []


def test_a_program_is_checked_again_when_its_first_migration_comes(run: Callable[..., str]) -> None:
    Path(".git").mkdir()
    Path("sync.py").write_text("from models import Base, engine\n\nBase.metadata.create_all(engine)\n")
    for _ in range(2):
        assert "schema-sync-beside-migrations" not in run("sync.py")
    Path("migrations").mkdir()
    Path("migrations/0001_first.py").write_text("")
    for _ in range(2):
        assert "schema-sync-beside-migrations" in run("sync.py")


def test_a_program_of_go_is_checked_again_when_its_module_has_another_driver(run: Callable[..., str]) -> None:
    Path(".git").mkdir()
    Path("store").mkdir()
    Path("store/shops.go").write_text(
        'package store\n\nimport "database/sql"\n\nfunc f(db *sql.DB, a string) {\n'
        '\tdb.Query("SELECT id FROM t WHERE a = \'" + a + "\'")\n}\n'
    )
    one, other = ("\tgithub.com/lib/pq v1.10.9\n", "\tgithub.com/mattn/go-sqlite3 v1.14.9\n")
    for drivers, is_known in (("", False), (one, True), (one + other, False), (other, True)):
        Path("go.mod").write_text(f"module m\n\ngo 1.22\n\nrequire (\n{drivers})\n")
        for _ in range(2):
            assert ("which driver" in run("--select", "interpolated-sql", "store")) != is_known


def test_a_program_is_checked_again_when_the_module_changes_that_makes_its_connection(
    run: Callable[..., str], checked: Checked
) -> None:
    Path("db").mkdir(exist_ok=True)
    Path("users.js").write_text(
        'const db = require("./db");\n\nexports.one = (id) => db.query("SELECT a FROM t WHERE b = " + id);\n'
    )
    unknown = "does not tell which driver"
    assert unknown in run("users.js", "--format", "json")
    Path("db/index.js").write_text('module.exports = require("./pool");\n')
    assert unknown in run("users.js", "--format", "json")
    Path("db/pool.js").write_text('const { Pool } = require("pg");\n\nmodule.exports = new Pool();\n')
    assert "$1" in run("users.js", "--format", "json")
    checked.clear()
    assert "$1" in run("users.js", "--format", "json")
    assert not checked
    Path("db/pool.js").write_text('module.exports = require("mysql2").createPool({});\n')
    assert "connection.execute" in run("users.js", "--format", "json")
    Path("db.js").write_text("module.exports = {};\n")  # comes before the folder
    assert unknown in run("users.js", "--format", "json")


def test_a_program_is_checked_again_when_the_module_changes_that_makes_its_models(
    run: Callable[..., str], checked: Checked
) -> None:
    Path("models").mkdir()
    Path("boards.js").write_text(
        'const { Board, Card } = require("./models");\n\nexports.open = async (name) => {\n'
        "  const board = await Board.create({ name });\n  await Card.create({ boardId: board.id });\n};\n"
    )

    def is_torn() -> bool:
        return "missing-transaction" in run("boards.js", "--select", "missing-transaction")

    assert not is_torn()
    Path("models/index.js").write_text('module.exports = { Board: require("./board"), Card: require("./card") };\n')
    assert not is_torn()
    for name in ("board", "card"):
        Path(f"models/{name}.js").write_text(
            'const { Model } = require("sequelize");\n\nmodule.exports = class extends Model {};\n'
        )
    assert is_torn()
    checked.clear()
    assert is_torn()
    assert not checked
    Path("models/board.js").write_text("module.exports = { create: async (row) => row };\n")
    assert not is_torn()


def test_a_program_is_checked_again_when_the_schema_names_another_database(run: Callable[..., str]) -> None:
    Path(".git").mkdir()
    Path("prisma").mkdir()
    Path("users.js").write_text(
        'const { PrismaClient } = require("@prisma/client");\nconst prisma = new PrismaClient();\n\n'
        'exports.one = (id) => prisma.$queryRawUnsafe("SELECT a FROM t WHERE b = " + id);\n'
    )
    unknown = "does not tell which driver"
    assert unknown in run("users.js", "--format", "json")
    for provider, mark in (("postgresql", '"$1'), ("mysql", '"?'), ("mongodb", unknown)):
        Path("prisma/schema.prisma").write_text(f'datasource db {{\n  provider = "{provider}"\n}}\n')
        for _ in range(2):
            assert mark in run("users.js", "--format", "json")


class _Told:
    """What runs when it is read back."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return print, ("read back",)


def test_the_tables_of_a_project_are_kept_for_all_that_ask_for_them(run: Callable[..., str]) -> None:
    Path(".git").mkdir()
    Path("src").mkdir()
    Path("src/join.js").write_text(JOINS)
    Path("db/0.sql").write_text("CREATE TABLE members (id int PRIMARY KEY, email text);\n")
    run("src")
    ((key, without_unique),) = _made()
    Path("db/3.sql").write_text("ALTER TABLE members ADD UNIQUE (email);\n")
    assert "read-modify-write" not in run("src")
    ((same, with_unique),) = _made()
    assert same == key, "one project takes one place"
    (before,), (place,) = stored_parts.load(without_unique).values(), stored_parts.load(with_unique)
    for data, is_reported in (
        (with_unique, False),
        (stored_parts.dump({place: before}), True),  # it is what was kept that counts
        (without_unique, False),
        (b"", False),
        (with_unique[:-9], False),
        (pickle.dumps(_Told()), False),
        (pickle.dumps({place: _Told()}), False),
        (pickle.dumps({place: before, b"": print}), False),
        (pickle.dumps([place]), False),
    ):
        _put(key, data)
        shown = run("src")
        assert ("read-modify-write" in shown) == is_reported
        assert "read back" not in shown
    assert stored_parts.load(_made()[0][1]) == stored_parts.load(with_unique), "and what was broken is mended"


def test_what_changed_of_the_tables_of_a_project_is_read_alone(run: Callable[..., str]) -> None:
    Path(".git").mkdir()
    Path("src/models").mkdir(parents=True)
    Path("src/join.js").write_text(JOINS)
    Path("src/models/member.js").write_text(MODEL)
    Path("db/0.sql").write_text("CREATE TABLE members (id int PRIMARY KEY, email text);\n")
    assert "read-modify-write" in run("src/join.js")
    ((key, before),) = _made()
    Path("db/0.sql").write_text("CREATE TABLE members (id int PRIMARY KEY, email text UNIQUE);\n")
    assert "read-modify-write" not in run("src/join.js")
    ((_, after),) = _made()
    parts, (source,) = stored_parts.load(after), stored_parts.load(after).keys() - stored_parts.load(before).keys()
    (told,) = (value for place, value in stored_parts.load(before).items() if place not in parts)
    _put(key, stored_parts.dump({**parts, source: told}))
    Path("src/models/member.js").write_text(MODEL + "// another one\n")
    assert "read-modify-write" in run("src/join.js"), "the migrations did not change, and are not read again"


def _put(key: bytes, data: bytes) -> None:
    """Let this be what is kept of tables, and nothing of files."""
    with closing(sqlite3.connect(_file())) as connection, connection:
        connection.execute("DELETE FROM results")
        row = (data, zlib.crc32(b"\0".join((key, data))), key)
        connection.execute("UPDATE made SET data = ?, checksum = ? WHERE key = ?", row)
    memory.forget()


def _made() -> list[tuple[bytes, bytes]]:
    with closing(sqlite3.connect(_file())) as connection:
        return list(connection.execute("SELECT key, data FROM made ORDER BY rowid"))


def test_what_changes_while_a_program_is_checked_is_not_missed(
    run: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(".git").mkdir()
    Path("join.js").write_text(JOINS)
    Path("db/0.sql").write_text("CREATE TABLE members (id int PRIMARY KEY, email text);\n")

    def slow(source: SourceFile, settings: Settings) -> Report:
        report = check(source, settings)
        Path("db/3.sql").write_text("ALTER TABLE members ADD UNIQUE (email);\n")
        return report

    with monkeypatch.context() as patch:
        patch.setattr(checking, "check", slow)
        assert "read-modify-write" in run("join.js")
    assert "read-modify-write" not in run("join.js")


AUDITED = """
import os, sys
from pathlib import Path
from persistlint.running.checking import Task, check_file
from persistlint.configuration.config import settings_for
tasks = [Task(path, settings_for(Path(path))) for path in sys.argv[1:]]
opened = set()
sys.addaudithook(lambda event, arguments: event == "open" and opened.add(str(arguments[0])))
for task in tasks:
    check_file(task)
here = Path.cwd()
print(*sorted({str(path.relative_to(here)) for name in opened if (path := Path(name).absolute()).is_relative_to(here)}))
"""


def test_all_that_is_read_for_a_file_is_known(tmp_path: Path) -> None:
    others = {
        "db/3.up.sql": "CREATE TABLE t (id int);", "db/3.down.sql": "DROP TABLE t;", "go.mod": "uptrace/bun",
        "migrations/1/up.sql": "CREATE TABLE t (id int);", "migrations/1/metadata.toml": "", "Cargo.toml": "sqlx = 1",
        "migrations/2/up.sql": "DROP TABLE t;", "package.json": "{}", "atlas.sum": "h1:", "model.js": MODEL,
        "app/migrations/0001.py": "import django.db", "alembic/versions/a.py": REVISION,
        "alembic/env.py": "", "alembic.ini": "", "requirements.txt": "psycopg", "setup.py": "", "Pipfile": "",
        "db/meta/_journal.json": "{}", "migrations/1/meta/_journal.json": "{}", "migrations/2/meta/_journal.json": "{}",
        "migrations/migration_lock.toml": "", "migration_lock.toml": "",
        "migrations/x/20240101120000_a.sql": "CREATE TABLE x (id int);", "migrations/x/20240101120002_a.sql": "",
        "migrations/y/20240101120001_a.sql": "ALTER TABLE x ADD y int;", "db/0002_more.go": "package db",
        "plan/sqitch.plan": "%syntax-version=1.0.0\na 2024-01-01T00:00:00Z A <a@b.c>\n",
        "plan/deploy/a.sql": "CREATE TABLE p (id int);", "plan/deploy/b.sql": "ALTER TABLE p ADD q int;",
    }  # fmt: skip
    for name, text in others.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    Path(".git").mkdir()
    Path("join.js").write_text(JOINS)
    Path("pool.js").write_text('module.exports = require("mysql2").createPool({});\n')
    Path("users.js").write_text(
        'const db = require("./pool");\nexports.one = (id) => db.query("SELECT a FROM t WHERE b = " + id);\n'
    )
    migrations = ("migrations/1/up.sql", "migrations/x/20240101120000_a.sql")
    sql = ("db/2.sql", "db/3.down.sql", *migrations, "plan/deploy/b.sql")
    for path in (*sql, "alembic/versions/a.py", "join.js", "users.js"):
        opened = subprocess.run(
            [sys.executable, "-c", AUDITED, path], capture_output=True, text=True, check=True, env=environment()
        ).stdout.split()
        assert path in opened
        asks = path in ("join.js", "users.js")
        consulted = f"tables {mark_of_module(str(Path('pool.js').absolute()))}" if asks else ""
        assert ("db/1.sql" in opened) >= (path == "join.js")
        assert ("pool.js" in opened) == (path == "users.js")
        for other in set(opened) - {path}:
            before = Surroundings().digest(path, consulted)
            with open(other, "a") as file:
                file.write("\n")
            assert Surroundings().digest(path, consulted) != before, f"{path} depends on {other}"


def test_all_of_a_report_is_kept() -> None:
    """Where something is added to a diagnostic, it must be kept too."""
    related = (Related(Range(3, 4), "here", "\udcff.sql"), Related(Range(5, 6), "there"))
    fixes = (
        Fix(
            "Mend it", (Edit(Range(1, 1), "\u2028"), Edit(Range(2, 9), "")), Applicability.UNSAFE, (NewFile("b", "c"),)
        ),
    )
    full = Diagnostic("r", "g", Severity.INFO, Range(1, 2), "message", "help", related, fixes)
    values = [
        value
        for item in (full, related[0], fixes[0], fixes[0].edits[0], fixes[0].creates[0])
        for value in _values(item)
    ]
    assert all(values), "every field of them differs from nothing"
    for report in (Report((full, full)), Report((full,), consulted="mark"), Report((), consulted="mark")):
        assert load(dump(report)) == report


def _values(item: Diagnostic | Related | Fix | Edit | NewFile) -> list[object]:
    return [getattr(item, field.name) for field in fields(item)]


def test_another_persistlint_asks_anew(
    run: Callable[..., str], checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    checked.clear()
    for number in range(8):
        monkeypatch.setattr(cache_folder, "identity", lambda number=number: b"%d" % number)
        run("a.py")
    assert checked == ["a.py"] * 8
    assert len(list(FOLDER.glob("*.sqlite"))) == 4


def test_a_broken_cache_is_as_none(run: Callable[..., str]) -> None:
    whole = run()
    for damage in _damages(_file().read_bytes()):
        _file().write_bytes(damage)
        assert run() == whole
        assert run() == whole, "and it is mended"


def _damages(data: bytes) -> Iterator[bytes]:
    yield b""
    yield b"not a database"
    yield b"\0" * len(data)
    for size in (50, 100, 1000, len(data) // 2, len(data) - 1):
        yield data[:size]
    for offset in range(0, len(data), 1021):
        yield data[:offset] + bytes([data[offset] ^ 0xFF]) + data[offset + 1 :]


def test_a_database_of_another_kind_is_begun_anew(run: Callable[..., str]) -> None:
    whole = run()
    file = _file()
    file.unlink()
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE results (something TEXT)")
    connection.close()
    assert run() == whole


def test_a_row_that_was_changed_is_not_believed(run: Callable[..., str]) -> None:
    whole = run()
    for column, value in (("report", b"[]"), ("report", 3), ("mark", "\udcff".encode("utf-8", "surrogatepass"))):
        with sqlite3.connect(_file()) as connection:
            connection.execute(f"UPDATE results SET {column} = ?", (value,))
        connection.close()
        assert run() == whole


def test_several_processes_share_it(run: Callable[..., str]) -> None:
    whole = run("--no-cache")
    command = [sys.executable, "-m", "persistlint", "check", "--jobs=1"]
    for _ in "cold", "warm":
        runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) for _ in range(3)]
        assert {process.communicate()[0] for process in runs} == {whole}


def test_it_is_bounded(run: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    most = 32 * 1024
    monkeypatch.setattr(cache, "LARGEST", most)
    for number in range(100):
        Path(f"a{number}.py").write_text(BAD)
    whole = run("--no-cache", "--format=json")
    for _ in range(3):
        assert run("--format=json") == whole
        assert sum(file.stat().st_size for file in FOLDER.iterdir()) <= most + 1000


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are other ones")
def test_a_folder_that_others_can_write_to_is_left_alone(run: Callable[..., str], checked: Checked) -> None:
    whole = run()
    FOLDER.chmod(0o770)
    checked.clear()
    assert run() == whole
    assert "a.py" in checked
    assert run("--cache-dir=.persistlint_cache") == whole + (
        "warning: .persistlint_cache: nothing is kept there: others can write to it\n"
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_left_alone(run: Callable[..., str], checked: Checked) -> None:
    run()
    os.chown(FOLDER, 12345, 12345)
    checked.clear()
    run()
    assert "a.py" in checked


def test_a_link_is_not_followed(run: Callable[..., str]) -> None:
    Path("elsewhere").mkdir(mode=0o700)
    FOLDER.symlink_to("elsewhere")
    run()
    assert list(Path("elsewhere").iterdir()) == []


def test_a_cache_that_came_with_the_checkout_is_not_believed(run: Callable[..., str], checked: Checked) -> None:
    run()
    shutil.copytree(FOLDER, "copy")
    shutil.rmtree(FOLDER)
    Path("copy").rename(FOLDER)
    checked.clear()
    run()
    assert "a.py" in checked


def test_a_cache_that_the_user_names_may_come_from_elsewhere(run: Callable[..., str], checked: Checked) -> None:
    run("--cache-dir=kept/here")
    assert not FOLDER.exists()
    shutil.copytree("kept", "copy")
    shutil.rmtree("kept")
    checked.clear()
    run("--cache-dir=copy/here")
    assert checked == []


def test_a_folder_that_cannot_be_made_is_done_without(run: Callable[..., str]) -> None:
    whole = run("--no-cache")
    FOLDER.write_text("a file")
    assert run() == whole
    assert "nothing is kept there: it cannot be used" in run("--cache-dir=.persistlint_cache")


def test_a_check_that_failed_is_done_again(
    run: Callable[..., str], monkeypatch: pytest.MonkeyPatch, checked: Checked
) -> None:
    def broken(source: SourceFile, settings: Settings) -> Report:
        raise RuntimeError("no luck")

    with monkeypatch.context() as patch:
        patch.setattr(checking, "check", broken)
        assert "internal error" in run()
    assert run() == run("--no-cache")


def test_clean_removes_it_and_nothing_else(run: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    run()
    assert main(["clean"]) == 0
    assert not FOLDER.exists()
    assert main(["clean"]) == 0
    removed, nothing = capsys.readouterr().out.splitlines()
    assert removed.startswith("Removed ")
    assert nothing.startswith("There is nothing to remove in ")
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("keep me")
    run("--cache-dir=mine")
    assert main(["clean", "--cache-dir=mine"]) == 0
    assert [file.name for file in Path("mine").iterdir()] == ["notes.txt"]


@HAS_GIT
def test_it_is_at_the_root_of_the_checkout_and_git_does_not_see_it(
    run: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    root = Path.cwd()
    monkeypatch.chdir("db")
    run()
    assert not FOLDER.exists()
    assert (root / FOLDER / "CACHEDIR.TAG").exists()
    status = subprocess.run(["git", "status", "--porcelain"], capture_output=True, text=True, check=True).stdout
    assert FOLDER.name not in status


def _file() -> Path:
    (file,) = FOLDER.glob("*.sqlite")
    return file
