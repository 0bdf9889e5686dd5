"""The tables of a project as bytes that can be kept, and back."""

from __future__ import annotations

import pickle
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from persistlint.schema.catalog import Catalog

_HOMES = ("persistlint.schema.", "persistlint.source")  # of the classes that tables consist of

Stored = tuple[tuple["Catalog", ...], str | None, bool, bool]  # the first parts of `catalogs.Tables`


def dump(tables: Stored) -> bytes:
    """Bytes for what is known of tables."""
    return pickle.dumps(tables, protocol=5)


def load(data: bytes) -> Stored | None:
    """What such bytes stand for, None for any others. Nothing runs but the making of our own values."""
    try:
        catalogs, dialect, is_whole, is_told = _Reader(BytesIO(data)).load()
    except Exception:  # pickle names none of those that wrong bytes can raise
        return None
    return catalogs, dialect, is_whole, is_told


class _Reader(pickle.Unpickler):
    """Refuses every class but those of tables, as the documentation of `pickle` advises."""

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name) if module.startswith(_HOMES) else None
        if not isinstance(found, type) or not found.__module__.startswith(_HOMES):
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a table")
        return found
