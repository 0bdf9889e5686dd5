"""The marks of bind parameters, and what is passed for them. A part of a text that is there only under a condition, or
once for every element of a list, has its values as often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.binding.parts import Repeated
from persistlint.fixes.binding.passing import Given
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.repeating import grouped
from persistlint.fixes.binding.style import fresh_name
from persistlint.fixes.binding.view import Value
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.fixes.binding.parts import Part
    from persistlint.fixes.binding.plan import Parameter
    from persistlint.fixes.binding.style import Mark, Style
    from persistlint.fixes.binding.view import View
    from persistlint.source import SourceFile


@dataclass(frozen=True, slots=True)
class Marked:
    """What to pass, the mark of each parameter, and the edits that the marks need."""

    given: list[Given]
    written: list[str]
    edits: list[Edit]


def marked(
    found: View,
    style: Style,
    marks: Sequence[Mark],
    parameters: Sequence[Parameter],
    source: SourceFile,
    passed: int = 0,
) -> Marked:
    """The marks of the parameters, beside so many values that are `passed` already. Sets the `number` of those whose
    mark is counted where the program runs. Raises `RefusalError`."""
    parts = [part_of(found, parameter) for parameter in parameters]
    if style.is_named or found.parts:
        if any(part is not None for part in parts):
            raise RefusalError("a value stands in a part of the SQL that is not always there")
        return _grouped(found, style, marks, parameters, passed, source)
    number = max((int(mark.key) for mark in marks if mark.key.isdigit()), default=0)
    number = max(number, passed)
    given: list[Given] = []
    keys = [""] * len(parameters)
    edits: list[Edit] = []
    # The numbers of values that are always there do not depend on the others, which come behind them.
    order = sorted(range(len(parameters)), key=lambda index: style.is_numbered and parts[index] is not None)
    ahead = ""
    while order:
        part = parts[order[0]]
        count = next((n for n, index in enumerate(order) if parts[index] is not part), len(order)) if part else 1
        group, order = order[:count], order[count:]
        before = sum(mark.start < parameters[group[0]].start for mark in marks)
        for index in group:
            number += 1
            keys[index] = str(number) if style.is_numbered else ""
            if part is not None and style.is_numbered:
                parameters[index].number = part.number(number, count, ahead)
        values = [parameters[index].value for index in group]
        given.append(Given(part.spread(values) if part else values[0], "" if part else keys[group[0]], before))
        if part is not None:
            number -= count
            ahead += f" + {part.counted(count)}"
        if isinstance(part, Repeated) and style.is_numbered and not part.is_indexed:
            edits.append(Edit(part.place, part.numbered_head))
    return Marked(given, [style.mark(key) for key in keys], edits)


def _grouped(
    found: View, style: Style, marks: Sequence[Mark], parameters: Sequence[Parameter], passed: int, source: SourceFile
) -> Marked:
    """The marks of parameters with names, or of those that are passed with others."""
    taken = {mark.key for mark in marks}
    number = max([passed, *(int(mark.key) for mark in marks if mark.key.isdigit())])
    named: dict[str, str] = {}
    given: list[Given] = []
    written: list[str] = []
    for group in grouped(parameters, found, style, marks, source):
        parameter = group.first
        before = sum(mark.start < parameter.start for mark in marks)
        if group.part is not None:
            value, made = group.given(style, taken, number)
            given.append(Given(value, "", before))
            written += made
            continue
        if style.is_numbered:
            number += 1
            key = str(number)
        elif style.is_named and parameter.value in named:
            written.append(style.mark(named[parameter.value]))
            continue
        else:
            key = fresh_name(parameter.name, taken) if style.is_named else ""
            taken.add(key)
            named[parameter.value] = key
        if style.is_named and parameter.listed is not None:
            parameter.listed, values, mark = parameter.listed.named(key)
            given.append(Given(values, "", before))
            written.append(style.mark(mark))
            continue
        given.append(Given(parameter.value, key, before))
        written.append(style.mark(key))
    return Marked(given, written, [])


def part_of(found: View, parameter: Parameter) -> Part | None:
    """The part of the text that has a parameter. Raises `RefusalError`."""
    items = found.items[parameter.start : parameter.end]
    parts = [item.part for item in items if isinstance(item, Value)]
    if any(part is not parts[0] for part in parts):
        raise RefusalError("a string of SQL has values that are not always there")
    return parts[0]
