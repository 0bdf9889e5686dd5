"""Lists of values among other arguments in Go, which spreads one list alone: all values are put into one before the
call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.binding.calls.passing import Given
from persistlint.fixes.binding.marks.narrowing import narrow, wide
from persistlint.fixes.binding.refusal import ELSEWHERE, RefusalError
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint import ir
    from persistlint.facts import Site
    from persistlint.fixes.binding.calls.passing import Passing
    from persistlint.fixes.program import Program

SPREAD = "..."  # behind a list of Go that stands for its values
_NAMES = ("args", "values", "bound")
_BEFORE = ("", "return", "if")  # what may stand before the statement with the call on its line


def appended(name: str, texts: Sequence[str]) -> list[str]:
    """The lines that add values to a list of Go, one by one for those that are lists."""
    lines: list[str] = []
    plain: list[str] = []
    for text in (*texts, ""):
        if text and not text.endswith(SPREAD):
            plain.append(narrow(text))
            continue
        if plain:
            lines.append(f"{name} = append({name}, {', '.join(plain)})")
            plain = []
        if text:
            lines += [f"for _, value := range {text.removesuffix(SPREAD)} {{", f"\t{name} = append({name}, value)", "}"]
    return lines


def made(name: str, texts: Sequence[str]) -> list[str]:
    """The lines that make a list of Go with these values."""
    count = next((index for index, text in enumerate(texts) if text.endswith(SPREAD)), len(texts))
    return [f"{name} := []any{{{', '.join(map(wide, texts[:count]))}}}", *appended(name, texts[count:])]


def with_one_list(passing: Passing, site: Site, first: int, program: Program) -> tuple[Passing, list[Edit], ir.Call]:
    """What to pass where some of it is a list among others: one list of all values that the call passes, the edits that
    make it, and the call without the values that it had. `first` is the index of its first value. Raises
    `RefusalError`."""
    call, source = site.call, program.source
    there = call.arguments[first:]
    texts = [source.text(argument.value.range) for argument in there]
    if any(argument.spread for argument in there):
        if len(there) > 1 or not all(given.before == passing.existing for given in passing.given):
            raise RefusalError(ELSEWHERE)
        start = f"append([]any{{}}, {texts[0]}{SPREAD})"
        texts = [given.text for given in passing.given]
    else:
        is_numbered = passing.style.is_numbered  # so that the others keep their places
        if len(there) != passing.existing and not is_numbered:
            raise RefusalError("the SQL has not as many placeholders as values")
        for given in reversed(passing.given):
            texts.insert(len(there) if is_numbered else given.before, given.text)
        start = ""
    if not start and texts[-1] == f"{passing.variable}{SPREAD}":
        others = Given(f"append([]any{{{', '.join(map(wide, texts[:-1]))}}}, {texts[-1]}){SPREAD}", "", 0)
        return _alone(passing, others, passing.variable, call, first)
    if not start and texts[0] == f"{passing.variable}{SPREAD}" and not any(text.endswith(SPREAD) for text in texts[1:]):
        others = Given(f"append({passing.variable}, {', '.join(map(narrow, texts[1:]))}){SPREAD}", "", 0)
        return _alone(passing, others, passing.variable, call, first)
    function = program.function_around(call.range)
    free = [name for name in _NAMES if function is not None and not program.has_name(name, function.range)]
    free = [name for name in free if name != passing.variable]
    before = sum(each.start < call.range.start and each in function.range for each in site.sends) if function else 0
    if not free:
        raise RefusalError("the names for a list of values are taken")
    name = free[before] if before < len(free) else f"{free[0]}{before + 1}"  # others may need one at the same time
    lines = [f"{name} := {start}", *appended(name, texts)] if start else made(name, texts)
    whole, edits, call = _alone(passing, Given(f"{name}{SPREAD}", "", 0), name, call, first)
    return whole, [_before(site, lines, program), *edits], call


def _alone(passing: Passing, given: Given, name: str, call: ir.Call, first: int) -> tuple[Passing, list[Edit], ir.Call]:
    """The values as one that is passed alone, the edits that drop the others, and the call without these."""
    there = call.arguments[first:]
    end = call.arguments[first - 1].range.end
    edits = [Edit(Range(end, there[-1].range.end), "")] if there else []
    whole = replace(passing, given=[given], existing=0, variable=name)
    return whole, edits, replace(call, arguments=call.arguments[:first])


def _before(site: Site, lines: Sequence[str], program: Program) -> Edit:
    """The edit that puts lines before the statement with the call."""
    around = [s for s in site.statements if site.call.range in s.range]
    statement = min(around, key=lambda s: s.range.end - s.range.start, default=None)
    if statement is None:
        raise RefusalError("no statement of its own stands around the call")
    begin = program.line_start(statement.range.start)
    lead = program.source.text(Range(begin, statement.range.start))
    if lead.strip() not in _BEFORE:
        raise RefusalError("no statement of its own stands around the call")
    indentation = lead[: len(lead) - len(lead.lstrip())]
    return Edit(Range(begin, begin), "".join(f"{indentation}{line}\n" for line in lines))
