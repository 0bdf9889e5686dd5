"""Telling the runner of a migration not to open a transaction for it."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.fixes.editor import insert
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import refuse_joined
from persistlint.regexes import regex
from persistlint.schema.script import OF_RUNNER

if TYPE_CHECKING:
    from persistlint.diagnostic import Edit
    from persistlint.fixes.editor import Editor
    from persistlint.schema.changes import Statement

_SECTION = regex(rb"^[ \t]*--[ \t]*(?:migrate:|\+migrate[ \t])[^\r\n]*", re.MULTILINE)


def without_transaction(editor: Editor, statement: Statement) -> tuple[Edit, ...]:
    """The edits after which a statement runs outside of a transaction: none where it does already. All statements of
    the file, or of its section, run outside of one then. Raises `RefusalError` where nothing in the file can say so."""
    runner = editor.script.runner
    if statement.transaction is None and runner.wraps is not None:
        return ()
    if statement.transaction != OF_RUNNER or not runner.annotation:
        refuse_joined(editor.script, statement)
    if not runner.is_per_section:
        return (insert(0, f"{runner.annotation}\n"),)
    ends = _section_lines(editor.file.content)
    before = bisect_right(ends, statement.range.start)
    if not before:
        raise RefusalError("no line of the file begins the section")
    return (insert(ends[before - 1], f" {runner.annotation}"),)


@lru_cache(maxsize=1)
def _section_lines(content: bytes) -> tuple[int, ...]:
    """Where the lines end that begin a section."""
    return tuple(found.end() for found in _SECTION.finditer(content))
