"""The results of a run as one JSON object. Other tools read it: what is here stays, and `VERSION` counts breaks.

Lines and columns count from 1, columns in Unicode code points; `end` is exclusive; offsets are bytes of the file's
text in UTF-8 without a byte order mark. Text that is not Unicode, such as the bytes of a path, is escaped.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TextIO

from persistlint.documentation import url
from persistlint.fixes.converge import applicable
from persistlint.reading import source_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.running.run import Run
    from persistlint.source import Range, SourceFile

VERSION = 1


def write(run: Run, stream: TextIO, *, quiet: bool = False) -> None:
    """Write the results of a run as JSON. `quiet` changes nothing."""
    found = run.diagnostics
    value = {
        "version": VERSION,
        "diagnostics": [
            _diagnostic(source, item)
            for result in run.results
            for source in [result.source]  # which is read again
            for item in result.diagnostics
        ],
        "errors": [{"path": failure.path, "message": failure.message} for failure in run.failures],
        "summary": {
            "files": run.files,
            "diagnostics": len(found),
            "fixable": sum(applicable(diagnostic) is not None for diagnostic in found),
        },
    }
    stream.write(json.dumps(value, indent=2) + "\n")


def merge(reports: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], bool, bool]:
    """One report for those of several shards, by the names of the files; whether anything was found, and whether
    anything could not be checked. Raises `ValueError`, `KeyError` or `TypeError` for what is no report."""
    if {report["version"] for report in reports} != {VERSION}:
        raise ValueError(f"version {VERSION} is read here")
    found = [item for report in reports for item in report["diagnostics"]]
    errors = {(item["path"], item["message"]): item for report in reports for item in report["errors"]}
    value = {
        "version": VERSION,
        "diagnostics": sorted(found, key=lambda item: str(item["path"])),
        "errors": [errors[key] for key in sorted(errors)],
        "summary": {
            key: sum(report["summary"][key] for report in reports) for key in ("files", "diagnostics", "fixable")
        },
    }
    return value, bool(found), bool(errors)


def _diagnostic(source: SourceFile, diagnostic: Diagnostic) -> dict[str, Any]:
    related = [(source_at(source, item.path), item) for item in diagnostic.related]
    return {
        "rule": diagnostic.rule,
        "group": diagnostic.group,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "url": url(diagnostic.rule),
        "path": source.path,
        **_place(source, diagnostic.range),
        "related": [
            {"path": where.path, "message": item.message, **_place(where, item.range)} for where, item in related
        ],
        "fixes": [_fix(source, fix) for fix in diagnostic.fixes],
    }


def _fix(source: SourceFile, fix: Fix) -> dict[str, Any]:
    edits = [{**_place(source, edit.range), "text": edit.text} for edit in fix.edits]
    created = [{"path": new.path_beside(source.path), "text": new.text} for new in fix.creates]
    shown = {"title": fix.title, "applicability": fix.applicability.value, "edits": edits}
    return {**shown, "creates": created} if created else shown


def _place(source: SourceFile, range: Range) -> dict[str, Any]:
    return {"start": _position(source, range.start), "end": _position(source, range.end)}


def _position(source: SourceFile, offset: int) -> dict[str, int]:
    position = source.position(offset)
    return {"line": position.line, "column": position.column, "offset": position.offset}
