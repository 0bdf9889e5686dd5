"""What an expression makes of rows that were read: several of them, one, or a column of one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import path_of
from persistlint.ir import Attribute, Await, Call, Collection, Mapping, Number, String, Subscript, TypeAssertion, Unary
from persistlint.records import dataclass
from persistlint.sql.outline import outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Effect
    from persistlint.ir import Expression
    from persistlint.source import Range

RECORDS = frozenset(["fetchone", "fetchrow", "first", "one", "one_or_none"])  # what gives one row
SCALARS = frozenset(["fetchval", "scalar", "scalar_one", "scalar_one_or_none"])  # what gives its first column
HOLDS_ROWS = frozenset(["rows", "data", "row", "recordset"])  # attributes of results


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was read, or several; `is_one` where its numbers are those of columns. `column` where it is about one
    column of it alone, "" for one whose name is not known. `is_handed` where somebody else read it."""

    effect: Effect
    column: str | None = None
    is_one: bool = False
    is_handed: bool = False


@dataclass(frozen=True, slots=True)
class Computed:
    """Something that was computed from a column of a row; `range` is what changed the row itself."""

    row: Row
    column: str
    range: Range | None = None


def shaped(value: Expression, read: Effect) -> Row:
    """What an expression makes of the rows that it reads: one of them, or one column."""
    match value:
        case Await(value=inner) | TypeAssertion(value=inner) | Unary(operand=inner):
            return shaped(inner, read)
        case Subscript(value=inner, index=index):
            return element_of(shaped(inner, read), index)
        case Call(function=Attribute(name=name)) if name in SCALARS and read.sql:
            return Row(read, column_named(read, None))
        case Call(function=Attribute(name=name)) if name in RECORDS:
            return Row(read, is_one=True)
    return Row(read)


def element_of(row: Row, index: Expression) -> Row:
    """The element of a row or of several rows."""
    return (
        Row(row.effect, column_named(row.effect, index)) if row.is_one and row.effect.sql else replace(row, is_one=True)
    )


def column_named(read: Effect, index: Expression | None) -> str:
    """The name of the column that a read gives at an index, of the first without one; "" where that is not known."""
    number = index.value if isinstance(index, Number) else 0
    return column_at(read, number) if isinstance(number, int) else ""


def column_at(read: Effect, number: int) -> str:
    names = selected(read)
    return names[number] if number < len(names) else ""


def selected(read: Effect) -> tuple[str, ...]:
    found = outline(read.sql, read.handle.library.dialect if read.handle.library is not None else None)
    return found.selected if found is not None else ()


def parts(target: Expression, row: Row | None) -> Iterator[tuple[str, Row | None]]:
    """The variables that are set, and the row or the column that each holds then."""
    match target:
        case Collection(elements=elements) if row is not None and row.is_one and row.effect.sql:
            for index, element in enumerate(elements):
                yield from parts(element, Row(row.effect, column_at(row.effect, index)))
        case Collection(elements=(first, *_)):
            yield from parts(first, row)
        case Mapping(entries=entries):  # `const { rows: [wallet] } = …`, `const { balance } = …`
            for entry in entries:
                if isinstance(entry.key, String):
                    is_column = row is not None and entry.key.value not in HOLDS_ROWS
                    yield from parts(entry.value, replace(row, column=entry.key.value) if row and is_column else row)
        case _:
            path = path_of(target)
            if path is not None:
                yield path, row
