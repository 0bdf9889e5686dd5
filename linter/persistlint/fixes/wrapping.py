"""Putting lines around statements, which go one step in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.fixes.program import Program
    from persistlint.ir import Statement

_SEVERAL_LINES = (b"`", b'"""', b"'''")  # what may hold a text of several lines, which no blanks may change


def wrapped(
    program: Program, region: Sequence[Statement], head: str, tail: Sequence[str], changes: Sequence[Edit] = ()
) -> tuple[Edit, ...]:
    """Statements of one block between two lines or more, one step further in. `changes` are edits inside of them. Of
    `tail`, the first line and those that close a brace, or follow one, stand where the statements stood, the others one
    step in. Nothing where the lines are not all theirs, or hold a text that goes over several."""
    if not region or program.indent is None:
        return ()
    start, end = program.line_start(region[0].range.start), program.line_end(region[-1].range.end)
    lines = program.source.content[start:end]
    if any(mark in lines for mark in _SEVERAL_LINES) and b"\n" in lines and _spans_lines(lines):
        return ()
    indentation = program.indentation(start)
    if any(not _is_inside(program, line, indentation) for line in program.indented(Range(start, end))):
        return ()
    steps = [Edit(Range(line, line), program.indent) for line in program.indented(Range(start, end))]
    first = steps.pop(0)
    opening = Edit(first.range, f"{indentation}{head}\n{program.indent}")
    closing = "".join(
        f"\n{indentation}{'' if number == 0 or line.startswith(('}', 'finally:')) else program.indent}{line}"
        for number, line in enumerate(tail)
    )
    ending = (Edit(Range(end, end), closing),) if closing else ()
    return (opening, *steps, *changes, *ending)


def _is_inside(program: Program, line: int, indentation: str) -> bool:
    return program.source.content.startswith(indentation.encode(), line)


def _spans_lines(lines: bytes) -> bool:
    """Whether a text may go over several lines: a mark that is open at the end of one."""
    return any(any(line.count(mark) % 2 for mark in _SEVERAL_LINES) for line in lines.splitlines())
