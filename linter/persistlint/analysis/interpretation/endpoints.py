"""Parameters that hold what somebody outside sent: those of the functions that a web framework, a chat or a language
model calls, as their decorators tell: `@app.get("/shops/{name}")`, `@mcp.tool()`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.ir import Attribute, Call, Name, String
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.ir import Expression, Function, Parameter

_ROUTES = frozenset(["get", "post", "put", "patch", "delete", "route", "api_route", "websocket"])
_TOOLS = frozenset(["tool", "slash_command", "hybrid_command"])
_CHAT = frozenset(["bot", "client", "tree", "commands", "app_commands"])  # whose `command` is none of a terminal
# What no file with such a function is without.
MARK = regex(rb"@[ \t]*[\w.]*\b(?:command|" + "|".join(sorted(_ROUTES | _TOOLS)).encode() + rb")\b")
_IN_PATH = regex(r"[{<](?:\w+:)?(\w+)(?::\w+)?[}>]")
_TEXT = regex(r"(?:(?:Optional|Annotated|Union|[lL]ist)\[)*str\b.*")
# A whole number of which the framework checks no upper bound: `Annotated[int, Query(ge=1)]`.
_COUNT = regex(r"(?:Optional\[|Annotated\[)*int\b(?!.*\bl[te]\s*=).*", re.DOTALL)
_BOUNDS = frozenset(["le", "lt"])
_INJECTS = frozenset(["Depends", "Security"])  # what the framework itself makes


def sent(function: Function) -> frozenset[str]:
    """The parameters of a function that whoever is outside fills in."""
    found: set[str] = set()
    for decorator in function.decorators:
        path = _path(decorator)
        if path is not None:
            found.update(_IN_PATH.findall(path))
        if path is not None or _is_tool(decorator):
            found.update(parameter.name for parameter in function.parameters if _is_text(parameter))
    return frozenset(found)


def counts(function: Function) -> frozenset[str]:
    """The parameters of a function that whoever is outside fills in with a whole number, as large as they like."""
    if all(_path(decorator) is None for decorator in function.decorators):
        return frozenset()
    return frozenset(parameter.name for parameter in function.parameters if _is_count(parameter))


def _is_count(parameter: Parameter) -> bool:
    default = parameter.default
    given = default.arguments if isinstance(default, Call) else ()
    is_bounded = any(argument.keyword in _BOUNDS for argument in given)
    is_injected = isinstance(default, Call) and last_name(default.function) in _INJECTS
    return _COUNT.fullmatch(parameter.annotation) is not None and not is_bounded and not is_injected


def _path(decorator: Expression) -> str | None:
    """The path that a decorator routes to the function, None where it routes none."""
    match decorator:
        case Call(function=Attribute(name=name), arguments=(first, *_)) if name in _ROUTES:
            value = first.value
            return value.value if isinstance(value, String) and value.value[:1] in ("/", "") else None
    return None


def _is_tool(decorator: Expression) -> bool:
    function = decorator.function if isinstance(decorator, Call) else decorator
    if isinstance(function, Attribute) and function.name == "command":
        return last_name(function.value) in _CHAT
    return isinstance(function, Name | Attribute) and last_name(function) in _TOOLS


def _is_text(parameter: Parameter) -> bool:
    default = parameter.default
    is_injected = isinstance(default, Call) and last_name(default.function) in _INJECTS
    return _TEXT.fullmatch(parameter.annotation) is not None and not is_injected
