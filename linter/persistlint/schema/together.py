"""What a script does to one table by several changes of a kind: one decision, which one report speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from persistlint.phrases import conjoined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from persistlint.schema.changes import TableChange

C = TypeVar("C", bound="TableChange")
_MOST = 2  # names before those that are only counted


def by_table(changes: Iterable[C]) -> Iterator[tuple[C, ...]]:
    """The changes of each table, in the order in which the tables come first; none without changes."""
    found: dict[str, list[C]] = {}
    for change in changes:
        found.setdefault(change.table.key, []).append(change)
    yield from map(tuple, found.values())


def listed(names: Sequence[str]) -> str:
    """Names as they stand in a message: "`a`", "`a` and `b`", "`a`, `b` and 3 more"."""
    few = [f"`{name}`" for name in names[:_MOST]]
    rest = [f"{len(names) - _MOST} more"] if len(names) > _MOST else []
    return conjoined([*few, *rest])
