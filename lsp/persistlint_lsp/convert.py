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
    from collections.abc import Iterable

    from persistlint.diagnostic import Diagnostic, Edit, Fix
    from persistlint.source import Range, SourceFile
    from persistlint_lsp.documents import Cell
    from persistlint_lsp.session import Outcome

SOURCE = "persistlint"
_UNNECESSARY = ("unused-suppression",)  # the code that is reported can go; editors show it faded

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
CODECS = {
    types.PositionEncodingKind.Utf8: ("utf-8", 1),
    types.PositionEncodingKind.Utf16: ("utf-16-le", 2),
    types.PositionEncodingKind.Utf32: ("utf-32-le", 4),
}


class LineIndex:
    """Byte offsets of one source file to positions of the protocol, and back.

    A line ends at LF, CRLF or CR and nowhere else. Offsets and positions outside the file come to its nearest end,
    columns beyond a line to the end of the line. `first` is the line of the source that the protocol counts as 0.
    """

    def __init__(self, source: SourceFile, encoding: types.PositionEncodingKind, first: int = 0) -> None:
        self._source = source
        self._first = first
        self._codec, self._width = CODECS[encoding]
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
        return types.Position(line - self._first, column)

    def range(self, range: Range) -> types.Range:
        """The protocol's range of a byte range."""
        return types.Range(self.position(range.start), self.position(range.end))

    def offset(self, position: types.Position) -> int:
        """The byte offset of a position; a column inside a character comes to the start of that character."""
        line = position.line + self._first
        if line >= len(self._source.line_starts):
            return len(self._source.content)
        bounds = self._source.line_range(line + 1)
        content = self._source.content[bounds.start : bounds.end]
        if content.isascii():
            return bounds.start + min(position.character, len(content))
        before = content.decode("utf-8").encode(self._codec)[: position.character * self._width]
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


def diagnostics(
    outcome: Outcome,
    encoding: types.PositionEncodingKind,
    client: types.ClientCapabilities,
    cell: Cell | None = None,
) -> list[types.Diagnostic]:
    """What the client is told about one version of a file, or about one cell of a notebook that was analysed whole.

    The edits of fixes travel in `data`, with the version that they are for, so that `persistlint_lsp.actions` needs no
    second analysis.
    """
    found = outcome.report.diagnostics
    if cell is None:
        maker = _Maker(outcome.uri, outcome.version, LineIndex(outcome.source, encoding), client)
        return [maker.diagnostic(diagnostic) for diagnostic in found]
    index = LineIndex(outcome.source, encoding, cell.lines.start)
    maker = _Maker(cell.uri, cell.version, index, client, len(cell.lines))
    return [maker.diagnostic(diagnostic) for diagnostic in found if maker.holds(index.range(diagnostic.range))]


class _Maker:
    """Makes the protocol's diagnostics of one document, or of the first `lines` lines that an index counts."""

    def __init__(
        self,
        uri: str,
        version: int | None,
        index: LineIndex,
        client: types.ClientCapabilities,
        lines: int | None = None,
    ) -> None:
        self._uri, self._version, self._index, self._lines = uri, version, index, lines
        documents = client.text_document
        publish, pull = (documents.publish_diagnostics, documents.diagnostic) if documents else (None, None)
        self._tells_related = any(known and known.related_information for known in (publish, pull))
        self._tells_address = any(known and known.code_description_support for known in (publish, pull))
        self._tells_tags = any(known and known.tag_support for known in (publish, pull))

    def holds(self, range: types.Range) -> bool:
        """Whether a range is in the document."""
        return self._lines is None or (range.start.line >= 0 and range.end.line < self._lines)

    def diagnostic(self, found: Diagnostic) -> types.Diagnostic:
        """The protocol's diagnostic."""
        address = url(found.rule) if self._tells_address else ""
        related = [
            types.DiagnosticRelatedInformation(types.Location(self._uri, range), place.message)
            for place in found.related
            if place.path is None and self.holds(range := self._index.range(place.range))
        ]  # the lines of another file are not at hand
        sentences = [found.message, *([found.help] if found.help else [])]
        if not self._tells_related:
            sentences += [f"{place.message} (line {place.location.range.start.line + 1})" for place in related]
        return types.Diagnostic(
            range=self._index.range(found.range),
            message="\n".join(sentences),
            severity=_SEVERITIES[found.severity],
            code=found.rule,
            code_description=types.CodeDescription(address) if address else None,
            source=SOURCE,
            tags=[types.DiagnosticTag.Unnecessary] if found.rule in _UNNECESSARY and self._tells_tags else None,
            related_information=related if related and self._tells_related else None,
            data={"version": self._version, "fixes": list(self._fixes(found.fixes))},
        )

    def _fixes(self, fixes: Iterable[Fix]) -> Iterable[dict[str, Any]]:
        """Fixes as plain JSON: the protocol hands `data` back as it was sent, without types."""
        for fix in fixes:
            edits = text_edits(fix.edits, self._index)
            if all(self.holds(edit.range) for edit in edits):
                yield {
                    "title": fix.title,
                    "safe": fix.applicability is Applicability.SAFE,
                    "edits": [{"range": _plain(edit.range), "newText": edit.new_text} for edit in edits],
                }


def text_edits(edits: Iterable[Edit], index: LineIndex) -> list[types.TextEdit]:
    """The protocol's edits."""
    return [types.TextEdit(index.range(edit.range), edit.text) for edit in edits]


def _plain(range: types.Range) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": range.start.line, "character": range.start.character},
        "end": {"line": range.end.line, "character": range.end.character},
    }
