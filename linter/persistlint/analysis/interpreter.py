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

from persistlint.analysis import guards, subjects
from persistlint.analysis.exits import never_returns
from persistlint.analysis.expressions import evaluate
from persistlint.analysis.names import Names, last_name, path_of
from persistlint.analysis.operators import combine
from persistlint.analysis.schedule import STAGES, Wanted
from persistlint.analysis.state import NOTHING, Checked, Flag, State, merge
from persistlint.analysis.values import (
    CHECKED,
    CONSTANT,
    NUMBER,
    UNKNOWN,
    Atom,
    Choice,
    Class,
    Closure,
    Entries,
    Instance,
    Items,
    Text,
    Value,
    choice,
    element_of,
    holder_of,
    join,
    key_origin,
    options_of,
    origin_of,
    with_origin,
)
from persistlint.facts import Origin
from persistlint.ir import (
    Assert,
    Assign,
    AssignmentExpression,
    Block,
    Call,
    ClassDefinition,
    Collection,
    Constant,
    Defer,
    Expression,
    ExpressionStatement,
    Function,
    FunctionDefinition,
    If,
    Import,
    Jump,
    Loop,
    Module,
    Name,
    Nested,
    Number,
    Parameter,
    Raise,
    Return,
    Spread,
    Statement,
    String,
    Subscript,
    Switch,
    Try,
    Unary,
    With,
)
from persistlint.ir import Mapping as MappingLiteral
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from persistlint.analysis.resolving import Resolved

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
    """The run of one file. `on_call` and `on_text` are told of every call and of every text that is named."""

    names: Names
    language: str
    on_call: Callable[..., Resolved | None]
    on_text: Callable[[str, Expression, Value], None]
    state: State | None = field(default_factory=State)
    outer: dict[str, Value] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    functions: dict[int, tuple[Function, Value | None, dict[str, Value]]] = field(default_factory=dict)
    followed: set[int] = field(default_factory=set)
    ran: dict[tuple[Any, ...], Ran] = field(default_factory=dict)
    handed: dict[int, dict[str, Origin]] = field(default_factory=dict)
    objects: dict[str, dict[str, Value]] = field(default_factory=dict)
    class_scopes: dict[str, dict[str, Value]] = field(default_factory=dict)
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
        # Code outside the file can call what is exported, with anything; the rest runs as it is called here, and for
        # its own sake only where nothing calls it. What is called here comes after its callers, which tell what it is
        # called with. Functions inside functions become known as those run.
        done: set[int] = set()
        for stage in STAGES:
            while new := {key: found for key, found in self.functions.items() if key not in done}:
                wanted.learn(function for function, _, _ in new.values())
                ran = False
                for key, (function, receiver, captured) in new.items():
                    exported = function.exported and bool(function.name)
                    if not stage(exported, function.name in wanted.calls):
                        continue
                    done.add(key)
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
        for parameter in function.parameters:
            value = self.parameter(parameter)
            if handed.get(parameter.name, Origin.REQUEST) <= Origin.METADATA and origin_of(value) is Origin.PARAMETER:
                value = Atom(Origin.METADATA)  # all calls that can be seen hand over the program's own text
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
        frame = self._enter(function)
        end = self.state
        if inside and end is not None:
            self._take_over(caller, end, shadowed | _declared(function.body))
        checked = frozenset(
            parameter.name
            for parameter in function.parameters
            if frame.ends and all(_is_checked(state.values.get(parameter.name)) for state in frame.ends)
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

    # ---------------------------------------------------------------------------------------------- statements

    def block(self, statements: Block) -> None:
        """Run statements until one of them ends the way."""
        for statement in statements:
            if self.state is None:
                return
            self.steps += 1
            self.execute(statement)

    def execute(self, statement: Statement) -> None:
        """Run one statement."""
        match statement:
            case ExpressionStatement(value=value):
                self.evaluate(value)
                if never_returns(value):
                    self.state = None
            case Assign():
                self._assign(statement)
            case If(test=test, then=then, otherwise=otherwise):
                self._if(test, then, otherwise)
            case Loop():
                self._loop(statement)
            case Return(value=value):
                self._return(value)
            case Raise(value=value):
                if value is not None:
                    self.evaluate(value)
                self.state = None
            case Try():
                self._try(statement)
            case With(context=context, target=bound, body=body):
                entered = self.evaluate(context)
                if bound is not None:
                    self.bind(bound, entered)
                self.block(body)
            case Switch():
                self._switch(statement)
            case Jump(kind=kind):
                self._jump(kind)
            case Assert(test=test):
                self.evaluate(test)
                self.refine(guards.checked(test, True, self))
            case Nested(body=body):
                self.block(body)
            case FunctionDefinition(function=function):
                for decorator in function.decorators:
                    self.evaluate(decorator)
                self.assign(function.name, self.closure(function))
            case ClassDefinition():
                self._class(statement)
            case Import():
                self.names.add(statement)
            case Defer(call=call):
                self.evaluate(call)

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

    def closure(self, function: Function, receiver: Value | None = None) -> Closure:
        """A function as a value; it is remembered, to be run for its own sake later, in case nothing here calls it or
        code outside the file can."""
        captured = self.state.values if self.state is not None else {}
        # A function inside a function sees what is known where its definition is reached, not where the block begins.
        if id(function) not in self.functions or self.frames[-1].number:
            inside = self.frames[-1].number != 0
            if not (id(function) in self.inner and self._runs_alone()):  # a caller told more of what is around it
                self.functions[id(function)] = (function, receiver, dict(captured) if inside else self.outer)
            if inside:
                self.inner.add(id(function))
        return Closure(function, self.frames[-1].number, receiver)

    def _runs_alone(self) -> bool:
        """Whether a function runs for its own sake that a call in this file was followed into before."""
        function = self.frames[-1].function
        return len(self.frames) == _ALONE and function is not None and id(function) in self.followed

    def refine(self, checked: Checked) -> None:
        """Note that variables passed a test."""
        if self.state is None:
            return
        if self.state.originals:
            checked = NOTHING.union(*(self.state.same(path) for path in checked))
        for path in checked:
            if path.startswith("keys:"):
                path = path[5:]
                value = self.lookup(path) or UNKNOWN
                refined = Atom(origin_of(value), keys=Origin.CHECKED)
                self.state.know(path, Items((CHECKED,)) if isinstance(value, Items) else refined)
            else:
                value = self.lookup(path) or UNKNOWN
                if origin_of(value) > Origin.CHECKED:
                    self.state.know(path, _checked(value))

    def bind(self, target: Expression, value: Value) -> None:
        """Assign a value to a target, which may take it apart."""
        match target:
            case Collection(elements=elements):
                for index, element in enumerate(elements):
                    self.bind(element.value if isinstance(element, Spread) else element, _part(value, index))
            case MappingLiteral(entries=entries):
                for entry in entries:
                    key = entry.key.value if isinstance(entry.key, String) else None
                    self.bind(entry.value, self.member(value, key))
            case Subscript(value=container, index=index):
                self._store(container, index, value)
            case AssignmentExpression(target=inner, value=default):
                self.bind(inner, join(value, self.evaluate(default)))
            case _:
                path = path_of(target)
                if path is not None:
                    self.assign(path, value)

    def member(self, value: Value, key: str | None) -> Value:
        """What taking a property out of a value gives, where only its name is known."""
        value = holder_of(value)
        if isinstance(value, Entries) and key is not None and (found := value.get(key)) is not None:
            return found
        if isinstance(value, Choice):
            return choice(self.member(option, key) for option in value.options)
        if isinstance(value, Instance) and key is not None:
            found = self.attribute_of(value.definition, key)
            if found is not None and origin_of(found) < Origin.UNKNOWN:
                return found
            handed = self.field_of(value.definition, key) if value.origin is Origin.PARAMETER else None
            return handed or Atom(value.origin)
        if isinstance(value, Atom) and value.type is not None and key is not None and key in value.type.fields:
            return Atom(Origin.UNKNOWN, value.type.returned(value.type.fields[key]))
        return Atom(max(origin_of(value), Origin.CONSTANT))

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
                self.assign(statement.function.name, self.closure(statement.function))
            elif isinstance(statement, Nested):
                self._declare(statement.body)

    def _assign(self, statement: Assign) -> None:
        target, expression = statement.target, statement.value
        if expression is None:
            value = self.names.declared(statement.annotation) or self._zero(statement.annotation)
            if isinstance(target, Name) and isinstance(value, Atom) and value.origin is Origin.ANNOTATED:
                self.frames[-1].declared[target.id] = value
            is_set_elsewhere = len(self.frames) == 1 and self.language in ("javascript", "typescript")
            if value is CONSTANT and (is_set_elsewhere or self.language == "python"):
                value = UNKNOWN  # by a function, by who uses the component, or not at all
            self.bind(target, value)
            return
        if statement.operator != "=":
            value = self._augmented(statement, expression)
            self.bind(target, value)
        else:
            value = self.evaluate(expression)
            if isinstance(value, Atom) and value.type is None and statement.annotation:
                value = self._declared_or(statement.annotation, value)
            elif isinstance(target, Name) and origin_of(value) in (Origin.UNKNOWN, Origin.PARAMETER):
                value = self.frames[-1].declared.get(target.id, value)
            self.bind(target, value)
            self._flag(target, expression)
            self._note_copy(target, expression)
        path = path_of(target)
        if path is not None:
            self.on_text(path, expression, value)

    def _declared_or(self, annotation: str, value: Atom) -> Value:
        declared = self.names.declared(annotation)
        if declared is None or (
            isinstance(declared, Atom) and declared.origin > value.origin and declared.type is None
        ):
            return value
        return declared

    def _zero(self, annotation: str) -> Value:
        return Text(()) if annotation.strip("*&") in ("strings.Builder", "bytes.Buffer") else CONSTANT

    def _augmented(self, statement: Assign, expression: Expression) -> Value:
        before = self.evaluate(statement.target)
        added = self.evaluate(expression)
        return combine(statement.operator, before, added, statement.target.range, expression.range, statement.range)

    def _note_copy(self, target: Expression, expression: Expression) -> None:
        """Remember that a variable is a copy of another, in small letters or trimmed."""
        path = path_of(target)
        of = subjects.tested(expression) if isinstance(expression, Call) else NOTHING
        if self.state is not None and path is not None and len(of) == 1 and path not in of:
            self.state.originals[path] = next(iter(of))

    def _flag(self, target: Expression, expression: Expression) -> None:
        """Remember what a variable that holds the outcome of a test says."""
        if self.state is None:
            return
        if isinstance(target, Collection) and target.elements:
            path = path_of(target.elements[-1])
            flag = guards.outcome(expression, self)
            if path is not None and flag is not None:
                self.state.flags[path] = flag
            return
        path = path_of(target)
        if path is None:
            return
        flag = guards.outcome(expression, self)
        if flag is None:
            when_true, when_false = guards.checked(expression, True, self), guards.checked(expression, False, self)
            flag = Flag(when_true, when_false) if when_true or when_false else None
        if flag is not None:
            self.state.flags[path] = flag

    def _if(self, test: Expression, then: Block, otherwise: Block) -> None:
        ends: list[State | None] = []
        while True:  # a chain of `elif` is a loop here, so that its length does not matter
            self.evaluate(test)
            before = self.state
            if before is None:
                break
            self.state = before.copy()
            self.refine(guards.checked(test, True, self))
            self.block(then)
            ends.append(self.state)
            self.state = before
            self.refine(guards.checked(test, False, self))
            if len(otherwise) == 1 and isinstance(otherwise[0], If):
                test, then, otherwise = otherwise[0].test, otherwise[0].then, otherwise[0].otherwise
                continue
            self.block(otherwise)
            break
        for reached in ends:
            self.state = merge(self.state, reached, self.outer)

    def _loop(self, loop: Loop) -> None:
        frame = self.frames[-1]
        element: Value | None = None
        if loop.iterable is not None:
            element = self._iterated(loop, self.evaluate(loop.iterable))
        if loop.test is not None:
            self.evaluate(loop.test)
        if self.state is None:
            return
        before = self.state.copy()
        frame.breaks.append([])
        frame.continues.append([])
        if loop.target is not None and element is not None:
            self.bind(loop.target, element)
        if loop.test is not None:
            self.refine(guards.checked(loop.test, True, self))
        self.block(loop.body)
        after: State | None = self.state
        for skipped in frame.continues.pop():
            after = merge(after, skipped, self.outer)
        checked = self._checked_by(loop, element, after)
        self.state = merge(before, after, self.outer)
        self.refine(checked)
        breaks = frame.breaks.pop()
        self.block(loop.otherwise)
        for end in breaks:
            self.state = merge(self.state, end, self.outer)

    def _checked_by(self, loop: Loop, element: Value | None, after: State | None) -> Checked:
        """The collection whose elements a loop checks one by one: `for x in xs: if x not in ALLOWED: raise`."""
        if after is None or element is None or loop.target is None or loop.iterable is None:
            return NOTHING
        target = loop.target
        if isinstance(target, Collection) and target.elements:
            target = target.elements[-1 if self.language == "go" else 0]
        path = path_of(target)
        if path is None or origin_of(element) <= Origin.CHECKED or not _is_checked(after.values.get(path)):
            return NOTHING
        return subjects.members_of(loop.iterable)

    def _iterated(self, loop: Loop, value: Value) -> Value:
        """What the target of a loop is bound to."""
        if self.language == "go" and isinstance(loop.target, Collection):
            keys = element_of(value) if isinstance(value, Entries) else NUMBER
            values = (
                choice(item for _, item in value.entries)
                if isinstance(value, Entries) and value.entries
                else element_of(value)
            )
            if not isinstance(value, (Entries, Items)):
                keys = Atom(key_origin(value)) if origin_of(value) > Origin.BOUND and _is_map(value) else NUMBER
            return Items((keys, values), fixed=True)
        return element_of(value)

    def _return(self, expression: Expression | None) -> None:
        frame = self.frames[-1]
        value = self.evaluate(expression) if expression is not None else CONSTANT
        if frame.function is not None and expression is not None:
            self.on_text(frame.function.name, expression, value)
        if not (isinstance(expression, Constant) or expression is None):
            frame.returned.append(value)
        if self.state is not None:
            frame.ends.append(self.state)
        self.state = None

    def _try(self, statement: Try) -> None:
        before = self.state.copy() if self.state is not None else None
        self.block(statement.body)
        self.block(statement.otherwise)
        after = self.state
        for handler in statement.handlers:
            # The handler may start after any statement of the body; what the body checked does not hold there.
            self.state = before.copy() if before is not None else None
            if handler.name and self.state is not None:
                self.assign(handler.name, UNKNOWN)
            self.block(handler.body)
            after = merge(after, self.state, self.outer)
        self.state = after
        if self.state is None and statement.final and before is not None:
            self.state = before
            self.block(statement.final)
            self.state = None
        else:
            self.block(statement.final)

    def _switch(self, switch: Switch) -> None:
        if switch.subject is not None:
            self.evaluate(switch.subject)
        before = self.state
        if before is None:
            return
        frame = self.frames[-1]
        ends: list[State | None] = []
        fallen: State | None = None
        frame.breaks.append([])
        has_default = False
        path = path_of(switch.subject) if switch.subject is not None else None
        for case in switch.cases:
            self.state = before.copy()
            has_default = has_default or not case.values
            values = [self.evaluate(value) for value in case.values]
            if path is not None and values and all(map(guards.is_own, values)):
                self.refine(frozenset([path]))
            elif switch.subject is None and len(case.values) == 1:
                self.refine(guards.checked(case.values[0], True, self))
            self.state = merge(self.state, fallen, self.outer)
            self.block(case.body)
            fallen = self.state if case.falls_through else None
            if not case.falls_through:
                ends.append(self.state)
        ends.append(fallen)
        self.state = None if has_default else before
        for end in [*ends, *frame.breaks.pop()]:
            self.state = merge(self.state, end, self.outer)

    def _jump(self, kind: str) -> None:
        frame = self.frames[-1]
        if self.state is not None:
            if kind == "break" and frame.breaks:
                frame.breaks[-1].append(self.state)
            elif kind == "continue" and frame.continues:
                frame.continues[-1].append(self.state)
        self.state = None

    # ------------------------------------------------------------------------------------------ classes, calls

    def _class(self, definition: ClassDefinition) -> None:
        self.names.classes[definition.name] = definition
        for decorator in definition.decorators:
            self.evaluate(decorator)
        self.assign(definition.name, Class(definition))
        if self.state is None:
            return
        outside = self.state
        self.state = outside.copy()
        scope: dict[str, Value] = {}
        for statement in definition.body:
            match statement:
                case FunctionDefinition(function=function):
                    for decorator in function.decorators:
                        self.evaluate(decorator)
                    method = self.closure(function, Instance(definition))
                    if not any(last_name(decorator) in ("setter", "deleter") for decorator in function.decorators):
                        scope[function.name] = method
                case Assign(target=Name(id=name), value=value) if value is not None:
                    self.execute(statement)
                    scope[name] = self.lookup(name) or UNKNOWN
                case ClassDefinition() | FunctionDefinition():
                    self.execute(statement)
        self.state = outside
        self.class_scopes[definition.name] = scope

    def attribute_of(self, definition: ClassDefinition, name: str, below: tuple[str, ...] = ()) -> Value | None:
        """An attribute of an object of a class of the file: what its constructor or its class body sets it to, or
        those of the classes that it derives from. `below` are the classes that led here."""
        scope = self.class_scopes.get(definition.name)
        if scope is None:
            return None
        attributes = self.objects.get(definition.name)
        if attributes is None:
            attributes = self.objects[definition.name] = {}  # also what stops a constructor that asks for itself
            attributes.update(self._constructed(definition, scope))
        if name in attributes:
            return attributes[name]
        if name in scope:
            return scope[name]
        declared = dict(definition.fields).get(name)
        if declared is not None and (value := self.names.declared(declared)) is not None:
            return value
        bases = [base for base in definition.bases if base not in (*below, definition.name)]
        for parent in [self.names.classes[base] for base in bases if base in self.names.classes]:
            if (found := self.attribute_of(parent, name, (*below, definition.name))) is not None:
                return found
        return None

    def field_of(self, definition: ClassDefinition, name: str) -> Value | None:
        """What a field can be of an object that a caller hands over, by its declared type."""
        declared = dict(definition.fields).get(name)
        return self.names.handed(declared) if declared is not None else None

    def _constructed(self, definition: ClassDefinition, scope: Mapping[str, Value]) -> dict[str, Value]:
        """The attributes that the constructor sets, run with parameters of which nothing is known."""
        found: dict[str, Value] = {}
        for name in ("__init__", "constructor", "__post_init__", "__new__"):
            constructor = scope.get(name)
            if not isinstance(constructor, Closure) or constructor.function.receiver is None:
                continue
            outside, callers = self.state, self.frames
            self.frames = [Frame(0, None)]
            self.run_constructor(constructor.function, Instance(definition))
            prefix = constructor.function.receiver + "."
            for state in self.frames[0].ends:
                for path, value in state.values.items():
                    if path.startswith(prefix):
                        key = path[len(prefix) :]
                        found[key] = join(found[key], value) if key in found else value
            self.state, self.frames = outside, callers
        return found

    def run_constructor(self, function: Function, receiver: Value) -> None:
        """Run a constructor and keep its end states in the frame below."""
        self.state = State({})
        for parameter in function.parameters:
            self._bind(parameter, self.parameter(parameter))
        self._bind_receiver(function, receiver)
        frame = self._enter(function)
        self.frames[-1].ends.extend(frame.ends)

    def _enter(self, function: Function) -> Frame:
        frame = Frame(self.next_frame, function)
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
                for name, declared in self._properties(parameter.annotation).items():
                    self.state.know(f"{parameter.name}.{name}", declared)

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
        types = {match[1]: match[2] for match in _PROPERTY.finditer(annotation)}
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

    def _store(self, container: Expression, index: Expression, value: Value) -> None:
        """`container[index] = value`."""
        self.evaluate(index)
        path = path_of(container)
        if path is None:
            self.evaluate(container)
            return
        if isinstance(index, String):
            self.assign(f"{path}.{index.value}", value)
        known = self.lookup(path)
        key = index.value if isinstance(index, String) else None
        if isinstance(known, Entries):
            self.assign(path, Entries((*known.entries, (key, value))))
        elif isinstance(known, Items):
            self.assign(path, Items((*known.elements, value)))


def _attributes(state: State, name: str) -> dict[str, Value]:
    """What is known of the attributes of an object."""
    prefix = name + "."
    return {path[len(prefix) :]: value for path, value in state.values.items() if path.startswith(prefix)}


def _is_map(value: Value) -> bool:
    return isinstance(value, Atom) and value.keys is not None


def _is_number(expression: Expression | None) -> bool:
    """Whether a number is written down, with its sign or without."""
    return isinstance(expression.operand if isinstance(expression, Unary) else expression, Number)


def _is_checked(value: Value | None) -> bool:
    return value is not None and origin_of(value) is Origin.CHECKED


def _checked(value: Value) -> Value:
    if isinstance(value, Items):
        return Items((CHECKED,))
    if isinstance(value, Choice):
        return choice(option if origin_of(option) <= Origin.BOUND else CHECKED for option in options_of(value))
    return with_origin(value, Origin.CHECKED) if isinstance(value, Atom) else CHECKED


def _part(value: Value, index: int) -> Value:
    """What the `index`th target of several gets."""
    match value:
        case Items(elements=elements, fixed=True):
            return elements[index] if index < len(elements) else UNKNOWN
        case Items():
            return element_of(value)
        case Choice(options=options):
            return choice(_part(option, index) for option in options)
        case Atom(type=type) if type is not None and index == 0:
            return value
        case Text():
            return value if index == 0 else CONSTANT  # Go: the text, and an error
    return Atom(origin_of(value))


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
