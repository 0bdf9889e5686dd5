"""Input that nobody writes on purpose: nested, long, tangled, cut off, in odd encodings, gone. Whatever it is, the
command line ends soon, says what it could not check, and goes on with the other files."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from persistlint.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

DEEP = 10_000
LONG = 5_000

# A program for every language with one statement, which sends the SQL of an expression that may hold `x`.
PROGRAMS = {
    "py": "import sqlite3\n\ndef find(db: sqlite3.Connection, x: str) -> None:\n    db.execute({})\n",
    "js": 'const {{ Client }} = require("pg");\nconst db = new Client();\nfunction find(x) {{\n  db.query({});\n}}\n',
    "ts": 'import {{ Client }} from "pg";\nconst db = new Client();\nfunction f(x: string) {{\n  db.query({});\n}}\n',
    "go": 'package main\n\nimport "database/sql"\n\nfunc find(db *sql.DB, x string) {{\n\tdb.Exec({})\n}}\n',
    "sql": "CREATE FUNCTION find(x text) RETURNS void AS $$\nBEGIN\n  EXECUTE {};\nEND $$ LANGUAGE plpgsql;\n",
}
PLUS = {"sql": " || "}
QUOTE = {"sql": "'"}
PYTHON = PROGRAMS["py"].format("f\"SELECT * FROM t WHERE a = '{x}'\"")


@dataclass(frozen=True)
class Outcome:
    """What a run wrote: the rule and line of every diagnostic, and the file and message of every failure."""

    status: int
    found: list[tuple[str, int]]
    failures: dict[str, str]


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Run `persistlint check` in a directory with some files, whose contents are given by name."""
    monkeypatch.chdir(tmp_path)

    def run(files: dict[str, str | bytes], *arguments: str) -> Outcome:
        for name, content in files.items():
            Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        status = main(["check", "--isolated", "--format", "json", *arguments])
        report: dict[str, Any] = json.loads(capsys.readouterr().out)
        found = [(item["rule"], item["start"]["line"]) for item in report["diagnostics"]]
        return Outcome(status, found, {error["path"]: error["message"] for error in report["errors"]})

    return run


@pytest.mark.parametrize("language", PROGRAMS)
@pytest.mark.parametrize(("opening", "closing"), [("(", ")"), ("[", "]"), ("f(", ")"), ("-", ""), ("(", "")], ids=str)
def test_nesting_is_survived(check: Callable[..., Outcome], language: str, opening: str, closing: str) -> None:
    quote = QUOTE.get(language, '"')
    nested = f"{quote}SELECT {quote}{PLUS.get(language, ' + ')}{opening * DEEP}x{closing * DEEP}"
    assert not check({f"a.{language}": PROGRAMS[language].format(nested)}).failures


@pytest.mark.parametrize(
    ("name", "expression"),
    [
        ("a.py", 'f"SELECT {' * DEEP + "x" + '}"' * DEEP),
        ("a.js", "`SELECT ${" * DEEP + "x" + "}`" * DEEP),
        ("a.ts", "`SELECT ${" * DEEP + "x" + "}`" * DEEP),
        ("a.js", "() => " * DEEP + '"SELECT " + x'),
        ("a.py", "lambda: " * DEEP + '"SELECT " + x'),
        ("a.js", '"SELECT " + x' + ".a()" * DEEP),
        ("a.py", '"SELECT " + (' + "".join(f'"{i}" if x == {i} else ' for i in range(LONG)) + "x)"),
    ],
    ids=["f-strings", "templates", "templates", "closures", "lambdas", "calls", "conditionals"],
)
def test_nested_expressions_are_survived(check: Callable[..., Outcome], name: str, expression: str) -> None:
    assert not check({name: PROGRAMS[name.partition(".")[2]].format(expression)}).failures


