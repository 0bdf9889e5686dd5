"""What becomes of errors: handlers, tests of Go's errors, and failures that are returned."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import path_of
from persistlint.analysis.transactions.answers import outcome_of, says_error
from persistlint.analysis.transactions.cursors import everything
from persistlint.analysis.transactions.explanations import is_explained, is_tolerated
from persistlint.analysis.transactions.shapes import is_error
from persistlint.analysis.transactions.vocabulary import is_of_library, library_of
from persistlint.facts import Effect, EffectKind, ErrorAnswer, Handled, Part, Scoping, deletes, updates
from persistlint.ir import (
    Binary,
    Block,
    Call,
    Expression,
    Handler,
    If,
    Loop,
    Name,
    Nested,
    Return,
    Statement,
    Try,
    With,
)
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.names import Names
    from persistlint.analysis.transactions.open import Open
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Effect
    from persistlint.ir import Block, Expression, Function, Statement


_TO_SAVEPOINT = regex(r"roll_?back_?to|\bsave_?point\.roll", re.IGNORECASE)
_WRITES = (EffectKind.WRITE, EffectKind.PENDING, EffectKind.SCHEMA)
# What a read says that finds no row, or too many.
_MISSING = r"\w*(?:DoesNotExist|NotFound(?:Error)?|NoResultFound|MultipleResultsFound|MultipleObjectsReturned)"
_IS_MISSING = regex(_MISSING)
_NO_FAILURES = regex(
    rf"(?:{_MISSING}"
    r"|(?:Duplicate|Undefined)(?:Column|Table|Object|Index|Schema|Function|Database)(?:Error)?"
    r"|ProtectedError|RestrictedError"  # of Django, which looks before it deletes
    r"|Http404|KeyError|ValueError|TypeError|AttributeError|IndexError|JSONDecodeError|UnicodeDecodeError|ValidationError)"
)

# https://peps.python.org/pep-0249/#exceptions, PL/SQL's `OTHERS`, and what libraries derive all of their errors from
_EVERY_ERROR = frozenset(
    [
        *("Exception", "BaseException", "Error", "DatabaseError", "OTHERS", "others"),
        *("SQLAlchemyError", "DBAPIError"),  # SQLAlchemy
        "PostgresError",  # asyncpg
        "MySQLError",  # PyMySQL, aiomysql, asyncmy
        "PeeweeException",
        "BaseORMException",  # Tortoise
        "OrmError",  # Pony
        *("OperationalError", "InterfaceError", "DBConnectionError"),  # whatever keeps the database from doing it
        "PyMongoError",
    ]
)
# What the errors of drivers and ORMs are called, under whatever name a program imports them.
_SAYS_DATABASE = regex(
    r"(?i:database|db|sql|postgres|psycopg|mongo|orm|integrity|operational|programming|interface|data|transaction"
    r"|unique|duplicate|exists|conflict|constraint|violation|foreign|lock|stale|protected|restricted)"
)


def handled_by(
    walker: Walk,
    range: Range,
    start: int,
    effects: tuple[Effect, ...],
    body: Block,
    name: str,
    done: list[Effect],
    is_narrow: bool,
    size: int,
    transaction: Open | None,
    is_answered: bool = False,
    is_told_done: bool = False,
    is_claimed: bool = False,
) -> tuple[Handled, str, frozenset[str]]:
    """What a handler does with the errors of these effects, the variable that has them, and those that it keeps them
    in. `start` is where what may fail begins, `is_answered` where what stands behind the handler is done only after a
    failure, or told of it, `is_told_done` where the caller is told that all was done, so that no log is enough,
    `is_claimed` where the handler itself ends with the very answer of success, which `body` is without."""
    outcome = outcome_of(
        _without_end(walker, body),
        name,
        walker.active[-1].returns if walker.active and walker.handles.language == "go" else "",
    )
    is_told = outcome.denies and transaction is not None and transaction.scoping is Scoping.PARAMETER
    # What begins a transaction by hand commits it by hand: a handler that leaves the function before does not.
    is_manual = transaction is not None and transaction.scoping is Scoping.MANUAL
    leaves = bool(body) and isinstance(body[-1], Return)
    is_left = is_manual and leaves and not any(effect.kind is EffectKind.COMMIT for effect in done)
    is_over = any(_ends(walker, effect) for effect in done)
    end = body[-1].range.end if body else range.end
    only_logs = (
        outcome.only_logs and (is_over or not outcome.undoes) and not _is_named_behind(walker, outcome.kept, end)
    )
    is_told_of = is_narrow or not only_logs
    is_left = is_left or (leaves and is_told_of and transaction is not None and _is_alone(walker, transaction))
    raises = outcome.raises or is_told or (_is_result(walker, name) and not _returns_value(body))
    # Whoever runs a script sees what its statements print.
    is_seen = not walker.active and walker.handles.language == "python" and outcome.prints
    handled = Handled(
        range,
        effects,
        raises,
        outcome.answers,
        is_left or any(map(_goes_back, done)) or _goes_back_by_name(walker, body),
        only_logs and not is_answered and not is_seen,
        is_narrow,
        is_explained(walker.file, range, max(range.end, end))
        or is_tolerated(walker.file, walker.active[-1] if walker.active else None, start, range, body),
        size,
        transaction.range if transaction is not None else None,
        outcome.is_expected and not is_told_done,
        bool(walker.active) and id(walker.active[0]) in walker.file.launched,
        outcome.logs,
        is_over,
        is_claimed,
        bool(walker.place.loops),
    )
    return handled, name, outcome.kept


def handled(walker: Walk) -> Iterator[Handled]:
    """What the handlers of a function do; one that keeps the error in a variable hands it on where the function is left
    with that further down. In Go, the variable of the error itself is still there behind the handler. A transaction
    that is begun by hand does not commit where no commit comes behind the handler."""
    by_hand = {opened.range for opened in walker.opened if opened.scoping is Scoping.MANUAL and not opened.commits}
    for found, error, kept in walker.handled:
        end = found.range.end
        is_late = any(walker.left_with.get(name, [-1])[-1] > end for name in kept)
        is_left = walker.handles.language == "go" and _is_left_with(walker, error, end)
        later = {effect.kind for effect in walker.effects if effect.range.start >= end}
        # `catch (error) { failed = error } finally { if (failed) await transaction.rollback(); … }`
        is_undone = bool(kept) and found.transaction is not None and EffectKind.ROLLBACK in later
        is_open = found.transaction in by_hand and EffectKind.COMMIT not in later
        found = replace(found, undoes=True) if is_undone or is_open else found
        yield replace(found, raises=True, only_logs=False) if is_late or is_left else found


def _is_named_behind(walker: Walk, names: frozenset[str], end: int) -> bool:
    """Whether the function mentions behind an offset one of the variables that have an error."""
    if not names:
        return False
    last = last_named(walker, walker.active[-1]) if walker.active else {}
    return not walker.active or any(last.get(name, -1) >= end for name in names)


def last_named(walker: Walk, function: Function) -> dict[str, int]:
    """Where a function mentions each variable for the last time."""
    if id(function) not in walker.named:
        last = walker.named[id(function)] = {}
        for node in everything(function.body):
            if isinstance(node, Name):
                last[node.id] = max(node.range.start, last.get(node.id, 0))
    return walker.named[id(function)]


def _is_left_with(walker: Walk, name: str, end: int) -> bool:
    """Whether the function is left behind an offset with the value that a variable has there."""
    left = next((place for place in walker.left_with.get(name, ()) if place > end), None)
    return left is not None and not any(end < place < left for place in walker.assigned.get(name, ()))


def takes_failure(walker: Walk, asked: tuple[str, bool] | None) -> bool:
    """Go: whether a branch is for an error, by what its test asks the presence of. That of a read mostly says that
    there is no such row."""
    if walker.handles.language != "go" or asked is None or not asked[1] or not is_error(asked[0]):
        return False
    failed = walker.fails.get(asked[0].removesuffix(".Error"))
    return failed is None or failed.kind is not EffectKind.READ


def handled_error(walker: Walk, test: Expression, then: Block, count: int) -> None:
    """Go: `if err != nil { … }` behind a call is the handler of its error."""
    if walker.handles.language != "go" or not isinstance(test, Binary) or test.operator != "!=":
        return
    error = path_of(test.left) or ""
    name = error.removesuffix(".Error")
    effect = walker.fails.get(name)
    if effect is not None and is_error(error):
        done = walker.effects[count:]
        walker.handled.append(
            handled_by(walker, test.range, effect.range.start, (effect,), then, name, done, False, 1, walker.current())
        )


def _is_alone(walker: Walk, transaction: Open) -> bool:
    """Whether a transaction that the function opens has held one write at most, so that without it nothing is torn."""
    written = [e for e in walker.effects if e.kind in _WRITES and e.transaction == transaction.range]
    return transaction.scoping is not Scoping.PARAMETER and len(written) <= 1


def _goes_back(effect: Effect) -> bool:
    """Whether it rolls back the transaction, or to a savepoint of it: the statement says so, else the method."""
    is_partial = effect.kind is EffectKind.SAVEPOINT and "rollback" in (effect.sql or effect.method).lower()
    return is_partial or effect.kind is EffectKind.ROLLBACK


def _ends(walker: Walk, effect: Effect) -> bool:
    """Whether it takes back a whole transaction. Behind the rollback of one within another, the outer one goes on."""
    if effect.kind is not EffectKind.ROLLBACK or effect.transaction is None:
        return effect.kind is EffectKind.ROLLBACK
    within = (o for o in walker.opened if o.range == effect.transaction and o.scoping is Scoping.MANUAL)
    return any(o.handle is not None and o.handle.name == effect.handle.name for o in within)


def _goes_back_by_name(walker: Walk, body: Block) -> bool:
    """Whether a handler calls a function of the program that goes back to a savepoint, by its name."""
    return bool(body) and _TO_SAVEPOINT.search(walker.text(Range(body[0].range.start, body[-1].range.end))) is not None


def _without_end(walker: Walk, body: Block) -> Block:
    """A handler without the bare `return` at its end, in a function that never gives anything: its callers learn of a
    failure as little as where the function goes on."""
    last = body[-1] if body else None
    if not isinstance(last, Return) or last.value is not None or not walker.active:
        return body
    return body if _returns_value(walker.active[-1].body) else body[:-1]


def _is_result(walker: Walk, name: str) -> bool:
    """Whether a variable is a named result of Go, which every `return` without a value returns."""
    results = walker.active[-1].returns if walker.active else ""
    return walker.handles.language == "go" and re.search(rf"[(,]\s*{re.escape(name)}\s", results) is not None


def _returns_value(body: Block) -> bool:
    return any(isinstance(statement, Return) and statement.value is not None for statement in statements(body))


def answer(walker: Walk, range: Range, value: Expression) -> None:
    """An error that is returned, not raised, out of a transaction which commits what was written before."""
    transaction = walker.current()
    if transaction is None or transaction.scoping not in (Scoping.CALLBACK, Scoping.CONTEXT, Scoping.DECORATOR):
        return
    if not says_error(value):
        return
    before = [
        effect
        for effect in walker.effects
        if effect.transaction == transaction.range and not effect.place.excludes(walker.place)
    ]
    undone = any(effect.kind is EffectKind.ROLLBACK for effect in before)
    writes = [e for e in before if e.kind in (EffectKind.WRITE, EffectKind.PENDING) and not _is_of_no_matter(e)]
    arms = walker.place.arms
    if len(arms) > len(transaction.place.arms) and any(e.place.arms[: len(arms)] == arms for e in writes):
        return  # what is written on the very way that fails is meant to stay
    failed = {(number, Part.BODY) for number, part in walker.place.tries if part is Part.HANDLER}
    # It is what the answer is about: `if (claimed.count !== 1) return { ok: false }`.
    is_failed = len(writes) == 1 and (
        not failed.isdisjoint(writes[0].place.tries)
        or (_changes_rows(writes[0]) and writes[0].instance in walker.decided)
    )
    if writes and not undone and not is_failed:
        walker.answers.append(ErrorAnswer(range, writes[-1].range, transaction.range))


def _changes_rows(effect: Effect) -> bool:
    """Whether a write sets or removes what is there, so that it may find nothing to do: the statement says so, else
    the method."""
    what = effect.sql or effect.method
    return updates(what) or deletes(what)


def _is_of_no_matter(effect: Effect) -> bool:
    """Whether it only sees to it that a row is there, which the next call finds: a helper, or `INSERT OR IGNORE`."""
    return effect.is_made_if_missing and bool(effect.via or effect.sql)


def suppressing(statement: With, names: Names) -> Try | None:
    """`with contextlib.suppress(Error)` as the `try` that it stands for."""
    context = statement.context
    if not isinstance(context, Call) or names.qualified(context.function) != "contextlib.suppress":
        return None
    types = tuple(filter(None, (path_of(argument.value) for argument in context.arguments)))
    return Try(statement.range, statement.body, (Handler(context.range, types, None, ()),))


def is_no_failure(types: tuple[str, ...], names: Names) -> bool:
    """Whether a handler takes only errors that no statement of the database fails with, or that say just what is the
    case."""
    return bool(types) and all(
        _NO_FAILURES.fullmatch(name.rsplit(".", 1)[-1]) or _is_own_error(name, names) for name in types
    )


def _is_own_error(name: str, names: Names) -> bool:
    """Whether a class of errors is one of the program's own, and does not speak of a database."""
    root, last = name.split(".", 1)[0], name.rsplit(".", 1)[-1]
    module = names.imports.get(root)
    is_own = root in names.classes or (module is not None and not is_of_library(module, names.language))
    return is_own and last not in _EVERY_ERROR and not _SAYS_DATABASE.search(last)


