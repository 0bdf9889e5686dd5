"""Edits of SQL scripts: statements before, behind and in the place of others, and names as SQL writes them.

What is not understood gives no edits: a statement in a `DO` block, a line that holds two statements, a delimiter that
is no semicolon. Line feeds in edits become the line ends of the file when they are applied.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix
from persistlint.fixes.refusal import RefusalError
from persistlint.paths import is_migration
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.schema.altering import default_name
from persistlint.schema.changes import CreateTable, End
from persistlint.schema.naming import INDEX_STYLES, index_styles, named_like
from persistlint.schema.script import OF_RUNNER
from persistlint.source import Range
from persistlint.sql.lexer import word_set

if TYPE_CHECKING:
    from persistlint.schema.changes import CreateIndex, Statement
    from persistlint.schema.definitions import Column, Index, Name, Table
    from persistlint.schema.script import Script
    from persistlint.source import SourceFile

Edits = tuple[Edit, ...]

_SEPARATOR = regex(rb"(?:\s|--[^\r\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+;")
_BLANK = regex(rb"(?:\s|--[^\r\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+\Z")
_GAP = regex(rb"\A {2,}(?=\S)")  # as columns of a layout have it
_REST = regex(rb"[ \t]*(?:(?P<breakpoint>--> *statement-breakpoint)|--[^\r\n]*)?[ \t]*(?=\r?\n|\r|\Z)")
_LINE_END = regex(rb"[ \t]*(?:\r\n|\n|\r|\Z)")
_PROSE = regex(rb"[ \t]*+(--[ \t]*+(?:[A-Za-z`\"'(][^:\r\n]*+|persistlint: [^\r\n]*+))(?=[\r\n])")
_USUAL = regex(rb"\n[ \t]*\r?\n--[ \t]*[A-Za-z`\"'(][^:\r\n]*\r?\n[A-Za-z]")  # one line above a statement
_DIRECTIVE = regex(rb"migrat|liquibase|changeset|rollback|transaction", re.IGNORECASE)
_BLANK_LINES = regex(rb"(?:[ \t]*(?:\r\n|\n|\r))+")
_CAPITALS = regex(r"'[^']*'|\"[^\"]*\"|\b[A-Z]+\b")
_PLAIN = regex(r"[a-z_][a-z0-9_]*")
_LONGEST_NAME = 63  # bytes, in PostgreSQL
_RESERVED = word_set(
    "all analyse analyze and any array as asc asymmetric both by case cast check collate column condition constraint"
    " create cross current_date current_time current_timestamp current_user default deferrable desc distinct do else"
    " end except false fetch for foreign freeze from full grant group groups having ilike in index initially inner"
    " intersect interval into is join key keys lateral leading left like limit localtime localtimestamp natural not"
    " null offset on only or order outer overlaps placing primary range rank read references returning right row rows"
    " select session_user similar some symmetric system table tablesample then to trailing true union unique update"
    " usage user using values variadic verbose when where window with write"
)


def unsafe(script: Script, title: str, *edits: Edit) -> tuple[Fix, ...]:
    """A fix that a person has to look at; none without edits, none for a script that others of its project follow,
    which has been run, none for a dump, which a program writes anew, and none for one that two databases run."""
    is_there = bool(edits) and not script.is_followed and not script.is_dump and not script.is_shared
    return (Fix(title, edits, Applicability.UNSAFE),) if is_there else ()


def refuse_unchanging(script: Script) -> None:
    """Raises `RefusalError` where no fix that a person has to look at may change a script."""
    if script.is_dump:
        raise RefusalError("a program writes the file anew")
    if script.is_shared:
        raise RefusalError("two databases run the file")
    if script.is_followed:
        raise RefusalError("the migration has run, for others follow it")


def modelled(script: Script, title: str, *edits: Edit) -> tuple[Fix, ...]:
    """The same for a change of what models declare as well. None where the runner makes its migrations of them, for the
    next one would change it back."""
    return () if script.runner.no_drift else unsafe(script, title, *edits)


def careful(script: Script, title: str, *edits: Edit) -> tuple[Fix, ...]:
    """A fix that keeps what the script does. A runner may have run the script already, and refuses one that changed
    since, and what is written into one that ran reaches no database: where there is one, or the script stands in a
    folder of migrations, a person has to look at it."""
    if script.runner.name or script.is_followed or script.is_dump or script.is_shared or is_migration(script.path):
        return unsafe(script, title, *edits)
    return (Fix(title, edits, Applicability.SAFE),) if edits else ()


def insert(at: int, text: str) -> Edit:
    """Put a text at a byte offset."""
    return Edit(Range(at, at), text)


def find(file: SourceFile, range: Range, pattern: re.Pattern[bytes], group: int | str = 0) -> Range | None:
    """Where a pattern, or a group of it, is found first in a range, which is all that it sees; None for nowhere."""
    found = pattern.search(file.content[range.start : range.end])
    return Range(range.start + found.start(group), range.start + found.end(group)) if found is not None else None


def identifier(name: str, dialect: str | None) -> str:
    """A folded name as SQL has to write it."""
    if _PLAIN.fullmatch(name) and name not in _RESERVED:
        return name
    quote = "`" if dialect == "mysql" else '"'
    return f"{quote}{name.replace(quote, quote * 2)}{quote}"


def identifiers(names: tuple[str, ...], dialect: str | None, table: str = "") -> str:
    """Names as a list; all in quotes where their table is written so."""
    quote = table[-1:] if table[-1:] in ("`", '"') else ""
    quoted = (
        f"{quote}{name.replace(quote, quote * 2)}{quote}" if quote else identifier(name, dialect) for name in names
    )
    return ", ".join(quoted)


def retyped(file: SourceFile, type: Range, text: str) -> Edit:
    """Another type in the place of one. Where blanks set apart what stands behind it, it stays where it is."""
    gap = find(file, Range(type.end, file.line_range(file.line_of(type.end)).end), _GAP)
    longer = len(text) - len(file.text(type))
    if gap is None or gap.end - gap.start <= longer:
        return Edit(type, text)
    return Edit(Range(type.start, type.end + max(longer, 0)), text + " " * max(-longer, 0))


def qualified(name: Name, dialect: str | None) -> str:
    """The name of a table or another object as SQL has to write it, with its schema where it was written with one."""
    return ".".join(identifier(part, dialect) for part in (name.schema, name.name) if part)


def stands_here(file: SourceFile, column: Column) -> bool:
    """Whether a column is defined where its range says, in this file and not in another of the project, with the type
    that it has."""
    is_own = column.type is None or column.type.range in column.range
    return is_own and file.text(column.name_range).strip('"`[]').lower() == column.name.lower()


def new_name(script: Script, *parts: str) -> str:
    """A name for an index or a constraint that the project does not have, of parts joined by underscores; "" where it
    is taken or too long."""
    return _free(script, "_".join(parts).lower())


def index_name(script: Script, table: str, columns: tuple[str, ...], instead_of: Index | None = None) -> str:
    """A new name for an index of some columns of a table, made as those of most indexes of the project are, else as
    PostgreSQL does it; "" where it is taken or too long. An index that goes takes none."""
    styles = Counter(style for each in script.final.tables.values() for style in each.index_styles)
    if instead_of is not None and instead_of.columns:
        styles.subtract(index_styles(instead_of.name, table, instead_of.columns))
    style = max(INDEX_STYLES, key=lambda style: styles[style])
    name = named_like(style, table, columns)
    return _free(script, name if styles[style] else name.lower(), instead_of)


def _free(script: Script, name: str, instead_of: Index | None = None) -> str:
    is_taken = any(name in table.names for table in script.final.tables.values())
    is_its_own = instead_of is not None and name == instead_of.given_name
    return name if len(name.encode()) <= _LONGEST_NAME and (is_its_own or not is_taken) else ""


def is_taken(name: str, table: Table | None) -> bool:
    """Whether a table has a constraint or an index of a name, PostgreSQL having named those without one."""
    if table is None:
        return False
    constraints = (found.name or default_name(found, table) for found in table.constraints)
    return name in constraints or any(index.name == name for index in table.indexes)


def end_of_transaction(script: Script, statement: Statement) -> Statement | None:
    """The statement that commits what a statement does: its COMMIT, or itself. None where the runner commits, would
    do so behind one more statement, or nobody does."""
    if statement.transaction is None:
        return None if script.runner.joins and script.dialect == "postgres" else statement
    ends = (end for end in script.of(End) if end.statement.transaction == statement.transaction)
    end = next(ends, None)
    is_own = statement.transaction != OF_RUNNER
    return end.statement if end is not None and end.is_commit and is_own else None


def stays_apart(script: Script, statement: Statement) -> bool:
    """Whether a statement commits by itself, and still does beside a further one. Where nobody knows what runs the
    script, a text of several is often sent at once, which makes one transaction of them."""
    is_own = statement.transaction is None and end_of_transaction(script, statement) is not None
    return is_own and script.runner.wraps is not None


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

    def is_plain(self, statement: Statement) -> bool:
        """Whether a statement stands in the script itself, at the beginning of a line, and not in a block."""
        begin = self._line_start(statement.range.start)
        is_alone = not self.file.content[begin : statement.range.start].strip()
        return is_alone and not any(statement.range in block for block in self.script.blocks)

    def statement_at(self, range: Range) -> Statement | None:
        """The statement of the script that holds a range, unless it stands in a block."""
        if any(range in block for block in self.script.blocks):
            return None
        behind = bisect_right(self.script.statements, range.start, key=lambda statement: statement.range.start)
        statement = self.script.statements[behind - 1] if behind else None
        return statement if statement is not None and range in statement.range else None

    def checked(self, column: Column, condition: str) -> Edits:
        """CHECK behind the definition of a column; nothing where it is not defined here, or for a partitioned table,
        for each partition would have to have it when it is attached."""
        statement = self.statement_at(column.range)
        makers = (change for change in self.script.of(CreateTable) if change.statement is statement)
        is_partitioned = any("PARTITION" in change.definition.options for change in makers)
        if statement is None or is_partitioned or not stands_here(self.file, column):
            return ()
        return (insert(column.range.end, self.like(f" CHECK ({condition})", statement)),)

    def before(self, statement: Statement, *lines: str) -> Edits:
        """Statements before one, each on a line of its own; nothing where they cannot stand there."""
        if not self.is_plain(statement):
            return ()
        gap = f"{self._breakpoint()}\n{self._indentation(statement)}"
        text = "".join(f"{self.like(line, statement)};{gap}" for line in lines)
        return (insert(self._above(statement), text),)

    def behind(self, statement: Statement, *lines: str) -> Edits:
        """Statements behind one, each on a line of its own; nothing where they cannot stand there."""
        if not self.is_plain(statement):
            return ()
        indentation, mark = self._indentation(statement), self._breakpoint()
        written = [f"{indentation}{self.like(line, statement)}" for line in lines]
        separator = _SEPARATOR.match(self.file.content, statement.range.end)
        if separator is None and _BLANK.match(self.file.content, statement.range.end) is None:
            return ()
        end = separator.end() if separator is not None else statement.range.end
        rest = _REST.match(self.file.content, end)
        if rest is None:
            return ()
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
        """Take a statement away with its lines; nothing where something else stands on them."""
        separator = _SEPARATOR.match(self.file.content, statement.range.end)
        end = separator.end() if separator is not None else statement.range.end
        line_end = _LINE_END.match(self.file.content, end)
        if not self.is_plain(statement) or line_end is None or (separator and self._has_comment(separator.group())):
            return ()
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
        """Put a statement of one line or more behind another one."""
        added = self.behind(other, self.file.text(statement.range))
        removed = self.without(statement)
        return (*removed, *added) if added and removed else ()

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


def without_index(script: Script, change: CreateIndex, file: SourceFile) -> tuple[Fix, ...]:
    """A fix that leaves an index out; none where the script speaks of it elsewhere, or does nothing else."""
    name = change.index.name
    mentions = file.content.lower().count(name.encode()) if name else 1
    does_more = any(each.statement is not change.statement for each in script.forward)
    if mentions != 1 or change.range != change.statement.range or not does_more:
        return ()
    return modelled(script, "Leave this index out", *Editor(script, file).without(change.statement))
