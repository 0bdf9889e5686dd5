"""Reads the tables of libraries: their keys are those of the package's documentation, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from persistlint.libraries import Library, Operation, Type
from persistlint.libraries.transactions import Binding
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

_OPERATION_KEYS = frozenset(
    [
        "sql",
        "fragment",
        "clause",
        "raw",
        "bare",
        "keys",
        "parameters",
        "values",
        "inputs",
        "placeholder",
        "dollar",
        "binder",
        "returns",
        "yields",
        "format",
        "tag",
        "spliced",
        "called",
        "composes",
        "distinctive",
        "statements",
        "effect",
        "table",
        "options",
        "handle",
        "role",
        "rows",
        "keeps",
        "results",
        "fills",
    ]
)
_TYPE_KEYS = frozenset(
    [
        "names",
        "created-by",
        "handles",
        "fluent",
        "tag",
        "call",
        "fields",
        "requests",
        "checked",
        "methods",
        "role",
        "attributes",
        "models",
        "members",
        "extends",
        "statement",
        "parameter",
        "begins",
    ]
)
_LIBRARY_KEYS = frozenset(
    [
        "library",
        "like",
        "modules",
        "dialect",
        "placeholder",
        "binds",
        "percent",
        "splices",
        "strict",
        "text",
        "expands",
        "quote",
        "literal",
        "quotes-since",
        "objects",
        "generic",
        "told-by",
        "drives",
        "template-strings",
        "statements",
        "statements-option",
        "references",
        "opened-as",
        "words",
        "bind",
        "identifier",
        "types",
        "functions",
        "transactions",
        "paths",
        "documentation",
    ]
)
_TRANSACTION_KEYS = frozenset(
    [
        "option",
        "ambient",
        "synchronous",
        "lazy",
        "optimistic",
        "exit-commits",
        "requests",
        "asks",
        "commands",
        "unseen",
        "old",
        "through",
    ]
)

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
    library = Library(
        table["library"],
        tuple(table.get("modules", ())),
        table.get("dialect"),
        table.get("placeholder", ""),
        table.get("binds", "server"),
        table.get("percent", "doubled"),
        table.get("splices", ""),
        table.get("strict", False),
        table.get("text", ""),
        table.get("expands", False),
        table.get("quote", ""),
        table.get("literal", ""),
        table.get("quotes-since", ""),
        table.get("objects", {}),
        table.get("generic", False),
        tuple(table.get("told-by", ())),
        table.get("drives", False),
        table.get("template-strings", False),
        table.get("bind", ""),
        table.get("identifier", ""),
        table.get("statements", ""),
        table.get("statements-option", ""),
        table.get("references", "checked"),
        tuple(table.get("opened-as", ())),
        tuple(table.get("words", ())),
        _binding(table.get("transactions", {})),
        table.get("paths", {}),
    )
    types = table.get("types", {})
    for name, own in types.items():
        _refuse_unknown(own, _TYPE_KEYS, f"type {name}")
        entry = _extended(own, types)
        library.types[name] = Type(
            library,
            name,
            tuple(entry.get("names", ())),
            tuple(entry.get("created-by", ())),
            tuple(entry.get("handles", ())),
            entry.get("fluent", False),
            entry.get("tag"),
            _operation(library, name, entry["call"]) if "call" in entry else None,
            entry.get("fields", {}),
            tuple(entry.get("requests", ())),
            tuple(entry.get("checked", ())),
            {method: _operation(library, method, keys) for method, keys in entry.get("methods", {}).items()},
            entry.get("role", ""),
            tuple(entry.get("attributes", ())),
            entry.get("models", False),
            entry.get("members"),
            entry.get("statement", ""),
            entry.get("parameter", ""),
            tuple(entry.get("begins", ())),
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
    fragment = keys.get("fragment")
    parameters = keys.get("parameters")
    rows = keys.get("rows")
    return Operation(
        library,
        name,
        sql=keys.get("sql"),
        fragments=None if fragment in (None, "all") else (fragment,) if isinstance(fragment, int) else tuple(fragment),
        every_argument=fragment == "all",
        clause=keys.get("clause", "where"),
        raw=keys.get("raw", False),
        bare=keys.get("bare", False),
        keys=tuple(keys.get("keys", ())),
        parameters=tuple(parameters) if isinstance(parameters, list) else parameters,
        values=keys.get("values", ""),
        inputs=keys.get("inputs", ""),
        placeholder=keys.get("placeholder", ""),
        dollar=keys.get("dollar", ""),
        binder=keys.get("binder", ""),
        returns=keys.get("returns"),
        yields=keys.get("yields"),
        format=keys.get("format"),
        tag=keys.get("tag"),
        spliced=keys.get("spliced", False),
        called=keys.get("called", False),
        composes=keys.get("composes", False),
        distinctive=keys.get("distinctive", False),
        statements=keys.get("statements", library.statements),
        effect=keys.get("effect", ""),
        table=keys.get("table"),
        options=keys.get("options"),
        handle=keys.get("handle"),
        role=keys.get("role", ""),
        rows=tuple(rows) if isinstance(rows, list) else rows,
        keeps=keys.get("keeps", False),
        results=keys.get("results"),
        fills=keys.get("fills"),
    )


def _binding(keys: dict[str, Any]) -> Binding:
    _refuse_unknown(keys, _TRANSACTION_KEYS, "transactions")
    return Binding(
        keys.get("option", ""),
        keys.get("ambient", False),
        keys.get("synchronous", False),
        keys.get("lazy", False),
        keys.get("optimistic", False),
        keys.get("exit-commits", False),
        keys.get("requests", ""),
        keys.get("asks", ""),
        keys.get("commands", ""),
        keys.get("unseen", False),
        keys.get("old", ""),
        keys.get("through", ""),
    )


def _refuse_unknown(table: dict[str, Any], known: frozenset[str], where: str) -> None:
    if unknown := sorted(set(table) - known):
        raise ValueError(f"{where} has unknown keys: {', '.join(unknown)}")
