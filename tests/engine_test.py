"""What the one pipeline promises whatever a file holds: it comes back, and soon, and says what it found."""

from __future__ import annotations

import pytest

from persistlint.engine import Report, check
from persistlint.rules import groups
from persistlint.settings import Settings
from persistlint.source import SourceFile

INJECTION = Settings(frozenset(groups()["injection"]))


def checked(text: str, path: str = "app.py", language: str = "python") -> Report:
    return check(SourceFile(path, text.encode(), language), INJECTION)


@pytest.mark.parametrize(
    ("path", "language", "text"),
    [
        ("a.py", "python", "def f(name):\n    if name.strip('.') == '':\n        raise ValueError\n    query(f'SELECT {name} FROM t')\n"),
        ("a.ts", "typescript", "function isList(x) { return isList(x.next); }\nexport const f = (db, x) => { if (isList(x)) return db.query(`SELECT ${x} FROM t`); };\n"),
        ("a.py", "python", "def a(q):\n    return b(q)\ndef b(q):\n    return a(q) + f'SELECT {q} FROM t'\ndef f(cursor, q):\n    cursor.execute(a(q))\n"),
        ("a.py", "python", "class A(A):\n    def f(self, cursor):\n        cursor.execute(f'SELECT * FROM {self.table} WHERE a = {self.b}')\n"),
        ("a.go", "go", "package a\nfunc f(db *sql.DB, a string) {\n\tq := q + a\n\tdb.Query(q)\n}\n"),
        ("a.js", "javascript", "const f = (x) => f(f(x)); db.query(`SELECT ${f(f)} FROM t`);\n"),
        ("a.sql", "sql", "CREATE FUNCTION f(a text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE f(f(a)) || a; END $$;\n"),
    ],
)  # fmt: skip
def test_code_that_refers_to_itself_comes_to_an_end(path: str, language: str, text: str) -> None:
    assert checked(text, path, language).errors == ()


def test_a_query_that_grows_in_a_thousand_branches_is_reported_once() -> None:
    branches = "".join(f"    if flags[{n}]:\n        q += f\" AND c{n} = '{{value}}'\"\n" for n in range(1000))
    report = checked(
        f"def f(cursor, flags, value):\n    q = 'SELECT 1 FROM t WHERE true'\n{branches}    cursor.execute(q)\n"
    )
    assert [diagnostic.rule for diagnostic in report.diagnostics] == ["interpolated-sql"]
    assert len(report.diagnostics[0].related) == 1000  # the other 999 values, and the call that sends them


def test_helpers_that_call_each_other_many_times_over_come_to_an_end() -> None:
    # Without a memory of what each came to this takes two to the power of thirty steps.
    helpers = "".join(f"def h{n}(q):\n    return h{n + 1}(q) + h{n + 1}(q)\n" for n in range(30))
    report = checked(f"{helpers}def h30(q):\n    return q\ndef f(cursor, q):\n    cursor.execute('SELECT ' + h0(q))\n")
    assert report.errors == ()


def test_a_rule_reports_one_place_once() -> None:
    text = (
        "def query(cursor, name):\n    return f\"SELECT 1 FROM t WHERE name = '{name}'\"\n"
        "def f(cursor, name):\n    cursor.execute(query(cursor, name))\n    cursor.execute(query(cursor, name))\n"
    )
    assert len(checked(text).diagnostics) == 1
