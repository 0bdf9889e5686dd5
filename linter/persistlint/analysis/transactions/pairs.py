"""The columns that a call looks for or sets, with their values as they stand in the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.transactions.chain import calls_of
from persistlint.analysis.transactions.objects import conditions, row
from persistlint.analysis.transactions.texts import text_of
from persistlint.ir import Attribute, Await, Binary, Call, Collection, Lambda, Mapping, Name, String
from persistlint.regexes import regex
from persistlint.sql.equalities import inserted, looked_up

if TYPE_CHECKING:
    from persistlint.analysis.transactions.chain import Chain
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.ir import Expression
    from persistlint.sql.equalities import Value

_BEGINS_QUERY = frozenset(["select", "query", "exists", "Q"])
_WORD = regex(r"\w+")
_CREATES = frozenset(["create", "insert", "Create"])
_DEEPEST = 4  # queries, one inside the other


def looked_for(chain: Chain, table: str, walk: Walk) -> tuple[str, dict[str, str]]:
    """The table or model that a read of a table looks at, and the columns that it compares with values by `=` alone;
    no columns where it has another condition."""
    if chain.sql:
        found = _with_parameters(looked_up(chain.sql, _dialect(chain)), chain, walk)
        return table, found if all(found.values()) else {}
    pairs: dict[str, str] = {}
    if walk.handles.language != "python":
        for call in chain.calls:
            compared = conditions(call, walk)
            if compared is None:
                return table, {}
            pairs |= compared
        return table, pairs
    is_read = all(_conditions(call, pairs, walk) for call in chain.calls)
    return table or _model(chain), pairs if is_read else {}


def put_in(chain: Chain, table: str, walk: Walk) -> tuple[str, dict[str, str]]:
    """The table or model of the row that a write to a table makes, and its columns with their values, "" for what is
    computed; ("", {}) for any other write."""
    if chain.sql:
        return table, _with_parameters(inserted(chain.sql, _dialect(chain)), chain, walk)
    call = chain.call
    if not isinstance(call, Call):
        return "", {}
    if walk.handles.language != "python":
        return (table, row(call, walk)) if last_name(call.function) in _CREATES else ("", {})
    if last_name(call.function) in ("create", "acreate", "insert"):
        return table, _keywords(call, walk)
    made: Expression | None = call.arguments[0].value if call.arguments else None
    if chain.is_on_row and isinstance(call.function, Attribute):
        made = call.function.value  # `row.save()`
    if isinstance(made, Name):
        variable = walk.scope.find(made.id)
        made = variable.value if variable is not None else None
    if isinstance(made, Call) and last_name(made.function)[:1].isupper():
        return last_name(made.function), _keywords(made, walk)
    return "", {}


def _model(chain: Chain) -> str:
    """`User` of `User.query`, `session.query(User)`, `session.query(User.id)`, `session.execute(select(User))`."""
    nodes: list[Expression] = []
    for call in chain.calls[:1]:
        nodes = [call.function, *(argument.value for argument in call.arguments)]
    for node in nodes:
        inner = calls_of(node)
        root = inner[0].arguments[0].value if inner and inner[0].arguments else node
        while isinstance(root, Attribute):
            root = root.value
        if isinstance(root, Name) and root.id[:1].isupper():
            return root.id
    return ""


def _dialect(chain: Chain) -> str | None:
    return chain.root.type.library.dialect if chain.root is not None else None


def _keywords(call: Call, walk: Walk) -> dict[str, str]:
    return {a.keyword: walk.text(a.value.range) for a in call.arguments if a.keyword is not None}


def _conditions(call: Call, pairs: dict[str, str], walk: Walk, depth: int = 0) -> bool:
    """Add what a call of a query builder compares by `=`; false where it has another condition."""
    if last_name(call.function) in ("exclude", "join", "outerjoin", "or_", "not_") or depth == _DEEPEST:
        return False
    for argument in call.arguments:
        match argument.value:
            case _ if argument.keyword is not None:
                if "__" in argument.keyword:
                    return False
                pairs[argument.keyword] = walk.text(argument.value.range)
            case Binary(operator="==", left=Attribute(name=name), right=right):
                pairs[name] = walk.text(right.range)
            case Call() as inner:
                calls = calls_of(inner)
                if last_name(calls[0].function) not in _BEGINS_QUERY:
                    return False
                if not all(_conditions(each, pairs, walk, depth + 1) for each in calls):
                    return False
            case Name() | Attribute() if last_name(argument.value)[:1].isupper() or depth or _names_columns(call):
                pass
            case _:
                return False
    return True


def _names_columns(call: Call) -> bool:
    return last_name(call.function) in ("select", "query")


def _with_parameters(values: dict[str, Value] | dict[str, Value | None], chain: Chain, walk: Walk) -> dict[str, str]:
    """The same, with the source of its parameters; "" for what is not known."""
    positional, named = _parameters(chain, walk)
    found = {}
    for column, value in values.items():
        if isinstance(value, int):
            found[column] = walk.text(positional[value].range) if value < len(positional) else ""
        elif value is not None and value[0] in ":@$%" and (name := _WORD.search(value)) is not None:
            found[column] = named.get(name[0], "")
        else:
            found[column] = value or ""
    return found


def _parameters(chain: Chain, walk: Walk) -> tuple[tuple[Expression, ...], dict[str, str]]:
    """What a call fills placeholders with, by position and by name."""
    if not isinstance(chain.call, Call):
        return (), {}
    values = [argument.value for argument in chain.call.arguments if not isinstance(argument.value, Lambda | Await)]
    sent = next((index for index, value in enumerate(values) if text_of(value, walk.scope) == chain.sql), -1)
    values = values[sent + 1 :]
    match values:
        case [Collection(elements=elements), *_]:
            return elements, {}
        case [Mapping(entries=entries), *_]:
            named = {e.key.value: walk.text(e.value.range) for e in entries if isinstance(e.key, String)}
            return (), named
    return tuple(values), {}
