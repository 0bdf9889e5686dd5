"""Casts of text out of JSON before and after their fixes, on a real PostgreSQL: what is no such value stops no
statement any more, and what is one comes out as before."""

from __future__ import annotations

import json

import psycopg
import pytest

from proof.proving import mended

CASTS = {
    "int": (["3", "-7"], ['"three"', "true", "{}", "[1]", '""']),
    "numeric": (["3.25", "1e3"], ['"3,25"', "[]"]),
    "float8": (["0.5"], ['"half"']),
    "boolean": (["true", "false"], ['"maybe"', "3", "{}"]),
}
EMPTY = ["null", None]  # no key


@pytest.mark.parametrize("kind", ["json", "jsonb", ""])
@pytest.mark.parametrize("type", CASTS)
def test_a_value_of_the_type_is_kept_and_another_one_is_null(type: str, kind: str, postgres_folder: str) -> None:
    """`kind` is what the file says of the column, "" for nothing."""
    good, bad = CASTS[type]
    view = f"CREATE VIEW found AS SELECT id, (d->'in'->>'k')::{type} AS k FROM documents d;\n"
    table = f"CREATE TABLE documents (id int PRIMARY KEY, d {kind or 'json'} NOT NULL);\n"
    after = mended("views.sql", (table if kind else "") + view, "json")[len(table) if kind else 0 :]
    with psycopg.connect(host=postgres_folder, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute("CREATE SCHEMA casts")
        connection.execute("SET search_path TO casts")
        connection.execute(table.encode())
        documents = [json.dumps({"in": {} if text is None else {"k": json.loads(text)}}) for text in (*good, *EMPTY)]
        connection.cursor().executemany("INSERT INTO documents VALUES (%s, %s)", list(enumerate(documents)))
        connection.execute(view.encode())
        expected = connection.execute("SELECT * FROM found ORDER BY id").fetchall()
        connection.execute("DROP VIEW found")
        connection.execute(after.encode())
        assert connection.execute("SELECT * FROM found ORDER BY id").fetchall() == expected
        for text in bad:
            document = json.dumps({"in": {"k": json.loads(text)}})
            connection.execute("INSERT INTO documents VALUES (99, %s)", [document])
            with pytest.raises(psycopg.Error):
                connection.execute(f"SELECT (d->'in'->>'k')::{type} FROM documents".encode()).fetchall()
            assert connection.execute("SELECT * FROM found ORDER BY id").fetchall() == [*expected, (99, None)]
            connection.execute("DELETE FROM documents WHERE id = 99")
        connection.execute("DROP SCHEMA casts CASCADE")
