"""The results of a run as one line per diagnostic, for `grep` and for the lists of errors in editors."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from persistlint.output.text import NAMES, shown, summary, write_failures

if TYPE_CHECKING:
    from persistlint.running.run import Run


def write(run: Run, stream: TextIO, *, quiet: bool = False) -> None:
    """Write `path:line:column: severity[rule]: message` per diagnostic, lines and columns (code points) 1-based, then
    what could not be checked; `quiet` leaves out the summary."""
    for result in run.results:
        for diagnostic in result.diagnostics:
            start = result.source.position(diagnostic.range.start)
            place = f"{shown(result.source.path)}:{start.line}:{start.column}"
            name = NAMES[diagnostic.severity]
            stream.write(f"{place}: {name}[{diagnostic.rule}]: {shown(diagnostic.message)}\n")
    write_failures(run, stream)
    if not quiet:
        stream.write(summary(run) + "\n")
