"""Whether text is SQL: a statement or a piece of one, and not prose, a log message, HTML or a shell command.

A verb is not enough, for "Select a value from the list" has all the right words. What tells SQL from prose is that in
SQL two plain words hardly ever stand side by side: only where an alias is allowed, and in the fixed phrases of DDL.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint.sql.grammar import COMPARISONS, OPERAND, Frame, Grammar
from persistlint.sql.lexer import HOLE, Kind, Token, word_set

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LIMIT = 20_000  # code points that are looked at; what reads as SQL so far is SQL


def reads_as_sql(parts: Sequence[str | None]) -> bool:
    """Whether a text is a SQL statement, or several; None in `parts` is a hole that may be anything."""
    grammar = Grammar(_text(parts))
    statement = _Statement(grammar, 0)
    while statement.is_opened():
        statement = _Statement(grammar, statement.start + 1)
    return statement.has_shape() and not _is_prose(grammar)


def reads_as_fragment(parts: Sequence[str | None]) -> bool:
    """Whether a text is a piece of SQL: a condition, a list of columns with a direction or an alias, or a clause."""
    grammar = Grammar(_text(parts), "where")
    words = [token.word for token in grammar.tokens]
    if not words or words[0] in COMPARISONS or (words[1:2] == ["IS"] and words[0] == "WHERE") or _is_prose(grammar):
        return False
    first, second = words[0], words[1] if len(words) > 1 else ""
    if second == "BY" and first in ("ORDER", "GROUP", "PARTITION"):
        return len(words) > 2
    if first in _CLAUSE_STARTS:
        has_hole = any(HOLE in word for word in words)
        return len(words) > 1 and (has_hole or any(word in _SIGNS for word in words) or first in ("LIMIT", "OFFSET"))
    if words[-1] in ("ASC", "DESC") or words[-2:] in (["NULLS", "FIRST"], ["NULLS", "LAST"]):
        return len(words) > 1
    if any(word in COMPARISONS and 0 < index < len(words) - 1 for index, word in enumerate(words)):
        return True
    is_aliased = "AS" in words[1:-1] and not {"OF", "THE"}.intersection(words)
    is_called = (
        any(word == "(" and tokens_touch(grammar, index) for index, word in enumerate(words)) and words[-1] == ")"
    )
    is_qualified = any(word == "." and tokens_touch(grammar, index) for index, word in enumerate(words))
    return is_aliased or is_called or (is_qualified and len(words) <= 3) or (is_qualified and "," in words)


# ------------------------------------------------------------------------------------------------------ vocabulary


_ARGUMENTS = (Kind.PARAMETER, Kind.STRING)
_NOTHING = Token(Kind.OTHER, "", 0, 0)
_CLAUSE_STARTS = word_set(
    "WHERE AND OR HAVING LIMIT OFFSET JOIN LEFT INNER RIGHT CROSS SET VALUES RETURNING UNION ON FROM"
)
_SIGNS = COMPARISONS - {"IN", "IS", "MATCH", "CONTAINS", "LIKE"} | word_set(", ( *")
_ARTICLES = word_set(  # words of prose; none is the name of a table, and next to another word none is a column
    "THE A AN YOUR MY OUR THEIR HIS ITS THIS THAT THESE THOSE ANOTHER EACH EVERY ANY SOME ALL ONE IT THERE HERE"
    " SCRATCH WHICH WHAT WHO WHEN WHERE HOW WHY PLEASE WAS WERE HAS HAVE HAD WILL WOULD MUST SHOULD SHALL CAN COULD MAY"
    " MIGHT FAILED BEEN BEING ARE DOES DID NEW BEFORE AFTER BECAUSE THEN INTO ONTO OF TO"
)
_NO_TABLES = word_set("THE THIS THAT IT THERE HERE SCRATCH YOUR MY OUR WHICH WHAT THESE THOSE ITSELF MEMORY WITHIN ME")
_PHRASES = word_set(  # they may stand beside another word
    "SKIP LOCKED NOWAIT SHARE ROWS ROW ONLY FIRST LAST NEXT NOTHING IGNORE ORDINALITY TABLESAMPLE BERNOULLI FORCE USE"
    " INDEX ROLLUP CUBE SETS GROUPING AT TIME ZONE KEY MATCHED LOCK MODE PIVOT UNPIVOT SEPARATOR PRECISION VARYING"
    " UNKNOWN PARTITION NULL WITHOUT OVERRIDING SYSTEM VALUE TARGET SOURCE UNBOUNDED PRECEDING FOLLOWING CURRENT RANGE"
    " CONFLICT DUPLICATE NULLS START CONNECT PRIOR SIBLINGS OPTION RECOMPILE DATE TIMESTAMP TIMESTAMPTZ INTERVAL TIES"
    " PERCENT NOLOCK AGAINST BOOLEAN LANGUAGE FINAL SAMPLE PREWHERE SETTINGS FOR EXCLUDED COLLATE UPDLOCK WINDOW"
)
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
_SHOWN = word_set(
    "TABLES DATABASES SCHEMAS COLUMNS FULL INDEX INDEXES KEYS STATUS VARIABLES GRANTS PROCESSLIST ENGINE ENGINES"
    " CREATE WARNINGS ERRORS GLOBAL SESSION TABLE TRIGGERS VIEWS FUNCTION PROCEDURE FIELDS SEARCH_PATH SERVER_VERSION"
    " MASTER SLAVE REPLICA BINARY PARTITIONS ROLES USERS OBJECTS"
)
_FREE_CLAUSES = word_set("name definition options window columns start with")  # words may stand side by side
_NOT_GLUED = word_set("[ . # > : - = ~")
_NO_NAMES = word_set("FOR IN ON WITH AND OR FROM OF TO AS THE IS BY AT IF FAILED WHERE SET")
_TYPES = word_set(
    "INT INTEGER BIGINT TEXT VARCHAR VARCHAR2 NVARCHAR DATE NUMERIC BOOLEAN CURSOR NUMBER TABLE RECORD UUID BIT"
)


# --------------------------------------------------------------------------------------------- the shapes of statements


@dataclass(frozen=True, slots=True)
class _Statement:
    """The tokens of a statement from `start` on."""

    grammar: Grammar
    start: int

    def has_shape(self) -> bool:
        """Whether it begins as a statement of its verb does."""
        check = _SHAPES.get(self.word(0))
        touches = tokens_touch(self.grammar, self.start + 1)  # select[name], select.form, select:name
        is_glued = touches and (self.word(1) in _NOT_GLUED or self.token(1).text.startswith(":"))
        return check is not None and not is_glued and check(self)

    def is_opened(self) -> bool:
        """Whether it stands in a parenthesis, or in the braces of a call escape."""
        is_query = self.word(0) == "(" and self.word(1) in ("SELECT", "WITH", "(", "VALUES")
        is_escape = self.word(0) == "{" and (self.word(1) == "CALL" or self.word(2) == "=")  # {? = CALL f(1)}
        is_result = self.start > 0 and self.word(0) != "CALL" and self.word(-1) in ("{", "") and self.word(2) == "CALL"
        return is_query or is_escape or is_result or (self.word(0) == "=" and self.word(1) == "CALL")

    @property
    def tokens(self) -> list[Token]:
        return self.grammar.tokens

    @property
    def length(self) -> int:
        return len(self.tokens) - self.start

    @property
    def style(self) -> str:
        """How the verb is written: "upper", "lower", or "title" as at the beginning of a sentence."""
        verb = self.tokens[self.start].text
        return "upper" if verb.isupper() else "lower" if verb.islower() else "title"

    @property
    def is_upper(self) -> bool:
        return self.style == "upper"

    def word(self, offset: int) -> str:
        return self.grammar.word(self.start + offset)

    def token(self, offset: int) -> Token:
        """The token at an offset; an empty one behind the end."""
        index = self.start + offset
        return self.tokens[index] if 0 <= index < len(self.tokens) else _NOTHING

    def is_hole(self, offset: int) -> bool:
        """Whether the token holds a hole, alone, in a name or in quotes."""
        return HOLE in self.token(offset).text

    def ends(self, offset: int) -> bool:
        return self.start + offset >= len(self.tokens) or self.word(offset) == ";"

    def skip(self, offset: int, words: frozenset[str] | tuple[str, ...]) -> int:
        """The offset behind all of the words that stand at an offset."""
        while self.word(offset) in words:
            offset += 1
        return offset

    def name(self, offset: int) -> int:
        """The offset behind the name at an offset, dots included; the same offset where there is none."""
        end = offset
        if self.word(offset) in _NO_NAMES:
            return offset
        while self.start + end < len(self.tokens):
            token = self.tokens[self.start + end]
            if token.kind not in (Kind.WORD, Kind.QUOTED, Kind.PARAMETER, Kind.STRING):
                if token.text != "[":
                    break
                end += 2
            end += 1
            if self.word(end) != ".":
                return end
            end += 1
        return offset if end == offset else end

    def find(self, *words: str) -> int:
        """The offset of the first of some words, -1 where none of them occurs."""
        for offset in range(self.length):
            if self.word(offset) in words:
                return offset
        return -1

    def is_plain(self, offset: int) -> bool:
        """Whether the name is a bare word of letters, as in prose."""
        token = self.token(offset)
        return token.kind is Kind.WORD and token.text.isalpha() and self.word(offset + 1) != "."


def _select(s: _Statement) -> bool:
    first = s.skip(1, ("DISTINCT", "ALL", "SQL_CALC_FOUND_ROWS", "STRAIGHT_JOIN", "HIGH_PRIORITY"))
    if s.ends(first) or s.word(first) in ("ANY", "SOME", ">", "<", "=", "/"):
        return False
    source = s.find("FROM")
    if source < 0:
        return _is_expression(s, first)
    if source == first or s.ends(source + 1):
        return False
    if s.word(source + 1) in _NO_TABLES and not s.is_upper:
        return False
    if source == first + 1 and s.word(first) in _ARTICLES and not s.is_upper:
        return False
    if s.style == "title":
        return s.token(source).text != "from" or _has_sign(s)
    return True


def _is_expression(s: _Statement, first: int) -> bool:
    """Whether a SELECT without FROM selects something that is no plain word."""
    if s.ends(first + 1):
        token = s.token(first)
        is_value = token.kind in (Kind.NUMBER, Kind.STRING, Kind.PARAMETER) or token.text == "*"
        return (is_value and s.style != "title") or (HOLE in token.text and s.is_upper) or token.word == "NULL"
    if s.word(first) == "*":
        return False
    if s.token(first).kind in (Kind.NUMBER, Kind.STRING) and s.word(first + 1) and s.style != "title":
        return True
    if s.find("WHERE", "UNION", "INTO") > 0 and _has_sign(s):
        return True
    opened = s.find("(")
    if opened >= 0 and not tokens_touch(s.grammar, s.start + opened) and not s.is_upper:
        return False
    return (
        opened >= 0
        or (s.style != "title" and _has_sign(s))
        or (s.is_upper and s.find("AS", ",") > 0)
        or (s.is_hole(first) and s.is_upper)
    )


def _has_sign(s: _Statement) -> bool:
    """Whether something stands in it that prose does not have: `*`, `=`, a call, a quoted or a qualified name."""
    for index in range(s.start + 1, len(s.tokens)):
        token = s.tokens[index]
        if token.word in ("*", "=", "<", ">", "<>", "!=", "||", "::", "(", ";") or token.kind in (
            Kind.QUOTED,
            Kind.PARAMETER,
        ):
            return True
        if "_" in token.text or (token.word == "." and tokens_touch(s.grammar, index)) or token.kind is Kind.STRING:
            return True
    return False


def _insert(s: _Statement) -> bool:
    into = s.find("INTO", "OVERWRITE")
    is_option = s.word(1) in ("OR", "IGNORE", "LOW_PRIORITY", "DELAYED") or (s.is_hole(1) and s.is_upper)
    if not 0 < into <= 4 or (into > 1 and not is_option):
        behind = s.name(1)  # without INTO
        is_list = s.word(behind) == "VALUES" and (s.word(behind + 1) == "(" or s.is_hole(behind + 1))
        return behind > 1 and (is_list or (s.is_upper and s.word(behind) == "("))
    table = s.skip(into + 1, ("TABLE",))
    behind = s.name(table)
    if behind == table:
        return False
    if s.ends(behind):
        return s.is_upper or (s.is_hole(behind - 1) and s.style == "lower")
    if s.word(behind) == "AS":
        behind = s.name(behind + 1)
    is_list = s.word(behind) == "(" and (s.style != "title" or s.find("VALUES", "SELECT") > 0 or s.find(")") < 0)
    continues = word_set(
        "VALUES VALUE SELECT DEFAULT SET WITH OVERRIDING EXEC EXECUTE TABLE PARTITION RETURNING OUTPUT FORMAT"
    )
    return is_list or s.word(behind) in continues or s.is_hole(behind) or s.word(behind) == "("


def _update(s: _Statement) -> bool:
    table = s.skip(1, ("ONLY", "IGNORE", "LOW_PRIORITY", "OR", "ROLLBACK", "ABORT", "REPLACE", "TOP"))
    behind = s.name(table)
    if behind == table:
        return False
    assignment = s.find("SET")
    if assignment < 0:
        return s.is_hole(behind) and s.is_upper
    is_near = assignment == behind or s.word(behind) in ("AS", ",", "*", "LEFT", "INNER", "JOIN", "WITH", "(", "USING")
    if not is_near and not s.is_hole(behind) and (assignment != behind + 1 or s.name(behind) == behind):
        return False
    if s.word(table) in _ARTICLES and not s.is_upper:
        return False
    target = s.name(assignment + 1)
    has_sign = s.word(target) in ("=", "+=", "-=", ".", "[") or s.word(assignment + 1) == "("
    return has_sign or (s.is_hole(assignment + 1) and s.word(target) not in ("TO", "AS") and s.style != "title")


def _delete(s: _Statement) -> bool:
    source = s.find("FROM")
    if source < 0 or (source > 1 and s.word(2) != "FROM" and s.word(2) not in (",", ".")):
        return False
    table = s.skip(source + 1, ("ONLY",))
    behind = s.name(table)
    if behind == table or (s.word(table) in _ARTICLES and not s.is_upper):
        return False
    if not s.is_upper and (source > 1 or s.word(table) == "INDEX") and s.find("WHERE") < 0:
        return False
    if s.ends(behind):
        return s.style != "title"
    follows = word_set("WHERE USING RETURNING ORDER LIMIT AS JOIN INNER LEFT ; OUTPUT , WITH PARTITION FROM")
    is_clause = s.word(behind) in follows or s.word(behind + 1) in follows or s.is_hole(behind)
    return is_clause and (s.style != "title" or _has_sign(s) or s.is_hole(behind - 1) or s.is_hole(s.length - 1))


def _with(s: _Statement) -> bool:
    name = s.skip(1, ("RECURSIVE",))
    if s.is_hole(name) and s.name(name) == name + 1 and s.word(name + 1) not in ("AS", "("):
        return s.is_upper or s.word(name + 1) in ("SELECT", "INSERT", "UPDATE", "DELETE")
    behind = s.name(name)
    if s.word(behind) == "(":
        while not s.ends(behind) and s.word(behind) != ")":
            behind += 1
        behind += 1
    behind = s.skip(behind + 1, ("NOT", "MATERIALIZED")) if s.word(behind) == "AS" else -2
    return behind > 0 and (s.word(behind) == "(" or s.is_hole(behind))


def _explain(s: _Statement) -> bool:
    offset = s.skip(1, ("ANALYZE", "VERBOSE", "EXTENDED", "PLAN", "QUERY", "FOR"))
    if s.word(offset) == "(":
        while not s.ends(offset) and s.word(offset) != ")":
            offset += 1
        offset += 1
    if s.ends(offset) or s.word(offset) == "EXPLAIN":
        return False
    return (s.is_hole(offset) and (s.is_upper or offset > 1)) or _Statement(s.grammar, s.start + offset).has_shape()


def _merge(s: _Statement) -> bool:
    return s.find("USING") > 1 and s.find("WHEN", "ON") > 0


def _create(s: _Statement) -> bool:
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


def _is_phrase(s: _Statement, behind: int) -> bool:
    """Whether DDL goes on as DDL behind a name: with a keyword, a parenthesis, quotes or a hole."""
    if s.is_hole(behind) or s.token(behind).kind in (Kind.PARAMETER, Kind.STRING, Kind.DOLLAR):
        return True
    follows = word_set(
        "( = @ WITH AS ON FOR FROM USING IDENTIFIED PASSWORD AUTHORIZATION OWNER CASCADE RESTRICT IN BEFORE AFTER"
        " CHARACTER INCREMENT START LOGIN NOLOGIN SUPERUSER CREATEDB DEFAULT COLLATE LOCATION ENCODING TEMPLATE"
        " TABLESPACE SCHEMA VERSION HANDLER RETURNS INSTEAD NO TO CONNECTION FOREIGN INHERIT NOINHERIT IN ROLE ADMIN"
        " MINVALUE MAXVALUE CACHE OPTIONS"
    )
    return s.word(behind) in follows and (
        s.is_upper or s.word(behind) not in ("FOR", "FROM", "IN", "ON", "TO", "AFTER")
    )


def _alter(s: _Statement) -> bool:
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


def _drop(s: _Statement) -> bool:
    kind = s.skip(1, ("MATERIALIZED", "FOREIGN", "TEMPORARY", "OWNED", "EXTERNAL"))
    if s.word(kind - 1) == "OWNED":
        return s.word(kind) == "BY"
    if s.word(kind) not in _OBJECTS:
        return s.is_upper and s.is_hole(kind) and s.length <= kind + 2
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


def _truncate(s: _Statement) -> bool:
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


def _grant(s: _Statement) -> bool:
    receiver = s.find("TO" if s.word(0) == "GRANT" else "FROM")
    if receiver < 2 or s.ends(receiver + 1):
        return False
    known = s.word(1) in _PRIVILEGES or s.is_hole(1)
    return s.is_upper or (known and s.find("ON") > 0) or (s.word(1) in _PRIVILEGES and s.word(2) == ",")


def _call(s: _Statement) -> bool:
    behind = s.name(1)
    if behind == 1:
        return False
    if s.is_upper:
        return s.word(behind) == "(" or s.ends(behind)
    is_called = s.word(behind) == "(" and tokens_touch(s.grammar, s.start + behind)
    # `call gc.set_threshold(700)` is Python: a qualified procedure shows by a placeholder or a string.
    return is_called and (behind == 2 or any(s.token(at).kind in _ARGUMENTS for at in range(behind, s.length)))


def _execute(s: _Statement) -> bool:
    if s.word(1) == "IMMEDIATE":
        return not s.ends(2)
    if s.word(1) == "(":
        return s.is_upper or s.find("@") > 0
    name = 3 if s.word(2) == "=" else 1
    behind = s.name(name)
    if behind == name:
        return False
    follows = s.ends(behind)
    is_given = not follows and (s.token(behind).kind in (Kind.STRING, Kind.NUMBER, Kind.PARAMETER) or s.is_hole(behind))
    if s.is_upper:
        return follows or is_given or s.word(behind) in ("(", "USING")
    is_name = not s.is_plain(name) and s.token(name).kind is Kind.WORD and not (s.is_hole(name) and follows)
    return is_name and (follows or is_given) and s.style == "lower"


def _use(s: _Statement) -> bool:
    name = s.skip(1, ("ROLE", "WAREHOUSE", "DATABASE", "SCHEMA", "CATALOG"))
    behind = s.name(name)
    if behind == name or not s.ends(behind):
        return False
    return s.is_upper or (s.style == "lower" and (s.is_hole(name) or s.token(name).kind is Kind.QUOTED))


def _one_name(s: _Statement) -> bool:
    """SAVEPOINT, RELEASE, DEALLOCATE, LISTEN, …: a verb, perhaps an object, and one name."""
    name = s.skip(1, ("SAVEPOINT", "PREPARE", "DATABASE", "SCHEMA", "TABLE", "INDEX", "CONCURRENTLY", "TRANSACTION"))
    behind = s.name(name)
    if behind == name or not s.ends(behind):
        return False
    return s.is_upper or (s.style == "lower" and (name > 1 or s.word(0) == "SAVEPOINT" or not s.is_plain(name)))


def _transaction(s: _Statement) -> bool:
    if s.ends(1):
        is_certain = s.word(0) in ("BEGIN", "COMMIT", "ROLLBACK") and s.style != "title"
        return is_certain or s.length > 1 or (s.is_upper and s.word(0) != "START")
    if s.style == "title" and s.ends(2) and s.length == 2:
        return False
    follows = word_set(
        "TRANSACTION WORK TRAN IMMEDIATE EXCLUSIVE DEFERRED ISOLATION READ TO AND PREPARED CONCURRENT TRY"
    )
    if s.word(1) in follows:
        return s.ends(2) or s.is_upper or s.word(2) in ("SAVEPOINT", "TRANSACTION", "CHAIN", "ISOLATION", "READ", ",")
    return s.word(0) == "BEGIN" and _is_block(s)


def _is_block(s: _Statement) -> bool:
    """Whether it is a block of a procedural language."""
    return s.find("END") > 0 and s.find(";") > 0


def _declare(s: _Statement) -> bool:
    if s.length < 3:
        return False
    is_variable = s.token(1).kind is Kind.PARAMETER or s.word(2) in _TYPES
    return is_variable or (s.word(2) in ("CURSOR", "INSENSITIVE", "SCROLL", "NO") and s.find("FOR") > 0) or _is_block(s)


def _do(s: _Statement) -> bool:
    body = s.skip(1, ("LANGUAGE", "PLPGSQL"))
    return not s.ends(body) and s.token(body).kind in (Kind.DOLLAR, Kind.STRING)


def _set(s: _Statement) -> bool:
    scope = s.skip(1, ("LOCAL", "SESSION", "GLOBAL", "PERSIST"))
    word, behind = s.word(scope), s.name(scope)
    if s.ends(scope):
        return False
    if word in ("NAMES", "ROLE", "TRANSACTION", "CONSTRAINTS", "CHARACTER", "AUTHORIZATION"):
        return not s.ends(scope + 1) and (s.is_upper or s.length <= scope + 3)
    if word == "TIME":
        return s.word(scope + 1) == "ZONE"
    if s.token(scope).kind is Kind.PARAMETER:
        return s.word(scope + 1) in ("=", ":=")
    if s.word(behind) in ("ON", "OFF"):
        return s.is_upper
    if s.word(behind) in ("=", "TO") and not s.ends(behind + 1):
        return s.is_upper or (s.style == "lower" and (scope > 1 or (not s.is_plain(scope) and not s.is_hole(scope))))
    return s.is_upper and s.is_hole(behind) and behind > scope


def _pragma(s: _Statement) -> bool:
    behind = s.name(1)
    if behind == 1:
        return False
    is_name = s.ends(behind) and (s.is_upper or (s.style == "lower" and not s.is_plain(1)))
    return is_name or s.word(behind) in ("=", "(")


def _attach(s: _Statement) -> bool:
    name = s.skip(1, ("DATABASE",))
    is_file = s.is_upper or name > 1 or (not s.is_plain(name) and s.token(name).text != HOLE)
    return s.find("AS") > name and is_file and s.length - s.find("AS") <= 3


def _copy(s: _Statement) -> bool:
    direction = s.find("FROM", "TO")
    if direction < 2 or s.ends(direction + 1):
        return False
    behind = s.name(s.skip(1, ("INTO",)))
    is_listed = s.word(behind) == "(" and tokens_touch(s.grammar, s.start + behind)
    is_source = behind == direction or is_listed or (s.word(behind) == "(" and s.is_upper) or s.word(1) == "("
    ends = (
        s.word(1) == "INTO"
        or s.word(direction + 1) in ("STDIN", "STDOUT", "PROGRAM")
        or s.word(1) == "("
        or s.word(behind) == "("
    )
    return is_source and (s.is_upper or ends)


def _show(s: _Statement) -> bool:
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
    return s.ends(s.name(1)) and (s.is_upper or "_" in s.word(1))


def _describe(s: _Statement) -> bool:
    name = s.skip(1, ("TABLE", "EXTENDED", "FORMATTED", "OUTPUT"))
    return s.name(name) > name and s.ends(s.name(name)) and (s.is_upper or (name > 1 and s.style == "lower"))


def _notify(s: _Statement) -> bool:
    behind = s.name(1)
    if behind == 1:
        return False
    return (s.ends(behind) and s.is_upper) or (
        s.word(behind) == "," and s.length <= behind + 3 and not s.is_plain(behind + 1)
    )


def _refresh(s: _Statement) -> bool:
    return (
        s.word(1) in ("MATERIALIZED", "TABLE", "STREAMING")
        and s.length > 2
        and s.ends(s.skip(s.name(s.skip(2, ("VIEW", "CONCURRENTLY", "TABLE"))), ("WITH", "NO", "DATA")))
    )


def _lock(s: _Statement) -> bool:
    if s.word(1) not in ("TABLE", "TABLES"):
        return s.is_upper and s.find("MODE") > 0
    behind = s.name(2)
    return behind > 2 and (
        s.ends(behind) or s.word(behind) in ("IN", "READ", "WRITE", ",", "NOWAIT") or s.is_hole(behind)
    )


def _maintain(s: _Statement) -> bool:
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


def _comment(s: _Statement) -> bool:
    return s.word(1) == "ON" and s.find("IS") > 3


def _values(s: _Statement) -> bool:
    return s.word(1) == "(" or (s.is_upper and s.is_hole(1))


def _rename(s: _Statement) -> bool:
    return s.word(1) in ("TABLE", "COLUMN", "INDEX", "USER") and s.find("TO") > 2


def _prepare(s: _Statement) -> bool:
    return (
        s.find("AS", "FROM") > 1
        and (s.is_upper or s.name(1) == 2)
        and not s.ends(s.find("AS", "FROM") + 1)
        and s.is_upper
    )


def _load(s: _Statement) -> bool:
    return s.word(1) == "DATA" and s.find("INTO") > 2 and s.find("INFILE") > 1


def _if(s: _Statement) -> bool:
    """T-SQL's IF in front of a statement."""
    is_test = s.word(1) in ("EXISTS", "NOT", "OBJECT_ID", "@") or s.token(1).kind is Kind.PARAMETER
    return (
        is_test
        and s.find("SELECT", "BEGIN", "DROP", "CREATE", "ALTER", "INSERT", "UPDATE", "EXEC") > 1
        and s.find("(") > 0
    )


