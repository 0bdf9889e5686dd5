"""Constants of the file that a query takes its text from. One that is used elsewhere, too, stays as it is: the fix
writes its text, changed, where the query names it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.variables import is_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.fixes.binding.text.forms import Form
    from persistlint.fixes.program import Program
    from persistlint.source import Range

_MOST_NESTED = 8  # constants that are made of constants


def constant_of_file(name: ir.Name, program: Program, nested: int = 0) -> ir.Expression | None:
    """The text of the constant that a name stands for, with that of the constants in it; None where it is none of the
    file, or a variable that may hold something else when it is used."""
    made = _made(name.id, program)
    functions = [frame.function for frame in program.frames(name.range) if frame.function is not None]
    if made is None or any(parameter.name == name.id for function in functions for parameter in function.parameters):
        return None
    return _resolved(made, program, nested)


def copied(edits: Sequence[Edit], forms: Sequence[Form], program: Program) -> list[Edit]:
    """The same edits, those of a constant that is used elsewhere made one that writes its text in the place of its
    name. Raises `RefusalError` where a query names one more than once."""
    result = list(edits)
    done: list[str] = []
    for form in forms:
        if form.literals and form.literals[0].range not in form.range:
            result = _copied(program.source.text(form.text), form.text, result, program, done, is_inner=False)
    return result


def _made(name: str, program: Program) -> ir.Expression | None:
    found = [s for s in program.module.body if isinstance(s, ir.Assign) and is_name(s.target, name)]
    if len(found) != 1:
        return None
    is_constant = found[0].constant or (program.source.language == "python" and name.isupper())
    # What is no constant can change, but for one that is named where it is made and where it is used.
    return found[0].value if is_constant or program.count_name(name) == 2 else None


def _resolved(node: ir.Expression, program: Program, nested: int) -> ir.Expression:
    match node:
        case ir.Binary(operator="+", left=left, right=right):
            return replace(node, left=_resolved(left, program, nested), right=_resolved(right, program, nested))
        case ir.Name() if nested < _MOST_NESTED:
            return constant_of_file(node, program, nested + 1) or node
    return node


def _copied(
    name: str, use: Range, edits: list[Edit], program: Program, done: list[str], *, is_inner: bool
) -> list[Edit]:
    made = _made(name, program)
    is_own = not is_inner and program.count_name(name) == 2
    if made is None:
        return edits
    for node in ir.walk(made):
        if isinstance(node, ir.Name) and len(done) <= _MOST_NESTED:
            edits = _copied(node.id, node.range, edits, program, done, is_inner=True)
    inside = [edit for edit in edits if edit.range in made.range]
    if is_own or not inside:
        return edits
    if name in done:
        raise RefusalError(f"`{name}` is used in more than one place")
    done.append(name)
    source, text, end = program.source, "", made.range.start
    for edit in sorted(inside, key=lambda edit: edit.range):
        text += source.content[end : edit.range.start].decode("utf-8", "replace") + edit.text
        end = edit.range.end
    text += source.content[end : made.range.end].decode("utf-8", "replace")
    return [*(edit for edit in edits if edit not in inside), Edit(use, text)]
