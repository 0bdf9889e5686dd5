"""What the worker is asked for besides `engine.check`. Nothing here imports pygls, see `persistlint_lsp.worker`; and
the server, which only names these functions, does not wait for what they import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.configuration.config import forget, settings_for
from persistlint.diagnostic import Diagnostic, Edit, Severity
from persistlint.engine import Report, check, complete
from persistlint.memory import Memory
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from persistlint.configuration.config import Overrides
    from persistlint.rule import Later
    from persistlint.settings import Settings
    from persistlint.source import SourceFile

_LARGEST_DIFFERENCE = 4_000_000  # pairs of lines; more would take seconds to compare
_CHECKED: Memory[tuple[SourceFile, Settings, Report, Later]] = Memory(most=4)  # what was checked last, by path


def check_open(source: SourceFile, settings: Settings) -> Report:
    """Check a file that is being edited. Remedies that take long are left out: `with_remedies` has them."""
    later: Later = {}
    report = check(source, settings, later)
    _CHECKED.keep(source.path, (source, settings, report, later))
    return report


def with_remedies(source: SourceFile, settings: Settings) -> Report:
    """The whole report of a file that was checked; what is known of its last version is not found out again."""
    known = _CHECKED.recall(source.path)
    if known is None or known[:2] != (source, settings):
        return check(source, settings)
    _, _, report, later = known
    report = complete(report, later)
    _CHECKED.keep(source.path, (source, settings, report, {}))
    return report


def fix_all(source: SourceFile, settings: Settings, rule: str | None = None) -> tuple[Edit, ...]:
    """The edits that `persistlint check --fix` makes in a file: the safe fixes, of one rule or of all."""
    from persistlint.fixing import fix

    def diagnose(source: SourceFile) -> list[Diagnostic]:
        return [found for found in check(source, settings).diagnostics if rule in (None, found.rule)]

    fixed, _ = fix(source, diagnose)
    return tuple(_differences(source.content, fixed.content))


def ignore_line(source: SourceFile, rule: str, offset: int) -> Edit | None:
    """The edit that silences a rule on the line of a byte offset, None where no comment can stand."""
    from persistlint.silencing import ignore_edits

    place = Diagnostic(rule, "", Severity.INFO, Range(offset, offset), "")
    return ignore_edits(source, [place])[0]


def ignore_file(source: SourceFile, rule: str) -> Edit | None:
    """The edit that silences a rule in the whole file, None where no comment can stand."""
    from persistlint.silencing import ignore_file_edit

    return ignore_file_edit(source, rule)


def forget_projects() -> None:
    """Look anew at the files that others depend on."""
    from persistlint.surroundings import anew

    anew()


def list_anew() -> None:
    """Look anew at which files stand beside others."""
    from persistlint.sql.listing import forget

    forget()


def list_files(folder: Path, overrides: Overrides) -> list[Path]:
    """The files below a folder that the command line would check. Raises `ConfigError`."""
    from persistlint.discovery import discover

    forget()
    forget_projects()
    return list(discover([folder], overrides).files)


def check_file(path: Path, overrides: Overrides) -> tuple[SourceFile, Settings, Report] | None:
    """Read and check a file on disk, as it was listed last; None if it cannot be read. Raises `ConfigError`."""
    from persistlint.reading import ReadError, read_file

    settings = settings_for(path, overrides)
    try:
        source = read_file(path, settings.dialect)
    except ReadError:
        return None
    return source, settings, check(source, settings, {})  # nobody can ask for a fix before it is open


def _differences(before: bytes, after: bytes) -> Iterator[Edit]:
    """The lines that differ, as few as possible, so that the cursor and whatever else is tied to lines stays."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    first = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    rest = min(len(old), len(new)) - first
    pairs = zip(reversed(old), reversed(new), strict=False)
    same = min(next((i for i, (a, b) in enumerate(pairs) if a != b), rest), rest)
    old_middle, new_middle = old[first : len(old) - same], new[first : len(new) - same]
    starts = _starts(old)
    for start, end, text in _opcodes(old_middle, new_middle):
        yield Edit(Range(starts[first + start], starts[first + end]), b"".join(text).decode("utf-8"))


def _opcodes(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[tuple[int, int, Sequence[bytes]]]:
    if len(old) * len(new) > _LARGEST_DIFFERENCE:
        yield 0, len(old), new
        return
    from difflib import SequenceMatcher

    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield start, end, new[new_start:new_end]


def _starts(lines: Sequence[bytes]) -> list[int]:
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    return starts
