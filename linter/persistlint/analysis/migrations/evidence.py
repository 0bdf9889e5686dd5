"""Which dialect the migrations of a program are for, as far as they and the files of the project tell."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from persistlint.regexes import regex
from persistlint.sql.dialect import guess
from persistlint.sql.runners import texts_above

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
_PYTHON = {
    "postgres": regex(r"\b(?:psycopg|psycopg2|asyncpg|pg8000)\b", re.IGNORECASE),
    "mysql": regex(r"\b(?:mysqlclient|pymysql|aiomysql|mysql-connector-python|asyncmy)\b", re.IGNORECASE),
    "sqlite": regex(r"\baiosqlite\b", re.IGNORECASE),
}
_NODE = {
    "postgres": regex(r'"(?:pg|postgres|pg-promise|pg-native|node-pg-migrate|@neondatabase/serverless)"\s*:'),
    "mysql": regex(r'"(?:mysql2?|mariadb)"\s*:'),
    "sqlite": regex(r'"(?:sqlite3|better-sqlite3|libsql|@libsql/client)"\s*:'),
}
# Files of a project that name the drivers that it has.
_MANIFESTS = {
    "package.json": _NODE,
    "pyproject.toml": _PYTHON,
    "requirements.txt": _PYTHON,
    "requirements.in": _PYTHON,
    "setup.py": _PYTHON,
    "Pipfile": _PYTHON,
}
_URL = regex(r"^[ \t]*sqlalchemy\.url[ \t]*=[ \t]*(postgres|mysql|mariadb|sqlite)", re.MULTILINE)
_OF_URL = {"postgres": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}


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
    return _of_project(Path(path).parent.absolute()) if Path(path).is_file() else None


@lru_cache(maxsize=256)
def _of_project(directory: Path) -> str | None:
    for text in texts_above(directory, "alembic.ini"):
        if url := _URL.search(text):
            return _OF_URL[url.group(1)]
    for name, patterns in _MANIFESTS.items():
        for text in texts_above(directory, name):
            found = [dialect for dialect, pattern in patterns.items() if pattern.search(text)]
            if found:
                return found[0] if len(found) == 1 else None
    return None
