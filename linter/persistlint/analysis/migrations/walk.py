"""Walks over the function that a migration is, and collects what it does to the database, in order."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.analysis.migrations.steps import OWN, Step
from persistlint.analysis.migrations.writing import is_verbatim
from persistlint.analysis.names import last_name
from persistlint.ir import (
    Assign,
    Attribute,
    Await,
    Binary,
    Call,
    Collection,
    Conditional,
    Constant,
    ExpressionStatement,
    FunctionDefinition,
    If,
    Jump,
    Lambda,
    Loop,
    Name,
    Nested,
    Raise,
    Return,
    String,
    Switch,
    TaggedTemplate,
    Try,
    TypeAssertion,
    Unary,
    With,
    walk,
)
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.replay import How

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.migrations.values import Values
    from persistlint.ir import Block, Expression, Function, Statement
    from persistlint.source import Range
    from persistlint.sql.text import Text

_DEEPEST = 4  # functions of the file that call each other
_MOST_TURNS = 50  # of a loop over a list that stands in the file
_MOST_STEPS = 5_000
# What says something and does nothing.
_QUIET = regex(
    r"^(?:print|log|info|warn|warning|debug|error|dir|append|push|sleep|setTimeout|catch|then"
    r"|str|int|float|bool|len|list|dict|set|tuple|sorted|isinstance|enumerate|range|zip|next|any|all|min|max|sum|exit)$"
)


class Framework:
    """What a walk asks of a framework. `handles` are the names that a migration reaches the database by, `is_off` where
    it has said that it wants no transaction."""

    handles: frozenset[str] = frozenset()
    is_off: bool = False

    def call(self, walk: Walk, call: Call) -> bool:
        """Take a call that the framework knows; say whether it does."""
        raise NotImplementedError

    def tagged(self, walk: Walk, node: TaggedTemplate) -> bool:
        """Take a template that is sent as it stands."""
        return False

    def enters(self, walk: Walk, statement: With) -> bool:
        """Walk over a block that something of the framework stands around; say whether it does."""
        return False


class Methods(Framework):
    """A framework all of whose migrations call methods of a handle."""

    def __init__(self, dialect: str | None) -> None:
        self.dialect = dialect

    def call(self, walk: Walk, call: Call) -> bool:
        function = call.function
        if not isinstance(function, Attribute) or not isinstance(function.value, Name):
            return False
        if function.value.id not in walk.handles:
            return False
        self.method(walk, function.name, call)
        return True

    def method(self, walk: Walk, name: str, call: Call) -> None:
        """Take a call of a method, known or not."""
        raise NotImplementedError


@dataclass
class Walk:
    """The state of a walk. `functions` are those of the file."""

    framework: Framework
    values: Values
    functions: dict[str, Function]
    steps: list[Step] = field(default_factory=list)
    handles: set[str] = field(default_factory=set)
    is_forward: bool = True
    transaction: int | None = OWN
    conditions: int = 0
    handlers: int = 0
    depth: int = 0
    refuses: bool = False
    says: bool = False

    def enter(self, function: Function) -> None:
        """Walk over the body of a function."""
        self.handles |= self.framework.handles
        self.values.learn(function.body)
        self.block(function.body)

    # ------------------------------------------------------------------------------------------------- what is done

    def take(self, sql: Text | None, range: Range, *, is_rebuilt: bool = True, table: str = "") -> None:
        """Take a statement; None for one that nobody understands. `table` is the only one that it may change, "" where
        that is not known."""
        if len(self.steps) >= _MOST_STEPS:
            return
        is_own = sql is not None and is_verbatim(sql, self.values.content)
        how = How(self.conditions > 0, self.handlers > 0, is_rebuilt=is_rebuilt and not is_own)
        self.steps.append(Step(sql, range, self.is_forward, self.transaction, how, is_own, table))

    @contextmanager
    def condition(self) -> Iterator[None]:
        """Around what need not be done."""
        self.conditions += 1
        yield
        self.conditions -= 1

    @contextmanager
    def inside(self, transaction: int | None) -> Iterator[None]:
        """Around what is done in another transaction, or in none."""
        around, self.transaction = self.transaction, transaction
        yield
        self.transaction = around

    # --------------------------------------------------------------------------------------------------- statements

    def block(self, block: Block) -> None:
        """Walk over statements."""
        for statement in block:
            self.statement(statement)

    def statement(self, statement: Statement) -> None:
        """Walk over one statement."""
        match statement:
            case ExpressionStatement(value=value):
                self.says |= not isinstance(value, String | Constant) and not _is_quiet(value)
                self.expression(value, is_alone=True)
            case Assign(target=target, value=value):
                self.says = True
                if value is not None:
                    if isinstance(target, Name) and self.is_about_database(value):
                        self.handles.add(target.id)
                    self.expression(value)
                    self.values.assign(target, value)
            case Return(value=value):
                if value is not None:
                    self.says |= not isinstance(value, Constant) and not _is_empty_promise(value)
                    self.expression(value, is_alone=True)
            case If(test=test, then=then, otherwise=otherwise):
                self.says = True
                self.expression(test)
                with self.condition():
                    self.block(then)
                    self.block(otherwise)
            case Loop():
                self.says = True
                self._loop(statement)
            case Try(body=body, handlers=handlers, otherwise=otherwise, final=final):
                self.handlers += bool(handlers)
                self.block((*body, *otherwise))
                self.handlers -= bool(handlers)
                with self.condition():
                    self.block(tuple(caught for handler in handlers for caught in handler.body))
                self.block(final)
            case With(context=context, body=body):
                self.says = True
                if not self.framework.enters(self, statement):
                    self.expression(context)
                    self.block(body)
            case Switch(cases=cases):
                self.says = True
                with self.condition():
                    self.block(tuple(inner for case in cases for inner in case.body))
            case FunctionDefinition(function=function):
                self.functions = {**self.functions, function.name: function}
            case Nested(body=body):
                self.block(body)
            case Raise():
                self.refuses = True
            case Jump():
                pass
            case _:
                self.says |= type(statement).__name__ not in ("Import", "ClassDefinition", "Statement")

    def _loop(self, loop: Loop) -> None:
        """A loop over a list that stands in the file is walked over once for each of its elements."""
        elements = self.values.elements(loop.iterable) if loop.iterable is not None else None
        if elements is None or loop.target is None or len(elements) > _MOST_TURNS:
            with self.condition():
                self.block(loop.body)
            return
        for element in elements:
            self.bind(loop.target, element)
            self.block(loop.body)

    def bind(self, target: Expression, value: Expression) -> None:
        """Give a value to a name, or the parts of a list to several."""
        parts = self.values.elements(value) if isinstance(target, Collection) else None
        if isinstance(target, Collection) and parts is not None:
            for name, part in zip(target.elements, parts, strict=False):
                self.values.assign(name, part)
        else:
            self.values.assign(target, value)

    # -------------------------------------------------------------------------------------------------- expressions

    def expression(self, node: Expression, *, is_alone: bool = False) -> None:
        """Walk over an expression. `is_alone` where it is there for what it does, not for its value."""
        match node:
            case Await(value=value) | TypeAssertion(value=value):
                self.expression(value, is_alone=is_alone)
            case Call():
                self._call(node, is_alone=is_alone)
            case TaggedTemplate():
                self.framework.tagged(self, node)
            case Collection(elements=elements):
                for element in elements:
                    self.expression(element, is_alone=is_alone)
            case Conditional(test=test, then=then, otherwise=otherwise):
                self.expression(test)
                with self.condition():
                    self.expression(then, is_alone=is_alone)
                    self.expression(otherwise, is_alone=is_alone)
            case Binary(operator="and" | "or" | "??", left=left, right=right):
                self.expression(left)
                with self.condition():
                    self.expression(right, is_alone=is_alone)
            case Unary(operand=operand):
                self.expression(operand)

    def _call(self, call: Call, *, is_alone: bool) -> None:
        if self.framework.call(self, call):
            return
        function = call.function
        own = function.id if isinstance(function, Name) else ""
        if isinstance(function, Attribute) and isinstance(function.value, Name) and function.value.id == "this":
            own = f"this.{function.name}"
        if own in self.functions:
            self.inline(self.functions[own], tuple(argument.value for argument in call.arguments))
            return
        name = last_name(function)
        if isinstance(function, Attribute):
            if name in ("then", "catch", "finally", "map", "forEach", "all", "allSettled", "each", "mapSeries"):
                self.handlers += name == "catch"
                self.expression(function.value, is_alone=is_alone)
                self.handlers -= name == "catch"
                self._callbacks(call)
                return
            self.expression(function.value)
        if is_alone and not _QUIET.match(name) and self._may_change(call):
            self.take(None, call.range)
        for argument in call.arguments:
            if not isinstance(argument.value, Lambda):
                self.expression(argument.value)

    def _callbacks(self, call: Call) -> None:
        """What is done one after the other: `a().then(() => b())`, `Promise.all([…])`, `names.map((name) => …)`."""
        function = call.function
        name = last_name(function)
        receiver = function.value if isinstance(function, Attribute) else None
        elements = self.values.elements(receiver) if name in ("map", "forEach") else None
        for argument in call.arguments:
            value = argument.value
            if not isinstance(value, Lambda):
                self.expression(value, is_alone=True)
            elif elements is not None and len(elements) <= _MOST_TURNS:
                for element in elements:
                    self.inline(value.function, (element,))
            elif name in ("then", "finally"):
                self.inline(value.function, ())
            else:
                with self.condition():
                    self.inline(value.function, ())

    def inline(self, function: Function, arguments: tuple[Expression, ...]) -> None:
        """Walk over the body of a function with these arguments."""
        if self.depth >= _DEEPEST:
            self.take(None, function.range)
            return
        self.depth += 1
        outer, self.values = self.values, self.values.inner()
        for parameter, argument in zip(function.parameters, arguments, strict=False):
            if parameter.name:
                self.values.constants.pop(parameter.name, None)
                if not isinstance(argument, Name) or argument.id != parameter.name:
                    self.values.constants[parameter.name] = argument
                if self.is_about_database(argument):
                    self.handles.add(parameter.name)
            elif parameter.pattern is not None:
                self.bind(parameter.pattern, argument)
        self.values.learn(function.body)
        self.block(function.body)
        self.values = outer
        self.depth -= 1

    def is_about_database(self, node: Expression) -> bool:
        """Whether something that reaches the database stands in an expression."""
        return any(isinstance(inner, Name) and inner.id in self.handles for inner in walk(node))

    def _may_change(self, call: Call) -> bool:
        """Whether a call that nobody knows can change the database: it is given what reaches it, or is some function of
        another file."""
        return isinstance(call.function, Name) or self.is_about_database(call)


def _is_quiet(node: Expression) -> bool:
    """Whether an expression only says something: `print(…)`, `console.log(…)`."""
    node = node.value if isinstance(node, Await) else node
    return _is_empty_promise(node) or (isinstance(node, Call) and bool(_QUIET.match(last_name(node.function))))


def _is_empty_promise(node: Expression) -> bool:
    """`Promise.resolve()`."""
    return isinstance(node, Call) and last_name(node.function) == "resolve" and len(node.arguments) <= 1
