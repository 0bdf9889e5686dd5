"""How each language writes the expression that becomes a bound value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.text.constants import nulled
from persistlint.fixes.binding.text.doubled import unescaped
from persistlint.fixes.binding.text.unquoting import unquoted
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.fixes.binding.text.view import Value
    from persistlint.source import SourceFile

_MAKES_TEXT = frozenset(["str", "repr", "String", "fmt.Sprint", "strconv.Itoa"])
_MAKES_NUMBER = {"python": "int", "javascript": "Number", "typescript": "Number"}
_WORD = regex(r"[A-Za-z_]\w*")
_QUOTE_DOUBLED = regex(  # what people write to escape a quote, which a bound value must not have
    r"(?P<value>[\w.\[\]\"']+?)\.(?:replace|replaceAll)\(\s*(?:\"'\"|'\\''|/'/g)\s*,\s*(?:\"''\"|\"\\\\'\"|'\\'\\'')\s*\)"
    r"|strings\.ReplaceAll\((?P<go>[\w.]+),\s*\"'\",\s*\"''\"\)"
)


def written(value: Value, source: SourceFile) -> str:
    """A value as it is written, without what only escapes quotes in it."""
    if source.language == "python" and not value.written and (inner := unescaped(value.expression)) is not None:
        return source.text(inner.range)
    text = value.written or source.text(value.expression.range)
    match = _QUOTE_DOUBLED.fullmatch(text)
    return (match["value"] or match["go"]) if match else text


def plain(value: Value, source: SourceFile) -> str:
    """The value of a hole outside quotes, without what only made text of it. Raises `RefusalError`."""
    node = value.expression
    if value.spec and value.spec not in ("!r", "!s", "%v", "%q", "%d", "%r"):
        return joined([value], source)
    match node:
        case ir.Call(function=function, arguments=[argument]) if source.text(function.range) in _MAKES_TEXT:
            return source.text(argument.range)
        case ir.Call(function=ir.Attribute(value=inner, name="toString"), arguments=()):
            return source.text(inner.range)
        case ir.Conditional() if (own := unquoted(node, source)) is not None:
            return source.text(own.range)
        case ir.Conditional() | ir.Binary():
            return nulled(node, source)
    return written(value, source)


def number(text: str, language: str) -> str:
    """An expression, made a number; as it is in Go, whose values have the type that they have."""
    function = _MAKES_NUMBER.get(language)
    return text if function is None or text.startswith((f"{function}(", "parseInt(")) else f"{function}({text})"


def joined(parts: Sequence[str | Value], source: SourceFile) -> str:
    """An expression for a text of constant parts and values."""
    if len(parts) == 1 and not isinstance(parts[0], str) and not parts[0].spec.replace("%v", "").replace("!s", ""):
        return written(parts[0], source)
    if source.language == "python":
        return _python(parts, source)
    if source.language == "sql":
        return " || ".join(_sql_string(part) if isinstance(part, str) else written(part, source) for part in parts)
    return _go(parts, source) if source.language == "go" else _javascript(parts, source)


def name_of(value: Value, source: SourceFile) -> str:
    """A name for the bound value: the last word of its expression, in small letters where it is a constant or a key of
    capitals alone."""
    name = _name_of(value.expression, source)
    return name.lower() if name.isupper() else name


def _name_of(node: ir.Expression, source: SourceFile) -> str:
    while True:
        match node:
            case ir.Name(id=name) | ir.Attribute(name=name):
                return name if name.isidentifier() else "value"
            case ir.Subscript(index=ir.String(value=key)) if key.isidentifier():
                return key
            case ir.Subscript(value=inner) | ir.TypeAssertion(value=inner) | ir.Await(value=inner):
                node = inner
            case ir.Call(arguments=[argument]) if isinstance(argument.value, ir.Name | ir.Attribute | ir.Subscript):
                node = argument.value
            case ir.Call(arguments=[ir.Argument(value=ir.String(value=key)), *_]) if key.isidentifier():
                return key
            case ir.Call(function=ir.Attribute(value=inner)):
                node = inner
            case _:
                words = [word for word in _WORD.findall(source.text(node.range)) if word.isidentifier()]
                return words[0].removeprefix("get_") if len(words) == 1 else "value"


def _python(parts: Sequence[str | Value], source: SourceFile) -> str:
    pieces = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(part.replace("{", "{{").replace("}", "}}"))
        else:
            text = written(part, source)
            if part.spec.startswith("%"):
                pieces.append("{" + text + _python_spec(part.spec) + "}")
            else:
                pieces.append("{" + (f" {text}" if text.startswith("{") else text) + part.spec + "}")
    body = "".join(pieces)
    quote = next((quote for quote in "\"'" if quote not in body), None)
    if quote is None or "\\" in body or "\n" in body:
        terms = [repr(part) if isinstance(part, str) else f"str({written(part, source)})" for part in parts]
        return " + ".join(terms)
    return f"f{quote}{body}{quote}"


def _python_spec(spec: str) -> str:
    """A conversion of `%` as a hole of an f-string has it: `%-10s` is `:<10`."""
    match = re.fullmatch(r"%(?P<flags>[-+ #0]*)(?P<width>\d*)(?P<precision>(?:\.\d+)?)(?P<verb>\w)", spec)
    if match is None:
        return ""
    flags, width, precision, verb = match.groups()
    is_text = verb in "sra"
    aligned = "<" if "-" in flags else ">" if is_text and width else ""
    sign = "".join(flag for flag in flags if flag in "+ #0" and not is_text)
    kind = "" if is_text or verb in "diu" else verb
    format = f"{aligned if width else ''}{sign}{width}{precision}{kind}"
    return (f"!{verb}" if verb in "ra" else "") + (f":{format}" if format else "")


def _javascript(parts: Sequence[str | Value], source: SourceFile) -> str:
    if len(parts) == 1:
        return written(parts[0], source) if not isinstance(parts[0], str) else repr(parts[0])
    pieces = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(part.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${"))
        else:
            pieces.append("${" + written(part, source) + "}")
    return "`" + "".join(pieces) + "`"


def _go(parts: Sequence[str | Value], source: SourceFile) -> str:
    values = [part for part in parts if not isinstance(part, str)]
    if any(value.form is not None for value in values):
        format = "".join(part.replace("%", "%%") if isinstance(part, str) else part.spec or "%s" for part in parts)
        arguments = ", ".join(written(value, source) for value in values)
        return f"fmt.Sprintf({_go_string(format)}, {arguments})"
    return " + ".join(_go_string(part) if isinstance(part, str) else written(part, source) for part in parts)


def _sql_string(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _go_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