def of_library(failing: tuple[Effect, ...], types: tuple[str, ...], names: Names) -> tuple[Effect, ...]:
    """What a handler takes the errors of, with the library that its errors are of where nothing else tells one."""
    modules = {names.imports.get(name.split(".", 1)[0], "") for name in types}
    library = library_of(modules.pop(), names.language) if len(modules) == 1 else None
    return tuple(
        replace(effect, handle=replace(effect.handle, library=library)) if effect.handle.library is None else effect
        for effect in failing
    )


def is_missing(types: tuple[str, ...]) -> bool:
    """Whether a handler takes only the errors of a read that finds no row, or too many."""
    return bool(types) and all(_IS_MISSING.fullmatch(name.rsplit(".", 1)[-1]) for name in types)


def is_narrow(types: tuple[str, ...]) -> bool:
    """Whether a handler takes one kind of error, and not every one of a database."""
    return bool(types) and not any(name.rsplit(".", 1)[-1] in _EVERY_ERROR for name in types)


def statements(body: Block) -> Iterator[Statement]:
    """Every statement of a block and of those inside it."""
    stack = list(body)
    while stack:
        statement = stack.pop()
        yield statement
        match statement:
            case If(then=then, otherwise=otherwise):
                stack.extend((*then, *otherwise))
            case Nested(body=inner) | Loop(body=inner) | With(body=inner) | Try(body=inner):
                stack.extend(inner)
