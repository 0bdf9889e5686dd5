"""Statements, one after the other: which transaction each runs in, what it does, and the schema that all of them leave.

Whoever reads a migration (`sql/script`, `analysis/migrations`) gives its statements here in order.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from persistlint.records import dataclass, replace
from persistlint.regexes import regex
from persistlint.schema.catalog import Catalog
from persistlint.schema.changes import Begin, Change, DropObject, End, Insert, Statement
from persistlint.schema.difference import is_needed, leftovers
from persistlint.schema.moving import moved
from persistlint.schema.script import Script
from persistlint.source import Range
from persistlint.sql.blocks import block_of, inner_statements
from persistlint.sql.ddl.cursor import Cursor
from persistlint.sql.ddl.read import changes
from persistlint.sql.ddl.subqueries import not_in
from persistlint.sql.lexer import Kind, word_set
from persistlint.sql.splitter import statements
from persistlint.sql.text import body
from persistlint.sql.unseen import changed_by_routine, given_to_routine, put_together, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.schema.difference import Leftover
    from persistlint.schema.script import Runner
    from persistlint.sql.lexer import Token
    from persistlint.sql.text import Text

_HEAD_WORDS = 6
_STARTS = word_set(
    "ALTER ANALYZE ANALYSE BEGIN START COMMIT END ROLLBACK ABORT SAVEPOINT RELEASE CALL CHECKPOINT CLOSE"
    " CLUSTER COMMENT COPY CREATE DEALLOCATE DECLARE DELETE DISCARD DO DROP EXECUTE EXPLAIN FETCH GRANT IMPORT"
    " INSERT LISTEN LOAD LOCK MERGE MOVE NOTIFY PREPARE REASSIGN REFRESH REINDEX RESET REVOKE SECURITY SELECT"
    " SET SHOW TABLE TRUNCATE UNLISTEN UPDATE VACUUM VALUES WITH REPLACE PRAGMA ATTACH DETACH USE RENAME"
    " OPTIMIZE UNLOCK FLUSH DESCRIBE DESC KILL HANDLER SIGNAL LOAD_FILE HELP PURGE CHANGE STOP RESIGNAL ("
    " BINLOG REPAIR CHECK CHECKSUM XA REPACK WAIT"
)


@dataclass(frozen=True, slots=True)
class How:
    """How a statement is run. `is_declared` where it is not run at all if what it says is so already, `is_implied`
    where a tool runs it that nobody wrote; the others as in `Statement`."""

    is_conditional: bool = False
    is_guarded: bool = False
    is_declared: bool = False
    is_implied: bool = False
    is_rebuilt: bool = False


AS_IT_STANDS = How()
_UNSEEN = How(is_implied=True)
_CHANGES = regex(r"\s*(?:ALTER|CREATE|DROP|RENAME)\s", re.IGNORECASE)


Opened: TypeAlias = tuple[frozenset[str], bool]
"""Names of tables that something changes which nobody reads, and whether it may be any table where none has one."""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one statement: where the replay stood before and behind it, and what it brought and left open."""

    tokens: list[Token]
    before: tuple[int | None, int, bool]
    behind: tuple[int | None, int, bool]
    statements: tuple[Statement, ...]
    changes: tuple[Change, ...]
    unread: tuple[Range, ...]
    opened: tuple[Opened, ...] = ()


