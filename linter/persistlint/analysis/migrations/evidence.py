"""Which dialect the migrations of a program are for, as far as they and the files of the project tell."""

from __future__ import annotations

from pathlib import Path

from persistlint.patterns import one_by_one
from persistlint.regexes import regex
from persistlint.sql.dialect import guess
from persistlint.sql.manifests import dialect_of_project

# What a migration says that is for one database alone, in a program, and in SQL, which is in lower case here.
_SIGNS = {
    "mysql": one_by_one(
        rb"dialects(?:\.|\s+import\s+)mysql\b", rb"\bmysql_(?:engine|charset|collate)\b", rb"\bAUTO_INCREMENT\b"
    ),
    "sqlite": one_by_one(rb"\bsqlite_autoincrement\b", rb"\bPRAGMA\s+foreign_keys\b"),
    "postgres": one_by_one(
        rb"dialects(?:\.|\s+import\s+)postgresql\b",
        rb"\bpostgresql_\w+\s*=",
        rb"django\.contrib\.postgres",
        rb"\bpgcrypto\b",
    ),
}
_POSTGRES = one_by_one(
    rb"\bdo\s+\$\w*\$",
    *rb"\bjsonb\b \btimestamptz\b \bgen_random_uuid\b \buuid_generate_v4\b \bconcurrently\b \bbigserial\b".split(),
)
# A migration that asks which database it runs on.
_ASKS = regex(
    rb"\b(?:dialect(?:\.name|_name)?|vendor|client|engine)\s*={2,3}\s*[\"'](postgres|mysql|mariadb|sqlite|mssql|oracle)"
)


def dialect_told(path: str, content: bytes) -> str | None:
    """The dialect that the path of a migration tells, or else the migration itself; else the one that the project has a
    driver for, if there is just one."""
    of_path = guess(path, "")
    if of_path is not None:
        return of_path
    if b"==" in content and len(set(_ASKS.findall(content))) > 1:
        return None  # it is for each of them
    told = {dialect for dialect, pattern in _SIGNS.items() if pattern.search(content)}
    if _POSTGRES.search(content.lower()):
        told.add("postgres")
    if told:
        return told.pop() if len(told) == 1 else None
    file = Path(path).absolute()
    return dialect_of_project(file.parent, of_programs=True) if file.is_file() else None
