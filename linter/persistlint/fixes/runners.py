"""Telling the runner of a migration not to open a transaction for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.fixes.scripts import insert
from persistlint.schema.script import OF_RUNNER
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.diagnostic import Edit
    from persistlint.fixes.scripts import Editor
    from persistlint.schema.changes import Statement

_SECTION = re.compile(rb"^[ \t]*--[ \t]*(?:migrate:|\+migrate[ \t])[^\r\n]*", re.MULTILINE)


def without_transaction(editor: Editor, statement: Statement) -> tuple[Edit, ...] | None:
    """The edits after which a statement runs outside of a transaction: none where it does already, None where nothing
    in the file can say so. All statements of the file, or of its section, run outside of one then."""
    runner = editor.script.runner
    if statement.transaction is None:
        is_alone = sum(each.is_forward for each in editor.script.statements) == 1
        return () if runner.wraps is not None or is_alone else None  # several in one text are often one transaction
    if statement.transaction != OF_RUNNER or not runner.annotation:
        return None
    if not runner.is_per_section:
        return (insert(0, f"{runner.annotation}\n"),)
    lines = [Range(*found.span()) for found in _SECTION.finditer(editor.file.content, 0, statement.range.start)]
    return (insert(lines[-1].end, f" {runner.annotation}"),) if lines else None
