"""A row that is looked for, found to be absent, and inserted: two that run at the same time insert it twice.

`Checks` knows the lookups of one function and the places that are only reached where one of them found nothing.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.transactions.pairs import looked_for, put_in
from persistlint.facts import CheckedInsert, EffectKind
from persistlint.ir import Attribute, Await, Binary, Call, Constant, Expression, Name, Number, Subscript, Unary
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.chain import Chain
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Arm, Effect
    from persistlint.ir import Function
    from persistlint.source import Range

# What a function says that keeps others out while it runs, or that knows what a second insert comes to.
_IS_GUARDED = regex(
    r"lock|mutex|semaphore|serializ|immediate|exclusive|isolation|setnx|integrity|unique|duplicat|conflict|constraint"
    r"|23505|P2002|1062|\b11000\b",
    re.IGNORECASE,
)
# Modules of programs that answer several requests at a time.
_SERVERS = frozenset(
    [
        "aiohttp",
        "bottle",
        "django",
        "falcon",
        "fastapi",
        "flask",
        "flask_sqlalchemy",
        "litestar",
        "pyramid",
        "quart",
        "rest_framework",
        "sanic",
        "starlette",
        "tornado",
    ]
)
_NONE = frozenset([("==", 0), ("<", 1), ("<=", 0)])  # a count that says that there are no rows
_SOME = frozenset([("!=", 0), (">", 0), (">=", 1)])


@dataclass
class Checks:
    """The lookups of one function by the range of their call, and what is known to be absent where."""

    lookups: dict[Range, tuple[Effect, dict[str, str]]] = field(default_factory=dict)
    absent: list[tuple[tuple[Arm, ...], Effect]] = field(default_factory=list)
    found: list[CheckedInsert] = field(default_factory=list)
    is_guarded: bool | None = None  # what the text of the function says, None before it was asked

    def accessed(self, chain: Chain, effect: Effect, walk: Walk) -> None:
        """A call to the database: a lookup, or the insert of what one did not find."""
        if effect.kind is EffectKind.READ and not effect.lock:
            table, pairs = looked_for(chain, effect.table, walk)
            if pairs:
                self.lookups[effect.range] = replace(effect, table=table), pairs
        elif effect.kind in (EffectKind.WRITE, EffectKind.PENDING) and self.absent and not effect.is_upsert:
            self._wrote(chain, effect, walk)

    def _wrote(self, chain: Chain, effect: Effect, walk: Walk) -> None:
        table, values = put_in(chain, effect.table, walk)
        if not table or not walk.active:
            return
        if self.is_guarded is None:
            self.is_guarded = not may_run_beside(effect, walk)
        if self.is_guarded:
            return
        for arms, read in self.absent:
            lookup, pairs = self.lookups[read.range]
            is_same = lookup.table == table and all(values.get(column) == value for column, value in pairs.items())
            if is_same and effect.place.arms[: len(arms)] == arms:
                self.found.append(
                    CheckedInsert(effect.range, table, tuple(pairs), tuple(values), read.range, lambda: None)
                )
                return

    def decided(self, test: Expression, walk: Walk, *, holds: bool) -> None:
        """From here on in this branch a test holds, or does not: note what it says to be absent."""
        for subject in _absent(test, holds):
            read = self._read(subject, walk)
            if read is not None and read.range in self.lookups:
                self.absent.append((walk.place.arms, read))

    def _read(self, subject: Expression, walk: Walk) -> Effect | None:
        """The lookup that gave a value, or that a call is."""
        while isinstance(subject, Await) or (isinstance(subject, Attribute) and _is_error(subject)):
            subject = subject.value
        if isinstance(subject, Call):
            lookup = self.lookups.get(subject.range)
            return lookup[0] if lookup is not None else walk.rows.read_of(subject)
        name = path_of(subject) or ""
        return walk.fails.get(name) or walk.rows.read_of(subject)


def may_run_beside(effect: Effect, walk: Walk) -> bool:
    """Whether another run of the function around an effect may come between, of which it says nothing."""
    function = walk.active[0] if walk.active else None
    if function is None or _IS_GUARDED.search(walk.text(function.range)) is not None:
        return False
    return _runs_beside_itself(function, walk) or _serves(effect, walk)


def _runs_beside_itself(function: Function, walk: Walk) -> bool:
    """Whether a second run may begin before the first is over: a program of Python that serves nobody has one thread,
    and one of JavaScript that does not wait is not interrupted."""
    modules = {module.split(".", 1)[0] for module in walk.handles.names.modules}
    serves = walk.handles.names.language == "python" and not _SERVERS.isdisjoint(modules)
    return function.is_async or serves or walk.handles.language == "go"


def _serves(effect: Effect, walk: Walk) -> bool:
    """Whether the library's own framework answers requests with the program, but for what is started by hand."""
    library = effect.handle.library
    if library is None or not library.transactions.requests:
        return False
    commands = library.transactions.commands
    return not commands or commands not in walk.file.source.path


def _absent(test: Expression, holds: bool) -> Iterator[Expression]:
    """The expressions that are empty, zero or nothing where a test holds, or does not."""
    match test:
        case Unary(operator="not", operand=operand):
            yield from _absent(operand, not holds)
        case Binary(operator="and" | "or" as operator, left=left, right=right):
            if holds == (operator == "and"):
                yield from _absent(left, holds)
                yield from _absent(right, holds)
        case Binary(operator="==" | "!=" | "is" | "is not" as operator, left=left, right=Constant(value=None)):
            is_error = (path_of(left) or "").lower().endswith("err") or _is_error(left)
            if (operator in ("==", "is")) == (holds != is_error):
                yield left
        case Binary(operator=operator, left=left, right=Number(value=value)):
            if (operator, value) in (_NONE if holds else _SOME):
                yield _counted(left)
        case Binary(operator="==" | "!=" as operator, left=left, right=right) if _is_no_row(right):
            if (operator == "==") == holds:
                yield left
        case Call(function=Attribute(name="Is"), arguments=(first, second)) if _is_no_row(second.value):
            if holds:
                yield first.value
        case Name() | Attribute() | Subscript(index=Number(value=0)) | Call() | Await():
            if not holds:
                yield _counted(test)


def _is_no_row(expression: Expression) -> bool:
    return last_name(expression) in ("ErrNoRows", "ErrRecordNotFound")


def _is_error(expression: Expression) -> bool:
    """Whether it is the error that GORM keeps beside a result: `db.First(&user, id).Error`."""
    return isinstance(expression, Attribute) and expression.name == "Error"


def _counted(expression: Expression) -> Expression:
    """`rows` of `len(rows)`, `rows.length`, `result.rowCount`."""
    match expression:
        case Call(function=Name(id="len"), arguments=(argument,)):
            return argument.value
        case Attribute(value=value, name="length" | "rowCount" | "RowsAffected" | "count" | "n" | "total"):
            return value
    return expression
