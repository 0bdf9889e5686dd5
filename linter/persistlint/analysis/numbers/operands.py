"""What the statements of one scope do with the expressions in them: where each of these stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import all_caps, last_name
from persistlint.analysis.numbers.branches import Branches, tells_progress
from persistlint.analysis.numbers.places import Place, is_clamp
from persistlint.analysis.numbers.quantities import quantity_of_name
from persistlint.analysis.numbers.scales import bracket, gives_word, is_table
from persistlint.analysis.numbers.vocabulary import known_words, words
from persistlint.facts import NumberRole, Quantity
from persistlint.ir import (
    Assign,
    Binary,
    Call,
    Conditional,
    Expression,
    If,
    Loop,
    Name,
    Return,
    Statement,
    Switch,
    expressions,
)
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.analysis.numbers.constants import Constants
    from persistlint.analysis.numbers.statuses import Statuses
    from persistlint.ir import Case

ARITHMETIC = frozenset(["+", "-", "*", "/", "//", "%"])
LAYOUT = frozenset([Quantity.POSITION, Quantity.PIXELS, Quantity.ANGLE])
_BITS = frozenset(["&", "|", "^", "<<", ">>", "**"])
_ATTEMPTS = known_words("attempts")
_FIRST_FAILURE = 400  # of the codes of HTTP

Operand = tuple[Expression, Place | None]


@dataclass
class Operands:
    """Reads the statements of one scope: the top level of a file, or a function where `is_function`. What its tests
    lead to is added to `branches`. `result` is the place of what it returns, where that is of interest; `scales` are
    the paths of what a chain of tests has brackets for."""

    branches: Branches
    constants: Constants
    statuses: Statuses
    scales: frozenset[str]
    is_function: bool
    result: Place | None

    def of(self, statement: Statement) -> Iterator[Operand]:
        """The expressions of a statement that are looked at, each with its place if that matters."""
        match statement:
            case Assign(target=target, value=value, operator=operator) if value is not None:
                yield target, None
                if operator in ARITHMETIC:
                    yield value, Place(NumberRole.STEP, operator, target)
                elif operator not in _BITS and not self._names_calculation(statement):
                    yield value, None
            case Return(value=value) if value is not None:
                yield value, self.result
            case If(test=test, then=then, otherwise=otherwise):
                self.branches.add_blocks(test, then, otherwise)
                if gives_word(then) and bracket(test) in self.scales:
                    return
                if not (then and (self.branches.shows_bound(test, then[-1].range) or tells_progress(test, then))):
                    yield test, Place(NumberRole.COMPARISON, rejects=self.branches.rejects(test, then))
            case Switch(subject=subject, cases=cases) if subject is not None:
                yield subject, None
                quantity = Quantity.STATUS if self._answers(cases) else None
                for arm in () if is_table(statement) else cases:
                    for value in arm.values:
                        self.branches.add_blocks(value, arm.body)
                        yield value, Place(NumberRole.CASE, "==", subject, quantity)
            case Switch(cases=cases):
                for arm in () if is_table(statement) else cases:  # Go's `switch { case size > 512: … }`
                    for test in arm.values:
                        self.branches.add_blocks(test, arm.body)
                        yield test, Place(NumberRole.COMPARISON, rejects=self.branches.rejects(test, arm.body))
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
        if not calculates(statement.value):
            return False
        name = last_name(statement.target)
        is_constant = (isinstance(statement.target, Name) and all_caps(name)) or (
            statement.constant and not self.is_function
        )
        return is_constant or quantity_of_name(name) in LAYOUT

    def _answers(self, cases: Iterable[Case]) -> bool:
        """Whether all that a switch tells apart are codes of HTTP, several of which say what went wrong."""
        values = [self.constants.value(value) for arm in cases for value in arm.values]
        failures = [value for value in values if value is not None and value >= _FIRST_FAILURE]
        return len(failures) > 1 and self.statuses.known.keys() >= set(values)


def calculates(expression: Expression | None) -> bool:
    """Whether an expression, or a branch of it, is made of numbers: `a + b`, `min(a, b)`."""
    return any(
        branch.operator in ARITHMETIC if isinstance(branch, Binary) else isinstance(branch, Call) and is_clamp(branch)
        for branch in (branches_of(expression) if expression is not None else ())
    )


def branches_of(expression: Expression) -> Iterator[Expression]:
    """What an expression can be: both branches of a conditional."""
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Conditional):
            stack += (node.then, node.otherwise)
        else:
            yield node
