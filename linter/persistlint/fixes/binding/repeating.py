"""Parts of a text whose values are passed as one: `", ".join(f"('{a}', '{b}')" for a, b in rows)`, which repeats its
marks and has the values of all repetitions, and `f"AND name = '{name}'" if name else ""`, which may have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.reaching import assignments, is_name
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.style import fresh_name
from persistlint.fixes.binding.view import Choice, Loop
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Site
    from persistlint.fixes.binding.plan import Parameter
    from persistlint.fixes.binding.style import Mark, Style
    from persistlint.fixes.binding.view import View
    from persistlint.source import SourceFile

_PADDING = regex(r"(?<=[(\[{]) |,? (?=[)\]}])")
_ASKS = frozenset(["len", "bool", "isinstance", "Boolean"])
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


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters that are passed as one: those of one `part` of the text, or a single one."""

    parameters: list[Parameter]
    part: Loop | Choice | None
    source: SourceFile

    @property
    def first(self) -> Parameter:
        """The first of them."""
        return self.parameters[0]

    def given(self, style: Style, taken: set[str], number: int) -> tuple[str, list[str]]:
        """What is passed for a part, spread, and the marks of its parameters. `taken` are the names that others have,
        and get those of these; `number` is that of the last one before."""
        if isinstance(self.part, Loop):
            values = [parameter.value for parameter in self.parameters]
            return _values(self.part.loop, values, self.source), [style.pattern] * len(values)
        assert self.part is not None
        arms: tuple[list[str], list[str]] = ([], [])
        marks = []
        for parameter in self.parameters:
            arm = arms[parameter.start >= self.part.middle]
            key = fresh_name(parameter.name, taken) if style.is_named else str(number + len(arm) + 1)
            taken.add(key)
            marks.append(style.mark(key))
            name = f'"{key}"' if self.source.language == "python" else key
            arm.append(f"{name}: {parameter.value}" if style.is_named else parameter.value)
        opening, closing = "{}" if style.is_named else "[]"
        then, otherwise = (f"{opening}{', '.join(arm)}{closing}" for arm in arms)
        test = self.source.text(self.part.node.test.range)
        if self.source.language == "python":
            return f"{'**' if style.is_named else '*'}({then} if {test} else {otherwise})", marks
        return f"...({test} ? {then} : {otherwise})", marks


def may_be_chosen(node: ir.Conditional, site: Site, source: SourceFile) -> bool:
    """Whether the test of a conditional expression can be asked once more for the values of its texts."""
    if source.language not in ("python", "javascript", "typescript"):
        return False
    for part in ir.walk(node.test):
        if isinstance(part, ir.Await | ir.Yield | ir.AssignmentExpression | ir.Unknown):
            return False
        if isinstance(part, ir.Call) and not (isinstance(part.function, ir.Name) and part.function.id in _ASKS):
            return False
    return all(isinstance(arm, ir.String | ir.Template | ir.Binary | ir.Call) for arm in (node.then, node.otherwise))


def asked_again(index: int, found: View) -> list[ir.Expression]:
    """What is computed once more for a value in a part of the text: what a comprehension runs through, or a test."""
    loops = [each.loop for each in found.loops if each.start <= index < each.end]
    tests = [each.node.test for each in found.choices if each.start <= index < each.end]
    return [*(part for loop in loops for part in (loop.iterable, *loop.conditions)), *tests]


def grouped(
    parameters: Sequence[Parameter], found: View, style: Style, marks: Sequence[Mark], source: SourceFile
) -> list[Group]:
    """The parameters with those that are passed with them: of one repetition, or of one choice. Raises `RefusalError`
    where the marks of a repetition cannot be the same each time, or those behind a choice not the same after it."""
    groups: list[Group] = []
    for parameter in parameters:
        part = next((each for each in found.parts if each.start <= parameter.start < each.end), None)
        if part is not None and groups and groups[-1].part is part:
            groups[-1].parameters.append(parameter)
        else:
            groups.append(Group([parameter], part, source))
    for group in groups:
        part = group.part
        if part is None:
            continue
        if isinstance(part, Loop) and not style.is_positional:
            raise RefusalError("a placeholder with a number or a name has one value, and the loop gives it several")
        if style.is_numbered and (group is not groups[-1] or found.holders[group.first.start] is not None):
            raise RefusalError("the numbers of the placeholders behind depend on a condition")
        if any(p.listed or p.expands for p in group.parameters) or any(part.start <= m.start < part.end for m in marks):
            raise RefusalError("a part that is repeated or chosen has other placeholders, or lists")
    return groups


def _values(loop: ir.Comprehension, values: Sequence[str], source: SourceFile) -> str:
    """The values of all repetitions, spread."""
    end = max(part.range.end for part in (loop.iterable, *loop.conditions))
    rest = source.text(Range(loop.element.range.end, end))
    if "\n" in rest and not any(quote in rest for quote in "\"'#"):
        rest = " " + _PADDING.sub("", " ".join(rest.split()))
    if len(values) == 1:
        return f"*[{values[0]}{rest}]"
    taken = {node.id for part in (loop.target, loop.iterable, loop.element) for node in _names(part)}
    name = next((name for name in _NAMES if name not in taken), None)
    if name is None:
        raise RefusalError("the names for a value are taken")
    return f"*[{name}{rest} for {name} in ({', '.join(values)})]"


def _names(node: ir.Expression) -> list[ir.Name]:
    return [part for part in ir.walk(node) if isinstance(part, ir.Name)]
