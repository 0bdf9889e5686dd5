"""Edits of SQL scripts: statements before, behind and in the place of others.

What is not understood is refused: a statement in a `DO` block, a line that holds two statements, a delimiter that
is no semicolon. Line feeds in edits become the line ends of the file when they are applied.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.naming import qualified
from persistlint.fixes.refusal import RefusalError
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.schema.changes import CreateTable
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.schema.changes import Statement
    from persistlint.schema.definitions import Column, DataType, Name
    from persistlint.schema.script import Script
    from persistlint.source import SourceFile

Edits = tuple[Edit, ...]

_SEPARATOR = regex(rb"(?:\s|--[^\r\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+;")
_BLANK = regex(rb"(?:\s|--[^\r\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+\Z")
_REST = regex(rb"[ \t]*(?:(?P<breakpoint>--> *statement-breakpoint)|--[^\r\n]*)?[ \t]*(?=\r?\n|\r|\Z)")
_LINE_END = regex(rb"[ \t]*(?:\r\n|\n|\r|\Z)")
_PROSE = regex(rb"[ \t]*+(--[ \t]*+(?:[A-Za-z`\"'(][^:\r\n]*+|persistlint: [^\r\n]*+))(?=[\r\n])")
_USUAL = regex(rb"\n[ \t]*\r?\n--[ \t]*[A-Za-z`\"'(][^:\r\n]*\r?\n[A-Za-z]")  # one line above a statement
_DIRECTIVE = regex(rb"migrat|liquibase|changeset|rollback|transaction", re.IGNORECASE)
_BLANK_LINES = regex(rb"(?:[ \t]*(?:\r\n|\n|\r))+")
_CHECK = regex(rb"\bCHECK\s*\(", re.IGNORECASE)
_CAPITALS = regex(r"'[^']*'|\"[^\"]*\"|\b[A-Z]+\b")

ELSEWHERE = "another file defines the column"
_SHARED_LINE = "the statement shares a line with another one"


def insert(at: int, text: str) -> Edit:
    """Put a text at a byte offset."""
    return Edit(Range(at, at), text)


def find(file: SourceFile, range: Range, pattern: re.Pattern[bytes], group: int | str = 0) -> Range | None:
    """Where a pattern, or a group of it, is found first in a range, which is all that it sees; None for nowhere."""
    found = pattern.search(file.content[range.start : range.end])
    return Range(range.start + found.start(group), range.start + found.end(group)) if found is not None else None


def stands_here(file: SourceFile, column: Column) -> bool:
    """Whether a column is defined where its range says, in this file and not in another of the project, with the type
    that it has."""
    type = column.type
    is_own = type is None or (type.range in column.range and is_written(file, type))
    return is_own and file.text(column.name_range).strip('"`[]').lower() == column.name.lower()


def is_written(file: SourceFile, type: DataType) -> bool:
    """Whether a type stands where its range says, in this file and not in another of the project."""
    here, there = ("".join(text.split()).lower() for text in (file.text(type.range), type.text))
    return here == there


@dataclass(frozen=True, slots=True)
class Editor:
    """Edits of the statements of one script."""

    script: Script
    file: SourceFile

    def like(self, text: str, statement: Statement | None = None) -> str:
        """SQL in small letters where a statement begins with one, or the script, but for what stands in quotes. MySQL
        tells names apart by them."""
        first = statement or next(iter(self.script.statements), None)
        start = first.range.start if first is not None else 0
        if not self.file.content[start : start + 1].islower() or self.script.dialect == "mysql":
            return text
        return _CAPITALS.sub(lambda word: word.group().lower() if word.group()[0].isalpha() else word.group(), text)

    def text(self, name: Name) -> str:
        """A name as this file writes it."""
        return self.file.text(name.range)

    def text_later(self, table: Name) -> str:
        """The name of a table as a later script has to write it: the file may rename it behind this place."""
        final = self.script.final_table(table)
        if final is None or final.name.key == table.key:
            return self.text(table)
        return qualified(final.name, self.script.dialect)

    def refuse_crowded(self, statement: Statement) -> None:
        """Raises `RefusalError` where a statement stands in a block, or behind something else on its line."""
        if any(statement.range in block for block in self.script.blocks):
            raise RefusalError("the statement stands in a block")
        if self.file.content[self._line_start(statement.range.start) : statement.range.start].strip():
            raise RefusalError(_SHARED_LINE)

    def statement_at(self, range: Range) -> Statement:
        """The statement of the script that holds a range. Raises `RefusalError` where it stands in a block, or in
        another file."""
        if any(range in block for block in self.script.blocks):
            raise RefusalError("the statement stands in a block")
        behind = bisect_right(self.script.statements, range.start, key=lambda statement: statement.range.start)
        statement = self.script.statements[behind - 1] if behind else None
        if statement is None or range not in statement.range:
            raise RefusalError(ELSEWHERE)
        return statement

    def checked(self, column: Column, condition: str) -> Edits:
        """CHECK behind the definition of a column. Raises `RefusalError` where it is not defined here, and for a
        partitioned table, for each partition would have to have it when it is attached."""
        statement = self.statement_at(column.range)
        makers = (change for change in self.script.of(CreateTable) if change.statement is statement)
        if any("PARTITION" in change.definition.options for change in makers):
            raise RefusalError("each partition would have to have the check as well when it is attached")
        if not stands_here(self.file, column):
            raise RefusalError(ELSEWHERE)
        check = find(self.file, column.range, _CHECK)
        if check is not None and column.name.lower() in self.file.text(Range(check.end, column.range.end)).lower():
            raise RefusalError("a later script takes away the check that the column has")
        return (insert(column.range.end, self.like(f" CHECK ({condition})", statement)),)

    def before(self, statement: Statement, *lines: str) -> Edits:
        """Statements before one, each on a line of its own. Raises `RefusalError` where they cannot stand there."""
        self.refuse_crowded(statement)
        gap = f"{self._breakpoint()}\n{self._indentation(statement)}"
        text = "".join(f"{self.like(line, statement)};{gap}" for line in lines)
        return (insert(self._above(statement), text),)

    def behind(self, statement: Statement, *lines: str) -> Edits:
        """Statements behind one, each on a line of its own. Raises `RefusalError` where they cannot stand there."""
        self.refuse_crowded(statement)
        indentation, mark = self._indentation(statement), self._breakpoint()
        written = [f"{indentation}{self.like(line, statement)}" for line in lines]
        separator = _SEPARATOR.match(self.file.content, statement.range.end)
        if separator is None and _BLANK.match(self.file.content, statement.range.end) is None:
            raise RefusalError("nothing here tells where the statement ends")
        end = separator.end() if separator is not None else statement.range.end
        rest = _REST.match(self.file.content, end)
        if rest is None:
            raise RefusalError(_SHARED_LINE)
        if rest["breakpoint"]:
            return (insert(rest.end(), "".join(f"\n{line};{mark}" for line in written)),)
        mark = f"\n{mark}" if mark and rest.group().strip() else mark  # not behind a comment
        if separator is not None:
            return (insert(rest.end(), "".join(f"{mark}\n{line};" for line in written)),)
        text = f"{mark}\n" + f";{mark}\n".join(written)
        if rest.end() == end:
            return (insert(end, f";{text}"),)
        return (insert(end, ";"), insert(rest.end(), text))

    def without(self, statement: Statement) -> Edits:
        """Take a statement away with its lines. Raises `RefusalError` where something else stands on them."""
        self.refuse_crowded(statement)
        separator = _SEPARATOR.match(self.file.content, statement.range.end)
        end = separator.end() if separator is not None else statement.range.end
        line_end = _LINE_END.match(self.file.content, end)
        if line_end is None or (separator and self._has_comment(separator.group())):
            raise RefusalError("something else stands on the lines of the statement")
        start = self._line_start(statement.range.start)
        stop = line_end.end()
        if not self.file.content[:start].strip() or self.file.content[:start].endswith((b"\n\n", b"\n\r\n")):
            blank = _BLANK_LINES.match(self.file.content, stop)
            stop = blank.end() if blank is not None else stop
        if not self.file.content[stop:].strip():  # nothing follows: no blank lines stay at the end
            kept = self.file.content[:start].rstrip()
            ending = _LINE_END.match(self.file.content, len(kept))
            start = ending.end() if ending is not None and kept else start
        return (Edit(Range(start, max(start, stop)), ""),)

    def moved_behind(self, statement: Statement, other: Statement) -> Edits:
        """Put a statement of one line or more behind another one. Raises `RefusalError`."""
        return (*self.without(statement), *self.behind(other, self.file.text(statement.range)))

    def _has_comment(self, text: bytes) -> bool:
        return b"--" in text or b"/*" in text

    def _breakpoint(self) -> str:
        """What Drizzle wants between two statements."""
        return "--> statement-breakpoint" if b"statement-breakpoint" in self.file.content else ""

    def _above(self, statement: Statement) -> int:
        """Where a statement begins with the comment right above it, unless that says something to a runner, or may be
        one of the file: the file begins with it, and its other statements have none, or it has several lines."""
        at = first = self._line_start(statement.range.start)
        lines = 0
        while first > 0:
            first = self._line_start(first - 1)
            comment = _PROSE.match(self.file.content, first)
            if comment is None or _DIRECTIVE.search(comment.group()):
                break
            at, lines = comment.start(1), lines + 1
        if lines == 0 or (first == 0 == at and (lines > 1 or not _USUAL.search(self.file.content))):
            return statement.range.start
        return at

    def _line_start(self, offset: int) -> int:
        return self.file.line_range(self.file.line_of(offset)).start

    def _indentation(self, statement: Statement) -> str:
        start = self._line_start(statement.range.start)
        return self.file.text(Range(start, statement.range.start))
