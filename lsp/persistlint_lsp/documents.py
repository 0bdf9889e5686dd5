"""What an editor has open: documents, and notebooks, whose cells are documents that are read as one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lsprotocol import types
from pygls.uris import to_fs_path

from persistlint.languages import language_of
from persistlint.reading import LARGEST
from persistlint.source import SourceFile
from persistlint_lsp import lines
from persistlint_lsp.convert import to_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# How a file would end whose language the editor calls so, for a file whose own name does not tell.
_SUFFIXES = {
    "go": ".go",
    "javascript": ".js",
    "javascriptreact": ".jsx",
    "prisma": ".prisma",
    "python": ".py",
    "sql": ".sql",
    "svelte": ".svelte",
    "typescript": ".ts",
    "typescriptreact": ".tsx",
    "vue": ".vue",
}


@dataclass(frozen=True, eq=False)
class Document:
    """One version of an open file. `path` is absolute; that of an untitled document does not exist. `lines` are as
    `persistlint_lsp.lines` makes them."""

    uri: str
    path: Path
    language_id: str
    version: int | None
    lines: Sequence[str]

    @cached_property
    def source(self) -> SourceFile | None:
        """What the engine reads; None if it is too large or in no language that persistlint reads. As on the command
        line the name of the file decides; the editor's word counts where the name says nothing."""
        name = self.path.as_posix()
        if self.path.suffix == "" or language_of(f"any{self.path.suffix}") is None:
            name += _SUFFIXES.get(self.language_id, "")
        language = language_of(name)
        if language is None or sum(map(len, self.lines)) > LARGEST:
            return None
        return SourceFile(name, to_utf8("".join(self.lines)), language)


@dataclass(frozen=True, eq=False)
class Cell:
    """A cell of a notebook: a document, and where its lines stand in the text of all cells of its language."""

    uri: str
    version: int | None
    lines: range


class Documents:
    """Open documents by URI. Unknown ones are left alone, for a client may be mistaken."""

    def __init__(self) -> None:
        self.encoding = types.PositionEncodingKind.Utf16
        self._documents: dict[str, Document] = {}
        self._notebooks: dict[str, list[str]] = {}  # the URIs of their cells
        self._notebook_of: dict[str, str] = {}
        self._joined: dict[str, tuple[tuple[Document, ...], Document]] = {}  # notebooks as one, with what they are of

    def __iter__(self) -> Iterator[str]:
        """What is analysed by itself: documents that are no cells, and notebooks."""
        yield from (uri for uri in self._documents if uri not in self._notebook_of)
        yield from self._notebooks

    def __contains__(self, uri: str) -> bool:
        return uri in self._documents or uri in self._notebooks

    def get(self, uri: str) -> Document | None:
        """The current version of a document; of a notebook, that of its cells as one."""
        return self._documents.get(uri) or self._notebook(uri)

    def open(self, item: types.TextDocumentItem) -> None:
        """Take up a file."""
        self._documents[item.uri] = Document(
            item.uri, path_of(item.uri), item.language_id, item.version, lines.split(item.text)
        )

    def change(self, uri: str, version: int | None, changes: Sequence[types.TextDocumentContentChangeEvent]) -> None:
        """Take changes of a file, one after the other."""
        if (old := self._documents.get(uri)) is None:
            return
        new = list(old.lines)
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                lines.replace(new, change.range, change.text, self.encoding)
            else:
                new = lines.split(change.text)
        self._documents[uri] = replace(old, version=version, lines=new)

    def close(self, uri: str) -> None:
        """Drop a file."""
        self._documents.pop(uri, None)

    def open_notebook(
        self, uri: str, cells: Sequence[types.NotebookCell], texts: Sequence[types.TextDocumentItem]
    ) -> None:
        """Take up a notebook."""
        self._notebooks[uri] = []
        self._splice(uri, 0, 0, cells)
        for text in texts:
            self.open(text)

    def change_notebook(self, uri: str, change: types.NotebookDocumentCellChanges) -> tuple[str, ...]:
        """Take a change of the cells of a notebook; return the cells that are gone."""
        gone: tuple[str, ...] = ()
        if uri not in self._notebooks:
            return gone
        if structure := change.structure:
            array = structure.array
            self._splice(uri, array.start, array.delete_count, array.cells or ())
            for text in structure.did_open or ():
                self.open(text)
            gone = tuple(document.uri for document in structure.did_close or ())
            for cell in gone:
                self._drop(cell)
        for content in change.text_content or ():
            self.change(content.document.uri, content.document.version, content.changes)
        return gone

    def close_notebook(self, uri: str) -> tuple[str, ...]:
        """Drop a notebook; return its cells."""
        cells = tuple(self._notebooks.pop(uri, ()))
        self._joined.pop(uri, None)
        for cell in cells:
            self._drop(cell)
        return cells

    def cells(self, uri: str) -> tuple[Cell, ...]:
        """The cells of a notebook that are read, which are those in the language of its first one that can be."""
        return tuple(cell for cell, _ in self._read(uri))

    def is_notebook(self, uri: str) -> bool:
        """Whether this is an open notebook."""
        return uri in self._notebooks

    def notebook_of(self, uri: str) -> str | None:
        """The notebook that a document is a cell of."""
        return self._notebook_of.get(uri)

    def _splice(self, uri: str, start: int, count: int, cells: Sequence[types.NotebookCell]) -> None:
        added = [cell.document for cell in cells]
        self._notebooks[uri][start : start + count] = added
        self._notebook_of |= dict.fromkeys(added, uri)

    def _drop(self, cell: str) -> None:
        self._documents.pop(cell, None)
        self._notebook_of.pop(cell, None)

    def _notebook(self, uri: str) -> Document | None:
        parts = tuple(document for _, document in self._read(uri))
        if not parts:
            return None
        of, joined = self._joined.get(uri, ((), None))
        if joined is None or of != parts:
            text = [line for part in parts for line in _whole_lines(part)]
            joined = Document(uri, path_of(uri), parts[0].language_id, None, text)
            self._joined[uri] = (parts, joined)
        return joined

    def _read(self, uri: str) -> Iterator[tuple[Cell, Document]]:
        language = None
        first = 0
        for cell in self._notebooks.get(uri, ()):
            document = self._documents.get(cell)
            if document is None or document.language_id not in _SUFFIXES:
                continue
            language = language or document.language_id
            if document.language_id == language:
                count = len(document.lines)
                yield Cell(cell, document.version, range(first, first + count)), document
                first += count


def path_of(uri: str) -> Path:
    """The absolute path of a document. An untitled one counts as standing in the current directory."""
    return Path.cwd().joinpath(to_fs_path(uri) or urlsplit(uri).path or "untitled")


def _whole_lines(document: Document) -> Iterator[str]:
    """The lines of a cell, the last one with an end, for another cell follows."""
    yield from document.lines[:-1]
    yield f"{document.lines[-1]}\n"
