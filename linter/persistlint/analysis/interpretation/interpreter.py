"""Runs a lowered program on abstract values, statement by statement.

Branches run on copies of the state and meet again; a branch that returns or raises does not come back, and so a test
guards what follows it exactly where it dominates it. A loop body runs once and may not have run. Functions of the
file are run where they are called, with the values of that call, so that a helper that builds SQL, a wrapper that
sends it and a check that raises mean what they do. Nothing of the checked program is executed.
"""

from __future__ import annotations

from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Any

from persistlint.analysis.interpretation import endpoints, options
from persistlint.analysis.interpretation.bindings import bind, is_checked, member, refine
from persistlint.analysis.interpretation.execution import execute
from persistlint.analysis.interpretation.expressions import evaluate
from persistlint.analysis.interpretation.objects import attribute_of
from persistlint.analysis.interpretation.state import NOTHING, Checked, Flag, State, merge
from persistlint.analysis.interpretation.surroundings import Waiting
from persistlint.analysis.interpretation.values import (
    CONSTANT,
    UNKNOWN,
    Atom,
    Class,
    Closure,
    Instance,
    Items,
    Text,
    Value,
    choice,
    join,
    key_origin,
    origin_of,
)
from persistlint.analysis.names import Names, path_of
from persistlint.analysis.schedule import STAGES, Wanted
from persistlint.facts import Origin
from persistlint.ir import (
    Assign,
    AssignmentExpression,
    Block,
    ClassDefinition,
    Expression,
    Function,
    FunctionDefinition,
    If,
    Import,
    Loop,
    Module,
    Name,
    Nested,
    Number,
    Parameter,
    Statement,
    String,
    Unary,
    With,
)
from persistlint.ir import Mapping as MappingLiteral
from persistlint.records import dataclass, replace
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from persistlint.analysis.interpretation.resolving import Met, Resolved

_PROPERTY = regex(r"(?<![\w.])(\w+)\??:\s*([^;,{}()\n]+)")  # of an object type of TypeScript
DEEPEST_CALL = 9  # how many calls of functions of the file are followed into one another
_ALONE = 2  # frames: the file and the function
MOST_STEPS = 60_000  # statements run for one file; beyond that calls are no longer followed


@dataclass
class Frame:
    """One run of a function."""

    number: int
    function: Function | None
    returned: list[Value] = field(default_factory=list)
    ends: list[State] = field(default_factory=list)
    breaks: list[list[State]] = field(default_factory=list)
    continues: list[list[State]] = field(default_factory=list)
    declared: dict[str, Value] = field(default_factory=dict)  # variables of which the type tells what they can be


@dataclass(frozen=True)
class Outcome:
    """What a call of a function of the file came to: its value, and the parameters that are checked afterwards."""

    value: Value
    checked: Checked


@dataclass(frozen=True)
class Ran:
    """What one run of a function came to: its value, the parameters that are checked after it, and what is known of
    its object's attributes."""

    value: Value
    checked: frozenset[str]
    attributes: Mapping[str, Value]


