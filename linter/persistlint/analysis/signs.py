"""Where in a file the signs stand that rules ask for (`facts.Sign`), told from its bytes. A place may have nothing to
do with SQL after all, but where there is none the rule has nothing to report.

A pattern that begins with plain characters is found many times as fast as another one.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from persistlint.analysis.queries.handed import handed, last_word, libraries_of, operations
from persistlint.facts import PROGRAMS, Sign
from persistlint.regexes import regex
from persistlint.sql.pieces import may_be_piece
from persistlint.sql.presence import may_begin
from persistlint.sql.shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from persistlint.libraries import Library
    from persistlint.source import SourceFile

_NEAR = 200  # bytes before a word
_PLACEHOLDER = rb"(?:\?|%[s(]|(?<![\w:])[$:@]\w|\$\{)"
_ENDS_CLAUSE = rb"\b(?:limit|offset|fetch|having|union|window|rows|where)\b"
# Texts in lower case, as are those of the other patterns.
_NAME_IS_PLACEHOLDER = (
    *(
        word + rb"(?:(?<!\w" + word + rb")|(?<=\\[nrt]" + word + rb"))\s+(?:[\w\".]+\.)?" + _PLACEHOLDER
        for word in (b"from", b"join", b"into", b"update", b"table", b"truncate", b"only", b"exists")
    ),
    *(
        word + rb"\s+by\b(?:(?!" + _ENDS_CLAUSE + rb")[^;\"'`]){0,300}?" + _PLACEHOLDER
        for word in (b"order", b"group", b"partition")
    ),
)
# A text of names and placeholders alone, perhaps with a direction.
_NAMES = tuple(
    quote + rb"[\w\s.,]{0,100}?" + _PLACEHOLDER + rb"\w*\s*(?:asc\b|desc\b|[\"'`,])" for quote in (b"'", b'"', b"`")
)
# At the beginning of a literal, or behind a comment there: the name of what is set, or a part of it, and behind that a
# placeholder, or the end of the literal. An escaped line end is between two words, and in no name: what could be both
# would be tried in every way.
_BETWEEN = rb"(?:\s|\\[nrt])++"
_SET = (
    rb"set(?<=[\s\"'`/]set)(?:[\"'`]|"
    + _BETWEEN
    + rb"(?:(?:local|session)"
    + _BETWEEN
    + rb")?(?:time\s+zone|(?:[\w.\"\x80-\xff]|\\(?![nrt]))*(?:(?:"
    + _BETWEEN
    + rb")?(?:=|to\b))?)(?:"
    + _BETWEEN
    + rb")?[\"'`?%$:@{])",
)
_SET_BEGINS = regex(rb"(?:(?<!\w)(?:[\"'`]|[rbfut]{1,2}[\"'])|\*/|--[^\n]*\n)\s*\Z")
# In JavaScript what stands before a quote is a tag, elsewhere the name of a table: "UPDATE `user` SET …".
_SET_BEGINS_TAGGED = regex(_SET_BEGINS.pattern + rb"|\w`\s*\Z")
# Behind a semicolon a statement, or a value; or texts that are put together by it.
_VERBS = b"|".join(sorted((verb.lower().encode() for verb in SHAPES), reverse=True))
_SECOND = (
    rb";(?:[\s\"'`+\\()]|\\[nrt]|--[^\n]*\n|/\*[^*]*\*/)*(?:\$?\{|%[sv]|(" + _VERBS + rb")\s+(?![.=(\[:,;)]))",
    rb";\s*[\"'`]\s*(?:\+|\.join\b)",
    rb"join\s*\(\s*[\"'`]\s*;",
)

# A code of HTTP that is compared, a case, a result, an argument or on a branch, by what stands before or behind it.
_CODE = regex(rb"[1-5]\d\d(?<![\w.$#]\d\d\d)(?![\w.%])")
_CODE_BEHIND = regex(rb"(?:[=!]=|\b(?:case|return|in|else)|[(,?|]|\?[^\n?]*:|\n[ \t]*:)[\s(\[{]*\Z")
_CODE_BEFORE = regex(rb"[\s)]*(?:[=!]=|\bif\b)")


def places(source: SourceFile, signs: Iterable[Sign]) -> tuple[int, ...] | None:
    """The offsets at which one of these signs stands, in order; None where they are not known for the language."""
    if source.language not in PROGRAMS:
        return None
    return tuple(sorted({offset for sign in signs for offset in _places(source, sign)}))


@lru_cache(maxsize=8)  # they are asked for before a file is parsed, and again behind
def _places(source: SourceFile, sign: Sign) -> tuple[int, ...]:
    return tuple(_LOOKING[sign](source))


def _joined(source: SourceFile) -> Iterator[int]:
    joins = import_module(f"persistlint.languages.{source.language}.joins").joins
    for offset, text in joins(source.content):
        if text is None or may_be_piece(text):
            yield offset
    yield from handed(source)


def _placeholders_for_names(source: SourceFile) -> Iterator[int]:
    lowered = source.lowered
    yield from (match.start() for match in _matches(_NAME_IS_PLACEHOLDER, lowered))
    if not _taking_names(libraries_of(source)).isdisjoint(source.words):
        yield from (match.start() for match in _matches(_NAMES, lowered))


def _placeholders_in_set(source: SourceFile) -> Iterator[int]:
    lowered = source.lowered
    begins = _SET_BEGINS if source.language in ("python", "go") else _SET_BEGINS_TAGGED
    for match in _matches(_SET, lowered):
        is_first = begins.search(lowered, max(0, match.start() - _NEAR), match.start())
        if is_first and may_begin(source.content, match.start()):
            yield match.start()


def _second_statements(source: SourceFile) -> Iterator[int]:
    for match in _matches(_SECOND, source.lowered):
        if not match.re.groups or match.start(1) < 0 or may_begin(source.content, match.start(1)):
            yield match.start()


def _statuses(source: SourceFile) -> Iterator[int]:
    content = source.content
    for match in _CODE.finditer(content):
        start, end = match.span()
        if _CODE_BEFORE.match(content, end) or _CODE_BEHIND.search(content, max(0, start - _NEAR), start):
            yield start


_LOOKING: dict[Sign, Callable[[SourceFile], Iterator[int]]] = {
    Sign.JOINED_TEXT: _joined,
    Sign.PLACEHOLDER_FOR_NAME: _placeholders_for_names,
    Sign.PLACEHOLDER_IN_SET: _placeholders_in_set,
    Sign.SECOND_STATEMENT: _second_statements,
    Sign.STATUS: _statuses,
}


def _matches(patterns: tuple[bytes, ...], lowered: bytes) -> Iterator[re.Match[bytes]]:
    for pattern in _compiled(patterns):
        yield from pattern.finditer(lowered)


@cache
def _compiled(patterns: tuple[bytes, ...]) -> tuple[re.Pattern[bytes], ...]:
    return tuple(map(re.compile, patterns))


@lru_cache(maxsize=512)
def _taking_names(libraries: frozenset[Library]) -> frozenset[bytes]:
    """The last words of the calls that take a list of names."""
    taking = (operation for library in libraries for operation in operations(library))
    return frozenset(last_word(operation) for operation in taking if operation.clause in ("order", "group", "from"))
