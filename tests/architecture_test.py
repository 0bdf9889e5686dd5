"""The rooms of the house and which way they may look, read from the import statements."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
LINTER = ROOT / "linter" / "persistlint"
LSP = ROOT / "lsp" / "persistlint_lsp"

# What a room may import of the others, beside what has no subject (`NEUTRAL`). A room that is not named here may import
# anything that makes no cycle.
NEUTRAL = {"records", "regexes", "identity", "memory", "patterns", "folders", "language_groups", "moments", "phrases"}
ALLOWED = {
    "source": set[str](),
    "memory": set[str](),
    "moments": set[str](),
    "patterns": set[str](),
    "folders": set[str](),
    "heads": set[str](),
    "language_groups": set[str](),
    "shelf": set[str](),
    "version": set[str](),
    "plugins": set[str](),
    "profiles": set[str](),
    "tables": set[str](),
    "libraries": {"plugins", "tables"},
    "diagnostic": {"source"},
    "ir": {"source"},
    "settings": {"diagnostic"},
    "schema": {"source", "facts"},
    "languages": {"ir", "source", "sql"},
    "sql": {"source", "facts", "heads", "paths", "schema", "tables"},
    "facts": {"source", "libraries", "ir", "sql"},
    "rule": {"source", "diagnostic", "facts", "fixes"},
    "analysis": {
        "source",
        "ir",
        "sql",
        "schema",
        "schema_files",
        "libraries",
        "languages",
        "facts",
        "history",
        "module_files",
        "settings",
        "paths",
        "reading",
        "shelf",
        "surroundings",
        "tables",
    },
    "paths": set[str](),
    "phrases": set[str](),
    "fixes": {"source", "diagnostic", "facts", "schema", "sql", "libraries", "ir", "paths", "tables"},
    "rules": {
        "plugins",
        "source",
        "diagnostic",
        "facts",
        "schema",
        "rule",
        "interpolation",
        "fixes",
        "sql",
        "paths",
        "tables",
    },
}
MODULES = [path for folder in (LINTER, LSP) for path in sorted(folder.rglob("*.py"))]


@pytest.mark.parametrize("room", ALLOWED)
def test_dependencies_run_one_way(room: str) -> None:
    assert _looks_at(room) <= ALLOWED[room] | NEUTRAL


def test_no_two_rooms_depend_on_each_other() -> None:
    rooms = {path.relative_to(LINTER).parts[0].removesuffix(".py") for path in MODULES if LINTER in path.parents}
    TopologicalSorter({room: _looks_at(room) for room in rooms}).prepare()  # raises CycleError


@pytest.mark.parametrize("path", [path for path in MODULES if LINTER / "rules" in path.parents], ids=str)
def test_rules_know_no_parser(path: Path) -> None:
    assert not {name.split(".")[0] for name in _imports(path)} & {"tree_sitter", "sqlglot", "libcst"}


def test_the_linter_knows_no_language_server() -> None:
    found = {name.split(".")[0] for path in MODULES if LINTER in path.parents for name in _imports(path)}
    assert not found & {"pygls", "lsprotocol"}


def test_only_the_command_line_starts_the_language_server() -> None:
    found = {
        path.relative_to(LINTER).parts[0]
        for path in MODULES
        if LINTER in path.parents
        for name in _imports(path)
        if name.startswith("persistlint_lsp")
    }
    assert found <= {"cli"}


def _looks_at(room: str) -> set[str]:
    """The other rooms of the linter that a room imports, for types too."""
    paths = [
        path for path in MODULES if LINTER in path.parents and path.relative_to(LINTER).parts[0] in (room, f"{room}.py")
    ]
    names = {name for path in paths for name in _imports(path)}
    return {name.split(".")[1] for name in names if name.startswith("persistlint.")} - {room}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module in ("persistlint", "persistlint_lsp"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            else:
                yield node.module
