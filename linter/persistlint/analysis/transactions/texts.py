"""The SQL that a call sends and the table that an argument names, as far as the function tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.ir import (
    Attribute,
    Await,
    Binary,
    Call,
    Expression,
    Mapping,
    Name,
    String,
    TaggedTemplate,
    Template,
    TypeAssertion,
    Unary,
)
from persistlint.sql.lexer import HOLE
from persistlint.sql.outline import Deed, outline

if TYPE_CHECKING:
    from persistlint.analysis.transactions.variables import Scope
    from persistlint.libraries import Operation

_LONGEST_TEXT = 20_000  # code points of SQL that are put together
_DEEPEST = 200  # parts of one text, one inside the other


def sent_text(node: Call, operation: Operation, scope: Scope) -> str | None:
    """The SQL that a call sends; "" where it sends some that is not known, None where it sends none."""
    if operation.sql is None or operation.yields is not None or operation.raw:
        return None
    named = [a.value for a in node.arguments if a.keyword is not None and a.keyword in operation.keys]
    positional = [a.value for a in node.arguments if a.keyword is None]
    # Of a handle of unknown type nobody knows whether a context goes first.
    candidates = named or positional[operation.sql : operation.sql + 1]
    if not operation.library.modules:
        candidates = named or positional[:3]
    for candidate in candidates:
        text = text_of(candidate, scope)
        if text is not None:
            return text
    return ""


def whole_statement(node: Call, operation: Operation, scope: Scope) -> str | None:
    """The SQL that a call is given for a fragment and that is a statement of its own, for it writes:
    `knex.raw("UPDATE …")`."""
    if not operation.raw or operation.fragments != (0,) or not node.arguments:
        return None
    text = text_of(node.arguments[0].value, scope)
    found = outline(text, operation.library.dialect) if text is not None else None
    return text if found is not None and found.deed in (Deed.WRITE, Deed.SCHEMA) else None


def text_of(expression: Expression, scope: Scope, depth: int = 0) -> str | None:
    """The text of an expression, `HOLE` for what is not known; None where it is no text at all."""
    if depth > _DEEPEST:
        return None
    match expression:
        case String(value=value):
            return value[:_LONGEST_TEXT]
        case Template(parts=parts):
            known = [
                part.value if isinstance(part, String) else text_of(part.value, scope, depth + 1) or HOLE
                for part in parts
            ]
            return "".join(known)[:_LONGEST_TEXT]
        case Binary(operator="+", left=left, right=right):
            texts = [text_of(left, scope, depth + 1), text_of(right, scope, depth + 1)]
            return None if texts == [None, None] else "".join(text or HOLE for text in texts)[:_LONGEST_TEXT]
        case Binary(operator="%", left=left):
            return text_of(left, scope, depth + 1)
        case Name(id=name):
            variable = scope.find(name)
            if variable is not None and variable.value is not None and depth < 8:
                return text_of(variable.value, scope, depth + 8)
            return None
        case Call(function=Attribute(name="format" | "strip" | "trim", value=value)):
            return text_of(value, scope, depth + 1)
        case Call(arguments=(first, *_)):
            return text_of(first.value, scope, depth + 1)
        case TaggedTemplate(template=template):
            return text_of(template, scope, depth + 1)
        case Mapping(entries=entries):
            for entry in entries:
                if isinstance(entry.key, String) and entry.key.value.lower() in ("text", "sql", "query"):
                    return text_of(entry.value, scope, depth + 1)
    return None


def table_of(expression: Expression, scope: Scope) -> str:
    """The table or model that an argument names: `users`, `&User{}`, `"users"`, a variable of that type."""
    match expression:
        case String(value=value):
            return value.split(" ", 1)[0]
        case Unary(operand=operand) | Await(value=operand) | TypeAssertion(value=operand):
            return table_of(operand, scope)
        case Mapping(type=type) if type:
            return _bare(type)
        case Call(function=function):
            return last_name(function) if last_name(function)[:1].isupper() else ""
        case Name(id=name):
            variable = scope.find(name)
            if variable is None:
                return name
            if variable.annotation and variable.annotation not in ("any", "unknown"):
                return _bare(variable.annotation)
            if variable.known is not None and variable.known.table:
                return variable.known.table
            if variable.value is not None and not isinstance(variable.value, Name):
                return table_of(variable.value, scope) or name
            return name
        case Attribute(name=name):
            return name
    return ""


def _bare(annotation: str) -> str:
    """The name of a type without its package, its parameters and what it is wrapped in."""
    words = re.findall(r"\w+", re.sub(r"\[.*\]|<.*>", "", annotation)) or re.findall(r"\w+", annotation)
    return words[-1] if words else ""
