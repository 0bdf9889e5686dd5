"""What an expression is, given what its operands are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.json import calls
from persistlint.analysis.json.hops import Step, take
from persistlint.analysis.json.places import OF_SOME_TYPE, owner_of, place_of, unwrapped
from persistlint.analysis.json.run import Chain, Run
from persistlint.analysis.json.tables import Owner
from persistlint.analysis.json.values import Declared, Document, Named, Several, Text, Thing, Value, join
from persistlint.facts import HopKind, JsonAssertion, JsonOrigin
from persistlint.ir import (
    AssignmentExpression,
    Attribute,
    Await,
    Binary,
    Call,
    Collection,
    Comprehension,
    Conditional,
    Constant,
    Expression,
    Hole,
    Mapping,
    Name,
    Number,
    Spread,
    String,
    Subscript,
    TaggedTemplate,
    Template,
    TypeAssertion,
    Unary,
    Unknown,
)

if TYPE_CHECKING:
    from persistlint.analysis.json.state import State
    from persistlint.analysis.json.tables import Entry

_LONGEST_NAME = 8  # parts of a qualified name
_STATUS = frozenset(
    [
        "ok",
        "status",
        "statusCode",
        "status_code",
        "statusText",
        "reason",
        "is_success",
        "is_error",
        "StatusCode",
        "Status",
    ]
)
_TABULAR = frozenset(["numpy", "pandas", "polars", "xarray", "h5py", "torch", "tensorflow", "jax", "netCDF4"])
_ROW_NAMES = frozenset(["row", "dbrow", "record"])


def evaluate(node: Expression, run: Run, state: State) -> Value | None:
    """The value of an expression whose operands were walked, None where nothing is known of it."""
    match node:
        case Name(id=id):
            return _name(node, id, run, state)
        case Attribute():
            return state.refined(place_of(node), _attribute(node, run, state))
        case Subscript():
            return state.refined(place_of(node), _subscript(node, run, state))
        case Call():
            return calls.call(node, run, state)
        case Await(value=value) | Spread(value=value) | Hole(value=value) | AssignmentExpression(value=value):
            _move_chain(value, node, run)
            return run.value(value)
        case TypeAssertion():
            return _assertion(node, run, state)
        case String(value=text):
            return Text(JsonOrigin.PROGRAM, text)
        case Template(parts=parts):
            content = "".join(part.value if isinstance(part, String) else "?" for part in parts)
            return Text(JsonOrigin.PROGRAM, content)
        case Binary(operator="or" | "??" as operator, left=left, right=right):
            return _default(left, right, operator, run)
        case Binary(operator="and", right=right):
            return run.value(right)
        case Binary(operator="+", left=left, right=right):
            texts = [value for value in (run.value(left), run.value(right)) if isinstance(value, Text)]
            return max(texts, key=lambda text: not text.origin.is_trusted, default=None)
        case Conditional(then=then, otherwise=otherwise):
            return join(run.value(then), run.value(otherwise))
        case Collection(elements=elements, type=type):
            return Declared(type) if type else Several(tuple(run.value(element) for element in elements))
        case Mapping(type=type) if type:
            return Declared(type)
        case Comprehension(iterable=iterable):
            run.loops.append(node.range)
            document = run.document(iterable)
            return replace(document, cause=None, length=0) if document is not None else None
        case Unary(operator="&", operand=operand):
            return run.value(operand)
        case Unary(operator="*", operand=operand) if run.document(operand) is not None:
            return take(Step(node, operand, HopKind.POINTER), run, state)
        case TaggedTemplate(tag=tag, template=template):
            return calls.tagged(tag, template, node, run)
    return None


def _name(node: Name, id: str, run: Run, state: State) -> Value | None:
    place = (id,)
    if state.holds(place):
        return state.lookup(place)
    if id in run.names.imports:
        return Named(run.names.imports[id])
    return Named(id) if id in run.table.globals else None


def _attribute(node: Attribute, run: Run, state: State) -> Value | None:
    place = place_of(node)
    if place is not None and state.holds(place):
        return state.lookup(place)
    base = run.value(node.value)
    is_called = id(node) in run.called
    if isinstance(base, Thing) and node.name in _STATUS:
        run.look_at(base)
    if isinstance(base, Document):
        if is_called and (run.language == "python" or node.name in calls.PROMISED):
            return None  # the call tells what kind of step it is
        if run.language == "python" and base.origin is JsonOrigin.UNKNOWN:
            return None  # objects have attributes, not JSON
        kind = HopKind.MEMBER if run.language == "python" else HopKind.KEY
        return take(Step(node, node.value, kind, node.name, is_optional=node.optional), run, state)
    if isinstance(base, Text) and base.origin is JsonOrigin.MESSAGE and not is_called:
        return base  # `message.value`: what came in one piece comes in the parts of it
    if not is_called and (found := _member(node, node.name, base, run)) is not None:
        return found
    if isinstance(base, Named):
        name = f"{base.name}.{node.name}"
        entry = run.table.functions.get(name)
        if not is_called and entry is not None and entry.gives is not None:
            return calls.given(entry, node, run, None)
        if run.is_script and base.name == "process.env":
            return Text(JsonOrigin.ENVIRONMENT)
        return Named(name) if name.count(".") < _LONGEST_NAME else None
    return None if is_called else _column(node, run)


def _member(node: Expression, name: str, base: Value | None, run: Run) -> Value | None:
    """What an attribute or key gives by its name and that of its object."""
    owner = owner_of(node.value) if isinstance(node, Attribute | Subscript) else ""
    kind = calls.kind_of(base)
    siblings, path = None, ""
    if isinstance(node, Attribute | Subscript):
        siblings, path = run.siblings(node.value), ".".join(place_of(node.value) or ())
    entry: Entry | None = run.member(name, Owner(kind, owner, path, siblings))
    if entry is None:
        # A column of something that is called `row`, as text: what else could be decoded from it.
        return Text(JsonOrigin.ROWS) if owner in _ROW_NAMES and not isinstance(base, Thing) else None
    return calls.given(entry, node, run, base)


def _column(node: Attribute, run: Run) -> Value | None:
    """An attribute that a model of the file declares as a column."""
    if node.name in run.shapes.json_columns:
        return Document(JsonOrigin.COLUMN, node.range)
    if node.name in run.shapes.text_columns:
        return Text(JsonOrigin.ROWS)
    return None


def _subscript(node: Subscript, run: Run, state: State) -> Value | None:
    place = place_of(node)
    if place is not None and state.holds(place):
        return state.lookup(place)
    base = run.value(node.value)
    is_number = isinstance(node.index, Number) or (
        isinstance(node.index, Unary) and isinstance(node.index.operand, Number)
    )
    if isinstance(base, Document):
        if isinstance(node.index, Unknown):  # a slice
            return replace(base, length=0)
        name = node.index.value if isinstance(node.index, String) else ""
        if run.language == "go" and not is_number and not name:
            return None
        kind = HopKind.INDEX if is_number else HopKind.KEY
        if run.language == "go" and is_number and not base.type.startswith("["):
            return None
        index = node.index if is_number else None
        taken = take(Step(node, node.value, kind, name, index, node.optional), run, state)
        path = ".".join(place_of(node.value) or ())
        text = run.member(name, Owner("", path=path)) if name and path else None  # what a model wrote, in its answer
        return calls.given(text, node, run, base) if text is not None else taken
    if isinstance(base, Several) and isinstance(node.index, Number) and isinstance(node.index.value, int):
        return base.values[node.index.value] if node.index.value < len(base.values) else None
    if isinstance(node.index, String):
        if isinstance(base, Named):
            if base.name == "os.environ" or base.name == "process.env":
                return Text(JsonOrigin.ENVIRONMENT)
            if run.is_script and f"{base.name}.{node.index.value}" in run.table.functions:
                return Named(f"{base.name}.{node.index.value}")  # JSON["parse"]
        if (found := _member(node, node.index.value, base, run)) is not None:
            return found
        if run.language == "python" and _may_be_answer(node.value, base, run):
            run.values[id(node.value)] = Document(JsonOrigin.UNKNOWN, node.value.range)
            return take(Step(node, node.value, HopKind.KEY, node.index.value), run, state)
        return None
    return Text(JsonOrigin.ROWS) if owner_of(node.value) in _ROW_NAMES else None


def _may_be_answer(node: Expression, base: Value | None, run: Run) -> bool:
    """Whether a variable of which nothing is known can be the answer of something: the shape of what it is asked for
    has to tell. Names in capitals are the program's own, and frames and arrays are no JSON."""
    return (
        base is None
        and isinstance(node, Name)
        and bool(run.functions)
        and not node.id.isupper()
        and _TABULAR.isdisjoint(run.names.modules)
    )


