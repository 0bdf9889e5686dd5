"""Switching row level security of a table: in the script that speaks of it, or else in a new migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.fixes.editor import Editor
from persistlint.fixes.following import following
from persistlint.fixes.refusal import first_of
from persistlint.fixes.scripts import unsafe

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.schema.changes import TableChange
    from persistlint.schema.script import Script
    from persistlint.source import SourceFile

_OPPOSITES = {"ENABLE": "DISABLE", "FORCE": "NO FORCE"}


def switching(table: str, *words: str) -> tuple[list[str], list[str]]:
    """The statements that switch row level security of a table, by `ENABLE` and `FORCE`, and those that undo them."""
    undone = [_OPPOSITES[word] for word in reversed(words)]
    on, off = ([f"ALTER TABLE {table} {word} ROW LEVEL SECURITY" for word in way] for way in (words, undone))
    return on, off


def switched(
    script: Script, file: SourceFile, change: TableChange, word: str, *, is_before: bool = False
) -> tuple[Fix, ...]:
    """A fix that says `ENABLE` or `FORCE` behind a statement, or before it. Raises `RefusalError`."""
    editor, title = Editor(script, file), f"{word.capitalize()} row level security"

    def here() -> tuple[Fix, ...]:
        (line,), _ = switching(editor.text(change.table), word)
        beside = editor.before if is_before else editor.behind
        return unsafe(script, title, *beside(change.statement, line))

    def afterwards() -> tuple[Fix, ...]:
        (up,), (down,) = switching(editor.text_later(change.table), word)
        words = f"{title} on {change.table.name}"
        return following(script, f"{title} in a new migration", words, editor.like(up), editor.like(down))

    return first_of((here, afterwards))
