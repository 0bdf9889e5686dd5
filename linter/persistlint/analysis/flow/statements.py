"""The walk over statements: which of them can follow which, and in which state."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Generic

from persistlint.analysis.exits import asserted, endless, never_returns
from persistlint.analysis.flow.domain import Domain, Ends, S
from persistlint.analysis.flow.expressions import ExpressionFlow, assigned_in, is_true
from persistlint.ir import (
    Assert,
    Assign,
    Await,
    Binary,
    Block,
    ClassDefinition,
    Defer,
    Expression,
    ExpressionStatement,
    Function,
    FunctionDefinition,
    If,
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
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_FUNCTIONS = 30  # functions inside one another
_MOST_FINALS = 3  # `finally` inside one another that are walked once more for the ways that leave
_CATCHES_ALL = frozenset(["Exception", "BaseException", "OTHERS"])
_RAISED = ("raise", None)


@dataclass
class _Frame(Generic[S]):
    """Something that ways out of a block lead to: a "loop", a "switch", the "handlers" or the "final" block of a try,
    a "function". `reached` are the states in which they get there, by the kind of way and its label."""

    kind: str
    reached: dict[tuple[str, str | None], S] = field(default_factory=dict)


class Flow(ExpressionFlow[S]):
    """One walk. `leaves_switch` tells whether `break` ends a switch, as it does in all languages but Python."""

    def __init__(self, domain: Domain[S], state: S, *, leaves_switch: bool = True) -> None:
        super().__init__(domain, state)
        self.leaves_switch = leaves_switch
        self._frames: list[_Frame[S]] = [_Frame("function")]
        self._guards = 0  # frames around that want to know of every statement that may raise
        self._functions = 0
        self._finals = 0
        self._assigned: dict[int, tuple[Expression, ...]] = {}
        self._endless: frozenset[str] | None = None  # functions of the file that never return

    def block(self, statements: Block) -> None:
        """Walk statements until no way leads on. The first are those of the file."""
        if self._endless is None:
            self._endless = endless(statements)
        for statement in statements:
            if self.state is None:
                return
            self.domain.before(statement, self.state)
            self._statement(statement)
            self.domain.after(statement, self.state)
            self._follow(statement)
            if self._guards and self.state is not None:
                self._may_raise(self.state)

    def function(self, function: Function) -> None:
        """Walk a function, if the domain wants it, in the state in which it is defined; that state stays as it is."""
        for decorator in function.decorators:
            self.expression(decorator)
        if not self.domain.is_wanted(function):
            return
        for parameter in function.parameters:
            if parameter.default is not None:
                self.expression(parameter.default)
        if self.state is None or self._functions >= _MOST_FUNCTIONS:
            return
        inside = self.domain.enter_function(function, self.state)
        if inside is None:
            return
        outside = self.state, self._frames, self._guards, self._finals
        frame = _Frame[S]("function")
        self.state, self._frames, self._guards, self._finals = inside, [frame], 0, 0
        self._functions += 1
        self.block(function.body)
        self._functions -= 1
        returned = self.merged(self.state, frame.reached.get(("return", None)))
        self.domain.leave_function(function, Ends(returned, frame.reached.get(_RAISED)))
        self.state, self._frames, self._guards, self._finals = outside

    # ---------------------------------------------------------------------------------------------- kinds

    def _statement(self, statement: Statement) -> None:
        match statement:
            case ExpressionStatement(value=value):
                self.expression(value)
                self.suppose(asserted(value), True)
            case Assign(target=target, value=value, operator=operator):
                self.assign(target, value, operator)
            case If():
                self._if(statement)
            case Loop():
                self._loop(statement)
            case Return(value=value) | Raise(value=value):
                if value is not None:
                    self.expression(value)
            case Try():
                self._try(statement)
            case With(context=context, target=target, body=body):
                self.expression(context)
                if target is not None and self.state is not None:
                    self.domain.bind(target, context, self.state)
                self.block(body)
            case Switch():
                self._switch(statement)
            case Assert(test=test):
                self.expression(test)
                self.suppose(test, True)
            case Nested(body=body):
                self.block(body)
            case Defer(call=call):
                self.expression(call)
            case FunctionDefinition(function=function):
                self.function(function)
            case ClassDefinition():
                self._class(statement)

    def _if(self, branch: If) -> None:
        ends: list[S | None] = []
        while True:  # a chain of `elif` is a loop here, so that its length does not matter
            self.expression(branch.test)
            if self.state is None:
                break
            otherwise = self.domain.copy(self.state)
            self.suppose(branch.test, True)
            self.block(branch.then)
            ends.append(self.state)
            self.state = otherwise
            self.suppose(branch.test, False)
            if len(branch.otherwise) != 1 or not isinstance(branch.otherwise[0], If):
                self.block(branch.otherwise)
                break
            branch = branch.otherwise[0]
        for end in ends:
            self.state = self.merged(self.state, end)

    def _loop(self, loop: Loop) -> None:
        if loop.iterable is not None:
            self.expression(loop.iterable)
        if self.state is None:
            return
        self.domain.enter_loop(loop, self._assigned_in(loop), self.state)
        is_endless = loop.iterable is None and (loop.test is None or is_true(loop.test))
        if loop.test is not None:
            self.expression(loop.test)
        skipped = None if is_endless else self.domain.copy(self.state)
        self.suppose(loop.test, True)
        if loop.target is not None:
            self.parts_of_target(loop.target)
            if loop.iterable is not None and self.state is not None:
                self.domain.iterate(loop.target, loop.iterable, self.state)
        frame = _Frame[S]("loop")
        self._frames.append(frame)
        self.block(loop.body)
        self._frames.pop()
        self.domain.leave_loop(loop)
        end = self.merged(self.state, frame.reached.get(("continue", None)))
        self.state = None if is_endless else self.merged(skipped, end)
        self.suppose(loop.test, False)
        self.block(loop.otherwise)
        self.state = self.merged(self.state, frame.reached.get(("break", None)))

    def _switch(self, switch: Switch) -> None:
        if switch.subject is not None:
            self.expression(switch.subject)
        rest: S | None = self.state
        ends: list[S | None] = []
        fallen: S | None = None
        frame = _Frame[S]("switch")
        if self.leaves_switch:
            self._frames.append(frame)
        for case in switch.cases:
            if rest is None:
                break
            self.state = rest
            for value in case.values:
                self.expression(value)
            rest = self.state
            self.state = self.domain.copy(rest) if rest is not None else None
            test = _test_of(switch.subject, case.values)
            self.suppose(test, True)
            self.state = self.merged(self.state, fallen)
            self.block(case.body)
            fallen = self.state if case.falls_through else None
            if not case.falls_through:
                ends.append(self.state)
            self.state = rest
            self.suppose(test, False)
            rest = self.state
        if self.leaves_switch:
            self._frames.pop()
        has_default = any(not case.values for case in switch.cases)
        self.state = self.merged(None if has_default else rest, fallen)
        for end in [*ends, frame.reached.get(("break", None))]:
            self.state = self.merged(self.state, end)

    def _class(self, definition: ClassDefinition) -> None:
        for decorator in definition.decorators:
            self.expression(decorator)
        if self.state is not None:
            outside = self.domain.copy(self.state)
            self.block(definition.body)
            self.state = outside

    # ---------------------------------------------------------------------------------------------- try

    def _try(self, statement: Try) -> None:
        if self.state is None:
            return
        handlers, final = _Frame[S]("handlers"), _Frame[S]("final")
        frames = ([final] if statement.final else []) + ([handlers] if statement.handlers else [])
        self._frames.extend(frames)
        self._guards += len(frames)
        self._may_raise(self.state)
        self.domain.enter_try(statement, self.state)
        self.block(statement.body)
        self.domain.leave_try(statement)
        if statement.handlers:
            self._frames.pop()
            self._guards -= 1
        self.block(statement.otherwise)
        self._handlers(statement, handlers.reached.get(_RAISED))
        if statement.final:
            self._frames.pop()
            self._guards -= 1
            self._final(statement.final, final)

    def _handlers(self, statement: Try, raised: S | None) -> None:
        """Walk the handlers; `raised` is what is known where the body may have raised."""
        if raised is None:
            return
        end = self.state
        for handler in statement.handlers:
            self.state = self.domain.copy(raised)
            self.domain.enter_handler(handler, self.state)
            self.block(handler.body)
            end = self.merged(end, self.state)
        if not any(not handler.types or _CATCHES_ALL.intersection(handler.types) for handler in statement.handlers):
            self._leave("raise", raised)
        self.state = end

    def _final(self, body: Block, frame: _Frame[S]) -> None:
        """Walk a `finally` on the way that goes on, and on those that leave, which then go where they lead."""
        end = self.state
        leaving: S | None = None
        for state in frame.reached.values():
            leaving = self.merged(leaving, self.domain.copy(state))
        self._finals += 1
        if end is not None and self._finals > _MOST_FINALS:
            self.state = self.merged(self.domain.copy(end), leaving)
            self.block(body)
            end = leaving = self.state
        else:
            self.block(body)
            end, self.state = self.state, leaving
            self.block(body)
            leaving = self.state
        self._finals -= 1
        for kind, label in frame.reached if leaving is not None else ():
            self._leave(kind, self.domain.copy(leaving), label)  # type: ignore[arg-type]
        self.state = end

    # ---------------------------------------------------------------------------------------------- ways out

    def _follow(self, statement: Statement) -> None:
        """Let a statement that does not come back go where it leads."""
        if self.state is None:
            return
        match statement:
            case Return():
                self._leave("return", self.state)
            case Jump(kind=kind, label=label):
                self._leave(kind, self.state, label)
            case Raise():
                self._leave("raise", self.state)
            case ExpressionStatement(value=value) if never_returns(
                value.value if isinstance(value, Await) else value, self._endless or ()
            ):
                self._leave("raise", self.state)
            case _:
                return
        self.state = None

    def _leave(self, kind: str, state: S, label: str | None = None) -> None:
        """Take a way out of the block, of this kind, to the frame that it leads to first. The state is given away."""
        target: _Frame[S] | None = None
        for frame in reversed(self._frames):
            if frame.kind in _STOPS.get(kind, ()) and label is None:
                target = frame
                break
            if frame.kind == "final":
                target = frame
                break
            if frame.kind == "loop" and label is not None:
                target = frame  # the outermost is taken for the one that has the label
        if target is not None:
            key = (kind, label if target.kind == "final" else None)
            target.reached[key] = self.domain.merge(target.reached[key], state) if key in target.reached else state

    def _may_raise(self, state: S) -> None:
        """A handler may find the program as it is here."""
        for frame in reversed(self._frames):
            if frame.kind in ("handlers", "final"):
                known = frame.reached.get(_RAISED)
                state = self.domain.copy(state)
                frame.reached[_RAISED] = self.domain.merge(known, state) if known is not None else state
                return

    def _assigned_in(self, loop: Loop) -> tuple[Expression, ...]:
        """The targets that a loop assigns to, its own left out."""
        known = self._assigned.get(id(loop))
        if known is None:
            found = list(assigned_in(loop.test))
            for statement in _statements((*loop.body, *loop.otherwise)):
                match statement:
                    case Assign(target=target):
                        found.append(target)
                    case Loop(target=target):
                        found.extend(self._assigned_in(statement))
                        found.extend(() if target is None else (target,))
                    case With(target=target) if target is not None:
                        found.append(target)
                    case ExpressionStatement(value=value):
                        found.extend(assigned_in(value))
            known = self._assigned[id(loop)] = tuple(found)
        return known


# The frames at which a way out of a block ends; a `finally` on the way comes first.
_STOPS = {
    "return": {"function"},
    "raise": {"function", "handlers"},
    "break": {"loop", "switch"},
    "continue": {"loop"},
}


def _test_of(subject: Expression | None, values: tuple[Expression, ...]) -> Expression | None:
    """The test that an arm of a switch makes, None for the default."""
    test: Expression | None = None
    for value in values:
        one = value if subject is None or is_true(subject) else Binary(value.range, "==", subject, value)
        test = one if test is None else Binary(value.range, "or", test, one)
    return test


def _statements(block: Block) -> Iterator[Statement]:
    """The statements of a block and of the blocks in it, those of loops and functions left out."""
    stack = list(block)
    while stack:
        statement = stack.pop()
        yield statement
        match statement:
            case If(then=then, otherwise=otherwise):
                stack.extend((*then, *otherwise))
            case Try(body=body, handlers=handlers, otherwise=otherwise, final=final):
                stack.extend((*body, *otherwise, *final))
                stack.extend(inner for handler in handlers for inner in handler.body)
            case Switch(cases=cases):
                stack.extend(inner for case in cases for inner in case.body)
            case With(body=body) | Nested(body=body):
                stack.extend(body)
