"""From numbers to facts: what code does with them, and what stands beside them.

A number that has a name beside it is no fact: one that is assigned, passed by keyword, an entry, an element, a default,
or that a template shows. Nor is a position in a sequence, a part of a formula or of a layout, or one that a comment
explains.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property, partial
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from persistlint.analysis.comments import Comments
from persistlint.analysis.constants import CONVERSIONS, Constants
from persistlint.analysis.meanings import Meanings
from persistlint.analysis.names import all_caps, last_name, path_of
from persistlint.analysis.places import Place, explains, is_clamp, policy
from persistlint.analysis.quantities import quantity_of_name
from persistlint.analysis.said import is_said, is_table
from persistlint.analysis.scopes import functions_in, holds, may_hold, scopes_of, top_level
from persistlint.analysis.statuses import Statuses
from persistlint.analysis.vocabulary import function_names, known_words, words
from persistlint.facts import Calculation, NumberRole, Quantity
from persistlint.ir import (
    Assign,
    AssignmentExpression,
    Await,
    Binary,
    Call,
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
    Unknown,
    children,
    expressions,
)
from persistlint.memory import Memory
from persistlint.patterns import one_by_one
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from persistlint.analysis.scopes import Scope
    from persistlint.ir import Block
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

_PLAIN = re.compile(r"[012](?:\.0*)?")  # numbers that mean what they are
_ARITHMETIC = frozenset(["+", "-", "*", "/", "//", "%"])
_BITS = frozenset(["&", "|", "^", "<<", ">>", "**"])
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_LOGIC = frozenset(["and", "or", "??"])
_LAYOUT = frozenset([Quantity.POSITION, Quantity.PIXELS, Quantity.ANGLE])
_SLICES = function_names("slices")
_DIGITS = function_names("digits")
_ATTEMPTS = known_words("attempts")
_FORMULAS = known_words("formulas")
_FORMULA = re.compile(
    rb"\b(?:Math|math|np|numpy)\.(?:PI|pi|Pi|a?(?:sin|cos|tan)h?|atan2)\b|\b(?:fnv(?:-?1a?)?|djb2|murmur\d?)\b",
    re.IGNORECASE,
)  # what is computed with angles, and hashes that go by their names
_REJECTION = re.compile(rb"err|fail|invalid|reject|abort|bad_?request|denied|forbidden|[45]\d\d\b", re.IGNORECASE)
_COMPILED = one_by_one(
    rb"\b__generator\b",
    rb"\b__awaiter\b",
    rb"\b__webpack_require__\b",
    rb"\bfactory.(?:Faker|LazyAttribute|Sequence)\b",
)  # what a compiler writes, and factories of test data
_BANNER = b"/*!"  # which tools keep when they make a library smaller
# A number that is none of `_PLAIN`, wherever it stands.
_NUMBER = re.compile(rb"[0-9.](?<![\w.].)(?:(?<=[3-9])|(?<=[0-2])[\w.]|(?<=\.)\d)")
_LONGEST_LINE = 400  # bytes; what stands on a longer one is written by a program
_PERCENT = 100
_LINES_ABOVE = 3
_LONGEST_KEPT = 10_000  # bytes of a function
_MEMORY: Memory[tuple[Calculation, ...]] = Memory(most=5000)  # functions: more than a file has that people edit

_Found = tuple[Expression, float, Place]


def may_have(source: SourceFile, names: ProjectNames) -> bool:
    """Whether a file can have a calculation."""
    if not _NUMBER.search(source.content) and b"Decimal" not in source.words:
        return False
    return not _is_left_out(source)


def _is_left_out(source: SourceFile) -> bool:
    """Whether a file is full of numbers that nobody here would name: formulas, a published library, what a compiler
    wrote, or made-up data."""
    if source.content.startswith(_BANNER) or _is_formula(PurePosixPath(source.path).stem):
        return True
    return _COMPILED.search(source.content) is not None


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Calculation]:
    """The calculations of a file with numbers in them that nothing beside them explains."""
    source = syntax.source
    candidates = [range for range in syntax.numbers if not _PLAIN.fullmatch(source.text(range))]
    candidates += [range for name, range in syntax.calls if name == "Decimal"]
    if not candidates or _is_left_out(source):
        return
    module = syntax.lower()
    starts = sorted(candidate.start for candidate in candidates)
    reading = _Reading(syntax, Comments(syntax), Statuses(syntax, module))
    top = top_level(module)
    yield from reading.calculations(top)
    broken = [error.start for error in syntax.errors]
    for function in functions_in(top, starts):
        make = partial(_found_in, reading, function, starts)
        # What broken syntax is taken for depends on what is around it; what is large is not worth its place.
        is_kept = not holds(broken, function.range) and function.range.end - function.range.start <= _LONGEST_KEPT
        found = _MEMORY.get(reading.key(function), make) if is_kept else make()
        yield from (calculation.moved(function.range.start) for calculation in found)


def _found_in(reading: _Reading, function: Function, starts: list[int]) -> tuple[Calculation, ...]:
    """The calculations of a function and of those in it, as if it stood at the start of the file."""
    found = (calculation for scope in scopes_of(function, starts) for calculation in reading.calculations(scope))
    return tuple(calculation.moved(-function.range.start) for calculation in found)


@dataclass
class _Reading:
    """The reading of one file."""

    syntax: Syntax
    comments: Comments
    statuses: Statuses

    @cached_property
    def numbers(self) -> list[int]:
        """Where the numbers of the file are, and what makes one of a text. Nothing else is read: `i++` has none."""
        calls = (range.start for name, range in self.syntax.calls if name in CONVERSIONS)
        return sorted([*calls, *(number.start for number in self.syntax.numbers)])

    def calculations(self, scope: Scope) -> Iterator[Calculation]:
        """The calculations of a scope."""
        if not any(_is_formula(function.name, function.owner or "") for function in scope.functions):
            yield from _Reader(self, scope).calculations()

    def key(self, function: Function) -> Hashable:
        """All that the calculations of a function depend on: its lines and those beside them, what else of the file is
        looked at for them, and where it begins in its lines."""
        source, range = self.syntax.source, function.range
        first, last = source.line_of(range.start), source.line_of(range.end)
        begin = source.line_starts[max(first - 2, 0)]
        end = source.line_starts[last + 1] if last + 1 < len(source.line_starts) else len(source.content)
        return (
            source.language,
            blake2b(source.content[begin:end], digest_size=16).digest(),
            range.start - begin,
            range.end - begin,
            (function.name, function.owner),
            (self.comments.above(first), self.comments.above(first + 1)),
            self.statuses.digest,
        )


def _is_formula(*names: str) -> bool:
    return any(word in _FORMULAS or word.endswith("hash") for name in names for word in words(name))


class _Reader:
    """Reads one scope. Expressions wait in `pending`, each with its place and the numbers of the calculation that it
    belongs to; all calculations are in `found`."""

    def __init__(self, reading: _Reading, scope: Scope) -> None:
        self.source = reading.syntax.source
        self.numbers = reading.numbers
        self.function: Function | None = scope.functions[-1] if scope.functions else None
        self.statements = scope.statements
        self.comments = reading.comments
        self.constants = Constants()
        within = next((function.name for function in reversed(scope.functions) if function.name), "")
        self.meanings = Meanings(self.source, self.function, self.statements, self.constants, reading.statuses, within)
        self.pending: list[tuple[Expression, Place | None, list[_Found]]] = []
        self.found: list[list[_Found]] = []
        self.tests: list[tuple[Range, Range]] = []  # those of branches, each with what it leads to
        self.inner: set[int] = set()  # the calls that keep a percentage in its bounds together with one around them

    def calculations(self) -> Iterator[Calculation]:
        """The calculations of the scope."""
        result = Place(NumberRole.RESULT) if self._has_several_results() else None
        for statement in self.statements:
            if may_hold(self.numbers, statement):
                for expression, place in self._operands(statement, result):
                    self._begin(expression, place)
        while self.pending:
            self._read(*self.pending.pop())
        if not any(self.found) or self._is_computed():
            return
        for found in self.found:
            numbers = [self.meanings.number(*item) for item in found if not self._is_explained(*item)]
            if numbers:
                numbers.sort(key=lambda number: number.range)
                yield Calculation(Range(numbers[0].range.start, numbers[-1].range.end), tuple(numbers))

    def _is_explained(self, number: Expression, value: float, place: Place) -> bool:
        """Whether a comment explains a number, a text says it (`must have 8 letters`), or the name of the function has
        it in it: `has_at_least_8_letters`."""
        name = self.function.name if self.function is not None else ""
        if self.comments.explains(number.range, value, self.function) or self.source.text(number.range) in words(name):
            return True
        return is_said(self.source.text(number.range), value, self._telling(number.range, place))

    def _branches(self, number: Range) -> list[Range]:
        """What the tests that a number stands in lead to."""
        tests = self._ordered_tests
        index, found = bisect_right(tests, number.start, key=lambda each: each[0].start), list[Range]()
        while index and tests[index - 1][0].start + self._longest_test >= number.end:
            index -= 1
            if number in tests[index][0]:
                found.append(tests[index][1])
        return found

    @cached_property
    def _ordered_tests(self) -> list[tuple[Range, Range]]:
        return sorted(self.tests, key=lambda each: (each[0].start, each[0].end))

    @cached_property
    def _longest_test(self) -> int:
        return max((test.end - test.start for test, _ in self.tests), default=0)

    def _telling(self, number: Range, place: Place) -> bytes:
        """Where a text may say a number: behind the test of it, and on the lines above a wait."""
        branches = self._branches(number)
        if branches:
            texts = (self.source.content[then.start : min(then.end, then.start + _LONGEST_LINE)] for then in branches)
            return b"\n".join(texts)
        if place.waits is None:
            return b""
        line = self.source.line_of(number.start)
        first = max(line - _LINES_ABOVE, self.source.line_of(self.function.range.start) if self.function else 1)
        start = self.source.line_starts[min(first, line) - 1]
        return self.source.content[max(start, number.start - _LONGEST_LINE) : number.start]

    # ------------------------------------------------------------------------------------------------ statements

    def _operands(self, statement: Statement, result: Place | None) -> Iterator[tuple[Expression, Place | None]]:
        match statement:
            case Assign(target=target, value=value, operator=operator) if value is not None:
                yield target, None
                if operator in _ARITHMETIC:
                    yield value, Place(NumberRole.STEP, operator, target)
                elif operator not in _BITS and not self._names_calculation(statement):
                    yield value, None
            case Return(value=value) if value is not None:
                yield value, result
            case If(test=test, then=then):
                if then:
                    self.tests.append((test.range, Range(then[0].range.start, then[-1].range.end)))
                if not (then and self._shows_bound(test, then[-1].range)):
                    yield test, Place(NumberRole.COMPARISON, rejects=bool(then) and self._rejects(test, then))
            case Switch(subject=subject, cases=cases) if subject is not None:
                yield subject, None
                for arm in () if is_table(statement) else cases:
                    yield from ((value, Place(NumberRole.CASE, "==", subject)) for value in arm.values)
            case Switch(cases=cases):
                for arm in cases:  # Go's `switch { case size > 512: … }`
                    for test in arm.values:
                        rejects = False
                        if arm.body:
                            self.tests.append((test.range, Range(arm.body[0].range.start, arm.body[-1].range.end)))
                            rejects = self._rejects(test, arm.body)
                        yield test, Place(NumberRole.COMPARISON, rejects=rejects)
            case Loop(target=target, iterable=iterable, test=test):
                if test is not None:
                    yield test, Place(NumberRole.REPETITION)
                if iterable is not None:
                    is_attempt = isinstance(target, Name) and not _ATTEMPTS.isdisjoint(words(target.id) or ("try",))
                    yield iterable, Place(NumberRole.REPETITION, "in", target) if is_attempt else None
            case _:
                yield from ((expression, None) for expression in expressions(statement))

    def _names_calculation(self, statement: Assign) -> bool:
        """Whether an assignment names what is calculated: it makes a constant, or a part of a layout."""
        if not _calculates(statement.value):
            return False
        name = last_name(statement.target)
        is_constant = (isinstance(statement.target, Name) and all_caps(name)) or (
            statement.constant and self.function is None
        )
        return is_constant or quantity_of_name(name) in _LAYOUT

    def _is_element(self, node: Expression) -> bool:
        """Whether an expression is an element of a page, with what stands in it."""
        return self.source.language in ("javascript", "typescript") and self.source.content.startswith(
            b"<", node.range.start
        )

    def _clamps(self, test: Expression, then: Expression, otherwise: Expression) -> bool:
        """Whether a conditional keeps what it compares within a bound: `count > 9 ? 9 : count`."""
        if not isinstance(test, Binary) or test.operator not in _FLIPPED:
            return False
        compared = {self.source.text(test.left.range), self.source.text(test.right.range)}
        return compared == {self.source.text(then.range), self.source.text(otherwise.range)}

    def _rejects(self, test: Expression, then: Block) -> bool:
        """Whether who passes a test is turned away: the branch raises, returns an error or nothing, or gives what is
        compared another value."""
        statement = then[-1]
        if isinstance(statement, Assign) and statement.operator == "=" and (path := path_of(statement.target)):
            compared = [test]
            for part in compared:
                if isinstance(part, Binary) and part.operator in _LOGIC:
                    compared += (part.left, part.right)
            sides = (side for part in compared if isinstance(part, Binary) for side in (part.left, part.right))
            return any(path_of(side) == path for side in sides)
        if isinstance(statement, Return) and isinstance(statement.value, Constant):
            return not statement.value.value
        if isinstance(statement, Return) and statement.value is not None:
            end = min(statement.range.end, statement.range.start + _LONGEST_LINE)
            return _REJECTION.search(self.source.content, statement.range.start, end) is not None
        return isinstance(statement, Raise | Return)

    def _shows_bound(self, test: Expression, then: Range) -> bool:
        """Whether what follows from a comparison shows people its bound: `count > 99 ? "99+" : count`."""
        if not isinstance(test, Binary) or self.constants.value(test.right) is None:
            return False
        shown = re.escape(self.source.text(test.right.range).encode())
        text = self.source.content[then.start : min(then.end, then.start + _LONGEST_LINE)]
        return re.search(rb"[\"'`>]%s\+" % shown, text) is not None

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

    def _is_computed(self) -> bool:
        if self.function is None:
            return False
        range = self.function.range
        return _FORMULA.search(self.source.content, range.start, range.end) is not None

    # ----------------------------------------------------------------------------------------------- expressions

    def _begin(self, expression: Expression, place: Place | None = None) -> None:
        """Read an expression whose numbers have nothing to do with those around it."""
        found: list[_Found] = []
        self.found.append(found)
        self.pending.append((expression, place, found))

    def _read(self, node: Expression, place: Place | None, found: list[_Found]) -> None:
        value = self.constants.value(node)
        if value is not None:
            if place is not None and (place.other is not None or place.role is NumberRole.RESULT):
                self._take(node, value, place, found)
            return
        test = place if place is not None and place.other is None else None
        match node:
            case Binary(operator=operator) if operator in _LOGIC:
                if operator == "and":
                    test = (test or Place(NumberRole.COMPARISON))._replace(is_one_of_all=True)
                self._begin(node.left, test)
                self._begin(node.right, test)
            case Binary(operator=operator) if operator in _FLIPPED:
                compared = test or Place(NumberRole.COMPARISON)
                self._meet(node.left, compared._replace(operator=_FLIPPED[operator], other=node.right), found)
                self._meet(node.right, compared._replace(operator=operator, other=node.left), found)
            case Binary(operator=operator) if operator in _ARITHMETIC:
                self._meet(node.left, Place(NumberRole.ARITHMETIC, operator, node.right), found)
                self._meet(node.right, Place(NumberRole.ARITHMETIC, operator, node.left), found)
            case Conditional(test=tested, then=then, otherwise=otherwise):
                if not self._shows_bound(tested, then.range):
                    self._begin(tested, Place(NumberRole.COMPARISON, rejects=self._clamps(tested, then, otherwise)))
                self.tests += ((tested.range, then.range), (tested.range, otherwise.range))
                self.pending += [(then, place, found), (otherwise, place, found)]
            case Unary(operator="not", operand=operand):
                self._begin(operand, test)
            case Unary(operand=inner) | TypeAssertion(value=inner) | Await(value=inner):
                self.pending.append((inner, place, found))
            case Call():
                self._call(node, place, found)
            case AssignmentExpression(target=target, value=assigned, operator=operator):
                self._begin(target)
                self._begin(assigned, Place(NumberRole.STEP, operator, target) if operator in _ARITHMETIC else None)
            case Subscript(value=inner):
                self._begin(inner)  # the index is a position
            case Unknown() if self._is_element(node):
                return  # how much of something is shown, and how
            case Mapping(entries=entries):
                for entry in entries:
                    is_layout = isinstance(entry.key, String) and quantity_of_name(entry.key.value) in _LAYOUT
                    if not (is_layout and (_calculates(entry.value) or isinstance(entry.value, Template))):
                        self._begin(entry.value)
            case _:
                for part in children(node):
                    self._begin(part)

    def _meet(self, node: Expression, place: Place, found: list[_Found]) -> None:
        """Read an operand that meets another one."""
        is_explained = place.other is not None and explains(place.other)
        self.pending.append((node, None if is_explained else place, found))

    def _call(self, node: Call, place: Place | None, found: list[_Found]) -> None:
        self._begin(node.function)
        name = last_name(node.function)
        if name in _DIGITS:
            return
        is_counted = (
            place is not None and place.role is NumberRole.REPETITION and place.other is not None and name == "range"
        )
        is_percentage = self._is_percentage(node)
        for index, argument in enumerate(node.arguments):
            taken: Place | None = None
            if is_counted and len(node.arguments) == 1:
                taken = place
            elif is_percentage and self.constants.value(argument.value) is not None:
                continue
            elif argument.keyword is None and not argument.spread:
                taken = policy(node, index, self.constants, self.source.language)
            if taken is not None:
                self.pending.append((argument.value, taken, found))
            elif name not in _SLICES:
                self._begin(argument.value)

    def _is_percentage(self, call: Call) -> bool:
        """Whether a call keeps a number between 0 and 100, or is the inner one of two that do."""
        if id(call) in self.inner:
            return True
        if not is_clamp(call):
            return False
        values = [argument.value for argument in call.arguments]
        inner = [value for value in values if isinstance(value, Call) and is_clamp(value)]
        within = [argument.value for value in inner for argument in value.arguments]
        bounds = {self.constants.value(value) for value in (*values, *within)}
        if not {0, _PERCENT} <= bounds:
            return False
        self.inner.update(map(id, inner))
        return True

    def _take(self, node: Expression, value: float, place: Place, found: list[_Found]) -> None:
        line = self.source.line_of(node.range.start)
        ends = [*self.source.line_starts[line : line + 1], len(self.source.content)]
        if ends[0] - self.source.line_starts[line - 1] <= _LONGEST_LINE:
            found.append((node, value, place))
            self.meanings.calculated_with(value, place.operator)


def _calculates(expression: Expression | None) -> bool:
    return any(
        branch.operator in _ARITHMETIC if isinstance(branch, Binary) else isinstance(branch, Call) and is_clamp(branch)
        for branch in (_branches(expression) if expression is not None else ())
    )


def _branches(expression: Expression) -> Iterator[Expression]:
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Conditional):
            stack += (node.then, node.otherwise)
        else:
            yield node
