"""Between persistlint and the protocol: the only place that knows of UTF-16 columns.

persistlint counts UTF-8 bytes from the start of the file; the protocol counts lines from 0 and columns in the units
that client and server agreed on: UTF-8 bytes, UTF-16 code units or, for UTF-32, code points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from persistlint.diagnostic import Applicability, Severity
from persistlint.documentation import url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Diagnostic, Edit
    from persistlint.source import Range, SourceFile
    from persistlint_lsp.session import Outcome

SOURCE = "persistlint"

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_CODECS = {
    types.PositionEncodingKind.Utf8: ("utf-8", 1),
    types.PositionEncodingKind.Utf16: ("utf-16-le", 2),
    types.PositionEncodingKind.Utf32: ("utf-32-le", 4),
}


class LineIndex:
    """Byte offsets of one source file to positions of the protocol, and back.

    A line ends at LF, CRLF or CR and nowhere else. Offsets and positions outside the file come to its nearest end,
    columns beyond a line to the end of the line.
    """

    def __init__(self, source: SourceFile, encoding: types.PositionEncodingKind) -> None:
        self._source = source
        self._codec, self._width = _CODECS[encoding]
        self._last = (0, 0, 0)  # line, byte offset and column of the last answer: what follows is counted from there

    def position(self, offset: int) -> types.Position:
        """The position of a byte offset; one inside a character comes to the start of that character."""
        line = self._source.line_of(max(offset, 0)) - 1
        bounds = self._source.line_range(line + 1)
        offset = min(max(offset, 0), bounds.end)
        while offset < bounds.end and self._source.content[offset] & 0xC0 == 0x80:  # goes on with a character
            offset -= 1
        last_line, last_offset, last_column = self._last
        if last_line != line or last_offset > offset:
            last_offset, last_column = bounds.start, 0
        column = last_column + self._columns(self._source.content[last_offset:offset])
        self._last = (line, offset, column)
        return types.Position(line, column)

    def range(self, range: Range) -> types.Range:
        """The protocol's range of a byte range."""
        return types.Range(self.position(range.start), self.position(range.end))

    def offset(self, position: types.Position) -> int:
        """The byte offset of a position; a column inside a character comes to the start of that character."""
        if position.line >= len(self._source.line_starts):
            return len(self._source.content)
        bounds = self._source.line_range(position.line + 1)
        line = self._source.content[bounds.start : bounds.end]
        if line.isascii():
            return bounds.start + min(position.character, len(line))
        before = line.decode("utf-8").encode(self._codec)[: position.character * self._width]
        return bounds.start + len(before.decode(self._codec, "ignore").encode("utf-8"))

    def _columns(self, content: bytes) -> int:
        if content.isascii():
            return len(content)
        return len(content.decode("utf-8").encode(self._codec)) // self._width


def to_utf8(text: str) -> bytes:
    """The text of an open document as UTF-8. Half of a surrogate pair, which an editor may hold while a character is
    typed, becomes U+FFFD, which is as wide in every encoding."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode("utf-8")


def diagnostics(outcome: Outcome, encoding: types.PositionEncodingKind) -> list[types.Diagnostic]:
    """What the client is told about one version of an open file.

    The edits of fixes and of ignoring travel in `data`, with the version that they are for, so that
    `persistlint_lsp.actions` needs no second analysis.
    """
    index = LineIndex(outcome.source, encoding)
    found = zip(outcome.analysis.report.diagnostics, outcome.analysis.ignores, strict=True)
    return [_diagnostic(diagnostic, ignore, outcome, index) for diagnostic, ignore in found]


def _diagnostic(found: Diagnostic, ignore: Edit | None, outcome: Outcome, index: LineIndex) -> types.Diagnostic:
    address = url(found.rule)
    related = [
        types.DiagnosticRelatedInformation(types.Location(outcome.uri, index.range(place.range)), place.message)
        for place in found.related
        if place.path is None  # the lines of another file are not at hand
    ]
    return types.Diagnostic(
        range=index.range(found.range),
        message=f"{found.message}\n{found.help}" if found.help else found.message,
        severity=_SEVERITIES[found.severity],
        code=found.rule,
        code_description=types.CodeDescription(address) if address else None,
        source=SOURCE,
        related_information=related or None,
        data={
            "version": outcome.version,
            "fixes": [
                {
                    "title": fix.title,
                    "safe": fix.applicability is Applicability.SAFE,
                    "edits": _edits(fix.edits, index),
                }
                for fix in found.fixes
            ],
            "ignore": _edits([ignore], index) if ignore else [],
        },
    )


def _edits(edits: Sequence[Edit], index: LineIndex) -> list[dict[str, Any]]:
    """Edits as plain JSON: the protocol hands `data` back as it was sent, without types."""
    found = []
    for edit in edits:
        range = index.range(edit.range)
        found.append(
            {
                "range": {
                    "start": {"line": range.start.line, "character": range.start.character},
                    "end": {"line": range.end.line, "character": range.end.character},
                },
                "newText": edit.text,
            }
        )
    return found
