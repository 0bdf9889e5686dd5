"""Which names of a file may stand for models that another module of its program makes, told from its bytes: those that
it imports from there, and on which something is called that models of some library have."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from persistlint.analysis.presence import led_to
from persistlint.languages import languages
from persistlint.libraries import catalogue
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.libraries import Type
    from persistlint.source import SourceFile

_NOTHING: frozenset[bytes] = frozenset()
# What is imported from a module of the program by its spelling; in Python that could be any module.
_OF_PROGRAM = regex(rb"\b(?:from|require\s*\(|import\s*\()\s*[\"'](?:\.|@/|~/)")
_DECLARES = regex(rb"\b(?:import|const|let|var)\b")
_LONGEST = 2_000  # bytes of the names that are taken out of one module
_FROM = regex(rb"^[ \t]*from[ \t]+[\w.]+[ \t]+import\b[ \t]*(\([^)]{1,2000}\)|[^\n]+)", re.MULTILINE)
_NAME = regex(rb"[\w$]+")
_FURTHEST = 80  # bytes before a call in which its object is looked for
_OBJECT = regex(rb"(?:([\w$]+)\s*\??\.\s*)?([\w$]+)\s*[?!]?\s*\Z")
_NEW = regex(rb"\bnew\s+(?:([\w$]+)\s*\.\s*)?([\w$]+)")
# `const User = db.users`, `const { User } = db`
_PART = regex(rb"((?<![\w$])[\w$]+|\})\s*=\s*([\w$]+)\b(?!\s*\()")


@lru_cache(maxsize=4)  # it is asked before a file is parsed, and again behind
def may_be_models(source: SourceFile) -> frozenset[bytes]:
    """The names that a file imports from its own program which may be models, or an object that has some."""
    folder = languages()[source.language].libraries
    if folder not in ("python", "javascript") or not _may_call(source, folder):
        return _NOTHING
    clauses = _FROM.findall(source.content) if folder == "python" else _declared(source.content)
    own = {name for clause in clauses for name in _NAME.findall(clause)}
    if not own:
        return _NOTHING
    used = set(_used(source, folder))
    if folder == "python":
        return frozenset(name for name in own & used if name[:1].isupper())
    used.update(whole for part, whole in _PART.findall(source.content) if part in used or part == b"}")
    return frozenset(own & used)


@cache
def types_of_models(folder: str) -> frozenset[Type]:
    """The types of models of all libraries that have modules, and what those lead to."""
    found: frozenset[Type] = frozenset()
    for library in catalogue(folder).libraries:
        if library.modules and library.model is not None:
            found |= led_to(library, frozenset([library.model]))
    return found


def _declared(content: bytes) -> Iterator[bytes]:
    """What stands between the word that declares something and the module of the program that it comes from."""
    end = 0
    for match in _OF_PROGRAM.finditer(content):
        start = max(end, match.start() - _LONGEST)
        end = match.end()
        places = [found.start() for found in _DECLARES.finditer(content, start, match.start())]
        yield content[places[-1] if places else start : match.start()]


def _may_call(source: SourceFile, folder: str) -> bool:
    return b"save" in source.words or not _methods(folder).isdisjoint(source.words)


def _used(source: SourceFile, folder: str) -> Iterator[bytes]:
    """The names on which, or on a part of which, something is called that models have."""
    content = source.content
    for match in _calls(folder).finditer(content):
        found = _OBJECT.search(content, max(0, match.start() - _FURTHEST), match.start())
        if found is not None:
            yield from filter(None, found.groups())
    if b"save" in source.words:
        yield from (name for found in _NEW.findall(content) for name in found if name)


@cache
def _calls(folder: str) -> re.Pattern[bytes]:
    return re.compile(rb"\.\s*(?:%b)\s*[(<]" % b"|".join(sorted(_methods(folder))))


@cache
def _methods(folder: str) -> frozenset[bytes]:
    """The methods of models, as they stand in a file."""
    models = (library.model for library in catalogue(folder).libraries if library.modules)
    return frozenset(
        name.encode() for model in models if model is not None for name in model.methods if name.isidentifier()
    )
