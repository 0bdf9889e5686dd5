"""From calls to facts: which calls send SQL, what they send, and where each value stands in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import field
from functools import cache, cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from persistlint.analysis.calls import Resolved, of_other_libraries
from persistlint.analysis.interpreter import Interpreter
from persistlint.analysis.methods import Actual
from persistlint.analysis.names import Names, last_name
from persistlint.analysis.placeholders import marks_of, placeholder_of, takes_values
from persistlint.analysis.presence import is_present, nameable, present
from persistlint.analysis.reach import Reach
from persistlint.analysis.schedule import Wanted
from persistlint.analysis.scopes import Scope, scopes
from persistlint.analysis.signs import places
from persistlint.analysis.statements import count, tail
from persistlint.analysis.texts import Place, texts_of
from persistlint.analysis.values import (
    Atom,
    Class,
    Closure,
    Entries,
    Imported,
    Instance,
    Items,
    Piece,
    Splice,
    Sql,
    Text,
    Value,
    choice,
    linearise,
    options_of,
    origin_of,
    pieces_of,
    splices,
)
from persistlint.facts import Fact, Origin, Query, Site, SqlText, Tail
from persistlint.ir import Attribute, Call, Expression, Module
from persistlint.languages import Syntax
from persistlint.languages import languages as all_languages
from persistlint.libraries import Catalogue, Library, Operation, Type, catalogue
from persistlint.patterns import AnyOf, one_by_one
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.presence import may_hold_sql
from persistlint.sql.recognise import reads_as_fragment, reads_as_sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from persistlint.facts import Sign
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

_SAYS_SQL = regex(
    r"(?:.*[._]|^)?(?:sql|query|queries|stmt|statement|ddl|dml)(?:_?(?:text|str|string|template|tpl|base))?\d*$", re.I
)
_CAMEL = regex(r"(?<=[a-z0-9])(?=[A-Z])")
_LOOKS_LIKE_SQL = regex(
    r"\b(?:select|insert|update|delete|replace|merge|create|alter|drop|truncate|grant|revoke|with|call|exec|execute|where"
    r"|order\s+by|group\s+by|pragma|attach|vacuum|use|set|copy|savepoint|release|values)\b",
    re.I,
)
# What people call objects that have methods named as those of databases.
_NO_DATABASES = frozenset(
    [
        "executor",
        "driver",
        "browser",
        "page",
        "redis",
        "cache",
        "logger",
        "log",
        "shell",
        "runner",
        "process",
        "subprocess",
        "ssh",
        "cmd",
        "command",
        "console",
        "os",
        "element",
        "document",
        "router",
        "app",
        "axios",
        "http",
        "fetch",
        "api",
        "graphql",
        "gql",
    ]
)
_LIBRARY_MARK = regex(r"(\$\w+|\$[({<\[/]\w+[)}>\]/]):(?:name|raw|value|alias|csv|list|json)")  # pg-promise
_VERB = regex(
    r"\s*(?:select|insert|update|delete|replace|merge|upsert|create|alter|drop|truncate|with|call|exec|grant|revoke|set)\s",
    re.I,
)
_DATABASE = regex(
    r"_*(?:\w*_)?(?:db|database|conn|connection|cursor|cur)\d*|\w*(?:DB|Db|Database|Connection|Conn|Cursor)", re.ASCII
)
_SENDS = regex(r"query|sql|exec|statement|stmt", re.I)  # in the name of a function that may well send SQL
_SHOWS = regex(
    r"wmi|graphql|log|print|debug|pars|format|highlight|assert|expect|error|warn|trace|hash|cache|normali", re.I
)
_MAKES_TEXT = frozenset(["format", "format_map", "Sprintf", "substitute", "replace", "replaceAll"])
_TEXT_KEYS = ("text", "sql", "query", "statement", "sqlText")


@dataclass(frozen=True)
class _Sent:
    """One call that sends SQL, before the holes are looked at."""

    node: Call
    argument: Range
    operation: Operation
    library: Library | None
    method: str
    handle: str
    pieces: tuple[Piece, ...]
    is_fragment: bool
    has_parameters: bool
    tail: Tail
    driver: Library | None = None  # of the connection that the call is handed


@dataclass
class _Collector:
    """Takes down what the interpreter meets."""

    source: SourceFile
    module: Module
    names: Names
    tables: Catalogue
    sent: list[_Sent] = field(default_factory=list)
    named: list[tuple[str, Range, tuple[Piece, ...]]] = field(default_factory=list)
    undecided: set[Range] = field(default_factory=set)  # calls that may be of several drivers

    # ------------------------------------------------------------------------------------------------- calls

    def on_call(
        self,
        node: Call,
        receiver: Value | None,
        called: Value | None,
        resolved: Resolved | None,
        actuals: list[Actual],
        tagged: bool = False,
    ) -> Resolved | None:
        """Take down a call if SQL goes into it; return the operation that it is, guessed by names where need be."""
        if isinstance(called, Closure | Class):
            return resolved
        if tagged:
            operation = resolved.operation if resolved is not None else _TAG
            library = operation.library if resolved is not None else None
            self._take(
                node, operation, library, actuals[0], is_fragment=False, certain=False, actuals=actuals, is_tag=True
            )
        elif resolved is None:
            guess = self._guess(node, receiver, called, actuals)
            if guess is not None:
                resolved, library, certain = guess
                self._send(node, resolved.operation, library, actuals, certain)
            elif _is_of_database(node) and (text := self._statement(actuals)) is not None:
                self._take(node, _OWN, None, text, is_fragment=False, certain=False, actuals=actuals)
            elif _may_send(node):
                for actual in actuals:
                    given = actual.value.entries if isinstance(actual.value, Entries) else (("sql", actual.value),)
                    for key, value in given:
                        if key in _TEXT_KEYS:
                            self.on_text("sql", actual.expression, value)
        elif resolved.operation.is_sink:
            others = [other.operation for other in of_other_libraries(node, receiver, resolved)]
            if len({_mark(operation) for operation in (resolved.operation, *others)}) > 1:
                self.undecided.add(node.range)
            self._send(node, resolved.operation, resolved.operation.library, actuals, certain=True)
        return resolved

    def on_text(self, name: str, expression: Expression, value: Value) -> None:
        """Take down a text that is stored or returned under a name that says SQL."""
        plain = _CAMEL.sub("_", name)
        if not _SAYS_SQL.fullmatch(plain) and not re.search(r"(?:^|_)(?:sql|query|statement)(?:_|$)", plain, re.I):
            return
        for option in options_of(value):
            if isinstance(option, Text) and origin_of(option) > Origin.ANNOTATED:
                self.named.append((name, expression.range, option.pieces))

    def _send(
        self, node: Call, operation: Operation, library: Library | None, actuals: list[Actual], certain: bool
    ) -> None:
        for actual, is_fragment in _sql_arguments(operation, actuals):
            self._take(node, operation, library, actual, is_fragment, certain, actuals)
        pattern = _RAW_PLACEHOLDERS.get(library.name) if library is not None else None
        if pattern is not None:
            self._raw_placeholders(node, operation, library, actuals, pattern)

    def _take(
        self,
        node: Call,
        operation: Operation,
        library: Library | None,
        actual: Actual,
        is_fragment: bool,
        certain: bool,
        actuals: list[Actual],
        is_tag: bool = False,  # what a template binds are its holes alone
    ) -> None:
        value = actual.value
        if isinstance(value, Items):
            value = choice(value.elements) if value.elements else Text(())
        texts_of_objects = [
            item
            for option in options_of(value)
            if isinstance(option, Entries)
            for key, item in option.entries
            # Django's `extra(select={"late": "due_on < …"})`: what only a keyword takes gives SQL a name.
            if key is not None and (key in (operation.keys or _TEXT_KEYS) or (is_fragment and not operation.fragments))
        ]
        if texts_of_objects:
            value = choice(texts_of_objects)
        texts = [option for option in options_of(value) if isinstance(option, Text | Sql)]
        bare = [option for option in options_of(value) if not isinstance(option, Text | Sql)]
        pieces: list[tuple[Piece, ...]] = [_as_sent(text, library) for text in texts]
        if bare and self._counts_alone(operation, is_fragment, choice(bare), actual):
            pieces.append(pieces_of(choice(bare), actual.range, actual.range))
        for text in pieces:
            if not certain and not self._reads(text, is_fragment):
                continue
            self.sent.append(
                _Sent(
                    node,
                    actual.range,
                    operation,
                    library,
                    last_name(node.function),
                    self.source.text(node.function.value.range) if isinstance(node.function, Attribute) else "",
                    text,
                    is_fragment,
                    not is_tag and takes_values(operation, actuals, self.source),
                    tail(operation, actuals, self.source),
                    _driver_of(actuals),
                )
            )

    def _counts_alone(self, operation: Operation, is_fragment: bool, value: Value, actual: Actual) -> bool:
        """Whether a value that was not put together here is interpolation all the same: what an escape hatch takes
        is spliced into a query wherever it comes from."""
        if isinstance(value, Closure | Class | Instance | Imported | Entries | Items):
            return False
        if isinstance(value, Atom) and (value.type is not None or value.origin <= Origin.BOUND):
            return False
        name = last_name(actual.expression)
        if (name == "raw" or _SAYS_SQL.fullmatch(_CAMEL.sub("_", name))) and origin_of(value) is not Origin.REQUEST:
            return False  # a thin wrapper: whoever calls it writes the SQL
        origin = origin_of(value)
        if isinstance(actual.expression, Call) and origin is Origin.UNKNOWN:
            return False  # a function of another file made it
        if origin is Origin.REQUEST and not is_fragment and isinstance(actual.expression, Attribute):
            return False  # `req.query` as a whole is an object, not SQL
        if operation.raw or origin is Origin.REQUEST:
            return True
        return operation.bare and origin is Origin.PARAMETER

    def _reads(self, pieces: tuple[Piece, ...], is_fragment: bool) -> bool:
        # Alternatives that never go together may spoil a text, so it is also read without any of them.
        for text in [*linearise(pieces, most=3), pieces]:
            parts = [_LIBRARY_MARK.sub(r"\1", piece) if isinstance(piece, str) else None for piece in text]
            if reads_as_sql(parts) or (is_fragment and reads_as_fragment(parts)):
                return True
        return False

    def _guess(
        self, node: Call, receiver: Value | None, called: Value | None, actuals: list[Actual]
    ) -> tuple[Resolved, Library | None, bool] | None:
        """The operation that a call is by the name of its method and of its receiver, where no type is known."""
        name = last_name(node.function)
        if isinstance(node.function, Attribute):
            if isinstance(receiver, Text | Items | Entries | Closure | Class):
                return None
            if isinstance(receiver, Atom) and (receiver.type is not None or receiver.origin <= Origin.NUMBER):
                return None
            if name in self.tables.distinctive:
                type, operation = self.tables.distinctive[name]
                return Resolved(operation, type), type.library if self._imports(type.library) else None, True
            handle = last_name(node.function.value).lstrip("_$").lower()
        else:
            handle = ""
        if isinstance(called, Imported) and called.name in self.tables.functions:
            return None
        if handle in _NO_DATABASES:
            return None
        best: tuple[tuple[bool, bool, bool], Operation, Type] | None = None
        marks: dict[tuple[bool, bool, bool], set[str]] = {}
        is_told = False  # `execute(text("…"))` is of SQLAlchemy
        for type, operation in self.tables.methods.get(name, ()):
            library = type.library
            is_named = handle in {module.lower() for module in library.modules}  # `models.sequelize`, of another file
            if library.modules and not is_named and not self._imports(library):
                continue
            fits = handle in {known.lower() for known in type.handles}
            if operation.sql is None and not fits:
                continue
            texts = [
                option
                for actual, _ in _sql_arguments(operation, actuals)
                for option in options_of(actual.value)
                if isinstance(option, Text | Sql | Entries)
            ]
            rank = (bool(texts), fits, bool(library.modules))
            marks.setdefault(rank, set()).add(_mark(operation))
            is_told |= bool(library.text) and any(_is_made_by(library.text, actual) for actual in actuals)
            if best is None or rank > best[0]:
                best = rank, operation, type
        if best is None:
            return None
        rank, operation, type = best
        _, fits, imported = rank
        if len(marks[rank]) > 1 and not is_told:
            self.undecided.add(node.range)
        return Resolved(operation, type), type.library, fits and imported and self._begins(operation, actuals)

    def _begins(self, operation: Operation, actuals: list[Actual]) -> bool:
        """Whether the SQL of a call at least begins as SQL does: a dialect may go on as it likes."""
        return any(_begins_as_sql(actual) for actual, _ in _sql_arguments(operation, actuals))

    def _statement(self, actuals: list[Actual]) -> Actual | None:
        """The first argument that is a whole statement."""
        return next(filter(_begins_as_sql, actuals), None)

    def _imports(self, library: Library) -> bool:
        return bool(self.names.modules.intersection(library.modules))

    def _raw_placeholders(
        self, node: Call, operation: Operation, library: Library | None, actuals: list[Actual], pattern: re.Pattern[str]
    ) -> None:
        """pg-promise splices `$1:raw` and its kin as they are."""
        for actual in actuals[:1]:
            for text in [option for option in options_of(actual.value) if isinstance(option, Text)]:
                pieces: list[Piece] = []
                for piece in text.pieces:
                    if not isinstance(piece, str):
                        pieces.append(piece)
                        continue
                    last = 0
                    for match in pattern.finditer(piece):
                        target = _parameter(match.group("name"), actuals)
                        pieces.append(piece[last : match.start()])
                        pieces.append(Splice(target.range, target.range, origin_of(target.value)))
                        last = match.end()
                    pieces.append(piece[last:])
                if len(pieces) > len(text.pieces):
                    filled = Actual(Text(tuple(pieces)), actual.range, actual.expression)
                    self._take(node, operation, library, filled, is_fragment=False, certain=True, actuals=actuals)

    # ------------------------------------------------------------------------------------------------- facts

    def facts(self) -> Iterator[Fact]:
        """Every query, and every text that reads as SQL and reached none of them."""
        reached: set[Range] = set()
        seen: set[tuple[Range, Range, tuple[Piece, ...]]] = set()
        # What only makes text comes after the queries that the text went into, which tell more of its place.
        for sent in sorted(self.sent, key=lambda sent: _makes_text(sent.operation)):
            key = (sent.node.range, sent.argument, sent.pieces)
            if key in seen:
                continue
            spliced = {splice.range for splice in splices(sent.pieces)}
            binds = sent.operation.parameters is not None and sent.has_parameters
            if _makes_text(sent.operation) and spliced <= reached and (spliced or not binds):
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
            yield Query(
                sent.node.range,
                sent.method,
                texts,
                sql=sent.argument,
                library=sent.library,
                handle=sent.handle,
                is_fragment=sent.is_fragment,
                is_raw=sent.operation.raw,
                has_parameters=sent.has_parameters,
                clause=place.clause,
                statements=max((count(text.parts, dialect) for text in texts), default=0) if is_whole else 0,
                tail=sent.tail,
                placeholder=self._placeholder(sent, dialect),
                site=partial(self._site, sent),
            )
        for name, range, pieces in self.named:
            if not any(splice.range in reached for splice in splices(pieces)) and self._reads(pieces, False):
                place = Place(dialect=self._dialect(None), is_sent=False)
                yield SqlText(range, name, texts_of(pieces, self.source, place)[:1])

    def _placeholder(self, sent: _Sent, dialect: str | None) -> str:
        """How a bind parameter is written in a call, "" where it may be of drivers that write it in several ways."""
        if sent.node.range in self.undecided:
            return ""
        library, driver = sent.library, sent.driver
        if library is not None and not library.placeholder and not library.generic and driver is not None:
            is_plain = not driver.text and not driver.generic and driver.percent == library.percent
            return sent.operation.placeholder or (driver.placeholder if is_plain else "")
        return placeholder_of(sent.operation, sent.library, self.names.modules, self.tables, dialect)

    def _site(self, sent: _Sent) -> Site:
        return Site(sent.node, sent.operation, self._scopes[sent.node.range].statements, self._operations)

    @cached_property
    def _operations(self) -> dict[Range, Operation | None]:
        """What every call that was taken down does, None where that is not certain."""
        found: dict[Range, Operation | None] = {}
        for sent in self.sent:
            is_same = found.setdefault(sent.node.range, sent.operation) is sent.operation
            found[sent.node.range] = sent.operation if is_same else None
        return found

    @cached_property
    def _scopes(self) -> dict[Range, Scope]:
        """The innermost scope of every call that was taken down."""
        calls = sorted({sent.node.range for sent in self.sent})
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
        return tuple(library for library in self.tables.imported(self.names.modules) if library.dialect is not None)

    def _dialect(self, library: Library | None) -> str | None:
        return self.source.dialect or (library.dialect if library is not None else None)


# Dialects in whose strings a backslash is a character like any other.
_PLAIN_STRINGS = frozenset(["postgres", "sqlite", "duckdb", "tsql", "oracle", "trino", "presto", "athena"])
_OWN = Operation(Library("a method of the program"), "send", sql=0, placeholder="unknown")
_TAG = Operation(Library("a template tag"), "tag", sql=0)
_RAW_PLACEHOLDERS = {
    # https://vitaly-t.github.io/pg-promise/formatting.html: raw text, and open values (no quotes are added)
    "pg-promise": regex(r"\$(?P<open>[({<\[/])?(?P<name>\w+)(?::raw|\^|:value|#)(?(open)[)}>\]/])"),
}


def facts(syntax: Syntax, names: ProjectNames, signs: frozenset[Sign] = frozenset()) -> Iterator[Fact]:
    """The queries of a file, and the texts in it that are SQL and reach no query; with signs, at least those that have
    to do with a place where one of them stands."""
    near = places(syntax.source, signs) if signs else None
    language = all_languages()[syntax.source.language]
    tables = catalogue(language.libraries)
    scope = Names(tables, language.libraries)
    candidates = _candidates(syntax, language.libraries) if near != () else []
    if not candidates:
        return
    module: Module = syntax.lower()
    reach = Reach(syntax.source, module, near) if near is not None else None
    if reach is not None and not reach:
        return
    collector = _Collector(syntax.source, module, scope, tables)
    interpreter = Interpreter(scope, language.name, collector.on_call, collector.on_text)
    interpreter.run(module, Wanted(candidates, syntax.calls, reach))
    yield from collector.facts()


def may_have(source: SourceFile, names: ProjectNames, signs: frozenset[Sign] = frozenset()) -> bool:
    """Whether a file can have a query, with signs one that has to do with them."""
    return _may_send_sql(source) and (not signs or places(source, signs) != ())


def _may_send_sql(source: SourceFile) -> bool:
    folder = all_languages()[source.language].libraries
    if folder == "sql" or may_hold_sql(source):
        return True
    sending = _sending(folder)
    called = [word for word in sending.keys() & source.words if _call_of(word).search(source.content)]
    if any(not sending[word] for word in called):
        return True
    return any(is_present(each, folder, source) for each in frozenset().union(*map(sending.__getitem__, called)))


def _candidates(syntax: Syntax, folder: str) -> list[Range]:
    """The calls that may send SQL, and whatever may put it together, by the libraries that a file can speak of. One in
    which no text is SQL has only those that take pieces of it."""
    source = syntax.source
    if not syntax.calls and not syntax.templates:
        return []
    if folder != "sql" and not may_hold_sql(source):
        wanted = _certain(present(folder, source), catalogue(folder))
        return [range for name, range in syntax.calls if name in wanted]
    wanted = _sinks(folder, nameable(folder, source))
    candidates = [range for name, range in syntax.calls if name in wanted or _may_carry_sql(name)]
    return candidates + [range for range in syntax.templates if _LOOKS_LIKE_SQL.search(source.text(range))]


@lru_cache(maxsize=512)
def _certain(libraries: frozenset[Library], tables: Catalogue) -> frozenset[str]:
    """The last names of what takes SQL for certain in a file that knows some libraries, whatever it is given."""
    operations = [operation for library in libraries for operation in library.functions.values()]
    operations += [o for library in libraries for type in library.types.values() for o in type.methods.values()]
    return frozenset(tables.distinctive).union(o.name.rsplit(".", 1)[-1] for o in operations if o.is_sink)


@cache
def _sending(folder: str) -> Mapping[bytes, frozenset[Library]]:
    """The last words of what takes SQL for certain, whatever it is given, with the libraries that one of them has to be
    of; none where it can be of no other."""
    tables = catalogue(folder)
    found: dict[bytes, frozenset[Library]] = {}
    for library in tables.libraries:
        for name in _certain(frozenset([library]), tables) if library.modules else ():
            word = name.strip("$").encode()
            found[word] = found.get(word, frozenset()) | {library}
    return found | {name.strip("$").encode(): frozenset[Library]() for name in tables.distinctive}


@cache
def _call_of(word: bytes) -> AnyOf:
    """What matches where something of this last word is called, with whatever stands before the arguments, or is the
    tag of a text."""
    return one_by_one(rb"\b" + word + rb"\s*(?:[(`<\[!]|\?\.)")


@lru_cache(maxsize=10_000)
def _may_carry_sql(name: str) -> bool:
    """Whether a call of that name may put SQL together, or send it without being of a library."""
    return name in _MAKES_TEXT or _SENDS.search(name) is not None


@lru_cache(maxsize=512)
def _sinks(folder: str, libraries: frozenset[Library]) -> frozenset[str]:
    """The last names of everything that takes SQL, in some libraries of one language and in those without modules."""
    tables = catalogue(folder)
    return _certain(libraries.union(library for library in tables.libraries if not library.modules), tables)


def _as_sent(value: Text | Sql, library: Library | None) -> tuple[Piece, ...]:
    """The text that a library makes of a value: some do not know Python's t-strings."""
    if isinstance(value, Sql) and value.unbound is not None and library is not None and library.modules:
        return value.pieces if library.template_strings else value.unbound
    return value.pieces


