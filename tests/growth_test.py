"""Programs that are long in one way. What is done for one is counted in calls of functions, which no other load of the
machine changes: twice as long a program takes twice as many."""

from __future__ import annotations

import pytest

from effort import DOUBLED, calls
from persistlint.engine import check
from persistlint.languages import language_of
from persistlint.rules import groups
from persistlint.settings import Settings
from persistlint.source import SourceFile

RULES = frozenset(name for group in groups().values() for name in group)
FIRST, SHORT, LONG = 10, 200, 400  # parts; of fewer, what is bounded is not at its bounds yet

PY = "import json\nimport sqlite3\n\n"
F = PY + "def f(db: sqlite3.Connection, x, y):\n"
TS = 'import { Client } from "pg";\nconst db = new Client();\nasync function f(x: any, y: any) {\n'
GO = 'package main\n\nimport (\n\t"database/sql"\n\t"fmt"\n\t"strings"\n)\n\nfunc f(db *sql.DB, x string) {\n'
PL = "CREATE FUNCTION f(a text) RETURNS void AS $$\nDECLARE q text := '';\nBEGIN\n"
JOINED = (
    "    l@ = []\n    if x:\n        l@.append(x)\n    q@ = ' AND '.join(l@)\n"
    "    db.execute('SELECT 1 FROM t WHERE ' + q@)\n"
)
SESSION = (
    "from sqlalchemy import text\nfrom sqlalchemy.orm import Session\ndef f(db: Session, x):\n    q = db.query(x)\n"
)

# What the program begins with, what it has again and again, with a number for `@`, and what it ends with.
PROGRAMS = {
    "lists that are joined": ("py", F, JOINED, ""),
    "queries of one function": ("py", F, "    db.execute(f\"SELECT a FROM t WHERE a = '{x}'\")\n", ""),
    "a query that grows under conditions": (
        "py",
        F + "    q = 'SELECT 1 FROM t WHERE 1'\n",
        "    if x == @:\n        q += ' AND a@ = ' + x\n",
        "    db.execute(q)\n",
    ),
    "a helper that makes a piece": (
        "py",
        PY + "def h(q):\n    return 'a = ' + q\ndef f(db: sqlite3.Connection, x):\n",
        "    db.execute('SELECT 1 FROM t WHERE ' + h(x))\n",
        "",
    ),
    "functions that hand on their SQL": (
        "py",
        PY + "def h(db: sqlite3.Connection, q):\n    db.execute(q)\n",
        "def f@(db: sqlite3.Connection, x):\n    h(db, f\"SELECT 1 FROM t WHERE a = '{x}'\")\n",
        "",
    ),
    "statements of SQLAlchemy": (
        "py",
        SESSION,
        "    q = q.filter(text('a@ = ' + x))\n",
        "    q.all()\n",
    ),
    "what was decoded": ("py", F + "    d = json.loads(x)\n", "    a@ = d['k@']['z']\n", ""),
    "numbers that decide": ("ts", "", "if (tries > 77@) b();\n", ""),
    "columns of a migration": (
        "js",
        "exports.up = async function (knex) {\n  await knex.schema.alterTable('t', (t) => {\n",
        "    t.float('amount@').notNullable();\n",
        "  });\n};\n",
    ),
    "pieces of a builder": (
        "go",
        GO + "\tvar b strings.Builder\n",
        '\tb.WriteString(" AND a@ = " + x)\n',
        "\tdb.Exec(b.String())\n}\n",
    ),
    "queries that are formatted": ("go", GO, "\tdb.Exec(fmt.Sprintf(\"SELECT a FROM t WHERE a = '%s'\", x))\n", "}\n"),
    "columns with amounts": ("sql", "CREATE TABLE t (\n", "  amount@ real,\n", "  id int PRIMARY KEY);\n"),
    "triggers that are switched off": ("sql", "", "ALTER TABLE t@ DISABLE TRIGGER ALL;\n", ""),
    "assignments of a routine": (
        "sql",
        PL,
        "  q := q || ' AND a@ = ' || a;\n",
        "  EXECUTE q;\nEND $$ LANGUAGE plpgsql;\n",
    ),
}


def run(language: str, text: str) -> None:
    """Check a program with all rules, none of which may fail."""
    name = language_of(f"a.{language}")
    assert name is not None
    assert not check(SourceFile(f"a.{language}", text.encode(), name), Settings(RULES)).errors


@pytest.mark.parametrize("kind", PROGRAMS)
def test_twice_as_long_a_program_takes_twice_as_much(kind: str) -> None:
    language, head, part, tail = PROGRAMS[kind]
    counts = {}
    for start, count in ((1_000, FIRST), (2_000, SHORT), (3_000, LONG)):  # what one of them says, none has said before
        parts = (part.replace("@", str(number)) for number in range(start, start + count))
        program = f"{head}{''.join(parts)}{tail}"
        counts[count] = calls(lambda: run(language, program))  # noqa: B023 -- the first one imports what is needed
    assert counts[LONG] < DOUBLED * counts[SHORT]


def test_a_query_with_values_in_calls_that_stand_in_one_another_costs_what_it_is_long() -> None:
    counts = []
    for start, count in ((1_000, FIRST), (10_000, 2 * LONG), (20_000, 4 * LONG)):  # more than a fix is made for
        parts = (f"        f', g{number}({{x}}'\n" for number in range(start, start + count))
        program = f"{F}    db.execute('SELECT 1'\n{''.join(parts)}        ' FROM t')\n"
        counts.append(calls(lambda: run("py", program)))  # noqa: B023
    assert counts[2] < DOUBLED * counts[1]


def test_text_that_doubles_at_every_branch_is_not_followed_on_all_ways() -> None:
    branch = "  IF a = '{}' THEN q := q || a; ELSE q := a || q; END IF;\n"
    text = PL + "".join(map(branch.format, range(SHORT))) + "  EXECUTE q;\nEND $$ LANGUAGE plpgsql;\n"
    found = check(SourceFile("a.sql", text.encode(), "sql"), Settings(RULES)).diagnostics
    assert {"interpolated-sql", "interpolated-identifier"} & {diagnostic.rule for diagnostic in found}
