"""Where a program hands over a value as SQL that it did not put together itself, told from the bytes of its file."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from persistlint.analysis.presence import led_to, nameable
from persistlint.languages import languages
from persistlint.libraries import catalogue
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from persistlint.libraries import Library, Operation, Type
    from persistlint.source import SourceFile

_WORD = regex(rb"\w+")
_CALL = rb"\s*(?:<[^<>()]*>\s*)?\("
_MADE = rb"(?:\s*\(|{)"  # a literal of Go as well: `squirrel.Eq{column: value}`
_NO_TEXT = rb"(?!\s*(?:[)}]|[rbuRBU]?([\"'`])(?:(?!\1)[^$\n])*\1\s*[,):]))"
_NO_KEYWORD = rb"(?!\w+\s*=(?!=))"  # as the first argument, and then as none: those with keywords come last
# One that is no SQL: that holds no text but a word.
_ARGUMENT = rb"(?:[^,()\"'`]++|\((?:[^()]++|\([^()]*+\))*+\)|\"[^\"\s]*+\"|'[^'\s]*+'|`[^`\s]*+`)*+,\s*"
# A chain with its last word and what follows, or an object of which one key may be the SQL.
_VALUE = rb"(?:(?:\w+\s*=\s*)?(?:await\s+)?([\w.$?\[\]\"']*?(\w+)[\]\"'?]*)\s*([,()])|\{)"


def handed(source: SourceFile) -> Iterator[int]:
    """The offsets of the calls that make SQL of whatever they are given, and of those that may be given data from
    outside in its place."""
    libraries, folder = libraries_of(source), languages()[source.language].libraries
    splicing, taking = _calls(libraries, folder)
    for name in sorted(splicing & source.words):
        call = _MADE if source.language == "go" else _CALL
        yield from (match.start() for match in _pattern(name, _NO_TEXT, call).finditer(source.content))
    requests = requests_in(source)
    named = taking_keywords(libraries) if requests and folder == "python" else None
    for name in sorted(taking.keys() & source.words) if requests else ():
        begins = rb"\s*+" if named is None or name in named else rb"\s*+" + _NO_KEYWORD
        for position in taking[name]:
            for match in _pattern(name, begins + _ARGUMENT * position + _VALUE).finditer(source.content):
                # A constant by its spelling is none, and of what a call gives the name of the function tells.
                if match[3] is None or (match[2] in requests if match[3] == b"(" else not match[2].isupper()):
                    yield match.start()


def libraries_of(source: SourceFile) -> frozenset[Library]:
    """The libraries that a file can speak of, those that need no import among them."""
    folder = languages()[source.language].libraries
    return nameable(folder, source) | _everywhere(folder)


def requests_in(source: SourceFile) -> frozenset[bytes]:
    """What data from outside is called in a file: the functions, methods and attributes that give it."""
    known = _sources(libraries_of(source))
    found = set[bytes]().union(*(names & source.words for words, names in known if words <= source.words))
    # What people call a request is one, whatever the file imports.
    for handle, attributes in catalogue(languages()[source.language].libraries).requests.items():
        if handle.encode() in source.words:
            found.update(source.words.intersection(attribute.encode() for attribute in attributes))
    return frozenset(found)


@lru_cache(maxsize=512)
def taking_keywords(libraries: frozenset[Library]) -> frozenset[bytes]:
    """The last words of what some libraries take SQL by a keyword with."""
    every = (operation for library in libraries for operation in operations(library))
    return frozenset(last_word(operation) for operation in every if operation.keys)


def operations(library: Library) -> Iterator[Operation]:
    """The functions of a library, and the methods of its types."""
    yield from library.functions.values()
    for type in library.types.values():
        yield from type.methods.values()


def last_word(operation: Operation) -> bytes:
    """The word by which a call of an operation is known."""
    words: list[bytes] = _WORD.findall(operation.name.encode())
    return words[-1]


@lru_cache(maxsize=1_000)
def _pattern(name: bytes, arguments: bytes, call: bytes = _CALL) -> re.Pattern[bytes]:
    return re.compile(name + rb"(?<!\w" + name + rb")" + call + arguments)


@cache
def _everywhere(folder: str) -> frozenset[Library]:
    return frozenset(library for library in catalogue(folder).libraries if not library.modules)


@lru_cache(maxsize=512)
def _calls(libraries: frozenset[Library], folder: str) -> tuple[frozenset[bytes], Mapping[bytes, frozenset[int]]]:
    """The calls that make SQL of whatever they are given, and all that take SQL, with the places of that among their
    arguments; by their last words."""
    distinctive = [operation for _, operation in catalogue(folder).distinctive.values()]
    every = [operation for library in libraries for operation in operations(library)]
    certain = [o for library in libraries for o in (operations(library) if library.modules else _chained(library))]
    taking: dict[bytes, set[int]] = {}
    for operation in [*certain, *distinctive]:
        if operation.is_sink:
            taking.setdefault(last_word(operation), set()).update(_places(operation))
    splicing = frozenset(last_word(o) for o in [*every, *distinctive] if o.is_sink and (o.raw or o.bare or o.spliced))
    return splicing, {name: frozenset(places) for name, places in taking.items()}


def _places(operation: Operation) -> Iterator[int]:
    """The places of SQL among the arguments of a call. A key may be given in any place, mostly in the first."""
    yield from () if operation.sql is None else (operation.sql,)
    yield from operation.fragments or ()
    if operation.keys or operation.every_argument:
        yield 0


def _chained(library: Library) -> Iterator[Operation]:
    """What can be called on the result of a query that is known by its names alone, as everything of a library without
    modules is. The query itself takes no value for SQL by which nothing but its name speaks."""
    queries = [(type, o) for type in library.types.values() for o in type.methods.values() if o.is_sink]
    given = [type.returned(o.returns or ("self" if type.fluent else None)) for type, o in queries]
    for type in led_to(library, frozenset(filter(None, given))):
        yield from type.methods.values()


@lru_cache(maxsize=512)
def _sources(libraries: frozenset[Library]) -> tuple[tuple[frozenset[bytes], frozenset[bytes]], ...]:
    """What gives data from outside, behind words that stand in every file that uses it."""
    found = []
    for library in libraries:
        for name, operation in library.functions.items():
            if operation.yields == "request":
                words = _WORD.findall(name.encode())
                found.append((frozenset(words), frozenset(words[-1:])))
        if library.modules:
            found.append((frozenset(), _given_by(library.types.values())))
        for type in library.types.values() if not library.modules else ():
            names = _given_by(led_to(library, frozenset([type])))
            handles = type.handles if type.requests else ()
            signs = (frozenset(_WORD.findall(name.encode())) for name in (*type.names, *type.created_by, *handles))
            found += [(sign, names) for sign in signs]
    return tuple((words, names) for words, names in found if names)


def _given_by(types: Collection[Type]) -> frozenset[bytes]:
    """The attributes and methods of types that give data from outside."""
    methods = (name for type in types for name, method in type.methods.items() if method.yields == "request")
    return frozenset(name.encode() for name in (*methods, *(name for type in types for name in type.requests)))
