"""Which files around a program make its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from persistlint.engine import check
from persistlint.reading import read_file
from persistlint.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = "import psycopg2\ndef find(cursor):\n    cursor.execute('SELECT name FROM users')\n"
USERS = "CREATE TABLE users (id bigint PRIMARY KEY, label text);\n"
NAMED = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n"


@pytest.mark.parametrize(
    ("files", "is_reported"),
    [
        pytest.param({".git/HEAD": "", "db/schema.sql": USERS}, True, id="of the repository"),
        pytest.param({"pyproject.toml": "", "db/schema.sql": USERS}, True, id="of a package"),
        pytest.param({"persistlint.toml": "", "db/schema.sql": USERS}, True, id="of what is configured"),
        pytest.param({"src/schema.sql": USERS}, True, id="beside"),
        pytest.param({"migrations/1_init.sql": USERS}, True, id="near"),
        pytest.param({"db/schema.sql": USERS}, False, id="in no project"),
        pytest.param(
            {".git/HEAD": "", "a/package.json": "", "a/schema.sql": USERS}, True, id="of the one other package"
        ),
        pytest.param(
            {
                ".git/HEAD": "",
                "a/package.json": "",
                "a/schema.sql": USERS,
                "b/package.json": "",
                "b/schema.sql": "CREATE TABLE items (id int);",
            },
            False,
            id="of one of several packages",
        ),
        pytest.param(
            {
                ".git/HEAD": "",
                "a/package.json": "",
                "a/schema.sql": NAMED,
                "src/package.json": "",
                "src/1_users.sql": USERS,
            },
            True,
            id="of the own package before others",
        ),
        pytest.param({".git/HEAD": "", "db/schema.sql": USERS, "tests/schema.sql": NAMED}, True, id="and not of tests"),
        pytest.param(
            {".git/HEAD": "", "db/schema.sql": USERS, "other/1_users.sql": NAMED}, False, id="of either schema"
        ),
        pytest.param(
            {
                ".git/HEAD": "",
                "alembic/versions/a_users.py": "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a'\n"
                "down_revision = None\ndef upgrade():\n"
                "    op.create_table('users', sa.Column('id', sa.BigInteger(), primary_key=True))\n",
            },
            True,
            id="of migrations in a program",
        ),
    ],
)
def test_the_tables_of_a_program_are_those(files: dict[str, str], is_reported: bool, tmp_path: Path) -> None:
    for name, text in {**files, "src/store.py": PROGRAM}.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    report = check(read_file(tmp_path / "src/store.py"), Settings(frozenset({"unknown-column"})))
    assert not report.errors
    assert [found.rule for found in report.diagnostics] == ["unknown-column"] * is_reported
