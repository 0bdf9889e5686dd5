"""Whether a function is where a request, a task or a command enters the program, so that no code of its own stands
around it. Known by its parameters, its decorators and its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.ir import Function

_REQUESTS = frozenset(["request", "req", "info", "ctx", "context", "event", "update"])
_BESIDE = frozenset(["", "context", "ctx", "callback"])
_DECORATORS = regex(
    r"task|shared_task|route|get|post|put|patch|delete|api_view|view|action|command|job|on|event|websocket|"
    r"login_required|\w*_required|require_\w+|csrf_exempt|scheduled?|cron|subscribe|consumer|handler",
    re.IGNORECASE,
)
_NAMES = regex(
    r"get|post|put|patch|delete|dispatch|handle|form_valid|perform_\w+|mutate|main|run|resolve_\w+|list|retrieve|create|update"
    r"|destroy|partial_update"
)


def is_entry(function: Function) -> bool:
    """Whether a framework calls the function, and not the program itself."""
    if any(_DECORATORS.fullmatch(last_name(decorator)) for decorator in function.decorators):
        return True
    parameters = [
        parameter.name.lstrip("_") for parameter in function.parameters if parameter.name != function.receiver
    ]
    # An event with anything but its context beside it is a row as likely as what a cloud hands to a function.
    is_row = parameters[:1] == ["event"] and not {*parameters[1:]} <= _BESIDE
    takes_request = bool(parameters) and parameters[0] in _REQUESTS and not is_row
    return takes_request or (function.owner is not None and bool(_NAMES.fullmatch(function.name)))