@dataclass
class Interpreter:
    """The run of one file. `on_call` and `on_text` are told of every call and of every text that is named; `elsewhere`
    tells of an imported name what reaches a database behind it, in another module of the program."""

    names: Names
    language: str
    on_call: Callable[[Met], Resolved | None]
    on_text: Callable[[str, Expression, Value], None]
    elsewhere: Callable[[str], Atom | None]
    state: State | None = field(default_factory=State)
    outer: dict[str, Value] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    functions: dict[int, tuple[Function, Value | None, dict[str, Value]]] = field(default_factory=dict)
    waiting: Waiting = field(default_factory=Waiting)
    followed: set[int] = field(default_factory=set)
    ran: dict[tuple[Any, ...], Ran] = field(default_factory=dict)
    handed: dict[int, dict[str, Origin]] = field(default_factory=dict)
    given: dict[int, tuple[str, Value]] = field(default_factory=dict)  # to functions, by a library; see `callbacks`
    objects: dict[str, dict[str, Value]] = field(default_factory=dict)
    class_scopes: dict[str, dict[str, Value]] = field(default_factory=dict)
    options: dict[str, Value] = field(default_factory=dict)  # of the command line, by name
    steps: int = 0
    tests: int = 0  # how many tests of functions of the file are being looked into, one inside the other
    next_frame: int = 1
    inner: set[int] = field(default_factory=set)  # the functions that functions define which ran, by identity

    # ------------------------------------------------------------------------------------------------ programs

    def run(self, module: Module, wanted: Wanted) -> None:
        """Run the top level of a file, then the functions that are wanted."""
        self.frames.append(Frame(0, None))
        self._declare(module.body)
        for statement in module.body:
            before = self.state
            self._unless_too_deep(partial(self.block, (statement,)))
            self.state = self.state or before  # the top level goes on whatever a part of it does
        self.outer = dict((self.state or State()).values)
        for function, receiver, captured in tuple(self.functions.values()):
            if function.name == options.DECLARES:
                self._unless_too_deep(partial(self.run_function, function, receiver, captured))
        # Code outside the file can call what is exported, with anything; the rest runs as it is called here, and for
        # its own sake only where nothing calls it. What is called here comes after its callers, which tell what it is
        # called with. Functions inside functions become known as those run.
        for stage in STAGES:
            while new := self.waiting.functions():
                wanted.learn(new)
                ran = False
                for function in new:
                    key = id(function)
                    exported = function.exported and bool(function.name)
                    if not stage(exported, function.name in wanted.calls):
                        continue
                    for receiver, captured in self.waiting.turns(key, lambda: self.steps > MOST_STEPS):
                        if (exported or key not in self.followed) and wanted.includes(function, key in self.inner):
                            self._unless_too_deep(partial(self.run_function, function, receiver, captured))
                            ran = True
                if not ran:
                    break

    def _unless_too_deep(self, run: Callable[[], None]) -> None:
        """Run a part of the file, and leave it where it is nested deeper than Python goes: the rest is run all the
        same."""
        depth = len(self.frames)
        try:
            run()
        except RecursionError:
            del self.frames[depth:]
            self.tests = 0

    def run_function(self, function: Function, receiver: Value | None, captured: dict[str, Value]) -> None:
        """Run a function for its own sake, with parameters of which nothing is known but their declaration."""
        self.state = State(dict(captured) if captured is not self.outer else {})
        handed = self.handed.get(id(function), {})
        declared = options.of_parameters(function, self) if function.decorators else {}
        sent = endpoints.sent(function) if function.decorators else ()
        given = self.given.get(id(function))
        for parameter in function.parameters:
            value = declared.get(parameter.name) or self.parameter(parameter)
            if given is not None and parameter.name == given[0] and value == Atom(Origin.PARAMETER):
                value = given[1]
            if parameter.name in sent and value == Atom(Origin.PARAMETER):
                value = Atom(Origin.REQUEST)
            if handed.get(parameter.name, Origin.REQUEST) <= Origin.METADATA and origin_of(value) is Origin.PARAMETER:
                value = Atom(Origin.METADATA)  # all calls that can be seen hand over the program's own text
            elif isinstance(value, Atom) and handed.get(_keys_of(parameter), Origin.REQUEST) <= Origin.METADATA:
                value = replace(value, keys=Origin.METADATA)
            self._bind(parameter, value)
        self._bind_receiver(function, receiver)
        self._enter(function)
        self.state = None

    def parameter(self, parameter: Parameter) -> Value:
        """What a parameter can be when nothing is known of the call."""
        is_one = parameter.kind == "positional"
        declared = self.names.handed(parameter.annotation) if is_one else self.names.declared(parameter.annotation)
        if isinstance(declared, Atom) and declared.type is None and not is_one:
            return Items((declared,))
        if declared is not None:
            return declared
        if not parameter.annotation and _is_number(parameter.default):
            return Atom(Origin.ANNOTATED)
        is_map = parameter.annotation.lstrip("*").startswith("map[")
        return Atom(Origin.PARAMETER, keys=Origin.PARAMETER if is_map else None)

    def call_closure(
        self, closure: Closure, arguments: Mapping[str, Value], paths: Mapping[str, Checked]
    ) -> Outcome | None:
        """Run a function of the file with these argument values by parameter name (`#` and its index for one that
        takes its argument apart); None where it is not followed.

        `paths` names the caller's variable behind a parameter, or those that it is a list of.
        """
        function = closure.function
        active = [frame.function for frame in self.frames]
        if function in active or len(active) > DEEPEST_CALL or self.steps > MOST_STEPS or self.state is None:
            return None
        self.followed.add(id(function))
        self._note_arguments(function, arguments)
        caller = self.state
        inside = closure.home == self.frames[-1].number
        own = self._own_object(closure)
        attributes = _attributes(caller, own[0]) if own is not None else {}
        key = (id(function), closure.receiver, frozenset(arguments.items()), frozenset(attributes.items()))
        ran = None if inside else self.ran.get(key)
        if ran is None:
            ran = self._run_closure(closure, arguments, own[1] if own is not None else "", attributes, inside)
            self.state = caller
            if not inside:
                self.ran[key] = ran
        if own is not None:
            for name, value in ran.attributes.items():
                caller.assign(f"{own[0]}.{name}", value)
        return Outcome(ran.value, NOTHING.union(*(paths[name] for name in paths if name in ran.checked)))

    def _run_closure(
        self, closure: Closure, arguments: Mapping[str, Value], own: str, attributes: Mapping[str, Value], inside: bool
    ) -> Ran:
        """Run a function of the file; `own` is the name of its object in it, where the caller's is the same."""
        function = closure.function
        caller = self.state or State()
        self.state = caller.copy() if inside else State(self._captured(closure))
        shadowed = set()
        for index, parameter in enumerate(function.parameters):
            shadowed.add(parameter.name)
            value = arguments.get(parameter.name or f"#{index}")
            if value is None:
                value = self.evaluate(parameter.default) if parameter.default is not None else self.parameter(parameter)
            elif origin_of(value) in (Origin.UNKNOWN, Origin.PARAMETER) and parameter.annotation:
                declared = self.names.declared(parameter.annotation)
                value = declared if declared is not None and origin_of(declared) <= Origin.ANNOTATED else value
            self._bind(parameter, value)
        self._bind_receiver(function, closure.receiver)
        for name, value in attributes.items():
            self.state.assign(f"{own}.{name}", value)
        frame = self._enter(function, self._declared_around(function) if inside else {})
        end = self.state
        if inside and end is not None:
            self._take_over(caller, end, shadowed | _declared(function.body))
        checked = frozenset(
            parameter.name
            for parameter in function.parameters
            if frame.ends and all(is_checked(state.values.get(parameter.name)) for state in frame.ends)
        )
        after = _attributes(end, own) if own and end is not None else {}
        if function.is_generator:
            return Ran(Items(tuple(frame.returned)) if frame.returned else UNKNOWN, checked, after)
        return Ran(choice(frame.returned) if frame.returned else CONSTANT, checked, after)

    def _own_object(self, closure: Closure) -> tuple[str, str] | None:
        """The names of the object in the caller and in the function, where a method calls another of its own."""
        calling = self.frames[-1].function
        inside = closure.function.receiver
        if calling is None or calling.receiver is None or inside is None or not isinstance(closure.receiver, Instance):
            return None
        return (calling.receiver, inside) if calling.owner == closure.receiver.definition.name else None

    def _note_arguments(self, function: Function, arguments: Mapping[str, Value]) -> None:
        """Remember the worst that a call in this file hands over for each parameter."""
        seen = self.handed.setdefault(id(function), {})
        for parameter in function.parameters:
            value = arguments.get(parameter.name)
            origin = origin_of(value) if value is not None else Origin.CONSTANT
            if isinstance(value, Text):
                origin = Origin.METADATA  # put together in the caller, where its own holes are reported
            seen[parameter.name] = max(seen.get(parameter.name, Origin.CONSTANT), origin)
            if parameter.kind == "keywords" and value is not None:
                keys = _keys_of(parameter)
                seen[keys] = max(seen.get(keys, Origin.CONSTANT), key_origin(value))

    # ---------------------------------------------------------------------------------------------- statements

    def block(self, statements: Block) -> None:
        """Run statements until one of them ends the way."""
        for statement in statements:
            if self.state is None:
                return
            self.steps += 1
            execute(statement, self)

    def execute(self, statement: Statement) -> None:
        """Run one statement."""
        execute(statement, self)

    def evaluate(self, expression: Expression) -> Value:
        """The value of an expression."""
        return evaluate(expression, self)

    def lookup(self, path: str) -> Value | None:
        """What is known of a variable or path, None if nothing."""
        if self.state is not None and (value := self.state.values.get(path)) is not None:
            return value
        return self.outer.get(path)

    def is_free(self, name: str) -> bool:
        """Whether a name is none of the file's own: a builtin or a global of the language."""
        return self.lookup(name) is None and name not in self.names.imports and name not in self.names.classes

    def assign(self, path: str, value: Value, flag: Flag | None = None) -> None:
        """Set a variable."""
        if self.state is not None:
            self.state.assign(path, value, flag)

    def closure(self, function: Function, receiver: Value | None = None, *, is_early: bool = False) -> Closure:
        """A function as a value; it is remembered, to be run for its own sake later, in case nothing here calls it or
        code outside the file can. `is_early` where its definition is not reached yet."""
        captured = self.state.values if self.state is not None else {}
        # A function inside a function sees what is known where its definition is reached, not where the block begins.
        if id(function) not in self.functions or self.frames[-1].number:
            inside = self.frames[-1].number != 0
            if not (id(function) in self.inner and self._runs_alone()):  # a caller told more of what is around it
                around = dict(captured) if inside else self.outer
                self.functions[id(function)] = (function, receiver, around)
                self.waiting.add(function, receiver, around, is_early=is_early)
            if inside:
                self.inner.add(id(function))
        return Closure(function, self.frames[-1].number, receiver)

    def _runs_alone(self) -> bool:
        """Whether a function runs for its own sake that a call in this file was followed into before."""
        function = self.frames[-1].function
        return len(self.frames) == _ALONE and function is not None and id(function) in self.followed

    def refine(self, checked: Checked) -> None:
        """Note that variables passed a test."""
        refine(checked, self)

    def bind(self, target: Expression, value: Value) -> None:
        """Assign a value to a target, which may take it apart."""
        bind(target, value, self)

    def member(self, value: Value, key: str | None) -> Value:
        """What taking a property out of a value gives, where only its name is known."""
        return member(value, key, self)

    # ------------------------------------------------------------------------------------------ statement kinds

    def _declare(self, statements: Block) -> None:
        """Make known what may be used above its declaration: imports, classes, functions."""
        for statement in statements:
            if isinstance(statement, Import):
                self.names.add(statement)
            elif isinstance(statement, ClassDefinition):
                self.names.classes[statement.name] = statement
                self.assign(statement.name, Class(statement))
            elif isinstance(statement, FunctionDefinition):
                self.assign(statement.function.name, self.closure(statement.function, is_early=True))
            elif isinstance(statement, Nested):
                self._declare(statement.body)

    # ------------------------------------------------------------------------------------------ classes, calls

    def attribute_of(self, definition: ClassDefinition, name: str, below: tuple[str, ...] = ()) -> Value | None:
        """An attribute of an object of a class of the file: what its constructor or its class body sets it to, or
        those of the classes that it derives from. `below` are the classes that led here."""
        return attribute_of(definition, name, self, below)

    def field_of(self, definition: ClassDefinition, name: str) -> Value | None:
        """What a field can be of an object that a caller hands over, by its declared type."""
        declared = dict(definition.fields).get(name)
        return self.names.handed(declared) if declared is not None else None

    def run_constructor(self, function: Function, receiver: Value) -> list[State]:
        """The states in which a constructor can end, run beside all else."""
        outside, callers = self.state, self.frames
        self.state, self.frames = State({}), [Frame(0, None)]
        for parameter in function.parameters:
            self._bind(parameter, self.parameter(parameter))
        self._bind_receiver(function, receiver)
        frame = self._enter(function)
        self.state, self.frames = outside, callers
        return frame.ends

    def _declared_around(self, function: Function) -> dict[str, Value]:
        """The variables around a function literal of which the type tells what they can be."""
        own = {parameter.name for parameter in function.parameters}
        return {name: value for name, value in self.frames[-1].declared.items() if name not in own}

    def _enter(self, function: Function, declared: dict[str, Value] | None = None) -> Frame:
        frame = Frame(self.next_frame, function, declared=declared or {})
        self.next_frame += 1
        self.frames.append(frame)
        self._declare(function.body)
        self.block(function.body)
        if self.state is not None:
            frame.ends.append(self.state)
        ends = list(frame.ends)
        end: State | None = None
        for state in ends:
            end = merge(end, state, self.outer)
        self.state = end
        self.frames.pop()
        return frame

    def _bind(self, parameter: Parameter, value: Value) -> None:
        if parameter.pattern is not None:
            self.bind(parameter.pattern, value)
            self._bind_properties(parameter)
        elif parameter.name:
            self.assign(parameter.name, value)
            if self.state is not None and parameter.annotation.startswith("{") and origin_of(value) is Origin.PARAMETER:
                known = self._properties(parameter.annotation)
                for name in _property_types(parameter.annotation):  # none of them is a part of a request by its name
                    self.state.know(f"{parameter.name}.{name}", known.get(name, Atom(Origin.PARAMETER)))

    def _bind_properties(self, parameter: Parameter) -> None:
        """Believe what TypeScript declares of the properties that a parameter is taken apart into."""
        entries = parameter.pattern.entries if isinstance(parameter.pattern, MappingLiteral) else ()
        declared = self._properties(parameter.annotation)
        for entry in entries:
            target = entry.value.target if isinstance(entry.value, AssignmentExpression) else entry.value
            path = path_of(target)
            name = entry.key.value if isinstance(entry.key, String) else None
            known = self.lookup(path) if path is not None else None
            if path is None or name is None or known is None or origin_of(known) is not Origin.PARAMETER:
                continue
            if name in declared:
                self.assign(path, declared[name])
            elif isinstance(entry.value, AssignmentExpression) and _is_number(entry.value.value):
                self.assign(path, Atom(Origin.ANNOTATED))

    def _properties(self, annotation: str) -> dict[str, Value]:
        """What the properties of an object can be whose type is written down where it is taken: `{ limit: number }`."""
        types = _property_types(annotation)
        values = {name: self.names.declared(type) or self.names.handed(type) for name, type in types.items()}
        return {name: value for name, value in values.items() if value is not None}

    def _bind_receiver(self, function: Function, receiver: Value | None) -> None:
        if function.receiver is None:
            return
        owner = self.names.classes.get(function.owner or "")
        if isinstance(receiver, Instance):
            receiver = Instance(receiver.definition)  # to itself an object is its own, wherever it came from
        self.assign(function.receiver, receiver or (Instance(owner) if owner is not None else UNKNOWN))

    def _captured(self, closure: Closure) -> dict[str, Value]:
        """A copy of the variables around a function; those of the module are looked up where they are."""
        _, _, captured = self.functions.get(id(closure.function), (None, None, self.outer))
        return dict(captured) if captured is not self.outer else {}

    def _take_over(self, caller: State, end: State, local: Iterable[str]) -> None:
        """A function literal runs among the variables of the function around it; they keep what it did to them."""
        hidden = set(local)
        for path, value in end.values.items():
            if path.split(".", 1)[0] in hidden:
                continue
            known = caller.values.get(path)
            if known is None:
                continue
            if known is not value:
                caller.values[path] = join(known, value)


