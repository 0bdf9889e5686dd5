"""Which functions of a file can do something to a database, and which can hold what rules ask for by a sign
(`facts.Sign`), told from names.

A change needs one of these in its function, or in a helper that the function calls: a call that writes, locks, opens or
ends a transaction, by the tables of the libraries that the file can speak of; a call that is given SQL, where a text of
the file can be SQL at all; or a name that says transaction or lock, for that is how a handle of one is called, and
whatever opens one without being of a library (`roots.py`, `scopes.py`, `calls.py`). What is done again and again stands
in a loop, or in what is given to a call that runs it so, as does the call of a helper that does it.
"""

from __future__ import annotations

import builtins
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from persistlint.analysis.presence import present, reachable
from persistlint.analysis.schedule import Wanted
from persistlint.analysis.transactions.calls import ITERATES, WRAPS
from persistlint.analysis.transactions.cursors import GIVES_ROWS
from persistlint.analysis.transactions.imported import may_be_models, types_of_models
from persistlint.analysis.transactions.scans import scans_in
from persistlint.analysis.transactions.scopes import OPENS
from persistlint.analysis.transactions.vocabulary import change_names, effect_names, words_of
from persistlint.facts import Sign
from persistlint.languages import languages
from persistlint.libraries import any_of, catalogue
from persistlint.patterns import Marked
from persistlint.regexes import regex
from persistlint.settings import NO_NAMES
from persistlint.source import Range
from persistlint.sql.presence import may_hold_sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.languages import Syntax
    from persistlint.libraries import Library, Type
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

# A file without such a name, and without a handle, has no transaction: nothing that it calls is looked at.
_SAYS_TRANSACTION = Marked(
    (b"session", b"transaction", b"tx", b"trx", b"work", b"atomic", b"commit_on"),
    regex(rf"{OPENS.pattern}|\b(?:{WRAPS.pattern})\b".encode()),  # the vocabulary is in lower case
)
_BUILT_IN = {"python": frozenset(dir(builtins))}
_FARTHEST_DOT = 200  # bytes before what it gives
_LOOPS = frozenset([b"for", b"while"])
_MOST_WORDS = 100_000  # of which it is kept what they say
# In a word of a name; `ctx` is no transaction.
_SAYS_CHANGE = regex(
    rf"(?i:{OPENS.pattern}|queryrunner|trx|locking|for_?(?:update|share))|(?<![cC])tx|[Tt]X|(?<!C)TX|Tx"
    rf"|\b(?i:lock(?:mode)?)\b|\b(?i:{WRAPS.pattern})\b".encode()
)


def effects_in(source: SourceFile, names: ProjectNames) -> frozenset[str]:
    """The last names of the calls that may do something to a database, `add*` for all that begin so. In a file that
    says transaction, any library may be meant."""
    libraries, types = _spoken_of(source, names)
    if _SAYS_TRANSACTION.search(source.vocabulary):
        libraries, types = _every_library(languages()[source.language].libraries), frozenset()
    return effect_names(libraries, types).union(names.transactions)


def places(syntax: Syntax, names: ProjectNames, signs: frozenset[Sign]) -> list[Range]:
    """Where one of these signs stands in a file: what is asked for is in no function beside those that hold one of
    these places, or call one that does."""
    found: list[Range] = []
    if Sign.CHANGE in signs:
        found += _changes(syntax, names)
    if Sign.ROWS in signs:
        found += calls_of(syntax, GIVES_ROWS)
    if Sign.SCAN in signs:
        found += calls_of(syntax, scans_in(syntax.source.words))
    return found


def repeated(syntax: Syntax, candidates: Sequence[Range]) -> list[Range]:
    """Where, inside of a loop or of what is given to a call that runs it again and again, one of the candidates stands,
    or a function is called that holds one. A function that calls one with such a place has nothing to do with it."""
    loops = list(syntax.loops)
    if not ITERATES.isdisjoint(syntax.called):
        loops += [arguments for name, arguments in syntax.given if name in ITERATES]
    if not loops:
        return []
    wanted = Wanted(candidates, syntax.called)
    wanted.learn(syntax.functions)
    found, seen = list[Range](), 0
    for loop in sorted(loops):  # each place once, for loops stand in loops
        found += wanted.within(Range(max(seen, loop.start), loop.end))
        seen = max(seen, loop.end)
    return found


