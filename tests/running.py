"""Runs the programs of test cases through the engine."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from markdown import NO_HISTORY, Case, Expectation, History
from persistlint.engine import check
from persistlint.languages import language_of
from persistlint.settings import Settings
from persistlint.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Collection

    from persistlint.diagnostic import Diagnostic

_FOLDERS: list[TemporaryDirectory[str]] = []


def source_of(case: Case, text: str) -> SourceFile:
    """The file of a case, with that text. Where it has files beside it, all of them are on disk."""
    language = language_of(case.path)
    assert language is not None, f"{case.path}: not a file that persistlint reads"
    is_on_disk = case.beside or case.history != NO_HISTORY
    path = str(_project(case.path, case.text, case.beside, case.history) / case.path) if is_on_disk else case.path
    return SourceFile(path, text.encode(), language, dialect=case.dialect)


def diagnostics_of(source: SourceFile, rules: Collection[str], case: Case) -> tuple[Diagnostic, ...]:
    """What these rules report, each with the options of the case."""
    settings = Settings(frozenset(rules), options=dict.fromkeys(rules, case.options), dialect=case.dialect)
    report = check(source, settings)
    assert not report.errors
    return tuple(report.diagnostics)


def place_of(source: SourceFile, diagnostic: Diagnostic) -> Expectation:
    """A diagnostic as a case would expect it."""
    position = source.position(diagnostic.range.start)
    severity = diagnostic.severity.value
    return Expectation(position.line, position.column, severity, diagnostic.rule, diagnostic.message)


@cache
def _project(path: str, text: str, beside: tuple[tuple[str, str], ...], history: History) -> Path:
    """A repository that holds a program and the files beside it, until the tests end."""
    folder = TemporaryDirectory()
    _FOLDERS.append(folder)
    if history == NO_HISTORY:
        (Path(folder.name) / ".git").mkdir()
    else:
        _make_history(Path(folder.name), history)
    _write(Path(folder.name), *history.merged, (path, text), *beside)
    return Path(folder.name)


def _make_history(folder: Path, history: History) -> None:
    """A checkout of the commit before those that came to the default branch of its remote since."""
    _git(folder, "init", "-q")
    _write(folder, *history.merged)
    _commit(folder)
    _git(folder, "branch", "here")
    _write(folder, *history.ahead)
    _commit(folder)
    _git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    _git(folder, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    _git(folder, "checkout", "-q", "here")


def _commit(folder: Path) -> None:
    _git(folder, "add", "--all")
    name = ("-c", "user.name=someone", "-c", "user.email=someone@example.org")
    _git(folder, *name, "commit", "-q", "--allow-empty", "--no-gpg-sign", "-m", "a state")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def _write(folder: Path, *files: tuple[str, str]) -> None:
    for name, content in files:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
