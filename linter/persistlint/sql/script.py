"""SQL files, read into a `Script`: every statement with its transaction and its changes, and the schema they leave."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.schema.catalog import Catalog
from persistlint.schema.changes import Begin, Change, DropObject, End, SetRowSecurity, Statement
from persistlint.schema.difference import leftovers
from persistlint.schema.script import OF_RUNNER, Script
from persistlint.source import Range
from persistlint.sql.blocks import block_of, inner_statements
from persistlint.sql.ddl.cursor import Cursor
from persistlint.sql.ddl.read import changes
from persistlint.sql.ddl.subqueries import not_in
from persistlint.sql.lexer import Token, statements, word_set
from persistlint.sql.runners import pattern_for, runner_of, undo_beside, version_of
from persistlint.sql.sections import Section, sections
from persistlint.sql.text import Text, body, whole

if TYPE_CHECKING:
    from persistlint.schema.script import Runner
    from persistlint.sql.runners import Pattern

_HEAD_WORDS = 6
_HEAD = 5_000  # code points
_DUMP = re.compile(
    r"^\s*(?:--|/\*).*\b(?:database dump|MySQL dump|MariaDB dump|SQL Dump|mysqldump|pg_dump|HeidiSQL|Navicat)\b"
    r"|^/\*!40\d{3} SET @",
    re.M,
)
_NOT_IN = re.compile(r"\bNOT\s+IN\b", re.IGNORECASE)
_GUARDS = re.compile(r"\bENABLE\s+ROW\s+LEVEL\s+SECURITY\b", re.IGNORECASE)
_STARTS = word_set(
    "ALTER ANALYZE ANALYSE BEGIN START COMMIT END ROLLBACK ABORT SAVEPOINT RELEASE CALL CHECKPOINT CLOSE"
    " CLUSTER COMMENT COPY CREATE DEALLOCATE DECLARE DELETE DISCARD DO DROP EXECUTE EXPLAIN FETCH GRANT IMPORT"
    " INSERT LISTEN LOAD LOCK MERGE MOVE NOTIFY PREPARE REASSIGN REFRESH REINDEX RESET REVOKE SECURITY SELECT"
    " SET SHOW TABLE TRUNCATE UNLISTEN UPDATE VACUUM VALUES WITH REPLACE PRAGMA ATTACH DETACH USE RENAME"
    " OPTIMIZE UNLOCK FLUSH DESCRIBE DESC KILL HANDLER SIGNAL LOAD_FILE HELP PURGE CHANGE STOP RESIGNAL ("
    " BINLOG REPAIR CHECK CHECKSUM XA REPACK WAIT"
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A statement of the file before it is understood."""

    tokens: list[Token]
    section: int

    def word(self, offset: int = 0) -> str:
        return self.tokens[offset].word if offset < len(self.tokens) else ""

    @property
    def begins_transaction(self) -> bool:
        return self.word() == "BEGIN" or (self.word() == "START" and self.word(1) == "TRANSACTION")

    @property
    def is_alone(self) -> bool:
        """Whether PostgreSQL refuses it in a transaction, as Flyway recognises it."""
        return self.word() == "VACUUM" or any(token.word == "CONCURRENTLY" for token in self.tokens[:_HEAD_WORDS])


def read_script(
    path: str, content: bytes, dialect: str | None, known: Catalog | None = None, undoes: Script | None = None
) -> Script:
    """Read a file. `known` is what the project has made before it, or, where the file `undoes` another, before that.
    Never fails, and takes linear time."""
    text = whole(content)
    pattern = pattern_for(path, text.text)
    return _Reading(path, text, dialect, pattern, known or Catalog(), undoes).run()


