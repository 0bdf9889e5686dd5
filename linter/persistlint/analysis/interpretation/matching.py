"""What a regular expression lets through."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.state import NOTHING, Checked
from persistlint.analysis.interpretation.subjects import paths_of
from persistlint.analysis.interpretation.values import constants_of
from persistlint.analysis.names import last_name
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.ir import Expression


_PERMISSIVE = regex(r"(?<!\\)\.(?![^\[]*\])|\[\^|\\[SDW]|['\";`]")


def is_strict(subject: Expression, values: list[Expression], name: str, machine: Interpreter) -> bool:
    """Whether a call matches something against an anchored pattern that lets no quote and no separator through."""
    return bool(passed(subject, values, name, machine))


def passed(subject: Expression, values: list[Expression], name: str, machine: Interpreter) -> Checked | None:
    """The variables that match an anchored pattern where a call found it so; None where the call is no match:
    `re.fullmatch(pattern, x)`, `PATTERN.match(x)`, `/…/.test(x)`, `x.match(/…/)`, `regexp.MatchString(p, x)`."""
    if last_name(subject) in ("re", "regexp", "regex") and len(values) >= 2:
        pattern, tested = values[0], values[1]
    elif len(values) == 1 and name in ("match", "search") and machine.language in ("javascript", "typescript"):
        pattern, tested = values[0], subject
    elif len(values) == 1:
        pattern, tested = subject, values[0]
    else:
        return None
    texts = constants_of(machine.evaluate(pattern))
    anchored = name == "fullmatch"
    begins = anchored or (name == "match" and machine.language == "python")
    for text in texts:
        body = re.sub(r"^\(\?[a-zA-Z]+\)", "", text)
        if not (begins or body.startswith(("^", r"\A"))) or not (anchored or body.endswith(("$", r"\Z", r"\z"))):
            return NOTHING
        if _PERMISSIVE.search(body):
            return NOTHING
    return paths_of(tested)


def is_cleansing(pattern: str) -> bool:
    """Whether removing what a pattern matches leaves no quote and no separator: `[^a-zA-Z0-9_.]`, `\\W`."""
    return (
        bool(re.fullmatch(r"(?:\(\?i\))?(?:\[\^(?:\\[wdA-Za-z.\-]|[\w\-.$`:@/ ])+\]|\\W|\\D)[+*]?", pattern))
        and "\\s" not in pattern.lower()
    )
