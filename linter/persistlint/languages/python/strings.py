"""Python's string literals: from the quotes and escapes of the source to `ir.String` and `ir.Template`."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.nodes import range_of, text_of
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

_ESCAPE = r"""\\(?:(?P<line>\r\n|\n|\r)|(?P<char>[abfnrtv\\'"])|(?P<octal>[0-7]{1,3})
|x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})|N\{(?P<name>[^}]+)\})"""
_PLAIN = regex(_ESCAPE, re.VERBOSE)
_FORMATTED = regex(_ESCAPE + r"|(?P<brace>\{\{|\}\})", re.VERBOSE)
_RAW_FORMATTED = regex(r"(?P<brace>\{\{|\}\})")
_CHARACTERS = dict(zip("abfnrtv\\'\"", "\a\b\f\n\r\t\v\\'\"", strict=True))


def lower_string(node: Node, lower_value: Callable[[Node], ir.Expression]) -> ir.Expression:
    """Lower a `string` or a `concatenated_string`: one `String` or one `Template` for all the adjacent literals.

    `lower_value` lowers the expression in a hole. An f-string without holes is a `String`; a t-string is always a
    `Template`, because it is not a `str`. Bytes are `Unknown`.
    """
    if node.type == "string" and (plain := _plain(node)) is not None:
        return plain
    literals = [child for child in node.children if child.type == "string"] if node.type != "string" else [node]
    prefixes = [_prefix(literal) for literal in literals]
    parts = [
        part
        for literal, prefix in zip(literals, prefixes, strict=True)
        for part in _parts(literal, prefix, lower_value)
    ]
    whole = range_of(node)
    if any("b" in prefix or "`" in prefix for prefix in prefixes):
        return ir.Unknown(whole, tuple(part.value for part in parts if isinstance(part, ir.Hole)))
    texts = [part for part in parts if isinstance(part, ir.String)]
    if len(texts) == len(parts) and not any("t" in prefix for prefix in prefixes):
        content = _between_quotes(literals[0]) if len(literals) == 1 else whole
        return ir.String(whole, "".join(text.value for text in texts), content)
    return ir.Template(whole, tuple(parts), max(prefixes, key=lambda prefix: ("t" in prefix, "f" in prefix)))


def _plain(literal: Node) -> ir.String | None:
    """A literal of one piece between its quotes, as nearly all are; None for any other."""
    children = literal.children
    if len(children) != 3 or children[1].type != "string_content" or children[2].type != "string_end":
        return None
    prefix = _prefix(literal)
    if "b" in prefix or "`" in prefix or "t" in prefix:
        return None
    content = Range(children[0].end_byte, children[2].start_byte)
    return ir.String(range_of(literal), _unescape(text_of(children[1]), prefix), content)


def _parts(literal: Node, prefix: str, lower_value: Callable[[Node], ir.Expression]) -> Iterator[ir.String | ir.Hole]:
    for child in literal.named_children:
        if child.type == "interpolation":
            yield from _interpolation(child, lower_value)
        elif child.type not in ("string_start", "string_end"):
            range = range_of(child)
            yield ir.String(range, _unescape(text_of(child), prefix), range)


def _interpolation(node: Node, lower_value: Callable[[Node], ir.Expression]) -> Iterator[ir.String | ir.Hole]:
    value = node.child_by_field_name("expression")
    conversion = node.child_by_field_name("type_conversion")
    specifier = node.child_by_field_name("format_specifier")
    letter = text_of(conversion).removeprefix("!") if conversion else ""
    for child, after in zip(node.children, node.children[1:], strict=False):
        if child.type == "=":  # `{x=}` is the text `x=` and a hole
            label = Range(node.start_byte + 1, after.start_byte)
            text = (node.text or b"")[1 : after.start_byte - node.start_byte].decode("utf-8", "replace")
            yield ir.String(label, text, label)
            letter = letter or ("" if specifier else "r")
    whole = range_of(node)
    yield ir.Hole(
        whole,
        lower_value(value) if value else ir.Unknown(whole),
        letter,
        text_of(specifier).removeprefix(":") if specifier else "",
    )


def _unescape(text: str, prefix: str) -> str:
    raw, formatted = "r" in prefix, "f" in prefix or "t" in prefix
    if not formatted and "\\" not in text:
        return text
    if raw:
        return _RAW_FORMATTED.sub(_character, text) if formatted else text
    return (_FORMATTED if formatted else _PLAIN).sub(_character, text)


def _character(match: re.Match[str]) -> str:
    found = match.group(match.lastgroup or 0)
    match match.lastgroup:
        case "line":
            return ""
        case "char":
            return _CHARACTERS[found]
        case "brace":
            return found[0]
        case "name":
            try:
                return unicodedata.lookup(found)
            except KeyError:
                return match.group()
    code = int(found, 8 if match.lastgroup == "octal" else 16)
    if code > 0x10FFFF:
        return match.group()
    return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)  # half of a surrogate pair is no text


def _between_quotes(literal: Node) -> Range:
    first, last = literal.children[0], literal.children[-1]
    return Range(first.end_byte, last.start_byte if last.type == "string_end" else last.end_byte)


def _prefix(literal: Node) -> str:
    return text_of(literal.children[0]).rstrip("\"'").lower()
