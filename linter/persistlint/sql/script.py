"""SQL files, read into a `Script`: every statement with its transaction and its changes, and the schema they leave."""

from __future__ import annotations

import re
from itertools import groupby, takewhile
from operator import attrgetter
from typing import TYPE_CHECKING

from persistlint.records import dataclass, replace
from persistlint.regexes import regex
from persistlint.schema.catalog import Catalog
from persistlint.schema.changes import (
    AddConstraint,
    Begin,
    CreateIndex,
    CreatePolicy,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropObject,
    DropPolicy,
    DropTable,
    End,
    SetRowSecurity,
    SetVariable,
)
from persistlint.schema.definitions import Table
from persistlint.schema.script import OF_RUNNER
from persistlint.source import Range
from persistlint.sql.replay import Replay
from persistlint.sql.runners import pattern_for, runner_of, undo_beside, version_of
from persistlint.sql.sections import Section, sections
from persistlint.sql.splitter import MOST_KEPT, statements
from persistlint.sql.steps import sets_up, takes_away
from persistlint.sql.text import Text, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.schema.changes import Change
    from persistlint.schema.script import Runner, Script
    from persistlint.sql.lexer import Token
    from persistlint.sql.replay import Step
    from persistlint.sql.runners import Pattern

_HEAD_WORDS = 6
_HEAD = 5_000  # code points
_DUMP = regex(
    r"^\s*(?:--|/\*).*\b(?:database dump|MySQL dump|MariaDB dump|SQL Dump|mysqldump|pg_dump|HeidiSQL|Navicat)\b"
    r"|^/\*!40\d{3} SET @|^SELECT pg_catalog\.set_config\('search_path', '', false\)",
    re.M,
)
_MARKS_OF_DUMPS = ("ump", "HeidiSQL", "Navicat", "/*!40", "set_config")
_OF_TEARDOWN = (DropTable, DropIndex, DropConstraint, DropPolicy, DropObject, Begin, End, SetVariable)
_ADMITS = regex(r"\bCREATE\s+POLICY\b", re.IGNORECASE)
_GUARDS = regex(r"\bENABLE\s+ROW\s+LEVEL\s+SECURITY\b", re.IGNORECASE)


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
    def makes_table(self) -> bool:
        return self.word() == "CREATE" and any(token.word == "TABLE" for token in self.tokens[1:4])

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
    reading = _Reading(path, text, dialect, pattern, known or Catalog(), undoes)
    latest = _latest.get(path)
    _latest.clear()
    if latest is None or len(text.text) > MOST_KEPT:  # nobody edits it
        _latest[path] = _Latest(dialect, known, undoes)
        return reading.run(None)[0]
    is_same = latest.dialect == dialect and latest.known is known and latest.undoes is undoes
    script, steps = reading.run(iter(latest.steps if is_same else ()))
    _latest[path] = _Latest(dialect, known, undoes, steps)
    return script


@dataclass(frozen=True, slots=True)
class _Latest:
    """How a file was read, and what came of its statements if it was read twice in a row: it is being edited."""

    dialect: str | None
    known: Catalog | None
    undoes: Script | None
    steps: tuple[Step, ...] = ()


_latest: dict[str, _Latest] = {}  # the last file that was read, by its path


