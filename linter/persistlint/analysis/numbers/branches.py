"""What the tests of a function lead to: who is turned away there, and with which words."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.numbers.vocabulary import function_names
from persistlint.ir import Assign, Binary, Call, Constant, Expression, ExpressionStatement, Jump, Number, Raise, Return
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.analysis.numbers.constants import Constants
    from persistlint.ir import Block, Conditional, Statement
    from persistlint.source import SourceFile

_TELLS = function_names("tells")
_CLOCKS = function_names("clocks")
_LOGIC = frozenset(["and", "or", "??"])
_ORDERS = frozenset(["<", "<=", ">", ">=", "==", "!="])
_REJECTION = regex(rb"err|fail|invalid|reject|abort|bad_?request|denied|forbidden|[45]\d\d\b", re.IGNORECASE)
_RESULT = regex(rb"\s*(?:\}\s*)?(?:return|raise|throw)\b[^\n]*")  # on the line behind a branch
_ERROR = regex(r"^\(?(?:\w+ )?error\)?\s*$")  # all that a function of Go gives
_LONGEST = 700  # bytes of a branch that are looked at


def tells_progress(test: Expression, then: Block) -> bool:
    """Whether nothing happens every so often but that people are told how far it is: `if n % 50 == 0: print(n)`, or
    `if (elapsed > 5) { log(n); started = Date.now() }`, which begins to count anew."""
    while isinstance(test, Binary) and test.operator == "and":
        test = test.left
    is_turn = isinstance(test, Binary) and isinstance(test.left, Binary) and test.left.operator == "%"
    return (is_turn or any(map(_starts_clock, then))) and only_tells(then)


def _starts_clock(statement: Statement) -> bool:
    """Whether a statement keeps what time it is, in whatever unit."""
    match statement:
        case Assign(operator="=", value=Call(function=function)):
            return last_name(function) in _CLOCKS
        case Assign(operator="=", value=Binary(operator="/", left=Call(function=function), right=Number())):
            return last_name(function) in _CLOCKS
    return False


def only_tells(block: Block) -> bool:
    """Whether a block does nothing but tell people something, and find out what."""
    told = [
        isinstance(statement.value, Call) and last_name(statement.value.function) in _TELLS
        for statement in block
        if isinstance(statement, ExpressionStatement)
    ]
    return bool(told) and all(told) and all(isinstance(each, Assign | ExpressionStatement) for each in block)


class Branches:
    """The branches of one scope. All of them are added before anything is asked about a number."""

    def __init__(self, source: SourceFile, constants: Constants, returns: str) -> None:
        self.source = source
        self.constants = constants
        self.returns = returns  # what the function around them does, as it is written
        self.tests: list[tuple[Range, Range]] = []  # each with what it leads to

    def add(self, test: Expression, *ways: Range) -> None:
        """Take note of where a test leads."""
        self.tests += ((test.range, way) for way in ways)

    def add_blocks(self, test: Expression, then: Block, otherwise: Block = ()) -> None:
        """Take note of where a test leads: a branch, and the other one, which may be the result behind the first."""
        for block in filter(None, (then, otherwise)):
            self.add(test, Range(block[0].range.start, block[-1].range.end))
        if then and not otherwise and isinstance(then[-1], Return):
            end = then[-1].range.end
            if found := _RESULT.match(self.source.content, end, end + _LONGEST):
                self.add(test, Range(*found.span()))

    def behind(self, number: Range) -> bytes:
        """The beginnings of the branches that the tests lead to in which a number stands."""
        return b"\n".join(self._beginning(way) for way in self._ways(number))

    def rejects(self, test: Expression, then: Block) -> bool:
        """Whether who passes a test is turned away: the branch raises, returns an error or nothing, or gives what is
        compared another value."""
        if not then:
            return False
        statement = then[-1]
        if isinstance(statement, Assign) and statement.operator == "=" and (path := path_of(statement.target)):
            tests = [test]
            for part in tests:
                if isinstance(part, Binary) and part.operator in _LOGIC:
                    tests += (part.left, part.right)
            compared = (part for part in tests if isinstance(part, Binary) and part.operator not in _LOGIC)
            sides = (side for part in compared for side in (part.left, part.right))
            return any(path_of(side) == path for side in sides)
        if isinstance(statement, Return) and isinstance(statement.value, Constant):
            is_no_error = _ERROR.search(self.returns) is not None and statement.value.value is None
            return not statement.value.value and not is_no_error
        if isinstance(statement, Return) and statement.value is not None:
            return _REJECTION.search(self._beginning(statement.range)) is not None
        is_end = isinstance(statement, Jump) and statement.kind == "break" and len(then) == 1  # of what was enough
        return is_end or isinstance(statement, Raise | Return)

    def shows_bound(self, test: Expression, then: Range) -> bool:
        """Whether what follows from a comparison shows people its bound: `count > 99 ? "99+" : count`, `"< 0.01"`."""
        if not isinstance(test, Binary) or self.constants.value(test.right) is None:
            return False
        shown = re.escape(self.source.text(test.right.range).encode())
        return re.search(rb"[\"'`>]%s\+|[\"'`][<>]=? ?%s\b" % (shown, shown), self._beginning(then)) is not None

    def clamps(self, conditional: Conditional) -> bool:
        """Whether a conditional keeps what it compares within a bound: `count > 9 ? 9 : count`."""
        test = conditional.test
        if not isinstance(test, Binary) or test.operator not in _ORDERS:
            return False
        compared = {self.source.text(test.left.range), self.source.text(test.right.range)}
        return compared == {self.source.text(conditional.then.range), self.source.text(conditional.otherwise.range)}

    def _ways(self, number: Range) -> list[Range]:
        tests = self._ordered
        index, found = bisect_right(tests, number.start, key=lambda each: each[0].start), list[Range]()
        while index and tests[index - 1][0].start + self._longest >= number.end:
            index -= 1
            if number in tests[index][0]:
                found.append(tests[index][1])
        return found

    @cached_property
    def _ordered(self) -> list[tuple[Range, Range]]:
        return sorted(self.tests, key=lambda each: (each[0].start, each[0].end))

    @cached_property
    def _longest(self) -> int:
        return max((test.end - test.start for test, _ in self.tests), default=0)

    def _beginning(self, way: Range) -> bytes:
        return self.source.content[way.start : min(way.end, way.start + _LONGEST)]
