"""What calls give: those that the tables know, requests, queries and promises."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.json import documents
from persistlint.analysis.json.checks import hand_on
from persistlint.analysis.json.decoding import decode
from persistlint.analysis.json.places import owner_of, place_of
from persistlint.analysis.json.tables import Owner
from persistlint.analysis.json.values import A_ROW, Declared, Document, Keys, Named, Text, Thing, Value, join
from persistlint.analysis.names import last_name
from persistlint.facts import JsonOrigin
from persistlint.ir import (
    Attribute,
    Call,
    Expression,
    Hole,
    Lambda,
    String,
    Template,
)
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.rows import always_one_row

if TYPE_CHECKING:
    from persistlint.analysis.json.run import Run
    from persistlint.analysis.json.state import State
    from persistlint.analysis.json.tables import Entry

_HTTP_PATH = regex(r"/|https?:|\$\{|\?")
_HTTP_METHODS = frozenset(["get", "post", "put", "patch", "delete", "request"])
_HTTP_CLIENT = regex(r".*(?:client|axios|http|api|request|instance|service)s?")
_OWN_MODULES = (".", "~", "@/", "src/")
_LOOKS = regex(r"check|status|ok", re.IGNORECASE)  # in the name of what a promise goes through
_OF_ITSELF = regex(r"[\"'`]/(?!/)")
_FOR_HOST = regex(r"\bbaseURL\s*:\s*[\"'`]https?://")
_TYPE_ARGUMENT = regex(r"\s*(?:\?\.)?<(.+)>\s*\(\s*\)?", re.DOTALL)  # between a function and its first argument
_AGGREGATES = regex(r"\b(?:count|countDistinct|sum|avg|min|max|exists)\(", re.IGNORECASE)  # of a builder of queries
_JSON_FILE = regex(r"\.json[\"'`]$")  # at the end of an address
PROMISED = frozenset(["then", "catch", "finally"])  # methods of promises, whatever these come to
# Of a text, whatever stands around what is wanted.
_CUTS_OUT = regex(r"(?i)(?:extract|clean|strip|unwrap|remove)_?(?:json|(?:code_?)?(?:block|fence)s?|markdown)")
_PROMISES = frozenset(["all", "allSettled", "race", "any"])


def kind_of(value: Value | None) -> str:
    """The kind, in the words of the tables, of a value; "" where only its name can tell."""
    match value:
        case Thing(kind=kind):
            return kind
        case Text():
            return "text"
        case Document():
            return "document"
    return ""


def call(node: Call, run: Run, state: State) -> Value | None:
    """The value of a call."""
    called = run.value(node.function)
    if isinstance(called, Named) and (entry := run.table.functions.get(called.name)) is not None:
        return _known(node, entry, run, state, None)
    if isinstance(node.function, Attribute):
        return _method(node, node.function, run, state)
    if last_name(node.function) in run.decoded_by:
        return Document(JsonOrigin.RESPONSE, node.range)
    if run.language == "go" and last_name(node.function) in ("new", "make") and node.arguments:
        return Declared(run.text(node.arguments[0].value))
    hand_on(node, run, state)
    text = run.value(node.arguments[0].value) if node.arguments else None
    return text if isinstance(text, Text) and _CUTS_OUT.match(last_name(node.function)) else None


def given(entry: Entry, node: Expression, run: Run, base: Value | None) -> Value | None:
    """What an entry of the tables gives where `node` names or calls it; `base` is the value of its object."""
    is_own = isinstance(base, Thing) and base.origin is JsonOrigin.OWN
    origin = JsonOrigin.OWN if is_own else entry.origin or JsonOrigin.UNKNOWN
    is_checked = isinstance(base, Thing) and base.is_checked
    match entry.gives:
        case "document":
            is_declared = is_checked or (origin is JsonOrigin.REQUEST and run.is_validated)
            document = Document(origin, node.range, frozenset() if is_declared else None)
            return _typed(document, base.type if isinstance(base, Thing) else "", run)
        case "text":
            response = base.range if isinstance(base, Thing) and base.kind == "response" else None
            return Text(origin, response=response)
        case "rows":
            return Document(JsonOrigin.ROWS, node.range, frozenset(), length=int(is_checked))
        case "result" if entry.rows is not None and entry.rows.search(run.text(node)):
            return Document(JsonOrigin.ROWS, node.range, frozenset())
        case "row":
            return Document(entry.origin or JsonOrigin.ROWS, node.range, frozenset(), length=A_ROW)
        case "same" | None:
            return Text(base.origin) if isinstance(base, Document) else base
        case kind:
            return Thing(kind, node.range, is_checked, entry.origin)


def tagged(tag: Expression, template: Expression, node: Expression, run: Run) -> Value | None:
    """The value of a tagged template: a query, where the tag is one."""
    if isinstance(tag, Attribute) and tag.name in ("$queryRaw", "query", "sql"):
        text = run.value(template)
        is_one = isinstance(text, Text) and always_one_row(text.content or "")
        return Document(JsonOrigin.ROWS, node.range, frozenset(), length=int(is_one))
    return None


def _encodes_all(node: Call, run: Run) -> bool:
    """Whether a call that encodes is given nothing that turns values into others: no replacer, no `default`."""
    return len(node.arguments) == 1 or run.text(node.arguments[1].value) in ("null", "undefined")


def _known(node: Call, entry: Entry, run: Run, state: State, base: Value | None) -> Value | None:
    """A call of a function or method of the tables."""
    if entry.decodes is not None:
        return decode(node, entry, run, state, base)
    if entry.encodes is not None:
        if entry.encodes < len(node.arguments):
            whole = node.arguments[entry.encodes].range if _encodes_all(node, run) else None
            return Text(JsonOrigin.PROGRAM, encoded=whole)
        return None
    if entry.gives == "same" and base is None:
        base = run.value(node.arguments[0].value) if node.arguments else None
    result = _typed(given(entry, node, run, base), _type_argument(node, run), run)
    if isinstance(result, Thing) and result.kind in ("response", "client") and _raises(node):
        result = replace(result, is_checked=True)
    if isinstance(result, Thing) and result.kind in ("response", "answer") and _asks_itself(node, base, run):
        result = replace(result, origin=JsonOrigin.OWN)
    if isinstance(result, Thing) and result.kind == "response":
        run.sent.add(result.range)
        if result.is_checked or _asks_for_file(node, run):
            run.answered.add(result.range)
    elif isinstance(result, Thing) and result.kind == "decoder" and node.arguments:
        source = run.value(node.arguments[0].value)
        result = replace(result, origin=source.origin) if isinstance(source, Text) else result
        if isinstance(source, Text) and source.response is not None:
            result = replace(result, range=source.response)
    return result


def _typed(value: Value | None, type: str, run: Run) -> Value | None:
    """A value whose JSON is declared to be of a type: `get<Page>(url)`, whose keys are there but for the optional."""
    if not type:
        return value
    if isinstance(value, Thing):
        return replace(value, type=type)
    if isinstance(value, Document) and value.keys is None:
        return replace(value, keys=run.shapes.keys(type), type=type)
    return value


def _type_argument(node: Call, run: Run) -> str:
    """The type that a call of TypeScript names: `Page` of `get<Page>(url)`; "" where it names none."""
    if not run.is_script:
        return ""
    end = node.arguments[0].range.start if node.arguments else node.range.end
    found = _TYPE_ARGUMENT.fullmatch(run.source.text(Range(node.function.range.end, end)))
    return found[1].strip() if found is not None else ""


def _asks_itself(node: Call, base: Value | None, run: Run) -> bool:
    """Whether a request is for an address without a host: a page asks the server that it came from. A client may have
    been made for another host."""
    if not run.is_script or not node.arguments or _OF_ITSELF.match(run.text(node.arguments[0].value)) is None:
        return False
    made = run.source.text(base.range) if isinstance(base, Thing) and base.kind == "client" else ""
    return _FOR_HOST.search(made) is None


def _asks_for_file(node: Call, run: Run) -> bool:
    """Whether a request is for a file with JSON, in place of which a server answers with a page: it does not decode."""
    return bool(node.arguments) and _JSON_FILE.search(run.text(node.arguments[0].value)) is not None


def _method(node: Call, function: Attribute, run: Run, state: State) -> Value | None:
    name, base = function.name, run.value(function.value)
    if name in PROMISED:
        return _promised(node, name, base, run)
    if isinstance(base, Document):
        return documents.method(node, function, base, run, state)
    if isinstance(base, Named) and base.name == "Promise" and name in _PROMISES and node.arguments:
        return run.value(node.arguments[0].value)
    if isinstance(base, Keys) and name in documents.LIST_METHODS:
        return base
    if isinstance(base, Named) and base.name in ("Object", "_", "lodash") and node.arguments:
        if name == "assign":
            hand_on(node, run, state)  # what it gives has the status of a response, too
        return documents.of_object(node, name, run, state)
    if name == "raise_for_status":
        run.look_at(base)
        hand_on(node, run, state)  # to a helper of that name
        return base
    owner = Owner(kind_of(base), owner_of(function.value), siblings=run.siblings(function.value))
    entry = run.member(name, owner, len(node.arguments))
    if entry is not None and (entry.sql is None or _is_sql(node, entry.sql, run)):
        if isinstance(base, Thing) and base.kind == "response" and entry.gives == "document":
            run.decoding(node, base.range)
        result = _known(node, entry, run, state, base)
        return _measured(node, entry, function, result, run, state)
    if name in run.decoded_by:
        return Document(JsonOrigin.RESPONSE, node.range)
    if run.is_script and _is_http(node, name, function):
        # What a client of the project's own gives is the project's own matter, but for how many there are.
        is_own = _is_own(function.value, run)
        return Thing("answer", node.range, is_checked=is_own, type=_type_argument(node, run))
    if run.language == "python" and name == "get":
        return documents.get_of_unknown(node, function, run, state)
    hand_on(node, run, state)
    return None


def _is_own(node: Expression, run: Run) -> bool:
    """Whether something is imported from another file of the project."""
    place = place_of(node)
    return place is not None and run.names.imports.get(place[0], "").startswith(_OWN_MODULES)


def _is_sql(node: Call, at: int, run: Run) -> bool:
    if at >= len(node.arguments):
        return False
    value = run.value(node.arguments[at].value)
    if isinstance(value, Text):
        return value.content is None or " " in value.content
    return "sql" in run.text(node.arguments[at].value).lower() or "query" in run.text(node.arguments[at].value).lower()


def _measured(
    node: Call, entry: Entry, function: Attribute, result: Value | None, run: Run, state: State
) -> Value | None:
    """Take note of how many rows a statement gives."""
    if entry.sql is None:
        asked = run.document(node.arguments[0].value) if node.arguments else None
        # Prisma.sql`SELECT MAX(id) …`
        is_one = asked is not None and asked.origin is JsonOrigin.ROWS and asked.length > 0
        is_one |= run.is_counted(node)
        is_one |= bool(node.arguments) and _AGGREGATES.search(run.text(node.arguments[0].value)) is not None
        return replace(result, length=1) if is_one and isinstance(result, Document) else result
    text = run.value(node.arguments[entry.sql].value)
    content = text.content or "" if isinstance(text, Text) else ""
    is_one = bool(content) and (run.ask_again(node, content) or always_one_row(content))
    match result:
        case Thing():
            result = replace(result, is_checked=is_one)
        case Document():
            result = replace(result, length=max(result.length, int(is_one)))
    place = place_of(function.value)
    if isinstance(result, Thing) and result.kind == "cursor" and place is not None:
        state.assign(place, result)  # the cursor itself has the rows
    return result


def _is_http(node: Call, name: str, function: Attribute) -> bool:
    """Whether a call asks an HTTP client that people made themselves: `client.get("/path", …)`."""
    if name not in _HTTP_METHODS or not node.arguments:
        return False
    owner = owner_of(function.value)
    first = node.arguments[0].value
    if isinstance(first, Template) and first.parts:
        first = first.parts[0]
    is_path = (isinstance(first, String) and _HTTP_PATH.match(first.value) is not None) or isinstance(first, Hole)
    return is_path and _HTTP_CLIENT.fullmatch(owner) is not None


def _raises(node: Call) -> bool:
    """Whether a client or call is told to raise where the status is none of success."""
    return any(argument.keyword in ("raise_for_status", "event_hooks") for argument in node.arguments)


def _promised(node: Call, name: str, base: Value | None, run: Run) -> Value | None:
    """What a promise comes to after `then`, `catch` or `finally`."""
    if name == "finally":
        return base
    result: Value | None = base if name == "catch" else None
    for argument in node.arguments[0:1]:
        if isinstance(argument.value, Lambda):
            result = join(result, run.returned.get(id(argument.value.function)))
        elif name == "then":
            run.look_at(base)
            result = base if isinstance(base, Thing) and _LOOKS.search(run.text(argument.value)) else None
    return result