@pytest.mark.parametrize(
    "name", ["a." + "long_" * 40 + "name", "a." * 40 + "_" * 40 + "b"], ids=["words", "underscores"]
)
@pytest.mark.parametrize("stands", ["a = {}", "a = '{}'", "a = 1 {}", "a = 1 ORDER BY {}"])
def test_a_name_of_many_words_is_read_once(check: Callable[..., Outcome], name: str, stands: str) -> None:
    text = f'f"SELECT b FROM t WHERE {stands.format("{x." + name + "}")}"'
    found = check({"a.py": PROGRAMS["py"].format(text)}).found
    assert {line for _, line in found} == {4}


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_long_sum_is_followed_to_its_end(check: Callable[..., Outcome], language: str) -> None:
    quote = QUOTE.get(language, '"')
    terms = [f"{quote}SELECT a{quote}", *[f"{quote}, b{quote}"] * LONG, "x"]
    plus = PLUS.get(language, " + ").rstrip() + "\n        "
    outcome = check({f"a.{language}": PROGRAMS[language].format(f"({plus.join(terms)})")})
    assert outcome.status == 1
    assert not outcome.failures


@pytest.mark.parametrize("branch", ['    if x > "{}":\n        q += " AND a = " + x\n', '    q += " AND {} = " + x\n'])
def test_a_query_that_grows_over_many_statements_is_followed(check: Callable[..., Outcome], branch: str) -> None:
    growing = "".join(branch.format(number) for number in range(2_000))
    text = PYTHON.replace("    db.execute", f'    q = "SELECT 1"\n{growing}    db.execute(q)\n    db.execute')
    outcome = check({"a.py": text})
    assert ("interpolated-sql", text.count("\n")) in outcome.found
    assert not outcome.failures


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("a.py", "if tries > 55: b()\n" * LONG, "magic-number"),
        ("a.py", "x = (a" + "\n+ 3.3 * b" * LONG + ")\nif tries > 55: b()\n", "magic-number"),
        ("a.py", "x = (tries" + "\nand tries < 55 < most" * LONG + ")\n", "magic-number"),
        ("a.py", "x = (9" + "\n** 9999" * LONG + " > y > 1" + "0" * LONG + ")\nif tries > 55: b()\n", "magic-number"),
        ("a.js", "x = tries > 55;\n" * LONG, "magic-number"),
        ("a.go", "package a\nfunc f() {\n" + "time.Sleep(500)\n" * LONG + "}\n", "ambiguous-duration"),
        ("a.js", "x = " + "process.env.JWT_SECRET ||\n" * LONG + "'hunter2';\n", "credential-fallback"),
        ("a.js", "x = process.env.JWT_SECRET || 'hunter2';\n" * LONG, "credential-fallback"),
        ("a.py", "def f():\n" + "    v = f'{x:.2f}' if x else 0\n    g(v)\n" * LONG, "mixed-number-string"),
    ],
)
def test_many_literals_take_linear_time(check: Callable[..., Outcome], name: str, text: str, rule: str) -> None:
    outcome = check({name: text}, "--select", rule)
    assert {rule for rule, _ in outcome.found} == {rule}
    assert not outcome.failures


