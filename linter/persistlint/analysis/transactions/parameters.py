"""What goes into the placeholders of a statement, and what of its rows goes into single variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.ir import Await, Call, Collection, Mapping, Name, Number, String, Subscript, TypeAssertion
from persistlint.sql.selected import selected

if TYPE_CHECKING:
    from persistlint.analysis.transactions.chain import Chain
    from persistlint.facts import Effect
    from persistlint.ir import Expression
    from persistlint.sql.equalities import Value

_GIVES_ROW = frozenset(["fetchone", "fetchrow"])
_GIVES_VALUE = frozenset(["fetchval", "scalar", "scalar_one", "scalar_one_or_none"])
_WORD = re.compile(r"\w+")


def parameter(chain: Chain, value: Value) -> Expression | None:
    """What fills a placeholder: the one of an index, or of a name (`:left`, `%(left)s`)."""
    if not isinstance(chain.call, Call):
        return None
    given = [argument.value for argument in chain.call.arguments]
    if isinstance(value, str):
        name = _WORD.search(value)
        entries = (entry for each in given if isinstance(each, Mapping) for entry in each.entries)
        named = {entry.key.value: entry.value for entry in entries if isinstance(entry.key, String)}
        return named.get(name[0]) if name is not None else None
    lists = [each.elements for each in given if isinstance(each, Collection)]
    texts = [index for index, each in enumerate(given) if isinstance(each, String)]
    positional = lists[-1] if lists else tuple(given[texts[-1] + 1 :] if texts else given)
    return positional[value] if value < len(positional) else None


def scalars_of(target: Expression, value: Expression, read: Effect) -> dict[str, str]:
    """The variables that hold one column alone of what was read, and that column: `n = cursor.fetchone()[0]`,
    `(n,) = cursor.fetchone()`, `n = await pool.fetchval(…)`."""
    columns = selected(read.sql, read.handle.library.dialect if read.handle.library is not None else None)
    value = _plain(value)
    held: dict[str, int] = {}
    if isinstance(target, Name):
        if isinstance(value, Call) and last_name(value.function) in _GIVES_VALUE:
            held[target.id] = 0
        elif isinstance(value, Subscript) and isinstance(value.index, Number) and _is_row(_plain(value.value)):
            held[target.id] = value.index.value if isinstance(value.index.value, int) else -1
    elif isinstance(target, Collection) and _is_row(value):
        paths = [path_of(element) for element in target.elements]
        held = {path: index for index, path in enumerate(paths) if path is not None}
    return {name: columns[index] for name, index in held.items() if 0 <= index < len(columns) and columns[index]}


def _is_row(value: Expression) -> bool:
    return isinstance(value, Call) and last_name(value.function) in _GIVES_ROW


def _plain(value: Expression) -> Expression:
    while isinstance(value, Await | TypeAssertion):
        value = value.value
    return value