def may_show(source: SourceFile, names: ProjectNames, signs: frozenset[Sign]) -> bool:
    """Whether one of these signs can stand in a file, as far as its words tell."""
    return (
        (Sign.CHANGE in signs and _may_change(source, names))
        or (Sign.LOOP in signs and (not _LOOPS.isdisjoint(source.words) or may_call(source, ITERATES)))
        or (Sign.ROWS in signs and may_call(source, GIVES_ROWS))
        or (Sign.SCAN in signs and source.language == "go" and may_call(source, scans_in(source.words)))
    )


def _changes(syntax: Syntax, names: ProjectNames) -> list[Range]:
    source = syntax.source
    found = calls_of(syntax, _changing(source, names))
    found += tags_of(syntax)
    found += source.places(_saying(source, names))
    return found


def _may_change(source: SourceFile, names: ProjectNames) -> bool:
    if may_call(source, _changing(source, names)) or _saying(source, names):
        return True
    return b"`" in source.content and may_hold_sql(source)


def calls_of(syntax: Syntax, names: frozenset[str]) -> list[Range]:
    """The calls of such names, but for those of functions that the language has: Python's `set(…)`, `filter(…)`."""
    wanted = {name for name in syntax.called if name in names or any_of(name) in names}
    own = _BUILT_IN.get(syntax.source.language, frozenset()) & wanted
    content = syntax.source.content
    return [
        range
        for name, range in syntax.calls
        if name in wanted and (name not in own or _is_member(content, range.start))
    ]


def _is_member(content: bytes, start: int) -> bool:
    """Whether what is called at an offset is a member of something."""
    return content[max(0, start - _FARTHEST_DOT) : start].rstrip().endswith(b".")


def tags_of(syntax: Syntax) -> list[Range]:
    """The tags of templates, which may be called anything, where a text of the file can be SQL."""
    content = syntax.source.content
    if b"`" not in content or not may_hold_sql(syntax.source):
        return []
    return [range for _, range in syntax.calls if content[range.end : range.end + 1] in (b"`", b"<")]


def may_call(source: SourceFile, names: frozenset[str]) -> bool:
    """Whether a file can have such a call, as far as its words tell."""
    words, beginnings = words_of(names)
    if not words.isdisjoint(source.words):
        return True
    return bool(beginnings) and any(any_of(word.decode("utf-8", "replace")) in beginnings for word in source.words)


def _changing(source: SourceFile, names: ProjectNames) -> frozenset[str]:
    """The last names of the calls that may change something."""
    return change_names(*_spoken_of(source, names), may_hold_sql(source)).union(names.transactions)


@lru_cache(maxsize=4)  # it is asked before a file is parsed, and again behind
def _spoken_of(source: SourceFile, names: ProjectNames) -> tuple[frozenset[Library], frozenset[Type]]:
    """The libraries that a file can speak of, and the types that something can be in it of those that need no import,
    or that another module imports. A project that has names of its own may mean any."""
    folder = languages()[source.language].libraries
    if names != NO_NAMES:
        return _every_library(folder), frozenset()
    common = (library for library in _every_library(folder) if not library.modules)
    types = frozenset(type for library in common for type in reachable(library, source))
    return present(folder, source), types | types_of_models(folder) if may_be_models(source) else types


@cache
def _every_library(folder: str) -> frozenset[Library]:
    return frozenset(catalogue(folder).libraries)


@lru_cache(maxsize=4)
def _saying(source: SourceFile, names: ProjectNames) -> frozenset[bytes]:
    """The words of a file that say transaction or lock, in a way of its libraries too: by a key of the options of a
    call, or by any block where that of a connection commits."""
    libraries, _ = _spoken_of(source, names)
    ways = {library.transactions.option.encode() for library in libraries if library.transactions.option}
    if any(library.transactions.exit_commits for library in libraries):
        ways.add(b"with")
    return _telling_change(source.words) | (ways & source.words)


def _telling_change(words: frozenset[bytes]) -> frozenset[bytes]:
    """Those of some words that say transaction or lock. What each of them says is kept, for most are in many files."""
    if len(_heard) > _MOST_WORDS:
        _heard.clear()
        _telling.clear()
    fresh = words - _heard
    _heard.update(fresh)
    _telling.update(word for word in fresh if _SAYS_CHANGE.search(word))
    return words & _telling


_heard: set[bytes] = set()
_telling: set[bytes] = set()  # those of them that say it
