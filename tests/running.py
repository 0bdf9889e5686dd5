"""Runs the programs of test cases through the engine."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from markdown import Case, Expectation
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
    path = str(_project(case.path, case.text, case.beside) / case.path) if case.beside else case.path
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
def _project(path: str, text: str, beside: tuple[tuple[str, str], ...]) -> Path:
    """A repository that holds a program and the files beside it, until the tests end."""
    folder = TemporaryDirectory()
    _FOLDERS.append(folder)
    (Path(folder.name) / ".git").mkdir()
    for name, content in ((path, text), *beside):
        file = Path(folder.name) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    return Path(folder.name)
