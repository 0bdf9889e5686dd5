"""What was read of the parts of a project's tables, kept for the next run: where one of them changed, it alone is read
again."""

from __future__ import annotations

import pickle
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from persistlint.shelf import Shelf

# Of the classes that parts consist of.
_HOMES = (
    "persistlint.schema.",
    "persistlint.source",
    "persistlint.analysis.tables.parts",
    "persistlint.analysis.tables.ddl",
)

T = TypeVar("T")


class Parts:
    """The parts of one project, which stand on a shelf under one key; each of them has a key of its own, for all that
    it was made of."""

    def __init__(self, shelf: Shelf, key: bytes) -> None:
        self._shelf, self._key = shelf, key
        self._known = load(shelf.fetch(key) or b"")
        self._asked: dict[bytes, Any] = {}

    def find(self, key: bytes, make: Callable[[], T]) -> T:
        """The part of a key, made if it is not known. Nobody may change it."""
        self._asked[key] = self._known[key] if key in self._known else make()
        return cast("T", self._asked[key])

    @property
    def are_new(self) -> bool:
        """Whether any that was asked for was not known."""
        return not self._asked.keys() <= self._known.keys()

    def keep(self) -> None:
        """Put those that were asked for on the shelf, in place of the others."""
        self._shelf.store(self._key, dump(self._asked))


def dump(parts: Mapping[bytes, Any]) -> bytes:
    """Bytes for parts by their keys."""
    return pickle.dumps(dict(parts), protocol=5)


def load(data: bytes) -> Mapping[bytes, Any]:
    """What such bytes stand for, nothing for any others. Nothing runs but the making of our own values."""
    try:
        parts = _Reader(BytesIO(data)).load()
    except Exception:  # pickle names none of those that wrong bytes can raise
        return {}
    return parts if isinstance(parts, dict) else {}


class _Reader(pickle.Unpickler):
    """Refuses every class but those of parts, as the documentation of `pickle` advises."""

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name) if module.startswith(_HOMES) else None
        if not isinstance(found, type) or not found.__module__.startswith(_HOMES):
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a table")
        return found
