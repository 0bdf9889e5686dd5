"""What a loop goes over, and whether its turns grow with the data: one that tries again, waits for work or has a
constant does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.ir import Binary, Call, Collection, Constant, Expression, Name, Number, String
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.transactions.variables import Scope

_TRIES = regex(r"retr(?:y|ies)|attempt|(?:^|_)tries|Tries", re.IGNORECASE)


def is_counted(test: Expression | None, scope: Scope) -> bool:
    """Whether a loop with this test goes on for ever, or to a number that stands in the program."""
    match test:
        case None | Constant(value=True):
            return True
        case Number(value=value):
            return bool(value)
        case Binary(left=left, right=right):  # the counter, which was a number as well, stands on the left
            return isinstance(left, Number) or isinstance(_held(right, scope), Number) or _counts_tries(left, right)
    return False


def is_few(iterable: Expression | None, scope: Scope) -> bool:
    """Whether what a loop goes over is a constant: `["a", "b"]`, `TABLES`, `range(3)`, Go's `range 3`."""
    match _held(iterable, scope):
        case Collection(elements=elements):
            return bool(elements) and all(isinstance(element, String | Number) for element in elements)
        case Call(function=function, arguments=arguments) if last_name(function) == "range":
            bounds = [argument.value for argument in arguments]
            return _counts_tries(*bounds) or all(isinstance(_held(bound, scope), Number) for bound in bounds)
        case Number():
            return True
    return False


def first_of(iterable: Expression | None, scope: Scope) -> Expression | None:
    """The first of the texts that a loop goes over, which stands for all of them; else what it goes over."""
    match _held(iterable, scope):
        case Collection(elements=(String() as first, *_)):
            return first
    return iterable


def _counts_tries(*bounds: Expression) -> bool:
    """Whether one of them is called after tries: `attempt < options.maxRetries`."""
    return any(_TRIES.search(last_name(bound)) for bound in bounds)


def _held(node: Expression | None, scope: Scope) -> Expression | None:
    """What a variable was set to, for a variable; else the expression itself."""
    variable = scope.find(node.id) if isinstance(node, Name) else None
    return variable.value if variable is not None else node
