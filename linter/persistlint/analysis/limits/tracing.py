"""Where the number of rows of a query comes from: back through variables, and through what keeps a number as it is."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeAlias

from persistlint.analysis.interpretation import endpoints
from persistlint.analysis.interpretation.subjects import VALIDATES
from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.scopes import Scope, scopes
from persistlint.facts import Limit
from persistlint.ir import (
    Assign,
    Await,
    Binary,
    Call,
    Collection,
    Conditional,
    Constant,
    Expression,
    Lambda,
    Name,
    Number,
    TypeAssertion,
    Unary,
    expressions_in,
    walk,
)
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Set

    from persistlint.analysis.names import Names
    from persistlint.ir import Function, Module, Statement
    from persistlint.source import Range

_ORDERED = frozenset(["<", "<=", ">", ">="])
_LOW = (0, 1, -1)  # what a number is compared with to tell whether there are to be rows at all
# What people call what looks at a request before the function that handles it.
_VALIDATED = regex(r"\w*(?:valid|schema|celebrate|joi|zod|use_?(?:args|kwargs)|expects)\w*", re.IGNORECASE)
_MOST_STEPS = 12  # from a number to where it comes from
_MOST_VALUES = 50  # of one variable that are looked at
_TESTS_MEMBERS = frozenset(["includes", "has", "Contains"])


@dataclass(frozen=True)
class Origins:
    """Where a number comes from. `request` is what reads the request, `is_text` where it may be a text still, `default`
    what takes its place where the request has none."""

    request: Expression
    is_text: bool
    default: Expression | None = None


@dataclass(frozen=True)
class Told:
    """What one function says of numbers. `bounded` are the paths of what is compared with more than the least numbers,
    looked up in a list or validated, `assigned` what variables get, `filled` the parameters that a framework fills in.
    `is_checked` where the request is looked at before it runs."""

    bounded: frozenset[str]
    assigned: Mapping[str, list[Expression]]
    filled: frozenset[str]
    is_checked: bool


Around: TypeAlias = "tuple[Told, ...]"  # what the functions around a place say, or the file where there are none


class Tracer:
    """Follows numbers of rows through one file. `requested` are the places at which something of a request is read."""

    def __init__(self, module: Module, requested: Set[Range], names: Names, counts: tuple[Expression, ...]) -> None:
        self._requested = requested
        self._names = names
        self._scopes = list(scopes(module, (count.range for count in counts)))
        self._innermost = _innermost(self._scopes, sorted(count.range for count in counts))
        self._told: dict[Range | None, Told] = {}
        self._variables: dict[Range, Origins | None] = {}

    def limit(self, count: Expression) -> Limit | None:
        """The fact that a number of rows comes from a request without a bound; None where it does not."""
        around = self._around(count)
        found = self._trace(count, around, _MOST_STEPS) if not any(told.is_checked for told in around) else None
        if found is None:
            return None
        is_direct = found.is_text and found.default is not None and isinstance(count, Binary)
        return Limit(
            count.range,
            found.is_text,
            found.request.range if is_direct else count.range,
            found.default.range if is_direct and found.default is not None else None,
        )

    def _trace(self, node: Expression, around: Around, steps: int) -> Origins | None:
        path = path_of(node)
        if steps == 0 or any(path in told.bounded for told in around):
            return None
        if node.range in self._requested:
            return Origins(node, is_text=True)
        again = partial(self._trace, around=around, steps=steps - 1)
        match node:
            case Await(value=value) | TypeAssertion(value=value):
                return again(value)
            case Unary(operator="+", operand=operand):
                return _as_number(again(operand))
            case Binary(operator="or" | "??", left=left, right=right):
                found = again(left)
                return replace(found, default=right) if found is not None else None
            case Conditional(then=then, otherwise=otherwise):
                return again(then) or again(otherwise)
            case Call(arguments=arguments) if self._keeps(node):
                return _as_number(next(filter(None, (again(argument.value) for argument in arguments)), None))
            case Name() if node.range not in self._variables:
                self._variables[node.range] = None  # while it is looked for: of itself it is not made
                self._variables[node.range] = self._variable(node, again, around)
                return self._variables[node.range]
            case Name():
                return self._variables[node.range]
        return None

    def _variable(self, node: Name, again: Callable[[Expression], Origins | None], around: Around) -> Origins | None:
        """What a variable holds: a parameter that the framework fills in, or what is assigned to it, all of which comes
        from a request or is a constant."""
        found = Origins(node, is_text=False) if any(node.id in told.filled for told in around) else None
        values = [value for told in around for value in told.assigned.get(node.id, ())]
        if len(values) > _MOST_VALUES:
            return None
        for value in values:
            if isinstance(value, Number | Constant) or value.range in node.range or node.range in value.range:
                continue
            origins = again(value)
            if origins is None:
                return None
            found = found or origins
        return found

    def _keeps(self, call: Call) -> bool:
        """Whether a function gives the number that it is given, or a larger one."""
        name = self._names.qualified(call.function) or path_of(call.function)
        operation = self._names.catalogue.functions.get(name or "")
        return operation is not None and operation.keeps

    def _around(self, count: Expression) -> Around:
        innermost = self._innermost[count.range]
        own = [self._of[id(function)] for function in innermost.functions]
        return tuple(map(self._told_by, own or [innermost]))

    @cached_property
    def _of(self) -> dict[int, Scope]:
        """The scopes of functions, by their identity."""
        return {id(scope.functions[-1]): scope for scope in self._scopes if scope.functions}

    def _told_by(self, scope: Scope) -> Told:
        function = scope.functions[-1] if scope.functions else None
        key = function.range if function is not None else None
        if key not in self._told:
            assigned: dict[str, list[Expression]] = {}
            for name, value in _assigned(scope.statements):
                assigned.setdefault(name, []).append(value)
            bounded = (path_of(node) for test in _walked(scope.statements) for node in self._bounded(test))
            is_checked = function is not None and (_is_decorated(function) or id(function) in self._checked)
            filled = endpoints.counts(function) if function is not None else frozenset[str]()
            self._told[key] = Told(frozenset(filter(None, bounded)), assigned, filled, is_checked)
        return self._told[key]

    def _bounded(self, test: Expression) -> Iterator[Expression]:
        """What is bounded where it passes a test, or for which a limit is put in its place where it does not."""
        match test:
            case Binary(operator=operator, left=left, right=right) if operator in _ORDERED:
                for one, other in ((left, right), (right, left)):
                    if getattr(other, "value", None) not in _LOW:
                        yield self._number(one)
            case Binary(operator="in" | "not in", left=left):
                yield self._number(left)
            case Call(function=function, arguments=arguments):
                name = last_name(function)
                if name in _TESTS_MEMBERS or VALIDATES.search(name):
                    yield from (argument.value for argument in arguments)

    def _number(self, node: Expression) -> Expression:
        """What a number is read from."""
        while isinstance(node, Call) and node.arguments and self._keeps(node):
            node = node.arguments[0].value
        return node

    @cached_property
    def _checked(self) -> frozenset[int]:
        """The functions that are handed over beside one that looks at the request first, by their identity:
        `get(path, validate(…), …)`."""
        found: set[int] = set()
        for scope in self._scopes:
            for node in _walked(scope.statements):
                values = [argument.value for argument in node.arguments] if isinstance(node, Call) else []
                if any(_VALIDATED.fullmatch(last_name(value)) for value in values):
                    found.update(id(value.function) for value in values if isinstance(value, Lambda))
        return frozenset(found)


def _innermost(around: list[Scope], places: list[Range]) -> dict[Range, Scope]:
    """The innermost of some scopes around each place; one inside another comes behind it."""
    found: dict[Range, Scope] = {}
    for scope in around:
        first = bisect_left(places, scope.functions[-1].range) if scope.functions else 0
        for place in places[first:]:
            if scope.functions and place.start >= scope.functions[-1].range.end:
                break
            found[place] = scope
    return found


def _is_decorated(function: Function) -> bool:
    """Whether a decorator looks at the request first."""
    return any(_VALIDATED.fullmatch(last_name(decorator)) for decorator in function.decorators)


def _as_number(found: Origins | None) -> Origins | None:
    return replace(found, is_text=False) if found is not None else None


def _assigned(statements: tuple[Statement, ...]) -> Iterator[tuple[str, Expression]]:
    """Every variable with what it gets; of several at once the first, for others get errors."""
    for statement in statements:
        if isinstance(statement, Assign) and statement.value is not None:
            targets = statement.target.elements[:1] if isinstance(statement.target, Collection) else (statement.target,)
            yield from ((target.id, statement.value) for target in targets if isinstance(target, Name))


def _walked(statements: tuple[Statement, ...]) -> Iterator[Expression]:
    for expression in expressions_in(*statements):
        yield from walk(expression)
