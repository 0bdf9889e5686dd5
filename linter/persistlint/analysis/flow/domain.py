"""What an analysis that walks with `Flow` brings: its states, and what it learns at every step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint import ir

S = TypeVar("S")


@dataclass
class Ends(Generic[S]):
    """How a function can end: what is known where it returns, also behind its last statement, and where it raises
    what nothing in it catches. None where it does not end so."""

    returned: S | None = None
    raised: S | None = None


class Domain(Generic[S]):
    """What an analysis knows at a place, as states that it changes in place. It overrides what it needs."""

    def copy(self, state: S) -> S:
        """A state that can change without this one."""
        raise NotImplementedError

    def merge(self, left: S, right: S) -> S:
        """What is known after two ways meet. Either of the two may be changed and returned."""
        raise NotImplementedError

    def before(self, statement: ir.Statement, state: S) -> None:
        """A statement begins. An `elif` is a part of its `if`."""

    def after(self, statement: ir.Statement, state: S | None) -> None:
        """A statement is over, with all that is in it; None where no way leads out of it. A `return`, `raise` or jump
        is over when its value is known, and leaves afterwards."""

    def enter(self, expression: ir.Expression, state: S) -> None:
        """An expression is about to be evaluated; its operands come next."""

    def visit(self, expression: ir.Expression, state: S) -> None:
        """An expression was evaluated, after its operands."""

    def assume(self, test: ir.Expression, truth: bool, state: S) -> None:
        """A test came out as `truth`; it is no `and`, `or` or `not`. An arm of a `switch` is `subject == value`, and
        what a `??` tests is `value != null`."""

    def bind(self, target: ir.Expression, value: ir.Expression | None, state: S, operator: str = "=") -> None:
        """A target, which may take the value apart, gets a value, None for the zero of its type. The operator is
        that of `ir.Assign`. The target of `with` gets what it opens."""

    def iterate(self, target: ir.Expression, iterable: ir.Expression, state: S) -> None:
        """The target of a loop or comprehension gets an element."""

    def is_wanted(self, function: ir.Function) -> bool:
        """Whether anything in a function matters, the defaults of its parameters included."""
        return True

    def enter_function(self, function: ir.Function, state: S) -> S | None:
        """The state in which a function runs that is defined where `state` holds, or None to leave it out."""
        return None

    def leave_function(self, function: ir.Function, ends: Ends[S]) -> None:
        """The function that was entered last is done."""

    def enter_loop(self, loop: ir.Loop, assigned: tuple[ir.Expression, ...], state: S) -> None:
        """A loop begins, before its test or its first element. `assigned` are the targets that it assigns to: each
        may hold what an earlier iteration left there."""

    def leave_loop(self, loop: ir.Loop) -> None:
        """The body of a loop is over."""

    def enter_try(self, statement: ir.Try, state: S) -> None:
        """The body of a `try` begins."""

    def enter_handler(self, handler: ir.Handler, state: S) -> None:
        """The body of a handler begins, which may have a name for the error."""

    def leave_try(self, statement: ir.Try) -> None:
        """The body of a `try` is over; what comes next is in its handlers or behind it."""