def _default(left: Expression, right: Expression, operator: str, run: Run) -> Value | None:
    """`left or right`: the right one stands in where the left one is missing."""
    value, other = run.value(left), run.value(right)
    if isinstance(value, Document):
        if isinstance(right, Constant) and right.value is None:
            return value
        if isinstance(other, Document):
            return join(value.there(), other)
        is_empty = isinstance(right, Collection | Mapping) and not (
            right.elements if isinstance(right, Collection) else right.entries
        )
        if is_empty:
            return replace(value.there(), length=0)
        # An empty list is false in Python, and so gives way to one that has elements.
        given = right.elements if isinstance(right, Collection) and run.language == "python" else ()
        has_one = operator == "or" and any(not isinstance(element, Spread) for element in given)
        return replace(value.there(), length=max(value.length, 1)) if has_one else value.there()
    return join(value, other)


def _assertion(node: TypeAssertion, run: Run, state: State) -> Value | None:
    value = run.value(node.value)
    if run.language == "go":
        return _go_assertion(node, value, run, state)
    _move_chain(node.value, node, run)
    if not isinstance(value, Document):
        return value
    if node.type == "!":
        return value.there()
    if node.type == "const":
        return value
    keys = run.shapes.keys(node.type)
    if value.origin is JsonOrigin.ROWS and keys is None:
        is_column = isinstance(unwrapped(node.value), Attribute | Subscript)
        return Document(JsonOrigin.COLUMN, node.value.range) if is_column else value
    return replace(value, keys=keys, type=node.type)