def _fixed(*phrases: str) -> Callable[[_Statement], bool]:
    def check(s: _Statement) -> bool:
        return any(all(s.word(at) == word for at, word in enumerate(phrase.split(), 1)) for phrase in phrases)

    return check


_SHAPES: dict[str, Callable[[_Statement], bool]] = {
    "SELECT": _select,
    **dict.fromkeys(("INSERT", "REPLACE", "UPSERT"), _insert),
    "UPDATE": _update,
    "DELETE": _delete,
    "WITH": _with,
    "EXPLAIN": _explain,
    "MERGE": _merge,
    "CREATE": _create,
    "ALTER": _alter,
    "DROP": _drop,
    "TRUNCATE": _truncate,
    **dict.fromkeys(("GRANT", "REVOKE"), _grant),
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
    "COPY": _copy,
    "SHOW": _show,
    **dict.fromkeys(("DESCRIBE", "DESC"), _describe),
    "NOTIFY": _notify,
    "REFRESH": _refresh,
    "LOCK": _lock,
    "UNLOCK": _fixed("TABLES"),
    **dict.fromkeys(("VACUUM", "ANALYZE", "ANALYSE", "REINDEX", "CLUSTER", "OPTIMIZE", "CHECKPOINT"), _maintain),
    "COMMENT": _comment,
    "VALUES": _values,
    "RENAME": _rename,
    "PREPARE": _prepare,
    "LOAD": _load,
    "IF": _if,
    "DISCARD": _fixed("ALL", "PLANS", "TEMP"),
}


