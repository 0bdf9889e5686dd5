"""The marks of bind parameters, and what is passed for them. A part of a text that is there only under a condition, or
once for every element of a list, has its values as often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.calls.passing import Given
from persistlint.fixes.binding.marks.plan import bound_by
from persistlint.fixes.binding.marks.style import fresh_name
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.parts import Condition
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from persistlint.diagnostic import Edit
    from persistlint.fixes.binding.marks.plan import Parameter
    from persistlint.fixes.binding.marks.style import Mark, Style
    from persistlint.fixes.binding.text.parts import Part
    from persistlint.fixes.binding.text.view import View
    from persistlint.source import SourceFile

KEY = "\0"  # in a value that is an object: the expression for the name of its mark


@dataclass(frozen=True, slots=True)
class Marked:
    """What to pass, the mark of each parameter, and the edits that the marks need."""

    given: list[Given]
    written: list[str]
    edits: list[Edit]


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters that are passed as one: those of one `part` of the text, or a single one."""

    parameters: list[Parameter]
    part: Part | None

    @property
    def first(self) -> Parameter:
        """The first of them."""
        return self.parameters[0]

    @property
    def arms(self) -> tuple[list[Parameter], list[Parameter]]:
        """Those of each of the two texts that a part is."""
        middle = self.part.middle if self.part is not None else self.first.end
        before = [parameter for parameter in self.parameters if parameter.start < middle]
        return before, self.parameters[len(before) :]

    def given(self, style: Style, taken: set[str], number: int, ahead: str) -> tuple[str, list[str]]:
        """What is passed for a part, spread, and the keys of the marks of its parameters. `taken` are the names that
        others have, and get those of these; `number` is that of the last one before, `ahead` is how many come with it
        from other parts. Sets the `number` of the parameters."""
        assert self.part is not None
        times, keys = self.part.times, []
        values: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
        for parameters, entries in zip(self.arms, values, strict=True):
            for place, parameter in enumerate(parameters, number + 1):
                key = fresh_name(parameter.name, taken) if style.is_named else str(place)
                taken.add(key)
                keys.append(key)
                if style.is_numbered:
                    parameter.number = times.number(place, len(parameters), ahead)
                elif style.is_named and times.counter:
                    taken.add(f"{key}_")
                    parameter.number, parameter.around = times.counter, style.around(key)
                value = given_as(parameter, key, style, count=times.counter)
                entries.append((value.name if style.is_mapping else "", value.text))
        return times.spread(values), keys


def marked(
    found: View,
    style: Style,
    marks: Sequence[Mark],
    parameters: Sequence[Parameter],
    source: SourceFile,
    passed: int = 0,
    others: Collection[str] = (),
) -> Marked:
    """The marks of the parameters, beside so many values that are `passed` already, and not under the names of `others`
    that the text may have. Sets the `number` of those whose
    mark is counted where the program runs. Raises `RefusalError`."""
    taken = {mark.key for mark in marks} | set(others)
    number = max([passed, *(int(mark.key) for mark in marks if mark.key.isdigit())])
    ahead = ""
    named: dict[str, str] = {}
    given: list[Given] = []
    written: dict[int, str] = {}
    edits: list[Edit] = []
    groups = grouped(parameters, found, style, marks)
    # The numbers of values that are always there do not depend on the others, which come behind them.
    for group in sorted(groups, key=lambda group: style.is_numbered and group.part is not None):
        parameter = group.first
        before = sum(mark.start < parameter.start for mark in marks)
        if group.part is not None:
            value, keys = group.given(style, taken, number, ahead)
            given.append(Given(value, "", before))
            written |= {each.start: style.mark(key) for each, key in zip(group.parameters, keys, strict=True)}
            if style.is_numbered:
                then, otherwise = map(len, group.arms)
                ahead += f" + {group.part.times.counted((then, otherwise))}"
            if not style.is_positional:
                edits += group.part.times.numbered()
            continue
        if style.is_named and parameter.value in named:
            written[parameter.start] = style.mark(named[parameter.value])
            continue
        number += 1
        key = fresh_name(parameter.name, taken) if style.is_named else str(number) if style.is_numbered else ""
        taken.add(key)
        named[parameter.value] = key
        if style.is_named and parameter.listed is not None:
            parameter.listed, values, mark = parameter.listed.named(key)
            given.append(Given(values, "", before))
            written[parameter.start] = style.mark(mark)
            continue
        given.append(given_as(parameter, key, style, before))
        written[parameter.start] = style.mark(key)
    return Marked(given, [written[parameter.start] for parameter in parameters], edits)


def given_as(parameter: Parameter, key: str, style: Style, before: int = 0, count: str = "") -> Given:
    """The value of a parameter whose mark has that name or number, behind so many marks of others; `count` is the
    expression for the number that follows a name which is used more than once."""
    if style.is_described:
        return Given(parameter.value.replace(KEY, f'f"{key}_{{{count}}}"' if count else f'"{key}"'), "", before)
    return Given(parameter.value, key, before, bool(count))


def grouped(parameters: Sequence[Parameter], found: View, style: Style, marks: Sequence[Mark]) -> list[Group]:
    """The parameters with those that are passed with them, as those of one part of the text. Raises `RefusalError`
    where that has marks or lists of its own."""
    groups: list[Group] = []
    for parameter in parameters:
        part = found.part_at(parameter.start)
        if part is not found.part_at(parameter.end - 1):
            raise RefusalError("a string of SQL has values that are not always there")
        if part is not None and style.is_named and not _varies(parameter, part, found):
            part = None
        same = [group for group in groups if part is not None and group.part is part]
        if same:
            same[0].parameters.append(parameter)
        else:
            groups.append(Group([parameter], part))
    for group in groups:
        part = group.part
        if part is None:
            continue
        takes_lists = isinstance(part.times, Condition) and style.is_positional
        has_lists = not takes_lists and any(p.listed or p.expands for p in group.parameters)
        has_marks = not style.is_named and any(part.start <= mark.start < part.end for mark in marks)
        if has_lists or has_marks:
            raise RefusalError("a part that is repeated or chosen has other placeholders, or lists")
    return groups


def _varies(parameter: Parameter, part: Part, found: View) -> bool:
    """Whether the value of a parameter may be another one each time that its part is there."""
    names = part.times.own_names
    nodes = [node for value in bound_by([parameter], found) for node in ir.walk(value.expression)]
    is_plain = all(isinstance(node, ir.Name | ir.Attribute) for node in nodes)
    return not names or not is_plain or any(isinstance(node, ir.Name) and node.id in names for node in nodes)
