"""From calls to facts: which calls send SQL, what they send, and where each value stands in it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import field, replace
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from persistlint.analysis.exports import Elsewhere
from persistlint.analysis.interpretation.interpreter import Interpreter
from persistlint.analysis.interpretation.pieces import Piece, splices
from persistlint.analysis.names import Names
from persistlint.analysis.queries.candidates import candidates, may_send_sql
from persistlint.analysis.queries.configured import configured, with_dialect
from persistlint.analysis.queries.drivers import placeholder_around
from persistlint.analysis.queries.placeholders import marks_of, placeholder_of
from persistlint.analysis.queries.sinks import Sent, Sinks, reads_as
from persistlint.analysis.queries.statements import count
from persistlint.analysis.queries.texts import Place, texts_of
from persistlint.analysis.reach import Reach
from persistlint.analysis.schedule import Wanted
from persistlint.analysis.scopes import Scope, scopes
from persistlint.analysis.signs import places
from persistlint.facts import Consulted, Fact, Query, Sign, Site, SqlText
from persistlint.languages import Syntax
from persistlint.languages import languages as all_languages
from persistlint.libraries import Library, Operation, catalogue
from persistlint.records import dataclass
from persistlint.source import Range
from persistlint.surroundings import mark_of_module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.ir import Module
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

# Signs that fewer files have than any text of SQL, and that are found faster.
_RARE = frozenset([Sign.PLACEHOLDER_IN_SET, Sign.SECOND_STATEMENT])


def facts(syntax: Syntax, names: ProjectNames, signs: frozenset[Sign] = frozenset()) -> Iterator[Fact]:
    """The queries of a file, and the texts in it that are SQL and reach no query; with signs, at least those that have
    to do with a place where one of them stands."""
    near = places(syntax.source, signs) if signs else None
    language = all_languages()[syntax.source.language]
    tables = catalogue(language.libraries)
    scope = Names(tables, language.libraries)
    wanted = candidates(syntax, language.libraries, near) if near != () else []
    if not wanted:
        return
    module: Module = syntax.lower()
    reach = Reach(syntax.source, module, near) if near is not None else None
    if reach is not None and not reach:
        return
    sinks = Sinks(syntax.source, scope)
    elsewhere = Elsewhere(syntax.source, scope)
    interpreter = Interpreter(scope, language.name, sinks.on_call, sinks.on_text, elsewhere.find)
    interpreter.run(module, Wanted(wanted, syntax.called, reach))
    yield from elsewhere.consulted()
    yield from _Queries(syntax.source, module, scope, sinks).facts()


def may_have(source: SourceFile, names: ProjectNames, signs: frozenset[Sign] = frozenset()) -> bool:
    """Whether a file can have a query, with signs one that has to do with them."""
    if signs and signs <= _RARE and places(source, signs) == ():
        return False
    return may_send_sql(source) and (not signs or places(source, signs) != ())


def _as_driven(sent: Sent) -> Library | None:
    """The library of a call, which hands its text and the values on to a driver as that takes them."""
    library, driver = sent.library, sent.driver
    if library is None or driver is None or library.placeholder or library.percent == driver.percent:
        return library
    return _with_percent(library, driver.percent)


@lru_cache(maxsize=16)
def _with_percent(library: Library, percent: str) -> Library:
    return replace(library, percent=percent)


@dataclass
class _Queries:
    """What the calls of a file that send SQL come to, when all of them are taken down."""

    source: SourceFile
    module: Module
    names: Names
    sinks: Sinks
    seen: set[str] = field(default_factory=set)  # the files that told, or may tell, which database it is

    def facts(self) -> Iterator[Fact]:
        """Every query, and every text that reads as SQL and reached none of them."""
        yield from self._consulted()
        yield from self._queries()
        yield from (Consulted(Range(0, 0), mark_of_module(path)) for path in sorted(self.seen))

    def _queries(self) -> Iterator[Fact]:
        reached: set[Range] = set()
        seen: set[tuple[Range, Range, tuple[Piece, ...]]] = set()
        # What only makes text comes after the queries that the text went into, which tell more of its place.
        for sent in sorted(self.sinks.sent, key=lambda sent: sent.makes_text):
            key = (sent.node.range, sent.argument, sent.pieces)
            if key in seen:
                continue
            spliced = {splice.range for splice in splices(sent.pieces)}
            binds = sent.operation.parameters is not None and sent.has_parameters
            if sent.makes_text and spliced <= reached and (spliced or not binds):
                continue
            seen.add(key)
            reached |= spliced
            is_whole = not (sent.is_fragment or sent.operation.raw)
            dialect = self._dialect(sent.library)
            place = Place(
                clause=sent.operation.clause if sent.is_fragment else "",
                dialect=dialect,
                bound=sent.argument if sent.has_parameters else None,
                marks=marks_of(sent.library, dialect),
                is_whole=is_whole,
                backslash=self._takes_backslash(dialect),
            )
            texts = texts_of(sent.pieces, self.source, place)
            placeholder = self._placeholder(sent, dialect)
            library = _as_driven(sent)
            if not placeholder and spliced and sent.node.range not in self.sinks.undecided:
                placeholder = placeholder_around(sent, self.source, self.names)
                if not placeholder and library is not None and library.told_by:
                    library = self._configured(library)
                    placeholder = self._placeholder(sent, library.dialect)
            yield Query(
                sent.node.range,
                sent.method,
                texts,
                sql=sent.argument,
                library=library,
                handle=sent.handle,
                is_fragment=sent.is_fragment,
                is_raw=sent.operation.raw,
                has_parameters=sent.has_parameters,
                clause=place.clause,
                statements=max((count(text.parts, dialect) for text in texts), default=0) if is_whole else 0,
                tail=sent.tail,
                placeholder=placeholder,
                site=partial(self._site, sent),
            )
        for name, range, pieces in self.sinks.named:
            if not any(splice.range in reached for splice in splices(pieces)) and reads_as(pieces, False):
                place = Place(dialect=self._dialect(None), is_sent=False)
                yield SqlText(range, name, texts_of(pieces, self.source, place)[:1])

    def _consulted(self) -> Iterator[Consulted]:
        """What tells of a change of the module of a Go file: it says which drivers there are, and which version of the
        language a fix is written in."""
        if self.source.language != "go" or not any(next(splices(sent.pieces), None) for sent in self.sinks.sent):
            return
        from persistlint.analysis.tables.catalogs import mark_around  # only who asks reads the project

        if mark := mark_around(self.source):
            yield Consulted(Range(0, 0), mark)

    def _configured(self, library: Library) -> Library:
        """A library that works with several databases, with the dialect of the one that the project has."""
        found = configured(library, self.source.path)
        self.seen.update(found.seen)
        return with_dialect(library, found.dialect) if found.dialect is not None else library

    def _placeholder(self, sent: Sent, dialect: str | None) -> str:
        """How a bind parameter is written in a call, "" where it may be of drivers that write it in several ways."""
        if sent.node.range in self.sinks.undecided:
            return ""
        library, driver = sent.library, sent.driver
        if library is not None and not library.placeholder and not library.generic and driver is not None:
            is_plain = not driver.text and not driver.generic
            return sent.operation.placeholder or (driver.placeholder if is_plain else "")
        return placeholder_of(sent.operation, sent.library, self.names.modules, self.names.catalogue, dialect)

    def _site(self, sent: Sent) -> Site:
        return Site(sent.node, sent.operation, self._scopes[sent.node.range].statements, self._operations)

    @cached_property
    def _operations(self) -> dict[Range, Operation | None]:
        """What every call that was taken down does, None where that is not certain."""
        found: dict[Range, Operation | None] = {}
        for sent in self.sinks.sent:
            is_same = found.setdefault(sent.node.range, sent.operation) is sent.operation
            found[sent.node.range] = sent.operation if is_same else None
        return found

    @cached_property
    def _scopes(self) -> dict[Range, Scope]:
        """The innermost scope of every call that was taken down."""
        calls = sorted({sent.node.range for sent in self.sinks.sent})
        found: dict[Range, Scope] = {}
        for scope in scopes(self.module, calls):  # one inside another comes behind it
            inner = scope.functions[-1].range if scope.functions else self.module.range
            for call in calls[bisect_left(calls, Range(inner.start, inner.start)) :]:
                if call.start >= inner.end:
                    break
                found[call] = scope
        return found

    def _takes_backslash(self, dialect: str | None) -> bool | None:
        """Whether a backslash is an escape in the strings of a database, None where nothing tells which it is. A
        routine counts for one: it has functions that quote."""
        if self.source.language == "sql":
            return True
        dialects = {dialect} if dialect is not None else {driver.dialect for driver in self._drivers}
        return not dialects <= _PLAIN_STRINGS if dialects else None

    @cached_property
    def _drivers(self) -> tuple[Library, ...]:
        """The libraries of one database each that the file imports."""
        return tuple(
            library for library in self.names.catalogue.imported(self.names.modules) if library.dialect is not None
        )

    def _dialect(self, library: Library | None) -> str | None:
        return self.source.dialect or (library.dialect if library is not None else None)


# Dialects in whose strings a backslash is a character like any other.
_PLAIN_STRINGS = frozenset(["postgres", "sqlite", "duckdb", "tsql", "oracle", "trino", "presto", "athena"])
