"""Branches, loops and `try` statements."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import path_of
from persistlint.analysis.transactions.answers import says_error, says_nothing, says_success
from persistlint.analysis.transactions.binding import bind
from persistlint.analysis.transactions.handlers import (
    handled_by,
    handled_error,
    is_narrow,
    is_no_failure,
    last_named,
    of_library,
    statements,
    takes_failure,
)
from persistlint.analysis.transactions.rejections import raised_later
from persistlint.analysis.transactions.shapes import ends, presence
from persistlint.analysis.transactions.told import keep_transaction, through_transaction, told, without
from persistlint.analysis.transactions.turns import first_of, is_counted, is_few
from persistlint.analysis.transactions.variables import Variable
from persistlint.facts import EffectKind, Part, Role, Use
from persistlint.ir import (
    Assign,
    Attribute,
    Block,
    Expression,
    Handler,
    Loop,
    Name,
    Raise,
    Return,
    Try,
    names_in,
    statements_in,
    walk,
)

if TYPE_CHECKING:
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Effect

_STORES = frozenset([EffectKind.WRITE, EffectKind.PENDING, EffectKind.COMMIT, EffectKind.SCHEMA])


def if_statement(walker: Walk, test: Expression, then: Block, otherwise: Block) -> None:
    """Walk both ways of a test, each with what the test tells of it."""
    walker.visit(test, Use.CHECKED)
    branch = walker.file.number()
    before = walker.guards
    if walker.begun:
        paths = (path_of(node) for node in walk(test) if isinstance(node, Name | Attribute))
        walker.guards = before | {walker.begun[path].number for path in paths if path in walker.begun}
    count = len(walker.effects)
    asked = presence(test)
    there = asked is None or asked[1]
    outer, changed = walker.place, dict(walker.rows.changed)
    if takes_failure(walker, asked):
        walker.place = replace(outer, tries=(*outer.tries, (branch, Part.HANDLER)))
    around = walker.decided
    walker.decided = frozenset(node.id for node in walk(test) if isinstance(node, Name))
    with walker.arm(branch, 0, then, otherwise), told(walker, asked, holds=True) as is_possible:
        walker.checks.decided(test, walker, holds=True)
        walker.block(then if is_possible else ())
    walker.decided = around
    if ends(then):
        walker.rows.changed = changed  # what follows does not see what was changed there
    walker.place = outer
    walker.guards = before
    taken = through_transaction(walker) if asked is not None and otherwise else {}
    handled_error(walker, test, then, count)
    if asked is not None and not there:
        raised_later(walker, asked[0], then)
    with walker.arm(branch, 1, otherwise, then), told(walker, asked, holds=False) as is_possible:
        if asked is not None and not there and asked[0] in walker.begun:  # `if tx, err := db.Begin(); err == nil`
            walker.absent.append((walker.begun[asked[0]].number, walker.place, test.range.start))
        walker.checks.decided(test, walker, holds=False)
        walker.block(otherwise if is_possible else ())
    keep_transaction(walker, taken)
    if ends(then):
        walker.checks.decided(test, walker, holds=False)
    if asked is not None and there and ends(then):
        walker.is_over = asked[0] in walker.sure  # the caller gave it, so what follows never runs
        walker.around = without(walker, asked[0])


def loop_statement(walker: Walk, loop: Loop) -> None:
    """Walk the body of a loop once, in a turn of its own."""
    count = len(walker.effects)
    for expression in (loop.iterable, loop.test):
        if expression is not None:
            walker.visit(expression, Use.KEPT)
    outer = walker.place
    is_while = loop.iterable is None
    walker.place = walker.turn(is_counted(loop.test, walker.scope) if is_while else is_few(loop.iterable, walker.scope))
    with walker.taken():
        if loop.target is not None:
            bind(walker, loop.target, first_of(loop.iterable, walker.scope), "")
            known = walker.handles.known(loop.iterable, walker.scope) if loop.iterable is not None else None
            if known is not None and known.handle.role is not Role.INSTANCE:
                for node in walk(loop.target):
                    if isinstance(node, Name):
                        walker.scope.variables[node.id] = Variable(names=frozenset([node.id]))
            if loop.iterable is not None:
                walker.rows.each(loop.target, loop.iterable, walker.effects[count:])
        walker.block(loop.body)
    walker.place = outer
    walker.block(loop.otherwise)


def try_statement(walker: Walk, statement: Try) -> None:
    """Walk what is tried and what handles its errors, and note which accesses each handler takes the errors of."""
    number = walker.file.number()
    part = Part.BODY if statement.handlers else Part.GUARDED
    start = len(walker.effects)
    transaction = walker.current()
    with walker.part(number, part):
        walker.block(statement.body)
    failing = tuple(walker.effects[start:])
    walker.block(statement.otherwise)
    branch = walker.file.number()
    for way, handler in enumerate(statement.handlers, start=1):
        count = len(walker.effects)
        with walker.part(number, Part.HANDLER), walker.arm(branch, way, handler.body):
            if handler.name:
                walker.scope.variables[handler.name] = Variable(names=frozenset([handler.name]))
            taken = len(walker.handled)
            walker.block(handler.body)
        if handler.body and isinstance(handler.body[-1], Raise):  # whatever fails in between, the caller learns of it
            walker.handled[taken:] = [
                (replace(found, raises=True, only_logs=False), error, kept)
                for found, error, kept in walker.handled[taken:]
            ]
        if failing and not is_no_failure(handler.types, walker.handles.names):
            failed = of_library(failing, handler.types, walker.handles.names)
            is_claimed = transaction is None and _answers_alike(walker, statement, handler)
            walker.handled.append(
                handled_by(
                    walker,
                    handler.range,
                    statement.range.start,
                    failed,
                    handler.body[:-1] if is_claimed else handler.body,
                    handler.name or "",
                    walker.effects[count:],
                    is_narrow(handler.types),
                    sum(1 for _ in statements(statement.body)),
                    transaction,
                    _goes_on(walker, statement) or _shows(walker, statement, failing),
                    _tells_success(walker, start),
                    is_claimed,
                )
            )
    walker.results.handled(number, statement.handlers)
    with walker.part(number, Part.FINAL):
        walker.block(statement.final)


def _goes_on(walker: Walk, statement: Try) -> bool:
    """Whether a function has more to do behind a `try`, and comes there only where what is tried failed."""
    body = walker.active[-1].body if walker.active else ()
    return ends(statement.body) and bool(body) and body[-1].range.start >= statement.range.end


def _shows(walker: Walk, statement: Try, failing: tuple[Effect, ...]) -> bool:
    """Whether the function looks, behind a `try`, at what is set there by a write, or behind one: `saved = True`."""
    writes = [effect.range for effect in failing if effect.kind in _STORES]
    if not writes or not walker.active:
        return False
    tried = (each for each in statements_in((*statement.body, *statement.otherwise)) if isinstance(each, Assign))
    names = {name for each in tried if each.range.end > writes[0].end for name in names_in(each.target)}
    last = last_named(walker, walker.active[-1]) if names else {}
    return any(last.get(name, -1) >= statement.range.end for name in names)


def _tells_success(walker: Walk, start: int) -> bool:
    """Whether the function ends by telling its caller that all was done, and changes nothing before these effects."""
    body = walker.active[-1].body if walker.active else ()
    last = body[-1] if body else None
    if not isinstance(last, Return) or last.value is None or not says_success(last.value):
        return False
    return not any(effect.kind in _STORES for effect in walker.effects[:start])


def _answers_alike(walker: Walk, statement: Try, handler: Handler) -> bool:
    """Whether a handler ends with the very answer that the function gives where nothing fails: something, and none that
    what is tried sets."""
    last = handler.body[-1] if handler.body else None
    if not isinstance(last, Return) or last.value is None or says_nothing(last.value) or says_error(last.value):
        return False
    body = walker.active[-1].body if walker.active else ()
    others = (block[-1] for block in (statement.body, statement.otherwise, body) if block)
    answer = walker.text(last.value.range)
    if not any(isinstance(o, Return) and o.value is not None and walker.text(o.value.range) == answer for o in others):
        return False
    tried = (inner for inner in statements_in((*statement.body, *statement.otherwise)) if isinstance(inner, Assign))
    return {name for each in tried for name in names_in(each.target)}.isdisjoint(names_in(last.value))
