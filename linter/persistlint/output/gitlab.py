"""The results of a run as a Code Quality report of GitLab: what merge requests compare between two branches."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, TextIO

from persistlint.diagnostic import Severity
from persistlint.fingerprint import digest, fingerprints
from persistlint.git import from_root

if TYPE_CHECKING:
    from persistlint.diagnostic import Diagnostic
    from persistlint.running.run import Run
    from persistlint.source import SourceFile

SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def write(run: Run, stream: TextIO, *, quiet: bool = False) -> None:
    """Write the diagnostics of a run as one JSON array. `quiet` changes nothing."""
    value = [
        _diagnostic(result.source, diagnostic, fingerprint)
        for result in run.results
        for diagnostic, fingerprint in zip(
            result.diagnostics, fingerprints(result.source, result.diagnostics), strict=True
        )
    ]
    stream.write(json.dumps(value, indent=2) + "\n")


def _diagnostic(source: SourceFile, diagnostic: Diagnostic, fingerprint: str) -> dict[str, Any]:
    path = from_root(source.path)
    begin = source.line_of(diagnostic.range.start)
    end = source.line_of(max(diagnostic.range.start, diagnostic.range.end - 1))
    return {
        "description": f"{diagnostic.message} {diagnostic.help}".rstrip(),
        "check_name": diagnostic.rule,
        "fingerprint": digest(os.fsencode(path), fingerprint.encode()),
        "severity": SEVERITIES[diagnostic.severity],
        "location": {"path": path, "lines": {"begin": begin, "end": end}},
    }