TORN = """import {{ prisma }} from "./prisma";
export async function add(name: string) {{
  const user = await prisma.user.create({{ data: {{ name, image: "{}" }} }});
  await prisma.account.create({{ data: {{ userId: user.id }} }});
}}
{}"""
SPACE = "\\n" * 10 + "\n"  # as literals have it
GROWING = (
    "import sqlite3\ndef f(db: sqlite3.Connection, x):\n    q = 'SELECT 1 FROM t WHERE b'\n"
    + '    if x:\n        q += " AND a = \'" + x + "\'"\n' * LONG
    + "    db.execute(q)\n"
)
CARRIED = (
    "import sqlite3\ndef f(db: sqlite3.Connection, x, z):\n"
    + "".join(f"    y{number} = f'b {{x}}'\n" for number in range(500))
    + '    db.execute(f"""SELECT ? FROM t WHERE b\n'
    + "\n".join(f"AND a = '{{y{number}}}'" for number in range(500))
    + '""", z.a())\n'
)
SET_APART = (
    "import psycopg\ndef f(db: psycopg.Connection, x):\n    db.execute('SET ROLE %s', (x,))\n"
    f'    db.execute("""SET {SPACE * LONG};""")\n'
)
DOCUMENTED = (
    'import sqlite3\ndef f(db: sqlite3.Connection):\n    """Say.\n'
    + "    It will end some day.\n" * LONG
    + '    """\n'
    + "    try:\n        db.execute('INSERT INTO t VALUES (1)')\n    except sqlite3.Error:\n        pass\n" * 400
)
STATED = "from sqlalchemy import text\nfrom sqlalchemy.orm import Session\ndef f(db: Session, x):\n" + "".join(
    f"    s{n} = text(f\"SELECT 1 FROM t WHERE a = '{{x}}'\")\n    db.execute(s{n})\n" for n in range(1_000)
)
INDEXED = "".join(f"CREATE TABLE t{n} (a int);\nCREATE INDEX ON t{n} (a);\n" for n in range(LONG))
BANNERED = (
    "from django.contrib import messages\n" + "# # # #\n" * 100 + "TAX = 1\n\nfrom django.db import models\n\n\n"
    "class Order(models.Model):\n    price = models.FloatField()\n"
)
CASTS = ",\n".join(f"(d->>'k{number}')::int" for number in range(LONG * 2))


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        pytest.param("a.ts", TORN.format("a" * DEEP * 6, "// some words\n" * DEEP), "missing-transaction", id="a word"),
        pytest.param(
            "a.ts",
            TORN.format("a", "".join(f"// tx{number}\n" for number in range(DEEP * 6))),
            "missing-transaction",
            id="many words that say transaction",
        ),
        pytest.param("a.sql", f"SELECT {CASTS} FROM t\n", "json-text-cast", id="many casts"),
        pytest.param("a.py", DOCUMENTED, "swallowed-database-error", id="long documentation of many handlers"),
        pytest.param("a.py", STATED, "interpolated-sql", id="many statements of one function"),
        pytest.param("a.sql", f"{INDEXED}CREATE INDEX ON t0 (a);\n", "duplicate-index", id="many indexes"),
        pytest.param("a.py", GROWING, "interpolated-sql", id="many values between quotes"),
        pytest.param("a.py", CARRIED, "interpolated-sql", id="many values made of others"),
        pytest.param("a.py", BANNERED, "entity-missing-version", id="a banner behind an import"),
        pytest.param("a.py", SET_APART, "unbindable-set", id="space behind SET"),
    ],
)
def test_long_words_and_many_are_read(check: Callable[..., Outcome], name: str, text: str, rule: str) -> None:
    outcome = check({name: text}, "--select", rule)
    assert {rule for rule, _ in outcome.found} == {rule}
    assert not outcome.failures


@pytest.mark.parametrize("text", ["if(tries>55)b();", "db.query('SELECT a FROM b WHERE c='+d.e);"])
def test_minified_code_is_left_alone(check: Callable[..., Outcome], text: str) -> None:
    assert not check({"a.js": text * LONG}, "--select", "all").found
    assert check({"a.js": f"{text}\n" * 1_000}, "--select", "all").found


@pytest.mark.parametrize(
    ("name", "head"),
    [
        (
            "a.go",
            "/* The API of shops */\n\n// Code generated by OpenAPI Generator (https://example.org); DO NOT EDIT.",
        ),
        ("a.py", "# Code generated by sqlc. DO NOT EDIT."),
        ("a.ts", "/**\n * @generated by protoc-gen-es\n */"),
        ("a.go", "// Auto-generated, do not edit"),
        ("a.py", "# This file was automatically generated, do not modify it."),
    ],
)
def test_what_a_program_wrote_is_left_alone(check: Callable[..., Outcome], name: str, head: str) -> None:
    program = PROGRAMS[name.removeprefix("a.")].format('"SELECT " + x')
    assert check({name: program}, "--select", "all").found
    assert not check({name: f"{head}\n{program}"}, "--select", "all").found


