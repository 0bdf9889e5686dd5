"""From the language-neutral program and the library tables to facts. All hard thinking lives here, once."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from persistlint.facts import (
    MODELLING,
    PROGRAMS,
    Bypass,
    Calculation,
    Drift,
    Duration,
    ErrorAnswer,
    Fallback,
    Handled,
    JsonFact,
    Launch,
    MixedResult,
    ModelDefinition,
    Procedure,
    Revision,
    SchemaFile,
    SentStatements,
    SqlText,
    StaleResult,
    StaleWrite,
    Synchronisation,
    Transaction,
    Uncommitted,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from persistlint.facts import Fact
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

# Which module of this room makes which facts, kinds derived from them included: its function
# `facts(syntax, names) -> Iterator[Fact]`. It is imported when a rule asks for one of them, and where it makes them of
# some languages alone, for a file in one of these. Where it has a function `may_have(source, names) -> bool`, that
# tells from the bytes of a file whether there is any.
_MAKERS: tuple[tuple[tuple[type[Any], ...], str], ...] = (
    ((SqlText, SentStatements), "queries"),
    ((Procedure, Transaction, StaleWrite, Handled, ErrorAnswer, StaleResult, Uncommitted), "transactions"),
    ((JsonFact,), "json"),
    ((Calculation,), "numbers"),
    ((Duration,), "durations"),
    ((Fallback,), "fallbacks"),
    ((MixedResult,), "mixed_results"),
    ((SchemaFile, Handled), "scripts"),
    ((SchemaFile,), "migrations"),
    ((SchemaFile,), "models.schema"),
    ((Revision,), "revisions"),
    ((Synchronisation,), "synchronisation"),
    ((Launch, Handled), "launches"),
    ((ModelDefinition,), "models"),
    ((Drift,), "drift"),
    ((Bypass,), "bypasses"),
)
_LANGUAGES = {
    "scripts": ("sql",),
    "transactions": PROGRAMS,
    "migrations": ("python", "javascript", "typescript"),
    "revisions": ("python",),
    "launches": ("shell",),
    "bypasses": ("go",),
    "models.schema": ("prisma",),
    "models": MODELLING,
    "drift": MODELLING,
}


def facts(syntax: Syntax, wanted: Collection[type[Any]], names: ProjectNames) -> Iterator[Fact]:
    """The facts of a file, of these kinds and perhaps of others that come with them. `names` is what the project
    calls things of its own."""
    for maker in _imported(syntax.source, wanted):
        found = maker.facts(syntax, names)
        if maker.__name__.endswith(".queries") and any(issubclass(SentStatements, asked) for asked in wanted):
            from persistlint.analysis.sent import with_sent

            found = with_sent(found, syntax)
        yield from found


def may_have(source: SourceFile, wanted: Collection[type[Any]], names: ProjectNames) -> bool:
    """Whether a file can have a fact of one of these kinds, from its bytes; rather too often than too seldom."""
    makers = _imported(source, wanted)
    return any(maker.may_have(source, names) if hasattr(maker, "may_have") else True for maker in makers)


def _imported(source: SourceFile, wanted: Collection[type[Any]]) -> Iterator[Any]:
    if source.language != "sql" and not source.is_written_by_hand:
        return  # generated, minified and bundled code: nobody mends there what would be said of it
    for module in _makers(frozenset(wanted)):
        if source.language in _LANGUAGES.get(module, (source.language,)):
            yield _maker(module)


@cache
def _maker(module: str) -> Any:
    return import_module(f"{__name__}.{module}")


@lru_cache(maxsize=64)
def _makers(wanted: frozenset[type[Any]]) -> tuple[str, ...]:
    return tuple(
        module
        for kinds, module in _MAKERS
        if any(issubclass(asked, kinds) or issubclass(kind, asked) for asked in wanted for kind in kinds)
    )
