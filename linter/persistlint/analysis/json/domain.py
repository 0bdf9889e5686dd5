"""The walk over a file with what is known of the JSON in it."""

from __future__ import annotations

from bisect import insort
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.flow import Domain
from persistlint.analysis.json import guards
from persistlint.analysis.json.binding import bind, element_of, iterate
from persistlint.analysis.json.callbacks import Callbacks
from persistlint.analysis.json.evaluate import evaluate
from persistlint.analysis.json.places import keys_of, place_of, prefixes, unwrapped
from persistlint.analysis.json.required import searched_one_by_one
from persistlint.analysis.json.run import ANY_ERROR, Run
from persistlint.analysis.json.state import State
from persistlint.analysis.json.values import Declared, Document, Several, Text, join
from persistlint.analysis.names import last_name
from persistlint.facts import JsonShape
from persistlint.ir import (
    Assign,
    Attribute,
    Await,
    Binary,
    Call,
    Collection,
    Comprehension,
    Constant,
    Expression,
    Function,
    Handler,
    Import,
    Loop,
    Mapping,
    Name,
    Return,
    Statement,
    String,
    Switch,
    Try,
    TypeAssertion,
    With,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from persistlint.analysis.flow import Ends
    from persistlint.ir import Argument

_SUPPRESS = frozenset(["suppress"])


class JsonDomain(Domain[State]):
    """Knows which variables hold decoded JSON, rows, text from outside and responses, and what tests said of them."""

    def __init__(self, run: Run, is_wanted: Callable[[Function], bool]) -> None:
        self.run = run
        self._is_wanted = is_wanted
        self.callbacks = Callbacks()
        self._outer_guards: list[list[frozenset[str]]] = []

    def copy(self, state: State) -> State:
        return state.copy()

    def merge(self, left: State, right: State) -> State:
        return left.merge(right)

    # ---------------------------------------------------------------------------------------------- statements

    def before(self, statement: Statement, state: State) -> None:
        run = self.run
        match statement:
            case Import():
                run.names.add(statement)
            case Assign(target=Collection(elements=(_, _)), value=TypeAssertion() as value):
                run.checked_assertions.add(id(value))  # `v, ok := x.(T)`
            case Switch(subject=TypeAssertion(type="type"), cases=cases):
                narrowed = [case.body[0].value for case in cases if case.body and isinstance(case.body[0], Assign)]
                run.checked_assertions.update(map(id, narrowed))
            case With(context=Call(function=function, arguments=arguments)) if last_name(function) in _SUPPRESS:
                names = [last_name(argument.value) for argument in arguments]
                run.guards.append(frozenset(names))

    def after(self, statement: Statement, state: State | None) -> None:
        run = self.run
        match statement:
            case With(context=Call(function=function)) if last_name(function) in _SUPPRESS:
                run.guards.pop()
            case Return(value=value) if value is not None:
                found = run.value(value)
                for part in found.values if isinstance(found, Several) else (found,):
                    run.look_at(part)
                if run.functions:
                    key = id(run.functions[-1])
                    run.returned[key] = join(run.returned.get(key), found)
                    self._declare(value, run.functions[-1].returns, state)
            case Loop() if state is not None and (place := searched_one_by_one(statement)) is not None:
                state.validate(place)
            case Assign(target=target, value=value, annotation=annotation) if annotation and state is not None:
                place = place_of(target)
                if place is None:
                    return
                known = state.lookup(place)
                if run.language == "go":
                    if known is None:
                        state.assign(place, Declared(annotation))
                elif isinstance(known, Document) and run.is_script:
                    state.assign(place, replace(known, keys=run.shapes.keys(annotation), type=annotation))
                if value is not None:
                    self._declare(value, annotation, state, target)

    def enter_loop(self, loop: Loop, assigned: tuple[Expression, ...], state: State) -> None:
        self.run.loops.append(loop.range)
        for target in assigned:
            place = place_of(target)
            if place is not None:
                state.forget(place, values=False)

    def enter_try(self, statement: Try, state: State) -> None:
        caught: set[str] = set()
        for handler in statement.handlers:
            caught.update(name.rpartition(".")[2] for name in handler.types)
            # A name in capitals is a tuple of errors that is declared elsewhere.
            if not handler.types or any(name.rpartition(".")[2].isupper() for name in handler.types):
                caught.add(ANY_ERROR)
        self.run.guards.append(frozenset(caught))

    def enter_handler(self, handler: Handler, state: State) -> None:
        if handler.name:
            state.forget((handler.name,))

    def leave_try(self, statement: Try) -> None:
        self.run.guards.pop()

    # ---------------------------------------------------------------------------------------------- functions

    def is_wanted(self, function: Function) -> bool:
        return bool(self.run.functions) or id(function) in self.callbacks.given or self._is_wanted(function)

    def enter_function(self, function: Function, state: State) -> State | None:
        run = self.run
        inside = state.copy()
        self._outer_guards.append(run.guards)
        run.guards = self.callbacks.guards(function, run)
        if run.language == "go" and b"recover()" in run.source.content[function.range.start : function.range.end]:
            run.guards = [*run.guards, frozenset([ANY_ERROR])]
        self.callbacks.bind(function, run, inside)
        for key in run.dispatched.get(function.name, ()):
            inside.know((parameter.name, key) for parameter in function.parameters if parameter.name)
        if not run.functions:
            insort(run.outermost, function.range.start)
        run.functions.append(function)
        if self.callbacks.repeats(function):
            run.loops.append(function.range)
        return inside

    def leave_function(self, function: Function, ends: Ends[State]) -> None:
        self.run.functions.pop()
        self.run.guards = self._outer_guards.pop()

    # ---------------------------------------------------------------------------------------------- expressions

    def enter(self, expression: Expression, state: State) -> None:
        match expression:
            case Call():
                self.run.called.add(id(expression.function))
                self.callbacks.enter(expression)
            case Await():
                self.callbacks.wait(expression, self.run)

    def visit(self, expression: Expression, state: State) -> None:
        run = self.run
        value = evaluate(expression, run, state)
        if value is not None:
            run.values[id(expression)] = value
        else:
            run.values.pop(id(expression), None)
        match expression:
            case Mapping(entries=entries):
                for entry in entries:
                    run.look_at(run.value(entry.value))
            case TypeAssertion(value=inner, type=type):
                self._declare(inner, type, state, range=expression)
            case Call(function=function, arguments=(type_argument, cast)) if last_name(function) == "cast":
                self._declare(cast.value, run.text(type_argument.value).strip("\"'"), state, range=expression)
            case Call(function=Attribute(value=owner, name="update"), arguments=arguments) if run.language == "python":
                whole = (argument for argument in arguments if argument.spread or argument.keyword is None)
                is_open = any(argument.spread or isinstance(argument.value, Name | Call) for argument in whole)
                place = place_of(owner)
                if place is not None and is_open:
                    state.validate(place)  # what it has no more is for what was decoded to say
                elif place is not None:
                    state.know((*place, key) for key in _keys_given(arguments))

    def assume(self, test: Expression, truth: bool, state: State) -> None:
        guards.assume(test, truth, self.run, state)

    def bind(self, target: Expression, value: Expression | None, state: State, operator: str = "=") -> None:
        run = self.run
        found = run.value(value) if value is not None else None
        place = place_of(target)
        if operator == "=":
            bind(target, value, found, run, state)
            if isinstance(target, Name):
                run.key_sets[target.id] = keys_of(value)
                run.tests[target.id] = value if isinstance(value, Binary | Comprehension) else None
                run.lengths[target.id] = place_of(value.value) if isinstance(value, Attribute) else None
                run.counts[target.id] = guards.measured(value, run) if value is not None else None
            elif isinstance(target, Mapping):
                run.counts.update(guards.counts_beside(target))
            if value is not None and (shaped := run.shaped.get(unwrapped(value).range)) is not None:
                run.shaped[unwrapped(value).range] = (place, shaped[1])
            return
        if place is None:
            return
        before = state.lookup(place)
        if operator in ("or", "??"):
            state.assign(place, before.there() if isinstance(before, Document) else join(before, found))
            state.know([place])
        elif operator == "+" and isinstance(before, Text):
            outside = isinstance(found, Text) and not found.origin.is_trusted
            state.assign(place, found if outside else None)
        else:
            state.forget(place, values=False)

    def iterate(self, target: Expression, iterable: Expression, state: State) -> None:
        run = self.run
        value = run.value(iterable)
        place = place_of(iterable)
        if run.language == "go" and isinstance(target, Collection):
            element = element_of(value)
            if isinstance(element, Document) and run.shapes.is_untyped_list(element.type):
                element = replace(element, keys=None, type=run.shapes.element(element.type))
            for index, name in enumerate(target.elements):
                bind(name, None, element if index == 1 else None, run, state)
        else:
            iterate(target, value, iterable, run, state)
        if place is not None:
            state.know(prefixes(place))
            state.measure(place, 1)

    # ---------------------------------------------------------------------------------------------- shapes

    def _declare(
        self,
        value: Expression,
        type: str,
        state: State | None,
        target: Expression | None = None,
        range: Expression | None = None,
    ) -> None:
        """Take note of decoded JSON that is declared to be of a type."""
        run = self.run
        document = run.document(value)
        if document is None or run.language == "go" or document.root != unwrapped(value).range or state is None:
            return
        is_checked = document.keys is not None and not document.type  # by something else than the type of a call
        if document.origin.is_trusted or is_checked or not run.shapes.is_named(type):
            return
        place = place_of(target) if target is not None else None
        at = (range or value).range
        run.shaped.setdefault(unwrapped(value).range, (place, JsonShape(at, type, document.origin)))


def _keys_given(arguments: tuple[Argument, ...]) -> Iterator[str]:
    """The keys that `update({"key": value}, other=value)` gives a value that is not None."""
    for argument in arguments:
        if argument.keyword is not None:
            yield from () if _is_none(argument.value) else (argument.keyword,)
        elif isinstance(argument.value, Mapping):
            entries = argument.value.entries
            yield from (e.key.value for e in entries if isinstance(e.key, String) and not _is_none(e.value))


def _is_none(node: Expression) -> bool:
    return isinstance(node, Constant) and node.value is None
