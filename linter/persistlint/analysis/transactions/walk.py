"""Walks the functions of a file in program order and takes down what they do with databases.

Branches, loops and `try` statements become the `Place` of each effect. Callbacks that run at once are part of the
function around them; any other function literal is one of its own. Helpers of the same file count where they are
called.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.transactions.answers import outcome_of, says_error
from persistlint.analysis.transactions.handles import Chain, Handles, Known, Scope, Variable
from persistlint.analysis.transactions.open import Open, closes, misplaced_option, names_transaction, opens
from persistlint.analysis.transactions.outside import is_outside
from persistlint.analysis.transactions.rows import Rows
from persistlint.facts import Arm, Effect, EffectKind, ErrorAnswer, Handle, Handled, Part, Place, Role, Scoping, Use
from persistlint.ir import (
    Argument,
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
    Jump,
    Lambda,
    Loop,
    Mapping,
    Name,
    Nested,
    Parameter,
    Raise,
    Return,
    Statement,
    String,
    Switch,
    TaggedTemplate,
    Try,
    Unary,
    With,
    Yield,
    children,
    walk,
)
from persistlint.source import Range
from persistlint.sql.outline import Deed, Outline, outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.schedule import Wanted
    from persistlint.source import SourceFile

DEEPEST_INLINE = 8  # how many callbacks are walked one inside the other
MOST_STEPS = 20_000  # statements of one file; beyond that, helpers are no longer followed
MOST_EFFECTS = 400  # of one function; what comes behind them is not looked at

_FEWEST_WORDS = 4  # of a comment that explains something, its mark included
_ITERATES = frozenset(["map", "forEach", "filter", "flatMap", "some", "every", "reduce", "for_each", "each", "find"])
_AT_ONCE = frozenset(["then", "catch", "finally", "Promise", "nextTick"])
_WAITS_FOR_ALL = frozenset(
    ["Promise.all", "Promise.allSettled", "Promise.race", "Promise.any", "asyncio.gather", "asyncio.wait"]
)
_WRAPS = re.compile(
    r"(?:with|in|run|do|exec(?:ute)?)?_?(?:in_?)?(?:a_?)?(?:tx|trx|txn|transaction(?:al(?:ly)?)?)(?:_?(?:context|scope|async|func))?",
    re.IGNORECASE,
)
# In the name of a context manager or decorator of the program's own.
OPENS = re.compile(r"transaction|atomic|unit_?of_?work|commit_on_success|db_?session", re.IGNORECASE)
_ENDS = frozenset(["exit", "abort", "Exit", "Fatal", "Fatalf", "Fatalln", "Panic", "panic", "die"])
_KINDS = {
    "read": EffectKind.READ,
    "write": EffectKind.WRITE,
    "pending": EffectKind.PENDING,
    "schema": EffectKind.SCHEMA,
    "begin": EffectKind.BEGIN,
    "commit": EffectKind.COMMIT,
    "rollback": EffectKind.ROLLBACK,
    "savepoint": EffectKind.SAVEPOINT,
    "acquire": EffectKind.ACQUIRE,
    "release": EffectKind.RELEASE,
    "lock": EffectKind.READ,
}
_DEEDS = {
    Deed.READ: EffectKind.READ,
    Deed.WRITE: EffectKind.WRITE,
    Deed.SCHEMA: EffectKind.SCHEMA,
    Deed.BEGIN: EffectKind.BEGIN,
    Deed.COMMIT: EffectKind.COMMIT,
    Deed.ROLLBACK: EffectKind.ROLLBACK,
    Deed.SAVEPOINT: EffectKind.SAVEPOINT,
    Deed.OTHER: EffectKind.OTHER,
}


@dataclass
class Exit:
    """A place where the function is left, and the range of the statement that leaves it."""

    place: Place
    range: Range
    index: int  # how many effects stand before it
    guards: frozenset[int]  # the numbers of transactions of whose begin it only hands on the error


@dataclass
class File:
    """What is the same for all functions of a file."""

    source: SourceFile
    handles: Handles
    functions: dict[str, Function] = field(default_factory=dict)  # by name, methods as `Class.method`
    every_function: list[Function] = field(default_factory=list)
    wanted: Wanted | None = None  # which functions are worth walking
    steps: int = 0  # statements that were walked
    scopes: dict[int, Scope] = field(default_factory=dict)  # the variables around a function, by its identity
    # The calls of a function in this file: by which function, and whether inside a transaction of that.
    calls: dict[int, list[tuple[Function | None, bool]]] = field(default_factory=dict)
    summaries: dict[Any, tuple[tuple[Effect, ...], tuple[Open, ...]]] = field(default_factory=dict)
    comments: tuple[Range, ...] = ()
    numbers: int = 0

    def is_explained(self, range: Range) -> bool:
        """Whether a comment of some words stands below the line where a range starts, and above its end."""
        start = self.source.line_range(self.source.line_of(range.start)).end
        end = self.source.line_range(self.source.line_of(range.end)).end
        inside = (comment for comment in self.comments if start < comment.start <= end)
        return any(len(self.source.text(comment).split()) >= _FEWEST_WORDS for comment in inside)

    def is_wanted(self, function: Function) -> bool:
        """Whether a function can do anything to a database."""
        return self.wanted is None or self.wanted.includes(function)

    def is_called_inside(self, function: Function, asked: tuple[Function, ...] = ()) -> bool:
        """Whether every call of a function in this file stands inside a transaction, there or further out."""
        calls = self.calls.get(id(function), ())
        return bool(calls) and all(
            inside or (caller is not None and caller not in asked and self.is_called_inside(caller, (*asked, function)))
            for caller, inside in calls
        )

    def source_range(self) -> Range:
        """The whole file."""
        return Range(0, len(self.source.content))

    def number(self) -> int:
        """A number that nothing else has."""
        self.numbers += 1
        return self.numbers


@dataclass
class Walk:
    """The walk through one function."""

    file: File
    scope: Scope
    active: tuple[Function, ...] = ()
    effects: list[Effect] = field(default_factory=list)
    opened: list[Open] = field(default_factory=list)  # every transaction of the function
    around: list[Open] = field(default_factory=list)  # those that the current place is lexically inside of
    handled: list[Handled] = field(default_factory=list)
    answers: list[ErrorAnswer] = field(default_factory=list)
    exits: list[Exit] = field(default_factory=list)
    moved: set[Handle] = field(default_factory=set)  # handles that are returned, stored or handed on
    settled: set[Handle] = field(default_factory=set)  # handles that commit by themselves
    held: set[Handle] = field(default_factory=set)  # connections whose end, which is sure, rolls back what is open
    later: list[tuple[Function, Scope]] = field(default_factory=list)
    rows: Rows = field(default_factory=Rows)
    place: Place = field(default_factory=Place)
    parallel: bool = False
    detached: bool = False
    after_begin: Open | None = None  # the statement before opened it
    error: str = ""  # the variable that holds the error of that statement
    returned: Use = Use.RETURNED  # what becomes of a value that is returned; of a callback, what becomes of its call
    guards: frozenset[int] = frozenset()
    fails: dict[str, Effect | None] = field(default_factory=dict)  # Go: what the error in a variable comes from

    @property
    def handles(self) -> Handles:
        return self.file.handles

    # ---------------------------------------------------------------------------------------------- functions

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
                    self._receive(known, parameter.range)
        for path, handed in (given or {}).items():
            if "." in path:
                self.scope.variables[path] = Variable(handed)
        self.block(function.body)
        self.active = self.active[:-1]

    def _receive(self, known: Known, range: Range) -> None:
        """A function that is given a transaction runs inside of it."""
        opened = self.open(range, Scoping.PARAMETER, Chain(known, known), known.handle)
        self.around.append(opened)

    def _bind_pattern(self, pattern: Expression, origin: int, given: dict[str, Known] | None = None) -> None:
        for node in walk(pattern):
            if isinstance(node, Name):
                known = (given or {}).get(node.id) or self.handles.guess(node.id, origin)
                self.scope.variables[node.id] = Variable(known, names=frozenset([node.id]))

    # --------------------------------------------------------------------------------------------- statements

    def block(self, statements: Block) -> None:
        """Walk statements in order."""
        for statement in statements:
            if len(self.effects) < MOST_EFFECTS:
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
                self._with(statement)
            case Switch(subject=subject, cases=cases):
                if subject is not None:
                    self.visit(subject, Use.CHECKED)
                branch = self.file.number()
                for way, case in enumerate(cases):
                    with self._arm(branch, way, case.body):
                        for value in case.values:
                            self.visit(value, Use.CHECKED)
                        self.block(case.body)
            case Return(value=value):
                if value is not None:
                    self.visit(value, self.returned)
                    self._move(value)
                    self._answer(statement.range, value)
                self._exit(statement.range)
            case Raise(value=value):
                if value is not None:
                    self.visit(value, Use.KEPT)
                self._exit(statement.range)
            case Defer(call=call, kind=kind):
                self._defer(call, kind)
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
        if value is not None:
            self.visit(value, _use_of(target, self.handles.language))
            self._move_stored(target, value)
        self.rows.assigned(statement, self, self.effects[count:])
        if isinstance(target, Name) and len(self.effects) == count + 1 and self.effects[-1].kind is EffectKind.WRITE:
            self.effects[-1] = replace(self.effects[-1], instance=target.id)
        if self.handles.language == "go":
            for element in target.elements if isinstance(target, Collection) else (target,):
                self.fails[path_of(element) or ""] = self.effects[-1] if len(self.effects) > count else None
        self._bind(target, value, statement.annotation, statement.operator)
        if len(self.opened) > opened and self.opened[-1].scoping is Scoping.MANUAL:
            self._name_transaction(self.opened[-1], target)
            self.after_begin, self.error = self.opened[-1], _error_name(target)

    def _bind(self, target: Expression, value: Expression | None, annotation: str, operator: str = "=") -> None:
        """Note what a variable is from here on."""
        if isinstance(target, Collection):
            first = target.elements[0] if target.elements else None
            for element in target.elements:
                self._bind(element, value if element is first else None, "")
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
        known = self.handles.known(value, self.scope) if value is not None else None
        if known is None and annotation:
            known = self.handles.declared(annotation, path, target.range.start)
        if known is None and isinstance(value, Call | Await | TaggedTemplate | type(None)) and isinstance(target, Name):
            known = self.handles.guess(target.id, target.range.start) if not self._is_row(value) else None
            if known is not None and isinstance(value, Call) and self._hands_over_transaction(value):
                known = replace(known, handle=replace(known.handle, role=Role.TRANSACTION))
        elif known is not None and known.is_new:
            known = replace(known, handle=replace(known.handle, name=path, origin=target.range.start), is_new=False)
        names = (self.names_in(value) if value is not None else frozenset()) | {path}
        old = self.scope.find(path)
        if operator != "=" and old is not None:
            old.names |= names
            return
        self.scope.variables[path] = Variable(known, value, annotation, names)

    def _is_row(self, value: Expression | None) -> bool:
        return value is not None and self.handles.follow(value, self.scope).effect in ("read", "write", "sql")

    def _name_transaction(self, opened: Open, target: Expression) -> None:
        """A transaction that is begun by hand belongs to the variable that it is assigned to."""
        element = target.elements[0] if isinstance(target, Collection) and target.elements else target
        path = path_of(element)
        if path is None or opened.on_connection:
            return
        if self.handles.language == "go" and _is_error(path):  # `err = o.Begin()`: it gives no handle of its own
            opened.handle, opened.on_connection = opened.opener, True
            return
        known = self.scope.variables.get(path)
        type = known.known.type if known is not None and known.known is not None else opened.type
        handle = Handle(path, Role.TRANSACTION, opened.opener.library, element.range.start, True, True)
        opened.handle = handle
        self.scope.variables[path] = Variable(Known(handle, type), names=frozenset([path]))

    def _if(self, test: Expression, then: Block, otherwise: Block) -> None:
        self.visit(test, Use.CHECKED)
        branch = self.file.number()
        before = self.guards
        after = self.after_begin
        if (
            after is not None
            and self.error
            and any(isinstance(node, Name) and node.id == self.error for node in walk(test))
        ):
            self.guards = before | {after.number}
            self.after_begin = None
        count = len(self.effects)
        with self._arm(branch, 0, then):
            self.block(then)
        self.guards = before
        self._handled_error(test, then, count)
        with self._arm(branch, 1, otherwise):
            self.block(otherwise)

    def _handled_error(self, test: Expression, then: Block, count: int) -> None:
        """Go: `if err != nil { … }` behind a call is the handler of its error."""
        if self.handles.language != "go" or not isinstance(test, Binary) or test.operator != "!=":
            return
        error = path_of(test.left) or ""
        name = error.removesuffix(".Error")
        effect = self.fails.get(name)
        if effect is not None and _is_error(error):
            done = self.effects[count:]
            self.handled.append(self._handler(test.range, (effect,), then, name, done, False, 1, self.current()))

    def _loop(self, loop: Loop) -> None:
        for expression in (loop.iterable, loop.test):
            if expression is not None:
                self.visit(expression, Use.KEPT)
        outer = self.place
        self.place = replace(outer, loops=(*outer.loops, self.file.number()))
        with self._arm(self.file.number(), 0, ()):
            if loop.target is not None:
                self._bind(loop.target, loop.iterable, "")
                known = self.handles.known(loop.iterable, self.scope) if loop.iterable is not None else None
                if known is not None and known.handle.role is not Role.INSTANCE:
                    for node in walk(loop.target):
                        if isinstance(node, Name):
                            self.scope.variables[node.id] = Variable(names=frozenset([node.id]))
            self.block(loop.body)
        self.place = outer
        self.block(loop.otherwise)

    def _handler(
        self,
        range: Range,
        effects: tuple[Effect, ...],
        body: Block,
        name: str,
        done: list[Effect],
        is_narrow: bool,
        size: int,
        transaction: Open | None,
    ) -> Handled:
        """What a handler does with the errors of these effects."""
        outcome = outcome_of(body, name)
        end = body[-1].range.end if body else range.end
        return Handled(
            range,
            effects,
            outcome.raises,
            outcome.answers,
            any(effect.kind is EffectKind.ROLLBACK for effect in done),
            outcome.only_logs,
            is_narrow,
            self.file.is_explained(Range(range.start, max(range.end, end))),
            size,
            transaction.range if transaction is not None else None,
        )

    def _try(self, statement: Try) -> None:
        number = self.file.number()
        part = Part.BODY if statement.handlers else Part.GUARDED
        start = len(self.effects)
        transaction = self.current()
        with self._part(number, part):
            self.block(statement.body)
        failing = tuple(self.effects[start:])
        self.block(statement.otherwise)
        branch = self.file.number()
        for way, handler in enumerate(statement.handlers, start=1):
            count = len(self.effects)
            with self._part(number, Part.HANDLER), self._arm(branch, way, handler.body):
                if handler.name:
                    self.scope.variables[handler.name] = Variable(names=frozenset([handler.name]))
                self.block(handler.body)
            if failing and not _is_no_failure(handler.types):
                self.handled.append(
                    self._handler(
                        handler.range,
                        failing,
                        handler.body,
                        handler.name or "",
                        self.effects[count:],
                        _is_narrow(handler.types),
                        sum(1 for _ in _statements(statement.body)),
                        transaction,
                    )
                )
        with self._part(number, Part.FINAL):
            self.block(statement.final)

    def _with(self, statement: With) -> None:
        context = self.handles.called(statement.context)
        variable = self.scope.find(context.id) if isinstance(context, Name) else None
        if variable is not None and variable.value is not None:  # `with transaction:`
            held = self.handles.follow(variable.value, self.scope)
            context = variable.value if held.effect == "context" else context
        chain = self.handles.follow(context, self.scope)
        count = len(self.opened)
        if chain.effect == "context" and isinstance(chain.call, Call):
            self._begin(context, chain, chain.call)
        else:
            self.visit(context, Use.AWAITED)
        opened: Open | None = None
        if len(self.opened) > count and self.opened[-1].scoping is Scoping.MANUAL:
            opened = self.opened[-1]
            opened.scoping = Scoping.CONTEXT
        elif chain.known is not None and chain.effect in ("", "acquire"):
            known = chain.known
            is_whole = known.type.role in ("implicit", "connection") and known.type.role == known.handle.role.value
            if known.type.library.transactions.exit_commits and is_whole:
                opened = self.open(statement.context.range, Scoping.CONTEXT, chain, known.handle)
                opened.on_connection = True
                self.settled.add(known.handle)
        elif chain.effect == "savepoint" and chain.root is not None:
            opened = self.open(statement.context.range, Scoping.CONTEXT, chain, chain.root.handle)
            opened.is_savepoint = True
        if opened is None and isinstance(context, Call) and OPENS.search(last_name(context.function)):
            opened = self.open(context.range, Scoping.CONTEXT, chain, None)
        if opened is not None and statement.target is None and not opened.is_ambient and not opened.on_connection:
            opened.handle, opened.on_connection = opened.opener, opened.opener.role is not Role.POOL
        if statement.target is not None:
            self._bind(statement.target, context, "")
            bound = self.handles.known(statement.target, self.scope)
            if chain.effect in ("", "acquire") and bound is not None:
                self.held.add(bound.handle)
                if opened is not None and opened.on_connection:
                    opened.handle = bound.handle
            if opened is not None and not opened.on_connection and not opened.is_savepoint:
                self._name_transaction(opened, statement.target)
                if opened.handle is not None and chain.known is not None and chain.known.type.role == "session":
                    self.scope.variables[path_of(statement.target) or ""].known = Known(opened.handle, chain.known.type)
        if opened is not None:
            self.around.append(opened)
        self.block(statement.body)
        if opened is not None:
            self.around.remove(opened)
            opened.is_over = True

    def _defer(self, call: Expression, kind: str) -> None:
        if kind == "go":
            with self._detached():
                self.visit(call, Use.KEPT)
            return
        body = call.function.function.body if isinstance(call, Call) and isinstance(call.function, Lambda) else None
        early = self.after_begin
        saved = self.effects
        closings = [(opened, len(opened.closings)) for opened in self.opened]
        self.effects = []
        if body is not None:
            self.block(body)
        else:
            self.visit(call, Use.KEPT)
            if isinstance(call, Call):
                self._deferred_close(call)
                for argument in call.arguments:
                    known = self.handles.known(argument.value, self.scope)
                    for opened in self.opened:
                        if known is not None and opened.handle is not None and _same(known.handle, opened.handle):
                            opened.deferred = True
        found, self.effects = self.effects, saved
        for opened, count in closings:
            del opened.closings[count:]
        for effect in found:
            for opened in self.opened:
                if effect.kind in (EffectKind.ROLLBACK, EffectKind.COMMIT) and closes(effect, opened):
                    opened.deferred = True
                    if effect.kind is EffectKind.COMMIT:
                        opened.commits = True
                    if opened is early and self.error and body is None and effect.kind is EffectKind.ROLLBACK:
                        opened.early = call.range
        self.effects.extend(effect for effect in found if effect.kind is EffectKind.RELEASE)

    def _deferred_close(self, call: Call) -> None:
        """`defer session.Close()` rolls back what is not committed."""
        if isinstance(call.function, Attribute) and call.function.name in ("Close", "Release"):
            known = self.handles.known(call.function.value, self.scope)
            if known is not None and known.handle.role is not Role.POOL:
                self.held.add(known.handle)

    # -------------------------------------------------------------------------------------------- expressions

    def visit(self, node: Expression, use: Use) -> None:
        """Walk an expression in the order in which it is evaluated."""
        match node:
            case Await(value=value):
                self.visit(value, {Use.DROPPED: Use.DISCARDED, Use.KEPT: Use.AWAITED}.get(use, use))
            case Call() | TaggedTemplate():
                self._call(node, use)
            case Lambda(function=function):
                self.later.append((function, self.scope))
            case Conditional(test=test, then=then, otherwise=otherwise):
                self.visit(test, Use.CHECKED)
                branch = self.file.number()
                for way, value in enumerate((then, otherwise)):
                    with self._arm(branch, way, ()):
                        self.visit(value, use)
            case Binary(operator="and" | "or" | "??", left=left, right=right):
                self.visit(left, Use.CHECKED)
                with self._arm(self.file.number(), 1, ()):
                    self.visit(right, use)
            case AssignmentExpression(target=target, value=value):
                self.visit(value, Use.KEPT)
                self._bind(target, value, "")
            case Comprehension(element=element, target=target, iterable=iterable, conditions=conditions):
                self.visit(iterable, Use.KEPT)
                outer = self.place
                self.place = replace(outer, loops=(*outer.loops, self.file.number()))
                self._bind(target, iterable, "")
                for inner in (*conditions, element):
                    self.visit(inner, Use.KEPT)
                self.place = outer
            case Unary(operator="void", operand=operand):
                self.visit(operand, Use.KEPT)
            case Yield(value=value) if value is not None:
                self.visit(value, Use.RETURNED)
                self._move(value)
            case Attribute(value=value):
                self.visit(value, Use.KEPT if use is Use.DROPPED else use)
            case Collection():
                for child in children(node):
                    self.visit(child, use if use is not Use.DROPPED else Use.KEPT)
            case _:
                for child in children(node):
                    self.visit(child, Use.KEPT)

    def _call(self, node: Call | TaggedTemplate, use: Use) -> None:
        chain = self.handles.follow(node, self.scope)
        if chain.effect and chain.root is not None and chain.call is not None:
            self._access(node, chain, use)
        elif isinstance(node, TaggedTemplate):
            for child in children(node):
                self.visit(child, Use.KEPT)
        else:
            self._plain(node, use)

    def _access(self, node: Call | TaggedTemplate, chain: Chain, use: Use) -> None:
        """A call that a library table knows."""
        if chain.effect in ("after", "context"):
            return  # what it is given runs after the commit, or it runs when a `with` holds it
        if chain.effect in ("begin", "transaction") and isinstance(chain.call, Call):
            self._begin(node, chain, chain.call)
            return
        if not chain.calls and isinstance(node, TaggedTemplate):
            for child in children(node.template):
                self.visit(child, Use.KEPT)
        for call in chain.calls:
            self._arguments(call)
        lowest = node
        while (
            isinstance(lowest, Call)
            and isinstance(lowest.function, Attribute)
            and isinstance(lowest.function.value, Call | Await)
        ):
            lowest = lowest.function.value.value if isinstance(lowest.function.value, Await) else lowest.function.value  # type: ignore[assignment]
            if isinstance(lowest, Call) and lowest not in chain.calls:
                self.visit(lowest, Use.KEPT)
                break
        self.emit(node, chain, use)
        for call in chain.calls:
            self._callbacks(call, chain)

    def _arguments(self, call: Call) -> None:
        for argument in call.arguments:
            if not isinstance(argument.value, Lambda):
                self.visit(argument.value, Use.KEPT)
            if isinstance(argument.value, Name):
                self._move(argument.value)

    def _callbacks(self, call: Call, chain: Chain) -> None:
        """What runs when the call is done: `connection.query(sql, (error, rows) => …)`, `db.task(t => …)`."""
        for argument in call.arguments:
            if isinstance(argument.value, Lambda):
                function, given = argument.value.function, dict[str, Known]()
                parameter = next((p for p in function.parameters if p.name and not _is_error(p.name)), None)
                if chain.effect in ("acquire", "savepoint") and chain.known is not None and parameter is not None:
                    handle = chain.known.handle
                    if chain.effect == "acquire":
                        handle = replace(handle, name=parameter.name, origin=parameter.range.start)
                    given[parameter.name] = replace(chain.known, handle=handle, is_new=False)
                self._inline(function, None, given)

    def _begin(self, node: Expression, chain: Chain, call: Call) -> None:
        """Something that opens a transaction: with a callback, an array of queries, or by hand."""
        opened = self.open(node.range, Scoping.MANUAL, chain, None)
        if not opened.is_ambient and _begins_itself(chain) and chain.root is not None:
            opened.handle, opened.on_connection = chain.root.handle, True
        callback = next((found for a in call.arguments if (found := self._function(a.value)) is not None), None)
        for argument in call.arguments:
            if callback is None or self._function(argument.value) is not callback:
                if isinstance(argument.value, Collection):
                    opened.scoping = Scoping.ARRAY
                    self.around.append(opened)
                    self.visit(argument.value, Use.AWAITED)
                    self.around.remove(opened)
                else:
                    self.visit(argument.value, Use.KEPT)
        if callback is not None and chain.effect == "begin" and opened.on_connection:
            opened.deferred = True  # the callback goes on from here, and closes it somewhere
            with self._arm(self.file.number(), 0, ()):
                self._inline(callback, None)
        elif callback is not None:
            opened.scoping = Scoping.CALLBACK
            opened.is_async = callback.is_async
            parallel, self.parallel = self.parallel, False  # each has a connection of its own
            self.around.append(opened)
            with self._arm(self.file.number(), 0, ()):
                self._inline(callback, opened)
            self.around.remove(opened)
            opened.is_over = True
            self.parallel = parallel
        elif opened.scoping is Scoping.ARRAY:
            opened.is_over = True
        elif chain.effect == "transaction" or self._is_given_work(call, chain):
            opened.scoping, opened.is_over = Scoping.CALLBACK, True
        elif opened.is_ambient and chain.root is not None:
            opened.handle, opened.on_connection = chain.root.handle, True

    def _is_given_work(self, call: Call, chain: Chain) -> bool:
        """Whether a begin is given a function or queries from elsewhere, so that it is over when it is done."""
        operation = chain.operation
        if self.handles.language == "go" or operation is None or operation.returns is None:
            return False
        values = [a.value for index, a in enumerate(call.arguments) if index != operation.options and not a.keyword]
        found = (self.scope.find(value.id) for value in values if isinstance(value, Name))
        are_options = any(variable is not None and isinstance(variable.value, Mapping) for variable in found)
        return not are_options and any(isinstance(value, Name | Attribute | Call) for value in values)

    def open(self, range: Range, scoping: Scoping, chain: Chain, handle: Handle | None) -> Open:
        opened = opens(self.file.number(), range, scoping, chain, handle, self.place, len(self.effects))
        parent = self.current()
        opened.nested_in = parent
        opened.guards = self.guards
        self.opened.append(opened)
        return opened

    def _inline(self, function: Function, opened: Open | None, given: dict[str, Known] | None = None) -> None:
        """Walk a function that runs here and now; of a transaction it is given the handle."""
        if function in self.active or len(self.active) > DEEPEST_INLINE:
            return
        outer_scope, outer_exits = self.scope, self.exits
        self.scope = self.scope.inner(function.owner, function.receiver) if function.receiver else self.scope.inner()
        self.exits = []
        given = dict(given or {})
        if opened is not None and not opened.is_ambient and not opened.on_connection:
            parameter = _transaction_parameter(function)
            if parameter is not None:
                handle = Handle(
                    parameter.name, Role.TRANSACTION, opened.opener.library, parameter.range.start, True, True
                )
                opened.handle = handle
                given[parameter.name] = Known(handle, opened.type)
        self.enter(function, given)
        if opened is not None:
            opened.exits = self.exits
        self.scope, self.exits = outer_scope, outer_exits

    def _function(self, value: Expression) -> Function | None:
        """The function of this file that an expression is."""
        if isinstance(value, Lambda):
            return value.function
        if isinstance(value, Name) and self.scope.find(value.id) is None:
            return self.file.functions.get(value.id)
        if isinstance(value, Name) and (variable := self.scope.find(value.id)) is not None:
            return variable.value.function if isinstance(variable.value, Lambda) else None
        return None

    def _plain(self, node: Call, use: Use) -> None:
        """A call that no library table knows."""
        name = last_name(node.function)
        path = path_of(node.function) or name
        if isinstance(node.function, Attribute):
            self.visit(node.function.value, Use.KEPT)
        elif not isinstance(node.function, Name):
            self.visit(node.function, Use.KEPT)
        is_wrapper = bool(_WRAPS.fullmatch(name)) or name in self.handles.project.transactions
        parallel, detached = self.parallel, self.detached
        self.parallel = parallel or path in _WAITS_FOR_ALL
        for argument in node.arguments:
            value = argument.value
            if isinstance(value, Collection) and is_wrapper:
                opened = self.open(node.range, Scoping.ARRAY, Chain(root=self._transaction_root(node)), None)
                self.around.append(opened)
                self.visit(value, Use.AWAITED)
                self.around.remove(opened)
                opened.is_over = True
            elif isinstance(value, Lambda) and is_wrapper:
                chain = Chain(root=self._transaction_root(node))
                opened = self.open(node.range, Scoping.CALLBACK, chain, None)
                opened.is_async = value.function.is_async
                self.around.append(opened)
                self._inline(value.function, opened)
                self.around.remove(opened)
                opened.is_over = True
            elif isinstance(value, Lambda) and name in _ITERATES:
                outer = self.place
                self.place = replace(outer, loops=(*outer.loops, self.file.number()))
                self.detached = detached or (name in ("forEach", "each") and value.function.is_async)
                returned, self.returned = self.returned, use
                with self._arm(self.file.number(), 0, ()):
                    self._inline(value.function, None)
                self.place, self.detached, self.returned = outer, detached, returned
            elif isinstance(value, Lambda) and (name in _AT_ONCE or node.new):
                with self._arm(self.file.number(), 0, ()):
                    self._inline(value.function, None)
            else:
                self.visit(value, Use.AWAITED if self.parallel else Use.KEPT)
                self._move(value)
        self.parallel = parallel
        function = self._local(node)
        if function is not None:
            self._helper(node, function)
        elif is_outside(node, self.handles.names) and not self._hands_over_transaction(node):
            handle = Handle(self.text(node.function.range), Role.POOL, None)
            self._add(EffectKind.EXTERNAL, node, handle, name, "", use)
        if name in _ENDS:
            self._exit(node.range)

    def _hands_over_transaction(self, node: Call) -> bool:
        """Whether a call is given the transaction, so that what it does is part of it (an outbox, a queue of tasks)."""
        known = (self.handles.known(argument.value, self.scope) for argument in node.arguments)
        return any(found is not None and found.handle.role is Role.TRANSACTION for found in known)

    def _transaction_root(self, node: Call) -> Known | None:
        return self.handles.known(node.function.value, self.scope) if isinstance(node.function, Attribute) else None

    def _local(self, node: Call) -> Function | None:
        """The function of this file that is called."""
        match node.function:
            case Name():
                return self._function(node.function)
            case Attribute(value=Name(id=receiver), name=name) if receiver == self.scope.receiver:
                return self.file.functions.get(f"{self.scope.owner}.{name}")
        return None

    def _helper(self, node: Call, function: Function) -> None:
        """A helper of this file: what it does counts where it is called, and is reported there."""
        outer = self.current()
        caller = self.active[0] if self.active else None
        self.file.calls.setdefault(id(function), []).append((caller, outer is not None))
        if function.is_generator or self.file.steps > MOST_STEPS or not self.file.is_wanted(function):
            return
        given: list[tuple[str, Known]] = []
        parameters = [p for p in function.parameters if p.name != function.receiver]
        for position, argument in enumerate(node.arguments):
            parameter = _parameter(parameters, position, argument)
            value = self.handles.known(argument.value, self.scope)
            if parameter is not None and value is not None:
                given.append((parameter, value))
            elif isinstance(argument.value, Mapping):  # `helper({ prisma: tx })`
                for entry in argument.value.entries:
                    value = self.handles.known(entry.value, self.scope)
                    if isinstance(entry.key, String) and value is not None:
                        given.append((f"{parameter}.{entry.key.value}" if parameter else entry.key.value, value))
        effects, opened = self._summary(function, tuple(given))
        names = frozenset[str]().union(*(self.names_in(argument.value) for argument in node.arguments))
        for effect in effects[: MOST_EFFECTS - len(self.effects)]:
            self.effects.append(self._called(effect, node, function, outer, names))
        for inner in opened if outer is not None else ():
            self.opened.append(replace(inner, range=node.range, nested_in=outer, is_over=True, closings=[]))

    def _summary(
        self, function: Function, given: tuple[tuple[str, Known], ...]
    ) -> tuple[tuple[Effect, ...], tuple[Open, ...]]:
        """The effects of a function that is given these handles, and the transactions that it opens."""
        key = (id(function), given)
        if key not in self.file.summaries:
            self.file.summaries[key] = ((), ())  # while it is under way, for helpers that call one another
            home = self.file.scopes.get(id(function)) or _outermost(self.scope)
            inner = Walk(self.file, home.inner(function.owner, function.receiver))
            inner.enter(function, dict(given))
            opened = [found for found in inner.opened if found.scoping is not Scoping.PARAMETER]
            self.file.summaries[key] = (tuple(inner.effects), tuple(opened))
        return self.file.summaries[key]

    def _called(
        self, effect: Effect, node: Call, function: Function, outer: Open | None, names: frozenset[str]
    ) -> Effect:
        """An effect of a helper, seen from where the helper is called."""
        own = effect.transaction is not None
        return replace(
            effect,
            range=node.range,
            place=self.place.around(effect.place),
            transaction=effect.transaction if own or outer is None else outer.range,
            is_bound=effect.is_bound if own or outer is None else outer.owns(effect.handle),
            names=names,
            via=function.name,
            is_parallel=self.parallel or effect.is_parallel,
            is_detached=self.detached or effect.is_detached,
        )

    # ------------------------------------------------------------------------------------------------- effects

    def emit(self, node: Call | TaggedTemplate, chain: Chain, use: Use) -> None:
        """Take down what a call does to the database."""
        root = chain.root
        assert root is not None and chain.call is not None
        found = outline(chain.sql, root.type.library.dialect) if chain.effect == "sql" else None
        kind = _kind(chain, found, self.handles.language)
        table = found.table if found is not None and found.table else chain.table
        handle = chain.known.handle if chain.known is not None and chain.effect == "acquire" else root.handle
        effect = self._add(
            kind,
            node,
            handle,
            last_name(chain.call.function) if isinstance(chain.call, Call) else last_name(chain.call.tag),
            table,
            use,
            chain=chain,
            found=found,
        )
        if kind in (EffectKind.COMMIT, EffectKind.ROLLBACK):
            for opened in self.opened:
                if closes(effect, opened):
                    opened.closings.append(effect)
        if kind is EffectKind.BEGIN and chain.effect == "sql":
            opened = self.open(node.range, Scoping.MANUAL, chain, root.handle)
            opened.on_connection = True
        if chain.effect == "autocommit":
            self.settled.add(root.handle)
        self.rows.accessed(node, chain, found, effect, self)

    def _add(
        self,
        kind: EffectKind,
        node: Expression,
        handle: Handle,
        method: str,
        table: str,
        use: Use,
        chain: Chain | None = None,
        found: Outline | None = None,
    ) -> Effect:
        transaction = self.current()
        if chain is not None and transaction is None and names_transaction(chain, self.scope, self.handles):
            handle = replace(handle, role=Role.TRANSACTION)  # somebody else's, which it is given
        effect = Effect(
            node.range,
            kind,
            handle,
            method,
            table,
            self.place,
            use,
            transaction.range if transaction is not None else None,
            transaction is None or chain is None or transaction.binds(chain, self.scope, self),
            self._argument_names(chain) if chain is not None else self.names_in(node),
            "",
            self.parallel,
            self.detached,
            (found is not None and found.upserts) or (chain is not None and chain.upserts),
            (chain is not None and chain.locks) or (found is not None and found.locks),
            chain.operation.options if chain is not None and chain.operation is not None else None,
            misplaced_option(chain) if chain is not None else None,
            _instance(chain),
            chain.sql if chain is not None else "",
        )
        self.effects.append(effect)
        return effect

    def current(self) -> Open | None:
        """The innermost transaction that is open here."""
        for opened in reversed(self.opened):
            if opened in self.around or (opened.scoping is Scoping.MANUAL and opened.is_open_at(self.place)):
                return opened
        return self.around[-1] if self.around else None

    def _argument_names(self, chain: Chain) -> frozenset[str]:
        calls = chain.calls or ([chain.call] if isinstance(chain.call, Call) else [])
        nodes = [argument.value for call in calls for argument in call.arguments]
        for call in calls:
            if isinstance(call.function, Attribute) and isinstance(call.function.value, Name):
                nodes.append(call.function.value)
        if isinstance(chain.call, TaggedTemplate):
            nodes.append(chain.call.template)
        return frozenset().union(*map(self.names_in, nodes)) if nodes else frozenset()

    def names_in(self, node: Expression, scope: Scope | None = None) -> frozenset[str]:
        """The variables that an expression mentions, and those that went into them; no handles, no constants."""
        scope = scope or self.scope
        found: set[str] = set()
        for inner in walk(node):
            if not isinstance(inner, Name) or inner.id in _NO_DATA:
                continue
            variable = scope.find(inner.id)
            if variable is None or (variable.known is not None and not _is_row(variable.known)):
                continue
            found |= variable.names | {inner.id}
        return frozenset(found - _NO_DATA)

    # ------------------------------------------------------------------------------------------------- places

    @contextmanager
    def _arm(self, branch: int, way: int, body: Block) -> Iterator[None]:
        outer = self.place
        self.place = replace(outer, arms=(*outer.arms, Arm(branch, way, ends(body))))
        yield
        self.place = outer

    @contextmanager
    def _part(self, number: int, part: Part) -> Iterator[None]:
        outer = self.place
        self.place = replace(outer, tries=(*outer.tries, (number, part)))
        yield
        self.place = outer

    @contextmanager
    def _detached(self) -> Iterator[None]:
        outer, self.detached = self.detached, True
        yield
        self.detached = outer

    def _exit(self, range: Range) -> None:
        self.exits.append(Exit(self.place, range, len(self.effects), self.guards))

    def _answer(self, range: Range, value: Expression) -> None:
        """An error that is returned, not raised, out of a transaction which commits what was written before."""
        transaction = self.current()
        if transaction is None or transaction.scoping not in (Scoping.CALLBACK, Scoping.CONTEXT, Scoping.DECORATOR):
            return
        if not says_error(value):
            return
        before = [
            effect
            for effect in self.effects
            if effect.transaction == transaction.range and not effect.place.excludes(self.place)
        ]
        undone = any(effect.kind is EffectKind.ROLLBACK for effect in before)
        writes = [effect for effect in before if effect.kind in (EffectKind.WRITE, EffectKind.PENDING)]
        if writes and not undone:
            self.answers.append(ErrorAnswer(range, writes[-1].range, transaction.range))

    def _move(self, value: Expression) -> None:
        """A handle that leaves the function belongs to somebody else as well."""
        for node in walk(value):
            if (
                isinstance(node, Name)
                and (variable := self.scope.find(node.id)) is not None
                and variable.known is not None
            ):
                self.moved.add(variable.known.handle)
            if isinstance(node, Call):
                continue

    def _move_stored(self, target: Expression, value: Expression) -> None:
        if not isinstance(target, Name | Collection | Mapping):
            self._move(value)
        if isinstance(target, Attribute) and target.name in ("autocommit", "isolation_level"):
            known = self.handles.known(target.value, self.scope)
            if known is not None:
                self.settled.add(known.handle)

    def text(self, range: Range) -> str:
        """The source of a range."""
        return self.file.source.text(range)


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


def ends(body: Block) -> bool:
    """Whether a block never comes back to what follows it."""
    if not body:
        return False
    match body[-1]:
        case Return() | Raise() | Jump():
            return True
        case If(then=then, otherwise=otherwise):
            return bool(otherwise) and ends(then) and ends(otherwise)
        case Nested(body=inner):
            return ends(inner)
        case Try(body=inner, handlers=handlers):
            return ends(inner) and all(ends(handler.body) for handler in handlers)
        case ExpressionStatement(value=Call(function=function)):
            return last_name(function) in _ENDS
    return False


def _use_of(target: Expression, language: str) -> Use:
    if language == "go":
        elements = target.elements if isinstance(target, Collection) else (target,)
        last = path_of(elements[-1]) if elements else None
        return Use.DROPPED if last == "_" else Use.CHECKED
    return Use.KEPT


def _error_name(target: Expression) -> str:
    last = target.elements[-1] if isinstance(target, Collection) and target.elements else target
    name = path_of(last) or ""
    return name if _is_error(name) else ""


def _is_error(name: str) -> bool:
    return name == "err" or name.lower().endswith(("err", "error")) or name == "e"


def _same(one: Handle, other: Handle) -> bool:
    return one.name == other.name and one.origin == other.origin


def _is_row(known: Known) -> bool:
    return known.type.role == "instance" or known.handle.role is Role.INSTANCE


def _instance(chain: Chain | None) -> str:
    """The variable of the row that a call saves."""
    call = chain.call if chain is not None else None
    if isinstance(call, Call) and isinstance(call.function, Attribute) and isinstance(call.function.value, Name):
        return call.function.value.id if chain is not None and chain.is_on_row else ""
    return ""


def _begins_itself(chain: Chain) -> bool:
    """Whether a begin gives no handle of its own: `conn.beginTransaction()`."""
    return chain.operation is None or chain.operation.returns is None


def _transaction_parameter(function: Function) -> Parameter | None:
    named = [p for p in function.parameters if p.name]
    typed = [p for p in named if re.search(r"[Tt]x|[Tt]ransaction|gorm\.DB|Session|EntityManager", p.annotation)]
    return (
        typed[0]
        if typed
        else named[0]
        if named and not named[0].annotation.endswith("Context")
        else (named[-1] if named else None)
    )


def _parameter(parameters: list[Parameter], position: int, argument: Argument) -> str | None:
    if argument.keyword is not None:
        return argument.keyword
    return parameters[position].name if position < len(parameters) else None


def _outermost(scope: Scope) -> Scope:
    while scope.parent is not None:
        scope = scope.parent
    return scope


_NO_FAILURES = re.compile(
    r"(?:\w*(?:DoesNotExist|NotFound(?:Error)?|NoResultFound|MultipleResultsFound|MultipleObjectsReturned)"
    r"|KeyError|ValueError|TypeError|AttributeError|IndexError|JSONDecodeError|UnicodeDecodeError|ValidationError)"
)


def _is_no_failure(types: tuple[str, ...]) -> bool:
    """Whether a handler takes only errors that no statement of the database fails with."""
    return bool(types) and all(_NO_FAILURES.fullmatch(name.rsplit(".", 1)[-1]) for name in types)


def _is_narrow(types: tuple[str, ...]) -> bool:
    return bool(types) and not any(
        name.rsplit(".", 1)[-1] in ("Exception", "BaseException", "Error", "OTHERS", "others") for name in types
    )


def _statements(body: Block) -> Iterator[Statement]:
    """Every statement of a block and of those inside it."""
    stack = list(body)
    while stack:
        statement = stack.pop()
        yield statement
        match statement:
            case If(then=then, otherwise=otherwise):
                stack.extend((*then, *otherwise))
            case Nested(body=inner) | Loop(body=inner) | With(body=inner) | Try(body=inner):
                stack.extend(inner)


def _kind(chain: Chain, found: Outline | None, language: str) -> EffectKind:
    if chain.effect != "sql":
        return _KINDS.get(chain.effect, EffectKind.OTHER)
    if found is not None:
        return _DEEDS[found.deed]
    method = chain.operation.name if chain.operation is not None else ""
    return (
        EffectKind.WRITE
        if language == "go" and method.startswith(("Exec", "MustExec", "NamedExec"))
        else EffectKind.OTHER
    )
