"""The library tables of every language: they load, name what exists, and speak to people in one sentence."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
import sqlglot

from persistlint.facts import Role
from persistlint.libraries import catalogue
from persistlint.libraries.reading import read_libraries, whole_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from persistlint.libraries import Library

ROOT = files("persistlint.libraries")
FOLDERS = sorted(folder.name for folder in ROOT.iterdir() if folder.is_dir() and not folder.name.startswith("__"))
TABLES = {
    f"{folder}/{path.name}": whole_table(path, ROOT.joinpath(folder))
    for folder in FOLDERS
    for path in sorted(ROOT.joinpath(folder).iterdir(), key=lambda path: path.name)
    if path.name.endswith(".toml")
}
SINK_KEYS = {"sql", "fragment"}
CLAUSES = {"where", "select", "from", "group", "order", "set", "value", "with", "name"}
STATEMENTS = {"many", "one", "first", "one-with-parameters", "one-by-default"}
EFFECTS = {
    "read", "write", "upsert", "schema", "pending", "begin", "context", "transaction", "commit", "rollback",
    "savepoint", "lock", "bind", "acquire", "release", "after", "prepare", "execute", "autocommit",
}  # fmt: skip
ROLES = {role.value for role in Role}
YIELDS = {
    "number",
    "identifier",
    "literal",
    "placeholder",
    "checked",
    "argument",
    "request",
    "schema",
    "option",
    "options",
}

every_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_loads(folder: str) -> None:
    loaded = catalogue(folder)
    assert len(loaded.libraries) == sum(name.startswith(f"{folder}/") for name in TABLES)


@pytest.mark.parametrize("folder", FOLDERS)
def test_library_names_are_unique(folder: str) -> None:
    names = [library.name for library in catalogue(folder).libraries]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_qualified_name_belongs_to_one_table(folder: str) -> None:
    named = [
        name
        for key, table in TABLES.items()
        if key.startswith(f"{folder}/")
        for name in {*table.get("functions", {}), *_type_names(table, "names"), *_type_names(table, "created-by")}
    ]
    assert sorted(named) == sorted(set(named))


@every_table
def test_a_table_has_a_library(table: dict[str, Any]) -> None:
    assert table["library"].strip() == table["library"] != ""


@every_table
def test_types_that_are_referred_to_exist(table: dict[str, Any]) -> None:
    types = table.get("types", {})
    referred = {operation["returns"] for operation in _operations(table) if "returns" in operation}
    referred |= {name for entry in types.values() for name in entry.get("fields", {}).values()}
    referred |= {entry[key] for entry in types.values() for key in ("members", "extends") if key in entry}
    assert referred <= {"self", *types}


@every_table
def test_qualified_names_start_with_a_module(table: dict[str, Any]) -> None:
    packages = [_package(module) for module in table.get("modules", [])]
    if not packages:
        return  # the language itself, or names that need no import
    own = {*table.get("functions", {}), *_type_names(table, "names")}
    made_elsewhere = {name for name in _type_names(table, "created-by") if "/" in name}  # Go drivers open a `sql.DB`
    for name in own | _type_names(table, "created-by") - made_elsewhere:
        assert any(_is_in(name, package) for package in packages) or _is_global(name), name


@every_table
def test_operations_use_the_words_of_the_format(table: dict[str, Any]) -> None:
    for operation in _operations(table):
        assert operation.get("clause", "where") in CLAUSES
        assert operation.get("yields", "number") in YIELDS
        assert operation.get("format", "printf") in {"printf", "sql", "braces"}
        assert operation.get("tag", "binds") in {"binds", "raw", "text", "identifier"}
        assert operation.get("statements", "one") in STATEMENTS
        assert operation.get("effect", "read") in EFFECTS
        assert operation.get("role", "pool") in ROLES
        assert "clause" not in operation or "fragment" in operation
        if operation.get("raw"):
            assert SINK_KEYS & set(operation) or operation.get("tag")


@every_table
def test_types_use_the_words_of_the_format(table: dict[str, Any]) -> None:
    for entry in table.get("types", {}).values():
        assert entry.get("role", "pool") in ROLES
        assert entry.get("statement", "read") in {"read", "write"}


@every_table
def test_a_library_uses_the_words_of_the_format(table: dict[str, Any]) -> None:
    assert table.get("binds", "server") in {"server", "client"}
    assert table.get("statements", "one") in STATEMENTS
    words = {table.get("statements"), *(operation.get("statements") for operation in _operations(table))}
    assert "statements-option" in table or "one-by-default" not in words
    assert "statements-option" not in table or words & {"one-by-default", "one-with-parameters"}


@every_table
def test_the_dialect_is_known(table: dict[str, Any]) -> None:
    assert sqlglot.Dialect.get_or_raise(table.get("dialect")) is not None


@every_table
def test_what_takes_sql_tells_how_to_bind(table: dict[str, Any]) -> None:
    if any(SINK_KEYS & set(operation) for operation in _operations(table)):
        assert table.get("bind")
        assert table.get("identifier")


@every_table
def test_help_is_one_sentence_with_an_example(table: dict[str, Any]) -> None:
    for text in (table[key] for key in ("bind", "identifier") if table.get(key)):
        prose = re.sub(r"`[^`]*`", "", text)
        assert not text[0].islower() or text.startswith(table["library"])
        assert text.endswith(".")
        assert "`" in text
        assert not re.search(r"[.!?]\s+[A-Z]", prose)
        assert "!" not in prose


BASE = """
library = "Base"
modules = ["base"]
placeholder = "?"

