"""JavaScript: errors that a promise or a callback hands on, and what takes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.transactions.answers import outcome_of, says_log, says_nothing
from persistlint.analysis.transactions.cursors import everything
from persistlint.analysis.transactions.handlers import handled_by
from persistlint.analysis.transactions.shapes import ends, is_error
from persistlint.facts import Use
from persistlint.ir import Attribute, Call, ExpressionStatement, If, Lambda, Name, Return

if TYPE_CHECKING:
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Effect
    from persistlint.ir import Block, Function
    from persistlint.source import Range

_GO_ON = frozenset(["then", "finally"])  # of a promise


def handled_rejection(walker: Walk, node: Call, failing: tuple[Effect, ...]) -> None:
    """JavaScript: the function in `query(…).catch(error => …)` is the handler of its error, whatever is done then."""
    node, is_looked_at = _caught(node)
    handler = node.arguments[0].value if last_name(node.function) == "catch" and node.arguments else None
    start = node.range.start
    if handler is not None and says_log(handler):
        body: Block = (ExpressionStatement(handler.range, Call(handler.range, handler, ())),)
        _take(walker, handler.range, start, failing, body, "")
    if isinstance(handler, Lambda):
        body, name = handler.function.body, next((p.name for p in handler.function.parameters if p.name), "")
        if not is_looked_at and all(effect.use is Use.DISCARDED for effect in failing) and _gives_nothing(body):
            body = body[:-1]  # `await query(…).catch(() => null)`: nobody looks at what comes of it
        _take(walker, handler.range, start, failing, body, name)


def handled_callback(walker: Walk, function: Function, failing: tuple[Effect, ...]) -> None:
    """JavaScript: in `query(sql, (error, rows) => { if (error) log(error); … })`, the test of the error is its handler,
    where the function goes on behind it."""
    name = function.parameters[0].name if function.parameters else ""
    if not name or not is_error(name) or not all(effect.use is Use.DROPPED for effect in failing):
        return
    for index, statement in enumerate(function.body[:-1], start=1):
        match statement:
            case If(test=Name(id=tested, range=range), then=then, otherwise=()) if tested == name and not ends(then):
                if not any(isinstance(node, Name) and node.id == name for node in everything(function.body[index:])):
                    _take(walker, range, failing[0].range.start, failing, then, name)
                return


def _take(walker: Walk, place: Range, start: int, failing: tuple[Effect, ...], body: Block, name: str) -> None:
    """Note that what a body does, with the error under a name, is all that becomes of the errors of effects."""
    taken = tuple(replace(effect, use=Use.CHECKED) for effect in failing)
    walker.handled.append(handled_by(walker, place, start, taken, body, name, [], False, 1, walker.current()))


def _caught(node: Call) -> tuple[Call, bool]:
    """The `catch` that stands below the last calls of a chain of promises, and whether one of these looks at what it
    gives: `query(…).catch(log).then(() => …)`."""
    is_looked_at = False
    while last_name(node.function) in _GO_ON and isinstance(node.function, Attribute):
        if not isinstance(node.function.value, Call):
            break
        given = (argument.value for argument in node.arguments)
        is_looked_at = is_looked_at or any(not isinstance(g, Lambda) or g.function.parameters for g in given)
        node = node.function.value
    return node, is_looked_at


def drops_rejection(node: Call) -> bool:
    """JavaScript: whether whoever calls `save(…).catch(log)` goes on, whatever the error was."""
    handler = node.arguments[0].value if last_name(node.function) == "catch" and node.arguments else None
    if not isinstance(handler, Lambda):
        return False
    outcome = outcome_of(handler.function.body, next((p.name for p in handler.function.parameters if p.name), ""))
    return outcome.only_logs and not outcome.raises


def raised_later(walker: Walk, path: str, then: Block) -> None:
    """JavaScript: behind `row = await query(…).catch(log)`, a test that finds no row and throws hands the error on."""
    if outcome_of(then, "").raises:
        for index in walker.rejected.get(path, ()):
            found, error, kept = walker.handled[index]
            walker.handled[index] = (replace(found, raises=True, only_logs=False), error, kept)


def _gives_nothing(body: Block) -> bool:
    """Whether what `catch` is given ends with something that says nothing."""
    last = body[-1] if body else None
    return isinstance(last, Return) and (last.value is None or says_nothing(last.value))
