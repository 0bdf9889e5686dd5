"""Text that grows under conditions: its values are gathered in a list beside it, one step at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Site
    from persistlint.fixes.binding.passing import Given
    from persistlint.fixes.binding.style import Style
    from persistlint.source import SourceFile

_NAMES = {"python": "params", "go": "args"}
_AFTER_TEST = re.compile(r"(?:\)|\belse)\s*$")  # what a single statement of JavaScript follows
_END = re.compile(rb"[ \t]*;?")
_REST = re.compile(rb"[ \t]*;?[ \t]*(?:(?:#|//)[^\r\n]*)?(?=\r?\n|\Z)")


@dataclass(frozen=True, slots=True)
class Growing:
    """The list that the values are gathered in. `is_new` where the fix makes it; it is then made behind the statement
    that begins the text."""

    name: str
    is_new: bool
    style: Style
    source: SourceFile

    def number(self, ahead: int) -> str:
        """The expression for the number of a value that is added as the `ahead`th after those that are there."""
        if self.source.language == "go":
            raise RefusalError("the text grows under a condition, so the numbers of its placeholders differ")
        return f"len({self.name}) + {ahead}" if self.source.language == "python" else f"{self.name}.length + {ahead}"

    def edits(self, steps: Sequence[ir.Assign], given: Sequence[Sequence[Given]]) -> list[Edit]:
        """Behind every step of the text, the statement that adds its values."""
        edits: list[Edit] = []
        for index, (step, values) in enumerate(zip(steps, given, strict=True)):
            if not index and self.is_new:
                edits += self._behind(step, self._made(values))
            elif values:
                edits += self._behind(step, self._added(values))
        return edits

    def _made(self, values: Sequence[Given]) -> str:
        texts = ", ".join(value.text for value in values)
        language = self.source.language
        if self.style.is_named:
            quoted = language == "python"
            entries = ", ".join(f'"{v.name}": {v.text}' if quoted else f"{v.name}: {v.text}" for v in values)
            inner = f"{{{entries}}}" if quoted or not entries else f"{{ {entries} }}"
        elif language == "go":
            inner = f"[]any{{{texts}}}"
        else:
            inner = f"[{texts}]"
        return {"python": f"{self.name} = {inner}", "go": f"{self.name} := {inner}"}.get(
            language, f"const {self.name} = {inner};"
        )

    def _added(self, values: Sequence[Given]) -> str:
        texts = ", ".join(value.text for value in values)
        language = self.source.language
        if language == "go":
            return f"{self.name} = append({self.name}, {texts})"
        if self.style.is_named:
            if language == "python":
                return "; ".join(f'{self.name}["{value.name}"] = {value.text}' for value in values)
            return " ".join(f"{self.name}.{value.name} = {value.text};" for value in values)
        if language == "python":
            return f"{self.name}.append({texts})" if len(values) == 1 else f"{self.name}.extend([{texts}])"
        return f"{self.name}.push({texts});"

    def _behind(self, step: ir.Assign, statement: str) -> list[Edit]:
        content = self.source.content
        begin = content.rfind(b"\n", 0, step.range.start) + 1
        lead = content[begin : step.range.start].decode("utf-8", "replace")
        indentation = lead[: len(lead) - len(lead.lstrip())]
        declares = lead.strip() in ("let", "var", "")
        if self.source.language not in ("python", "go") and _AFTER_TEST.search(lead):
            ending = _END.match(content, step.range.end)
            end = ending.end() if ending and b";" in ending.group() else step.range.end
            return [
                Edit(Range(step.range.start, step.range.start), "{ "),
                Edit(Range(end, end), f" {statement} }}"),
            ]
        rest = _REST.match(content, step.range.end)
        if rest is None or not declares:
            raise RefusalError("the statement that adds to the SQL does not stand on lines of its own")
        if self.source.language not in ("python", "go") and statement.endswith(";"):
            statement = statement if b";" in content[step.range.end - 1 : rest.end()] else statement[:-1]
        return [Edit(Range(rest.end(), rest.end()), f"\n{indentation}{statement}")]


def gathered(passed: ir.Expression | None, site: Site, first: ir.Assign, style: Style, source: SourceFile) -> Growing:
    """The list for the values of a text that grows: the one that the call passes already, or else a new one. `first` is
    the first step that has values. Raises `RefusalError` where it is not certain to hold them in the order of their
    marks."""
    if passed is None:
        nodes = (node for s in site.statements for e in ir.expressions(s) for node in ir.walk(e))
        taken = {node.id for node in nodes if isinstance(node, ir.Name)}
        names = (_NAMES.get(source.language, "params"), "values", "bound", "bound_values")
        return Growing(next(name for name in names if name not in taken), True, style, source)
    elsewhere = "the values that the call passes are put together elsewhere"
    if not isinstance(passed, ir.Name):
        raise RefusalError("the text grows under a condition, and the call has a fixed number of values")
    made = [s for s in site.statements if isinstance(s, ir.Assign) and _is(s.target, passed.id) and s.operator == "="]
    if len(made) != 1 or made[0].range.start > first.range.start:
        raise RefusalError(elsewhere)
    match made[0].value:
        case ir.Collection(kind=ir.Sequence.LIST) if not style.is_named:
            pass
        case ir.Mapping() if style.is_named:
            pass
        case _:
            raise RefusalError(elsewhere)
    return Growing(passed.id, False, style, source)


def _is(node: ir.Expression, name: str) -> bool:
    return isinstance(node, ir.Name) and node.id == name
