"""The list of values that a function of the file is given by the others, which make it: the function adds to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.binding.calls.widening import end_of
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.statements import flat
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from persistlint import ir
    from persistlint.fixes.binding.marks.style import Style
    from persistlint.fixes.program import Program

_TEXTS = ("query", "statement", "text")
_PARTS = ("part", "clause", "added")
_BEFORE = regex(r"(?:return|const|let|var|await|return await|yield)?")


def handed_on(
    function: ir.Function,
    calls: Sequence[ir.Call],
    declared: str,
    style: Style,
    program: Program,
    early: Mapping[Range, bool] | None = None,
    begun: Mapping[Range, Sequence[str]] | None = None,
) -> list[Edit]:
    """The edits that make a list before every call of a function, and give it to the function, which takes it as it is
    `declared`. The calls at the places `early` move to a statement of their own, those too that give but a part of the
    SQL, which the place says. `begun` are the values that a list of
    Go begins with, by the place of the call. Raises `RefusalError`."""
    source, name = program.source, declared.partition(" ")[0]
    nothing, type = ("{}", "Record<string, any>") if style.is_mapping else ("[]", "any[]")
    type = f": {type}" if source.language == "typescript" else ""
    plain = f"const {name}{type} = {nothing}{program.semicolon}"
    parameters = function.parameters
    is_open = bool(parameters) and source.content[: parameters[0].range.start].rstrip()[-1:] not in (b"(", b",")
    if is_open or any(p.kind != "positional" or p.pattern is not None for p in parameters):
        raise RefusalError(f"`{function.name}` takes its arguments in a way that a fix does not add to")
    is_needed = [p.default is None and "?" not in source.text(p.range).split(":")[0] for p in parameters]
    index = is_needed.index(False) if False in is_needed else len(parameters)
    edits: list[Edit] = []
    for call in calls:
        given = _given(call, index, name, program)
        values = ", ".join((begun or {}).get(call.range, ()))
        languages = {"python": f"{name} = {nothing}", "go": f"{name} := []any{{{values}}}"}
        made = languages.get(source.language, plain)
        if early is not None and call.range in early:
            text, made_first = _moved(call, given, program, early[call.range])
            edits += [_before(call, [made, made_first], program), Edit(call.range, text)]
        else:
            edits += [_before(call, [made], program), given]
    around = {id(program.function_around(call.range)) for call in calls}
    is_twice = source.language != "python" and len(around) < len(calls)  # a name is declared once
    if is_twice or len({edit.range for edit in edits[::2]}) < len(calls):
        raise RefusalError(f"what `{function.name}` returns is not used in one place")
    if not parameters:
        return [*edits, _first_parameter(function, program, f"{declared}{type}")]
    ranges = [Range(parameter.range.start, end_of(parameter, program)) for parameter in parameters]
    return [*edits, _listed(ranges, index, f"{declared}{type}")]


def _given(call: ir.Call, index: int, name: str, program: Program) -> Edit:
    """The edit that gives a call the list as its argument of that index."""
    text = f"&{name}" if program.source.language == "go" else name
    positional = [argument.range for argument in call.arguments if argument.keyword is None]
    if not call.arguments:
        return Edit(Range(call.range.end - 1, call.range.end - 1), text)
    if len(positional) >= index and positional:
        return _listed(positional, index, text)
    if program.source.language != "python":
        raise RefusalError("a call leaves out an argument before the values")
    return _listed([argument.range for argument in call.arguments], len(call.arguments), f"{name}={name}")


def _moved(call: ir.Call, given: Edit, program: Program, is_part: bool) -> tuple[str, str]:
    """The name of the variable that holds what a call returns once it is given the list, and the statement that sets
    it."""
    around = program.function_around(call.range)
    names = _PARTS if is_part else _TEXTS
    name = next((n for n in names if around is not None and not program.has_name(n, around.range)), "")
    if not name:
        raise RefusalError("the names for the text of the SQL are taken")
    before = program.source.text(Range(call.range.start, given.range.start))
    return name, f"{name} := {before}{given.text}{program.source.text(Range(given.range.end, call.range.end))}"


def _before(call: ir.Call, made: Sequence[str], program: Program) -> Edit:
    """The edit that puts statements before the one with a call."""
    function = program.function_around(call.range)
    around = [s for s in flat(function.body if function is not None else ()) if call.range in s.range]
    start = min(around, key=lambda s: s.range.end - s.range.start).range.start if around else call.range.start
    begin = program.line_start(start)
    lead = program.source.text(Range(begin, start))
    if not _BEFORE.fullmatch(lead.strip()):
        raise RefusalError("no statement of its own stands around the call of the function that puts it together")
    indentation = lead[: len(lead) - len(lead.lstrip())]
    return Edit(Range(begin, begin), "".join(f"{indentation}{statement}\n" for statement in made))


def _listed(ranges: Sequence[Range], index: int, text: str) -> Edit:
    """One more in a list, in the place of that index."""
    if index < len(ranges):
        at = ranges[index].start
        return Edit(Range(at, at), f"{text}, ")
    return Edit(Range(ranges[-1].end, ranges[-1].end), f", {text}")


def _first_parameter(function: ir.Function, program: Program, text: str) -> Edit:
    opening = re.compile(rb"\s*\(\s*(?P<self>self)?\s*(?=\))")
    match = opening.match(program.source.content, function.name_range.end)
    if match is None:
        raise RefusalError(f"`{function.name}` takes its arguments in a way that a fix does not add to")
    return Edit(Range(match.end(), match.end()), f", {text}" if match["self"] else text)
