"""A part of a text that a comprehension repeats, with values in it: `", ".join(f"('{a}', '{b}')" for a, b in rows)`.
Its marks are written once, and the values are those of all repetitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.reaching import assignments, is_name
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.facts import Site
    from persistlint.fixes.binding.plan import Parameter
    from persistlint.fixes.binding.style import Mark, Style
    from persistlint.fixes.binding.view import View
    from persistlint.source import SourceFile

_NAMES = ("value", "each", "part")
_VIEWS = frozenset(["items", "values", "keys"])
_COPIES = frozenset(["sorted", "list", "tuple", "set", "range"])
_PASSES = frozenset(["enumerate", "zip", "reversed"])  # each run is another one, as long as what they run through is


def repeated(node: ir.Call, site: Site, source: SourceFile) -> ir.Comprehension | None:
    """The comprehension whose texts a call joins, which can run once more for their values; None elsewhere."""
    match node:
        case ir.Call(
            function=ir.Attribute(value=ir.String(), name="join"),
            arguments=[ir.Argument(value=ir.Comprehension(element=element, iterable=iterable) as loop, spread=False)],
        ) if source.language == "python":
            is_text = isinstance(element, ir.Template | ir.Binary | ir.Call)
            is_plain = is_text and loop.kind is ir.Sequence.LIST and _runs_again(iterable, site, source)
            return loop if is_plain else None
    return None


def _runs_again(node: ir.Expression, site: Site, source: SourceFile) -> bool:
    """Whether a second run through a value gives what the first gave: it is no iterator."""
    match node:
        case ir.Name(id=name):
            opened = [s for s in site.statements if isinstance(s, ir.With) and s.target is not None]
            if any(s.target is not None and is_name(s.target, name) for s in opened):
                return False
            made = (s.value for s in assignments(site, name) if s.value is not None)
            return not any(_is_iterator(value, source) for value in made)
        case ir.Attribute() | ir.Subscript() | ir.Collection():
            return True
        case ir.Call(function=ir.Attribute(name=name, value=inner), arguments=()) if name in _VIEWS:
            return _runs_again(inner, site, source)
        case ir.Call(function=ir.Name(id=name)) if name in _COPIES:
            return all(_runs_again(a.value, site, source) or isinstance(a.value, ir.Number) for a in node.arguments)
        case ir.Call(function=ir.Name(id=name)) if name in _PASSES:
            return all(_runs_again(argument.value, site, source) for argument in node.arguments)
    return False


def _is_iterator(value: ir.Expression, source: SourceFile) -> bool:
    match value:
        case ir.Comprehension():
            return source.text(value.range).startswith("(")
        case ir.Call(function=ir.Name(id=name)):
            return name in ("map", "filter", "iter", "open", *_PASSES)
        case ir.Call(function=ir.Attribute(name=name)):
            return name in ("reader", "execute", "cursor", "DictReader", "finditer", "chain")
    return False


def grouped(
    parameters: Sequence[Parameter], found: View, style: Style, marks: Sequence[Mark], source: SourceFile
) -> Iterator[tuple[list[Parameter], str]]:
    """The parameters with what is passed for each: those that one comprehension repeats together. Raises
    `RefusalError` where the marks of a repetition cannot be the same each time."""
    groups: list[tuple[ir.Comprehension | None, list[Parameter]]] = []
    for parameter in parameters:
        loop = next((each.loop for each in found.loops if each.start <= parameter.start < each.end), None)
        if loop is not None and groups and groups[-1][0] is loop:
            groups[-1][1].append(parameter)
        else:
            groups.append((loop, [parameter]))
    for loop, group in groups:
        if loop is None:
            yield group, group[0].value
            continue
        if not style.is_positional:
            raise RefusalError("a placeholder with a number or a name has one value, and the loop gives it several")
        stretch = next(each for each in found.loops if each.loop is loop)
        if any(p.listed or p.expands for p in group) or any(stretch.start <= m.start < stretch.end for m in marks):
            raise RefusalError("the part that is repeated has other placeholders, or lists")
        yield group, _values(loop, [parameter.value for parameter in group], source)


def _values(loop: ir.Comprehension, values: Sequence[str], source: SourceFile) -> str:
    """The values of all repetitions, spread."""
    end = max(part.range.end for part in (loop.iterable, *loop.conditions))
    rest = source.text(Range(loop.element.range.end, end))
    if "\n" in rest and not any(quote in rest for quote in "\"'#"):
        rest = " " + " ".join(rest.split())
    if len(values) == 1:
        return f"*[{values[0]}{rest}]"
    taken = {node.id for part in (loop.target, loop.iterable, loop.element) for node in _names(part)}
    name = next((name for name in _NAMES if name not in taken), None)
    if name is None:
        raise RefusalError("the names for a value are taken")
    return f"*[{name}{rest} for {name} in ({', '.join(values)})]"


def _names(node: ir.Expression) -> list[ir.Name]:
    return [part for part in ir.walk(node) if isinstance(part, ir.Name)]
