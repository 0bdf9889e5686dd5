"""From calls to facts: which queries take the number of their rows from a request, and set it no bound.

`watching` runs the program and tells what comes from a request; `counts` tells what in a call is the number of rows;
`tracing` follows it back through what keeps a number as it is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation import endpoints
from persistlint.analysis.limits.counts import counted_by, counts, fixed, slices
from persistlint.analysis.limits.tracing import Tracer
from persistlint.analysis.limits.watching import watch
from persistlint.analysis.names import Names
from persistlint.analysis.queries.candidates import candidates, may_send_sql
from persistlint.analysis.queries.handed import last_word, libraries_of, operations, requests_in
from persistlint.analysis.reach import Reach
from persistlint.analysis.schedule import Wanted
from persistlint.languages import languages
from persistlint.libraries import catalogue
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.limits.counts import Counting
    from persistlint.facts import Limit
    from persistlint.languages import Syntax
    from persistlint.libraries import Library
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

# The argument of a method, an option of an object, and the clause of a text with a placeholder, a hole or its end
# behind it.
_GIVEN = regex(rb"\.\s*(?i:limit|take)\s*\((?!\s*\))" + fixed(rb"\)"))
_OPTION = regex(rb"\b(?:limit|take)[\"'`]?\s*(?::" + fixed(rb"[,}\n]") + rb"|[,}])")
_CLAUSE = regex(rb"\blimit(?:[\"'`\\\s]+(?:[?$:@%{+,)(]|\w+[\"'`.])|\s*[\"'`])")


def may_have(source: SourceFile, names: ProjectNames) -> bool:
    """Whether a file can have a query whose rows are counted, by what comes from a request."""
    is_counted = _clauses(source) != [] or _options(source, _counting(source)) != [] or slices(source) != []
    return is_counted and _is_asked(source)


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Limit]:
    """The numbers of rows in a file that come from requests without a bound, each once."""
    source = syntax.source
    folder = languages()[source.language].libraries
    counting = _counting(source)
    clauses, options, parts = _clauses(source), _options(source, counting), slices(source)
    wanted = candidates(syntax, folder) if clauses else []
    wanted += [range for name, range in syntax.calls if name in counting] if options else []
    wanted += parts
    if not wanted:
        return
    module = syntax.lower()
    places = sorted({*clauses, *options, *(part.start for part in parts)})
    scope = Names(catalogue(folder), folder)
    run = watch(source, scope, module, Wanted(wanted, syntax.called, Reach(source, module, places)))
    found = {count.range: count for count in counts(run, source, counting)}
    tracer = Tracer(module, run.requested, scope, tuple(found.values()))
    yield from filter(None, map(tracer.limit, found.values()))


def _is_asked(source: SourceFile) -> bool:
    """Whether anything in a file comes from a request or a command line, as far as its words tell."""
    words = source.words
    is_request = b"request" in words and not words.isdisjoint([b"args", b"form"])  # of a framework that nobody knows
    is_read = is_request or bool(requests_in(source)) or not _inputs(libraries_of(source)).isdisjoint(words)
    return is_read or endpoints.MARK.search(source.content) is not None


@lru_cache(maxsize=512)
def _inputs(libraries: frozenset[Library]) -> frozenset[bytes]:
    """The last words of the calls that declare or read options of a command line."""
    every = (operation for library in libraries for operation in operations(library))
    return frozenset(last_word(operation) for operation in every if operation.yields in ("option", "options"))


def _clauses(source: SourceFile) -> list[int]:
    """Where SQL may be given a number of rows."""
    if b"limit" not in source.lowered:
        return []
    found = [match.start() for match in _CLAUSE.finditer(source.lowered)]
    return found if found and may_send_sql(source) else []


def _counting(source: SourceFile) -> Counting:
    """What the libraries of a file have that is given a number of rows, as far as the file calls it and gives it any
    that is not fixed."""
    text = source.content
    if b"limit" not in source.lowered and b"take" not in source.lowered:
        return {}
    if not (_GIVEN.search(text) or _OPTION.search(text)):
        return {}
    counting = counted_by(libraries_of(source))
    return {name: operations for name, operations in counting.items() if name.encode() in source.words}


def _options(source: SourceFile, counting: Counting) -> list[int]:
    """Where a method of these is given a number of rows."""
    ways = {isinstance(operation.rows, int) for operations in counting.values() for operation in operations}
    patterns = ([_GIVEN] if True in ways else []) + ([_OPTION] if False in ways else [])
    return [match.start() for pattern in patterns for match in pattern.finditer(source.content)]
