"""Errors of Go that decoding or encoding gives, and that nobody looks at, or only after the result was used."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.analysis.flow import Domain, Ends, Flow
from persistlint.analysis.json.coders import Coders
from persistlint.analysis.json.places import Place, place_of
from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.numbers.comments import Comments
from persistlint.analysis.numbers.vocabulary import function_names
from persistlint.facts import JsonErrorIgnored
from persistlint.ir import (
    Argument,
    Assign,
    Attribute,
    Binary,
    Call,
    Collection,
    Constant,
    Defer,
    Expression,
    ExpressionStatement,
    Function,
    If,
    Import,
    Module,
    Name,
    Number,
    Return,
    Statement,
    String,
    Unary,
    walk,
)
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from persistlint.analysis.json.tables import Entry
    from persistlint.languages import Syntax

_FOR_PEOPLE = frozenset(["String", "GoString", "Error", "LogValue"])  # they show a value, and have no error to return
_TRIMS = function_names("trims")
# What people write where an error is no matter.
_NO_MATTER = regex(
    r"\bignor|(?:does|do)(?:n't| not) (?:matter|care)|best.effort|\b(?:may|can(?:not|'t)?) fail|\bnever fails?"
    r"|\bon purpose|\bintentional|\bno(?:t|n)?[- ](?:valid )?json\b|\berrors?\b",
    re.IGNORECASE,
)
_MOST_ERRORS = 50  # that wait to be looked at


@dataclass
class _Open:
    """Errors that nothing has looked at yet, by the variable that holds one: the call, and what it decoded into."""

    errors: dict[str, tuple[Call, Place | None]] = field(default_factory=dict)


def facts(syntax: Syntax, module: Module, is_wanted: Callable[[Function], bool]) -> Iterator[JsonErrorIgnored]:
    """The errors of a file that are ignored."""
    domain = _Errors(syntax, module, is_wanted)
    Flow(domain, _Open()).block(module.body)
    yield from domain.found.values()


class _Errors(Domain[_Open]):
    def __init__(self, syntax: Syntax, module: Module, is_wanted: Callable[[Function], bool]) -> None:
        self.source = syntax.source
        self.comments = Comments(syntax)
        self._is_wanted = is_wanted
        self.coders = Coders(syntax.source, module)
        self.function = ""  # the name of the one that was entered last
        self.local: set[str] = set()  # variables that a function declares itself
        self.handled: list[Range] = []  # what runs because of another error, which it returns
        self.deliberate: set[Range] = set()  # calls whose error goes to `_`
        self.dropped: dict[str, Call] = {}  # decoded on purpose whatever comes of it, by the variable; not used yet
        # Of which a field was taken that the next statement may look at, by the variable that has it now.
        self.taken: dict[str, Call] = {}
        self.taking = ""  # the variable that a statement assigns
        # Decoded, and only stored before its error is looked at; by the error.
        self.stored: dict[str, tuple[Call, Range]] = {}
        self.storing: Range | None = None  # an assignment that calls nothing
        self.filling: Range | None = None  # a field that is given a value, which does not look at the others
        self.found: dict[Range, JsonErrorIgnored] = {}

    def copy(self, state: _Open) -> _Open:
        return _Open(dict(state.errors))

    def merge(self, left: _Open, right: _Open) -> _Open:
        left.errors = {**right.errors, **left.errors}
        return left

    def is_wanted(self, function: Function) -> bool:
        return self._is_wanted(function)

    def enter_function(self, function: Function, state: _Open) -> _Open | None:
        self._flush()
        self.function = function.name
        self.coders.encodable.types.update(
            {(parameter.name,): parameter.annotation for parameter in function.parameters}
        )
        return _Open(dict(state.errors))

    def leave_function(self, function: Function, ends: Ends[_Open]) -> None:
        self._flush()

    def before(self, statement: Statement, state: _Open) -> None:
        self._settle(statement)
        match statement:
            case Import():
                self.coders.names.add(statement)
            case ExpressionStatement(value=Call() as call) | Defer(call=Call() as call):
                if (entry := self.coders.entry(call)) is not None:
                    self._ignore(call, entry)
                else:
                    self._look_at(call, state)
            case Return(value=Expression() as value) | If(test=value):
                self._look_at(value, state)
            case Assign(target=target, value=value, annotation=annotation, declares=declares):
                if declares:
                    self.local.update(_names(target))
                if annotation and (place := place_of(target)) is not None:
                    self.coders.encodable.types[place] = annotation
                if isinstance(value, Call) and (entry := self.coders.entry(value)) is not None:
                    self._assigned(target, value, entry, state)
                elif value is not None:
                    self.coders.remember(target, value)

    def _settle(self, statement: Statement) -> None:
        """Decide about what waits for its next statement."""
        match statement:
            case If(test=test, then=then):
                if _is_error_test(test) and then and isinstance(then[-1], Return):
                    self.handled.append(Range(then[0].range.start, then[-1].range.end))
                for name in _tested(test):
                    self.dropped.pop(name, None)
                    self.taken.pop(name, None)
            case Assign(value=Call() as call) | ExpressionStatement(value=Call() as call) if (
                self.coders.entry(call) is None
            ):
                for argument in call.arguments:  # text that may be of another format
                    if isinstance(argument.value, Unary) and isinstance(argument.value.operand, Name):
                        self.dropped.pop(argument.value.operand.id, None)
            case Assign(value=Call() as call) if (
                entry := self.coders.entry(call)
            ) is not None and entry.into is not None:
                for argument in call.arguments:  # nothing decodes into nothing, and says so in its turn
                    if isinstance(argument.value, Name):
                        self.dropped.pop(argument.value.id, None)
            case Return(value=Expression() as value):
                for node in walk(value) if self.stored else ():
                    if isinstance(node, Name):
                        self.stored.pop(node.id, None)
        for call, used in self.stored.values():
            self._report(call, used)
        self.stored.clear()
        for call in self.taken.values():
            self._report(call, None)
        self.taken.clear()
        self.taking = _taking(statement)
        is_stored = isinstance(statement, Assign) and not any(
            isinstance(node, Call) and isinstance(node.function, Attribute)
            for node in (walk(statement.value) if statement.value is not None else ())
        )
        self.storing = statement.range if is_stored else None
        is_field = (
            isinstance(statement, Assign) and isinstance(statement.target, Attribute) and statement.operator == "="
        )
        self.filling = statement.target.range if is_field and isinstance(statement, Assign) else None

    def _flush(self) -> None:
        """Report what no statement followed."""
        for call, used in self.stored.values():
            self._report(call, used)
        for call in (*self.dropped.values(), *self.taken.values()):
            self._report(call, None)
        self.stored.clear()
        self.dropped.clear()
        self.taken.clear()

    def _look_at(self, value: Expression, state: _Open) -> None:
        """What hands on or shows an error together with what was decoded looks at both."""
        for node in walk(value) if state.errors else ():
            if isinstance(node, Name):
                state.errors.pop(node.id, None)

    def visit(self, expression: Expression, state: _Open) -> None:
        if not isinstance(expression, Name):
            return
        dropped = self.dropped.get(expression.id)
        if dropped is not None and expression.range not in dropped.range:
            del self.dropped[expression.id]
            if self.taking:
                self.taken[self.taking] = dropped
            else:
                self._report(dropped, None)
        if expression.id in state.errors:
            del state.errors[expression.id]
            return
        if self.filling is not None and expression.range in self.filling:
            return
        for name, (call, target) in list(state.errors.items()):
            if target is not None and target[0] == expression.id and expression.range.start > call.range.end:
                if self.storing is not None and expression.range in self.storing:
                    self.stored[name] = (call, expression.range)
                else:
                    self._report(call, expression.range)
                del state.errors[name]

    def bind(self, target: Expression, value: Expression | None, state: _Open, operator: str = "=") -> None:
        for name in _names(target):
            if name in state.errors and (value is None or state.errors[name][0] is not value):
                call, _ = state.errors.pop(name)
                self._report(call, None)

    def _assigned(self, target: Expression, call: Call, entry: Entry, state: _Open) -> None:
        """`err := json.Unmarshal(…)`, `b, err := json.Marshal(…)`."""
        names = target.elements if isinstance(target, Collection) else (target,)
        error = names[-1]
        if isinstance(error, Name) and error.id == "_":
            self._ignore(call, entry, is_deliberate=True, into=path_of(names[0]) or "")
        elif isinstance(error, Name):
            if error.id in state.errors:
                self._report(state.errors[error.id][0], None)
            into = None
            if entry.into is not None and entry.into < len(call.arguments):
                place = place_of(call.arguments[entry.into].value)
                into = place if place is not None and place[0] in self.local else None
            if len(state.errors) < _MOST_ERRORS:
                state.errors[error.id] = (call, into)

    def _ignore(self, call: Call, entry: Entry, *, is_deliberate: bool = False, into: str = "") -> None:
        if is_deliberate:
            self.deliberate.add(call.range)
        if entry.encodes is not None and entry.encodes < len(call.arguments):
            value = call.arguments[entry.encodes].value
            function = call.function if isinstance(call.function, Attribute) else None
            if function is not None and function.name == "Encode" and (is_deliberate or self.coders.is_sent(function)):
                return  # whoever reads it is gone, and there is nobody left to tell
            # Whoever drops the error of encoding on purpose knows the type, unless it is one that holds anything.
            if self.coders.encodable.is_safe(value, unknown=is_deliberate) or (
                is_deliberate and self.function in _FOR_PEOPLE
            ):
                return
        if is_deliberate and (self.comments.explains(call.range) or self._is_said(call)):
            return
        if is_deliberate and entry.into is not None and entry.into < len(call.arguments):
            target = place_of(call.arguments[entry.into].value)
            if target in self.coders.filled:
                return  # what stands there already is what a failure is answered with
            if any(call.range in range for range in self.handled):
                return  # the body of an error is decoded as far as it goes
            if target is not None and len(target) == 1:
                self.dropped[target[0]] = call
                return
        if is_deliberate and entry.encodes is not None and into not in ("", "_"):
            self.dropped[into] = call  # a test for nil may follow, which says as much as the error
            return
        self._report(call, None)

    def _is_said(self, call: Call) -> bool:
        """Whether the comment above a call says that its error is no matter."""
        above = self.comments.above(self.source.line_of(call.range.start))
        return above is not None and _NO_MATTER.search(above) is not None

    def _report(self, call: Call, used: Range | None) -> None:
        function = " ".join(self.source.text(call.function.range).split())
        entry = self.coders.entry(call)
        encodes = entry is not None and entry.encodes is not None
        is_deliberate = call.range in self.deliberate
        self.found.setdefault(call.range, JsonErrorIgnored(call.range, function, encodes, used, is_deliberate))


def _is_error_test(test: Expression) -> bool:
    """`err != nil`."""
    match test:
        case Binary(operator="!=", left=Name(), right=Constant(value=None)):
            return True
    return False


def _taking(statement: Statement) -> str:
    """The variable that an assignment gives a field of something, with or without the space around it; else ""."""
    match statement:
        case Assign(target=Name(id=id), value=Attribute(value=Name())):
            return id
        case Assign(target=Name(id=id), value=Call(function=function, arguments=(Argument(value=Attribute()),))):
            return id if last_name(function) in _TRIMS else ""
    return ""


def _tested(test: Expression) -> list[str]:
    """The variables that a test compares with nil or whose length it looks at, or whose fields it compares with what
    they are where nothing was decoded."""
    match test:
        case Binary(operator="and" | "or", left=left, right=right):
            return [*_tested(left), *_tested(right)]
        case Binary(
            left=Name(id=id) | Attribute(value=Name(id=id)),
            right=Constant(value=None) | String(value="") | Number(value=0),
        ):
            return [id]
        case Binary(left=Call(function=Name(id="len"), arguments=(Argument(value=Name(id=id)),))):
            return [id]
    return []


def _names(target: Expression) -> list[str]:
    elements = target.elements if isinstance(target, Collection) else (target,)
    return [element.id for element in elements if isinstance(element, Name)]
