"""The operators of procedural SQL: how strongly they bind, and what they come to between operands that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.ir import Binary, Collection, Expression, Sequence, String, Unknown
from persistlint.languages.sql.calls import matched
from persistlint.regexes import regex
from persistlint.sql.lexer import word_set

if TYPE_CHECKING:
    from persistlint.source import Range

PRECEDENCE = {
    **dict.fromkeys(("OR", "XOR"), 1),
    "AND": 2,
    **dict.fromkeys(("=", "<>", "!=", "<", ">", "<=", ">=", "==", "<=>", "^="), 4),
    **dict.fromkeys(("IS", "IN", "LIKE", "ILIKE", "RLIKE", "REGEXP", "SIMILAR", "BETWEEN", "NOT", "GLOB"), 4),
    **dict.fromkeys(("~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "@>", "<@", "&&", "->", "->>", "#>", "#>>"), 5),
    **dict.fromkeys(("+", "-", "||", "&", "|", "<<", ">>"), 6),
    **dict.fromkeys(("*", "/", "%", "DIV", "MOD"), 7),
    "^": 8,
}
NOT_PRECEDENCE, COMPARISON, UNARY = 3, 4, 9
_OPERATORS = {"||": "+", "=": "==", "<>": "!=", "^=": "!=", "<=>": "==", "DIV": "//", "MOD": "%", "^": "**"}
_KEPT = word_set("+ - * / % & | << >> == != < > <= >=")
_ALLOW_PATTERN = regex(r"%\[\^([A-Za-z0-9_ -]+)\]%")  # LIKE '%[^a-z]%': a character that is not allowed


def joined(range: Range, word: str, left: Expression, right: Expression) -> Expression:
    """What an operator between two operands comes to."""
    operator = _OPERATORS.get(word, word)
    if word in ("AND", "OR"):
        return Binary(range, word.lower(), left, right)
    return Binary(range, operator, left, right) if operator in _KEPT else Unknown(range, (left, right))


def compared(range: Range, word: str, left: Expression, right: Expression) -> Expression:
    """What a comparison comes to."""
    return Binary(range, _OPERATORS.get(word, word), left, right)


def quantified(range: Range, left: Expression, word: str, quantifier: str, members: Expression) -> Expression:
    """`x = ANY (list)` is `x in list`, and `x <> ALL (list)` is `x not in list`."""
    if isinstance(members, Collection) and len(members.elements) == 1:
        members = members.elements[0]
    if isinstance(members, String) and members.value.startswith("{"):  # an array written as a string
        values = members.value.strip("{}").split(",")
        members = Collection(
            members.range,
            Sequence.LIST,
            tuple(String(members.range, value.strip(' "'), members.content) for value in values),
        )
    if (word, quantifier) in (("=", "ANY"), ("=", "SOME")):
        return Binary(range, "in", left, members)
    if (word, quantifier) in (("<>", "ALL"), ("!=", "ALL")):
        return Binary(range, "not in", left, members)
    return Unknown(range, (left, members))


def like(range: Range, left: Expression, right: Expression, *, negated: bool) -> Expression:
    """LIKE; in T-SQL `x LIKE '%[^a-z]%'` says that `x` holds something else than these characters."""
    if isinstance(right, String) and (found := _ALLOW_PATTERN.fullmatch(right.value)):
        pattern = String(right.range, f"^[{found.group(1)}]*$", right.content)
        return matched(range, left, pattern, negated=not negated)
    return Unknown(range, (left, right))
