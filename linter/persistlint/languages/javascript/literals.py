"""What the literals of JavaScript stand for."""

from __future__ import annotations

import re

from persistlint.regexes import regex

_ESCAPE = regex(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_SINGLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_LINE_ENDS = ("\n", "\r", "\r\n", "\u2028", "\u2029")


def string_value(text: str) -> str:
    """The value of the text between the quotes of a string or template: escapes resolved, lone surrogates replaced."""
    if "\\" not in text:
        return text
    value = _ESCAPE.sub(_unescaped, text)
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # joins surrogate pairs


def _unescaped(match: re.Match[str]) -> str:
    braced, four, two, single = match.groups()
    if single is not None:
        return "" if single in _LINE_ENDS else _SINGLE.get(single, single)
    code = int(braced or four or two, 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def number_value(text: str) -> int | float | None:
    """The value of a number as written (`0x1F`, `1_000`, `10n`, `.5`, `017`); None if it is not one."""
    text = text.replace("_", "").lower().removesuffix("n")
    try:
        if text[:2] in ("0x", "0o", "0b"):
            return int(text, 0)
        if text.isdigit():
            is_octal = text[0] == "0" and text.strip("01234567") == ""
            return int(text, 8 if is_octal else 10)
        return float(text)
    except ValueError:
        return None
