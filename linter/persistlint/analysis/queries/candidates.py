"""Which calls of a file may send SQL or put it together, told before it is followed what they are given."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.guesses import SENDS
from persistlint.analysis.presence import calls, is_present, nameable, present
from persistlint.analysis.queries.handed import taking_keywords
from persistlint.analysis.scopes import holds
from persistlint.languages import Syntax
from persistlint.languages import languages as all_languages
from persistlint.libraries import Catalogue, Library, catalogue
from persistlint.regexes import regex
from persistlint.sql.presence import may_hold_sql

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from persistlint.source import Range, SourceFile


_LOOKS_LIKE_SQL = regex(
    r"\b(?:select|insert|update|delete|replace|merge|create|alter|drop|truncate|grant|revoke|with|call|exec|execute|where"
    r"|order\s+by|group\s+by|pragma|attach|vacuum|use|set|copy|savepoint|release|values)\b",
    re.I,
)
# Arguments of a call that is given nothing, or one word.
_WORD_ALONE = regex(rb"\s*(?:<[^<>()]*>\s*)?\(\s*(?:([\"'`])[\w.-]*\1\s*)?\)")
_KEYWORD = regex(rb"\s*\(\s*\w+\s*=(?!=)")
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


def candidates(syntax: Syntax, folder: str, near: Sequence[int] | None = None) -> list[Range]:
    """The calls that may send SQL, and whatever may put it together, by the libraries that a file can speak of; where
    `near` is given, those that can have to do with one of these offsets, which are in order. A file in which no text is
    SQL has only calls that take pieces of it."""
    source = syntax.source
    if not syntax.calls and not syntax.templates:
        return []
    if folder != "sql" and not may_hold_sql(source):
        libraries = present(folder, source)
        wanted = _certain(libraries, catalogue(folder))
        calls, templates = [(name, range) for name, range in syntax.calls if name in wanted], []
    else:
        libraries = _known(folder, nameable(folder, source))
        wanted = _certain(libraries, catalogue(folder))
        calls = [(name, range) for name, range in syntax.calls if name in wanted or _may_carry_sql(name)]
        templates = [range for range in syntax.templates if _LOOKS_LIKE_SQL.search(source.text(range))]
    if near is not None:
        named = taking_keywords(libraries) if folder == "python" else None
        calls = [(name, range) for name, range in calls if _may_be_given_text(name, range, source, named)]
        templates = [range for range in templates if holds(near, range)]
    return [range for _, range in calls] + templates


def _may_be_given_text(name: str, range: Range, source: SourceFile, named: frozenset[bytes] | None) -> bool:
    """Whether a call may be given a text in which a value or a placeholder stands: more than one word, and where there
    are keywords, by which only what is `named` takes SQL, other arguments than those."""
    if _WORD_ALONE.match(source.content, range.end):
        return False
    if named is None or name.encode() in named or _may_carry_sql(name):
        return True
    return _KEYWORD.match(source.content, range.end) is None


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
def _known(folder: str, libraries: frozenset[Library]) -> frozenset[Library]:
    """Some libraries of one language, and those without modules."""
    return libraries.union(library for library in catalogue(folder).libraries if not library.modules)
