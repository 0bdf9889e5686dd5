"""Statements that define, change and maintain tables, roles and their like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.sql.lexer import Kind, word_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.sql.shapes.statement import Statement

_PRIVILEGES = word_set(
    "SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER ALL USAGE EXECUTE CONNECT CREATE TEMPORARY"
)
_OBJECTS = word_set(
    "TABLE VIEW INDEX SCHEMA DATABASE SEQUENCE ROLE USER FUNCTION PROCEDURE PROC TRIGGER TYPE DOMAIN EXTENSION POLICY"
    " TABLESPACE LANGUAGE SERVER PUBLICATION SUBSCRIPTION EVENT AGGREGATE OPERATOR RULE COLLATION CAST STATISTICS LOGIN"
    " WAREHOUSE STAGE STREAM TASK PIPE SYNONYM PACKAGE CATALOG SYSTEM GROUP KEYSPACE DICTIONARY FILE ASSEMBLY"
)
_EVERYDAY = word_set(
    "USER ROLE DATABASE FUNCTION EVENT TYPE SERVER GROUP POLICY RULE LANGUAGE FILE TASK STAGE STREAM PACKAGE"
)
_MODIFIERS = word_set(
    "OR REPLACE TEMP TEMPORARY UNLOGGED GLOBAL LOCAL UNIQUE MATERIALIZED RECURSIVE VIRTUAL FOREIGN EXTERNAL CONSTRAINT"
    " EVENT CLUSTERED NONCLUSTERED FULLTEXT SPATIAL DEFINER TRANSIENT CONCURRENTLY ALTER PUBLIC BITMAP SECURE ALGORITHM"
    " EDITIONABLE NONEDITIONABLE AGGREGATE TEXT ACCESS DEFAULT"
)
_ACTIONS = word_set(
    "ADD DROP ALTER RENAME SET OWNER ATTACH DETACH ENABLE DISABLE VALIDATE MODIFY CHANGE RESET CLUSTER INHERIT NO"
    " FORCE REPLICA CONVERT ENGINE PASSWORD WITH IDENTIFIED RESTART REFRESH COMPILE REBUILD UPDATE DELETE MOVE"
    " PARTITION COLUMN AUTO_INCREMENT CREATEDB SUPERUSER LOGIN NOLOGIN VALID IN DEFAULT USING TO ACCOUNT SPLIT MERGE"
    " TRUNCATE EXCHANGE COMMENT ONLY DEPENDS SECURITY CHECK NOT INCREMENT MAXVALUE MINVALUE CACHE CYCLE CONNECTION"
    " NOBYPASSRLS BYPASSRLS"
)
_BEHIND_IS_PHRASE = word_set(
    "( = @ WITH AS ON FOR FROM USING IDENTIFIED PASSWORD AUTHORIZATION OWNER CASCADE RESTRICT IN BEFORE AFTER"
    " CHARACTER INCREMENT START LOGIN NOLOGIN SUPERUSER CREATEDB DEFAULT COLLATE LOCATION ENCODING TEMPLATE"
    " TABLESPACE SCHEMA VERSION HANDLER RETURNS INSTEAD NO TO CONNECTION FOREIGN INHERIT NOINHERIT IN ROLE ADMIN"
    " MINVALUE MAXVALUE CACHE OPTIONS"
)


def _create(s: Statement) -> bool:
    kind = s.skip(1, _MODIFIERS)
    if s.word(kind) not in _OBJECTS:
        return (
            s.is_upper and s.is_hole(kind) and (s.ends(kind + 1) or s.word(kind + 1) in _OBJECTS or s.is_hole(kind + 1))
        )
    object_, name = s.word(kind), s.skip(kind + 1, ("IF", "NOT", "EXISTS", "CONCURRENTLY"))
    behind = s.name(name)
    if behind == name:
        return object_ == "INDEX" and s.word(name) == "ON"
    if s.ends(behind):
        is_certain = s.is_hole(name) or s.word(behind) == ";" or object_ not in _EVERYDAY | {"TABLE", "VIEW", "INDEX"}
        return s.is_upper or (s.style == "lower" and is_certain)
    match object_:
        case "TABLE" | "VIEW" | "TYPE" | "DOMAIN":
            follows = ("(", "AS", "LIKE", "PARTITION", "USING", "ON", "WITH", "OF", "ENGINE", "TO", "CLONE", "IS")
            return s.word(behind) in follows or s.is_hole(behind)
        case "INDEX":
            return s.word(behind) == "ON" and (s.find("(") > 0 or s.is_hole(s.length - 1))
        case "FUNCTION" | "PROCEDURE" | "PROC" | "AGGREGATE" | "PACKAGE":
            return s.word(behind) in ("(", "AS", "IS", "WITH") or s.token(behind).kind is Kind.PARAMETER
    return _is_phrase(s, behind)


def _is_phrase(s: Statement, behind: int) -> bool:
    """Whether DDL goes on as DDL behind a name: with a keyword, a parenthesis, quotes or a hole."""
    if s.is_hole(behind) or s.token(behind).kind in (Kind.PARAMETER, Kind.STRING, Kind.DOLLAR):
        return True
    return s.word(behind) in _BEHIND_IS_PHRASE and (
        s.is_upper or s.word(behind) not in ("FOR", "FROM", "IN", "ON", "TO", "AFTER")
    )


def _alter(s: Statement) -> bool:
    kind = s.skip(1, ("MATERIALIZED", "FOREIGN", "DEFAULT", "EXTERNAL"))
    if s.word(kind) == "PRIVILEGES":
        return True
    if s.word(kind) not in _OBJECTS and s.word(kind) != "SESSION":
        return s.is_upper and s.is_hole(kind)
    name = s.skip(kind + 1, ("IF", "EXISTS", "ONLY"))
    if s.word(kind) in ("SYSTEM", "SESSION"):
        return s.word(kind + 1) in ("SET", "RESET", "KILL", "FLUSH")
    behind = s.name(name)
    if s.word(behind) == "(":
        return s.find(")") > 0
    return behind > name and not s.ends(behind) and (s.word(behind) in _ACTIONS or s.is_hole(behind))


def _drop(s: Statement) -> bool:
    kind = s.skip(1, ("MATERIALIZED", "FOREIGN", "TEMPORARY", "OWNED", "EXTERNAL"))
    if s.word(kind - 1) == "OWNED":
        return s.word(kind) == "BY"
    if s.word(kind) not in _OBJECTS:
        return s.is_upper and s.is_hole(kind) and not s.has(kind + 2)
    name = s.skip(kind + 1, ("IF", "EXISTS", "CONCURRENTLY"))
    behind = s.name(name)
    if behind == name:
        return False
    if name == kind + 1 and s.ends(behind) and not s.is_upper and s.is_plain(behind - 1):
        is_closed = s.word(behind) == ";" or s.is_hole(name)
        return is_closed or (s.word(kind) not in _EVERYDAY and s.style == "lower")
    if s.is_hole(behind):
        return s.is_upper or s.word(kind) not in _EVERYDAY
    return s.ends(behind) or s.word(behind) in (",", "(", "CASCADE", "RESTRICT", "ON", "PURGE")


def _truncate(s: Statement) -> bool:
    name = s.skip(1, ("TABLE", "ONLY"))
    behind = s.name(name)
    if behind == name or (name == 1 and s.style == "title"):
        return False
    follows = (
        s.ends(behind)
        or s.word(behind) in (",", "CASCADE", "RESTRICT", "RESTART", "CONTINUE", "*")
        or s.is_hole(behind)
    )
    return follows and (s.is_upper or name > 1 or s.is_hole(name) or not s.is_plain(name))


def _rename(s: Statement) -> bool:
    return s.word(1) in ("TABLE", "COLUMN", "INDEX", "USER") and s.find("TO") > 2


def _comment(s: Statement) -> bool:
    return s.word(1) == "ON" and s.find("IS") > 3


def _refresh(s: Statement) -> bool:
    return (
        s.word(1) in ("MATERIALIZED", "TABLE", "STREAMING")
        and s.has(2)
        and s.ends(s.skip(s.name(s.skip(2, ("VIEW", "CONCURRENTLY", "TABLE"))), ("WITH", "NO", "DATA")))
    )


def _grant(s: Statement) -> bool:
    known = s.word(1) in _PRIVILEGES or s.is_hole(1)
    if not (s.is_upper or known):
        return False
    receiver = s.find("TO" if s.word(0) == "GRANT" else "FROM")
    if receiver < 2 or s.ends(receiver + 1):
        return False
    return s.is_upper or (known and s.find("ON") > 0) or (s.word(1) in _PRIVILEGES and s.word(2) == ",")


def _maintain(s: Statement) -> bool:
    """VACUUM, ANALYZE, REINDEX, CLUSTER, OPTIMIZE: a verb, options and perhaps a table."""
    if s.ends(1):
        return s.is_upper and s.word(0) in ("VACUUM", "ANALYZE", "CHECKPOINT")
    name = s.skip(
        1, ("FULL", "FREEZE", "VERBOSE", "ANALYZE", "TABLE", "INDEX", "SCHEMA", "DATABASE", "CONCURRENTLY", "INTO")
    )
    if s.word(name) == "(":
        name = s.find(")") + 1
    if s.ends(name):
        return s.is_upper or name > 1
    behind = s.name(name)
    if behind == name or not (s.ends(behind) or s.word(behind) in ("USING", "(", ",") or s.is_hole(behind)):
        return False
    is_certain = (
        name > 1 or (s.word(0) == "VACUUM" and s.is_hole(name)) or s.word(behind) == "USING" or not s.is_plain(name)
    )
    return s.is_upper or (
        is_certain and s.style == "lower" and not (s.is_hole(name) and s.word(0) != "VACUUM" and name == 1)
    )


SHAPES: dict[str, Callable[[Statement], bool]] = {
    "CREATE": _create,
    "ALTER": _alter,
    "DROP": _drop,
    "TRUNCATE": _truncate,
    **dict.fromkeys(("GRANT", "REVOKE"), _grant),
    "REFRESH": _refresh,
    **dict.fromkeys(("VACUUM", "ANALYZE", "ANALYSE", "REINDEX", "CLUSTER", "OPTIMIZE", "CHECKPOINT"), _maintain),
    "COMMENT": _comment,
    "RENAME": _rename,
}
