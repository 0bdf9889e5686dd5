"""Values that go to functions of which nothing is known: by its name, one may check the whole of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.subjects import VALIDATES
from persistlint.analysis.json.places import place_of, prefixes
from persistlint.analysis.json.values import Document
from persistlint.analysis.names import last_name
from persistlint.ir import Call
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.json.run import Run
    from persistlint.analysis.json.state import State

_CHECKS = regex(
    r"(?:is|has|are|must|check|assert|ensure|verify|require|required|guard|expect|sanitize|normalize|parse|safe|load"
    r"|structure|matches|conforms|satisfies|deserialize|coerce|missing|from)(?:_|[A-Z]|$)|.*(?:[vV]alid|[sS]chema|[sS]erializer)|.*_check$"
)
_NO_CHECKS = frozenset(
    [
        "isinstance",
        "isArray",
        "isNaN",
        "isInteger",
        "isFinite",
        "is_file",
        "is_dir",
        "parseInt",
        "parseFloat",
        "hasOwnProperty",
    ]
)
_LOGS = regex(r"(?:print\w*|log|debug|info|warn\w*|error|trace|println|Print\w*|Log\w*|Debug\w*|repr|str|len|type)")


def is_check(name: str) -> bool:
    """Whether a function of this name checks what it is given."""
    return name not in _NO_CHECKS and _CHECKS.match(name) is not None


def hand_on(node: Call, run: Run, state: State) -> None:
    """A value goes to a function that nothing is known of: it may look at a status, and by its name at a shape."""
    name = last_name(node.function)
    if _LOGS.fullmatch(name):
        return
    checks = is_check(name)
    for argument in node.arguments:
        value = run.value(argument.value)
        run.look_at(value)
        if run.language == "python" and VALIDATES.match(name) and isinstance(argument.value, Call):
            state.know(prefixes(place_of(argument.value) or ()))  # nothing is not valid
        is_model = argument.spread and run.language == "python"  # `Model(**data)` takes what it needs
        if not isinstance(value, Document) or not (checks or is_model):
            continue
        run.look_into(value)
        place = place_of(argument.value)
        if place is not None:
            state.validate(place)
            run.validated.add(place)
