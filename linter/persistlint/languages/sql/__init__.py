"""SQL: files of statements and routines, in every dialect."""

from persistlint.languages import Language

LANGUAGE = Language(
    name="sql",
    suffixes=(
        ".sql",
        ".psql",
        ".pgsql",
        ".plpgsql",
        ".plsql",
        ".pls",
        ".pks",
        ".pkb",
        ".pck",
        ".prc",
        ".fnc",
        ".trg",
        ".tsql",
        ".ddl",
        ".mysql",
    ),
    comment="--",
    libraries="sql",
    grammars={},
)
