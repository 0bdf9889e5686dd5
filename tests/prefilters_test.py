"""What is decided from the bytes of a file before its syntax is looked at loses nothing: every case of every rule comes
to the same whether or not anything is left out. The seams are named here, for whoever adds one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from markdown import Case, cases
from persistlint import engine
from persistlint.analysis.limits.counts import counted_by
from persistlint.analysis.queries.handed import libraries_of
from persistlint.analysis.transactions import telling
from persistlint.libraries import catalogue
from persistlint.rules import groups, may_apply
from running import diagnostics_of, source_of

if TYPE_CHECKING:
    from persistlint.diagnostic import Diagnostic
    from persistlint.libraries import Library, Type
    from persistlint.source import SourceFile

FILES = sorted((Path(__file__).parent / "rules").glob("*/*.md"))
WORDS = b"SELECT INSERT UPDATE DELETE CREATE ALTER QUERY EXECUTE JSON FETCH SLEEP SETTIMEOUT COMMIT BEGIN ENV"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_is_lost(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = [case for case in cases(file.read_text("utf-8")) if not case.is_broken]
    filtered = [_found(file.stem, case) for case in programs]
    _look_at_everything(monkeypatch)
    assert filtered == [_found(file.stem, case) for case in programs]


@pytest.mark.parametrize("group", [group for group in groups() if group != "suppressions"])
def test_groups_are_found_in_lower_case(group: str) -> None:
    languages = ("sql", "python")
    assert any(may_apply(group, WORDS.lower(), language) for language in languages)
    is_found = any(may_apply(group, WORDS, language) for language in languages)
    assert not is_found, "the pattern of a group is for text in lower case"


@pytest.mark.parametrize(
    "text",
    [
        'cursor.execute(f"select name from {t}")',
        'cursor.execute("SELECT name FROM " + t)',
        'cursor.execute(" ".join(["select", "name", "from " + t]))',
        'cursor.execute(f"""\n    delete from {t}\n""")',
        'cursor.execute(f"-- all of them\\nselect name from {t}")',
        'cursor.execute(f"/* all */ select name from {t}")',
        "cursor.execute(f'(select name from {t}) union (select 1)')",
        'cursor.execute("update {} set name = 1".format(t))',
        'cursor.execute(f"with x as (select 1) select * from {t}")',
        'cursor.execute("Select name From " + t)',
        'cursor.execute("delete " + "from " + t)',
        "cursor.execute(\"select 'a' from \" + t)",
        'cursor.execute("update " + t + " set name = 1")',
        'cursor.execute(f"DROP TABLE {t}")',
        'cursor.execute(f"TRUNCATE {t}")',
    ],
)
def test_sql_is_suspected_however_it_is_written(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case("", 1, "store.py", f"def find(cursor, t):\n    return {text}\n", ())
    filtered = _found("interpolated-identifier", case)
    assert filtered
    _look_at_everything(monkeypatch)
    assert filtered == _found("interpolated-identifier", case)


@pytest.mark.parametrize(
    "text",
    [
        # put together in another function, by whoever calls it, and in a constructor
        "def where(name):\n    return 'select id from t where name = ' + name\n\n"
        "def find(cursor, name):\n    return cursor.execute(where(name))\n",
        "def run(cursor, text):\n    return cursor.execute(text)\n\n"
        "def find(cursor, name):\n    return run(cursor, f\"select id from t where name = '{name}'\")\n",
        "class Finder:\n    def __init__(self, name):\n"
        "        self.text = f\"select id from t where name = '{name}'\"\n"
        "    def find(self, cursor):\n        return cursor.execute(self.text)\n",
        # piece by piece
        "def find(cursor, name):\n    parts = ['select id from t where name =', name]\n"
        "    return cursor.execute(' '.join(parts))\n",
        "def find(cursor, name):\n    text = 'select id from t where name = %s'\n"
        "    return cursor.execute(text % name)\n",
        "def find(cursor, name):\n    text = 'select id from t where name = {}'\n"
        "    return cursor.execute(text.format(name))\n",
        "def find(cursor, name):\n    text = 'select id from t where name = '\n    text += name\n"
        "    return cursor.execute(text)\n",
        # by an operator behind a literal of several lines, between values, and before a comment with a quote
        "def find(cursor, name):\n    return cursor.execute('''\n        select id from t where name = \"%(name)s\"\n"
        "    ''' % {'name': name})\n",
        "def find(cursor, name):\n    text = 'select id from t where name = '\n"
        "    return cursor.execute(text + name)  # it's one\n",
        # by a keyword
        "def find(db, name):\n    return db.execute(sql=f\"select id from t where name = '{name}'\")\n",
        # two literals side by side, of which one alone is a sentence
        "def find(cursor, name):\n    return cursor.execute('select id from t where name = '\n"
        "        f\"'Failed to find the {name}'\")\n",
        # a letter that ends another literal
        "def find(cursor, name):\n    return cursor.execute('a f', f\"select id from t where name = '{name}'\") or "
        "cursor.execute(f\"select id from t where name = '{name}'\")\n",
    ],
)
def test_text_is_followed_wherever_it_is_put_together(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case("", 1, "store.py", text, ())
    filtered = _found("interpolated-sql", case)
    assert filtered
    _look_at_everything(monkeypatch)
    assert filtered == _found("interpolated-sql", case)


def _found(rule: str, case: Case) -> tuple[Diagnostic, ...]:
    return diagnostics_of(source_of(case, case.text), {rule}, case)


def _look_at_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("persistlint.engine.skips", lambda *_: False)
    monkeypatch.setattr("persistlint.engine.may_apply", lambda *_: True)
    monkeypatch.setattr("persistlint.engine._rules", engine._rules.__wrapped__)  # none that were made before
    monkeypatch.setattr("persistlint.engine._wanted", lambda rules: {rule.on: frozenset() for rule in rules})
    monkeypatch.setattr("persistlint.analysis._may_make", lambda *_: True)
    monkeypatch.setattr("persistlint.analysis._WORDS", {})
    monkeypatch.setattr("persistlint.analysis.queries.candidates.may_hold_sql", lambda *_: True)
    monkeypatch.setattr("persistlint.analysis.queries.candidates.nameable", _every_library)
    monkeypatch.setattr("persistlint.analysis.limits._counting", lambda source: counted_by(libraries_of(source)))
    monkeypatch.setattr("persistlint.analysis.limits._options", lambda *_: [0])
    monkeypatch.setattr("persistlint.analysis.limits.Reach", lambda *_: None)
    monkeypatch.setattr("persistlint.analysis.fallbacks._is_looked_up", lambda *_: True)
    monkeypatch.setattr("persistlint.analysis.transactions.telling._spoken_of", telling._spoken_of.__wrapped__)
    monkeypatch.setattr("persistlint.analysis.transactions.telling.present", _every_library)
    monkeypatch.setattr("persistlint.analysis.transactions.telling.reachable", _every_type)


def _every_library(folder: str, source: SourceFile) -> frozenset[Library]:
    return frozenset(catalogue(folder).libraries)


def _every_type(library: Library, source: SourceFile) -> frozenset[Type]:
    return frozenset(library.types.values())
