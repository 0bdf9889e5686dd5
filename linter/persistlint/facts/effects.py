"""What code does to a database, through which handle and where."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from persistlint.facts.fact import Fact
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.facts.places import Place
    from persistlint.libraries import Library
    from persistlint.source import Range


_ASIDE = regex(
    r"(?:.*(?:_|(?-i:(?<=[a-z])(?=[A-Z]))))?(?:logs?|audits?|events?|metrics?|telemetry|histor(?:y|ies)|caches?"
    r"|notifications?|visits?|page_?views?|stats|statistics|analytics|migrations?|progress_?(?:reports?|bars?))"
    r"|.*(?:access|activity|audit|call_?back|change|error|event|request|web_?hook)_?logs?",
    re.IGNORECASE,
)

_REPOSITORY = regex(r"(?:.*\.)?_?(?P<table>\w+?)_?(?:repository|repo)", re.IGNORECASE)

_TIDIES = regex(
    r".*clean_?up|(?:.*\.)?_?(?:purge|prune|sweep|evict|expire|(?:remove|delete|drop|clear)_?(?:last|old|expired|stale))",
    re.IGNORECASE,
)


# What a job removes because it is old, it removes the next time just as well.
_RETENTION = regex(
    r"\s*DELETE\b.*\bWHERE\b.*\b\w*(?:time|date|created|expire|_at|_on|age)\w*\s*<", re.IGNORECASE | re.DOTALL
)
_OLD_ROWS = regex(
    r"(?:time|date|created|updated|modified|expires?|_at|_on)__lte?\b"  # of Django
    r"|(?:At|[Dd]ate|expires)\s*:\s*\{\s*lte?\b"  # of Prisma
)
# What is only made where it is missing: the next run finds it, and goes on from there.
_ONLY_IF_MISSING = frozenset(["get_or_create", "aget_or_create", "findOrCreate", "findCreateFind", "FirstOrCreate"])
_GETS = regex(r"(?:.*\.)?_?(?:get|find|ensure|fetch|load|upsert)(?=[A-Z_])")
_OR_NOTHING = regex(r"\s*INSERT\s+(?:OR\s+)?IGNORE\b|\s*INSERT\b.*\bDO\s+NOTHING\b", re.IGNORECASE | re.DOTALL)


def tidies(name: str) -> bool:
    """Whether a function removes what is old, by its name: what it leaves, it removes the next time just as well."""
    return _TIDIES.match(name) is not None


class Role(Enum):
    """What a statement that is sent through a handle belongs to.

    `POOL`: each statement may run on another connection and commits at once. `CONNECTION`: one connection that commits
    at once. `IMPLICIT`: one connection whose driver opens a transaction by itself. `SESSION`: a unit of work that
    sends what is pending in one transaction. `TRANSACTION`: inside one. `INSTANCE`: a row as an object.
    """

    POOL = "pool"
    CONNECTION = "connection"
    IMPLICIT = "implicit"
    SESSION = "session"
    TRANSACTION = "transaction"
    INSTANCE = "instance"


@dataclass(frozen=True, slots=True)
class Handle:
    """The object through which code reaches a database: a pool, a connection, a session, a transaction.

    `name` is its text in the file, `origin` the offset of what declares it, so that two variables of one name differ;
    -1 for a name that the function does not declare. `library` is None where only names tell that it is a database.
    `declared` where its type, its constructor or its library is known, and not only its name. `owned` where the
    function makes it itself. `autocommit` where its constructor says that no transaction is opened by itself.
    """

    name: str
    role: Role
    library: Library | None
    origin: int = -1
    declared: bool = False
    owned: bool = False
    autocommit: bool = False

    def is_same(self, other: Handle) -> bool:
        """Whether both are one variable."""
        return self.name == other.name and self.origin == other.origin


class EffectKind(Enum):
    """What a call does to a database."""

    READ = "read"
    WRITE = "write"
    PENDING = "pending"
    SCHEMA = "schema"
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    ACQUIRE = "acquire"
    RELEASE = "release"
    EXTERNAL = "external"
    OTHER = "other"


class Use(Enum):
    """What becomes of the result of a call. `DROPPED`: nothing, and nobody waits for it; `DISCARDED`: it is waited for
    and dropped; `CHECKED`: it is tested, or its error is taken."""

    DROPPED = "dropped"
    DISCARDED = "discarded"
    AWAITED = "awaited"
    RETURNED = "returned"
    CHECKED = "checked"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Effect(Fact):
    """One access to a database, or one effect outside that no rollback takes back, in program order.

    `range` is the whole call; `method` and `table` as written, "" where nothing tells. `transaction` is the range of
    the innermost transaction that it stands in, `is_bound` whether it belongs to that. `names` are the variables that
    its arguments mention, and those that went into them. `via` is the function of this file that does it, where it is
    called from here, `turns` how many of the loops of its place stand around that call, `is_conditional` where it does
    not do it on every way. `is_parallel` inside `Promise.all` and its kin, `is_detached` in a callback that nobody
    waits for. `is_upsert` where it may run twice. `lock` where it locks what it reads. `options` is the index of the
    argument in which the library looks for the transaction, `misplaced` an argument that names it elsewhere. `instance`
    is the variable of the row that is saved, or that holds what a write gave; or the handle that is bound to a
    transaction, as `queries` of `queries.WithTx(tx)`. `sql` is the statement, as far as it is known, `row` the text of
    the condition by which an ORM chooses what is written.
    `is_sent` is False for a statement that is an object, which another call sends. `is_repeatable` is a write that
    comes to the same where it runs again, `is_claim` one that takes a row only in the state that it changes, `is_stamp`
    one that takes down when something was last done, and nothing else.
    """

    kind: EffectKind
    handle: Handle
    method: str
    table: str
    place: Place
    use: Use
    transaction: Range | None = None
    is_bound: bool = True
    names: frozenset[str] = frozenset()
    via: str = ""
    is_conditional: bool = False
    is_parallel: bool = False
    is_detached: bool = False
    is_upsert: bool = False
    lock: bool = False
    options: int | None = None
    misplaced: Range | None = None
    instance: str = ""
    sql: str = ""
    row: str = ""
    is_sent: bool = True
    is_repeatable: bool = False
    is_claim: bool = False
    is_stamp: bool = False
    turns: int = 0

    @property
    def is_part(self) -> bool:
        """Whether it is a query that nobody sends by itself, as a part of another mostly."""
        library = self.handle.library
        return library is not None and library.transactions.lazy is True and self.use is Use.KEPT

    @property
    def gives_query(self) -> bool:
        """Whether the call gives a query as an object, which its library sends when somebody waits for it."""
        library = self.handle.library
        lazy = library.transactions.lazy if library is not None else False
        if library is None or not isinstance(lazy, str):
            return bool(lazy)
        method = library.model.method(self.method) if library.model is not None and not self.instance else None
        return method is not None and method.returns == lazy

    @property
    def is_retention(self) -> bool:
        """Whether it deletes the rows that are older than some time."""
        is_old = self.method.lower().startswith("delete") and _OLD_ROWS.search(self.row) is not None
        return is_old or _RETENTION.match(self.sql) is not None

    @property
    def is_made_if_missing(self) -> bool:
        """Whether it makes a row only where there is none, so that the next run finds it."""
        return (
            self.method in _ONLY_IF_MISSING
            or _GETS.match(self.via) is not None
            or _OR_NOTHING.match(self.sql) is not None
        )

    @property
    def is_aside(self) -> bool:
        """Whether its table stands beside the data proper, by its name or that of the repository which writes to it: a
        row too many or too few tears nothing."""
        repository = _REPOSITORY.fullmatch(self.handle.name) if not self.table else None
        name = repository.group("table") if repository is not None else self.table
        return _ASIDE.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Affecting(Fact):
    """A part of a program that does something to a database: its `effects` tell what."""
