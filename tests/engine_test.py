"""What the one pipeline promises whatever a file holds: it comes back, and soon, and says what it found."""

from __future__ import annotations

import pytest

from persistlint.engine import Report, check
from persistlint.languages import language_of
from persistlint.rules import groups
from persistlint.settings import Settings
from persistlint.source import SourceFile

INJECTION = Settings(frozenset(groups()["injection"]))


def checked(text: str, path: str = "app.py", language: str = "python") -> Report:
    return check(SourceFile(path, text.encode(), language), INJECTION)


SELF_REFERENCES = {
    "strip.py": """
def f(cursor, name):
    if name.strip('.') == '':
        raise ValueError
    cursor.execute(f'SELECT {name} FROM t')
""",
    "predicate.ts": """
function isList(x: any): boolean { return isList(x.next); }
export const f = (db: any, x: any) => { if (isList(x)) return db.query(`SELECT ${x} FROM t`); };
""",
    "mutual.py": """
def a(q):
    return b(q)
def b(q):
    return a(q) + f'SELECT {q} FROM t'
def f(cursor, q):
    cursor.execute(a(q))
""",
    "base.py": """
class A(A):
    def f(self, cursor):
        cursor.execute(f'SELECT * FROM {self.table} WHERE a = {self.b}')
class B(C):
    pass
class C(B):
    def f(self, cursor):
        cursor.execute(f'SELECT * FROM {self.table} WHERE a = {self.b}')
""",
    "variable.go": """
package a
func f(db *sql.DB, a string) {
	q := q + a
	db.Query(q)
}
""",
    "argument.js": "const f = (x) => f(f(x)); db.query(`SELECT ${f(f)} FROM t`);",
    "routine.sql": """
CREATE FUNCTION f(a text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE f(f(a)) || a;
END $$;
""",
}


@pytest.mark.parametrize("path", SELF_REFERENCES)
def test_code_that_refers_to_itself_comes_to_an_end(path: str) -> None:
    language = language_of(path)
    assert language is not None
    assert checked(SELF_REFERENCES[path], path, language).errors == ()


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
