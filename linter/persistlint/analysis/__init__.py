"""From the language-neutral program and the library tables to facts. All hard thinking lives here, once."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from persistlint.facts import (
    MODELLING,
    PROGRAMS,
    SCHEMA_LANGUAGES,
    Bypass,
    Calculation,
    Drift,
    DroppedScan,
    Duration,
    ErrorAnswer,
    Fallback,
    Fork,
    Handled,
    JsonCast,
    JsonFact,
    Launch,
    Limit,
    Merging,
    MixedResult,
    ModelDefinition,
    OpenRows,
    Procedure,
    Revision,
    SchemaFile,
    SentStatements,
    SqlText,
    StaleResult,
    StaleWrite,
    Synchronisation,
    Transaction,
    UncheckedReferences,
    Uncommitted,
)
from persistlint.sql.dynamic import PROGRAM
from persistlint.sql.presence import may_hold_sql
from persistlint.sql.sections import is_past

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from persistlint.facts import Fact, Sign
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

# Kinds of facts, each with the signs that are looked for; without any all facts of the kind are wanted.
Wanted: TypeAlias = "Mapping[type[Any], frozenset[Sign]]"

# Which module of this room makes which facts, kinds derived from them included: its function
# `facts(syntax, names) -> Iterator[Fact]`. It is imported when a rule asks for one of them, and where it makes them of
# some languages alone, for a file in one of these. Where it has a function `may_have(source, names) -> bool`, that
# tells from the bytes of a file whether there is any.
_MAKERS: tuple[tuple[tuple[type[Any], ...], str], ...] = (
    ((SqlText, SentStatements), "queries.facts"),
    ((Limit,), "limits"),
    (
        (Procedure, Transaction, StaleWrite, Handled, ErrorAnswer, StaleResult, Uncommitted, OpenRows, DroppedScan),
        "transactions",
    ),
    ((JsonFact,), "json.programs"),
    ((JsonCast,), "json.casts"),
    ((JsonCast,), "json.strings"),
    ((Calculation,), "numbers.facts"),
    ((Duration,), "numbers.durations"),
    ((Fallback,), "fallbacks"),
    ((MixedResult,), "numbers.mixed_results"),
    ((SchemaFile, Handled), "scripts"),
    ((SchemaFile,), "migrations"),
    ((SchemaFile,), "models.schema"),
    ((SchemaFile,), "models.declared"),
    ((Revision,), "revisions"),
    ((Fork,), "forks"),
    ((Merging,), "merging"),
    ((Synchronisation,), "tables.synchronisation"),
    ((UncheckedReferences,), "tables.foreign_keys"),
    ((Launch, Handled), "launches"),
    ((ModelDefinition,), "models"),
    ((Drift,), "tables.drift"),
    ((Bypass,), "bypasses"),
)
# Those that look for signs: their functions take them as a last argument.
_BY_SIGNS = ("queries.facts", "transactions", "numbers.facts")
_LANGUAGES = {
    "scripts": ("sql",),
    "json.programs": PROGRAMS,
    "json.casts": ("sql",),
    "json.strings": PROGRAMS,
    "transactions": PROGRAMS,
    "tables.foreign_keys": PROGRAMS,
    "limits": PROGRAMS,
    "migrations": ("python", "javascript", "typescript"),
    "revisions": ("python",),
    "forks": ("python",),
    "merging": SCHEMA_LANGUAGES,
    "launches": ("shell",),
    "bypasses": ("go",),
    "models.schema": ("prisma",),
    "models.declared": PROGRAMS,
    "models": MODELLING,
    "tables.drift": MODELLING,
}
# Words of which one stands in every file that a module makes facts of; it is not even imported for any other.
_WORDS = {
    "migrations": {
        "python": frozenset([b"down_revision", b"Migration"]),
        **dict.fromkeys(("javascript", "typescript"), frozenset([b"up"])),
    },
    "revisions": {"python": frozenset([b"down_revision"])},
    "forks": {"python": frozenset([b"down_revision"])},
}


def facts(syntax: Syntax, wanted: Wanted, names: ProjectNames) -> Iterator[Fact]:
    """The facts of a file, of these kinds and perhaps of others that come with them: for a kind with signs at least
    those that have to do with a place where one of them stands. `names` is what the project calls things of its own."""
    for maker, signs in _imported(syntax.source, wanted):
        if not _may_make(maker, signs, syntax.source, names):
            continue
        found = maker.facts(syntax, names) if not signs else maker.facts(syntax, names, signs)
        sends = maker.__name__.endswith(".queries.facts") and syntax.source.language != "sql"  # a script sends nothing
        is_asked = sends and any(issubclass(SentStatements, asked) for asked in wanted)
        if is_asked and may_hold_sql(syntax.source):
            from persistlint.analysis.queries.sent import with_sent

            found = with_sent(found, syntax)
        yield from found


def may_have(source: SourceFile, wanted: Wanted, names: ProjectNames) -> bool:
    """Whether a file can have a fact of one of these kinds, from its bytes; rather too often than too seldom."""
    return any(_may_make(maker, signs, source, names) for maker, signs in _imported(source, wanted))


@lru_cache(maxsize=32)  # it is asked before a file is parsed, and again behind
def _may_make(maker: Any, signs: frozenset[Sign], source: SourceFile, names: ProjectNames) -> bool:
    if not hasattr(maker, "may_have"):
        return True
    may: bool = maker.may_have(source, names, signs) if signs else maker.may_have(source, names)
    return may


def _imported(source: SourceFile, wanted: Wanted) -> Iterator[tuple[Any, frozenset[Sign]]]:
    """Every module that makes facts of the wanted kinds of a file, with the signs that are enough for it."""
    if source.language != "sql" and not source.is_written_by_hand:
        return  # generated, minified and bundled code: nobody mends there what would be said of it
    # What a program sends is only read where it stands in the program; a script sends nothing.
    sends = not any(issubclass(SentStatements, asked) for asked in wanted)
    sends = sends or (source.language != "sql" and may_hold_sql(source))
    for module, signs in _makers(frozenset(wanted.items()), sends=sends):
        if source.language in _LANGUAGES.get(module, (source.language,)) and not _is_idle(module, source):
            yield _maker(module), signs


def _is_idle(module: str, source: SourceFile) -> bool:
    """Whether none of its words stand in a file, or it looks at programs, and the file is a script of SQL that holds
    none, or just those of other files."""
    if module == "queries.facts" and source.language == "sql":
        return PROGRAM.search(source.lowered) is None or is_past(source.path)
    words = _WORDS.get(module, {}).get(source.language)
    return words is not None and words.isdisjoint(source.words)


@cache
def _maker(module: str) -> Any:
    return import_module(f"{__name__}.{module}")


@lru_cache(maxsize=64)
def _makers(
    wanted: frozenset[tuple[type[Any], frozenset[Sign]]], *, sends: bool
) -> tuple[tuple[str, frozenset[Sign]], ...]:
    found = []
    for made, module in _MAKERS:
        kinds = [kind for kind in made if sends or kind is not SentStatements]
        asked = [
            signs
            for asked, signs in wanted
            if any(issubclass(asked, kind) or issubclass(kind, asked) for kind in kinds)
        ]
        if asked:
            by_signs = module in _BY_SIGNS and all(asked)
            found.append((module, frozenset(sign for signs in asked for sign in signs if by_signs)))
    return tuple(found)
