"""What is true of every fix of an interpolated value, over all cases of the rules in `injection`: it parses, removes
its diagnostic, settles in one further run, binds no name, and is offered only where the driver is known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from markdown import Case, cases
from persistlint.diagnostic import Applicability
from persistlint.engine import check
from persistlint.fixing import fix
from persistlint.languages import read
from persistlint.settings import Settings
from running import source_of

FOLDER = Path(__file__).parent / "rules" / "injection"
CASES = [case for path in sorted(FOLDER.glob("*.md")) for case in cases(path.read_text("utf-8"))]
CASES = [case for case in CASES if not case.is_broken]
RULE = Settings(frozenset(["interpolated-sql"]))
NAMES = Settings(frozenset(["bound-identifier"]))
NO_DRIVER = "the file does not tell which driver"
LEAST_SHARE = 0.8  # of the cases, which hold every shape once; not of those that are there for having no fix
_REASON = re.compile(r" No fix: (?P<reason>[^.].*)\.$")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.line} {case.path}: {case.heading}")
def test_a_fix_removes_its_diagnostic_and_nothing_else_comes(case: Case) -> None:
    source = source_of(case, case.text)
    found = check(source, RULE).diagnostics
    fixable = [diagnostic for diagnostic in found if diagnostic.fixes]
    fixed, count = fix(source, lambda source: check(source, RULE).diagnostics, unsafe=True)
    left = check(fixed, RULE).diagnostics
    assert count >= len(fixable)  # another value of a query has its turn when the one before it is bound
    assert len(left) <= len(found) - len(fixable)  # what is quoted where it is made, is so wherever it goes
    assert not any(diagnostic.fixes for diagnostic in left), "one further run changes something"
    assert len(read(fixed).errors) == len(read(source).errors)
    assert len(check(fixed, NAMES).diagnostics) == len(check(source, NAMES).diagnostics), "a name is bound"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.line} {case.path}: {case.heading}")
def test_where_there_is_no_fix_the_help_says_why(case: Case) -> None:
    for diagnostic in check(source_of(case, case.text), RULE).diagnostics:
        assert bool(diagnostic.fixes) != bool(_REASON.search(diagnostic.help))


def test_most_values_whose_driver_is_known_get_a_fix() -> None:
    shapes = [case for case in CASES if "no fix" not in case.heading]
    found = [d for case in shapes for d in check(source_of(case, case.text), RULE).diagnostics]
    sent = [d for d in found if d.severity.value == "error"]  # what is sent from another file is a warning
    known = [d for d in sent if d.fixes or (_REASON.search(d.help) and NO_DRIVER not in d.help)]
    assert sum(bool(d.fixes) for d in known) / len(known) > LEAST_SHARE


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "def f(cursor, a):\n    cursor.execute(f\"SELECT id FROM t WHERE a = '{a}'\")\n"),
        ("a.js", "import { pool } from \"./db\";\npool.query(`SELECT id FROM t WHERE a = '${process.argv[2]}'`);\n"),
        (
            "a.go",
            'package a\n\nimport "database/sql"\n\nfunc f(db *sql.DB, a string) {\n'
            '\tdb.Query("SELECT id FROM t WHERE a = \'" + a + "\'")\n}\n',
        ),
    ],
)
def test_a_driver_that_is_not_known_gets_no_fix(path: str, text: str) -> None:
    (diagnostic,) = check(source_of(Case("", 1, path, text, ()), text), RULE).diagnostics
    assert not diagnostic.fixes
    assert NO_DRIVER in diagnostic.help


@pytest.mark.parametrize(
    ("driver", "mark"),
    [("github.com/lib/pq", "$1"), ("github.com/go-sql-driver/mysql", "?"), ("modernc.org/sqlite", "?")],
)
def test_the_driver_that_go_imports_decides_the_placeholder(driver: str, mark: str) -> None:
    text = (
        f'package a\n\nimport (\n\t"database/sql"\n\n\t_ "{driver}"\n)\n\nfunc f(db *sql.DB, a string) {{\n'
        '\tdb.Query("SELECT id FROM t WHERE a = \'" + a + "\'")\n}\n'
    )
    source = source_of(Case("", 1, "a.go", text, ()), text)
    fixed, _ = fix(source, lambda source: check(source, RULE).diagnostics)
    assert f'db.Query("SELECT id FROM t WHERE a = {mark}", a)' in fixed.content.decode()


@pytest.mark.parametrize(
    ("parameters", "value", "is_safe"),
    [
        ("name string", "name", True),
        ("names []string", "names[0]", True),
        ("r *http.Request", 'r.FormValue("name")', True),
        ("shop Shop", "shop.Name", True),
        ("order other.Order", "order.Side", False),
    ],
)
def test_go_binds_safely_what_the_file_knows_for_a_text(parameters: str, value: str, *, is_safe: bool) -> None:
    text = (
        'package a\n\nimport (\n\t"database/sql"\n\t"fmt"\n\n\t_ "github.com/lib/pq"\n)\n\n'
        "type Shop struct {\n\tName string\n}\n\n"
        f"func f(db *sql.DB, {parameters}) {{\n"
        f"\tdb.Query(fmt.Sprintf(\"SELECT id FROM t WHERE a = '%s'\", {value}))\n}}\n"
    )
    (diagnostic,) = check(source_of(Case("", 1, "a.go", text, ()), text), RULE).diagnostics
    assert (diagnostic.fixes[0].applicability is Applicability.SAFE) == is_safe


@pytest.mark.parametrize(
    ("opening", "text", "is_fixed"),
    [
        ("import knex from 'knex';\nconst db = knex({});\ndb.raw", "SELECT 1 FROM t WHERE a = '${a}'", True),
        ("import knex from 'knex';\nconst db = knex({});\ndb.raw", "SELECT 'a?' FROM t WHERE a = '${a}'", False),
        (
            "import knex from 'knex';\nconst db = knex({});\ndb.raw",
            "SELECT 1 FROM t WHERE b ? 'c' AND a = '${a}'",
            False,
        ),
        ("import knex from 'knex';\nconst db = knex({});\ndb.raw", "SELECT 1 WHERE b \\\\? 'c' AND a = '${a}'", True),
        ("import D from 'better-sqlite3';\nconst db = new D('');\ndb.prepare", "SELECT '?' WHERE a = '${a}'", True),
    ],
)
def test_a_question_mark_that_a_library_would_take_for_a_placeholder(
    opening: str, text: str, *, is_fixed: bool
) -> None:
    text = f"const a = process.argv[2];\n{opening}(`{text}`).all();\n"
    (diagnostic,) = check(source_of(Case("", 1, "a.js", text, ()), text), RULE).diagnostics
    assert bool(diagnostic.fixes) == is_fixed
    assert is_fixed or "would take a question mark" in diagnostic.help


_GO = (
    'package a\n\nimport (\n\t"database/sql"\n\t_ "github.com/lib/pq"\n)\n\n'
    "func f(db *sql.DB, a string) {\n\tdb.Exec(%s)\n}\n"
)


@pytest.mark.parametrize(
    ("path", "text", "help"),
    [
        ("a.go", _GO % '"ALTER TABLE t ADD COLUMN b text DEFAULT \'" + a + "\'"', "`ALTER` takes no bind parameters"),
        ("a.go", _GO % '"UPDATE t SET b = \'" + a + "\'"', "Pass the value as an argument"),
        (
            "a.go",
            _GO.replace("lib/pq", "mattn/go-sqlite3") % '"VACUUM INTO \'" + a + "\'"',
            "Pass the value as an argument",
        ),
        (
            "a.py",
            "import psycopg2\n\ndef f(a):\n    with psycopg2.connect('') as c, c.cursor() as cursor:\n"
            "        cursor.execute(f\"ALTER TABLE t ALTER b SET DEFAULT '{a}'\")\n",
            "Pass",  # the client puts the values into the text
        ),
        (
            "a.js",
            "function byName(knex, way) {\n  return knex('t').orderByRaw(`name ${way}`);\n}\n",
            "`ASC` and `DESC`",
        ),
    ],
)
def test_the_help_says_what_can_be_done_with_this_statement(path: str, text: str, help: str) -> None:
    settings = Settings(frozenset(["interpolated-sql", "interpolated-identifier"]))
    (diagnostic,) = check(source_of(Case("", 1, path, text, ()), text), settings).diagnostics
    assert help in diagnostic.help
