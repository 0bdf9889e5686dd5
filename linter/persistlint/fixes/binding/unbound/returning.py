"""How a function of Go refuses a name: it returns an error, and the zero value of every other result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint import ir
    from persistlint.source import SourceFile

_NIL = regex(r"[*\[]|map\[|chan\b|func\(|<-chan\b|(?:any|error|interface\{\})$")
_NUMBER = regex(r"u?int(?:8|16|32|64)?|float(?:32|64)|byte|rune|uintptr")
_NAMED = regex(r"\w+\s+(?=[\w*\[<])(?P<type>.+)", re.DOTALL)
_KEYWORD = regex(r"(?:chan|func|map|struct|interface)\b")
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def failure(function: ir.Function, error: str, source: SourceFile) -> str:
    """The statement that returns an error from a function; "" where that gives none, or the file does not tell what the
    zero value of another result is."""
    types = _types(function.returns)
    if not types or types[-1] != "error":
        return ""
    values = [_zero(type, source) for type in types[:-1]]
    return f"return {', '.join([*values, error])}" if all(values) else ""


def _types(returns: str) -> list[str]:
    """The types of the results, of which those that have names may share one."""
    text = returns.strip()
    parts, depth, start = [], 0, 0
    text = text[1:-1] if text.startswith("(") else text
    for index, char in enumerate(text):
        depth += _BRACKETS.get(char, 0)
        if char == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    parts = [*parts, text[start:].strip()]
    named = [None if _KEYWORD.match(part) else _NAMED.fullmatch(part) for part in parts]
    if not any(named):
        return [part for part in parts if part]
    types: list[str] = []
    for match in reversed(named):
        types.append(match["type"] if match is not None else types[-1] if types else "")
    return types[::-1]


def _zero(type: str, source: SourceFile) -> str:
    if _NIL.match(type):
        return "nil"
    if type == "string":
        return '""'
    if type == "bool" or _NUMBER.fullmatch(type):
        return "false" if type == "bool" else "0"
    name = re.escape(type.encode())
    is_struct = re.search(
        rb"(?m)^(?:type\s+|\t)" + name + rb"\s+struct\s*\{|\breturn\s+(?:[^\n]*,\s*)?" + name + rb"\{\}", source.content
    )
    return f"{type}{{}}" if is_struct else ""
