"""Which dialect a file of SQL is written in, as far as its name and its text tell."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath

_SUFFIXES = {
    **dict.fromkeys((".psql", ".pgsql", ".plpgsql"), "postgres"),
    **dict.fromkeys((".plsql", ".pls", ".pks", ".pkb", ".pck", ".prc", ".fnc", ".trg"), "oracle"),
    ".tsql": "tsql",
    ".mysql": "mysql",
}
_FOLDERS = (
    (re.compile(r"(?:^|[/_.-])(?:postgres(?:ql)?|pgsql|pg|plpgsql|supabase|timescale(?:db)?)(?=[/_.-])"), "postgres"),
    (re.compile(r"(?:^|[/_.-])(?:mysql|mariadb)(?=[/_.-])"), "mysql"),
    (re.compile(r"(?:^|[/_.-])(?:mssql|sqlserver|sql-server|tsql|azuresql)(?=[/_.-])"), "tsql"),
    (re.compile(r"(?:^|[/_.-])(?:oracle|plsql)(?=[/_.-])"), "oracle"),
    (re.compile(r"(?:^|[/_.-])(?:sqlite3?|d1)(?=[/_.-])"), "sqlite"),
    (re.compile(r"(?:^|[/_.-])snowflake(?=[/_.-])"), "snowflake"),
    (re.compile(r"(?:^|[/_.-])bigquery(?=[/_.-])"), "bigquery"),
    (re.compile(r"(?:^|[/_.-])clickhouse(?=[/_.-])"), "clickhouse"),
)
_READ = 50_000  # code points that are looked at
_MASKED = re.compile(r"--[^\n]*|/\*.*?\*/|'[^'\n]*'", re.DOTALL)
# What only one dialect writes, in lower case, with its weight: 3 is certain, 1 is a hint.
_SIGNS: tuple[tuple[str, int, re.Pattern[str]], ...] = tuple(
    (dialect, weight, re.compile(pattern, re.MULTILINE))
    for dialect, weight, pattern in (
        ("postgres", 3, r"\blanguage\s+'?(?:plpgsql|plpython3?u|plv8)\b"
         r"|\bdo\s+(?:language\s+\w+\s+)?\$|\bas\s+\$\w*\$"),
        ("postgres", 3, r"\b(?:big|small)?serial\b|\bbytea\b|\btimestamptz\b|\bjsonb\b|\breg(?:class|type|proc)\b"),
        ("postgres", 2, r"::\s*\w|\bcreate\s+extension\b"
         r"|\bon\s+conflict\b.*\bdo\b|\breturns\s+setof\b|\bperform\s+\w+\s*\("),
        ("postgres", 2, r"\breturn\s+query\b|\braise\s+(?:exception|notice)\b"
         r"|^\\\w|\bpg_\w+|\bquote_(?:ident|literal)\b"),
        ("postgres", 1, r"\bexecute\s+format\s*\(|\bilike\b|\breturning\b|\bcreate\s+policy\b|\bconcurrently\b"),
        ("tsql", 3, r"^\s*go\s*$|\bsp_executesql\b|\bset\s+nocount\b"
         r"|\bquotename\s*\(|\bbegin\s+try\b|\b@@(?:rowcount|error)\b"),
        ("tsql", 3, r"\bdeclare\s+@\w+|\bexec(?:ute)?\s*\(\s*@"
         r"|\bset\s+@\w+\s*=\s*n'|\bcreate\s+proc\b|\bnvarchar\s*\("),
        ("tsql", 2, r"\[dbo\]|\bdbo\.|\bidentity\s*\(\s*\d"
         r"|\buniqueidentifier\b|\bselect\s+top\b|\bgetdate\s*\(|\braiserror\b"),
        ("mysql", 3, r"^\s*delimiter\s|\bengine\s*=\s*(?!\w*mergetree)\w|\bauto_increment\b|\bprepare\s+\w+\s+from\b"),
        ("mysql", 2, r"`\w+`|\bdeallocate\s+prepare\b|\bsignal\s+sqlstate\b"
         r"|\bon\s+duplicate\s+key\b|\bunsigned\b|\bdefiner\s*="),
        ("mysql", 1, r"\bset\s+@\w+\s*=|\bconcat\s*\("
         r"|\bdeclare\s+\w+\s+(?:int|varchar|cursor|continue|exit)\b|\belseif\b"),
        ("oracle", 3, r"\bvarchar2\b|\bexecute\s+immediate\b|\bdbms_\w+\b"
         r"|\bpragma\s+autonomous|\bpls_integer\b|\bsys_refcursor\b"),
        ("oracle", 2, r"\braise_application_error\b|\bfrom\s+dual\b"
         r"|\bcreate\s+(?:or\s+replace\s+)?package\b|^\s*/\s*$"),
        ("oracle", 2, r"\)\s*(?:return\s+\w+\s+)?(?:is|authid\s+\w+\s+(?:is|as))\s*$|\bnumber\s*\(\s*\d"
         r"|\bnvl\s*\(|\bsysdate\b"),
        ("sqlite", 3, r"\bautoincrement\b|^\s*pragma\s+\w|\bwithout\s+rowid\b|\bsqlite_\w+|\bstrftime\s*\("),
        ("sqlite", 3, r"\bcollate\s+nocase\b|\bcreate\s+virtual\s+table\b"),
        ("sqlite", 1, r"\binsert\s+or\s+(?:replace|ignore)\b|\battach\s+database\b|\bdatetime\s*\(\s*'now'"),
        ("snowflake", 4, r"\blanguage\s+sql\b[^;]*?\bas\s*\$\$\s*(?:begin|declare)\b"),
        ("snowflake", 3, r"\bcreate\s+(?:or\s+replace\s+)?(?:warehouse|stage|stream)\b"
         r"|\bvariant\b|\bidentifier\s*\(\s*:"),
        ("clickhouse", 3, r"\bengine\s*=\s*\w*mergetree\b"),
    )
)  # fmt: skip


@lru_cache(maxsize=4)  # reading its syntax, its script and its strings ask for the same file
def guess(path: str, text: str) -> str | None:
    """The dialect of a file, as sqlglot names it, or None where nothing tells."""
    name = PurePosixPath(path.lower())
    if (dialect := _SUFFIXES.get(name.suffix)) is not None and dialect != "oracle":
        return dialect
    scores: dict[str, int] = {}
    sample = text[:_READ]
    masked = _MASKED.sub(" ", sample).lower()
    for dialect, weight, pattern in _SIGNS:
        if pattern.search(masked):
            scores[dialect] = scores.get(dialect, 0) + weight
    for pattern, dialect in _FOLDERS:
        if pattern.search(str(name)):
            scores[dialect] = scores.get(dialect, 0) + 6
    if name.suffix in _SUFFIXES:
        scores["oracle"] = scores.get("oracle", 0) + 2
    best = max(scores.items(), key=lambda item: item[1], default=(None, 0))
    return best[0] if best[1] >= 2 or len(scores) == 1 else None
