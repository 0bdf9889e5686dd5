"""Walks the functions of a file in program order and takes down what they do with databases.

Branches, loops and `try` statements become the `Place` of each effect. Callbacks that run at once are part of the
function around them; any other function literal is one of its own. Helpers of the same file count where they are
called.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import field, replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import path_of
from persistlint.analysis.transactions.calls import hands_over_transaction, visit_call
from persistlint.analysis.transactions.chain import Chain
from persistlint.analysis.transactions.checks import Checks
from persistlint.analysis.transactions.file import MOST_EFFECTS, Exit, File
from persistlint.analysis.transactions.handlers import (
    answer,
    handled_by,
    handled_error,
    is_narrow,
    is_no_failure,
    raised_later,
    statements,
    suppressing,
    takes_failure,
)
from persistlint.analysis.transactions.results import Results
from persistlint.analysis.transactions.rows import Rows
from persistlint.analysis.transactions.scopes import defer, name_transaction, receive, with_block
from persistlint.analysis.transactions.shapes import ends, error_name, first_name, is_row, presence, use_of
from persistlint.analysis.transactions.turns import first_of, is_counted, is_few
from persistlint.analysis.transactions.variables import Scope, Variable
from persistlint.facts import Arm, Effect, EffectKind, ErrorAnswer, Handle, Handled, Part, Place, Role, Scoping, Use
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
    Constant,
    Defer,
    Expression,
    ExpressionStatement,
    Function,
    FunctionDefinition,
    If,
    Lambda,
    Loop,
    Mapping,
    Name,
    Nested,
    Number,
    Raise,
    Return,
    Statement,
    String,
    Subscript,
    Switch,
    TaggedTemplate,
    Try,
    Unary,
    With,
    Yield,
    children,
    expressions,
    walk,
)
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.chain import Known
    from persistlint.analysis.transactions.handles import Handles
    from persistlint.analysis.transactions.open import Open
    from persistlint.source import Range


_ELSEWHERE = -1  # a way through a branch that is none of those in the program
_DEEPEST = 1_000  # expressions, one inside the other
_CLOSED_BY_HAND = (Scoping.MANUAL, Scoping.PARAMETER)
_LITERALS = frozenset([String, Number, Constant])  # a third of all expressions


@dataclass
class Walk:
    """The walk through one function."""

    file: File
    scope: Scope
    active: tuple[Function, ...] = ()
    depth: int = 0  # how many calls lie between the function and the one that is looked at
    nested: int = 0  # how many expressions lie around the one that is walked
    effects: list[Effect] = field(default_factory=list)
    opened: list[Open] = field(default_factory=list)  # every transaction of the function
    around: list[Open] = field(default_factory=list)  # those that the current place is lexically inside of
    handled: list[tuple[Handled, str, frozenset[str]]] = field(default_factory=list)
    # Where a return or raise mentions a variable, and where it is assigned, in program order.
    left_with: dict[str, list[int]] = field(default_factory=dict)
    assigned: dict[str, list[int]] = field(default_factory=dict)
    answers: list[ErrorAnswer] = field(default_factory=list)
    apart: list[frozenset[Range]] = field(default_factory=list)  # effects that may fail without others
    exits: list[Exit] = field(default_factory=list)
    moved: set[Handle] = field(default_factory=set)  # handles that are returned, stored or handed on
    stored: list[tuple[Handle, Place, int]] = field(
        default_factory=list
    )  # those that are returned or stored, and where
    settled: set[Handle] = field(default_factory=set)  # handles that commit by themselves
    held: set[Handle] = field(default_factory=set)  # connections whose end, which is sure, rolls back what is open
    later: list[tuple[Function, Scope]] = field(default_factory=list)
    rows: Rows = field(default_factory=Rows)
    checks: Checks = field(default_factory=Checks)
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
    tested: list[str] = field(default_factory=list)  # paths that the tests around this place found there
    filled: dict[str, list[Arm]] = field(default_factory=dict)  # where a variable was given something that is there
    undone: set[str] = field(default_factory=set)  # Go: variables whose transaction a deferred function rolls back
    begun: dict[str, Open] = field(default_factory=dict)  # Go: the transaction whose begin left its error in a variable
    returned: Use = Use.RETURNED  # what becomes of a value that is returned; of a callback, what becomes of its call
    guards: frozenset[int] = frozenset()
    fails: dict[str, Effect | None] = field(default_factory=dict)  # Go: what the error in a variable comes from

    @property
    def handles(self) -> Handles:
        return self.file.handles

    # ---------------------------------------------------------------------------------------------- functions

    def beside(self, scope: Scope) -> Walk:
        """A walk through another function of the file."""
        return Walk(self.file, scope, depth=self.depth + 1)

    def enter(self, function: Function, given: dict[str, Known] | None = None) -> None:
        """Bind the parameters and run the body; `given` are the handles that a call hands over."""
        self.active = (*self.active, function)
        if function.receiver:
            self.scope.receiver, self.scope.owner = function.receiver, function.owner or self.scope.owner
            self.scope.variables[function.receiver] = Variable()
        for parameter in function.parameters:
            known = (given or {}).get(parameter.name) or self.handles.parameter(
                parameter.name, parameter.annotation, parameter.range.start
            )
            if parameter.pattern is not None:
                self._bind_pattern(parameter.pattern, parameter.range.start, given)
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

    def _bind_pattern(self, pattern: Expression, origin: int, given: dict[str, Known] | None = None) -> None:
        for node in walk(pattern):
            if isinstance(node, Name):
                known = (given or {}).get(node.id) or self.handles.guess(node.id, origin)
                self.scope.variables[node.id] = Variable(known, names=frozenset([node.id]))

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
                self._assign(statement)
            case If(test=test, then=then, otherwise=otherwise):
                self._if(test, then, otherwise)
            case Loop():
                self._loop(statement)
            case Try():
                self._try(statement)
            case With():
                suppressed = suppressing(statement, self.handles.names)
                if suppressed is not None:
                    self._try(suppressed)
                else:
                    with_block(self, statement)
            case Switch(subject=subject, cases=cases):
                if subject is not None:
                    self.visit(subject, Use.CHECKED)
                branch = self.file.number()
                for way, case in enumerate(cases):
                    with self.arm(branch, way, case.body):
                        for value in case.values:
                            self.visit(value, Use.CHECKED)
                        self.block(case.body)
            case Return(value=value):
                handed = frozenset[Handle]()
                if value is not None:
                    self.visit(value, self.returned)
                    handed = self.move(value)
                    if not self.inner:
                        answer(self, statement.range, value)
                self.leave(statement, handed)
            case Raise(value=value):
                if value is not None:
                    self.visit(value, Use.KEPT)
                self.leave(statement)
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

    def _assign(self, statement: Assign) -> None:
        value, target = statement.value, statement.target
        count = len(self.effects)
        opened = len(self.opened)
        taken = len(self.handled)
        if value is not None:
            self.visit(value, use_of(target, self.handles.language))
            self.move_stored(target, value)
        if len(self.handled) > taken:
            self.rejected[path_of(target) or ""] = range(taken, len(self.handled))
        self.rows.assigned(statement, self, self.effects[count:])
        self.results.assigned(statement, self.current(), self.place)
        written = [i for i, effect in enumerate(self.effects[count:], count) if effect.kind is EffectKind.WRITE]
        if len(written) == 1 and (given := first_name(target)):
            self.effects[written[0]] = replace(self.effects[written[0]], instance=given)
        if isinstance(target, Name) and value is not None:
            self._fill(target.id, value, any(e.kind is EffectKind.WRITE for e in self.effects[count:]))
        if self.handles.language == "go":
            begun = self.begun.get(path_of(value) or "") if value is not None else None  # `err := tx.Error`
            for element in target.elements if isinstance(target, Collection) else (target,):
                path = path_of(element) or ""
                self.assigned.setdefault(path, []).append(statement.range.start)
                self.fails[path] = self.effects[-1] if len(self.effects) > count else None
                self.begun.pop(path, None)
            if begun is not None:
                self.begun[path_of(target) or ""] = begun
        self.bind(target, value, statement.annotation, statement.operator)
        if len(self.opened) > opened and self.opened[-1].scoping is Scoping.MANUAL:
            name_transaction(self, self.opened[-1], target)
            self.after_begin, self.error = self.opened[-1], error_name(target)
            self.begun[self.error or f"{path_of(target)}.Error"] = self.opened[-1]  # GORM's handle holds its own error

    def bind(self, target: Expression, value: Expression | None, annotation: str, operator: str = "=") -> None:
        """Note what a variable is from here on."""
        if isinstance(target, Collection):
            first = target.elements[0] if target.elements else None
            for element in target.elements:
                self.bind(element, value if element is first else None, "")
                path = path_of(element)
                if path is not None and value is not None and path in self.scope.variables:
                    self.scope.variables[path].names |= self.names_in(value)
            return
        if isinstance(target, Mapping):
            for entry in target.entries:
                self._bind_pattern(entry.value, target.range.start)
                for node in walk(entry.value):
                    if isinstance(node, Name) and value is not None:
                        self.scope.variables[node.id].names |= self.names_in(value)
            return
        path = path_of(target)
        if path is None:
            return
        chain = self.handles.follow(value, self.scope) if value is not None else Chain()
        known = chain.known
        if known is not None and known.type.fluent and not known.type.role:
            # A builder that is awaited gives rows, and so does a statement that runs at once.
            is_sent = chain.effect in ("sql", "read", "write") and known.type.library.transactions.synchronous
            known = None if isinstance(value, Await) or is_sent else known
        if known is None and annotation:
            known = self.handles.declared(annotation, path, target.range.start)
        if known is None and isinstance(value, Call | Await | TaggedTemplate | type(None)) and isinstance(target, Name):
            is_loaded = chain.effect in ("read", "write", "sql")
            known = self.handles.guess(target.id, target.range.start) if not is_loaded else None
            if known is not None and isinstance(value, Call) and hands_over_transaction(self, value):
                known = replace(known, handle=replace(known.handle, role=Role.TRANSACTION))
        elif known is not None and known.is_new:
            known = replace(known, handle=replace(known.handle, name=path, origin=target.range.start), is_new=False)
        names = (self.names_in(value) if value is not None else frozenset()) | {path}
        old = self.scope.find(path)
        if operator != "=" and old is not None:
            old.names |= names
            return
        self.scope.variables[path] = Variable(known, value, annotation, names)

    def _if(self, test: Expression, then: Block, otherwise: Block) -> None:
        self.visit(test, Use.CHECKED)
        branch = self.file.number()
        before = self.guards
        if self.begun:
            paths = (path_of(node) for node in walk(test) if isinstance(node, Name | Attribute))
            self.guards = before | {self.begun[path].number for path in paths if path in self.begun}
        count = len(self.effects)
        asked = presence(test)
        there = asked is None or asked[1]
        outer = self.place
        if takes_failure(self, asked):
            self.place = replace(outer, tries=(*outer.tries, (branch, Part.HANDLER)))
        with self.arm(branch, 0, then, otherwise), self._told(asked, holds=True) as is_possible:
            self.checks.decided(test, self, holds=True)
            self.block(then if is_possible else ())
        self.place = outer
        self.guards = before
        handled_error(self, test, then, count)
        if asked is not None and not there:
            raised_later(self, asked[0], then)
        with self.arm(branch, 1, otherwise, then), self._told(asked, holds=False) as is_possible:
            self.checks.decided(test, self, holds=False)
            self.block(otherwise if is_possible else ())
        if ends(then):
            self.checks.decided(test, self, holds=False)
        if asked is not None and there and ends(then):
            self.is_over = asked[0] in self.sure  # the caller gave it, so what follows never runs
            self.around = self._without(asked[0])

    @contextmanager
    def _told(self, asked: tuple[str, bool] | None, *, holds: bool) -> Iterator[bool]:
        """What a test tells where it holds, or does not: where it found no transaction, none is open, and where a
        variable is empty, the program did not come by what fills it. Gives whether a run can come here at all."""
        if asked is None:
            yield True
            return
        path, there = asked[0], asked[1] is holds
        outer, place = list(self.around), self.place  # a block that opens one adds to the list itself
        if there:
            self.tested.append(path)
        else:
            self.around = self._without(path)
            elsewhere = tuple(replace(arm, way=_ELSEWHERE) for arm in self.filled.get(path, ()))
            self.place = replace(place, arms=(*place.arms, *elsewhere))
        yield there or path not in self.sure
        self.around, self.place = outer, place
        if there:
            self.tested.pop()

    def _fill(self, name: str, value: Expression, is_written: bool) -> None:
        """Note on which way a variable gets something that is there for sure: what a test has found, a row that was
        written, or something new."""
        is_new = (
            is_written or isinstance(value, Mapping | Collection | String) or (isinstance(value, Call) and value.new)
        )
        if not is_new and path_of(value) not in self.tested:
            self.filled.pop(name, None)  # it may be empty now, wherever it was filled before
        elif self.place.arms:
            self.filled.setdefault(name, []).append(self.place.arms[-1])

    def _without(self, path: str) -> list[Open]:
        """The transactions around this place but for the one that a parameter may hold."""
        found = self.scope.find(path)
        handle = found.known.handle if found is not None and found.known is not None else None
        return [o for o in self.around if o.scoping is not Scoping.PARAMETER or o.handle != handle]

    def _loop(self, loop: Loop) -> None:
        count = len(self.effects)
        for expression in (loop.iterable, loop.test):
            if expression is not None:
                self.visit(expression, Use.KEPT)
        outer = self.place
        is_while = loop.iterable is None
        self.place = self.turn(is_counted(loop.test, self.scope) if is_while else is_few(loop.iterable, self.scope))
        with self.taken():
            if loop.target is not None:
                self.bind(loop.target, first_of(loop.iterable, self.scope), "")
                known = self.handles.known(loop.iterable, self.scope) if loop.iterable is not None else None
                if known is not None and known.handle.role is not Role.INSTANCE:
                    for node in walk(loop.target):
                        if isinstance(node, Name):
                            self.scope.variables[node.id] = Variable(names=frozenset([node.id]))
                if loop.iterable is not None:
                    self.rows.each(loop.target, loop.iterable, self.effects[count:])
            self.block(loop.body)
        self.place = outer
        self.block(loop.otherwise)

    def _try(self, statement: Try) -> None:
        number = self.file.number()
        part = Part.BODY if statement.handlers else Part.GUARDED
        start = len(self.effects)
        transaction = self.current()
        with self.part(number, part):
            self.block(statement.body)
        failing = tuple(self.effects[start:])
        self.block(statement.otherwise)
        branch = self.file.number()
        for way, handler in enumerate(statement.handlers, start=1):
            count = len(self.effects)
            with self.part(number, Part.HANDLER), self.arm(branch, way, handler.body):
                if handler.name:
                    self.scope.variables[handler.name] = Variable(names=frozenset([handler.name]))
                self.block(handler.body)
            if failing and not is_no_failure(handler.types, self.handles.names):
                self.handled.append(
                    handled_by(
                        self,
                        handler.range,
                        failing,
                        handler.body,
                        handler.name or "",
                        self.effects[count:],
                        is_narrow(handler.types),
                        sum(1 for _ in statements(statement.body)),
                        transaction,
                    )
                )
        self.results.handled(number, tuple(handler.body for handler in statement.handlers))
        with self.part(number, Part.FINAL):
            self.block(statement.final)

    # -------------------------------------------------------------------------------------------- expressions

    def visit(self, node: Expression, use: Use) -> None:
        """Walk an expression in the order in which it is evaluated; what is nested too deep is left out."""
        if self.nested == _DEEPEST or type(node) in _LITERALS:
            return
        if type(node) is Name:
            self.results.read(node)
            return
        self.nested += 1
        self._visit(node, use)
        self.nested -= 1

    def _visit(self, node: Expression, use: Use) -> None:
        if isinstance(node, Call | TaggedTemplate):
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
            case Conditional(test=test, then=then, otherwise=otherwise):
                self.visit(test, Use.CHECKED)
                branch, asked = self.file.number(), presence(test)
                for way, value in enumerate((then, otherwise)):
                    with self.arm(branch, way, ()), self._told(asked, holds=way == 0) as is_possible:
                        if is_possible:
                            self.visit(value, use)
            case Binary(operator="and" | "or" | "??", left=left, right=right):
                self.visit(left, Use.CHECKED)
                with self.arm(self.file.number(), 1, ()):
                    self.visit(right, use)
            case AssignmentExpression(target=target, value=value):
                self.visit(value, Use.KEPT)
                self.bind(target, value, "")
            case Comprehension(element=element, target=target, iterable=iterable, conditions=conditions):
                self.visit(iterable, Use.KEPT)
                outer = self.place
                self.place = self.turn(is_few(iterable, self.scope))
                self.bind(target, iterable, "")
                for inner in (*conditions, element):
                    self.visit(inner, Use.KEPT)
                self.place = outer
            case Unary(operator="void", operand=operand):
                self.visit(operand, Use.KEPT)
            case Yield(value=value) if value is not None:
                self.visit(value, Use.RETURNED)
                self.move(value)
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

    def names_in(self, node: Expression, scope: Scope | None = None) -> frozenset[str]:
        """The variables that an expression mentions, and those that went into them; no handles, no constants. Of a
        request, which everything comes from, the values that it asks with."""
        if type(node) in _LITERALS:
            return frozenset()
        scope = scope or self.scope
        found: set[str] = set()
        for inner in _mentioned(node):
            if type(inner) is not Name:
                if (path := _asked(inner)) is not None:
                    found.add(path)
                continue
            if inner.id in _NO_DATA:
                continue
            variable = scope.find(inner.id)
            if variable is None or (variable.known is not None and not is_row(variable.known)):
                continue
            found |= variable.names | {inner.id}
        return frozenset(found - _NO_DATA)

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

    def leave(self, node: Return | Raise | Call, handed: frozenset[Handle] = frozenset()) -> None:
        """The function ends here, and hands over these handles."""
        answer = node.value if isinstance(node, Return) else None
        is_answered = answer is not None and type(answer) not in _LITERALS
        self.exits.append(Exit(self.place, node.range, len(self.effects), self.guards, is_answered))
        self.stored.extend((handle, self.place, node.range.start) for handle in handed)
        if isinstance(node, Return | Raise) and node.value is not None:
            named = (inner.id for inner in walk(node.value) if isinstance(inner, Name))
            for name in set(named):
                self.left_with.setdefault(name, []).append(node.range.start)

    def move(self, value: Expression) -> frozenset[Handle]:
        """A handle that leaves the function belongs to somebody else as well; gives the handles that do."""
        if type(value) in _LITERALS:
            return frozenset()
        read: set[int] = set()  # `cursor.lastrowid` is no cursor
        handles: list[tuple[int, Handle]] = []
        for node in walk(value):
            if type(node) is Attribute:
                read.add(id(node.value))
            elif type(node) is Name:
                variable = self.scope.find(node.id)
                if variable is not None and variable.known is not None:
                    handles.append((id(node), variable.known.handle))
        moved = frozenset(handle for node, handle in handles if node not in read)
        self.moved |= moved
        return moved

    def move_stored(self, target: Expression, value: Expression) -> None:
        if not isinstance(target, Name | Collection | Mapping):
            self.stored.extend((handle, self.place, value.range.start) for handle in self.move(value))
        if isinstance(target, Attribute) and target.name in ("autocommit", "isolation_level"):
            known = self.handles.known(target.value, self.scope)
            if known is not None:
                self.settled.add(known.handle)

    def text(self, range: Range) -> str:
        """The source of a range."""
        return self.file.source.text(range)


def _mentioned(node: Expression) -> list[Expression]:
    """An expression and everything inside it, and what stands in the outermost statements of the functions that it is
    given, but for their parameters: `ids.map((id) => ({ id, order_id: order.id }))`."""
    found = list(walk(node))
    for function in [inner.function for inner in found if type(inner) is Lambda]:
        own = {parameter.name for parameter in function.parameters}
        parts = (part for s in function.body for each in expressions(s) for part in walk(each))
        found += [part for part in parts if not isinstance(part, Name) or part.id not in own]
    return found


def _asked(node: Expression) -> str | None:
    """The value that a request asks with, where a node is one: `req.params.id`."""
    if not isinstance(node, Attribute | Subscript) or type(node.value) is Name:
        return None
    if type(node.value) is Attribute and node.value.name not in _ASKS:
        return None
    path = path_of(node)
    return path if path is not None and _ASKED.fullmatch(path) else None


_ASKS = frozenset(["params", "body", "query", "pathParameters", "path_params", "view_args", "json"])
_ASKED = regex(rf"(?:req|request|ctx|context|event)\.(?:{'|'.join(sorted(_ASKS))})\.\w+")
_NO_DATA = frozenset(
    [
        "self",
        "cls",
        "this",
        "ctx",
        "context",
        "err",
        "error",
        "req",
        "res",
        "request",
        "response",
        "c",
        "t",
        "log",
        "logger",
        "console",
    ]
)
