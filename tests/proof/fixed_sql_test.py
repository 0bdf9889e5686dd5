"""Routines of PL/pgSQL before and after their fixes, on a real PostgreSQL."""

from __future__ import annotations

import psycopg
import pytest

from proof.cases import OUT_OF_A_PATTERN, Query
from proof.proving import Answer, Values, fixed, prove

ROUTINES = (
    Query("plus", "'SELECT id FROM people WHERE name = ''' || a || ''' ORDER BY id'"),
    Query("at the end", "'SELECT id FROM people WHERE score > -99 AND name = ''' || a || ''''"),
    Query("pattern", "'SELECT id FROM people WHERE name LIKE ''%' || a || '%'' ORDER BY id'", (), OUT_OF_A_PATTERN),
    Query("twice", "'SELECT id FROM people WHERE name = ''' || a || ''' OR code = ''' || a || ''' ORDER BY id'"),
    Query(  # `format` writes nothing for NULL, which is no value that equals anything
        "format",
        "format('SELECT id FROM %I WHERE 9 %% 5 = 4 AND name = ''%s'' ORDER BY id', 'people', coalesce(a, ''))",
    ),
    Query("merged", "'SELECT id FROM people WHERE score <> $1 AND name = ''' || a || ''' ORDER BY id' USING b"),
    Query("two lines", "query", ("query := 'SELECT id FROM people WHERE name = ''' || a || ''' ORDER BY id';",)),
)


@pytest.mark.parametrize("query", ROUTINES, ids=lambda query: query.name)
def test_a_fix_changes_no_rows_and_ends_the_attack(query: Query, postgres_folder: str) -> None:
    text = _routine(query)
    programs = [text, fixed("find.sql", text)]
    with psycopg.connect(host=postgres_folder, user="postgres", dbname="postgres", autocommit=True) as connection:

        def called(program: str, values: Values) -> Answer:
            connection.execute(program.encode())
            try:
                return connection.execute("SELECT find(%s, %s)", values[:2]).fetchall()
            except psycopg.Error as error:
                return type(error).__name__

        before, after = (lambda values, program=program: called(program, values) for program in programs)
        prove(query, "plpgsql", before, after)


def _routine(query: Query) -> str:
    lines = "\n  ".join([*query.before, f"RETURN QUERY EXECUTE {query.sql};"])
    return (
        "CREATE OR REPLACE FUNCTION find(a text, b integer) RETURNS SETOF integer LANGUAGE plpgsql AS $$\n"
        f"DECLARE\n  query text;\nBEGIN\n  {lines}\nEND\n$$;\n"
    )