def test_every_one_of_many_functions_is_checked(check: Callable[..., Outcome]) -> None:
    outcome = check({"a.py": PYTHON.replace("import sqlite3\n", "") * 1_000 + "import sqlite3\n"})
    assert len(outcome.found) == 1_000


@pytest.mark.parametrize(
    "text",
    [
        "import sqlite3\nx = x\ny = z\nz = y\nx += x\ndef f(db: sqlite3.Connection, q):\n    q = q\n"
        '    db.execute("SELECT " + x + y + q)\n',
        "import sqlite3\ndef f(x):\n    return g(x) + f(x)\ndef g(x):\n    return f(g(x))\n"
        'def h(db: sqlite3.Connection, x):\n    db.execute("SELECT " + x + f(x))\n',
        "import sqlite3\ndef f(db: sqlite3.Connection, x):\n    a = []\n    a.append(a)\n    d = {}\n    d['d'] = d\n"
        "    l = lambda l: l(l)\n    db.execute('SELECT ' + ','.join(a) + d['d']['d'] + l(l) + x)\n",
        "import sqlite3\nclass A(B):\n    pass\nclass B(A):\n    t = 'SELECT '\n"
        "    def f(self, db: sqlite3.Connection, x):\n        db.execute(self.t + x)\n",
        "import sqlite3\ndef f(db: sqlite3.Connection, x):\n    db.execute('SELECT ' + 'a, ' * 10**12 + x)\n"
        "    db.execute('SELECT ' + str(9**9**9**9) + 'a'.zfill(10**12) + x)\n"
        "    db.execute('SELECT %99999999d' % 1 + x)\n",
    ],
    ids=["x = x", "mutual recursion", "values in themselves", "classes below themselves", "huge results"],
)
def test_what_leads_back_to_itself_ends(check: Callable[..., Outcome], text: str) -> None:
    outcome = check({"a.py": text})
    assert outcome.status == 1
    assert not outcome.failures


@pytest.mark.parametrize("language", [*PROGRAMS, "tsx", "vue"])
@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\n", b")]}'\"`$$", b"\xe2\x80\xa8"], ids=ascii
)
def test_nearly_nothing_is_clean(check: Callable[..., Outcome], language: str, content: bytes) -> None:
    assert check({f"a.{language}": content}) == Outcome(0, [], {})


@pytest.mark.parametrize("cut", range(10, len(PYTHON), 7))
def test_a_file_that_is_cut_off_is_survived(check: Callable[..., Outcome], cut: int) -> None:
    assert not check({"a.py": PYTHON[:cut]}).failures


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (PYTHON.encode("utf-8-sig"), 4),
        (b"\xff\xfe" + PYTHON.encode("utf-16-le"), 4),
        (b"\xfe\xff" + PYTHON.encode("utf-16-be"), 4),
        (("# caf\xe9\n" + PYTHON).encode("latin-1"), 5),
        (PYTHON.replace("\n", "\r\n").encode(), 4),
        (PYTHON.replace("\n", "\r").encode(), 4),
        (("# a\x85b\u2028c\u2029d\x0be\n" + PYTHON).encode(), 5),
    ],
    ids=["BOM", "UTF-16 LE", "UTF-16 BE", "Latin-1", "CRLF", "CR", "separators of Unicode"],
)
def test_encodings_and_line_ends_are_understood(check: Callable[..., Outcome], content: bytes, line: int) -> None:
    assert check({"a.py": content}) == Outcome(1, [("interpolated-sql", line)], {})


@pytest.mark.parametrize("format", ["json", "text"])
def test_many_diagnostics_on_one_long_line_are_written(
    check: Callable[..., Outcome], capsys: pytest.CaptureFixture[str], format: str
) -> None:
    text = "x = 1  # persistlint: ignore[" + "\u00e4," * 1_000 + "]" + " " * 1_000_000
    assert len(check({"a.py": text}).found) >= 1_000
    assert main(["check", "--isolated", "--format", format]) == 1
    assert "unknown-suppression" in capsys.readouterr().out


