"""Revisions of Alembic that will be a second head where their branch is merged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.analysis.revisions import MARK as DECLARES
from persistlint.analysis.revisions import declared, history_of, is_run
from persistlint.facts import Consulted, Fork
from persistlint.history import merged, state
from persistlint.languages import read
from persistlint.source import Range, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Fact
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fact]:
    """The parents of a new revision that others follow on the default branch, by now."""
    own = declared(syntax) if DECLARES in syntax.source.content else None
    if own is None:
        return
    path = Path(syntax.source.path).absolute()
    if not path.is_file() or not is_run(path):
        return
    yield Consulted(Range(0, 0), state(path))
    base = merged(path)
    if base is None or base.has(path):
        return
    here = {revision.id.value for revision in history_of(path).revisions.values()}
    for content in base.added_since(path.parent):
        other = declared(read(SourceFile(path.as_posix(), content, "python"))) if DECLARES in content else None
        if other is None or other.id.value in here:
            continue
        for parent in own.after:
            if parent.value in other.parent_ids:
                yield Fork(parent.range, own.id.value, parent.value, other.id.value)
                return