def _makes_text(operation: Operation) -> bool:
    return operation.raw or operation.yields == "argument"


def _begins_as_sql(actual: Actual) -> bool:
    texts = [option for option in options_of(actual.value) if isinstance(option, Text)]
    first = next((piece for text in texts for piece in text.pieces if isinstance(piece, str) and piece.strip()), "")
    return bool(_VERB.match(first))


def _is_of_database(node: Call) -> bool:
    """Whether a call is one of a method of the program's own on what it calls a database: `myDB.select("…")`."""
    if not isinstance(node.function, Attribute) or _SHOWS.search(node.function.name):
        return False
    return _DATABASE.fullmatch(last_name(node.function.value)) is not None


def _may_send(node: Call) -> bool:
    """Whether a function that nothing is known of sends SQL, by its name."""
    name = last_name(node.function)
    if isinstance(node.function, Attribute) and last_name(node.function.value).lstrip("_$").lower() in _NO_DATABASES:
        return False
    return bool(_SENDS.search(name)) and not _SHOWS.search(name)


def _sql_arguments(operation: Operation, actuals: list[Actual]) -> Iterator[tuple[Actual, bool]]:
    """The arguments that carry SQL, and whether each is a fragment."""
    named = [actual for actual in actuals if actual.keyword is not None and actual.keyword in operation.keys]
    positional = [actual for actual in actuals if actual.keyword is None]
    whole = operation.sql is not None
    for actual in named:
        yield actual, not whole
    if operation.sql is not None and operation.sql < len(positional) and not named:
        yield positional[operation.sql], False
    if operation.every_argument:
        for actual in positional:
            yield actual, True
    for index in operation.fragments or ():
        if index < len(positional) and not named:
            yield positional[index], True


