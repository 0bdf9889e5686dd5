"""Values that a format string takes out of one expression: `"… %(name)s" % row`, `"… {name}".format(**row)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.facts import Hole
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Query
    from persistlint.fixes.binding.text.view import Value, View
    from persistlint.source import SourceFile

_SCOPES = ("locals", "vars")  # their keys are the variables themselves
_NAMED = (ir.Name, ir.Attribute, ir.Subscript)


@dataclass(frozen=True, slots=True)
class Taken:
    """The expression that values are taken out of: a mapping by their names, or else a sequence by their numbers."""

    node: ir.Expression
    is_mapping: bool

    @property
    def is_once(self) -> bool:
        """Whether it may be something else the next time, so that it can only be passed as a whole."""
        return not isinstance(self.node, _NAMED) and not self.is_mapping

    def at(self, key: str | int, text: str) -> tuple[ir.Expression, str]:
        """One of the values and how it is written, `text` being how the whole is written."""
        range = self.node.range
        if isinstance(key, int):
            return ir.Subscript(range, self.node, ir.Unknown(range)), f"{text}[{key}]"
        if isinstance(self.node, ir.Call):
            return ir.Name(range, key), key
        return ir.Subscript(range, self.node, ir.String(range, key, range)), f'{text}["{key}"]'


def taken(node: ir.Expression, is_mapping: bool) -> Taken | None:
    """What values can be taken out of, None for other expressions."""
    match node:
        case ir.Call(function=ir.Name(id=name), arguments=()) if is_mapping and name in _SCOPES:
            return Taken(node, True)
        case ir.Call() | ir.Binary(operator="*" | "+") if not is_mapping:
            return Taken(node, False)
    return Taken(node, is_mapping) if isinstance(node, _NAMED) else None


def check_taken(found: View, query: Query, holes: Sequence[Hole], source: SourceFile) -> None:
    """Refuse where the values of these holes are taken out of an expression that has something else for the SQL, too,
    such as a name: nothing tells them apart, for they stand in the same place."""
    for form in found.forms:
        node = form.taken.node if form.taken is not None else None
        parts = [part for text in query.texts for part in text.parts]
        others = [p for p in parts if isinstance(p, Hole) and node is not None and p.range in node.range]
        if node is not None and any(not hole.context.is_value and hole not in holes for hole in others):
            raise RefusalError(f"`{source.text(node.range)}` has names for the SQL, too, which cannot be bound")


def whole(found: View, bound: Sequence[Value], texts: Sequence[str], source: SourceFile) -> str:
    """The tuple that has these `texts` for its values, in their order and no others; nothing where there is none.
    `bound` are all values that the query binds. Raises `RefusalError` where one of them could not be taken out of it
    alone."""
    forms = {id(form): form for form in found.forms if form.taken is not None}
    mine = [form.taken for value in bound if (form := forms.get(id(value.form))) is not None and form.taken]
    tuples = [form for form in forms.values() if form.kind == "percent" and form.taken and not form.taken.is_mapping]
    if len(tuples) == 1 and (node := tuples[0].taken) is not None:
        text = source.text(node.node.range)
        if list(texts) == [node.at(index, text)[1] for index in range(len(tuples[0].verbs))]:
            return text
    if any(each.is_once for each in mine):
        raise RefusalError("the values are put together in the call, and only some of them can be passed")
    return ""
