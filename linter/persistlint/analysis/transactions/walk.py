"""Walks the functions of a file in program order and takes down what they do with databases.

Branches, loops and `try` statements become the `Place` of each effect. Callbacks that run at once are part of the
function around them; any other function literal is one of its own. Helpers of the same file count where they are
called.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import field, replace
from typing import TYPE_CHECKING

from persistlint.analysis.transactions.assignments import assign
from persistlint.analysis.transactions.binding import bind, bind_pattern
from persistlint.analysis.transactions.branches import if_statement, loop_statement, try_statement
from persistlint.analysis.transactions.calls import visit_call
from persistlint.analysis.transactions.checks import Checks
from persistlint.analysis.transactions.file import MOST_EFFECTS, Exit, File
from persistlint.analysis.transactions.handlers import (
    answer,
    suppressing,
)
from persistlint.analysis.transactions.leaving import leave, move
from persistlint.analysis.transactions.numbering import Numbering
from persistlint.analysis.transactions.own_rows import know_own_row
from persistlint.analysis.transactions.results import Results
from persistlint.analysis.transactions.rows import Rows
from persistlint.analysis.transactions.scopes import defer, receive, with_block
from persistlint.analysis.transactions.shapes import LITERALS, ends, presence
from persistlint.analysis.transactions.told import told
from persistlint.analysis.transactions.turns import is_few
from persistlint.analysis.transactions.variables import Scope, Variable
from persistlint.facts import Arm, Effect, ErrorAnswer, Handle, Handled, Part, Place, Role, Scoping, Use
from persistlint.ir import (
    Assert,
    Assign,
    AssignmentExpression,
    Attribute,
    Await,
    Binary,
    Block,
    Call,
    ClassDefinition,
    Collection,
    Comprehension,
    Conditional,
    Defer,
    Expression,
    ExpressionStatement,
    Function,
    FunctionDefinition,
    If,
    Lambda,
    Loop,
    Name,
    Nested,
    Raise,
    Return,
    Statement,
    Switch,
    TaggedTemplate,
    Try,
    Unary,
    With,
    Yield,
    children,
)
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.chain import Known
    from persistlint.analysis.transactions.handles import Handles
    from persistlint.analysis.transactions.open import Open
    from persistlint.source import Range


_DEEPEST = 1_000  # expressions, one inside the other
_CLOSED_BY_HAND = (Scoping.MANUAL, Scoping.PARAMETER)


@dataclass
class Walk:
    """The walk through one function."""

    file: File
    scope: Scope
    active: tuple[Function, ...] = ()
    depth: int = 0  # how many calls lie between the function and the one that is looked at
    height: int = 0  # how many calls of helpers were followed into one another
    is_cut: bool = False  # a helper was not followed, for being too deep
    nested: int = 0  # how many expressions lie around the one that is walked
    effects: list[Effect] = field(default_factory=list)
    opened: list[Open] = field(default_factory=list)  # every transaction of the function
    around: list[Open] = field(default_factory=list)  # those that the current place is lexically inside of
    handled: list[tuple[Handled, str, frozenset[str]]] = field(default_factory=list)
    # Where a return or raise mentions a variable, and where it is assigned, in program order.
    left_with: dict[str, list[int]] = field(default_factory=dict)
    assigned: dict[str, list[int]] = field(default_factory=dict)
    named: dict[int, dict[str, int]] = field(default_factory=dict)  # where functions mention variables last
    answers: list[ErrorAnswer] = field(default_factory=list)
    apart: list[frozenset[Range]] = field(default_factory=list)  # effects that may fail without others
    exits: list[Exit] = field(default_factory=list)
    moved: set[Handle] = field(default_factory=set)  # handles that are returned, stored or handed on
    stored: list[tuple[Handle, Place, int]] = field(
        default_factory=list
    )  # those that are returned or stored, and where
    absent: list[tuple[int, Place, int]] = field(default_factory=list)  # Go: where a transaction was not begun
    settled: set[Handle] = field(default_factory=set)  # handles that commit by themselves
    held: set[Handle] = field(default_factory=set)  # connections whose end, which is sure, rolls back what is open
    later: list[tuple[Function, Scope]] = field(default_factory=list)
    rows: Rows = field(default_factory=Rows)
    own: Known | None = None  # the row that a method of a model is called on
    checks: Checks = field(default_factory=Checks)
    numbering: Numbering = field(default_factory=Numbering)
    results: Results = field(default_factory=Results)
    place: Place = field(default_factory=Place)
    parallel: bool = False
    inner: int = 0  # how many callbacks of `map` and its kin are around, whose results are not those of the function
    detached: bool = False
    sure: frozenset[str] = frozenset()  # the transactions that the caller is known to hand over
    is_over: bool = False  # what follows never runs
    is_locked: bool = False  # a lock was taken, outside the database or by a helper in it
    after_begin: Open | None = None  # the statement before opened it
    error: str = ""  # the variable that holds the error of that statement
    rejected: dict[str, range] = field(default_factory=dict)  # JavaScript: what took the errors of a variable's value
    decided: frozenset[str] = frozenset()  # the variables of the innermost test whose first way this is
    tested: list[str] = field(default_factory=list)  # paths that the tests around this place found there
    filled: dict[str, list[Arm]] = field(default_factory=dict)  # where a variable was given something that is there
    undone: set[str] = field(default_factory=set)  # Go: variables whose transaction a deferred function rolls back
    begun: dict[str, Open] = field(default_factory=dict)  # Go: the transaction whose begin left its error in a variable
    returned: Use = Use.RETURNED  # what becomes of a value that is returned; of a callback, what becomes of its call
    guards: frozenset[int] = frozenset()
    fails: dict[str, Effect | None] = field(default_factory=dict)  # Go: what the error in a variable comes from
    handles: Handles = field(init=False)

    def __post_init__(self) -> None:
        self.handles = self.file.handles

    # ---------------------------------------------------------------------------------------------- functions

    def beside(self, scope: Scope) -> Walk:
        """A walk through another function of the file."""
        return Walk(self.file, scope, depth=self.depth + 1)

    def enter(self, function: Function, given: dict[str, Known] | None = None) -> None:
        """Bind the parameters and run the body; `given` are the handles that a call hands over."""
        self.active = (*self.active, function)
        if function.receiver:
            self.scope.receiver, self.scope.owner = function.receiver, function.owner or self.scope.owner
            is_embedding = self.handles.language == "go" and function.owner is not None
            known = self.handles.embedded(function.owner or "", function.receiver, -1) if is_embedding else None
            self.scope.variables[function.receiver] = Variable(known)
            know_own_row(function, self)
        for parameter in function.parameters:
            known = (given or {}).get(parameter.name) or self.handles.parameter(
                parameter.name, parameter.annotation, parameter.range.start
            )
            if parameter.pattern is not None:
                bind_pattern(self, parameter.pattern, parameter.range.start, given)
            elif parameter.name:
                self.scope.variables[parameter.name] = Variable(
                    known, annotation=parameter.annotation, names=frozenset([parameter.name])
                )
                if known is not None and known.handle.role is Role.TRANSACTION and not given and len(self.active) == 1:
                    receive(self, known, parameter.range)
        for path, handed in (given or {}).items():
            if "." in path:
                self.scope.variables[path] = Variable(handed)
        self.is_locked = self.is_locked or id(function) in self.file.guarded
        outer, was_over = self.sure, self.is_over
        self.sure |= {path for path, handed in (given or {}).items() if handed.handle.role is Role.TRANSACTION}
        self.block(function.body)
        self.sure, self.is_over = outer, was_over
        self.active = self.active[:-1]

    # --------------------------------------------------------------------------------------------- statements

    def block(self, statements: Block) -> None:
        """Walk statements in order."""
        for statement in statements:
            if len(self.effects) < MOST_EFFECTS and not self.is_over:
                self.file.steps += 1
                before = self.after_begin
                self.statement(statement)
                if self.after_begin is before:
                    self.after_begin = None

    def statement(self, statement: Statement) -> None:
        """Walk one statement."""
        match statement:
            case ExpressionStatement(value=value):
                self.visit(value, Use.DROPPED)
            case Assign():
                assign(self, statement)
            case If(test=test, then=then, otherwise=otherwise):
                if_statement(self, test, then, otherwise)
            case Loop():
                loop_statement(self, statement)
            case Try():
                try_statement(self, statement)
            case With():
                suppressed = suppressing(statement, self.handles.names)
                if suppressed is not None:
                    try_statement(self, suppressed)
                else:
                    with_block(self, statement)
            case Switch(subject=subject, cases=cases):
                if subject is not None:
                    self.visit(subject, Use.CHECKED)
                branch = self.file.number()
                for way, case in enumerate(cases, start=2):  # 0 and 1 are the two ways of an `if`, and all that it has
                    with self.arm(branch, way, case.body):
                        for value in case.values:
                            self.visit(value, Use.CHECKED)
                        self.block(case.body)
            case Return(value=value):
                handed = frozenset[Handle]()
                if value is not None:
                    self.visit(value, self.returned)
                    handed = move(self, value)
                    if not self.inner:
                        answer(self, statement.range, value)
                leave(self, statement, handed)
            case Raise(value=value):
                if value is not None:
                    self.visit(value, Use.KEPT)
                leave(self, statement)
            case Defer(call=call, kind=kind):
                defer(self, call, kind)
            case FunctionDefinition(function=function):
                self.later.append((function, self.scope))
                self.file.functions.setdefault(function.name, function)
                self.file.scopes[id(function)] = self.scope
            case ClassDefinition(body=body):
                for inner in body:
                    if isinstance(inner, FunctionDefinition):
                        self.later.append((inner.function, self.scope))
            case Nested(body=body):
                self.block(body)
            case Assert(test=test):
                self.visit(test, Use.CHECKED)

    # -------------------------------------------------------------------------------------------- expressions

    def visit(self, node: Expression, use: Use) -> None:
        """Walk an expression in the order in which it is evaluated; what is nested too deep is left out."""
        if self.nested == _DEEPEST or type(node) in LITERALS:
            return
        if type(node) is Name:
            self.results.read(node)
            return
        self.nested += 1
        self._visit(node, use)
        self.nested -= 1

    def _visit(self, node: Expression, use: Use) -> None:
        if type(node) is Call or type(node) is TaggedTemplate:
            visit_call(self, node, use)
            return
        if type(node) is Attribute:
            self.visit(node.value, Use.KEPT if use is Use.DROPPED else use)
            return
        match node:
            case Await(value=value):
                self.visit(value, {Use.DROPPED: Use.DISCARDED, Use.KEPT: Use.AWAITED}.get(use, use))
            case Lambda(function=function):
                self.later.append((function, self.scope))
                self.file.scopes[id(function)] = self.scope
            case Conditional(test=test, then=then, otherwise=otherwise):
                self.visit(test, Use.CHECKED)
                branch, asked = self.file.number(), presence(test)
                for way, value in enumerate((then, otherwise)):
                    with self.arm(branch, way, ()), told(self, asked, holds=way == 0) as is_possible:
                        if is_possible:
                            self.visit(value, use)
            case Binary(operator="and" | "or" | "??", left=left, right=right):
                self.visit(left, Use.CHECKED)
                with self.arm(self.file.number(), 1, ()):
                    self.visit(right, use)
            case AssignmentExpression(target=target, value=value):
                self.visit(value, Use.KEPT)
                bind(self, target, value, "")
            case Comprehension(element=element, target=target, iterable=iterable, conditions=conditions):
                self.visit(iterable, Use.KEPT)
                outer = self.place
                self.place = self.turn(is_few(iterable, self.scope))
                bind(self, target, iterable, "")
                for inner in (*conditions, element):
                    self.visit(inner, Use.KEPT)
                self.place = outer
            case Unary(operator="void", operand=operand):
                self.visit(operand, Use.KEPT)
            case Yield(value=value) if value is not None:
                self.visit(value, Use.RETURNED)
                move(self, value)
            case Collection():
                for child in children(node):
                    self.visit(child, use if use is not Use.DROPPED else Use.KEPT)
            case _:
                for child in children(node):
                    self.visit(child, Use.KEPT)

    # ------------------------------------------------------------------------------------------------- effects

    def current(self) -> Open | None:
        """The innermost transaction that is open here."""
        for opened in reversed(self.opened):
            is_around = opened in self.around or opened.scoping is Scoping.MANUAL
            if is_around and (opened.scoping not in _CLOSED_BY_HAND or opened.is_open_at(self.place)):
                return opened
        return None

    # ------------------------------------------------------------------------------------------------- places

    def turn(self, is_short: bool) -> Place:
        """This place in a turn of a loop of its own; `is_short` where its turns do not grow with the data."""
        number = self.file.number()
        short = self.place.short | {number} if is_short else self.place.short
        return replace(self.place, loops=(*self.place.loops, number), short=short)

    @contextmanager
    def arm(self, branch: int, way: int, body: Block, other: Block = ()) -> Iterator[None]:
        """One way of a branch; `other` is what the other way does, where there are two."""
        outer = self.place
        self.place = outer.within(Arm(branch, way, ends(body), ends(other)))
        yield
        self.place = outer

    @contextmanager
    def taken(self) -> Iterator[None]:
        """What runs as often as there is something to do: a loop, or a function that is called back."""
        outer = self.place
        self.place = outer.within(Arm(self.file.number(), 0, is_sure=True))
        yield
        self.place = outer

    @contextmanager
    def part(self, number: int, part: Part) -> Iterator[None]:
        outer = self.place
        self.place = replace(outer, tries=(*outer.tries, (number, part)))
        yield
        self.place = outer

    @contextmanager
    def detach(self) -> Iterator[None]:
        outer, self.detached = self.detached, True
        yield
        self.detached = outer

    def text(self, range: Range) -> str:
        """The source of a range."""
        return self.file.source.text(range)
