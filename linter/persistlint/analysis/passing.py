"""What a function of a program does that hands SQL and its values on to a driver, or gives a connection, told as an
operation of that driver: `query: (text, values) => pool.query(text, values)`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.arguments import sql_arguments
from persistlint.analysis.interpretation.guesses import SENDS
from persistlint.analysis.interpretation.state import State
from persistlint.analysis.interpretation.values import Atom, Closure, Entries, Items, Text, Value, options_of
from persistlint.analysis.names import last_name, path_of
from persistlint.facts import Origin
from persistlint.ir import (
    Assign,
    AssignmentExpression,
    Call,
    Constant,
    Mapping,
    Return,
    String,
    statements_in,
    walk,
)
from persistlint.libraries import Operation, Type
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    import collections.abc
    from collections.abc import Iterator, Sequence

    from persistlint.analysis.interpretation.arguments import Actual
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.analysis.interpretation.resolving import Met, Resolved
    from persistlint.ir import Function, Parameter

_CALLBACK = regex(r"_*(?:cb|callback|fn|func|next|done|handler|resolve|reject|on[A-Z]\w*)")


@dataclass(frozen=True, slots=True)
class _Given:
    """What a call gives a function: the argument at an index, or what stands under a key of it where the function
    takes it apart (`({ query, values }) => …`)."""

    name: str
    index: int
    kind: str
    key: str = ""


class Passing:
    """Takes down the calls of functions that are run to see what they hand on."""

    def __init__(self) -> None:
        self._sent: list[tuple[Operation, list[Actual]]] = []

    def on_call(self, met: Met) -> Resolved | None:
        """Take down a call that sends SQL."""
        if met.operation is not None and met.operation.is_sink and not met.is_tag:
            self._sent.append((met.operation, met.actuals))
        return met.resolved

    def on(self, closure: Closure, machine: Interpreter, made: collections.abc.Mapping[str, Type]) -> Atom | None:
        """A function of the file that `machine` ran as one of a library; None where it neither sends what it is given
        nor gives an object of a library. `made` are the variables that such an object is assigned to."""
        function = closure.function
        own = list(_given([each for each in function.parameters if each.name != function.receiver]))
        self._sent.clear()
        machine.state = State()
        outcome = machine.call_closure(closure, _arguments(own), {})
        _run_inside(function, machine)
        machine.state = State()
        if self._sent:
            operation = self._operation(function.name, own)
            return as_function(operation) if operation is not None else None
        given = (_type_of(outcome.value) if outcome is not None else None) or _returned(function, made, machine)
        if given is None or any(SENDS.search(each.name) for each in own):
            return None  # what is done with SQL that it takes is not seen
        return as_function(Operation(given.library, function.name, returns=given.name, is_own=True))

    def _operation(self, name: str, own: Sequence[_Given]) -> Operation | None:
        """What the calls come to that were taken down, where all of them send the same of what is given as SQL."""
        if len({each.index for each in own if each.key}) > 1:
            return None  # in which of the objects a key stands could not be said
        found: set[tuple[_Given, int | str | tuple[str] | None]] = set()
        is_plain = True
        for operation, actuals in self._sent:
            texts = [actual for actual, is_fragment in sql_arguments(operation, actuals) if not is_fragment]
            sql = next((each for each in own if any(_begins(text, each) for text in texts)), None)
            if sql is None or operation.raw or operation.effect == "prepare":
                return None
            bound = _bound(operation, actuals)
            found.add((sql, _place_of(bound, operation, own) if bound is not None else None))
            is_plain &= all(_begins(each, sql) or _is_callback(each, own) for each in actuals)
        whole = [each for each in found if each[1] is not None] or list(found)
        libraries = {operation.library for operation, _ in self._sent}
        if len(whole) != 1 or len({sql for sql, _ in found}) != 1 or len(libraries) != 1:
            return None
        (sql, values), operation = whole[0], self._sent[-1][0]
        return replace(
            operation,
            name=name,
            sql=sql.index,
            fragments=None,
            keys=(sql.key,) if sql.key else (),
            parameters=values,
            inputs="",
            returns=None,
            is_own=True,
            is_plain=is_plain,
        )


def _given(parameters: Sequence[Parameter]) -> Iterator[_Given]:
    """What a call can give for parameters."""
    for index, parameter in enumerate(parameters):
        if parameter.name:
            yield _Given(parameter.name, index, parameter.kind)
        elif isinstance(parameter.pattern, Mapping):
            for entry in parameter.pattern.entries:
                if isinstance(entry.key, String):
                    value = entry.value
                    name = path_of(value.target if isinstance(value, AssignmentExpression) else value)  # its default
                    if name is not None:
                        yield _Given(name, index, parameter.kind, entry.key.value)


def _arguments(own: Sequence[_Given]) -> dict[str, Value]:
    """The marks of all that is given, as `call_closure` takes its arguments."""
    entries: dict[int, list[tuple[str | None, Value]]] = {}
    for each in own:
        if each.key:
            entries.setdefault(each.index, []).append((each.key, _marked(each)))
    apart: dict[str, Value] = {f"#{index}": Entries(tuple(found)) for index, found in entries.items()}
    return apart | {each.name: _marked(each) for each in own if not each.key}


def _bound(operation: Operation, actuals: list[Actual]) -> Actual | None:
    """What a call gives where it takes the values that it binds; None where it gives nothing there."""
    taken = operation.parameters
    places = taken if isinstance(taken, tuple) else (taken,)
    index = next((place for place in places if isinstance(place, int)), None)
    positional = [actual for actual in actuals if actual.keyword is None]
    given = positional[index] if index is not None and index < len(positional) else None
    if given is None and taken == "rest":
        given = next((actual for actual in positional if actual.spread), None)
    if given is None:
        given = next((actual for actual in actuals if actual.keyword is not None and actual.keyword in places), None)
    return given


def _is_callback(actual: Actual, own: Sequence[_Given]) -> bool:
    """Whether an argument is a function, or a parameter that people call so."""
    return isinstance(actual.value, Closure) or any(_is(actual, e) and _CALLBACK.fullmatch(e.name) for e in own)


def _place_of(values: Actual, operation: Operation, own: Sequence[_Given]) -> int | str | tuple[str] | None:
    """Where the values that a call binds come in, as `Operation.parameters` says it; None where they do not."""
    for each in own:
        if _is(values, each) and not _CALLBACK.fullmatch(each.name):
            if each.kind == "keywords":
                return None  # each has to be passed by its name
            as_list = values.spread if operation.parameters == "rest" else not values.spread
            if each.kind == "rest":
                return "rest" if as_list else each.index
            if as_list:
                return (each.key,) if each.key else each.index
            return None
    return None


def _marked(given: _Given) -> Text:
    """A text to know by what is given. What changes how placeholders are written changes it too."""
    return Text((f"\0{given.name} ? $1 %s :a @a\0",))


def _is(actual: Actual, given: _Given) -> bool:
    """Whether an argument is what is given."""
    return any(option == _marked(given) for option in options_of(actual.value))


def _begins(actual: Actual, given: _Given) -> bool:
    """Whether an argument begins with what is given, so that this is the statement, whatever is added to it."""
    (mark,) = _marked(given).pieces
    firsts = (option.pieces[0] for option in options_of(actual.value) if isinstance(option, Text) and option.pieces)
    return any(isinstance(first, str) and first.lstrip().startswith(str(mark)) for first in firsts)


def _run_inside(function: Function, machine: Interpreter) -> None:
    """Run what a function hands to others: `new Promise((resolve, reject) => { … })`."""
    for inner in machine.waiting.functions():
        if function.range.start < inner.range.start and inner.range.end <= function.range.end:
            for receiver, captured in machine.waiting.turns(id(inner), lambda: False):
                machine.run_function(inner, receiver, captured)


def _type_of(value: Value) -> Type | None:
    """The type of an object of a library that a function gives, or yields to a `with`."""
    options = value.elements if isinstance(value, Items) else options_of(value)
    types = {option.type for option in options if isinstance(option, Atom) and option.type is not None}
    return types.pop() if len(types) == 1 else None


def type_made(statement: Assign, machine: Interpreter) -> Type | None:
    """The type of the object of a library that is assigned, where it is made by what is called so."""
    value, makers = statement.value, machine.names.catalogue.makers
    if value is None or not any(isinstance(e, Call) and last_name(e.function) in makers for e in walk(value)):
        return None
    machine.state = State()
    found = machine.evaluate(value)
    return found.type if isinstance(found, Atom) else None


def _returned(function: Function, made: collections.abc.Mapping[str, Type], machine: Interpreter) -> Type | None:
    """The type of what a function gives that is made once: `if pool is None: pool = create_pool()`, `return pool`. What
    it takes, or assigns something else to, is a variable of its own, whatever the name is elsewhere in the module."""
    statements = [*statements_in(function.body)]
    assigned = (each for each in statements if isinstance(each, Assign) and each.value is not None)
    others = (each for each in assigned if not isinstance(each.value, Constant) and type_made(each, machine) is None)
    own = {path_of(each.target) for each in others}
    own |= {parameter.name for parameter in function.parameters if parameter.name != function.receiver}
    returned = (each.value for each in statements if isinstance(each, Return) and each.value is not None)
    paths = (path_of(value) for value in returned)
    return next((made[path] for path in paths if path is not None and path not in own and path in made), None)


def as_function(operation: Operation) -> Atom:
    """A function that does what an operation does, as the value of its name."""
    return Atom(Origin.UNKNOWN, Type(operation.library, operation.name, call=operation))