[types.Connection]
names = ["base.Connection"]
created-by = ["base.connect"]
role = "connection"
methods = { execute = { sql = 0 }, run = { sql = 0 } }
"""


def test_a_table_takes_over_what_it_does_not_say_but_for_names(tmp_path: Path) -> None:
    like = 'library = "Like"\nlike = "base"\n[types.Connection]\nmethods = { run = { sql = 1 } }\n[types.Own]\n'
    own = _read(tmp_path, {"base": BASE, "like": like})[1]
    connection = own.types["Connection"]
    assert (own.name, own.modules, own.placeholder, set(own.types)) == ("Like", (), "?", {"Connection", "Own"})
    assert (connection.names, connection.created_by, connection.role) == ((), (), "connection")
    assert (connection.methods["execute"].sql, connection.methods["run"].sql) == (0, 1)
    assert connection.methods["execute"].library is own


@pytest.mark.parametrize(
    ("like", "reason"), [("missing", "missing.toml"), ("second", "second is like another table itself")]
)
def test_a_table_is_like_one_that_is_there_and_whole(tmp_path: Path, like: str, reason: str) -> None:
    tables = {"base": BASE, "first": f'library = "1"\nlike = "{like}"\n', "second": 'library = "2"\nlike = "base"\n'}
    with pytest.raises(ValueError, match=rf"python/first\.toml: .*{reason}"):
        _read(tmp_path, tables)


def _read(folder: Path, tables: dict[str, str]) -> list[Library]:
    (folder / "python").mkdir()
    for name, text in tables.items():
        (folder / "python" / f"{name}.toml").write_text(text)
    return list(read_libraries(folder, "python"))


def _operations(table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from table.get("functions", {}).values()
    for entry in table.get("types", {}).values():
        yield from entry.get("methods", {}).values()
        if "call" in entry:
            yield entry["call"]


def _type_names(table: dict[str, Any], key: str) -> set[str]:
    return {name for entry in table.get("types", {}).values() for name in entry.get(key, [])}


def _package(module: str) -> str:
    """The package of a JavaScript module in a scope; any other module itself."""
    return "/".join(module.split("/")[:2]) if module.startswith("@") else module


def _is_global(name: str) -> bool:
    """Whether a name needs no import, as `Bun.sql` and `D1Database` do not."""
    return re.match(r"[A-Z]\w*(\.|$)", name) is not None


def _is_in(name: str, module: str) -> bool:
    return name == module or name.startswith((f"{module}.", f"{module}/"))
