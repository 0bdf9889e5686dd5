"""Values whose quotes somebody doubles before they come into the text: they are bound as they are before that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text import origin
from persistlint.fixes.binding.text.doubled import unescaped
from persistlint.fixes.binding.text.lists import listed
from persistlint.fixes.binding.text.pieces import branches
from persistlint.fixes.binding.text.tracing import is_escaped
from persistlint.fixes.binding.text.variables import is_name
from persistlint.fixes.binding.text.view import Value
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.facts import Site
    from persistlint.fixes.binding.text.view import View
    from persistlint.fixes.program import Program


def without_escapes(found: View, wanted: Callable[[Value], bool], site: Site, program: Program) -> list[Edit]:
    """The edits that leave the wanted values as they are where a statement doubles their quotes for this text alone.
    Notes in the view which those are. Raises `RefusalError` where that may happen in another way."""
    edits: list[Edit] = []
    for index, value in enumerate(found.items):
        if not isinstance(value, Value) or unescaped(value.expression) is not None:
            continue  # what doubles them right here goes with the fix
        if value.is_raw or not wanted(value) or not is_escaped(value.expression, program):
            continue
        made = _made(value, found, site)
        within = made.value if made is not None else None
        calls = _calls(value.expression) if within is None and listed(value, program.source) else _calls(within)
        known = {argument.value.range for call in calls for argument in _arguments(call)}
        if not calls or is_escaped(value.expression, program, known):
            raise RefusalError(f"`{program.source.text(value.expression.range)}` may have its quotes doubled already")
        found.items[index] = replace(value, is_raw=True)
        if made is not None:
            edits += _left(made, calls, program)
    return list(dict.fromkeys(edits))


def raw(node: ir.Expression, program: Program) -> str:
    """How the value is written which a call of a function of the file doubles the quotes of and does nothing else with;
    nothing for any other expression."""
    match node:
        case ir.Call(function=function, arguments=[ir.Argument(value=value, keyword=None, spread=False)]):
            called = program.called(origin.last_name(function)) if program.source.language == "python" else None
        case _:
            return ""
    match called:
        case ir.Function(
            parameters=[*_, ir.Parameter(name=name)], body=[*before, ir.Return(value=ir.Call() as doubled)]
        ):
            inner = unescaped(doubled)
        case _:
            return ""
    if isinstance(inner, ir.Call) and origin.last_name(inner.function) == "str" and len(inner.arguments) == 1:
        inner = inner.arguments[0].value
    is_plain = all(isinstance(s, ir.ExpressionStatement) and isinstance(s.value, ir.String) for s in before)
    if inner is None or not is_name(inner, name) or not is_plain or is_escaped(value, program):
        return ""
    return program.source.text(value.range)


def _made(value: Value, found: View, site: Site) -> ir.Assign | None:
    """The one statement that makes a value, or the list that it joins, for this text alone."""
    if value.made is not None or not isinstance(value.expression, ir.Name):
        return value.made
    name = value.expression
    try:
        steps = origin.definitions(name, site, sum(is_name(each.expression, name.id) for each in found.values))
    except RefusalError:
        return None
    made = steps[0].statement
    is_certain = len(steps) == 1 and not branches(made.range, name.range, site)
    return made if is_certain and isinstance(made, ir.Assign) else None


def _calls(node: ir.Expression | None) -> list[ir.Call]:
    """The calls in an expression that double quotes, none inside another."""
    found: list[ir.Call] = []
    for part in ir.walk(node) if node is not None else ():
        if isinstance(part, ir.Call) and unescaped(part) is not None and not any(part.range in c.range for c in found):
            found.append(part)
    return found


def _arguments(call: ir.Call) -> list[ir.Argument]:
    """The arguments of the calls that an expression which doubles quotes is made of."""
    end, arguments = unescaped(call), [*call.arguments]
    node = call.function.value if isinstance(call.function, ir.Attribute) else end
    while isinstance(node, ir.Call) and node is not end and isinstance(node.function, ir.Attribute):
        arguments += node.arguments
        node = node.function.value
    return arguments


def _left(made: ir.Assign, calls: list[ir.Call], program: Program) -> list[Edit]:
    """The edits that leave the values in a statement as they are, or the statement out if it did nothing else."""
    source = program.source
    texts = [(call, source.text(inner.range)) for call in calls if (inner := unescaped(call)) is not None]
    if len(texts) == 1 and texts[0][0] is made.value and source.text(made.target.range) == texts[0][1]:
        begin = program.line_start(made.range.start)
        end = source.content.find(b"\n", made.range.end) + 1
        is_alone = not source.text(Range(begin, made.range.start)).strip() and end > 0
        if is_alone and not source.text(Range(made.range.end, end)).strip():
            return [Edit(Range(begin, end), "")]
    return [Edit(call.range, text) for call, text in texts]