class _Reading:
    """The state of reading one file of SQL from top to bottom."""

    def __init__(
        self, path: str, text: Text, dialect: str | None, pattern: Pattern | None, start: Catalog, undoes: Script | None
    ) -> None:
        self.path = path
        self.text = text
        self.dialect = dialect
        self.pattern = pattern
        self.sections = sections(path, text.text)
        self.replay = Replay(dialect, start, undoes)
        self.runner = runner_of(pattern, path, text.text)

    def run(self, earlier: Iterator[Step] | None) -> tuple[Script, tuple[Step, ...]]:
        """The script, and what came of its statements; `earlier` is that of the same file before it was edited, None
        where nobody asks for them."""
        pieces = [
            _Piece(tokens, self.sections.at(tokens[0].start)) for tokens in statements(self.text.text, self.dialect)
        ]
        is_dump = _is_dump(self.text.text[:_HEAD])
        if is_dump and _is_sorted(pieces):
            pieces.sort(key=lambda piece: not piece.makes_table)
        wrapped = self._wrapped(pieces)
        current = -1
        steps: list[Step] = []
        for piece in pieces:
            if piece.section != current:
                current = piece.section
                self.replay.begin(OF_RUNNER if wrapped[current] else None, self.sections.parts[current].is_forward)
            if earlier is None:
                self.replay.read(self.text, piece.tokens)
                continue
            known = next(earlier, None)
            step = self.replay.step(self.text, piece.tokens, known)
            if step is not known:
                earlier = iter(())  # what stands behind it may do something else now
            steps.append(step)
        if "security" in (lower := self.text.text.lower()) or "policy" in lower:
            self._look_for_templates()
        script = self.replay.script(
            Range(0, self.text.positions[len(self.text.text)]),
            self.path,
            self.runner,
            is_dump=is_dump,
            is_undone=self._is_undone(),
            version=version_of(self.pattern, self.path),
        )
        if not script.runner.name and sets_up(self.path, makes_tables=CreateTable in script.kinds):
            script = replace(script, changes=tuple(map(_on_what_is_made, script.changes)))
        if pieces and takes_away(self.path) and not script.runner.name:
            is_all = all(isinstance(change, _OF_TEARDOWN) for change in script.changes)
            script = replace(script, is_teardown=is_all and len(script.of(DropTable)) > 1)
        return script if pieces else replace(script, is_empty=True), tuple(steps)

    def _look_for_templates(self) -> None:
        """Note row level security and policies of tables that no statement names."""
        changes, catalog = self.replay.changes, self.replay.catalog
        guarded = sum(isinstance(change, SetRowSecurity) for change in changes)
        admitted = sum(isinstance(change, CreatePolicy) for change in changes)
        catalog.guards_unnamed |= len(_GUARDS.findall(self.text.text)) > guarded
        catalog.admits_unnamed |= len(_ADMITS.findall(self.text.text)) > admitted

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
        for section, group in groupby(pieces, attrgetter("section")):
            inside = list(group)
            found[section] = bool(self._runner(self.sections.parts[section]).wraps)
            if self.pattern is not None and self.pattern.wraps == "implicit":
                is_one = self.dialect == "postgres" and not any(piece.begins_transaction for piece in inside)
                found[section] &= is_one and len(inside) > 1
            elif self.pattern is not None and self.pattern.detects:
                found[section] &= not all(piece.is_alone for piece in inside)
        return found

    def _runner(self, section: Section) -> Runner:
        """The runner of a section. What one section says of transactions holds for all that go in its direction."""
        off = self.pattern.off if self.pattern is not None and self.pattern.per_section else None
        is_off = off is not None and any(
            off.search(each.line) for each in self.sections.parts if each.is_forward is section.is_forward
        )
        return replace(self.runner, wraps=False, is_off=True) if is_off else self.runner


def _on_what_is_made(change: Change) -> Change:
    """A change of a script that sets a database up. A table that gets an index or a constraint there and is not made
    there is one that another script of the set-up made just before."""
    if not isinstance(change, CreateIndex | AddConstraint):
        return change
    before = change.before
    made = before or Table(change.table, change.table.range, is_complete=False, is_known=False)
    return replace(change, before=replace(made, is_new=True))


def _is_sorted(pieces: list[_Piece]) -> bool:
    """Whether the statements of a dump stand in the order of their texts, to be compared and not to be run: a table is
    altered before the first one is made, and none has been dropped."""
    begun = takewhile(lambda piece: not piece.makes_table, pieces)
    words = [(piece.word(), piece.word(1)) for piece in begun]
    is_earlier = ("ALTER", "TABLE") in words and not any(word == "DROP" for word, _ in words)
    return is_earlier and len(words) < len(pieces) and not any(piece.section for piece in pieces)


def _is_dump(head: str) -> bool:
    return any(mark in head for mark in _MARKS_OF_DUMPS) and _DUMP.search(head) is not None
