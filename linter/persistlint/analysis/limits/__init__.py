"""From calls to facts: which queries take the number of their rows from a request, and set it no bound.

`watching` runs the program and tells what comes from a request; `counts` tells what in a call is the number of rows;
`tracing` follows it back through what keeps a number as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.limits.counts import SLICE, counted_by, counts
from persistlint.analysis.limits.tracing import Tracer
from persistlint.analysis.limits.watching import watch
from persistlint.analysis.names import Names
from persistlint.analysis.queries.candidates import candidates
from persistlint.analysis.queries.handed import libraries_of
from persistlint.analysis.schedule import Wanted
from persistlint.languages import languages
from persistlint.libraries import catalogue
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Limit
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

# A method, an option or a keyword, and the clause of a text with a placeholder, a hole or its end behind it.
_GIVEN = regex(rb"\b(?:limit|take)(?:[\"'`]?\s*:|\s*[,}=(])")
_CLAUSE = regex(rb"\blimit(?:[\"'`\\\s]+(?:[?$:@%{+,)(]|\w+[\"'`.])|\s*[\"'`])")


def may_have(source: SourceFile, names: ProjectNames) -> bool:
    """Whether a file can have a query whose rows are counted."""
    text = source.lowered
    is_said = (b"limit" in text or b"take" in text) and (_GIVEN.search(text) or _CLAUSE.search(text)) is not None
    return is_said or (source.language == "python" and SLICE.search(source.content) is not None)


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Limit]:
    """The numbers of rows in a file that come from requests without a bound, each once."""
    source = syntax.source
    folder = languages()[source.language].libraries
    counting = counted_by(libraries_of(source))
    wanted = candidates(syntax, folder) if _CLAUSE.search(source.lowered) is not None else []
    wanted += [range for name, range in syntax.calls if name in counting]
    wanted += [Range(*match.span()) for match in SLICE.finditer(source.content)]
    if not wanted:
        return
    module = syntax.lower()
    scope = Names(catalogue(folder), folder)
    run = watch(source, scope, module, Wanted(wanted, syntax.calls))
    found = {count.range: count for count in counts(run, source, counting)}
    tracer = Tracer(module, run.requested, scope, tuple(found.values()))
    yield from filter(None, map(tracer.limit, found.values()))
