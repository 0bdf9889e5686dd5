"""From the language-neutral program and the library tables to facts. All hard thinking lives here, once."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from persistlint.facts import JsonFact, SqlText

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from persistlint.facts import Fact
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames

# Which module of this room makes which facts, kinds derived from them included: its function
# `facts(syntax, names) -> Iterator[Fact]`. It is imported when a rule asks for one of them.
_MAKERS: tuple[tuple[type[Any], str], ...] = ((SqlText, "queries"), (JsonFact, "json"))


def facts(syntax: Syntax, wanted: Collection[type[Any]], names: ProjectNames) -> Iterator[Fact]:
    """The facts of a file, of these kinds and perhaps of others that come with them. `names` is what the project
    calls things of its own."""
    for kind, module in _MAKERS:
        if any(issubclass(asked, kind) for asked in wanted):
            yield from import_module(f"{__name__}.{module}").facts(syntax, names)
