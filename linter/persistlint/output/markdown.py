"""The results of a run as Markdown: for the summary of a job, or a comment on a change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TextIO

from persistlint.git import from_root
from persistlint.output.text import summary
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.diagnostic import Diagnostic
    from persistlint.running.run import Run
    from persistlint.source import SourceFile

_CODE = regex(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_MARKUP = regex(r"([\\<>&*_\[\]~#@`])")


def write(run: Run, stream: TextIO, *, quiet: bool = False) -> None:
    """Write the results of a run as tables; `quiet` leaves out the summary."""
    if not quiet:
        stream.write(f"## persistlint\n\n{_text(summary(run))}\n")
    if run.results:
        stream.write("\n| place | severity | rule | problem | what to do |\n|---|---|---|---|---|\n")
    for result in run.results:
        for diagnostic in result.diagnostics:
            stream.write(_row(*_cells(result.source, diagnostic)))
    if run.failures:
        stream.write("\n| file | could not be checked |\n|---|---|\n")
    for failure in run.failures:
        stream.write(_row(_code(from_root(failure.path)), _text(failure.message)))


def _cells(source: SourceFile, diagnostic: Diagnostic) -> tuple[str, ...]:
    start = source.position(diagnostic.range.start)
    place = f"{from_root(source.path)}:{start.line}:{start.column}"
    texts = (_text(diagnostic.message), _text(diagnostic.help))
    return (_code(place), diagnostic.severity.value, _code(diagnostic.rule), *texts)


def _row(*cells: str) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |\n"


def _code(text: str) -> str:
    """A text as code, in more backquotes than it has in a row."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence, space = "`" * (longest + 1), " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}"


def _text(text: str) -> str:
    """A text whose code in backquotes stays code, and in which nothing else is markup."""
    parts: list[str] = []
    end = 0
    for match in _CODE.finditer(text):
        parts += (_MARKUP.sub(r"\\\1", text[end : match.start()]), match.group())
        end = match.end()
    return "".join((*parts, _MARKUP.sub(r"\\\1", text[end:])))
