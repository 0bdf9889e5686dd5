"""Which parts of a text may be there several times or not at all, so that their values can be passed as often: what
decides that is asked a second time, and must give the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.text.lists import is_same_again
from persistlint.fixes.binding.text.parts import Comprehended, Condition, Mapped, head_of
from persistlint.fixes.binding.text.reaching import assignments
from persistlint.fixes.binding.text.variables import is_name
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.facts import Site
    from persistlint.source import SourceFile

_ASKS = frozenset(["len", "bool", "int", "float", "str", "isinstance", "Boolean", "Number", "String"])
_ASKS_TEXT = frozenset(["strip", "lower", "upper", "isdigit", "isnumeric", "startswith", "endswith", "trim"])
_VIEWS = frozenset(["items", "values", "keys"])
_COPIES = frozenset(["sorted", "list", "tuple", "set", "range"])
_PASSES = frozenset(["enumerate", "zip", "reversed"])  # each run is another one, as long as what they run through is
_QUOTE = regex(r"['\"`]")
_INDICES = ("i", "index", "row")
_NUMBERS = ("index", "number", "i")
_TEXTS = (ir.String, ir.Template, ir.Binary, ir.Call)


def chosen(node: ir.Conditional, source: SourceFile) -> Condition | None:
    """One of two texts, None where a test cannot be asked once more."""
    if source.language not in ("python", "javascript", "typescript"):
        return None
    for part in ir.walk(node.test):
        if isinstance(part, ir.Await | ir.Yield | ir.AssignmentExpression | ir.Unknown):
            return None
        if isinstance(part, ir.Call) and not _is_answered_again(part):
            return None
    is_text = all(isinstance(arm, _TEXTS) for arm in (node.then, node.otherwise))
    return Condition(node, source) if is_text else None


def _is_answered_again(call: ir.Call) -> bool:
    """Whether a call gives the same the next time, and does nothing else."""
    match call:
        case ir.Call(function=ir.Name(id=name)):
            return name in _ASKS
        case ir.Call(function=ir.Attribute(name=name)):
            return name in _ASKS_TEXT
    return False


def repeated(node: ir.Call, site: Site, source: SourceFile) -> Comprehended | Mapped | None:
    """The text that is made for every element of a list, and joined by a call; None where it makes something else, or
    where the list is none that gives the same again."""
    match node:
        case ir.Call(
            function=ir.Attribute(value=ir.String(), name="join"),
            arguments=[ir.Argument(value=ir.Comprehension(element=element, iterable=iterable) as loop, spread=False)],
        ) if source.language == "python":
            is_plain = isinstance(element, _TEXTS) and loop.kind is ir.Sequence.LIST
            return _comprehended(loop, source) if is_plain and _runs_again(iterable, site, source) else None
        case ir.Call(
            function=ir.Attribute(
                value=ir.Call(
                    function=ir.Attribute(value=items, name="map"),
                    arguments=[ir.Argument(value=ir.Lambda(function=mapper), spread=False)],
                ),
                name="join",
            ),
            arguments=[ir.Argument(value=ir.String(value=separator))],
        ) if source.language in ("javascript", "typescript") and is_same_again(items) and not _QUOTE.search(separator):
            return _mapped(items, mapper, source)
    return None


def _comprehended(loop: ir.Comprehension, source: SourceFile) -> Comprehended | None:
    match loop:
        case ir.Comprehension(
            target=ir.Collection(elements=[ir.Name(id=index), _]),
            iterable=ir.Call(function=ir.Name(id="enumerate"), arguments=[_]),
        ):
            return Comprehended(loop, index, True, source)
    parts = (loop.target, loop.iterable, loop.element, *loop.conditions)
    names = {node.id for part in parts for node in ir.walk(part) if isinstance(node, ir.Name)}
    index = next((name for name in _NUMBERS if name not in names), "")
    return Comprehended(loop, index, False, source) if index else None


def _mapped(items: ir.Expression, mapper: ir.Function, source: SourceFile) -> Mapped | None:
    match mapper:
        case ir.Function(body=[ir.Return(value=ir.Expression() as text)], is_async=False):
            place = Range(mapper.range.start, text.range.start)
        case _:
            return None
    head, parameters = source.text(place), mapper.parameters
    if head_of(head) is None or not 0 < len(parameters) < 3 or not isinstance(text, _TEXTS):
        return None
    names = {*ir.names_in(text)}
    is_indexed = len(parameters) == 2
    index = parameters[1].name if is_indexed else next((n for n in _INDICES if n not in names and n not in head), "")
    return Mapped(items, text, place, index, is_indexed, source) if index else None


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
