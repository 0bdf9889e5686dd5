"""Statements that call routines, open transactions and set up the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.sql.lexer import HOLE, Kind, word_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.sql.shapes.statement import Statement

_ARGUMENTS = (Kind.PARAMETER, Kind.STRING)
_SHOWN = word_set(
    "TABLES DATABASES SCHEMAS COLUMNS FULL INDEX INDEXES KEYS STATUS VARIABLES GRANTS PROCESSLIST ENGINE ENGINES"
    " CREATE WARNINGS ERRORS GLOBAL SESSION TABLE TRIGGERS VIEWS FUNCTION PROCEDURE FIELDS SEARCH_PATH SERVER_VERSION"
    " MASTER SLAVE REPLICA BINARY PARTITIONS ROLES USERS OBJECTS"
)
_TYPES = word_set(
    "INT INTEGER BIGINT TEXT VARCHAR VARCHAR2 NVARCHAR DATE NUMERIC BOOLEAN CURSOR NUMBER TABLE RECORD UUID BIT"
)
_BEHIND_TRANSACTION = word_set(
    "TRANSACTION WORK TRAN IMMEDIATE EXCLUSIVE DEFERRED ISOLATION READ TO AND PREPARED CONCURRENT TRY"
)


def _call(s: Statement) -> bool:
    behind = s.name(1)
    if behind == 1:
        return False
    if s.is_upper:
        return s.word(behind) == "(" or s.ends(behind)
    is_called = s.word(behind) == "(" and s.grammar.touches(s.start + behind)
    # `call gc.set_threshold(700)` is Python: a qualified procedure shows by a placeholder or a string.
    return is_called and (behind == 2 or any(s.token(at).kind in _ARGUMENTS for at in range(behind, s.length)))


def _execute(s: Statement) -> bool:
    if s.word(1) == "IMMEDIATE":
        return not s.ends(2)
    if s.word(1) == "(":
        return s.is_upper or s.find("@") > 0
    if s.style == "title":
        return False
    name = 3 if s.word(2) == "=" else 1
    behind = s.name(name)
    if behind == name:
        return False
    follows = s.ends(behind)
    is_given = not follows and (s.token(behind).kind in (Kind.STRING, Kind.NUMBER, Kind.PARAMETER) or s.is_hole(behind))
    if s.is_upper:
        return follows or is_given or s.word(behind) in ("(", "USING")
    is_name = not s.is_plain(name) and s.token(name).kind is Kind.WORD and not (s.is_hole(name) and follows)
    return is_name and (follows or is_given)


def _use(s: Statement) -> bool:
    name = s.skip(1, ("ROLE", "WAREHOUSE", "DATABASE", "SCHEMA", "CATALOG"))
    is_certain = s.style == "lower" and (s.is_hole(name) or s.token(name).kind is Kind.QUOTED)
    return (s.is_upper or is_certain) and s.name(name) > name and s.ends(s.name(name))


def _one_name(s: Statement) -> bool:
    """SAVEPOINT, RELEASE, DEALLOCATE, LISTEN, …: a verb, perhaps an object, and one name."""
    name = s.skip(1, ("SAVEPOINT", "PREPARE", "DATABASE", "SCHEMA", "TABLE", "INDEX", "CONCURRENTLY", "TRANSACTION"))
    is_certain = s.style == "lower" and (name > 1 or s.word(0) == "SAVEPOINT" or not s.is_plain(name))
    return (s.is_upper or is_certain) and s.name(name) > name and s.ends(s.name(name))


def _transaction(s: Statement) -> bool:
    if s.ends(1):
        is_certain = s.word(0) in ("BEGIN", "COMMIT", "ROLLBACK") and s.style != "title"
        return is_certain or s.has(1) or (s.is_upper and s.word(0) != "START")
    if s.style == "title" and not s.has(2):
        return False
    if s.word(1) in _BEHIND_TRANSACTION:
        return s.ends(2) or s.is_upper or s.word(2) in ("SAVEPOINT", "TRANSACTION", "CHAIN", "ISOLATION", "READ", ",")
    return s.word(0) == "BEGIN" and _is_block(s)


def _is_block(s: Statement) -> bool:
    """Whether it is a block of a procedural language."""
    return s.find("END") > 0 and s.find(";") > 0


def _declare(s: Statement) -> bool:
    if not s.has(2):
        return False
    is_variable = s.token(1).kind is Kind.PARAMETER or s.word(2) in _TYPES
    return is_variable or (s.word(2) in ("CURSOR", "INSENSITIVE", "SCROLL", "NO") and s.find("FOR") > 0) or _is_block(s)


def _do(s: Statement) -> bool:
    body = s.skip(1, ("LANGUAGE", "PLPGSQL"))
    return not s.ends(body) and s.token(body).kind in (Kind.DOLLAR, Kind.STRING)


def _set(s: Statement) -> bool:
    scope = s.skip(1, ("LOCAL", "SESSION", "GLOBAL", "PERSIST"))
    word, behind = s.word(scope), s.name(scope)
    if s.ends(scope):
        return False
    if word in ("NAMES", "ROLE", "TRANSACTION", "CONSTRAINTS", "CHARACTER", "AUTHORIZATION"):
        return not s.ends(scope + 1) and (s.is_upper or not s.has(scope + 3))
    if word == "TIME":
        return s.word(scope + 1) == "ZONE"
    if s.token(scope).kind is Kind.PARAMETER:
        return s.word(scope + 1) in ("=", ":=")
    if s.word(behind) in ("ON", "OFF"):
        return s.is_upper
    if s.word(behind) in ("=", "TO") and not s.ends(behind + 1):
        return s.is_upper or (s.style == "lower" and (scope > 1 or (not s.is_plain(scope) and not s.is_hole(scope))))
    return s.is_upper and s.is_hole(behind) and behind > scope


def _pragma(s: Statement) -> bool:
    behind = s.name(1)
    if behind == 1:
        return False
    is_name = s.ends(behind) and (s.is_upper or (s.style == "lower" and not s.is_plain(1)))
    return is_name or s.word(behind) in ("=", "(")


def _attach(s: Statement) -> bool:
    name = s.skip(1, ("DATABASE",))
    is_file = s.is_upper or name > 1 or (not s.is_plain(name) and s.token(name).text != HOLE)
    return is_file and s.find("AS") > name and not s.has(s.find("AS") + 3)


def _show(s: Statement) -> bool:
    if s.ends(1):
        return False
    if s.word(1) in _SHOWN:
        is_alone = s.ends(2) or s.word(2) in (
            "FROM",
            "IN",
            "LIKE",
            "WHERE",
            "TABLE",
            "COLUMNS",
            "DATABASE",
            "VIEW",
            "STATUS",
        )
        return (s.is_upper or s.style == "lower") and (is_alone or s.is_upper)
    return (s.is_upper or "_" in s.word(1)) and s.ends(s.name(1))


def _describe(s: Statement) -> bool:
    name = s.skip(1, ("TABLE", "EXTENDED", "FORMATTED", "OUTPUT"))
    return (s.is_upper or (name > 1 and s.style == "lower")) and s.name(name) > name and s.ends(s.name(name))


def _notify(s: Statement) -> bool:
    behind = s.name(1)
    if behind == 1:
        return False
    return (s.is_upper and s.ends(behind)) or (
        s.word(behind) == "," and not s.has(behind + 3) and not s.is_plain(behind + 1)
    )


def _lock(s: Statement) -> bool:
    if s.word(1) not in ("TABLE", "TABLES"):
        return s.is_upper and s.find("MODE") > 0
    behind = s.name(2)
    return behind > 2 and (
        s.ends(behind) or s.word(behind) in ("IN", "READ", "WRITE", ",", "NOWAIT") or s.is_hole(behind)
    )


def _prepare(s: Statement) -> bool:
    return s.is_upper and s.find("AS", "FROM") > 1 and not s.ends(s.find("AS", "FROM") + 1)


def _if(s: Statement) -> bool:
    """T-SQL's IF in front of a statement."""
    is_test = s.word(1) in ("EXISTS", "NOT", "OBJECT_ID", "@") or s.token(1).kind is Kind.PARAMETER
    return (
        is_test
        and s.find("SELECT", "BEGIN", "DROP", "CREATE", "ALTER", "INSERT", "UPDATE", "EXEC") > 1
        and s.find("(") > 0
    )


def _fixed(*phrases: str) -> Callable[[Statement], bool]:
    def check(s: Statement) -> bool:
        return any(all(s.word(at) == word for at, word in enumerate(phrase.split(), 1)) for phrase in phrases)

    return check


SHAPES: dict[str, Callable[[Statement], bool]] = {
    "CALL": _call,
    **dict.fromkeys(("EXEC", "EXECUTE"), _execute),
    "USE": _use,
    **dict.fromkeys(("SAVEPOINT", "RELEASE", "DEALLOCATE", "LISTEN", "UNLISTEN", "DETACH", "RESET"), _one_name),
    **dict.fromkeys(("BEGIN", "COMMIT", "ROLLBACK", "START", "END", "ABORT"), _transaction),
    "DECLARE": _declare,
    "DO": _do,
    "SET": _set,
    "PRAGMA": _pragma,
    "ATTACH": _attach,
    "SHOW": _show,
    **dict.fromkeys(("DESCRIBE", "DESC"), _describe),
    "NOTIFY": _notify,
    "LOCK": _lock,
    "UNLOCK": _fixed("TABLES"),
    "PREPARE": _prepare,
    "IF": _if,
    "DISCARD": _fixed("ALL", "PLANS", "TEMP"),
}
