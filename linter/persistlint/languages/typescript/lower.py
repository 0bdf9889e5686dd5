"""From a TypeScript syntax tree to the language-neutral program: as JavaScript, once the text is ready to parse."""

from __future__ import annotations

import re

from persistlint.languages.javascript.lower import lower
from persistlint.regexes import regex

__all__ = ["lower", "parsed_text"]

_LONGEST_TYPE_ARGUMENTS = 2_000
_END_OF_TYPE_ARGUMENTS = regex(rb"(?<!=)>\s*`")
_NOT_A_TYPE = regex(rb"&&|\|\||\$\{|=[^>]")
_SCRIPT = regex(
    rb"""<!--.*?--> | <script(?P<attributes>(?:\s(?:"[^"]*"|'[^']*'|[^>"'])*)?)>(?P<body>.*?)</script\s*>""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ATTRIBUTE = regex(rb"""\s(lang|type)\s*=\s*["']?([\w/+-]*)""", re.IGNORECASE)
_SCRIPT_KINDS = (b"", b"js", b"ts", b"jsx", b"tsx", b"javascript", b"typescript", b"module", b"text/javascript")


def parsed_text(content: bytes, suffix: str) -> tuple[bytes, str]:
    """What to parse instead of the content of a file, and the suffix whose grammar reads it.

    The text has the length of the content, so that offsets are those of the file: what the parser must not see is
    blank. That is all of a Vue or Svelte component but its scripts, and the type arguments of a template tag
    (``sql<User[]>`…` ``), which the grammar takes for comparisons or errors.
    """
    if suffix in (".vue", ".svelte"):
        content, suffix = _scripts(content)
    return _without_tag_type_arguments(content), suffix


def _scripts(content: bytes) -> tuple[bytes, str]:
    text = bytearray(_blank(content))
    suffix = ".ts"
    for match in _SCRIPT.finditer(content):
        if match["body"] is None:
            continue
        attributes = {name.lower(): value.lower() for name, value in _ATTRIBUTE.findall(match["attributes"])}
        if all(value in _SCRIPT_KINDS for value in attributes.values()):
            text[match.start("body") : match.end("body")] = match["body"]
            if attributes.get(b"lang") in (b"tsx", b"jsx"):
                suffix = ".tsx"
    return bytes(text), suffix


def _without_tag_type_arguments(content: bytes) -> bytes:
    text = None
    for match in _END_OF_TYPE_ARGUMENTS.finditer(content):
        start = _start_of_type_arguments(content, match.start())
        if start is not None:
            text = text or bytearray(content)
            text[start : match.start() + 1] = _blank(content[start : match.start() + 1])
    return bytes(text) if text is not None else content


def _start_of_type_arguments(content: bytes, end: int) -> int | None:
    """The offset of the `<` that belongs to the `>` at `end`, if it follows a name directly and holds types only."""
    depth = 0
    for index in range(end, max(end - _LONGEST_TYPE_ARGUMENTS, 0), -1):
        match content[index : index + 1]:
            case b"`":
                return None
            case b">" if content[index - 1 : index] != b"=":
                depth += 1
            case b"<":
                depth -= 1
                if depth == 0:
                    is_tag = re.match(rb"[\w$]", content[index - 1 : index]) is not None
                    return index if is_tag and not _NOT_A_TYPE.search(content, index, end) else None
    return None


def _blank(text: bytes) -> bytes:
    return re.sub(rb"[^\r\n]", b" ", text)
