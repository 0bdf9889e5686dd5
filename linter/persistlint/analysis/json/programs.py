"""What programs do with JSON: the functions of a file that hold a candidate are walked, and what was found is told."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.flow import Flow
from persistlint.analysis.json import encoding, errors
from persistlint.analysis.json.domain import JsonDomain
from persistlint.analysis.json.run import Run
from persistlint.analysis.json.shapes import Shapes
from persistlint.analysis.json.state import State
from persistlint.analysis.json.tables import table
from persistlint.analysis.names import Names
from persistlint.analysis.presence import calls
from persistlint.facts import HopKind, JsonAccess, JsonKeys, JsonOrigin, JsonParse, JsonResponse
from persistlint.ir import ClassDefinition, Function, Module
from persistlint.languages import languages as all_languages
from persistlint.libraries import catalogue
from persistlint.paths import is_product
from persistlint.regexes import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

    from persistlint.facts import Fact, JsonFact
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import Range, SourceFile

_OWN = (JsonOrigin.ROWS, JsonOrigin.STORAGE)  # what the program itself has stored
_NEAR = 100  # bytes before the name of a method
_HABIT = 5  # responses of one file whose status nobody looks at
_MOSTLY = 4  # of them for each other one
# Chains whose shape alone says that they are candidates.
_SHAPES = {
    "python": regex(rb"\.get\([^()]*\)\s*[.\[]|[\"']\]\s*\[\d+\]\s*\["),
    "javascript": regex(rb"\[[\"']parse[\"']\]\(|\.(?:get|post|put|patch|delete|request)\(\s*[\"'`](?:/|http|\$\{)"),
    "go": regex(rb"\.\((?:map\[|\[\]|string\)|float64\)|bool\))"),
}


def may_have(source: SourceFile, names: ProjectNames) -> bool:
    """Whether a file can do something with JSON."""
    if not is_product(source.path):
        return False
    folder = all_languages()[source.language].libraries
    called = {name.strip("$").encode() for name in table(folder).beginnings(source.words).union(names.json)}
    patterns = _patterns(Shapes(source, folder))
    is_called = any(calls(source, name) for name in called & source.words)
    return is_called or any(pattern.search(source.content) for pattern in patterns)


def _patterns(shapes: Shapes) -> Iterator[re.Pattern[bytes]]:
    """What a candidate looks like that is no call, or whose name alone makes it none."""
    yield table(shapes.folder).attributes
    shape = _SHAPES.get(shapes.folder)
    yield from (pattern for pattern in (shape, shapes.mentions) if pattern is not None)


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fact]:
    """Everything that a file does with JSON, but for its SQL. Tests are left out, and so is what runs once or is
    nobody's own."""
    language = all_languages()[syntax.source.language]
    if not is_product(syntax.source.path):
        return
    known = table(language.libraries)
    shapes = Shapes(syntax.source, language.libraries)
    content = syntax.source.content
    called = known.beginnings(syntax.source.words)
    found = [
        range.start
        for name, range in syntax.calls
        if name in names.json
        or (name in called and known.may_begin(name, content[max(0, range.start - _NEAR) : range.start]))
    ]
    found += [match.start() for pattern in _patterns(shapes) for match in pattern.finditer(content)]
    if not found:
        return
    starts = sorted(found)  # a function that holds none of them is not looked at
    module = syntax.lower()

    def is_wanted(function: Function) -> bool:
        index = bisect_left(starts, function.range.start)
        return index < len(starts) and starts[index] < function.range.end

    yield from _walked(syntax, module, shapes, is_wanted, names)
    yield from encoding.facts(syntax, module, is_wanted)
    if language.name == "go":
        yield from errors.facts(syntax, module, is_wanted)


def _walked(
    syntax: Syntax, module: Module, shapes: Shapes, is_wanted: Callable[[Function], bool], names: ProjectNames
) -> Iterator[JsonFact]:
    source = syntax.source
    folder = all_languages()[source.language].libraries
    shapes.classes = {item.name: item for item in module.body if isinstance(item, ClassDefinition)}
    scope = Names(catalogue(folder), folder)
    run = Run(source, source.language, scope, table(folder), shapes, frozenset(names.json))
    domain = JsonDomain(run, is_wanted)
    Flow(domain, State(), leaves_switch=source.language != "python").block(module.body)
    for chain in run.chains.values():
        if chain.hops:
            is_direct = run.is_call(chain.root)
            access = JsonAccess(chain.range, chain.root.range, chain.origin, is_direct, chain.hops)
            run.accesses[chain.range] = access
    responses = list(_responses(run))
    told = {response.range for response in responses}  # that it may be an error says as much as that it may be no JSON
    yield from (parse for parse in _parses(run) if parse.range not in told)
    yield from run.assertions.values()
    yield from run.accesses.values()
    yield from _keys(run, told)
    yield from responses
    for place, shape in run.shaped.values():
        if place is None or place not in run.validated:
            yield shape


def _parses(run: Run) -> Iterator[JsonParse]:
    """The calls that decode. Those of one function that decode what the program itself stored, with nothing to catch a
    failure, are one: whoever mends one of them mends all."""
    together: dict[tuple[int, JsonOrigin], list[JsonParse]] = {}
    for parse in run.parses.values():
        if parse.origin is JsonOrigin.REQUEST and run.is_decoded_before and not parse.is_guarded:
            continue
        if parse.is_top_level or parse.is_guarded or parse.origin not in _OWN:
            yield parse
        else:
            together.setdefault((run.within(parse.range), parse.origin), []).append(parse)
    for found in together.values():
        first, *others = sorted(found, key=lambda parse: parse.range)
        is_repeated = any(parse.range in loop for parse in found for loop in run.loops)
        yield replace(first, is_repeated=is_repeated, others=tuple(each.range for each in others))


def _responses(run: Run) -> Iterator[JsonResponse]:
    """The responses whose status nobody looks at. Where that is the habit of a file, it is the convention of a project
    whose bodies say how the request went, to whoever gets them from there."""
    found = {request: decoded for request, decoded in run.requests.items() if request not in run.answered}
    if len(found) < max(_HABIT, _MOSTLY * len(run.answered)):
        for request, decoded in found.items():
            yield JsonResponse(decoded[0], request)


def _keys(run: Run, told: set[Range]) -> Iterator[JsonKeys]:
    """The keys that Python takes from bodies, line by line."""
    if run.language != "python":
        return
    by_line: dict[tuple[int, JsonOrigin], list[JsonAccess]] = {}
    for access in run.accesses.values():
        first = access.hops[0]
        is_body = access.origin is JsonOrigin.REQUEST or (access.origin is JsonOrigin.RESPONSE and access.is_direct)
        is_key = first.kind is HopKind.KEY and first.name and not first.is_checked
        if is_body and is_key and not access.failing and access.root not in told:
            line = run.source.line_of(access.range.start)
            by_line.setdefault((line, access.origin), []).append(access)
    for (_, origin), found in by_line.items():
        found.sort(key=lambda access: access.range)
        keys = tuple(dict.fromkeys(access.hops[0].name for access in found))
        yield JsonKeys(found[0].range, keys, origin)
