"""From numbers to facts: what code does with them, and what stands beside them.

A number that has a name beside it is no fact: one that is assigned, passed by keyword, an entry, an element, a default,
or that a template shows. Nor is a position in a sequence, a part of a formula, or one that a comment follows.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from persistlint.analysis.constant_names import name_for
from persistlint.analysis.constants import Constants
from persistlint.analysis.layouts import with_layout
from persistlint.analysis.names import all_caps, last_name, path_of
from persistlint.analysis.quantities import counted_in, quantity_of, quantity_of_name
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
    Constant,
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
_FACTORS = frozenset(["*", "/", "//", "%"])
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_LOGIC = frozenset(["and", "or", "??"])
_NOT_NUMBERS = (String, Template, Collection, Mapping, Comprehension)

_WAITS = arguments("waits")
_LIMITS = arguments("limits")
_ANSWERS = arguments("answers")
_CLAMPS = function_names("clamps")
_SLICES = function_names("slices")
_ATTEMPTS = known_words("attempts")
_VAGUE = known_words("vague")
_UNITS = known_words("units")
_FORMULAS = known_words("formulas")
_MATH = frozenset(["Math", "math"])
_TRIGONOMETRY = re.compile(rb"\b(?:Math|math|np|numpy)\.(?:PI|pi|Pi|a?(?:sin|cos|tan)h?|atan2)\b", re.IGNORECASE)
_REJECTION = re.compile(rb"err|fail|invalid|reject|abort|bad_?request|denied|forbidden|[45]\d\d\b", re.IGNORECASE)
_DIRECTIVE = re.compile(r"\W*[a-z][\w-]*:|\W*(?:noqa|nolint|eslint|prettier|biome|istanbul|type)\b")
_COMPILED = re.compile(rb"\b__generator\b|\b__awaiter\b|\b__webpack_require__\b")
_MOMENT = 50  # milliseconds
_LONGEST_LINE = 400  # bytes; what stands on a longer one is written by a program
_LONGEST_SUBJECT = 60  # characters
_LONGEST_CHAIN = 20  # operands of a chain that are looked at


class Place(NamedTuple):
    """Where an expression stands: what is done with it, and what it meets there, if that is known already. `rejects`
    tells of a comparison that who passes it is turned away; `clue` is a name that the place is known by."""

    role: Role
    operator: str = ""
    other: Expression | None = None
    quantity: Quantity | None = None
    rejects: bool = False
    clue: str = ""


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Calculation]:
    """The calculations of a file with numbers in them that nothing beside them explains."""
    source = syntax.source
    candidates = [range for range in syntax.numbers if not _PLAIN.fullmatch(source.text(range))]
    candidates += [range for name, range in syntax.calls if name == "Decimal"]
    if not candidates or _is_formula(PurePosixPath(source.path).stem) or _COMPILED.search(source.content):
        return
    module = syntax.lower()
    comments, statuses = _Comments(syntax), Statuses(syntax, module)
    for scope in scopes(module, candidates):
        if not any(_is_formula(function.name, function.owner or "") for function in scope.functions):
            yield from _Reader(syntax, scope, comments, statuses).calculations()


def _is_formula(*names: str) -> bool:
    return any(word in _FORMULAS or word.endswith("hash") for name in names for word in words(name))


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
        self.pending: list[tuple[Expression, Place | None, list[Number]]] = []
        self.found: list[list[Number]] = []

    def calculations(self) -> Iterator[Calculation]:
        """The calculations of the scope."""
        result = Place(Role.RESULT) if self._has_several_results() else None
        for statement in self.statements:
            for expression, place in self._operands(statement, result):
                self._begin(expression, place)
        while self.pending:
            self._read(*self.pending.pop())
        if not any(self.found) or self._is_trigonometric():
            return
        factors = {(n.subject, n.value) for numbers in self.found for n in numbers if n.operator in _FACTORS}
        for numbers in self.found:
            # Where a number is a bound and a factor of the same thing, it is a unit: `if count >= 60: count /= 60`.
            left = [n for n in numbers if n.operator in _FACTORS or (n.subject, n.value) not in factors]
            if left:
                left.sort(key=lambda number: number.range)
                yield Calculation(Range(left[0].range.start, left[-1].range.end), tuple(left))

    # ------------------------------------------------------------------------------------------------ statements

    def _operands(self, statement: Statement, result: Place | None) -> Iterator[tuple[Expression, Place | None]]:
        match statement:
            case Assign(target=target, value=value, operator=operator) if value is not None:
                yield target, None
                if operator in _ARITHMETIC:
                    yield value, Place(Role.STEP, operator, target)
                elif not self._makes_constant(statement):
                    yield value, None
            case Return(value=value) if value is not None:
                yield value, result
            case If(test=test, then=then):
                yield test, Place(Role.COMPARISON, rejects=bool(then) and self._rejects(then[-1]))
            case Switch(subject=subject, cases=cases) if subject is not None:
                yield subject, None
                for arm in cases:
                    yield from ((value, Place(Role.CASE, "==", subject)) for value in arm.values)
            case Loop(target=target, iterable=iterable, test=test):
                if test is not None:
                    yield test, Place(Role.REPETITION)
                if iterable is not None:
                    is_attempt = isinstance(target, Name) and not _ATTEMPTS.isdisjoint(words(target.id) or ("try",))
                    yield iterable, Place(Role.REPETITION, "in", target) if is_attempt else None
            case _:
                yield from ((expression, None) for expression in expressions(statement))

    def _rejects(self, statement: Statement) -> bool:
        """Whether a statement turns somebody away: it raises, or returns an error or nothing."""
        if isinstance(statement, Return) and statement.value is not None and not isinstance(statement.value, Constant):
            end = min(statement.range.end, statement.range.start + _LONGEST_LINE)
            return _REJECTION.search(self.source.content, statement.range.start, end) is not None
        return isinstance(statement, Raise | Return)

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
        return self.function is not None and bool(self.function.name) and len(values) > 1

    def _is_trigonometric(self) -> bool:
        if self.function is None:
            return False
        range = self.function.range
        return _TRIGONOMETRY.search(self.source.content, range.start, range.end) is not None

    # ----------------------------------------------------------------------------------------------- expressions

    def _begin(self, expression: Expression, place: Place | None = None) -> None:
        """Read an expression whose numbers have nothing to do with those around it."""
        numbers: list[Number] = []
        self.found.append(numbers)
        self.pending.append((expression, place, numbers))

    def _read(self, node: Expression, place: Place | None, numbers: list[Number]) -> None:
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
                test = place if place is not None and place.other is None else Place(Role.COMPARISON)
                self._meet(node.left, test._replace(operator=_FLIPPED[operator], other=node.right), numbers)
                self._meet(node.right, test._replace(operator=operator, other=node.left), numbers)
            case Binary(operator=operator) if operator in _ARITHMETIC:
                self._meet(node.left, Place(Role.ARITHMETIC, operator, node.right), numbers)
                self._meet(node.right, Place(Role.ARITHMETIC, operator, node.left), numbers)
            case Conditional(test=test_, then=then, otherwise=otherwise):
                self._begin(test_, Place(Role.COMPARISON))
                self.pending += [(then, place, numbers), (otherwise, place, numbers)]
            case Unary(operator="not", operand=operand):
                self._begin(operand, place)
            case Unary(operand=inner) | TypeAssertion(value=inner) | Await(value=inner):
                self.pending.append((inner, place, numbers))
            case Call():
                self._call(node, place, numbers)
            case AssignmentExpression(target=target, value=assigned, operator=operator):
                self._begin(target)
                self._begin(assigned, Place(Role.STEP, operator, target) if operator in _ARITHMETIC else None)
            case Subscript(value=inner):
                self._begin(inner)  # the index is a position
            case _:
                for part in children(node):
                    self._begin(part)

    def _meet(self, node: Expression, place: Place, numbers: list[Number]) -> None:
        """Read an operand that meets another one. What meets a text or a constant is no number, or explained."""
        is_explained = place.other is not None and (_is_text(place.other) or _is_constant(place.other))
        self.pending.append((node, None if is_explained else place, numbers))

    def _call(self, node: Call, place: Place | None, numbers: list[Number]) -> None:
        self._begin(node.function)
        name = last_name(node.function)
        values = [argument.value for argument in node.arguments]
        for index, argument in enumerate(node.arguments):
            taken: Place | None = None
            if place is not None and place.role is Role.REPETITION and place.other is not None and len(values) == 1:
                taken = place if name == "range" else None
            elif argument.keyword is None and not argument.spread:
                taken = self._policy(node, name, index, values)
            if taken is not None:
                self.pending.append((argument.value, taken, numbers))
            elif name not in _SLICES:
                self._begin(argument.value)

    def _policy(self, node: Call, name: str, index: int, values: list[Expression]) -> Place | None:
        """The place of an argument that is a matter of policy: how long, how many at once, at most."""
        function = node.function
        if index in _WAITS.get(name, ()) and not (name == "setTimeout" and self._is_moment(values[index])):
            return Place(Role.ARGUMENT, "", function, Quantity.TIME, clue=self._clue(values[0]))
        if index in _LIMITS.get(name, ()):
            return Place(Role.ARGUMENT, "", function)
        if index in _ANSWERS.get(name, ()) and self.source.language == "go":
            return Place(Role.ARGUMENT, "", function, Quantity.STATUS)
        if name == "make" and index == 1 and isinstance(values[0], Name) and values[0].id.startswith("chan"):
            return Place(Role.ARGUMENT, "", values[0])
        if name in _CLAMPS and len(values) > 1 and (isinstance(function, Name) or _is_math(function)):
            other = next((value for value in values if self.constants.value(value) is None), None)
            return Place(Role.ARGUMENT, name.lower(), other) if other is not None else None
        return None

    def _is_moment(self, milliseconds: Expression) -> bool:
        """Whether a delay only lets the event loop turn."""
        value = self.constants.value(milliseconds)
        return value is not None and value <= _MOMENT

    def _clue(self, waiting: Expression) -> str:
        """What waits: the function that is called afterwards, or the one that this is a part of."""
        if isinstance(waiting, Name | Attribute):
            return last_name(waiting)
        name = self.function.name if self.function is not None else ""
        return name if _VAGUE.isdisjoint(words(name)) else ""

    # ---------------------------------------------------------------------------------------------------- numbers

    def _take(self, node: Expression, value: float, place: Place, numbers: list[Number]) -> None:
        line = self.source.line_of(node.range.start)
        length = self.source.line_range(line)
        if length.end - length.start > _LONGEST_LINE or self.source.line_of(node.range.end) in self.comments.lines:
            return
        if place.other is not None:
            subject = self._text(place.other)
            quantity = place.quantity or self._quantity(place.other)
        else:
            subject = self.function.name if self.function is not None else ""
            quantity = quantity_of_name(subject)
        if quantity is Quantity.STATUS:
            name = self.statuses.name(value) if place.operator in ("", "==", "!=") else ""
        else:
            name = name_for(self.source.language, place, quantity)
        numbers.append(Number(node.range, value, place.role, place.operator, subject, quantity, name))

    def _quantity(self, other: Expression) -> Quantity:
        """What is counted there: the length of something with a known layout is that of a buffer."""
        quantity = quantity_of(other)
        has_layout = quantity is Quantity.LENGTH and path_of(counted_in(other)) in self._layouts
        return Quantity.BYTES if has_layout else quantity

    @cached_property
    def _layouts(self) -> frozenset[str]:
        return with_layout(self.statements, self.constants, self.source)

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


def _is_constant(expression: Expression) -> bool:
    """Whether an operand is a unit or a constant, which tells what it is calculated with: `time.Second`, `BASE`."""
    name = last_name(expression)
    return isinstance(expression, Attribute | Name) and (name.lower() in _UNITS or all_caps(name))