class _Reading:
    """The state of reading one file from top to bottom."""

    def __init__(
        self, path: str, text: Text, dialect: str | None, pattern: Pattern | None, start: Catalog, undoes: Script | None
    ) -> None:
        self.path = path
        self.text = text
        self.dialect = dialect
        self.pattern = pattern
        self.sections = sections(path, text.text)
        self.start = start
        self.undoes = undoes
        self.catalog = (undoes.after if undoes is not None else start).copy()
        self.undone = Catalog()  # what the part that goes back starts from, and then leaves
        self.runner = runner_of(pattern, path, text.text)
        self.transaction: int | None = None
        self.last = OF_RUNNER  # number of a transaction
        self.statements: list[Statement] = []
        self.changes: list[Change] = []
        self.unread: list[Range] = []
        self.has_not_in = _NOT_IN.search(text.text) is not None

    def run(self) -> Script:
        pieces = [
            _Piece(tokens, self.sections.at(tokens[0].start)) for tokens in statements(self.text.text, self.dialect)
        ]
        wrapped = self._wrapped(pieces)
        current = -1
        for piece in pieces:
            if piece.section != current:
                current = piece.section
                self.transaction = self._number(wrapped[current])
                if not self.sections.parts[current].is_forward:
                    self.undone = self.catalog.copy()
            self._read(piece)
        guarded = sum(isinstance(change, SetRowSecurity) for change in self.changes)
        self.catalog.guards_unnamed |= len(_GUARDS.findall(self.text.text)) > guarded
        range = Range(0, self.text.positions[len(self.text.text)])
        return Script(
            range,
            self.path,
            self.dialect,
            self.runner,
            tuple(self.statements),
            tuple(self.changes),
            self.catalog,
            self.catalog,
            tuple(self.unread),
            _DUMP.search(self.text.text[:_HEAD]) is not None,
            self._is_undone(),
            version_of(self.pattern, self.path),
            leftovers=self._leftovers(),
        )

    def _leftovers(self) -> tuple[str, ...]:
        """What stays when the way back has been gone; nothing where not all of it was understood or is always gone."""
        back = [statement for statement in self.statements if not statement.is_forward]
        hidden = any(each.is_block or each.words[0] in ("SELECT", "CALL") for each in back)
        hidden |= any(isinstance(change, DropObject) and change.is_cascade for change in self.changes)
        if not back or hidden or self.unread or (self.undoes is not None and self.undoes.unread):
            return ()
        own = self.undoes.forward if self.undoes is not None else self.changes
        return leftovers((change for change in own if change.statement.is_forward), self.start, self.undone)

    def _is_undone(self) -> bool | None:
        """Whether something undoes the file: a section that says anything, be it in a comment, or a file beside it."""
        if self.pattern is None or not self.pattern.undo or not self.sections.parts[0].is_forward:
            return None
        if self.pattern.undo == "file":
            return undo_beside(self.path)
        return any(self.sections.text_of(part, self.text.text) for part in self.sections.parts if not part.is_forward)

    def _wrapped(self, pieces: list[_Piece]) -> dict[int, bool]:
        """Whether the runner opens a transaction around each section."""
        found: dict[int, bool] = {}
        by_section = Counter(piece.section for piece in pieces)
        for section in by_section:
            inside = [piece for piece in pieces if piece.section == section]
            found[section] = bool(self._runner(self.sections.parts[section]).wraps)
            if self.pattern is not None and self.pattern.wraps == "implicit":
                is_one = self.dialect == "postgres" and not any(piece.begins_transaction for piece in inside)
                found[section] &= is_one and len(inside) > 1
            elif self.pattern is not None and self.pattern.detects:
                found[section] &= not all(piece.is_alone for piece in inside)
        return found

    def _runner(self, section: Section) -> Runner:
        is_off = (
            self.pattern is not None
            and self.pattern.per_section
            and self.pattern.off is not None
            and self.pattern.off.search(section.line) is not None
        )
        return replace(self.runner, wraps=False, is_off=True) if is_off else self.runner

    def _number(self, is_wrapped: bool) -> int | None:
        return OF_RUNNER if is_wrapped else None

    def _read(self, piece: _Piece) -> None:
        is_forward = self.sections.parts[piece.section].is_forward
        cursor = Cursor(self.text, piece.tokens, self.dialect)
        block = block_of(piece.tokens) if self.dialect in (None, "postgres") else None
        statement = Statement(
            cursor.range(0, len(piece.tokens)),
            tuple(token.word for token in piece.tokens[:_HEAD_WORDS]),
            self.transaction,
            is_forward,
            is_block=block is not None,
        )
        self.statements.append(statement)
        if statement.words[0] not in _STARTS:
            self.unread.append(statement.range)
            return
        for change in self._take(cursor, statement):
            if isinstance(change, Begin):
                self.last += 1
                self.transaction = self.last
            elif isinstance(change, End):
                self.transaction = None
        if block is not None:
            self._read_block(body(self.text, block), statement)

    def _read_block(self, text: Text, block: Statement) -> None:
        """The statements in a DO block, which are one transaction."""
        number = block.transaction
        if number is None:
            self.last += 1
            number = self.last
        for inner in inner_statements(text):
            cursor = Cursor(inner.text, inner.tokens, self.dialect or "postgres")
            range = cursor.range(0, len(inner.tokens))
            words = tuple(token.word for token in inner.tokens[:_HEAD_WORDS])
            statement = replace(
                block,
                range=range,
                words=words,
                transaction=number,
                is_conditional=inner.is_conditional,
                is_guarded=inner.is_guarded,
                is_block=False,
            )
            self.statements.append(statement)
            self._take(cursor, statement)

    def _take(self, cursor: Cursor, statement: Statement) -> list[Change]:
        """Read the changes of a statement, and take over what they do."""
        catalog = self.catalog if statement.is_forward else self.undone
        found = changes(cursor, statement, catalog)
        if self.has_not_in:
            found += not_in(cursor, statement, catalog)
        for change in found:
            catalog.apply(change)
        self.changes += found
        return found
