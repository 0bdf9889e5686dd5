"""Values that a format string takes out of one expression: `"… %(name)s" % row`, `"… {name}".format(**row)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.facts import Hole
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.view import HOLE
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from persistlint.facts import Query, Text
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


def wanted_of(
    found: View, query: Query, holes: Sequence[Hole], is_wanted: Callable[[Value], bool], source: SourceFile
) -> Callable[[Value], bool]:
    """What `is_wanted` says of a value, but of those that are taken out of an expression which has something else for
    the SQL, too, such as a name: they stand in the same place of the file, and the text of the query alone tells which
    of them the holes are. Raises `RefusalError` where it does not."""
    mixed = [form for form in found.forms if form.taken is not None and _is_mixed(form.taken.node, query, holes)]
    if not mixed:
        return is_wanted
    told = [_told_apart(found, text) for text in query.texts]
    apart = [each for each in told if each is not None]
    if not apart or any(taken.is_once for form in mixed if (taken := form.taken) is not None):
        name = source.text(mixed[0].arguments[0].range)
        raise RefusalError(f"`{name}` has names for the SQL, too, which cannot be bound")
    forms = {id(form) for form in mixed}
    is_hole = [all(hole in holes for hole in each) for each in zip(*apart, strict=True)]
    mine = {id(value) for value, is_mine in zip(found.values, is_hole, strict=True) if is_mine}
    return lambda value: id(value) in mine if id(value.form) in forms else is_wanted(value)


def _is_mixed(node: ir.Expression, query: Query, holes: Sequence[Hole]) -> bool:
    parts = (part for text in query.texts for part in text.parts)
    others = [part for part in parts if isinstance(part, Hole) and part.range in node.range]
    return any(not hole.context.is_value and hole not in holes for hole in others)


def _told_apart(found: View, text: Text) -> list[Hole] | None:
    """The holes of a text that is put together like the view, one for each value; None where it is another text."""
    holes = [part for part in text.parts if isinstance(part, Hole)]
    around = "".join(HOLE if isinstance(part, Hole) else part for part in text.parts)
    is_same = len(holes) == len(found.values) and _words(around) == _words(found.text)
    is_there = is_same and all(h.range in v.expression.range for h, v in zip(holes, found.values, strict=True))
    return holes if is_there else None


def _words(text: str) -> list[str]:
    """A text without its spaces and the percent signs that a driver wants twice."""
    return text.replace("%%", "%").split()


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
