"""Which calls of a file may send SQL or put it together, told before it is followed what they are given."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.guesses import SENDS
from persistlint.analysis.presence import calls, is_present, nameable, present
from persistlint.languages import Syntax
from persistlint.languages import languages as all_languages
from persistlint.libraries import Catalogue, Library, catalogue
from persistlint.regexes import regex
from persistlint.sql.presence import may_hold_sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from persistlint.source import Range, SourceFile


_LOOKS_LIKE_SQL = regex(
    r"\b(?:select|insert|update|delete|replace|merge|create|alter|drop|truncate|grant|revoke|with|call|exec|execute|where"
    r"|order\s+by|group\s+by|pragma|attach|vacuum|use|set|copy|savepoint|release|values)\b",
    re.I,
)
_MAKES_TEXT = frozenset(["format", "format_map", "Sprintf", "substitute", "replace", "replaceAll"])


def may_send_sql(source: SourceFile) -> bool:
    folder = all_languages()[source.language].libraries
    if folder == "sql" or may_hold_sql(source):
        return True
    sending = _sending(folder)
    called = [word for word in sending.keys() & source.words if calls(source, word)]
    if any(not sending[word] for word in called):
        return True
    return any(is_present(each, folder, source) for each in frozenset().union(*map(sending.__getitem__, called)))


def candidates(syntax: Syntax, folder: str) -> list[Range]:
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
    return tables.distinctive_sinks.union(o.name.rsplit(".", 1)[-1] for o in operations if o.is_sink)


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
    return found | {name.strip("$").encode(): frozenset[Library]() for name in tables.distinctive_sinks}


@lru_cache(maxsize=10_000)
def _may_carry_sql(name: str) -> bool:
    """Whether a call of that name may put SQL together, or send it without being of a library."""
    return name in _MAKES_TEXT or SENDS.search(name) is not None


@lru_cache(maxsize=512)
def _sinks(folder: str, libraries: frozenset[Library]) -> frozenset[str]:
    """The last names of everything that takes SQL, in some libraries of one language and in those without modules."""
    tables = catalogue(folder)
    return _certain(libraries.union(library for library in tables.libraries if not library.modules), tables)
