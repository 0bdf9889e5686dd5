"""Which effects are atomic, and what goes wrong where they are not."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from persistlint.facts.effects import Affecting
from persistlint.facts.fact import Fact
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.facts.effects import Effect, Handle, Role
    from persistlint.libraries import Library
    from persistlint.source import Range


class Scoping(Enum):
    """How a transaction is opened."""

    CALLBACK = "callback"
    CONTEXT = "context"
    DECORATOR = "decorator"
    MANUAL = "manual"
    ARRAY = "array"
    PARAMETER = "parameter"


@dataclass(frozen=True, slots=True)
class Transaction(Fact):
    """A scope in which effects are atomic. `range` is what opens it.

    `opener` is the handle it was opened on, `handle` the one that belongs to it, None where the library finds the open
    transaction by itself. `is_async` of a callback or a block. `nested_in` is the range of the transaction around it.
    `leak` is a place where the function is left with the transaction neither committed nor rolled back, `unchecked` a
    commit whose error nobody looks at, `early` a deferred rollback that stands before the test of the error of its
    begin, `unreleased` the call that takes its connection out of a pool which does not get it back on every way,
    `unfinished` its begin where it is rolled back in handlers alone and committed on no way, `left` a `return` that
    stands between its begin and its end.
    `is_of_helper` where a function of this file opens it, which is called here. `is_savepoint` where it nests in the
    one around it, `is_wrapped` where a function of the program's own opens it, of which only the name is known.
    """

    scoping: Scoping
    opener: Handle
    handle: Handle | None
    method: str
    is_async: bool = False
    nested_in: Range | None = None
    is_savepoint: bool = False
    is_wrapped: bool = False
    commits: bool = False
    leak: Range | None = None
    unchecked: Range | None = None
    early: Range | None = None
    unreleased: Range | None = None
    is_of_helper: bool = False
    unfinished: Range | None = None
    left: Range | None = None


@dataclass(frozen=True, slots=True)
class Procedure(Affecting):
    """What one function does with databases. `effects` are in program order, those of helpers of the same file
    included; `receives` is the role of a handle that it is given, None where it is given none. `is_called_inside`
    where this file calls it inside a transaction, or the project runs each request in one, `may_run_inside` where
    something else may: it is no view, task or command, and its file opens transactions elsewhere, or asks whether one
    is open. `is_entry` where a framework calls it. `tolerated` are the effects that may fail, for a handler of their
    own goes on, or what waits for them does: those of each together. `is_handed_pool` where a function of this file,
    outside of any transaction, hands it a pool: what it does through it commits at once."""

    name: str
    effects: tuple[Effect, ...]
    transactions: tuple[Transaction, ...]
    receives: Role | None = None
    is_called_inside: bool = False
    may_run_inside: bool = False
    is_entry: bool = False
    is_async: bool = False
    tolerated: tuple[frozenset[Range], ...] = ()
    is_handed_pool: bool = False


@dataclass(frozen=True, slots=True)
class StaleWrite(Fact):
    """A write that was decided upon by a read which others may have outdated."""


@dataclass(frozen=True, slots=True)
class WriteBack(StaleWrite):
    """A column that is set to what was computed from the value read before. `range` is the write, `column` the column
    or attribute, `read` the call that read it, `is_locked` where something keeps others from writing in between.
    `library` is that of the write, None where nobody knows. `is_handed` where whoever calls the method of a row read
    it, and may have locked it."""

    column: str
    read: Range
    is_locked: bool
    in_transaction: bool
    library: Library | None
    is_handed: bool = False


@dataclass(frozen=True, slots=True)
class CheckedInsert(StaleWrite):
    """A row that is inserted because `read` did not find it. `columns` are those that were looked for, `values` those
    that are set; `is_unique` tells whether the database may keep a second one out, None where its schema is not known.
    To find that out may take the reading of all that makes the tables of the project."""

    table: str
    columns: tuple[str, ...]
    values: tuple[str, ...]
    read: Range
    is_unique: Callable[[], bool | None] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Numbered(StaleWrite):
    """A row that is inserted with a number one higher than what `read` read: the largest of its table, or their
    count."""

    table: str
    read: Range


@dataclass(frozen=True, slots=True)
class ErrorAnswer(Fact):
    """A `return` of something that says failure, out of a transaction that commits what `write` wrote before."""

    write: Range
    transaction: Range


@dataclass(frozen=True, slots=True)
class StaleResult(Fact):
    """A variable that is filled inside a transaction which can roll back, and used after it. `range` is what fills
    it first, `name` the variable."""

    name: str
    transaction: Range


@dataclass(frozen=True, slots=True)
class OpenRows(Fact):
    """Rows of Go that keep their connection, for nothing closes them. `range` is the query, `name` the variable;
    `is_read` where they are read to their end unless something fails."""

    name: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class DroppedScan(Affecting):
    """A row of Go that is read into variables while nobody takes the error. `range` is the call, `method` its last
    name, `name` the first of the variables, "" where that is none."""

    effects: tuple[Effect, ...]
    method: str
    name: str


@dataclass(frozen=True, slots=True)
class Uncommitted(Fact):
    """Writes on a connection or session that the function makes itself and never commits. `range` is the last."""

    handle: Handle
    made: Range | None


@dataclass(frozen=True, slots=True)
class Bypass(Fact):
    """A place where a method reaches the database of its object past the method that finds the transaction of a
    context. `range` is the handle that it uses, `getter` the call that gives the right one."""

    getter: str
