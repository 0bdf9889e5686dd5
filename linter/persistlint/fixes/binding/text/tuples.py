"""Tuples of Python whose text is put into the SQL: `IN {tuple(ids)}`, `VALUES {name, age}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir

if TYPE_CHECKING:
    from persistlint.source import SourceFile


def tuple_of(node: ir.Expression) -> ir.Expression | None:
    """What Python makes a tuple of, whose text people put behind `IN`."""
    match node:
        case ir.Call(function=ir.Name(id="tuple"), arguments=[ir.Argument(value=items, spread=False)]) if isinstance(
            items, ir.Name | ir.Attribute | ir.Subscript
        ):
            return items
    return None


def tuple_in(made: ir.Expression | None) -> ir.Expression | None:
    """The tuple that Python makes there, or makes the text of; None where it makes something else."""
    match made:
        case ir.Call(function=ir.Name(id="str" | "repr"), arguments=[ir.Argument(value=inner)]):
            return inner if tuple_of(inner) else None
        case ir.Call():
            return made if tuple_of(made) else None
    return None


def tuple_written(node: ir.Expression, source: SourceFile) -> list[str]:
    """The values of a tuple of Python that is written where its text is put in: `f"VALUES {name, age}"`; nothing where
    it is something else, or a part of it is no value alone."""
    match node:
        case ir.Call(function=ir.Name(id="str" | "repr"), arguments=[ir.Argument(value=inner, spread=False)]):
            return tuple_written(inner, source) if isinstance(inner, ir.Collection) else []
        case ir.Collection(kind=ir.Sequence.TUPLE, elements=elements) if source.language == "python" and not any(
            isinstance(each, ir.Spread | ir.Collection) for each in elements
        ):
            return [source.text(each.range) for each in elements]
    return []
