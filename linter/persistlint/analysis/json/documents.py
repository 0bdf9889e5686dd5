"""The methods of decoded JSON, and `get` of what may be a dictionary."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.json.checks import hand_on
from persistlint.analysis.json.hops import Step, take
from persistlint.analysis.json.places import owner_of, place_of
from persistlint.analysis.json.tables import Owner
from persistlint.analysis.json.values import Document, Keys, Pairs, Text, Value
from persistlint.analysis.names import SETTINGS
from persistlint.facts import HopKind, JsonOrigin
from persistlint.ir import Argument, Attribute, Call, Collection, Constant, Expression, String
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.json.places import Place
    from persistlint.analysis.json.run import Run
    from persistlint.analysis.json.state import State

LIST_METHODS = frozenset(["filter", "slice", "sort", "reverse", "concat", "toSorted", "toReversed", "flat", "splice"])
# What a builder of queries has, and no list: it gives the same rows, or fewer.
_BUILDS = regex(
    r"from|select|limit|offset|orderBy|groupBy|having|distinct|join|innerJoin|leftJoin|rightJoin|fullJoin|for"
    r"|(?:where|andWhere|orWhere)(?:In|NotIn|Not|Null|NotNull|Between|Raw)?"
)
_QUERIES = regex(
    r"all|filter|exclude|order_by|select_related|prefetch_related|distinct|annotate|only|defer|reverse|values|values_list"
)  # the same of Django
_NARROWS = frozenset(["filter", "exclude"])  # which may leave none of the rows
_COUNTS_ROWS = frozenset(["count", "exists"])
_ELEMENT_METHODS = frozenset(["at", "shift", "pop"])
_TEXT_METHODS = regex(
    r"(?:l|r)?strip|r?split|lower|upper|title|capitalize|replace|startswith|endswith|encode|decode|format|join|items|keys"
    r"|values|append|extend|get|zfill|splitlines|partition|isdigit|copy|update|pop"
)
_STRING_KEY = regex(r"(?!/|https?:)[\w .:@$-]+")
_PARSERS = frozenset(["flask_restful", "flask_restx"])  # whose parser says which arguments have to be there
_OWN_FIELDS = (("self", "cleaned_data"), ("cleaned_data",))  # of a form that is being checked; later, all are there
_MARKUP = frozenset(["bs4", "lxml", "xml", "selectolax", "pyquery", "parsel", "scrapy"])  # elements have a `get` too
_NO_DICTIONARIES = regex(
    r"self|.*(?:client|session|requests|http|api|cache|redis|queue|objects|query|manager|app|router|server|driver|response)s?"
)


def method(node: Call, function: Attribute, base: Document, run: Run, state: State) -> Value | None:
    name = function.name
    if run.language == "python":
        return _python_method(node, function, base, run, state)
    entry = run.member(name, Owner("document"), len(node.arguments))
    if entry is not None:
        return Text(base.origin)
    if base.origin is JsonOrigin.ROWS and _BUILDS.fullmatch(name):
        return base
    if run.is_script and name in LIST_METHODS:
        _continue_chain(function, node, run)
        return replace(base, cause=None, length=0)
    if run.is_script and name in _ELEMENT_METHODS:
        _continue_chain(function, node, run)
        is_there = base.length > 0 or state.is_present(place_of(node))
        return replace(base, cause=None if is_there else HopKind.INDEX, length=0)
    hand_on(node, run, state)
    return None


def _python_method(node: Call, function: Attribute, base: Document, run: Run, state: State) -> Value | None:
    name = function.name
    if base.origin is JsonOrigin.ROWS and name in _COUNTS_ROWS and not node.arguments:
        run.count_rows(function.value)
    if base.origin is JsonOrigin.ROWS and _QUERIES.fullmatch(name) and base.cause is None:
        kept = 0 if name in _NARROWS else base.length
        return replace(base, length=max(kept, int(run.is_counted(node))))
    first = node.arguments[0].value if node.arguments else None
    found = _python_result(node, function, name, first, base, run, state)
    if (place := place_of(function.value)) is not None:
        state.know([place])  # a method of nothing would have failed
    return found


def _python_result(
    node: Call, function: Attribute, name: str, first: Expression | None, base: Document, run: Run, state: State
) -> Value | None:
    if name in ("get", "pop", "setdefault") and first is not None:
        key = first.value if isinstance(first, String) else ""
        has_default = len(node.arguments) > 1 and not _is_none(node.arguments[1])
        kind = HopKind.GET if name == "get" or len(node.arguments) > 1 else HopKind.KEY
        found = take(Step(node, function.value, kind, key, has_default=has_default), run, state)
        is_filled = has_default and isinstance(default := node.arguments[1].value, Collection) and default.elements
        return replace(found, length=max(found.length, 1)) if found is not None and is_filled else found
    is_text = _TEXT_METHODS.fullmatch(name) is not None and _MARKUP.isdisjoint(run.names.modules)
    if base.cause is HopKind.GET and (base.origin is not JsonOrigin.UNKNOWN or is_text):
        take(Step(node, function.value, HopKind.MEMBER, name), run, state)
    if name == "items":
        return Pairs(base.there(), place_of(function.value))
    if name == "keys" and (place := place_of(function.value)) is not None:
        return Keys(place)
    if name in ("values", "copy"):
        return replace(base.there(), length=0)
    entry = run.member(name, Owner("document"), len(node.arguments))
    return Text(base.origin) if entry is not None and entry.gives == "same" else None


def get_of_unknown(node: Call, function: Attribute, run: Run, state: State) -> Value | None:
    """`x.get("key")` where nothing is known of `x`: a dictionary, unless its name or the key say that it is none."""
    owner = owner_of(function.value)
    match node.arguments:
        case (Argument(value=String(value=key), keyword=None), *default) if (
            (not default or _is_none(default[0]))
            and _STRING_KEY.fullmatch(key)
            and not _NO_DICTIONARIES.fullmatch(owner)
            and not SETTINGS.fullmatch(owner)
            and not _is_imported(function.value, run)
            and not (owner == "cleaned_data" and _is_clean(function.value, key, run))
            and not (owner == "args" and not _PARSERS.isdisjoint(run.names.modules))
        ):
            if _is_tested(place_of(node), state):
                return None
            unknown = Document(JsonOrigin.UNKNOWN, function.value.range)
            run.values[id(function.value)] = unknown
            return take(Step(node, function.value, HopKind.GET, key), run, state)
    return None


def _is_clean(fields: Expression, key: str, run: Run) -> bool:
    """Whether the fields of a form have one by this name: those of another form were checked, and in `clean_email` so
    was the email."""
    within = run.functions[-1].name if run.functions else ""
    return place_of(fields) not in _OWN_FIELDS or within == f"clean_{key}"


def of_object(node: Call, name: str, run: Run, state: State) -> Value | None:
    place = place_of(node.arguments[0].value)
    if name in ("keys", "entries", "values") and place is not None:
        state.know([place])  # these fail on nothing
    if name == "keys" and place is not None:
        return Keys(place)
    document = run.document(node.arguments[0].value)
    if document is None:
        return None
    if name == "entries":
        return Pairs(document.there(), place)
    return replace(document.there(), length=0) if name == "values" else None


def _continue_chain(function: Attribute, node: Call, run: Run) -> None:
    if id(function) in run.chains:
        run.chains[id(node)] = replace(run.chains.pop(id(function)), range=node.range)


def _is_tested(place: Place | None, state: State) -> bool:
    """Whether a test says that a key is there, of the object itself or of the one that it is a part of."""
    return place is not None and (state.is_present(place) or state.is_present((*place[:-2], place[-1])))


def _is_imported(node: Expression, run: Run) -> bool:
    place = place_of(node)
    return place is not None and place[0] in run.names.imports


def _is_none(argument: Argument) -> bool:
    return isinstance(argument.value, Constant) and argument.value.value is None
