"""A report as bytes that can be kept, and back."""

from __future__ import annotations

from typing import Any

from persistlint.diagnostic import Applicability, Diagnostic, Edit, Fix, NewFile, Related, Severity
from persistlint.engine import Report
from persistlint.source import Range


def dump(report: Report) -> bytes:
    """Bytes for a report without errors; most say nothing, which is b""."""
    if not report.diagnostics and not report.consulted:
        return b""
    import json  # only what was found pays for it

    listed = [_listed(diagnostic) for diagnostic in report.diagnostics]
    return json.dumps([report.consulted, listed], separators=(",", ":")).encode()


def load(data: bytes) -> Report:
    """The report of such bytes. Raises `ValueError`, `TypeError` or `KeyError` for other bytes."""
    if not data:
        return _CLEAN
    import json

    consulted, listed = json.loads(data)
    return Report(tuple(_diagnostic(*item) for item in listed), consulted=consulted)


_CLEAN = Report()


def _listed(diagnostic: Diagnostic) -> list[Any]:
    return [
        diagnostic.rule,
        diagnostic.group,
        diagnostic.severity.value,
        [diagnostic.range.start, diagnostic.range.end],
        diagnostic.message,
        diagnostic.help,
        [[[item.range.start, item.range.end], item.message, item.path] for item in diagnostic.related],
        [_fix(fix) for fix in diagnostic.fixes],
    ]


def _fix(fix: Fix) -> list[Any]:
    edits, created = [_edit(edit) for edit in fix.edits], [[new.name, new.text] for new in fix.creates]
    return [fix.title, edits, fix.applicability.value, created]


def _edit(edit: Edit) -> list[Any]:
    return [edit.range.start, edit.range.end, edit.text]


def _diagnostic(
    rule: str,
    group: str,
    severity: str,
    place: list[int],
    message: str,
    help: str,
    related: list[Any],
    fixes: list[Any],
) -> Diagnostic:
    return Diagnostic(
        rule,
        group,
        Severity(severity),
        Range(*place),
        message,
        help,
        tuple(Related(Range(*where), text, path) for where, text, path in related),
        tuple(
            Fix(
                title,
                tuple(Edit(Range(start, end), text) for start, end, text in edits),
                Applicability(applicability),
                tuple(NewFile(name, text) for name, text in created),
            )
            for title, edits, applicability, created in fixes
        ),
    )