# ----------------------------------------------------------------------------------------------------------- prose


def _is_prose(grammar: Grammar) -> bool:
    """Whether words stand side by side, or punctuation stands, where SQL allows none. Reads the grammar to its end."""
    aliased = -1
    in_tail = False  # behind what is understood: clauses of dialects that are not known here
    articles = _ARTICLES - {name.word for name, dot in pairwise(grammar.tokens) if dot.text == "."}
    for index, token in enumerate(grammar.tokens):
        frame = grammar.frame
        if _is_foreign(grammar, index, token, frame):
            return True
        if token.text == ";":
            in_tail = False
        elif frame.before == OPERAND and grammar.starts_operand(index) and not in_tail:
            if not _may_stand_behind(grammar, index, frame, aliased, articles):
                in_tail = _begins_tail(grammar, index, frame, articles)
                if not in_tail:
                    return True
            aliased = index
        grammar.read(index)
    return False


def _begins_tail(grammar: Grammar, index: int, frame: Frame, articles: frozenset[str]) -> bool:
    """Whether a word that is not known here begins a clause, all before it being SQL for certain."""
    token, previous = grammar.tokens[index], grammar.tokens[index - 1]
    if not {token.word, previous.word}.isdisjoint(articles) or frame.verb == "CALL":
        return False
    if token.kind is Kind.NUMBER or (previous.kind is Kind.NUMBER and tokens_touch(grammar, index)):
        is_keyword = previous.text.isupper() or previous.kind is Kind.NUMBER  # TTL 30, 1h
    else:
        is_keyword = token.kind is Kind.WORD and token.text.isupper()
    is_keyword &= grammar.tokens[0].text.isupper()
    is_limited = grammar.word(frame.begin) in ("LIMIT", "OFFSET") and previous.kind in (Kind.NUMBER, Kind.PARAMETER)
    is_compared = frame.compared and any(grammar.token(index - at).kind in _ARGUMENTS for at in (1, 2))
    if is_keyword and frame.verb != "":
        return True
    is_understood = is_limited or (is_compared and (frame.verb != "" or is_keyword))
    return is_understood and token.kind is Kind.WORD


