"""The results of a run as workflow commands of GitHub Actions, which become annotations beside the lines of a change.

GitHub shows ten errors, ten warnings and ten notices of a step; the log has all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from persistlint.diagnostic import Severity
from persistlint.git import from_root
from persistlint.output.text import summary

if TYPE_CHECKING:
    from persistlint.diagnostic import Diagnostic
    from persistlint.running.run import Run
    from persistlint.source import SourceFile

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}

_IN_MESSAGE = {ord("%"): "%25", ord("\r"): "%0D", ord("\n"): "%0A"}
_IN_PROPERTY = _IN_MESSAGE | {ord(":"): "%3A", ord(","): "%2C"}


def write(run: Run, stream: TextIO, *, quiet: bool = False) -> None:
    """Write one workflow command per diagnostic and failure; `quiet` leaves out the summary, which is plain text."""
    for result in run.results:
        for diagnostic in result.diagnostics:
            stream.write(_diagnostic(result.source, diagnostic))
    for failure in run.failures:
        path = from_root(failure.path)
        stream.write(_command("error", f"{path}: {failure.message}", file=path, title="persistlint"))
    if not quiet:
        stream.write(summary(run) + "\n")


def _diagnostic(source: SourceFile, diagnostic: Diagnostic) -> str:
    start, end = source.position(diagnostic.range.start), source.position(diagnostic.range.end)
    path = from_root(source.path)
    # GitHub takes columns where an annotation stays on one line.
    columns = {"col": start.column, "endColumn": end.column} if start.line == end.line else {}
    message = f"{path}:{start.line}:{start.column}: {diagnostic.message}"
    return _command(
        COMMANDS[diagnostic.severity],
        f"{message}\n{diagnostic.help}".rstrip(),
        file=path,
        line=start.line,
        endLine=end.line,
        **columns,
        title=f"persistlint ({diagnostic.rule})",
    )


def _command(name: str, message: str, **properties: str | int) -> str:
    pairs = ",".join(f"{key}={str(value).translate(_IN_PROPERTY)}" for key, value in properties.items())
    return f"::{name} {pairs}::{message.translate(_IN_MESSAGE)}\n"
