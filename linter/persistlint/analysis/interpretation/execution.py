"""What one statement does to the state of a run: its branches, its loops, its ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.exits import never_returns
from persistlint.analysis.interpretation import declarations, guards, subjects
from persistlint.analysis.interpretation.bindings import bind_members, is_checked
from persistlint.analysis.interpretation.objects import define_class
from persistlint.analysis.interpretation.operators import combine
from persistlint.analysis.interpretation.state import NOTHING, Checked, Flag, State, merge
from persistlint.analysis.interpretation.values import (
    CONSTANT,
    EMPTY,
    NUMBER,
    UNKNOWN,
    Atom,
    Entries,
    Items,
    Text,
    Value,
    choice,
    element_of,
    key_origin,
    origin_of,
)
from persistlint.analysis.names import path_of
from persistlint.facts import Origin
from persistlint.ir import (
    Assert,
    Assign,
    Block,
    Call,
    ClassDefinition,
    Collection,
    Constant,
    Defer,
    Expression,
    ExpressionStatement,
    FunctionDefinition,
    If,
    Import,
    Jump,
    Loop,
    Nested,
    Raise,
    Return,
    Statement,
    Switch,
    Try,
    With,
)

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.interpreter import Interpreter


def execute(statement: Statement, machine: Interpreter) -> None:
    """Run one statement."""
    match statement:
        case ExpressionStatement(value=value):
            machine.evaluate(value)
            if never_returns(value):
                machine.state = None
        case Assign():
            _assign(statement, machine)
        case If(test=test, then=then, otherwise=otherwise):
            _if(test, then, otherwise, machine)
        case Loop():
            _loop(statement, machine)
        case Return(value=value):
            _return(value, machine)
        case Raise(value=value):
            if value is not None:
                machine.evaluate(value)
            machine.state = None
        case Try():
            _try(statement, machine)
        case With(context=context, target=bound, body=body):
            entered = machine.evaluate(context)
            if bound is not None:
                machine.bind(bound, entered)
            machine.block(body)
        case Switch():
            _switch(statement, machine)
        case Jump(kind=kind):
            _jump(kind, machine)
        case Assert(test=test):
            machine.evaluate(test)
            machine.refine(guards.checked(test, True, machine))
        case Nested(body=body):
            machine.block(body)
        case FunctionDefinition(function=function):
            for decorator in function.decorators:
                machine.evaluate(decorator)
            machine.assign(function.name, machine.closure(function))
        case ClassDefinition():
            define_class(statement, machine)
        case Import():
            machine.names.add(statement)
        case Defer(call=call):
            machine.evaluate(call)


def _assign(statement: Assign, machine: Interpreter) -> None:
    target, expression = statement.target, statement.value
    if expression is None:
        value = machine.names.declared(statement.annotation) or _zero(statement.annotation, machine)
        declarations.note(statement, machine)
        is_set_elsewhere = len(machine.frames) == 1 and machine.language in ("javascript", "typescript")
        if value is CONSTANT and (is_set_elsewhere or machine.language == "python"):
            value = UNKNOWN  # by a function, by who uses the component, or not at all
        machine.bind(target, value)
        return
    if statement.operator != "=":
        value = _augmented(statement, expression, machine)
        machine.bind(target, value)
    else:
        value = machine.evaluate(expression)
        declarations.note(statement, machine)
        if isinstance(value, Atom) and value.type is None and statement.annotation:
            value = _declared_or(statement.annotation, value, machine)
        machine.bind(target, value)
        bind_members(target, expression, machine)
        _flag(target, expression, machine)
        _note_copy(target, expression, machine)
    path = path_of(target)
    if path is not None:
        machine.on_text(path, expression, value)


def _declared_or(annotation: str, value: Atom, machine: Interpreter) -> Value:
    declared = machine.names.declared(annotation)
    if declared is None or (isinstance(declared, Atom) and declared.origin > value.origin and declared.type is None):
        return value
    return declared


def _zero(annotation: str, machine: Interpreter) -> Value:
    if annotation == "string" and machine.language == "go":
        return EMPTY
    return Text(()) if annotation.strip("*&") in ("strings.Builder", "bytes.Buffer") else CONSTANT


def _augmented(statement: Assign, expression: Expression, machine: Interpreter) -> Value:
    before = machine.evaluate(statement.target)
    added = machine.evaluate(expression)
    return combine(statement.operator, before, added, statement.target.range, expression.range, statement.range)


def _note_copy(target: Expression, expression: Expression, machine: Interpreter) -> None:
    """Remember that a variable is a copy of another, in small letters or trimmed."""
    path = path_of(target)
    of = subjects.tested(expression) if isinstance(expression, Call) else NOTHING
    if machine.state is not None and path is not None and len(of) == 1 and path not in of:
        machine.state.originals[path] = next(iter(of))


def _flag(target: Expression, expression: Expression, machine: Interpreter) -> None:
    """Remember what a variable that holds the outcome of a test says."""
    if machine.state is None:
        return
    if isinstance(target, Collection) and target.elements:
        path = path_of(target.elements[-1])
        flag = guards.outcome(expression, machine)
        if path is not None and flag is not None:
            machine.state.flags[path] = flag
        return
    path = path_of(target)
    if path is None:
        return
    flag = guards.outcome(expression, machine)
    if flag is None:
        when_true, when_false = guards.checked(expression, True, machine), guards.checked(expression, False, machine)
        flag = Flag(when_true, when_false) if when_true or when_false else None
    if flag is not None:
        machine.state.flags[path] = flag


def _if(test: Expression, then: Block, otherwise: Block, machine: Interpreter) -> None:
    ends: list[State | None] = []
    while True:  # a chain of `elif` is a loop here, so that its length does not matter
        machine.evaluate(test)
        before = machine.state
        if before is None:
            break
        machine.state = before.copy()
        machine.refine(guards.checked(test, True, machine))
        machine.block(then)
        ends.append(machine.state)
        machine.state = before
        machine.refine(guards.checked(test, False, machine))
        if len(otherwise) == 1 and isinstance(otherwise[0], If):
            test, then, otherwise = otherwise[0].test, otherwise[0].then, otherwise[0].otherwise
            continue
        machine.block(otherwise)
        break
    for reached in ends:
        machine.state = merge(machine.state, reached, machine.outer)


def _loop(loop: Loop, machine: Interpreter) -> None:
    frame = machine.frames[-1]
    element: Value | None = None
    if loop.iterable is not None:
        element = _iterated(loop, machine.evaluate(loop.iterable), machine)
    if loop.test is not None:
        machine.evaluate(loop.test)
    if machine.state is None:
        return
    before = machine.state.copy()
    frame.breaks.append([])
    frame.continues.append([])
    if loop.target is not None and element is not None:
        declarations.forget(loop.target, machine)
        machine.bind(loop.target, element)
    if loop.test is not None:
        machine.refine(guards.checked(loop.test, True, machine))
    machine.block(loop.body)
    after: State | None = machine.state
    for skipped in frame.continues.pop():
        after = merge(after, skipped, machine.outer)
    checked = _checked_by(loop, element, after, machine)
    machine.state = merge(before, after, machine.outer)
    machine.refine(checked)
    breaks = frame.breaks.pop()
    machine.block(loop.otherwise)
    for end in breaks:
        machine.state = merge(machine.state, end, machine.outer)


def _checked_by(loop: Loop, element: Value | None, after: State | None, machine: Interpreter) -> Checked:
    """The collection whose elements a loop checks one by one: `for x in xs: if x not in ALLOWED: raise`."""
    if after is None or element is None or loop.target is None or loop.iterable is None:
        return NOTHING
    target = loop.target
    if isinstance(target, Collection) and target.elements:
        target = target.elements[-1 if machine.language == "go" else 0]
    path = path_of(target)
    if path is None or origin_of(element) <= Origin.CHECKED or not is_checked(after.values.get(path)):
        return NOTHING
    return subjects.members_of(loop.iterable)


def _iterated(loop: Loop, value: Value, machine: Interpreter) -> Value:
    """What the target of a loop is bound to."""
    if machine.language == "go" and isinstance(loop.target, Collection):
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


def _return(expression: Expression | None, machine: Interpreter) -> None:
    frame = machine.frames[-1]
    value = machine.evaluate(expression) if expression is not None else CONSTANT
    if frame.function is not None and expression is not None:
        machine.on_text(frame.function.name, expression, value)
        for key, item in value.entries if isinstance(value, Entries) else ():
            machine.on_text(key or "", expression, item)  # `return { query: …, params }`
    if not (isinstance(expression, Constant) or expression is None):
        frame.returned.append(value)
    if machine.state is not None:
        frame.ends.append(machine.state)
    machine.state = None


def _try(statement: Try, machine: Interpreter) -> None:
    before = machine.state.copy() if machine.state is not None else None
    machine.block(statement.body)
    machine.block(statement.otherwise)
    after = machine.state
    for handler in statement.handlers:
        # The handler may start after any statement of the body; what the body checked does not hold there.
        machine.state = before.copy() if before is not None else None
        if handler.name and machine.state is not None:
            machine.assign(handler.name, UNKNOWN)
        machine.block(handler.body)
        after = merge(after, machine.state, machine.outer)
    machine.state = after
    if machine.state is None and statement.final and before is not None:
        machine.state = before
        machine.block(statement.final)
        machine.state = None
    else:
        machine.block(statement.final)


def _switch(switch: Switch, machine: Interpreter) -> None:
    if switch.subject is not None:
        machine.evaluate(switch.subject)
    before = machine.state
    if before is None:
        return
    frame = machine.frames[-1]
    ends: list[State | None] = []
    fallen: State | None = None
    frame.breaks.append([])
    has_default = False
    path = path_of(switch.subject) if switch.subject is not None else None
    for case in switch.cases:
        machine.state = before.copy()
        has_default = has_default or not case.values
        values = [machine.evaluate(value) for value in case.values]
        if path is not None and values and all(map(guards.is_own, values)):
            machine.refine(frozenset([path]))
        elif switch.subject is None and len(case.values) == 1:
            machine.refine(guards.checked(case.values[0], True, machine))
        machine.state = merge(machine.state, fallen, machine.outer)
        machine.block(case.body)
        fallen = machine.state if case.falls_through else None
        if not case.falls_through:
            ends.append(machine.state)
    ends.append(fallen)
    machine.state = None if has_default else before
    for end in [*ends, *frame.breaks.pop()]:
        machine.state = merge(machine.state, end, machine.outer)


def _jump(kind: str, machine: Interpreter) -> None:
    frame = machine.frames[-1]
    if machine.state is not None:
        if kind == "break" and frame.breaks:
            frame.breaks[-1].append(machine.state)
        elif kind == "continue" and frame.continues:
            frame.continues[-1].append(machine.state)
    machine.state = None


def _is_map(value: Value) -> bool:
    return isinstance(value, Atom) and value.keys is not None
