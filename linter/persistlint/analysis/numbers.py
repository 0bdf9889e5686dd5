"""From numbers to facts: what code does with them, and what stands beside them.

A number that has a name beside it is no fact: one that is assigned, passed by keyword, an entry, an element, a default,
or that a template shows. Nor is a position in a sequence, a part of a formula, or one that a comment follows.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from persistlint.analysis.constant_names import name_for
from persistlint.analysis.constants import Constants
from persistlint.analysis.names import all_caps, last_name
from persistlint.analysis.quantities import quantity_of
from persistlint.analysis.scopes import expressions, scopes
from persistlint.analysis.statuses import Statuses
from persistlint.analysis.vocabulary import arguments, function_names, known_words, words
from persistlint.facts import Calculation, Number, Quantity, Role
from persistlint.ir import (
    Assign,
    AssignmentExpression,
    Attribute,
    Await,
    Binary,
    Call,
    Collection,
    Comprehension,
    Conditional,
    Expression,
    Function,
    If,
    Loop,
    Mapping,
    Name,
    Raise,
    Return,
    Statement,
    String,
    Subscript,
    Switch,
    Template,
    TypeAssertion,
    Unary,
    children,
)
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.scopes import Scope
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames

_PLAIN = re.compile(r"[012](?:\.0*)?")  # numbers that mean what they are
_ARITHMETIC = frozenset(["+", "-", "*", "/", "//", "%"])
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_LOGIC = frozenset(["and", "or", "??"])
_NOT_NUMBERS = (String, Template, Collection, Mapping, Comprehension)

_WAITS = arguments("waits")
_LIMITS = arguments("limits")
_ANSWERS = arguments("answers")
_CLAMPS = function_names("clamps")
_SLICES = function_names("slices")
_ATTEMPTS = known_words("attempts")
_UNITS = known_words("units")
_FORMULAS = known_words("formulas")
_MATH = frozenset(["Math", "math"])
_TRIGONOMETRY = re.compile(rb"\b(?:Math|math|np|numpy)\.(?:PI|pi|Pi|a?(?:sin|cos|tan)h?|atan2)\b", re.IGNORECASE)
_DIRECTIVE = re.compile(r"\W*[a-z][\w-]*:|\W*(?:noqa|nolint|eslint|prettier|biome|istanbul|type)\b")
_LONGEST_SUBJECT = 60  # characters
_LONGEST_CHAIN = 20  # operands of a chain that are looked at


class _Place(NamedTuple):
    """Where an expression stands: what is done with it, and what it meets there. `rejects` tells of a comparison that
    whoever fails it is turned away."""

    role: Role
    operator: str = ""
    other: Expression | None = None
    quantity: Quantity | None = None
    rejects: bool = False


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Calculation]:
    """The calculations of a file with numbers in them that nothing beside them explains."""
    source = syntax.source
    candidates = [range for range in syntax.numbers if not _PLAIN.fullmatch(source.text(range))]
    candidates += [range for name, range in syntax.calls if name == "Decimal"]
    if not candidates or _is_formula(source.path.rpartition("/")[2].partition(".")[0]):
        return
    module = syntax.lower()
    comments, statuses = _Comments(syntax), Statuses(syntax, module)
    for scope in scopes(module, candidates):
        if not any(_is_formula(function.name, function.owner or "") for function in scope.functions):
            yield from _Reader(syntax, scope, comments, statuses).calculations()


def _is_formula(*names: str) -> bool:
    return any(not _FORMULAS.isdisjoint(words(name)) for name in names)


class _Comments:
    """Which lines end in a comment that explains something."""

    def __init__(self, syntax: Syntax) -> None:
        self.syntax = syntax

    @cached_property
    def lines(self) -> frozenset[int]:
        """The 1-based numbers of these lines."""
        source = self.syntax.source
        return frozenset(source.line_of(range.start) for range in self.syntax.comments if self._explains(range))

    def _explains(self, range: Range) -> bool:
        text = self.syntax.source.text(Range(range.start, min(range.end, range.start + 200)))
        return len(text.strip("#/* \t").split()) > 1 and not _DIRECTIVE.match(text)


class _Reader:
    """Reads one scope."""

    def __init__(self, syntax: Syntax, scope: Scope, comments: _Comments, statuses: Statuses) -> None:
        self.source = syntax.source
        self.function: Function | None = scope.functions[-1] if scope.functions else None
        self.statements = scope.statements
        self.comments = comments
        self.statuses = statuses
        self.constants = Constants()
        self.pending: list[tuple[Expression, _Place | None, list[Number]]] = []
        self.found: list[list[Number]] = []

    def calculations(self) -> Iterator[Calculation]:
        """The calculations of the scope."""
        result = _Place(Role.RESULT) if self._has_several_results() else None
        for statement in self.statements:
            for expression, place in self._operands(statement, result):
                self._begin(expression, place)
        while self.pending:
            self._read(*self.pending.pop())
        if not any(self.found) or self._is_trigonometric():
            return
        for numbers in self.found:
            if numbers:
                numbers.sort(key=lambda number: number.range)
                yield Calculation(Range(numbers[0].range.start, numbers[-1].range.end), tuple(numbers))

    # ------------------------------------------------------------------------------------------------ statements

    def _operands(self, statement: Statement, result: _Place | None) -> Iterator[tuple[Expression, _Place | None]]:
        match statement:
            case Assign(target=target, value=value, operator=operator) if value is not None:
                yield target, None
                if operator in _ARITHMETIC:
                    yield value, _Place(Role.STEP, operator, target)
                elif not self._makes_constant(statement):
                    yield value, None
            case Return(value=value) if value is not None:
                yield value, result
            case If(test=test, then=then):
                yield test, _Place(Role.COMPARISON, rejects=bool(then) and isinstance(then[-1], Return | Raise))
            case Switch(subject=subject, cases=cases) if subject is not None:
                yield subject, None
                for arm in cases:
                    yield from ((value, _Place(Role.CASE, "==", subject)) for value in arm.values)
            case Loop(target=target, iterable=iterable, test=test):
                if test is not None:
                    yield test, _Place(Role.REPETITION)
                if iterable is not None:
                    is_attempt = isinstance(target, Name) and not _ATTEMPTS.isdisjoint((target.id, *words(target.id)))
                    yield iterable, _Place(Role.REPETITION, "in", target) if is_attempt else None
            case _:
                yield from ((expression, None) for expression in expressions(statement))

    def _makes_constant(self, statement: Assign) -> bool:
        """Whether an assignment makes a constant, whose name is the name of the numbers that it is computed with."""
        is_named = isinstance(statement.target, Name) and all_caps(statement.target.id)
        is_calculation = isinstance(statement.value, Binary)
        return is_calculation and (is_named or (statement.constant and self.function is None))

    def _has_several_results(self) -> bool:
        """Whether the function returns one of several numbers, so that its name is the name of none of them."""
        values = {
            value
            for statement in self.statements
            if isinstance(statement, Return) and statement.value is not None
            for branch in _branches(statement.value)
            if (value := self.constants.value(branch)) is not None
        }
        return self.function is not None and len(values) > 1

    def _is_trigonometric(self) -> bool:
        if self.function is None:
            return False
        range = self.function.range
        return _TRIGONOMETRY.search(self.source.content, range.start, range.end) is not None

    # ----------------------------------------------------------------------------------------------- expressions

    def _begin(self, expression: Expression, place: _Place | None = None) -> None:
        """Read an expression whose numbers have nothing to do with those around it."""
        numbers: list[Number] = []
        self.found.append(numbers)
        self.pending.append((expression, place, numbers))

    def _read(self, node: Expression, place: _Place | None, numbers: list[Number]) -> None:
        value = self.constants.value(node)
        if value is not None:
            if place is not None and (place.other is not None or place.role is Role.RESULT):
                self._take(node, value, place, numbers)
            return
        match node:
            case Binary(operator=operator) if operator in _LOGIC:
                for operand in (node.left, node.right):
                    self._begin(operand, place if place is not None and place.other is None else None)
            case Binary(operator=operator) if operator in _FLIPPED:
                test = place if place is not None and place.other is None else _Place(Role.COMPARISON)
                self._meet(node.left, test._replace(operator=_FLIPPED[operator], other=node.right), numbers)
                self._meet(node.right, test._replace(operator=operator, other=node.left), numbers)
            case Binary(operator=operator) if operator in _ARITHMETIC:
                self._meet(node.left, _Place(Role.ARITHMETIC, operator, node.right), numbers)
                self._meet(node.right, _Place(Role.ARITHMETIC, operator, node.left), numbers)
            case Conditional(test=test_, then=then, otherwise=otherwise):
                self._begin(test_, _Place(Role.COMPARISON))
                self.pending += [(then, place, numbers), (otherwise, place, numbers)]
            case Unary(operator="not", operand=operand):
                self._begin(operand, place)
            case Unary(operand=inner) | TypeAssertion(value=inner) | Await(value=inner):
                self.pending.append((inner, place, numbers))
            case Call():
                self._call(node, place, numbers)
            case AssignmentExpression(target=target, value=assigned, operator=operator):
                self._begin(target)
                self._begin(assigned, _Place(Role.STEP, operator, target) if operator in _ARITHMETIC else None)
            case Subscript(value=inner):
                self._begin(inner)  # the index is a position
            case _:
                for part in children(node):
                    self._begin(part)

    def _meet(self, node: Expression, place: _Place, numbers: list[Number]) -> None:
        """Read an operand that meets another one: a text and a unit are no numbers that it could be calculated with."""
        is_explained = place.other is not None and (_is_text(place.other) or _is_unit(place.other))
        self.pending.append((node, None if is_explained else place, numbers))

    def _call(self, node: Call, place: _Place | None, numbers: list[Number]) -> None:
        self._begin(node.function)
        name = last_name(node.function)
        if name in _SLICES:
            return
        values = [argument.value for argument in node.arguments]
        for index, argument in enumerate(node.arguments):
            taken: _Place | None = None
            if place is not None and place.role is Role.REPETITION and place.other is not None and len(values) == 1:
                taken = place if name == "range" else None
            elif argument.keyword is None and not argument.spread:
                taken = self._policy(node, name, index, values)
            if taken is None:
                self._begin(argument.value)
            else:
                self.pending.append((argument.value, taken, numbers))

    def _policy(self, node: Call, name: str, index: int, values: list[Expression]) -> _Place | None:
        """The place of an argument that is a matter of policy: how long, how many at once, at most."""
        function = node.function
        if index in _WAITS.get(name, ()):
            return _Place(Role.ARGUMENT, "", function, Quantity.TIME)
        if index in _LIMITS.get(name, ()):
            return _Place(Role.ARGUMENT, "", function)
        if index in _ANSWERS.get(name, ()) and self.source.language == "go":
            return _Place(Role.ARGUMENT, "", function, Quantity.STATUS)
        if name == "make" and index == 1 and isinstance(values[0], Name) and values[0].id.startswith("chan"):
            return _Place(Role.ARGUMENT, "", values[0])
        if name in _CLAMPS and len(values) > 1 and (isinstance(function, Name) or _is_math(function)):
            other = next((value for value in values if self.constants.value(value) is None), None)
            return _Place(Role.ARGUMENT, name.lower(), other) if other is not None else None
        return None

    # ---------------------------------------------------------------------------------------------------- numbers

    def _take(self, node: Expression, value: float, place: _Place, numbers: list[Number]) -> None:
        if self.source.line_of(max(node.range.end - 1, 0)) in self.comments.lines:
            return
        subject = self.function.name if place.role is Role.RESULT and self.function is not None else ""
        quantity = Quantity.OTHER
        if place.other is not None:
            subject = self._text(place.other)
            quantity = place.quantity or quantity_of(place.other)
        if quantity is Quantity.STATUS:
            name = self.statuses.name(value) if place.operator in ("", "==", "!=") else ""
        else:
            name = name_for(self.source.language, place.role, place.operator, place.other, quantity, place.rejects)
        numbers.append(Number(node.range, value, place.role, place.operator, subject, quantity, name))

    def _text(self, expression: Expression) -> str:
        text = self.source.text(expression.range)
        return text if len(text) <= _LONGEST_SUBJECT and "\n" not in text else last_name(expression)


def _is_math(function: Expression) -> bool:
    return isinstance(function, Attribute) and isinstance(function.value, Name) and function.value.id in _MATH


def _branches(expression: Expression) -> Iterator[Expression]:
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Conditional):
            stack += (node.then, node.otherwise)
        else:
            yield node


def _is_text(expression: Expression) -> bool:
    """Whether an operand is a text or a collection: `"-" * 40`, `"at " + name + 5`."""
    for _ in range(_LONGEST_CHAIN):
        if not isinstance(expression, Binary):
            break
        if isinstance(expression.right, _NOT_NUMBERS):
            return True
        expression = expression.left
    return isinstance(expression, _NOT_NUMBERS)


def _is_unit(expression: Expression) -> bool:
    """Whether an operand is the name of a unit: `time.Second`, `MINUTE`."""
    return isinstance(expression, Attribute | Name) and last_name(expression).lower() in _UNITS
