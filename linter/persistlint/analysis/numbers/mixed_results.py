"""From conditionals and returns to facts: where a number comes out as text on one way only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.numbers.constants import Constants
from persistlint.analysis.scopes import scopes
from persistlint.facts import MixedResult
from persistlint.ir import (
    Assign,
    Attribute,
    Await,
    Binary,
    Call,
    Conditional,
    Expression,
    Function,
    Hole,
    Mapping,
    Name,
    Return,
    String,
    Template,
    TypeAssertion,
    Unary,
    Unknown,
    children,
    expressions,
)
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.scopes import Scope
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

_SCRIPT_FORMATS = regex(rb"toFixed|toPrecision|toExponential")
_FORMATS = {
    "python": regex(rb":[^\s{}]{0,8}[feg%]\}|%[\d.]*[feg]|\bformat\("),
    "javascript": _SCRIPT_FORMATS,
    "typescript": _SCRIPT_FORMATS,
    "go": regex(rb"Sprintf|Itoa|Format[FI]"),
}
_FORMAT_SPEC = regex(r"[^}]*[feEgG%n]")
_PERCENT_FORMAT = regex(r"%[-+ #0-9.]*[fFeEgGd]")
_BRACE_FORMAT = regex(r"\{\w*:[^{}]*[fFeEgG%]\}")
_TO_TEXT = frozenset(["toFixed", "toPrecision", "toExponential", "FormatFloat", "FormatInt", "Itoa"])
_TO_NUMBER = frozenset(["Number", "parseFloat", "parseInt", "int", "float", "round", "len", "abs", "floor", "ceil"])
_NUMBERS = frozenset(["number", "int", "float", "Decimal", "decimal.Decimal", "float32", "float64", "int32", "int64"])
_SHOWS = regex(r"format|render|display|show|label|title|tooltip|tick|print|str\b|text|caption", re.IGNORECASE)
_BOTH = regex(
    r"(?=.*\bstr(?:ing)?\b)(?=.*\b(?:number|float|int|Decimal)\b)|\b(?:any|Any|unknown|interface\{\})", re.DOTALL
)
# A use of a variable in text: `${x}`, `>{x}<`, `"…" + x`, `x + "…"`, `{x}` in an f-string.
_SHOWN = rb"""(?:\$\{\s*|>\s*\{\s*|["'`]\s*\+\s*)%s|%s\s*(?:\+\s*["'`]|\}\s*[%%<"'`])|[("'}>\s]\{%s(?:![rsa])?[:}]"""
_LONGEST_FUNCTION = 50_000  # bytes in which the uses of a variable are looked for
_GO_ANYTHING = regex(r"\bany\b|interface\{\}")
_GO_ANY = regex(_GO_ANYTHING.pattern.encode())


def may_have(source: SourceFile, names: ProjectNames) -> bool:
    """Whether a file can have a mixed result."""
    return _FORMATS[source.language].search(source.content) is not None


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[MixedResult]:
    """The mixed results of a file."""
    content, language = syntax.source.content, syntax.source.language
    candidates = [Range(*match.span()) for match in _FORMATS[language].finditer(content)]

    def may_mix(range: Range) -> bool:
        # Go has no conditional expression, and a result of two types is one of any.
        return language != "go" or _GO_ANY.search(content, range.start, range.end) is not None

    if candidates and may_mix(Range(0, len(content))):
        for scope in scopes(syntax.lower(), candidates, may_mix):
            yield from _Reader(syntax, scope).mixed()


class _Reader:
    """Reads one scope."""

    def __init__(self, syntax: Syntax, scope: Scope) -> None:
        self.source = syntax.source
        self.statements = scope.statements
        self.function: Function | None = scope.functions[-1] if scope.functions else None
        self.constants = Constants()
        self.shown: dict[str, bool] = {}

    def mixed(self) -> Iterator[MixedResult]:
        """The mixed results of the scope."""
        returns_both = self._may_return_both()
        for statement in self.statements:
            match statement:
                case Assign(value=Expression() as value, operator="=" | "or" | "??"):
                    found = list(self._in_expression(value, not _BOTH.search(statement.annotation)))
                    if found and not self._is_only_shown(statement):
                        yield from found
                case Return(value=Expression() as value):
                    yield from self._in_expression(value, returns_both)
                case _:
                    for expression in expressions(statement):
                        yield from self._in_expression(expression, False)
        if returns_both and self.function is not None:
            values = [s.value for s in self.statements if isinstance(s, Return) and s.value is not None]
            yield from self._pair(values, None, self.function.name or "this function")

    def _may_return_both(self) -> bool:
        """Whether a function can return text and numbers alike, does not say so, and is not there to show them."""
        if self.function is None or _SHOWS.search(self.function.name):
            return False
        if self.source.language == "go":
            return _GO_ANYTHING.search(self.function.returns) is not None
        return _BOTH.search(self.function.returns) is None

    def _in_expression(self, expression: Expression, is_kept: bool) -> Iterator[MixedResult]:
        """The conditionals in an expression whose value is kept as it is: returned, stored, or part of an object."""
        stack = [(expression, is_kept, False)]
        while stack:
            node, is_kept, is_shown = stack.pop()
            match node:
                case Conditional(test=test):
                    branches = list(_branches(node))
                    if is_kept:
                        yield from self._pair(branches, node.range, "")
                    stack += [(part, False, is_shown) for part in (test, *branches)]
                case Binary(operator="or", left=Binary(operator="and", left=test, right=then), right=otherwise):
                    if is_kept:  # `total && (part / total).toFixed(2) || 0`
                        yield from self._pair([then, otherwise], node.range, "")
                    stack += [(part, False, is_shown) for part in (test, then, otherwise)]
                case TypeAssertion(value=value) | Await(value=value):
                    stack.append((value, is_kept, is_shown))
                case Mapping(entries=entries):
                    stack += [(entry.value, not is_shown, is_shown) for entry in entries]
                case _:
                    shown = is_shown or isinstance(node, Hole | Unknown)
                    stack += [(part, False, shown) for part in children(node)]

    def _pair(self, values: list[Expression], whole: Range | None, function: str) -> Iterator[MixedResult]:
        text = next((value for value in values if _is_text_of_number(value)), None)
        number = next((value for value in values if self._is_number(value)), None)
        if text is not None and number is not None:
            yield MixedResult(whole or text.range, text.range, number.range, function)

    def _is_number(self, value: Expression) -> bool:
        if self.constants.value(value) is not None:
            return True
        match value:
            case Unary(operator="+" | "-"):
                return True
            case Call(function=function):
                return last_name(function) in _TO_NUMBER
            case Name(id=id) if self.function is not None:
                parameters = self.function.parameters
                return any(each.name == id and each.annotation in _NUMBERS for each in parameters)
        return False

    def _is_only_shown(self, statement: Assign) -> bool:
        """Whether a variable is used in text only, where it does not matter what it holds."""
        return isinstance(statement.target, Name) and self._shows(statement.target.id)

    def _shows(self, variable: str) -> bool:
        if self.function is None:
            return False
        if variable not in self.shown:
            name = rb"(?<![\w$.])" + re.escape(variable.encode()) + rb"(?![\w$])"
            end = min(self.function.range.end, self.function.range.start + _LONGEST_FUNCTION)
            text = self.source.content[self.function.range.start : end]
            assigned = [s for s in self.statements if isinstance(s, Assign) and getattr(s.target, "id", "") == variable]
            inside = (self.source.content[s.range.start : s.range.end] for s in assigned)
            uses = len(re.findall(name, text)) - sum(len(re.findall(name, part)) for part in inside)
            self.shown[variable] = 0 < uses <= len(re.findall(_SHOWN % (name, name, name), text))
        return self.shown[variable]


def _branches(conditional: Conditional) -> Iterator[Expression]:
    stack: list[Expression] = [conditional]
    while stack:
        node = stack.pop()
        if isinstance(node, Conditional):
            stack += (node.otherwise, node.then)
        else:
            yield node


def _is_text_of_number(value: Expression) -> bool:
    """Whether an expression is a number that is formatted as text."""
    match value:
        case Call(function=Attribute(value=String(value=template), name="format")):
            return _BRACE_FORMAT.search(template) is not None
        case Call(function=Name(id="format"), arguments=(_, argument)) if isinstance(argument.value, String):
            return _FORMAT_SPEC.fullmatch(argument.value.value) is not None
        case Call(function=Attribute(name="Sprintf"), arguments=(argument, *_)) if isinstance(argument.value, String):
            return _PERCENT_FORMAT.search(argument.value.value) is not None
        case Call(function=function):
            return last_name(function) in _TO_TEXT
        case Binary(operator="%", left=String(value=template)):
            return _PERCENT_FORMAT.search(template) is not None
        case Template(parts=parts):
            return any(isinstance(part, Hole) and _FORMAT_SPEC.fullmatch(part.format) for part in parts)
    return False
