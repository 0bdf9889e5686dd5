"""Runs the programs of test cases through the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown import Case, Expectation
from persistlint.engine import check
from persistlint.languages import language_of
from persistlint.settings import Settings
from persistlint.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Collection

    from persistlint.diagnostic import Diagnostic


def source_of(case: Case, text: str) -> SourceFile:
    """The file of a case, with that text."""
    language = language_of(case.path)
    assert language is not None, f"{case.path}: not a file that persistlint reads"
    return SourceFile(case.path, text.encode(), language, dialect=case.dialect)


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
