"""Migrations beside those that were merged into the default branch of the remote: new ones that do not come behind
them, and merged ones that say something else by now."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.facts import Consulted, Merging
from persistlint.history import merged, state
from persistlint.language_groups import PROGRAMS
from persistlint.languages import read
from persistlint.paths import is_migration
from persistlint.regexes import regex
from persistlint.schema.script import Script
from persistlint.source import Range
from persistlint.sql.lexer import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Fact
    from persistlint.history import Merged
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

_AGAIN = "R__"  # how the name of a migration begins that Flyway runs whenever it was edited
_NUMBERED = regex(r"^[a-z]?\d", re.IGNORECASE)  # a name that says where a migration comes
_LAYOUT = regex(rb"[\s;,()\\]+")  # what formatters add to a program, and take away
_QUOTE = regex(rb"[\"'`]+")


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fact]:
    """What there is to know of a migration that lies in a repository with a default branch."""
    source = syntax.source
    if not is_migration(source.path):
        return
    path = Path(source.path).absolute()
    if path.name.startswith(_AGAIN) or not path.is_file():
        return
    base = merged(path)
    script = _script(syntax, names) if base is not None else None  # to read it takes longer
    if base is None or (script is not None and script.statements):
        yield Consulted(Range(0, 0), state(path))
    if base is None or script is None or not script.statements:
        return
    before = base.before(path, source.content)
    if before is not None and _is_other(before, source, is_whole=script.runner.sums):
        yield Merging(
            _first_change(before, source), is_edited=True, sums=script.runner.name if script.runner.sums else ""
        )
    elif overtaken := _overtaken(script, path, base):
        first = script.statements[0]
        yield Merging(
            Range(first.range.start, first.range.start + len(first.words[0])), is_edited=False, overtaken_by=overtaken
        )


def _script(syntax: Syntax, names: ProjectNames) -> Script | None:
    """What a migration comes to."""
    found: Iterator[Fact]
    if syntax.source.language in PROGRAMS:  # no script pays for the frameworks of programs
        from persistlint.analysis import migrations

        found = migrations.facts(syntax, names)
    else:
        from persistlint.analysis import scripts

        found = scripts.facts(syntax, names)
    return next((fact for fact in found if isinstance(fact, Script)), None)


def _first_change(before: bytes, source: SourceFile) -> Range:
    """The line in which a file begins to differ from what it was."""
    pairs = enumerate(zip(before, source.content, strict=False))
    place = next((place for place, (one, other) in pairs if one != other), len(before))
    return source.line_range(source.line_of(max(0, min(place, len(source.content) - 1))))


def _is_other(before: bytes, source: SourceFile, *, is_whole: bool) -> bool:
    """Whether a file says something else than before: any other text where that `is_whole`, else one that differs in
    more than comments and layout."""
    if is_whole:
        return before.replace(b"\r\n", b"\n") != source.content.replace(b"\r\n", b"\n")
    return _said(replace(source, content=before)) != _said(source)


def _said(source: SourceFile) -> object:
    if source.language == "sql":
        tokens = tokenize(source.content.decode("utf-8", "replace"), source.dialect)
        return [token.word or token.text for token in tokens if token.kind is not Kind.COMMENT]
    comments = read(source).comments
    starts, ends = [0, *(each.end for each in comments)], [*(each.start for each in comments), len(source.content)]
    kept = b"".join(source.content[start:end] for start, end in zip(starts, ends, strict=True))
    return _QUOTE.sub(b'"', _LAYOUT.sub(b"", kept))


def _overtaken(script: Script, path: Path, base: Merged) -> tuple[str, ...]:
    """The merged migrations that are run behind a new one, where their names say in which order they are."""
    if base.has(path) or path.suffix == ".py" or str(path) not in script.siblings or not _is_numbered(path):
        return ()
    behind = script.siblings[script.siblings.index(str(path)) + 1 :]
    return tuple(other for other in behind if _is_numbered(Path(other)) and base.has(Path(other)))


def _is_numbered(path: Path) -> bool:
    """Whether the name of a migration, or of the folder of its own, begins with a number or a version."""
    return any(_NUMBERED.match(name) for name in (path.name, path.parent.name))
