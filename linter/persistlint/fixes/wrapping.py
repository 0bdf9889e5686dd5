"""Putting lines around statements, which go one step in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.nodes import nodes_inside
from persistlint.ir import Hole, String, Template
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
    step in. A text of several lines stays as it is. Nothing where the lines are not all theirs."""
    if not region or program.indent is None:
        return ()
    start, end = program.line_start(region[0].range.start), program.line_end(region[-1].range.end)
    texts = _texts(program, region)
    if texts is None or _spans_lines(_without(program, Range(start, end), texts)):
        return ()
    indentation = program.indentation(start)
    lines = [at for at in program.indented(Range(start, end)) if not any(t.start < at < t.end for t in texts)]
    if any(not _is_inside(program, line, indentation) for line in lines):
        return ()
    steps = [Edit(Range(line, line), program.indent) for line in lines]
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


def _texts(program: Program, region: Sequence[Statement]) -> list[Range] | None:
    """The literals in statements that go over several lines, None where one is not understood."""
    nodes = list(nodes_inside(region))
    inside = {id(part) for node in nodes if isinstance(node, Template) for part in node.parts}
    texts = [node for node in nodes if isinstance(node, String | Template) and id(node) not in inside]
    long = [node for node in texts if "\n" in program.source.text(node.range)]
    if not long:
        return []
    from persistlint.fixes.binding.text.literals import (  # only such a fix pays for the package
        Literal,
        UnreadableError,
        literals,
    )

    found: list[Range] = []
    for node in long:
        holes = [part.range for part in node.parts if isinstance(part, Hole)] if isinstance(node, Template) else []
        try:
            parts = literals(program.source, node.range, holes)
        except UnreadableError:
            return None
        found += [part.range for part in parts if isinstance(part, Literal)]
    return found


def _without(program: Program, region: Range, texts: Sequence[Range]) -> bytes:
    """The lines of a region with these texts left out."""
    kept, position = [], region.start
    for text in sorted(texts):
        kept.append(program.source.content[position : text.start])
        position = max(position, text.end)
    return b"".join([*kept, program.source.content[position : region.end]])


def _spans_lines(lines: bytes) -> bool:
    """Whether a text may go over several lines: a mark that is open at the end of one."""
    return any(any(line.count(mark) % 2 for mark in _SEVERAL_LINES) for line in lines.splitlines())
