"""The tables that only models declare, in a project whose migrations and SQL make none: the library makes them of the
models of a file, which are read as the script that it sends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.models import drafts_of
from persistlint.analysis.models import may_have as may_have
from persistlint.analysis.models.traits import traits_of
from persistlint.analysis.tables.catalogs import tables_around
from persistlint.facts import Consulted
from persistlint.paths import is_migration, is_product
from persistlint.schema.catalog import Catalog
from persistlint.schema.script import Runner
from persistlint.source import Range
from persistlint.sql.readers import DIALECTS
from persistlint.sql.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Fact
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fact]:
    """The script that the models of a file come to; nothing for tests, and where something else makes tables."""
    source = syntax.source
    if not is_product(source.path) or is_migration(source.path):
        return
    drafts = [draft for draft in drafts_of(syntax) if not traits_of(draft.library).parted]
    if not drafts:
        return
    around = tables_around(source)
    if around.mark:
        yield Consulted(Range(0, 0), around.mark)
    if any(catalog.tables for catalog in around.catalogs):
        return
    replay = Replay(DIALECTS.get(source.dialect), Catalog())
    replay.begin(None, is_forward=True)
    for draft in drafts:
        replay.read_texts(draft.statements())
    runner = Runner(drafts[0].library)
    script = replay.script(syntax.lower().range, source.path, runner, is_dump=False, is_undone=None, version="")
    yield replace(script, is_declared=True)
