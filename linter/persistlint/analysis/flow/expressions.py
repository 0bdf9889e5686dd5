"""The walk over expressions: the order of evaluation, the branches in them, and what tests say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from persistlint.analysis.flow.domain import Domain, S
from persistlint.ir import (
    AssignmentExpression,
    Attribute,
    Binary,
    Collection,
    Comprehension,
    Conditional,
    Constant,
    Expression,
    Function,
    Lambda,
    Mapping,
    Name,
    Spread,
    Subscript,
    Unary,
    children,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BRANCHES = 150  # expressions with branches inside one another
_BRANCHING = frozenset([Binary, Conditional, Comprehension, AssignmentExpression, Lambda])


class ExpressionFlow(Generic[S]):
    """The half of `Flow` that walks expressions. `state` is what is known here, None where no way leads."""

    def __init__(self, domain: Domain[S], state: S) -> None:
        self.domain = domain
        self.state: S | None = state
        self._branches = 0

    def function(self, function: Function) -> None:
        """Walk a function where it is defined."""
        raise NotImplementedError

    def expression(self, node: Expression) -> None:
        """Walk an expression in the order in which it is evaluated."""
        stack = [(node, False)]
        while stack and self.state is not None:
            current, is_over = stack.pop()
            if is_over:
                self.domain.visit(current, self.state)
                continue
            self.domain.enter(current, self.state)
            is_branch = type(current) in _BRANCHING and self._branches < _MOST_BRANCHES and self._branch(current)
            operands = () if is_branch else children(current)
            if operands:
                stack.append((current, True))
                stack.extend([(child, False) for child in reversed(operands)])
            elif self.state is not None:
                self.domain.visit(current, self.state)

    def suppose(self, test: Expression | None, truth: bool) -> None:
        """Go on with what is known where a test that was walked came out as `truth`."""
        if test is not None:
            self.state = self._supposed(test, truth, self.state, 0)

    def assign(self, target: Expression, value: Expression | None, operator: str) -> None:
        """Walk an assignment."""
        if value is not None:
            self.expression(value)
        self.parts_of_target(target)
        if operator != "=" and isinstance(target, (Name, Attribute, Subscript)):
            self.expression(target)
        if self.state is not None:
            self.domain.bind(target, value, self.state, operator)

    def parts_of_target(self, target: Expression) -> None:
        """Walk what is evaluated in a target: the object of an attribute, an index, the defaults of a pattern."""
        for node in walk(target) if isinstance(target, (Collection, Mapping, Spread)) else (target,):
            match node:
                case Attribute(value=value):
                    self.expression(value)
                case Subscript(value=value, index=index):
                    self.expression(value)
                    self.expression(index)
                case AssignmentExpression(value=value):
                    self.expression(value)

    def merged(self, left: S | None, right: S | None) -> S | None:
        """What is known after two ways meet, of which either may lead nowhere."""
        if left is None or right is None:
            return right if left is None else left
        return self.domain.merge(left, right)

    # ---------------------------------------------------------------------------------------------- branches

    def _branch(self, node: Expression) -> bool:
        """Walk an expression of which not all operands are evaluated exactly once; False for any other."""
        self._branches += 1
        match node:
            case Binary(operator="and" | "or" | "??"):
                self._logic(node)
            case Conditional(test=test, then=then, otherwise=otherwise):
                self._conditional(test, then, otherwise)
            case Comprehension():
                self._comprehension(node)
            case AssignmentExpression(target=target, value=value, operator=operator):
                self.assign(target, value, operator)
            case Lambda(function=function):
                self.function(function)
            case _:
                self._branches -= 1
                return False
        self._branches -= 1
        return True

    def _logic(self, node: Binary) -> None:
        """`a or b or c`: an operand is evaluated where those before it did not decide."""
        links = _links(node)
        ends: S | None = None
        operand = links[0].left
        self.expression(operand)
        for link in links:
            if self.state is None:
                break
            test, truth = _way_on(node.operator, operand)
            before = self.domain.copy(self.state)
            self.suppose(test, not truth)
            ends = self.merged(ends, self.state)
            self.state = before
            self.suppose(test, truth)
            operand = link.right
            self.expression(operand)
            if link is not node and self.state is not None:
                self.domain.visit(link, self.state)
        self.state = self.merged(self.state, ends)

    def _conditional(self, test: Expression, then: Expression, otherwise: Expression) -> None:
        self.expression(test)
        if self.state is None:
            return
        before = self.domain.copy(self.state)
        self.suppose(test, True)
        self.expression(then)
        end, self.state = self.state, before
        self.suppose(test, False)
        self.expression(otherwise)
        self.state = self.merged(self.state, end)

    def _comprehension(self, node: Comprehension) -> None:
        self.expression(node.iterable)
        if self.state is None:
            return
        before = self.domain.copy(self.state)
        self.parts_of_target(node.target)
        self.domain.iterate(node.target, node.iterable, self.state)
        for condition in node.conditions:
            self.expression(condition)
            self.suppose(condition, True)
        if node.key is not None:
            self.expression(node.key)
        self.expression(node.element)
        self.state = before

    def _supposed(self, test: Expression, truth: bool, state: S | None, depth: int) -> S | None:
        while isinstance(test, Unary) and test.operator == "not":
            test, truth = test.operand, not truth
        if state is None or depth > _MOST_BRANCHES:
            return state
        if not (isinstance(test, Binary) and test.operator in ("and", "or")):
            self.domain.assume(test, truth, state)
            return state
        links = _links(test)
        operands = [links[0].left, *(link.right for link in links)]
        if (test.operator == "and") is truth:
            for operand in operands:
                state = self._supposed(operand, truth, state, depth + 1)
            return state
        # One of them came out so, and those before it did not.
        ends: S | None = None
        for operand in operands[:-1]:
            if state is not None:
                ends = self.merged(ends, self._supposed(operand, truth, self.domain.copy(state), depth + 1))
                state = self._supposed(operand, not truth, state, depth + 1)
        return self.merged(ends, self._supposed(operands[-1], truth, state, depth + 1))


def _links(node: Binary) -> list[Binary]:
    """The links of a chain of one operator, the innermost first: `a or b`, then `a or b or c`."""
    links = [node]
    while isinstance(left := links[-1].left, Binary) and left.operator == node.operator:
        links.append(left)
    return links[::-1]


def _way_on(operator: str, operand: Expression) -> tuple[Expression, bool]:
    """A test, and how it comes out where the operand behind this one is evaluated."""
    if operator == "??":
        return Binary(operand.range, "!=", operand, Constant(operand.range, None)), False
    return operand, operator == "and"


def is_true(test: Expression) -> bool:
    """Whether a test is the constant `true`."""
    return isinstance(test, Constant) and test.value is True


def assigned_in(test: Expression | None) -> Iterator[Expression]:
    """The targets that an expression assigns to."""
    for node in walk(test) if test is not None else ():
        if isinstance(node, AssignmentExpression):
            yield node.target