def _go_assertion(node: TypeAssertion, value: Value | None, run: Run, state: State) -> Value | None:
    """`value.(T)`: what it asserts is then known, and panics where it is wrong and nothing checks it."""
    if node.type == "type" or not isinstance(value, Document) or value.keys is not None:
        return run.shapes.untyped(node.type, node.range)
    place = place_of(node.value)
    known = (*place, f".({node.type})") if place is not None else None
    chain = run.chains.pop(id(node.value), None)
    is_asked = place is not None and state.is_present((*place, OF_SOME_TYPE))
    is_known = is_asked or state.is_present(known) or node.type in ("any", "interface{}")
    is_checked = is_known or id(node) in run.checked_assertions
    is_reported = chain is not None and chain.is_asserted
    if not is_checked and not is_reported and not run.catches() and _is_of_json(value, node.type, run):
        run.assertions[node.range] = JsonAssertion(node.range, node.value.range, node.type)
    if known is not None:
        state.know([known])
    chain = chain or Chain(node.range, node.value, value.origin)
    run.chains[id(node)] = replace(chain, range=node.range, is_asserted=is_reported or not is_checked)
    is_untyped = run.shapes.is_untyped(node.type) or run.shapes.is_untyped_list(node.type)
    return Document(value.origin, value.root, type=node.type) if is_untyped else None


def _is_of_json(value: Document, type: str, run: Run) -> bool:
    """Whether an assertion is about JSON: always where the value was decoded here; of a parameter only where the type
    is one that decoding gives."""
    if value.origin is not JsonOrigin.PARAMETER:
        return True
    return run.shapes.is_untyped(type) or run.shapes.is_untyped_list(type)


def _move_chain(inner: Expression, outer: Expression, run: Run) -> None:
    """Let a chain go on through an expression that only wraps it."""
    if id(inner) in run.chains:
        run.chains[id(outer)] = run.chains.pop(id(inner))
