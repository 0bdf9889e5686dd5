"""The revisions of Alembic: what each comes after, and whether all of them come to one head."""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.facts import Revision
from persistlint.ir import Assign, Collection, Name, String
from persistlint.languages import read
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import SourceFile
from persistlint.sql.listing import Signature, files_below
from persistlint.sql.runners import texts_above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Fact
    from persistlint.ir import Expression, Module
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import Range

MARK = b"down_revision"
"""Bytes that every revision has."""

# Where Alembic is told to look elsewhere than right in `versions`.
_TOLD = regex(
    r"^[ \t]*(?:version_locations\s*=|recursive_version_locations\s*=\s*true\b)", re.IGNORECASE | re.MULTILINE
)
_FURTHEST = 4  # directories upwards in which the environment of a revision is looked for
_CREATED = regex(rb"^Create Date:[ \t]*(\S[^\n]*)", re.MULTILINE)


@dataclass(frozen=True)
class Declared:
    """What one file says of itself. `created` is when, as the tool writes it, "" where it does not say."""

    id: String
    parents: Range
    after: tuple[String, ...]
    is_labelled: bool
    created: str = ""

    @property
    def parent_ids(self) -> tuple[str, ...]:
        """The ids of what it comes after."""
        return tuple(parent.value for parent in self.after)


@dataclass(frozen=True)
class History:
    """The revisions of a project by their paths. `twins` are the paths of later files with an id that is taken, and the
    paths of those that have it; `heads` are the ids that nothing comes after, the oldest first."""

    revisions: dict[str, Declared] = field(default_factory=dict)
    twins: dict[str, str] = field(default_factory=dict)
    heads: tuple[str, ...] = ()
    is_labelled: bool = False


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fact]:
    """The revision that a file is; nothing for any other file, and for one whose parents are not written out."""
    source = syntax.source
    if MARK not in source.content:
        return
    own = declared(syntax)
    if own is None:
        return
    path = str(Path(source.path).absolute())
    if not is_run(Path(path)):
        return
    history = history_of(Path(path))
    known = {found.id.value for found in history.revisions.values()}
    unknown = tuple((parent.value, parent.range) for parent in own.after if parent.value not in known)
    is_head = own.id.value in history.heads and not history.is_labelled and path not in history.twins
    rivals = history.heads[: history.heads.index(own.id.value)] if is_head and not unknown else ()
    if history.revisions:
        yield Revision(own.id.range, own.id.value, own.parents, unknown, history.twins.get(path, ""), rivals)


def declared(syntax: Syntax) -> Declared | None:
    """What a file says of itself; None where it is no revision or does not write out what it comes after."""
    values = _assigned(syntax.lower())
    own, after = values.get("revision"), values.get("down_revision")
    if not isinstance(own, String) or after is None:
        return None
    parents = after.elements if isinstance(after, Collection) else (after,)
    texts = tuple(parent for parent in parents if isinstance(parent, String))
    is_root = getattr(after, "value", "") is None
    if len(texts) != len(parents) and not is_root:
        return None
    labels = values.get("branch_labels")
    is_labelled = isinstance(labels, String | Collection)
    created = _CREATED.search(syntax.source.content)
    return Declared(
        own, after.range, texts, is_labelled, created.group(1).decode("utf-8", "replace") if created else ""
    )


def _assigned(module: Module) -> dict[str, Expression]:
    return {
        statement.target.id: statement.value
        for statement in module.body
        if isinstance(statement, Assign) and isinstance(statement.target, Name) and statement.value is not None
    }


def is_run(file: Path) -> bool:
    """Whether Alembic finds a revision. What lies in a folder below the revisions of `versions`, it does not, unless a
    configuration says so."""
    versions = next((folder for folder in list(file.parents)[1:_FURTHEST] if folder.name == "versions"), None)
    if versions is None or not _has_revisions(files_below(str(versions), ("*.py",))):
        return True
    names = ("alembic.ini", "pyproject.toml")
    return any(_TOLD.search(text) for name in names for text in texts_above(str(versions), name))


@lru_cache(maxsize=16)
def _has_revisions(files: Signature) -> bool:
    return any(declared_in(path) is not None for path, _, _ in files)


def history_of(file: Path) -> History:
    """The revisions of the project of a file: those below the directory that has its `env.py`, or those beside it."""
    around = list(file.parents)[:_FURTHEST]
    root = next((folder for folder in around if (folder / "env.py").is_file()), None)
    files = files_below(str(root or file.parent), ("**/*.py",) if root is not None else ("*.py",))
    return _history(Signature(each for each in files if is_run(Path(each[0]))))


@lru_cache(maxsize=16)
def _history(files: Signature) -> History:
    revisions = {path: found for path, _, _ in files if (found := declared_in(path)) is not None}
    first: dict[str, str] = {}
    twins = {}
    for path, revision in revisions.items():
        earlier = first.setdefault(revision.id.value, path)
        if earlier != path:
            twins[path] = earlier
    followed = {parent for revision in revisions.values() for parent in revision.parent_ids}
    ends = [(revisions[path].created, path, id) for id, path in first.items() if id not in followed]
    is_labelled = any(revision.is_labelled for revision in revisions.values())
    return History(revisions, twins, tuple(id for _, _, id in sorted(ends)), is_labelled)


def declared_in(path: str) -> Declared | None:
    """What the file of a path says of itself, as `declared`."""
    try:
        content = Path(path).read_bytes()
    except OSError:
        return None
    return declared(read(SourceFile(path, content, "python"))) if MARK in content else None


def in_order(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Paths of revisions so that each comes behind what it comes after; files that are none come first. Revisions that
    have no history in common stand apart, for they may make the same tables in other ways."""
    revisions = {path: found for path in paths if (found := declared_in(path)) is not None}
    by_id = {revision.id.value: path for path, revision in revisions.items()}
    graph = {
        path: [by_id[parent] for parent in revision.parent_ids if parent in by_id]
        for path, revision in revisions.items()
    }
    try:
        ordered = tuple(TopologicalSorter(graph).static_order())
    except CycleError:
        return paths
    return (*(path for path in paths if path not in revisions), *_by_history(ordered, graph))


def _by_history(ordered: tuple[str, ...], graph: dict[str, list[str]]) -> Iterator[str]:
    """The same in the same order, but for those that have a history in common, which come one after the other."""
    of = {path: path for path in ordered}  # each leads to one that stands for its history

    def history(path: str) -> str:
        while of[path] != path:
            of[path] = path = of[of[path]]
        return path

    for path, parents in graph.items():
        for parent in parents:
            of[history(parent)] = history(path)
    histories: dict[str, list[str]] = {}
    for path in ordered:
        histories.setdefault(history(path), []).append(path)
    for paths in histories.values():
        yield from paths
