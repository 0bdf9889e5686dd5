"""Whether a migration that is written in a program can be undone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.ir import ExpressionStatement, String, walk
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.analysis.migrations.steps import Step
    from persistlint.analysis.migrations.walk import Walk
    from persistlint.ir import Function
    from persistlint.languages import Syntax

_DDL = regex(r"\s*(?:CREATE|ALTER|DROP|RENAME)\b", re.IGNORECASE)
# Comments that tools write into every migration, and those for other tools.
_BOILERPLATE = regex(
    r"###|auto[- ]generated|Add (?:reverting|altering) commands|please adjust|eslint|noqa|pragma|pylint|prettier|@ts-|"
    r"type:\s*ignore|migration code|^\W*(?:TODO|FIXME)\W*$",
    re.IGNORECASE,
)
_REASON = regex(r"\b(?:no|not|never|nothing|cannot|irreversible|see|un\w+able|because|since)\b|n't\b", re.IGNORECASE)
_LEAST = 3  # words of a docstring that gives a reason


def does_something(function: Function | None, walk: Walk | None, syntax: Syntax) -> bool:
    """Whether a function changes something, refuses to, or says in a comment why it does not."""
    if function is None or walk is None:
        return False
    return bool(walk.steps) or walk.refuses or walk.says or _is_explained(function, syntax)


def changes_schema(steps: Iterable[Step]) -> bool:
    """Whether any of these steps changes the schema: rows need not have a way back."""
    return any(step.sql is not None and _DDL.match(step.sql.text) for step in steps)


def place(function: Function) -> Range:
    """What to point at where a function is empty: its name, or its first word."""
    if function.name_range.end > function.name_range.start:
        return function.name_range
    return Range(function.range.start, min(function.range.end, function.range.start + 1))


def _is_explained(function: Function, syntax: Syntax) -> bool:
    source = syntax.source
    end = source.line_range(source.line_of(max(function.range.end - 1, 0))).end
    inside = [comment for comment in syntax.comments if function.range.start <= comment.start <= end]
    return (
        _is_reason(function)
        or _is_logged(function)
        or any(not _BOILERPLATE.search(source.text(comment)) for comment in inside)
    )


def _is_reason(function: Function) -> bool:
    """Whether a function has nothing but a docstring that says why nothing is done. Most say only what the function is
    for."""
    first = function.body[0] if function.body else None
    text = first.value.value if isinstance(first, ExpressionStatement) and isinstance(first.value, String) else ""
    return len(text.split()) >= _LEAST and _REASON.search(text) is not None


def _is_logged(function: Function) -> bool:
    """Whether what a function prints or logs says why nothing is done: `log.warn("cannot be undone")`."""
    return any(
        isinstance(node, String) and len(node.value.split()) >= _LEAST and _REASON.search(node.value)
        for statement in function.body
        if isinstance(statement, ExpressionStatement)
        for node in walk(statement.value)
    )