def test_links_in_circles_and_files_without_an_end_are_passed_by(check: Callable[..., Outcome]) -> None:
    Path("loop").symlink_to(".")
    Path("itself.py").symlink_to("itself.py")
    Path("nowhere.py").symlink_to("nothing.py")
    Path("endless.py").symlink_to("/dev/zero")
    outcome = check({"a.py": PYTHON})
    assert outcome.found == [("interpolated-sql", 4)]
    assert set(outcome.failures) == {"itself.py"}
    assert check({}, "endless.py", "a.py").failures == {"endless.py": "it is not a regular file"}


def test_a_file_that_vanishes_stops_nothing(check: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    is_there = stat.S_ISREG

    def gone(mode: int) -> bool:  # between the look at a file and its opening
        Path("a.py").unlink(missing_ok=True)
        return is_there(mode)

    monkeypatch.setattr(stat, "S_ISREG", gone)
    outcome = check({"a.py": PYTHON, "b.py": PYTHON})
    assert outcome == Outcome(2, [("interpolated-sql", 4)], {"a.py": "it does not exist"})


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ('exclude = ["!"]', "persistlint.toml:1: `!` is no pattern of `.gitignore`"),
        ('exclude = ["[z-a]"]', "persistlint.toml:1: `[z-a]` is no pattern of `.gitignore`"),
        ('[per-file-ignores]\n"!" = ["all"]', "persistlint.toml:2: `!` is no pattern of `.gitignore`"),
        ('extend = "~nobody-of-this-name/a.toml"', "which no file can be called"),
        (f'extend = "{"a" * 5_000}"', "which no file can be called"),
        ('extend = "."', "which is a directory"),
        ('baseline = "."', "it cannot be read"),
        (f'baseline = "{"a" * 5_000}"', "it cannot be read"),
        ('baseline = "a\\u0000"', "persistlint.toml:1: `baseline` must name a file"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], config: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.py").touch()
    Path("persistlint.toml").write_text(config)
    assert main(["check"]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("config", ["", "\ufeffselect = ['all']\n", "# nothing\r\n"], ids=ascii)
def test_a_configuration_with_little_in_it_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], config: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(PYTHON)
    Path("persistlint.toml").write_text(config, "utf-8")
    assert main(["check"]) == 1
    assert "interpolated-sql" in capsys.readouterr().out


def test_a_gitignore_with_a_pattern_that_is_none_is_survived(check: Callable[..., Outcome]) -> None:
    assert check({".gitignore": "[z-a]\n", "a.py": PYTHON}).found == [("interpolated-sql", 4)]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text(PYTHON)
    command = [sys.executable, "-m", "persistlint", "check", "--isolated", str(tmp_path / "a.py")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with open("/dev/full", "w") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment)
    assert run.returncode == 2
    assert run.stderr == "error: persistlint cannot go on: No space left on device\n"


@pytest.mark.parametrize(
    "module",
    [
        b"module.exports = require('./db');",
        b"\0\1mysql2",
        b"module.exports = {{{ query: require('mysql2').createPool( ;",
        b"const mysql = require('mysql2');\nmodule.exports = mysql.createPool()" + b".promise()" * LONG + b";",
        b"const mysql = require('mysql2');\nmodule.exports = "
        + b"(" * DEEP
        + b"mysql.createPool()"
        + b")" * DEEP
        + b";",
        b"const mysql = require('mysql2');\nfunction query(a, b) { return query(b, a); }\nmodule.exports = { query };",
    ],
    ids=["itself", "binary", "broken", "long", "deep", "endless"],
)
def test_another_module_takes_nothing_away(module: bytes, check: Callable[..., Outcome]) -> None:
    """Whatever stands in the file that makes a connection, a query through it is reported as without that file."""
    program = 'const db = require("./db");\nexports.one = (id) => db.query("SELECT a FROM t WHERE b = " + id);\n'
    outcome = check({"db.js": module, "users.js": program}, "--select", "interpolated-sql", "users.js")
    assert outcome.found == [("interpolated-sql", 2)]
    assert not outcome.failures
