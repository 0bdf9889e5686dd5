"""Go: rows that are read into variables while nobody looks at whether that worked.

`Scan` fills its variables only where it succeeds: where it fails they keep what they had, mostly nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.transactions.cursors import GIVES_ROWS, everything
from persistlint.facts import DroppedScan
from persistlint.ir import (
    Assign,
    Attribute,
    Binary,
    Call,
    Collection,
    Constant,
    ExpressionStatement,
    Name,
    Number,
    String,
    Unary,
    statements_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from persistlint.analysis.transactions.walk import Walk
    from persistlint.ir import Expression, Function, Statement
    from persistlint.source import Range

_OF_SQL = frozenset(["MapScan", "Scan", "SliceScan", "StructScan"])
_OF_DOCUMENTS = frozenset(["All", "Decode"])  # of MongoDB
SCANS = _OF_SQL | _OF_DOCUMENTS
_INTO_ONE, _INTO_SEVERAL = frozenset(["Get", "GetContext"]), frozenset(["Select", "SelectContext"])  # of sqlx
_INTO = _INTO_ONE | _INTO_SEVERAL
_GIVES_DOCUMENTS = frozenset(["Aggregate", "Find"])
_GIVES_DOCUMENT = frozenset(["FindOne"])
_GIVES_ROW = frozenset(["QueryRow", "QueryRowContext", "QueryRowx", "QueryRowxContext"])
_SEVERAL = GIVES_ROWS | _GIVES_DOCUMENTS
_ONE = _GIVES_ROW | _GIVES_DOCUMENT
_COMPARES = frozenset(["==", "!=", "<", "<=", ">", ">="])


def dropped_scans(function: Function, walk: Walk) -> Iterator[DroppedScan]:
    """The calls of a function that read a row, and of which nobody takes the error: a statement of its own. One is left
    out whose variables are set before, for that is what they are to be without a row, or are compared with nothing
    behind it, for that asks the same. One of a single row is left out also where its variables are compared at all, for
    no row is no match, and in a function that gives something and no error, whose callers take the zero for a row that
    is not there."""
    asked = {effect.range for effect in walk.effects if not effect.via}
    gives = _SEVERAL if function.returns and "error" not in function.returns else _SEVERAL | _ONE
    statements = list(statements_in(function.body))
    rows = dict(pair for each in statements if (pair := _rows_of(each, gives, asked)) is not None)
    calls = [each for each in statements if isinstance(each, ExpressionStatement)]
    found = [(each.value, method) for each in calls if (method := _scanned(each.value, rows, gives, asked))]
    if not found:
        return
    nodes = list(everything(function.body))
    told = {name for each in statements for name in _preset(each)} | {name for each in nodes for name in _tested(each)}
    compared = {name for each in nodes for name in _compared(each)}
    for call, method in found:
        assert isinstance(call, Call)
        into = _destinations(call) if last_name(call.function) in _INTO else [a.value for a in call.arguments]
        names = [root for value in into if (root := _root(value)) is not None]
        if told.isdisjoint(names) and (method not in _ONE or compared.isdisjoint(names)):
            yield DroppedScan(call.range, (), last_name(call.function), names[0] if names else "")


def scans_in(words: frozenset[bytes]) -> frozenset[str]:
    """The names of the calls that read a row into variables, in a file that has these words."""
    return SCANS | _INTO if b"sqlx" in words else SCANS


def _rows_of(statement: Statement, gives: frozenset[str], asked: set[Range]) -> tuple[str, str] | None:
    """The variable of `rows, err := db.Query(…)` or `row := db.QueryRow(…)`, and the name of the method."""
    if not isinstance(statement, Assign) or not isinstance(statement.value, Call) or statement.value.range not in asked:
        return None
    target = statement.target
    first = target.elements[0] if isinstance(target, Collection) and target.elements else target
    method = last_name(statement.value.function)
    return (first.id, method) if method in gives and isinstance(first, Name) else None


def _scanned(value: Expression, rows: Mapping[str, str], gives: frozenset[str], asked: set[Range]) -> str:
    """The method of the query of which a call reads a row: `rows.Scan(&id)`, `db.QueryRow(…).Scan(&id)`,
    `db.Get(&id, …)`; else ""."""
    if not isinstance(value, Call) or not isinstance(value.function, Attribute):
        return ""
    if value.function.name in _INTO and value.range in asked and _destinations(value):
        one = value.function.name in _INTO_ONE
        return "QueryRowx" if one and "QueryRowx" in gives else "" if one else "Queryx"
    method = ""
    match value.function.value:
        case Name(id=name):
            method = rows.get(name, "")
        case Call(function=called) if last_name(called) in gives and value.range in asked:
            method = last_name(called)
    scans = _OF_DOCUMENTS if method in _GIVES_DOCUMENTS | _GIVES_DOCUMENT else _OF_SQL
    return method if value.function.name in scans else ""


def _destinations(call: Call) -> list[Expression]:
    """What `db.Get(&user, query, id)` reads into."""
    return [a.value for a in call.arguments[:2] if isinstance(a.value, Unary) and a.value.operator == "&"]


def _preset(statement: Statement) -> Iterator[str]:
    """The variables that a statement declares with something in them: what they are where nothing is found."""
    if isinstance(statement, Assign) and isinstance(statement.target, Name) and statement.value is not None:
        is_call = isinstance(statement.value, Call)  # `new(User)` holds nothing yet
        if not is_call and not _is_nothing(statement.value) and not isinstance(statement.value, Unary):
            yield statement.target.id


def _tested(node: Expression) -> Iterator[str]:
    """The variables that are compared with nothing, or asked whether they hold something: `name == ""`, `id.Valid`."""
    match node:
        case Binary(left=left, right=right) if _is_nothing(left) or _is_nothing(right):
            yield from _compared(node)
        case Attribute(name="Valid", value=value) if (root := _root(value)) is not None:
            yield root


def _compared(node: Expression) -> Iterator[str]:
    if isinstance(node, Binary) and node.operator in _COMPARES:
        yield from (root for each in (node.left, node.right) if (root := _root(each)) is not None)


def _is_nothing(value: Expression) -> bool:
    match value:
        case String(value="") | Number(value=0) | Constant(value=None | False):
            return True
    return False


def _root(value: Expression) -> str | None:
    """The variable that something is, or is a part of: `user` of `&user.Name`."""
    while isinstance(value, Unary | Attribute | Call):
        if isinstance(value, Call):  # `len(name)`, `pq.Array(&tags)`
            if len(value.arguments) != 1:
                return None
            value = value.arguments[0].value
        else:
            value = value.operand if isinstance(value, Unary) else value.value
    return value.id if isinstance(value, Name) else None
