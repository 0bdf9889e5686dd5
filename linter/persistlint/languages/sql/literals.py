"""Literals and the names of types in procedural SQL, which hold no expressions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.ir import String
from persistlint.source import Range
from persistlint.sql.lexer import Kind, Token, string_value

if TYPE_CHECKING:
    from persistlint.languages.sql.reader import Reader

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "0": "\0", "Z": "\x1a"}


def string(reader: Reader, token: Token) -> String:
    """A literal that was stepped over, and those that stand right behind it: they are one."""
    value, start, end = string_value(token)
    if token.text[:1] in "eE" or (reader.dialect in ("mysql", "bigquery") and token.kind is Kind.STRING):
        value = _unescape(value)
    content = Range(reader.text.positions[start], reader.text.positions[end])
    first = reader.range_of(token)
    parts = [value]
    while token.kind is Kind.STRING and reader.token().kind is Kind.STRING:  # adjacent literals are one
        token = reader.step()
        parts.append(string_value(token)[0])
        content = Range(first.start, reader.range_of(token).end)
    return String(Range(first.start, reader.range_of(token).end), "".join(parts), content)


def number(text: str) -> int | float | None:
    """The value of a number as it is written; None for one that is none."""
    try:
        return int(text, 0) if text.isdigit() or text[:2].lower() == "0x" else float(text)
    except (ValueError, OverflowError):
        return None


def type_name(reader: Reader) -> str:
    """Step over the name of a type, and return it as it is written."""
    start = reader.index
    reader.name()
    while reader.word() in ("VARYING", "PRECISION", "UNSIGNED", "SIGNED", "INTEGER"):
        reader.step()
    if reader.word() == "(":
        reader.skip_group()
    for words in (("WITH", "TIME", "ZONE"), ("WITHOUT", "TIME", "ZONE"), ("%",), ("[", "]")):
        reader.accept(*words)
    if reader.index == start:
        return ""
    first, last = reader.tokens[start], reader.tokens[min(reader.index, len(reader.tokens)) - 1]
    return reader.text.text[first.start : last.end]


def _unescape(value: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match.group(1), match.group(1)), value, flags=re.DOTALL)
