"""Which dialect the migrations of a program are for, as far as they and the files of the project tell."""

from __future__ import annotations

from pathlib import Path

from persistlint.regexes import regex
from persistlint.sql.dialect import guess
from persistlint.sql.manifests import dialect_of_project

# What a migration says that is for one database alone.
_SIGNS = (
    (
        "postgres",
        regex(
            rb"dialects(?:\.|\s+import\s+)postgresql\b|\bpostgresql_\w+\s*=|django\.contrib\.postgres|\bpgcrypto\b"
            rb"|(?i:\bdo\s+\$\w*\$|\bjsonb\b|\btimestamptz\b|\bgen_random_uuid\b|\buuid_generate_v4\b|\bconcurrently\b|\bbigserial\b)"
        ),
    ),
    (
        "mysql",
        regex(rb"dialects(?:\.|\s+import\s+)mysql\b|\bmysql_(?:engine|charset|collate)\b|\bAUTO_INCREMENT\b"),
    ),
    ("sqlite", regex(rb"\bsqlite_autoincrement\b|\bPRAGMA\s+foreign_keys\b")),
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
    if len(set(_ASKS.findall(content))) > 1:
        return None  # it is for each of them
    told = [dialect for dialect, pattern in _SIGNS if pattern.search(content)]
    if told:
        return told[0] if len(told) == 1 else None
    file = Path(path).absolute()
    return dialect_of_project(file.parent, of_programs=True) if file.is_file() else None
