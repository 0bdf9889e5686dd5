"""The results of a run for people: every diagnostic with the source it speaks of, then one line that sums up."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, TextIO

from persistlint.diagnostic import Severity
from persistlint.phrases import conjoined
from persistlint.reading import source_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.running.run import Run
    from persistlint.source import Range, SourceFile

NAMES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
TAB = "    "
LONGEST_LINE = 120  # cells of source shown of one line, where no terminal says how wide it is
MARGIN, LEAST_WIDTH = 10, 40  # cells of a terminal: for line numbers, and for the source at least
MOST_BYTES = 4  # of a code point in UTF-8
LONGEST_EXCERPT = 4  # lines; of a longer one the first two and the last are shown

# What would change the terminal or reorder the line is shown as a picture of itself: control characters, bidirectional
# overrides, line separators.
_CONTROL = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_REORDERING = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)], 0xFFFD)
_PICTURES = _CONTROL | _REORDERING

_TERMINALS = ("FORCE_COLOR", "TTY_COMPATIBLE")  # by which Rich takes any stream for a terminal

_Line = list[tuple[str, str]]  # pieces of text with their style


def write(run: Run, stream: TextIO, *, quiet: bool = False) -> None:
    """Write the results of a run as text, in colours if the stream is a terminal; `quiet` leaves out the summary."""
    if run.results:
        _write_diagnostics(run, stream)
    for fixed in run.fixed:
        stream.write(f"fixed: {shown(fixed.path)}: {_count(fixed.count, 'problem')} ({', '.join(fixed.rules)})\n")
        stream.writelines(f"made: {shown(path)}\n" for path in fixed.made)
    write_failures(run, stream)
    if not quiet:
        stream.write(summary(run) + "\n")


def write_failures(run: Run, stream: TextIO) -> None:
    """Write what could not be checked."""
    for failure in run.failures:
        stream.write(f"error: {shown(failure.path)}: {shown(failure.message)}\n")


def summary(run: Run) -> str:
    """What came out, in one line."""
    count = sum(fixed.count for fixed in run.fixed)
    sentences = [f"Fixed {_count(count, 'problem')}."] if count else []
    if run.suppressed:
        sentences.append(f"Added suppressions for {_count(run.suppressed, 'problem')}.")
    counts = Counter(diagnostic.severity for diagnostic in run.diagnostics)
    if counts:
        from persistlint.fixes.converge import applicable

        parts = [_count(counts[severity], name) for severity, name in NAMES.items() if counts[severity]]
        sentences.append(
            f"Found {conjoined(parts)} in {_count(len(run.results), 'file')} ({_count(run.files, 'file')} checked)."
        )
        if fixable := sum(applicable(diagnostic) is not None for diagnostic in run.diagnostics):
            sentences.append(f"`persistlint check --fix` repairs {fixable} of them.")
        if more := sum(applicable(diagnostic, unsafe=True) is not None for diagnostic in run.diagnostics) - fixable:
            sentences.append(f"`--unsafe-fixes` repairs {more}{' more' if fixable else ''}.")
    elif not run.failures:
        sentences.append(f"All good: {_count(run.files, 'file')} checked." if run.files else "No files to check.")
    if run.known:
        sentences.append(f"{_count(run.known, 'problem')} more in the baseline.")
    if failed := len({failure.path for failure in run.failures}):
        sentences.append(f"{_count(failed, 'file')} could not be checked.")
    return " ".join(sentences)


def summary_of_differences(run: Run) -> str:
    """What the fixes would do, in one line."""
    count = sum(fixed.count for fixed in run.fixed)
    if not count:
        return "Nothing to fix."
    return f"Would fix {_count(count, 'problem')} in {_count(len(run.fixed), 'file')}; nothing was written."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _write_diagnostics(run: Run, stream: TextIO) -> None:
    if not stream.isatty() and not any(os.environ.get(name) for name in _TERMINALS):
        for result in run.results:
            for diagnostic in result.diagnostics:
                lines = _diagnostic(result.source, diagnostic, LONGEST_LINE)
                stream.writelines(f"{''.join(text for text, _ in line)}\n" for line in lines)
                stream.write("\n")
        return
    from rich.console import Console  # only colours pay for it, and take as long as all the rest
    from rich.text import Text

    console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
    width = max(console.width - MARGIN, LEAST_WIDTH) if console.is_terminal else LONGEST_LINE
    for result in run.results:
        for diagnostic in result.diagnostics:
            for line in _diagnostic(result.source, diagnostic, width):
                console.print(Text.assemble(*line))
            console.print()


def _diagnostic(source: SourceFile, diagnostic: Diagnostic, width: int) -> Iterator[_Line]:
    style = COLOURS[diagnostic.severity]
    name = NAMES[diagnostic.severity]
    places = [(source, diagnostic.range)]
    places += [(source_at(source, related.path), related.range) for related in diagnostic.related]
    margin = " " * max(len(str(_last_line(*place))) for place in places)
    yield [(f"{name}[{diagnostic.rule}]", style), (f": {shown(diagnostic.message)}", "bold")]
    yield from _excerpt(source, diagnostic.range, style, width, margin)
    if diagnostic.help:
        yield [(f"{margin} = ", "blue"), ("help", "bold"), (f": {shown(diagnostic.help)}", "")]
    for fix in diagnostic.fixes:
        yield [(f"{margin} = ", "blue"), (f"{fix.applicability.value} fix", "bold"), (f": {shown(fix.title)}", "")]
    for related, place in zip(diagnostic.related, places[1:], strict=True):
        yield [("note", "bold cyan"), (f": {shown(related.message)}", "bold")]
        yield from _excerpt(*place, "cyan", width, margin)


def _excerpt(source: SourceFile, range_: Range, style: str, width: int, margin: str) -> Iterator[_Line]:
    """Where a range is, and its lines with what is inside it underlined."""
    start = source.position(range_.start)
    yield [(f"{margin}--> ", "blue"), (f"{shown(source.path)}:{start.line}:{start.column}", "")]
    bar = (f"{margin} | ", "blue")
    last = _last_line(source, range_)
    is_long = last - start.line >= LONGEST_EXCERPT
    lines = [start.line, start.line + 1, last] if is_long else range(start.line, last + 1)
    yield [(bar[0].rstrip(), bar[1])]
    for line in lines:
        if is_long and line == last:
            yield [("...", "blue")]
        before, marked, after = _cut(*_split(source, range_, line, width), width)
        text = f"{before}{marked}{after}".rstrip()
        yield [(f"{line:>{len(margin)}} |{' ' * bool(text)}", "blue"), (text, "")]
        if marked or line == start.line:
            yield [bar, (" " * _cells(before) + "^" * max(_cells(marked), 1), style)]


def _last_line(source: SourceFile, range: Range) -> int:
    return source.line_of(max(range.start, range.end - 1))


def _split(source: SourceFile, range: Range, line: int, width: int) -> tuple[str, str, str]:
    """A line as it is shown: before, inside and after a range, of each what more than fills so many cells at most.
    Indentation and trailing space are not inside."""
    whole = source.line_range(line)
    start, end = max(whole.start, min(range.start, whole.end)), min(whole.end, max(range.end, whole.start))
    inside = source.content[start:end]
    if start != range.start:
        start += len(inside) - len(inside.lstrip())
    if end != range.end:
        end = max(start, end - len(inside) + len(inside.rstrip()))
    most = MOST_BYTES * (width + 1)
    pieces = (
        source.content[max(whole.start, start - most) : start],
        source.content[start : min(end, start + most)],
        source.content[end : min(whole.end, end + most)],
    )
    before, marked, after = (shown(piece.decode("utf-8", "replace")) for piece in pieces)
    return before, marked, after


def _cut(before: str, marked: str, after: str, width: int) -> tuple[str, str, str]:
    """The part of a line that fits into so many cells, with the marked text in it."""
    if _cells(before + marked + after) <= width:
        return before, marked, after
    if _cells(before) > width // 2:
        before = "…" + _fitting(before[::-1], width // 2 - 1)[::-1]
    room = width - _cells(before)
    if _cells(marked) > room:
        return before, _fitting(marked, room - 1) + "…", ""
    room -= _cells(marked)
    return before, marked, after if _cells(after) <= room else _fitting(after, room - 1) + "…"


def _fitting(text: str, cells: int) -> str:
    """The beginning of a text that fits into so many cells."""
    text = text[: max(cells, 0)]
    while text and _cells(text) > cells:
        text = text[:-1]
    return text


def _cells(text: str) -> int:
    """How many cells a text takes that is shown."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # only who shows something else pays for it

    return cell_len(text)


def shown(text: str) -> str:
    """A text in which nothing changes the terminal or the order of the line."""
    if text.isascii() and text.isprintable():  # as nearly all is
        return text
    return text.replace("\t", TAB).translate(_PICTURES)
