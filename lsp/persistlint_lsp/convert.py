"""Between persistlint and the protocol: the only place that knows of UTF-16 columns.

persistlint counts UTF-8 bytes from the start of the file; the protocol counts lines from 0 and columns in the units
that client and server agreed on: UTF-8 bytes, UTF-16 code units or, for UTF-32, code points.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from persistlint.diagnostic import Severity
from persistlint.documentation import url
from persistlint.reading import source_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.diagnostic import Diagnostic, Edit, Related
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
    columns beyond a line to the end of the line. `first` is the line of the source that the protocol counts as 0, and
    `count` tells how many lines belong to the document, None if all that follow do.
    """

    def __init__(
        self, source: SourceFile, encoding: types.PositionEncodingKind, first: int = 0, count: int | None = None
    ) -> None:
        self._source = source
        self._first = first
        self._count = count
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

    def holds(self, range: types.Range) -> bool:
        """Whether a range is in the document."""
        return self._count is None or (range.start.line >= 0 and range.end.line < self._count)

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
    Fixes are no part of it: most are never asked for, and `persistlint_lsp.actions` has them when one is."""
    index = index_of(outcome, encoding, cell)
    maker = _Maker(cell.uri if cell else outcome.uri, index, outcome.source, encoding, client)
    found = outcome.report.diagnostics
    return [maker.diagnostic(diagnostic) for diagnostic in found if index.holds(index.range(diagnostic.range))]


def index_of(outcome: Outcome, encoding: types.PositionEncodingKind, cell: Cell | None = None) -> LineIndex:
    """The positions in a file that was analysed, or in one cell of a notebook."""
    if cell is None:
        return LineIndex(outcome.source, encoding)
    return LineIndex(outcome.source, encoding, cell.lines.start, len(cell.lines))


class _Maker:
    """Makes the protocol's diagnostics of one document."""

    def __init__(
        self,
        uri: str,
        index: LineIndex,
        source: SourceFile,
        encoding: types.PositionEncodingKind,
        client: types.ClientCapabilities,
    ) -> None:
        self._uri, self._index, self._source, self._encoding = uri, index, source, encoding
        documents = client.text_document
        publish, pull = (documents.publish_diagnostics, documents.diagnostic) if documents else (None, None)
        self._tells_related = any(known and known.related_information for known in (publish, pull))
        self._tells_address = any(known and known.code_description_support for known in (publish, pull))
        self._tells_tags = any(known and known.tag_support for known in (publish, pull))

    def diagnostic(self, found: Diagnostic) -> types.Diagnostic:
        """The protocol's diagnostic."""
        address = url(found.rule) if self._tells_address else ""
        related = [
            types.DiagnosticRelatedInformation(location, place.message)
            for place in found.related
            if (location := self._location(place))
        ]
        sentences = [found.message, *([found.help] if found.help else [])]
        if not self._tells_related:
            sentences += [f"{place.message} ({self._shown(place.location)})" for place in related]
        return types.Diagnostic(
            range=self._index.range(found.range),
            message="\n".join(sentences),
            severity=_SEVERITIES[found.severity],
            code=found.rule,
            code_description=types.CodeDescription(address) if address else None,
            source=SOURCE,
            tags=[types.DiagnosticTag.Unnecessary] if found.rule in _UNNECESSARY and self._tells_tags else None,
            related_information=related if related and self._tells_related else None,
        )

    def _location(self, place: Related) -> types.Location | None:
        """A place that explains a diagnostic, in the document or in another file as it is on disk; None if it is in
        another cell of the notebook."""
        if place.path is None:
            range = self._index.range(place.range)
            return types.Location(self._uri, range) if self._index.holds(range) else None
        other = LineIndex(source_at(self._source, place.path), self._encoding)
        return types.Location(Path(place.path).absolute().as_uri(), other.range(place.range))

    def _shown(self, location: types.Location) -> str:
        line = f"line {location.range.start.line + 1}"
        return line if location.uri == self._uri else f"{location.uri.rpartition('/')[2]}, {line}"


def text_edits(edits: Iterable[Edit], index: LineIndex) -> list[types.TextEdit]:
    """The protocol's edits."""
    return [types.TextEdit(index.range(edit.range), edit.text) for edit in edits]
