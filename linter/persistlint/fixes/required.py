"""Settings without a fallback: the program stops where they are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix
from persistlint.fixes.imports import python_module
from persistlint.ir import (
    Attribute,
    Binary,
    Call,
    Conditional,
    Expression,
    Name,
    String,
    expressions_in,
)

if TYPE_CHECKING:
    from persistlint.facts import Fallback
    from persistlint.fixes.program import Program

_ENVIRONMENT = frozenset(["os.environ.get", "environ.get", "os.getenv"])


def required_setting(program: Program, fallback: Fallback) -> tuple[Fix, ...]:
    """Look the setting up so that a missing one is an error: `os.environ["…"]`, or an error that is thrown in the place
    of the text."""
    frame = program.frame(fallback.range)
    nodes = [*expressions_in(frame.statement)] if frame is not None else []
    around = (_instead(program, node, fallback) for node in reversed(nodes))
    edits = next((found for found in around if found), ())
    return (Fix("Stop where it is not set", edits, Applicability.UNSAFE),) if edits else ()


def _instead(program: Program, node: Expression, fallback: Fallback) -> tuple[Edit, ...]:
    if program.source.language == "python":
        return _python(program, node, fallback)
    if program.source.language not in ("javascript", "typescript"):
        return ()
    match node:
        case Binary(operator="or" | "??", right=text) | Conditional(otherwise=text) if text.range == fallback.range:
            quote = program.source.text(fallback.range)[:1]
            quote = quote if quote in "\"'" else '"'
            error = f"(() => {{ throw new Error({quote}{fallback.setting} is not set{quote}); }})()"
            return (Edit(fallback.range, error),)
    return ()


def _python(program: Program, node: Expression, fallback: Fallback) -> tuple[Edit, ...]:
    match node:
        case Call(arguments=(setting, default)) if default.value.range == fallback.range:
            lookup, whole = node, node.range
        case Binary(operator="or", left=Call(arguments=(setting,)) as lookup, right=text) if (
            text.range == fallback.range
        ):
            whole = node.range
        case _:
            return ()
    function = program.source.text(lookup.function.range)
    if not isinstance(setting.value, String) or function not in _ENVIRONMENT or not program.is_clean(whole):
        return ()
    needed = python_module(program, "os") if function == "os.getenv" else (function.removesuffix(".get"), ())
    if needed is None or not isinstance(lookup.function, Attribute | Name):
        return ()
    name = f"{needed[0]}.environ" if function == "os.getenv" else needed[0]
    return (Edit(whole, f"{name}[{program.source.text(setting.value.range)}]"), *needed[1])
