"""JavaScript programs before and after their fixes, on real databases, with the drivers of `install_node.sh`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from proof.cases import JAVASCRIPT, ROWS, TABLE, Query
from proof.proving import Answer, Values, attacks, fixed, ordinary, prove

ROOT = Path(__file__).parent.parent.parent
MODULES = Path(os.environ.get("PERSISTLINT_NODE_MODULES", ROOT / ".proof" / "node_modules"))
# By driver: the dialect, the import, and the statement around the SQL.
DRIVERS = {
    "pg": ("postgres", 'import pg from "pg";\n\nconst own = new pg.Pool();', "return (await db.query({})).rows;"),
    "postgres": ("postgres", 'import postgres from "postgres";', "return await sql.unsafe({});"),
    "knex": ("postgres", 'import knex from "knex";', "return (await knex.raw({})).rows;"),
    "sequelize": (
        "postgres",
        'import { Sequelize } from "sequelize";',
        'return await sequelize.query({}, {{ type: "SELECT" }});',
    ),
    "mysql2": ("mysql", 'import mysql from "mysql2/promise";', "return (await connection.query({}))[0];"),
    "better-sqlite3": ("sqlite", 'import Database from "better-sqlite3";', "return db.prepare({}).all();"),
}
HANDLES = {"postgres": "sql", "knex": "knex", "sequelize": "sequelize", "mysql2": "connection"}


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
@pytest.mark.skipif(not MODULES.is_dir(), reason="tests/proof/install_node.sh .proof was not run")
@pytest.mark.parametrize("driver", DRIVERS)
def test_fixes_change_no_rows_and_end_the_attacks(driver: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    programs = [(query, _program(driver, query)) for query in JAVASCRIPT if query.fits(driver)]
    _prove_on(driver, programs, tmp_path, request)


# By driver: what a function does with a text in a statement that is no query, or in a script.
STATEMENTS = {
    "pg": (
        "await db.query(`CREATE OR REPLACE VIEW found AS SELECT id FROM people WHERE name = '${a ?? \"\"}'`);",
        'return (await db.query("SELECT id FROM found ORDER BY id")).rows;',
    ),
    "sequelize": (
        "await sequelize.query(`CREATE OR REPLACE VIEW found AS SELECT id FROM people WHERE name = '${a ?? \"\"}'`);",
        'return await sequelize.query("SELECT id FROM found ORDER BY id", { type: "SELECT" });',
    ),
    "sequelize, a list of replacements": (
        "return await sequelize.query(`SELECT id FROM people WHERE id > ? AND name = '${a ?? \"\"}' ORDER BY id`,"
        ' { replacements: [0], type: "SELECT" });',
    ),
    "mysql2": (
        "await connection.query(`CREATE OR REPLACE VIEW found AS SELECT id FROM people WHERE name = '${a ?? \"\"}'`);",
        'return (await connection.query("SELECT id FROM found ORDER BY id"))[0];',
    ),
    "mysql2, a variable": (
        "await connection.execute(`SET @found = '${a ?? \"\"}'`);",
        'return (await connection.query("SELECT id FROM people WHERE name = @found OR @found = 1 ORDER BY id"))[0];',
    ),
    "better-sqlite3": (
        'db.exec("CREATE TABLE IF NOT EXISTS found (id integer)");',
        'db.exec("DELETE FROM found");',
        "db.exec(`INSERT INTO found SELECT id FROM people WHERE name = '${a ?? \"\"}'`);",
        'return db.prepare("SELECT id FROM found ORDER BY id").all();',
    ),
}


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
@pytest.mark.skipif(not MODULES.is_dir(), reason="tests/proof/install_node.sh .proof was not run")
@pytest.mark.parametrize("statement", STATEMENTS)
def test_what_is_no_query_finds_the_same(statement: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    driver = statement.partition(",")[0]
    *before, sent = STATEMENTS[statement]
    body = "\n".join(f"  {line}" for line in (*before, sent))
    handle = HANDLES.get(driver, "db")
    text = f"{DRIVERS[driver][1]}\n\nexport async function find({handle}, a, b, ids) {{\n{body}\n}}\n"
    _prove_on(driver, [(Query("statement", sent), text)], tmp_path, request)


def _prove_on(driver: str, texts: list[tuple[Query, str]], tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if not (MODULES / driver).is_dir():
        pytest.skip(f"{driver} is not installed")
    dialect = DRIVERS[driver][0]
    fixture = {"postgres": "postgres_folder", "mysql": "mariadb_socket"}.get(dialect)
    address = request.getfixturevalue(fixture) if fixture else ""
    (tmp_path / "node_modules").symlink_to(MODULES)
    programs = []
    for number, (query, text) in enumerate(texts):
        calls: list[Values] = [*ordinary(driver), *attacks(query)]
        for kind, content in (("before", text), ("after", fixed("program.mjs", text))):
            path = tmp_path / f"{number}-{kind}.mjs"
            path.write_text(content, "utf-8")
            programs.append({"path": str(path), "calls": calls})
    task = {"driver": driver, "address": address, "table": TABLE, "rows": ROWS, "programs": programs}
    runner = tmp_path / "programs.mjs"
    shutil.copy(Path(__file__).parent / "programs.mjs", runner)
    run = subprocess.run(["node", str(runner)], input=json.dumps(task), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    answers: list[list[Answer]] = json.loads(run.stdout)
    for number, (query, _) in enumerate(texts):
        given: Any = programs[2 * number]["calls"]
        before, after = (_lookup(given, answers[2 * number + side]) for side in (0, 1))
        prove(query, driver, before, after)


def _lookup(calls: Any, answers: list[Answer]) -> Any:
    by_values = {json.dumps(call): answer for call, answer in zip(calls, answers, strict=True)}

    def answer(values: Values) -> Answer:
        return by_values[json.dumps(values)]

    return answer


def _program(driver: str, query: Query) -> str:
    _, imports, send = DRIVERS[driver]
    handle = HANDLES.get(driver, "db")
    lines = [*query.before, send.format(query.sql)]
    body = "\n".join(f"  {line}" for line in lines)
    connect = "" if handle != "db" else "\n// " + driver
    return f"{imports}{connect}\n\nexport async function find({handle}, a, b, ids) {{\n{body}\n}}\n"
