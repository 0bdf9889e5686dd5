"""The values of a text that is put together in steps, some of which may not run: every step adds its own to a list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.calls.counting import check_order, computed_marks, spread_of
from persistlint.fixes.binding.calls.passing import Given
from persistlint.fixes.binding.calls.sending import count_of, values_of
from persistlint.fixes.binding.marks.marking import given_as, grouped
from persistlint.fixes.binding.marks.style import fresh_name
from persistlint.fixes.binding.refusal import ELSEWHERE, IN_A_BRANCH, RefusalError
from persistlint.fixes.binding.steps.growing import gathered
from persistlint.fixes.binding.text.pieces import branches
from persistlint.fixes.nodes import nodes_of
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from persistlint.diagnostic import Edit
    from persistlint.facts import Site
    from persistlint.fixes.binding.marks.plan import Parameter
    from persistlint.fixes.binding.marks.style import Mark, Style
    from persistlint.fixes.binding.steps.growing import Growing
    from persistlint.fixes.binding.text.pieces import Step
    from persistlint.fixes.binding.text.place import Place
    from persistlint.fixes.binding.text.view import View
    from persistlint.fixes.program import Program
    from persistlint.source import Range, SourceFile

_SEVERAL = "the values stand in several texts that grow"


@dataclass(frozen=True, slots=True)
class Gathered:
    """`edits` add the values to a list, `written` are the marks of the parameters in their order, and `given` is what
    the call is to pass: nothing where it passes the list already."""

    edits: list[Edit]
    written: list[str]
    given: list[Given]
    variable: str


def gather(
    found: View,
    place: Place,
    site: Site,
    style: Style,
    marks: Sequence[Mark],
    parameters: Sequence[Parameter],
    program: Program,
) -> Gathered:
    """Gather the values of the parameters which steps of the text add. Sets the `number` of those whose mark is counted
    where the program runs. Raises `RefusalError`."""
    inner = [parameter for parameter in parameters if found.holders[parameter.start] is not None]
    outer = [parameter for parameter in parameters if found.holders[parameter.start] is None]
    others = [*(parameter.start for parameter in outer), *(mark.start for mark in marks)]
    texts = _texts(found, place, inner, others, style, site)
    steps = sorted((step for text in texts for step in text), key=lambda step: step.statement.range.start)
    is_new = site.operation.values == "objects" or (
        site.operation.parameters == "rest" and bool(count_of(site, program.source))
    )
    passed = None if is_new else values_of(site, program.source)
    list_ = gathered(passed, site, _begun(steps, found, place, site), style, program)
    first = inner[0].start
    if any(parameter.expands for parameter in inner):
        raise RefusalError("a list takes as many placeholders as it has values, which this driver names")
    if list_.is_new:
        _check_new(found, steps, marks, inner, style, site, program.source)
    elif len(texts) > 1:
        raise RefusalError(_SEVERAL)
    elif outer:
        raise RefusalError("some values are put into the text where it is sent, and some before")
    elif any(holder.range.start < list_.made.range.start for holder in _holders(found, inner)):
        raise RefusalError(ELSEWHERE)
    elif not style.is_named and not (style.is_numbered and spread_of(site, found, program.source) == list_.name):
        check_order(list_.name, site, found, style, marks, inner)
    looped = {
        holder.range
        for holder in _holders(found, inner)
        if any(isinstance(s, ir.Loop) for s in branches(holder.range, list_.made.range, site))
    }
    there = (count_of(site, program.source) or 0) if list_.is_new else 0
    return _gathered(found, list_, style, marks, parameters, first, _keys(list_, site), looped, there)


def _begun(steps: list[Step], found: View, place: Place, site: Site) -> list[Step]:
    """The same steps, behind one that runs before all of them and once, where the first does not. Raises
    `RefusalError`."""

    def is_once(step: Step) -> bool:
        around = branches(step.statement.range, site.call.range, site)
        return all(isinstance(s, ir.Try) or s is step.statement for s in around)

    first = steps[0].statement.range.start
    if is_once(steps[0]):
        return steps
    every = [step for text in (place.steps, *(list_.steps for list_ in found.lists)) for step in text]
    before = [step for step in every if step.statement.range.start < first and is_once(step)]
    if not before:
        raise RefusalError(IN_A_BRANCH)
    return [min(before, key=lambda step: step.statement.range.start), *steps]


def added(
    found: View, list_: Growing, style: Style, parameters: Sequence[Parameter], keys: set[str], site: Site
) -> Gathered:
    """Add the values of the parameters which steps of the text add to a list that is there, and give the others, which
    stand behind them. `keys` are the names that others have. Raises `RefusalError`."""
    held = [parameter.start for parameter in parameters if found.holders[parameter.start] is not None]
    outer = [parameter.start for parameter in parameters if found.holders[parameter.start] is None]
    if held and outer and (style.is_numbered or min(outer) < max(held)):
        raise RefusalError("some values are put into the text where it is returned, and some before")
    loops = [s for s in site.statements if isinstance(s, ir.Loop)]
    looped = {h.range for h in _holders(found, parameters) if any(h.range in loop.range for loop in loops)}
    return _gathered(found, list_, style, (), parameters, 0, keys, looped)


def _gathered(
    found: View,
    list_: Growing,
    style: Style,
    marks: Sequence[Mark],
    parameters: Sequence[Parameter],
    first: int,
    keys: set[str],
    looped: Collection[Range],
    passed: int = 0,
) -> Gathered:
    """The same, for values that stand behind the item `first`, where `keys` are the names that others have, and the
    call passes so many values already, `passed`. The statements `looped` run several times for one list, so that a name
    alone would stand for several values."""
    taken = {mark.key for mark in marks} | keys
    number = max([passed, *(int(mark.key) for mark in marks if mark.key.isdigit())]) if list_.is_new else 0
    by_holder: dict[int, tuple[ir.Statement, list[Given]]] = {}
    given: list[Given] = []
    numbers = len([p for p in parameters if found.holders[p.start] is None]) + number
    written: dict[int, str] = {}
    numbered: list[Edit] = []
    there: dict[tuple[str, int], str] = {}
    spread = Given(list_.spread, "", sum(mark.start < first for mark in marks))
    is_missing = list_.is_new
    for group in grouped(parameters, found, style, marks):
        parameter = group.first
        holder = found.holders[parameter.start]
        before = sum(mark.start < parameter.start for mark in marks)
        if not style.is_numbered and is_missing and parameter.start >= first:
            given.append(spread)
            is_missing = False
        if group.part is not None:
            is_looped = style.is_named and holder is not None and holder.range in looped
            if style.is_numbered or is_looped or (style.is_named and list_.source.language != "python"):
                raise RefusalError("the numbers of the placeholders behind depend on a condition")
            value, made = group.given(style, taken, 0, "")
            numbered += group.part.times.numbered() if style.is_named else []
            target = given if holder is None else by_holder.setdefault(id(holder), (holder, []))[1]
            target.append(Given(value, "", before if holder is None else 0))
            written |= {each.start: style.mark(key) for each, key in zip(group.parameters, made, strict=True)}
            continue
        key = ""
        same = (parameter.value, id(holder))
        if style.is_named and same in there:
            written[parameter.start] = style.mark(there[same])
            continue
        if style.is_named:
            key = fresh_name(parameter.name, taken)
            taken.add(key)
        if style.is_named and parameter.listed is not None:
            if holder is not None and holder.range in looped:
                raise RefusalError("a placeholder with a name has one value, and the loop gives it several")
            parameter.listed, value, key = parameter.listed.named(key)
            each = Given(value, "", before)
        else:
            each = given_as(parameter, key, style, before)
            if holder is None or holder.range not in looped:
                there[same] = key
        if holder is None:
            if style.is_numbered:
                number += 1
                key = str(number)
                each = replace(each, name=key)
            given.append(each)
        else:
            values = by_holder.setdefault(id(holder), (holder, []))[1]
            if style.is_named and holder.range in looped:
                taken.add(f"{key}_")
                count = list_.count(len(values))
                parameter.number, parameter.around = count, style.around(key)
                each = given_as(parameter, key, style, count=count)
            values.append(replace(each, before=0))
            if style.is_numbered:
                key = str(numbers + len(values))
                if holder is not list_.made or not list_.is_new:
                    parameter.number = list_.number(numbers + len(values))
        written[parameter.start] = style.mark(key)
    if is_missing:
        given.append(spread)  # behind the others, whose numbers are fixed
    edits = [*list_.edits(list(by_holder.values())), *numbered]
    return Gathered(edits, [written[parameter.start] for parameter in parameters], given, list_.name)


def _texts(
    found: View, place: Place, inner: Sequence[Parameter], others: Sequence[int], style: Style, site: Site
) -> list[Sequence[Step]]:
    """The steps of every text that has some of these values; `others` are the places of values that do not go through
    the list. Raises `RefusalError` where the list would have another order than the marks."""
    every: list[Sequence[Step]] = [place.steps if place.grows else (), *(list_.steps for list_ in found.lists)]
    holders = _holders(found, inner)
    texts = [[holder for holder in holders if _is_in(holder, steps)] for steps in every]
    used = [steps for steps, own in zip(every, texts, strict=True) if own]
    if len(used) > 1 and style.is_positional:
        runs = [own for own in texts if own]
        loops = [s for s in site.statements if isinstance(s, ir.Loop) and site.call.range not in s.range]
        is_mixed = any(sum(any(h.range in loop.range for h in own) for own in runs) > 1 for loop in loops)
        is_between = any(inner[0].start < other < inner[-1].start for other in others)
        starts = [holder.range.start for holder in holders]
        if is_mixed or is_between or starts != sorted(starts):
            raise RefusalError(_SEVERAL)
    return used


def _check_new(
    found: View,
    steps: Sequence[Step],
    marks: Sequence[Mark],
    inner: Sequence[Parameter],
    style: Style,
    site: Site,
    source: SourceFile,
) -> None:
    """Refuse a new list where the text that grows has marks of its own, unless the call passes the value of each of
    them, and none stands between those that go through the list."""
    if computed_marks(found):
        raise RefusalError("the numbers of the other placeholders are counted by hand")
    own = [mark for mark in marks if _is_in(found.holders[mark.start], steps)]
    if not own:
        return
    base = steps[0].statement.range
    holders = [holder for mark in own if (holder := found.holders[mark.start]) is not None]
    # A number stays that of its value also where its mark is not there.
    is_always = style.is_numbered or not any(branches(holder.range, base, site) for holder in holders)
    keys = {mark.key for mark in marks}
    if style.is_named:
        is_passed = isinstance(values_of(site, source), ir.Mapping)
    else:
        is_between = any(inner[0].start < mark.start < inner[-1].start for mark in marks)
        count = len(marks) if style.is_positional else max(map(int, keys))
        passed = count_of(site, source) or 0
        is_passed = passed >= count if style.is_numbered else passed == count and not is_between
    if not (is_always and is_passed):
        raise RefusalError("the SQL has further placeholders, and nothing here tells where their values are passed")


def _keys(list_: Growing, site: Site) -> set[str]:
    """The names of the values that a mapping gets elsewhere."""
    keys = set()
    for node in nodes_of(site.statements):
        match node:
            case ir.Subscript(value=ir.Name(id=name), index=ir.String(value=key)) if name == list_.name:
                keys.add(key)
            case ir.Attribute(value=ir.Name(id=name), name=key) if name == list_.name:
                keys.add(key)
            case ir.Mapping(entries=entries) if not list_.is_new and node.range in list_.made.range:
                keys.update(entry.key.value for entry in entries if isinstance(entry.key, ir.String))
    return keys


def _holders(found: View, parameters: Sequence[Parameter]) -> list[ir.Statement]:
    return [holder for parameter in parameters if (holder := found.holders[parameter.start]) is not None]


def _is_in(holder: ir.Statement | None, steps: Sequence[Step]) -> bool:
    return holder is not None and any(step.statement is holder for step in steps)
