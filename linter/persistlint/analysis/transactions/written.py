"""The columns that a write sets, with the expressions of their values: in SQL by its parameters, in calls by keywords,
objects and setters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.transactions.chain import calls_of
from persistlint.facts import deletes, inserts, updates
from persistlint.ir import (
    Argument,
    Attribute,
    Binary,
    Call,
    Collection,
    Hole,
    Mapping,
    String,
    TaggedTemplate,
    Template,
)
from persistlint.regexes import regex
from persistlint.sql.lexer import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.chain import Chain
    from persistlint.facts import Effect
    from persistlint.ir import Entry, Expression
    from persistlint.source import Range
    from persistlint.sql.outline import Outline

_HOLDS_COLUMNS = frozenset(["data", "values", "update", "set", "$set", "defaults"])  # keys of options
_CHOOSES = regex(r"(?:and_?|or_?)?where|filter|exclude|having|get|find|first|order", re.IGNORECASE)
_SETTER = regex(r"Set(?=[A-Z])")  # ent: `SetBalance(n)`
_DEEPEST = 3  # objects, one inside the other
_WORD = regex(r"\w+")


def settings(chain: Chain, found: Outline | None, effect: Effect) -> Iterator[tuple[str, Expression]]:
    """The columns that an update sets, and what to. An insert sets none: its row is new, whatever the values are
    computed from."""
    if found is not None:
        yield from _of_parameters(chain, found)
    elif not inserts(effect.method):
        for call in statement_calls(chain):
            yield from _of_call(call)


def statement_calls(chain: Chain) -> Iterator[Call]:
    """The calls of a chain, and those that make the statement which it is given: `execute(update(…).values(…))`."""
    for call in chain.calls:
        yield call
        if call is chain.call and chain.operation is not None and chain.operation.sql is not None:
            for argument in call.arguments:
                yield from calls_of(argument.value)


def conditions(chain: Chain) -> Iterator[str]:
    """The columns that an ORM chooses rows by: `filter(version=…)`, `{ where: { version } }`, `Where("…")`."""
    for call in statement_calls(chain):
        for argument in call.arguments:
            value = argument.value
            if isinstance(value, Mapping):
                for entry in value.entries:
                    if isinstance(entry.key, String) and entry.key.value == "where":
                        yield from _keys(entry.value)
            elif call is chain.call or _sets(last_name(call.function)):
                continue
            elif isinstance(value, Binary) and value.operator == "==" and isinstance(value.left, Attribute):
                yield value.left.name  # `where(Wallet.version == seen)`
            elif argument.keyword is not None:
                yield argument.keyword
            elif isinstance(value, String):
                yield from _WORD.findall(value.value)
            elif isinstance(value, Call):
                yield from _compared(value)


def _compared(call: Call, depth: int = 0) -> Iterator[str]:
    """The columns that functions compare: Drizzle's `and(eq(jobs.status, "new"), inArray(jobs.id, ids))`."""
    match call.arguments:
        case [Argument(value=Attribute(name=name)), *_]:
            yield name
        case _ if depth < _DEEPEST:
            for argument in call.arguments:
                if isinstance(argument.value, Call):
                    yield from _compared(argument.value, depth + 1)


def chosen_by(chain: Chain) -> Iterator[tuple[Expression, Range]]:
    """The expressions that an ORM chooses rows by, each with its range and that of its keyword: `{ where: … }`, what
    `filter(…)` and `Where(…)` are given, and the first object of `delete({ id })` and `update({ id }, row)`."""
    for call in chain.calls:
        is_choice = call is not chain.call and _CHOOSES.match(last_name(call.function)) is not None
        found = [entry.value for argument in call.arguments for entry in _named_where(argument.value)]
        first = call.arguments[0].value if call.arguments else None
        if is_choice:
            yield from ((argument.value, argument.range) for argument in call.arguments)
        elif not found and call is chain.call and isinstance(first, Mapping) and _goes_by_first(call):
            yield first, first.range
        yield from ((value, value.range) for value in found if not is_choice)


def _named_where(value: Expression) -> Iterator[Entry]:
    entries = value.entries if isinstance(value, Mapping) else ()
    return (entry for entry in entries if isinstance(entry.key, String) and entry.key.value == "where")


def _goes_by_first(call: Call) -> bool:
    """Whether a call takes its condition first, and what it sets behind that."""
    name = last_name(call.function)
    return deletes(name) or (len(call.arguments) > 1 and updates(name))


def _keys(value: Expression) -> Iterator[str]:
    if isinstance(value, Mapping):
        for entry in value.entries:
            if isinstance(entry.key, String):
                yield entry.key.value


def _of_call(call: Call) -> Iterator[tuple[str, Expression]]:
    name = last_name(call.function)
    if _CHOOSES.match(name):
        return
    arguments = call.arguments
    setter = _SETTER.match(name)
    if setter is not None and len(arguments) == 1:
        yield name[setter.end() :], arguments[0].value
    for index, argument in enumerate(arguments):
        before = arguments[index - 1].value if index and _sets(name) else None
        if argument.keyword is not None:
            yield argument.keyword, argument.value
        elif isinstance(before, String):
            yield before.value, argument.value  # `Update("balance", n)`
        yield from _of_mapping(argument.value)


def _sets(name: str) -> bool:
    """Whether a call is given the columns that a write sets: `update(…)`, `Set(…)`, `insert(…).values(…)`."""
    return updates(name) or name.lower() == "values"


def _of_mapping(value: Expression, depth: int = 0) -> Iterator[tuple[str, Expression]]:
    if isinstance(value, Mapping) and depth < _DEEPEST:
        for entry in value.entries:
            if isinstance(entry.key, String):
                if entry.key.value in _HOLDS_COLUMNS:
                    yield from _of_mapping(entry.value, depth + 1)
                else:
                    yield entry.key.value, entry.value


def _of_parameters(chain: Chain, found: Outline) -> Iterator[tuple[str, Expression]]:
    """`UPDATE t SET n = ?` with the values that its placeholders stand for."""
    if not found.values or chain.call is None:
        return
    given = _parameters(chain)
    named = {
        entry.key.value: entry.value
        for value in given
        if isinstance(value, Mapping)
        for entry in value.entries
        if isinstance(entry.key, String)
    }
    for column, key in found.values:
        if isinstance(key, str):
            if key in named:
                yield column, named[key]
        elif key < len(given):
            yield column, given[key]


def _parameters(chain: Chain) -> tuple[Expression, ...]:
    """The bound values: the holes of a tagged template, a list, or what stands behind the text."""
    if isinstance(chain.call, TaggedTemplate):
        parts = chain.call.template.parts if isinstance(chain.call.template, Template) else ()
        holes = tuple(part.value for part in parts if isinstance(part, Hole))
        return holes if chain.sql.count(HOLE) == len(holes) else ()
    values = [argument.value for argument in chain.call.arguments] if chain.call is not None else []
    lists = [value for value in values if isinstance(value, Collection)]
    if lists:
        return lists[-1].elements
    operation = chain.operation
    start = operation.sql if operation is not None else None
    if operation is None or not operation.library.modules:
        # Of a handle of unknown type nobody knows whether a context goes first.
        start = next((index for index, value in enumerate(values) if isinstance(value, String)), None)
    return tuple(values[start + 1 :] if start is not None else values)
