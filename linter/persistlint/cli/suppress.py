"""`persistlint check --add-suppressions`: write a comment with a reason for every diagnostic that is left."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.discovery import Failure
from persistlint.engine import check
from persistlint.fixes.write import WriteError, write
from persistlint.rules import SUPPRESSIONS
from persistlint.running.run import Result
from persistlint.silencing import silence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from persistlint.diagnostic import Diagnostic, Edit
    from persistlint.running.run import Run
    from persistlint.settings import Settings
    from persistlint.source import SourceFile


def add_suppressions(run: Run, settings_for: Callable[[Path], Settings], reason: str) -> None:
    """Write comments into the files of a run; what cannot be silenced stays among its results.

    A file is left as it is, which is a failure, if its comments would not do what they are for.
    """
    results, run.results = run.results, []
    for result in results:
        source, left = _silenced(run, result, settings_for(Path(result.source.path)), reason)
        if left:
            run.results.append(Result(source, left))


def _silenced(run: Run, result: Result, settings: Settings, reason: str) -> tuple[SourceFile, tuple[Diagnostic, ...]]:
    """The file of a result with comments in it, and the diagnostics that are left."""
    source = result.source
    wanted = [diagnostic for diagnostic in result.diagnostics if diagnostic.group != SUPPRESSIONS]
    edits, silenced = silence(source, wanted, reason)
    if not silenced:
        return source, result.diagnostics
    changed = replace(source, content=_inserted(source.content, edits))
    before, after = (check(file, settings).diagnostics for file in (source, changed))
    try:
        if not _rules(after) <= _rules(before) - _rules(silenced):
            raise WriteError("comments would not silence all that was found in it, so none was added")
        write(Path(source.path), source, changed.content)
    except WriteError as error:
        run.failures.append(Failure(source.path, str(error)))
        return source, result.diagnostics
    run.suppressed += len(silenced)
    left = {
        (diagnostic.rule, _moved(diagnostic.range.start, edits))
        for diagnostic in set(result.diagnostics).difference(silenced)
    }
    return changed, tuple(diagnostic for diagnostic in after if (diagnostic.rule, diagnostic.range.start) in left)


def _inserted(content: bytes, edits: Iterable[Edit]) -> bytes:
    parts: list[bytes] = []
    end = 0
    for edit in sorted(edits, key=lambda edit: edit.range):
        parts += (content[end : edit.range.start], edit.text.encode("utf-8"))
        end = edit.range.start
    return b"".join([*parts, content[end:]])


def _moved(offset: int, edits: Iterable[Edit]) -> int:
    """Where what stood at an offset stands after the insertions."""
    return offset + sum(len(edit.text.encode("utf-8")) for edit in edits if edit.range.start <= offset)


def _rules(diagnostics: Iterable[Diagnostic]) -> Counter[str]:
    return Counter(diagnostic.rule for diagnostic in diagnostics)