class Replay:
    """The state of a migration between two of its statements. `start` is what the project has made before it, or, where
    it `undoes` another, before that."""

    def __init__(self, dialect: str | None, start: Catalog, undoes: Script | None = None) -> None:
        self.dialect = dialect
        self.start = start
        self.undoes = undoes
        self.catalog = (undoes.after if undoes is not None else start).copy()
        self.undone = Catalog()  # what the part that goes back starts from, and then leaves
        self.is_forward = True
        self.transaction: int | None = None
        self.last = 0  # number of a transaction
        self.statements: list[Statement] = []
        self.changes: list[Change] = []
        self.unread: list[Range] = []
        self.texts: list[str] = []  # that variables of MySQL were given, of which a statement may be made
        self.opened: list[Opened] = []
        self.inserted: tuple[str, Insert] | None = None  # the last INSERT of plain rows, and what stands before these

    def begin(self, transaction: int | None, is_forward: bool) -> None:
        """A part of the migration begins, with the transaction that its runner opens for it."""
        self.transaction = transaction
        if self.is_forward and not is_forward:  # one that goes back behind another goes on where that one ends
            self.undone = self.catalog.copy()
        self.is_forward = is_forward

    def open_transaction(self) -> int:
        """A number for one more transaction."""
        self.last += 1
        return self.last

    def read_texts(self, texts: Iterable[Text]) -> None:
        """Take all statements of texts, as they stand."""
        for text in texts:
            for tokens in statements(text.text, self.dialect):
                self.read(text, tokens)

    def read(self, text: Text, tokens: list[Token], range: Range | None = None, how: How = AS_IT_STANDS) -> None:
        """Take the next statement: its tokens, and the text that their offsets count in. `range` is where the file says
        it, where that is not just where they stand."""
        head = _head(text, tokens) if range is None and how is AS_IT_STANDS else ""
        if head and self.inserted is not None and self.inserted[0] == head:
            self._insert_again(text, tokens, self.inserted[1])
            return
        count = len(self.changes)
        cursor = Cursor(text, tokens, self.dialect)
        block = block_of(tokens) if self.dialect in (None, "postgres") else None
        statement = Statement(
            range or cursor.range(0, len(tokens)),
            tuple([token.word for token in tokens[:_HEAD_WORDS]]),
            self.transaction,
            self.is_forward,
            how.is_conditional,
            how.is_guarded,
            is_block=block is not None,
            is_rebuilt=how.is_rebuilt,
        )
        self.statements.append(statement)
        if statement.words[0] not in _STARTS:
            self.unread.append(statement.range)
            return
        self._look_for_unseen(text, tokens)
        for change in self._take(cursor, statement, how):
            if isinstance(change, Begin):
                self.transaction = self.open_transaction()
            elif isinstance(change, End):
                self.transaction = None
        if block is not None:
            self._read_block(body(text, block), statement)
            if "EXECUTE" in (inner := text.text[block.start : block.end]).upper():
                self._open_by(put_together(texts_of(inner[1:-1])))
        elif statement.words[0] in ("SET", "PREPARE") and self.dialect in (None, "mysql"):
            self._read_prepared(text, tokens, statement)
        if head:
            found = self.changes[count:]
            self.inserted = (head, found[0]) if len(found) == 1 and isinstance(found[0], Insert) else None

    def step(self, text: Text, tokens: list[Token], known: Step | None) -> Step:
        """Take the next statement as `read` does. `known` is what came of it when it was read before, behind the same
        statements: the same tokens at the same place are not read again."""
        before = self._state
        if known is not None and self._is_repeated(known, text, tokens):
            catalog = self.catalog if self.is_forward else self.undone
            for change in known.changes:
                catalog.apply(change)
            self.statements += known.statements
            self.changes += known.changes
            self.unread += known.unread
            self.transaction, self.last, _ = known.behind
            self._note_texts(tokens)
            for opened in known.opened:
                self._leave_open(opened)
            return known
        counts = len(self.statements), len(self.changes), len(self.unread), len(self.opened)
        self.read(text, tokens)
        return Step(
            tokens,
            before,
            self._state,
            tuple(self.statements[counts[0] :]),
            tuple(self.changes[counts[1] :]),
            tuple(self.unread[counts[2] :]),
            tuple(self.opened[counts[3] :]),
        )

    @property
    def _state(self) -> tuple[int | None, int, bool]:
        return self.transaction, self.last, self.is_forward

    def _is_repeated(self, known: Step, text: Text, tokens: list[Token]) -> bool:
        place = Range(text.positions[tokens[0].start], text.positions[tokens[-1].end])
        return known.tokens is tokens and known.before == self._state and known.statements[0].range == place

    def skip(self, range: Range, of_table: str = "") -> None:
        """Take a step that nobody understands: any table may be another afterwards, or the one of a name."""
        self.unread.append(range)
        if self.is_forward:
            for table in [table for table in self.catalog.tables.values() if table.is_complete]:
                if of_table in ("", table.name.name):
                    self.catalog.put(replace(table, is_complete=False))

    def _look_for_unseen(self, text: Text, tokens: list[Token]) -> None:
        """Leave tables open that a statement may change by SQL that nobody reads."""
        if tokens[0].word == "PREPARE" and self.texts:
            self._open_by(put_together(self.texts))
        self._note_texts(tokens)
        if given := given_to_routine(tokens) | changed_by_routine(text, tokens):
            self._leave_open((given, False))

    def _note_texts(self, tokens: list[Token]) -> None:
        if tokens[0].word == "PREPARE":
            self.texts = []
        elif tokens[0].word == "SET" and self.dialect == "mysql":
            self.texts += [token.text for token in tokens if token.kind is Kind.STRING]

    def _open_by(self, words: frozenset[str] | None) -> None:
        if words is not None:
            self._leave_open((words, True))

    def _leave_open(self, opened: Opened) -> None:
        """Note tables as touched: those that are named, or else all, for a name may be put together."""
        self.opened.append(opened)
        names, is_any = opened
        catalog = self.catalog if self.is_forward else self.undone
        tables = [table for table in catalog.tables.values() if not table.is_touched]
        named = [table for table in tables if table.name.name.lower() in names]
        for table in named or (tables if is_any else ()):
            catalog.put(replace(table, is_touched=True))

    def script(
        self,
        range: Range,
        path: str,
        runner: Runner,
        *,
        is_dump: bool,
        is_undone: bool | None,
        version: str,
        way_back: Range | None = None,
    ) -> Script:
        """All of it, as rules read it."""
        return Script(
            range,
            path,
            self.dialect,
            runner,
            tuple(self.statements),
            tuple(self.changes),
            self.catalog,
            self.catalog,
            tuple(self.unread),
            is_dump,
            is_undone,
            version,
            leftovers=self._leftovers(),
            way_back=way_back,
        )

    def _leftovers(self) -> tuple[Leftover, ...]:
        """What stays when the way back has been gone; nothing where not all of it was understood or is always gone."""
        back = [statement for statement in self.statements if not statement.is_forward]
        hidden = any(each.is_block or each.words[0] in ("SELECT", "CALL") for each in back)
        hidden |= any(isinstance(change, DropObject) and change.is_cascade for change in self.changes)
        if not back or hidden or self.unread or (self.undoes is not None and self.undoes.unread):
            return ()
        own = self.undoes.forward if self.undoes is not None else self.changes
        return leftovers((change for change in own if change.statement.is_forward), self.start, self.undone)

    def _insert_again(self, text: Text, tokens: list[Token], earlier: Insert) -> None:
        """Take an INSERT that is written as an earlier one, but for its rows, without reading it: a script that fills
        tables has thousands."""
        range = Range(text.positions[tokens[0].start], text.positions[tokens[-1].end])
        by = range.start - earlier.range.start
        statement = Statement(range, earlier.statement.words, self.transaction, self.is_forward)
        self.statements.append(statement)
        table = moved(earlier.table, by)
        catalog = self.catalog if self.is_forward else self.undone
        self.changes.append(
            Insert(range, statement, table, catalog.find(table), earlier.columns, earlier.replaces, earlier.on_conflict)
        )

    def _read_block(self, text: Text, block: Statement) -> None:
        """The statements in a DO block, which are one transaction."""
        number = block.transaction if block.transaction is not None else self.open_transaction()
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
                is_swallowed=inner.is_swallowed,
                is_block=False,
            )
            self.statements.append(statement)
            self._look_for_unseen(inner.text, inner.tokens)
            self._take(cursor, statement)

    def _read_prepared(self, text: Text, tokens: list[Token], statement: Statement) -> None:
        """The changes in the texts of a variable or of `PREPARE`, which MySQL makes by `EXECUTE` where a query tells
        that they are needed. Of a text that is put together nobody knows which table it changes."""
        for token in tokens:
            inner = body(text, token) if token.kind is Kind.STRING else None
            if inner is None or not _CHANGES.match(inner.text):
                continue
            if any(other.word == "CONCAT" for other in tokens):
                self.skip(statement.range)
                return
            for found in statements(inner.text, self.dialect):
                self._take(Cursor(inner, found, self.dialect), statement, _UNSEEN)

    def _take(self, cursor: Cursor, statement: Statement, how: How = AS_IT_STANDS) -> list[Change]:
        """Read the changes of a statement, and take over what they do."""
        catalog = self.catalog if statement.is_forward else self.undone
        found = changes(cursor, statement, catalog)
        found += not_in(cursor, statement, catalog)
        if how.is_declared:
            found = [change for change in found if is_needed(change)]
        for change in found:
            catalog.apply(change)
        self.changes += found if not how.is_implied else []
        return found


def _head(text: Text, tokens: list[Token]) -> str:
    """What stands before the plain rows that end a statement; "" where none do."""
    return text.text[tokens[0].start : tokens[-1].start] if tokens[-1].kind is Kind.ROWS else ""
