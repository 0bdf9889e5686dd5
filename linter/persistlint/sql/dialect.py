"""Which dialect a file of SQL is written in, as far as its name and its text tell."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import PurePosixPath

from persistlint.regexes import regex
from persistlint.source import words_in

_SUFFIXES = {
    **dict.fromkeys((".psql", ".pgsql", ".plpgsql"), "postgres"),
    **dict.fromkeys((".plsql", ".pls", ".pks", ".pkb", ".pck", ".prc", ".fnc", ".trg"), "oracle"),
    ".tsql": "tsql",
    ".mysql": "mysql",
}
_FOLDERS = {
    "postgres": r"postgres(?:ql)?|pgsql|pg|plpgsql|supabase|timescale(?:db)?",
    "mysql": "mysql|mariadb",
    "tsql": "mssql|sqlserver|sql-server|tsql|azuresql",
    "oracle": "oracle|plsql",
    "sqlite": r"sqlite3?|d1(?!_)",  # of `D1_CUSTOMER` it is a part of a name
    "snowflake": "snowflake",
    "bigquery": "bigquery",
    "clickhouse": "clickhouse",
}
# Those that no other word ends with: `riversqlite/`, `storemysql/`.
_ENDINGS = {"postgres": "postgres(?:ql)?", "mysql": "mysql|mariadb", "sqlite": "sqlite3?", "clickhouse": "clickhouse"}
# What a numbered migration does, between the first and the last word of its name: `7_outbox_sqlite_jsonb_cleanup.sql`.
_DESCRIPTION = regex(r"((?:^|/)\d+[_-][^/_.-]+)[_-][^/.]*[_-](?=[^/_-]*\Z)")
_WORD = regex(r"\w+", re.ASCII)
_EDGE = regex(r"\A\\b(\w+)(?![\w?*+])")
_READ = 50_000  # code points that are looked at
_MASKED = regex(r"--[^\n]*|/\*(?!!).*?(?:\*/|\Z)|'[^'\n]*'", re.DOTALL)
_QUOTED = regex(r"`\w+`")  # a name, be it called `serial`
# What only one dialect writes, in lower case, with its weight: 3 is certain, 1 is a hint. A word stands for itself; of
# anything else, a text that every match holds stands before ` ~ `, for that is found much faster.
_SIGNS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("postgres", 3, (
        r"language ~ \blanguage\s+'?(?:plpgsql|plpython3?u|plv8)\b", r"do ~ \bdo\s+(?:language\s+\w+\s+)?\$",
        r"as ~ \bas\s+\$\w*\$",
    )),
    ("postgres", 3, (
        r"serial ~ \b(?:big|small)?serial\b", "bytea", "timestamptz", "jsonb", "regclass", "regtype", "regproc",
    )),
    ("postgres", 2, (
        r":: ~ ::\s*\w", r"extension ~ \bcreate\s+extension\b", r"conflict ~ \bon\s+conflict\b.*\bdo\b",
        r"setof ~ \breturns\s+setof\b", r"perform ~ \bperform\s+\w+\s*\(",
    )),
    ("postgres", 2, (
        r"query ~ \breturn\s+query\b", r"raise ~ \braise\s+(?:exception|notice)\b", r"\ ~ ^\\\w", r"pg_ ~ \bpg_\w+",
        "quote_ident", "quote_literal",
    )),
    ("postgres", 1, (
        r"format ~ \bexecute\s+format\s*\(", "ilike", "returning", r"policy ~ \bcreate\s+policy\b", "concurrently",
    )),
    ("tsql", 3, (
        r"go ~ ^[^\S\n]*go[^\S\n]*$", "sp_executesql", r"nocount ~ \bset\s+nocount\b", r"quotename ~ \bquotename\s*\(",
        r"try ~ \bbegin\s+try\b", r"@@ ~ \b@@(?:rowcount|error)\b",
    )),
    ("tsql", 3, (
        r"@ ~ \bdeclare\s+@\w+", r"@ ~ \bexec(?:ute)?\s*\(\s*@", r"@ ~ \bset\s+@\w+\s*=\s*n'",
        r"proc ~ \bcreate\s+proc\b", r"nvarchar ~ \bnvarchar\s*\(",
    )),
    ("tsql", 2, (
        r"[dbo] ~ \[dbo\]", r"dbo. ~ \bdbo\.", r"identity ~ \bidentity\s*\(\s*\d", "uniqueidentifier",
        r"top ~ \bselect\s+top\b", r"getdate ~ \bgetdate\s*\(", "raiserror",
    )),
    ("mysql", 3, (
        r"delimiter ~ ^[^\S\n]*delimiter\s", r"engine ~ \bengine\s*=\s*(?!\w*mergetree)\w", "auto_increment",
        r"prepare ~ \bprepare\s+\w+\s+from\b", r"change ~ \balter\s+table\s+\S+\s+change\s",
        r"/*! ~ /\*!",
    )),
    ("mysql", 2, (
        r"` ~ `\w+`", r"deallocate ~ \bdeallocate\s+prepare\b", r"signal ~ \bsignal\s+sqlstate\b",
        r"duplicate ~ \bon\s+duplicate\s+key\b", "unsigned", r"definer ~ \bdefiner\s*=",
        r"modify ~ \bmodify\s+column\b", r"after ~ \bafter\s+\w+\s*(?:[,;]|\Z)",
    )),
    ("mysql", 1, (
        r"@ ~ \bset\s+@\w+\s*=", r"concat ~ \bconcat\s*\(",
        r"declare ~ \bdeclare\s+\w+\s+(?:int|varchar|cursor|continue|exit)\b", "elseif",
    )),
    ("oracle", 3, (
        "varchar2", r"immediate ~ \bexecute\s+immediate\b", r"dbms_ ~ \bdbms_\w+",
        r"autonomous ~ \bpragma\s+autonomous", "pls_integer", "sys_refcursor",
    )),
    ("oracle", 2, (
        "raise_application_error", r"dual ~ \bfrom\s+dual\b", r"package ~ \bcreate\s+(?:or\s+replace\s+)?package\b",
        r"/ ~ ^[^\S\n]*/[^\S\n]*$",
    )),
    ("oracle", 2, (
        r") ~ \)\s*(?:return\s+\w+\s+)?(?:is|authid\s+\w+\s+(?:is|as))\s*$", r"number ~ \bnumber\s*\(\s*\d",
        r"nvl ~ \bnvl\s*\(", "sysdate",
    )),
    ("sqlite", 3, (
        "autoincrement", r"pragma ~ ^[^\S\n]*pragma\s+\w", r"rowid ~ \bwithout\s+rowid\b", r"sqlite_ ~ \bsqlite_\w+",
        r"strftime ~ \bstrftime\s*\(",
    )),
    ("sqlite", 3, (r". ~ ^\.(?:bail|mode|headers?|open|read|import|once|output|separator|timeout)\b",)),
    ("sqlite", 3, (r"nocase ~ \bcollate\s+nocase\b", r"virtual ~ \bcreate\s+virtual\s+table\b")),
    ("sqlite", 1, (
        r"insert ~ \binsert\s+or\s+(?:replace|ignore)\b", r"attach ~ \battach\s+database\b",
        r"datetime ~ \bdatetime\s*\(\s*'now'",
    )),
    ("snowflake", 4, (r"language ~ \blanguage\s+sql\b[^;]*?\bas\s*\$\$\s*(?:begin|declare)\b",)),
    ("snowflake", 3, (
        r"create ~ \bcreate\s+(?:or\s+replace\s+)?(?:warehouse|stage|stream)\b", "variant",
        r"identifier ~ \bidentifier\s*\(\s*:",
    )),
    ("bigquery", 3, (
        r"` ~ `[\w-]+\.[\w-]+(?:\.[\w*$-]+)?`", r"safe_ ~ \bsafe_(?:cast|divide|offset|ordinal)\s*\(",
        r"options ~ \boptions\s*\(\s*(?:description|friendly_name|expiration_timestamp|labels|strict_mode)\s*=",
    )),
    ("clickhouse", 3, (r"mergetree ~ \bengine\s*=\s*\w*mergetree\b",)),
)  # fmt: skip


@cache
def _signs() -> tuple[tuple[str, int, tuple[tuple[bytes, str, str], ...]], ...]:
    """The signs, each as the text that its matches hold, as bytes where that stands in one word and "" elsewhere, the
    same as it is, and its pattern."""
    return tuple(
        (
            dialect,
            weight,
            tuple(
                (held.encode() if _WORD.fullmatch(held) else b"", held, pattern or rf"\b{held}\b")
                for held, _, pattern in parted
            ),
        )
        for dialect, weight, signs in _SIGNS
        for parted in [[sign.partition(" ~ ") for sign in signs]]
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # What begins with letters is found much faster than what begins with the edge of a word.
    return re.compile(_EDGE.sub(r"\1(?<=\\b\1)", pattern), re.MULTILINE)


def guess(path: str, text: str) -> str | None:
    """The dialect of a file, as sqlglot names it, or None where nothing tells."""
    return _guess(path, text[:_READ])


@lru_cache(maxsize=4)  # reading its syntax, its script and its strings ask for the same file
def _guess(path: str, sample: str) -> str | None:
    name = PurePosixPath(path.lower())
    if (dialect := _SUFFIXES.get(name.suffix)) is not None and dialect != "oracle":
        return dialect
    scores: dict[str, int] = {}
    masked = _QUOTED.sub("`name`", _MASKED.sub(" ", sample).lower())
    # Each of its words once: a fraction of a long text.
    words = b" ".join(words_in(masked.encode("utf-8", "replace")))
    for dialect, weight, signs in _signs():
        for word, held, pattern in signs:
            if (word in words if word else held in masked) and _compiled(pattern).search(masked):
                scores[dialect] = scores.get(dialect, 0) + weight
                break
    folder, slash, file = _DESCRIPTION.sub(r"\1_", str(name)).rpartition("/")
    named = _named(f"{folder}{slash}") | _named(f"{slash}{file}")
    for dialect in _FOLDERS if named else ():
        if dialect in named:
            scores[dialect] = scores.get(dialect, 0) + 6
    if name.suffix in _SUFFIXES:
        scores["oracle"] = scores.get("oracle", 0) + 2
    best = max(scores.items(), key=lambda item: item[1], default=(None, 0))
    return best[0] if best[1] >= 2 or len(scores) == 1 else None


@lru_cache(maxsize=1024)
def _named(path: str) -> frozenset[str]:
    """The dialects that a folder is named after, with a slash behind it, or a file."""
    path = f"/{path}"  # a pattern that begins with a set of characters is found much faster
    found = _matching(path, _FOLDERS, r"[/_.-](?:{0})(?=[/_.-])")
    return found or _matching(path, _ENDINGS, r"[/_.-]\w+(?:{0})(?=/)")


def _matching(path: str, words: dict[str, str], around: str) -> frozenset[str]:
    if not _compiled(around.format("|".join(words.values()))).search(path):
        return frozenset()
    return frozenset(dialect for dialect, each in words.items() if _compiled(around.format(each)).search(path))
