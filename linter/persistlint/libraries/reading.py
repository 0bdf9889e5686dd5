"""Reads the tables of libraries: their keys are those of the package's documentation, and no others."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from persistlint.libraries import Library, Operation, Type
from persistlint.libraries.transactions import Binding
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable


def _keys(record: type, *others: str, without: Iterable[str] = ("library", "name")) -> frozenset[str]:
    """The keys of a table: the fields of what is made of it, and `others`."""
    return frozenset(each.name.replace("_", "-") for each in fields(record) if each.name not in without).union(others)


_OPERATION_KEYS = _keys(
    Operation, "fragment", without=("library", "name", "fragments", "every_argument", "is_own", "is_plain")
)
_TYPE_KEYS = _keys(Type, "extends")
_LIBRARY_KEYS = _keys(Library, "library", "like", "documentation", without=["name"])
_TRANSACTION_KEYS = _keys(Binding)
_NAMES = frozenset(["names", "created-by", "modules", "functions"])  # what belongs to one library alone
_MAPPINGS = ("methods", "fields")  # what a type has of its own, and of the one that it is like


def read_libraries(root: Traversable, folder: str) -> Iterator[Library]:
    """The libraries of a folder of `root`. Raises `ValueError` naming the file where a table is not well formed."""
    place = root.joinpath(folder)
    for path in sorted(place.iterdir(), key=lambda item: item.name) if place.is_dir() else ():
        if path.name.endswith(".toml"):
            try:
                yield _library(whole_table(path, place))
            except (ValueError, TypeError, KeyError, AttributeError, OSError) as error:
                raise ValueError(f"{folder}/{path.name}: {error}") from error


def whole_table(path: Traversable, place: Traversable) -> dict[str, Any]:
    """The table of a file of a folder, with what it has of the one that it is like. Raises `ValueError` where that one
    is like another itself, `OSError` where there is none."""
    table = read_table(path)
    if "like" not in table:
        return table
    base = read_table(place.joinpath(f"{table['like']}.toml"))
    if "like" in base:
        raise ValueError(f"{table['like']} is like another table itself")
    types = {name: _without(entry, _NAMES) for name, entry in base.get("types", {}).items()}
    for name, own in table.get("types", {}).items():
        of_both = {key: types.get(name, {}).get(key, {}) | own.get(key, {}) for key in _MAPPINGS}
        types[name] = types.get(name, {}) | own | of_both
    return _without(base, _NAMES) | table | {"types": types}


def _without(entry: dict[str, Any], keys: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in keys}


def _library(table: dict[str, Any]) -> Library:
    _refuse_unknown(table, _LIBRARY_KEYS, "the file")
    own = _without(table, frozenset(["library", "like", "documentation", "types", "functions", "transactions"]))
    _refuse_unknown(transactions := table.get("transactions", {}), _TRANSACTION_KEYS, "transactions")
    library = Library(table["library"], **_values(own), transactions=Binding(**_values(transactions)))
    types = table.get("types", {})
    for name, keys in types.items():
        _refuse_unknown(keys, _TYPE_KEYS, f"type {name}")
        entry = _extended(keys, types)
        library.types[name] = Type(
            library,
            name,
            call=_operation(library, name, entry["call"]) if "call" in entry else None,
            methods={method: _operation(library, method, keys) for method, keys in entry.get("methods", {}).items()},
            **_values(_without(entry, frozenset(["call", "methods", "extends"]))),
        )
    for name, keys in table.get("functions", {}).items():
        library.functions[name] = _operation(library, name, keys)
    known = {"self", *library.types}
    for operation in [*library.functions.values(), *(o for t in library.types.values() for o in t.methods.values())]:
        if operation.returns is not None and operation.returns not in known:
            raise ValueError(f"{operation.name} returns {operation.returns!r}, which is not a type of this library")
    return library


def _extended(entry: dict[str, Any], types: dict[str, Any]) -> dict[str, Any]:
    """A type with what it has of the one that it extends."""
    if "extends" not in entry:
        return entry
    base = _extended(types[entry["extends"]], types)
    merged = {key: base.get(key, {}) | entry.get(key, {}) for key in _MAPPINGS}
    return {key: base[key] for key in ("fluent", "members", "tag", "call") if key in base} | entry | merged


def _operation(library: Library, name: str, keys: dict[str, Any]) -> Operation:
    _refuse_unknown(keys, _OPERATION_KEYS, name)
    values = {"statements": library.statements} | _values(keys)
    if (fragment := values.pop("fragment", None)) is not None:
        values["every_argument"] = fragment == "all"
        values["fragments"] = None if fragment == "all" else (fragment,) if isinstance(fragment, int) else fragment
    return Operation(library, name, **values)


def _values(entry: dict[str, Any]) -> dict[str, Any]:
    """Keys of a table as the fields that they are."""
    return {key.replace("-", "_"): tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def _refuse_unknown(table: dict[str, Any], known: frozenset[str], where: str) -> None:
    if unknown := sorted(set(table) - known):
        raise ValueError(f"{where} has unknown keys: {', '.join(unknown)}")
