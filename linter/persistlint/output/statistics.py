"""How often every rule was broken, the most frequent first, and one line that sums up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TextIO

from persistlint.fixes.converge import applicable
from persistlint.output.text import summary, write_failures

if TYPE_CHECKING:
    from persistlint.running.run import Run


def write(run: Run, stream: TextIO, *, quiet: bool = False) -> None:
    """Write a line per rule: how many diagnostics, how severe, and how many a safe fix repairs; `quiet` leaves out the
    summary."""
    found = run.diagnostics
    counts = Counter((item.severity.value, item.rule) for item in found)
    fixable = Counter(item.rule for item in found if applicable(item))
    width = len(str(max(counts.values(), default=0)))
    longest = max((len(rule) for _, rule in counts), default=0)
    for (severity, rule), count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        note = f"{fixable[rule]} with a safe fix" if fixable[rule] else ""
        stream.write(f"{count:>{width}}  {severity:<7}  {rule:<{longest}}  {note}".rstrip() + "\n")
    write_failures(run, stream)
    if not quiet:
        stream.write(summary(run) + "\n")