def _keys_of(parameter: Parameter) -> str:
    """What the names that `**fields` is given are remembered under, which no parameter is called."""
    return f"**{parameter.name}"


def _property_types(annotation: str) -> dict[str, str]:
    """The types of the properties of an object, as they are written down where it is taken."""
    return {match[1]: match[2] for match in _PROPERTY.finditer(annotation)}


def _attributes(state: State, name: str) -> dict[str, Value]:
    """What is known of the attributes of an object."""
    prefix = name + "."
    return {path[len(prefix) :]: value for path, value in state.values.items() if path.startswith(prefix)}


def _is_number(expression: Expression | None) -> bool:
    """Whether a number is written down, with its sign or without."""
    return isinstance(expression.operand if isinstance(expression, Unary) else expression, Number)


def _declared(body: Block) -> set[str]:
    """The variables that statements of a function declare themselves."""
    found: set[str] = set()
    stack = list(body)
    while stack:
        statement = stack.pop()
        match statement:
            case Assign(target=Name(id=name), declares=True):
                found.add(name)
            case If(then=then, otherwise=otherwise):
                stack.extend((*then, *otherwise))
            case Loop(body=inner) | Nested(body=inner) | With(body=inner):
                stack.extend(inner)
            case FunctionDefinition(function=function):
                found.add(function.name)
    return found