def _is_foreign(grammar: Grammar, index: int, token: Token, frame: Frame) -> bool:
    """Whether a token does not occur in SQL: a colon, a full stop, a dash of typography."""
    match token.word:
        case ":":
            return frame.opener != "subscript"
        case ".":
            return not tokens_touch(grammar, index + 1)
        case ";":
            following = grammar.word(index + 1)
            is_statement = (
                not following or following in _SHAPES or HOLE in following or following in ("END", "IF", "ELSE")
            )
            return not is_statement and not any(
                grammar.word(at) in ("BEGIN", "DECLARE") for at in range(min(index, 50))
            )
    return token.kind is Kind.OTHER


def _may_stand_behind(grammar: Grammar, index: int, frame: Frame, aliased: int, articles: frozenset[str]) -> bool:
    """Whether an operand may follow another here: an alias, a typed literal, a phrase of SQL."""
    token, previous = grammar.tokens[index], grammar.tokens[index - 1]
    word, before = token.word, previous.word
    if frame.clause == "order":
        return HOLE in word + before or word in _PHRASES
    if frame.clause in _FREE_CLAUSES or frame.verb in ("SET", "COPY", "LOAD", "CREATE", "ALTER"):
        return True
    if before in ("{", "CALL") or grammar.word(0) == "IF":
        return True
    if word in _PHRASES or before in _PHRASES:
        return True
    is_alias = word == "A" and (before == ")" or grammar.tokens[0].text.isupper())
    if before in articles or (word in articles and not is_alias):
        return False
    if HOLE in token.text or HOLE in previous.text:
        return aliased != index - 1 or HOLE in token.text
    if token.kind in (Kind.STRING, Kind.DOLLAR):
        return True
    can_alias = frame.clause in ("select", "from") or frame.opener in ("query", "group")
    ends = (
        grammar.ends_clause(index + 1)
        or grammar.word(index + 1) in (",", "(", "SET", "USE", "FORCE", "CROSS")
        or (
            grammar.word(index + 1)
            in ("LEFT", "RIGHT", "INNER", "FULL", "NATURAL", "ASOF", "FOR", "TABLESAMPLE", "OUTER")
            or grammar.is_hole(index + 1)
        )
    )
    return can_alias and ends and aliased != index - 1 and token.kind in (Kind.WORD, Kind.QUOTED)


def tokens_touch(grammar: Grammar, index: int) -> bool:
    """Whether no space stands before the token at an index; False where there is no such token."""
    return 0 < index < len(grammar.tokens) and grammar.tokens[index - 1].end == grammar.tokens[index].start


def _text(parts: Sequence[str | None]) -> str:
    pieces = []
    length = 0
    for part in parts:
        pieces.append(HOLE if part is None else part.replace(HOLE, "\ufffd"))
        length += len(pieces[-1])
        if length > _LIMIT:
            break
    return "".join(pieces)[:_LIMIT]
