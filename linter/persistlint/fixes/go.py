"""How a function of Go hands an error on: `return` with a zero value for every other result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.ir import ClassDefinition
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.fixes.program import Program
    from persistlint.ir import Function

_NUMBERS = regex(r"u?int(?:8|16|32|64|ptr)?|float(?:32|64)|complex(?:64|128)|byte|rune|uintptr")
_NIL = regex(r"\*|\[\]|map\[|chan\b|<-|func\b|interface\s*\{|any$|error$")
_ARRAY = regex(r"\[(?:\d+|\.\.\.|\w+)\][\w.]+$")
_NAMED = regex(r"(?:[a-z]\w*)(?:\s*,\s*[a-z]\w*)*\s+(?=\S)")


def returned(program: Program, function: Function | None, error: str) -> str | None:
    """The `return` of an error out of a function; None where it gives no error, or the zero value of another result is
    not known. `error` is an expression."""
    results = _results(function.returns) if function is not None and not function.is_generator else []
    if not results or results[-1] != "error":
        return None
    zeros = [_zero(program, result) for result in results[:-1]]
    if None in zeros:
        return None
    return f"return {', '.join([*(zero for zero in zeros if zero is not None), error])}"


def _results(returns: str) -> list[str]:
    """The types of the results, without their names."""
    text = returns.strip()
    if not text.startswith("("):
        return [text] if text else []
    parts: list[str] = []
    depth, start = 0, 1
    for index, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if (character == "," and depth == 1) or (depth == 0 and index == len(text) - 1):
            parts.append(text[start:index].strip())
            start = index + 1
    named = [_NAMED.match(part) for part in parts]
    if not any(named):
        return [part for part in parts if part]
    types: list[str] = []
    for part, name in zip(reversed(parts), reversed(named), strict=True):  # `a, b int` names the type once
        types.append(part[name.end() :] if name is not None else types[-1] if types else part)
    return types[::-1]


def _zero(program: Program, type: str) -> str | None:
    if type == "string":
        return '""'
    if type == "bool":
        return "false"
    if _NUMBERS.fullmatch(type):
        return "0"
    if _NIL.match(type):
        return "nil"
    is_struct = any(
        isinstance(each, ClassDefinition) and each.name == type and _is_struct(program, each)
        for each in program.module.body
    )
    return f"{type}{{}}" if is_struct or _ARRAY.match(type) else None


def _is_struct(program: Program, definition: ClassDefinition) -> bool:
    pattern = rf"\b{re.escape(definition.name)}\s+struct\b"
    return re.search(pattern.encode(), program.source.content) is not None