def _mark(operation: Operation) -> str:
    return operation.placeholder or operation.library.placeholder


def _driver_of(actuals: list[Actual]) -> Library | None:
    """The library of the one object among the arguments of a call that reaches a database."""
    types = [o.type for a in actuals for o in options_of(a.value) if isinstance(o, Atom) and o.type is not None]
    found = {type.library for type in types if type.role}
    return found.pop() if len(found) == 1 else None


def _is_made_by(function: str, actual: Actual) -> bool:
    return isinstance(actual.expression, Call) and last_name(actual.expression.function) == function


def _parameter(name: str, actuals: list[Actual]) -> Actual:
    """The argument that fills a placeholder: `$1` the first of an array, `$<name>` a property."""
    if len(actuals) < 2:
        return actuals[0]
    values = actuals[1]
    elements = getattr(values.expression, "elements", None)
    if name.isdigit() and elements is not None and int(name) <= len(elements):
        element = elements[int(name) - 1]
        value = values.value.elements[int(name) - 1] if isinstance(values.value, Items) else values.value
        return Actual(value, element.range, element)
    if isinstance(values.value, Entries) and (found := values.value.get(name)) is not None:
        entry = next(e for e in values.expression.entries if getattr(e.key, "value", None) == name)  # type: ignore[attr-defined]
        return Actual(found, entry.value.range, entry.value)
    return values
