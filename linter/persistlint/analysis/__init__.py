"""From the language-neutral program and the library tables to facts. All hard thinking lives here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from persistlint.facts import SqlText

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from persistlint.facts import Fact
    from persistlint.languages import Syntax


def facts(syntax: Syntax, wanted: Collection[type[Any]]) -> Iterator[Fact]:
    """The facts of a file, of these kinds and perhaps of others that come with them."""
    if any(issubclass(kind, SqlText) for kind in wanted):
        from persistlint.analysis.queries import queries

        yield from queries(syntax)
