"""What a test speaks of: the variables in a tested expression, and the collections whose members are tested."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.state import NOTHING, Checked
from persistlint.analysis.names import last_name, path_of
from persistlint.ir import (
    Argument,
    AssignmentExpression,
    Attribute,
    Binary,
    Call,
    Collection,
    Constant,
    Expression,
    Number,
    Spread,
    String,
    TypeAssertion,
)
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Sequence


_SAME_VALUE = frozenset(
    ["lower", "upper", "casefold", "strip", "trim", "toLowerCase", "toUpperCase", "toString", "String"]
)
_SAME_VALUE_OF = frozenset(["upper", "lower", "trim", "btrim", "ToLower", "ToUpper", "TrimSpace", "String", "str"])
# What cuts no more than a sign off a value: `sort.lstrip("-")`, `sort.slice(1)`.
_CUTS_SIGN = frozenset(
    ["lstrip", "rstrip", "strip", "removeprefix", "removesuffix", "slice", "substring", "TrimPrefix", "TrimLeft"]
)

# What people call a function that fails where a value is not valid.
VALIDATES = regex(
    r"^_*(?:validate|sanitize|assert_?(?:valid|safe|allowed|ident)|ensure_?(?:valid|safe|allowed|ident)"
    r"|verify_?(?:ident|name|table|column)"
    r"|check_?(?:ident|name|table|column|sql|key|sort|order|field|schema|valid|safe|allowed))",
    re.I,
)


def paths_of(expression: Expression) -> Checked:
    """The variable that a tested expression speaks of, also through `.lower()` and the like, and the one that it is
    kept in: `(key := sort.lower())`."""
    kept: Checked = NOTHING
    while isinstance(expression, Call | TypeAssertion | Binary | AssignmentExpression):
        if isinstance(expression, AssignmentExpression):
            kept |= paths_of(expression.target)
            if expression.operator != "=":
                return kept
            expression = expression.value
            continue
        if isinstance(expression, TypeAssertion):
            expression = expression.value
            continue
        if isinstance(expression, Binary):  # `(x || "")`, of which an empty text adds nothing
            if expression.operator not in ("or", "??") or not isinstance(expression.right, String | Constant):
                return kept
            expression = expression.left
            continue
        function, arguments = expression.function, expression.arguments
        if isinstance(function, Attribute) and function.name in _SAME_VALUE and not arguments:
            expression = function.value
        elif isinstance(function, Attribute) and function.name in _CUTS_SIGN and _is_sign(arguments[-1:]):
            expression = function.value if len(arguments) == 1 else arguments[0].value
        elif last_name(function) in _SAME_VALUE_OF and len(arguments) == 1:
            expression = arguments[0].value
        else:
            return kept
    path = path_of(expression)
    return kept | {path} if path is not None else kept


def _is_sign(arguments: Sequence[Argument]) -> bool:
    """Whether an argument is one character that is no letter, or how long one is."""
    match arguments:
        case (Argument(value=String(value=sign)),):
            return len(sign) == 1 and not sign.isalnum()
        case (Argument(value=Number(value=count)),):
            return count == 1
    return False


def tested(expression: Expression) -> Checked:
    """The variables that a check of an argument tells of: it, or the members of a list that is written there."""
    if isinstance(expression, Collection):
        return NOTHING.union(*map(tested, expression.elements))
    if isinstance(expression, Spread):
        return members_of(expression.value)
    return paths_of(expression)


def members_of(expression: Expression) -> Checked:
    """The collection whose members a test speaks of: `x` of `set(x)`, `x.keys()`, `Object.keys(x)`."""
    if isinstance(expression, Call):
        if (
            isinstance(expression.function, Attribute)
            and expression.function.name in ("keys", "items")
            and not expression.arguments
        ):
            return members_of(expression.function.value)
        if expression.arguments and last_name(expression.function) in (
            "set",
            "keys",
            "list",
            "Set",
            "frozenset",
            "tuple",
        ):
            return members_of(expression.arguments[0].value)
        return NOTHING
    return frozenset(f"keys:{path}" for path in paths_of(expression))
