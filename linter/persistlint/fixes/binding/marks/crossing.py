"""A string of SQL that begins in one statement of Go and ends in another one, with nothing but its value between:
`b.WriteString("… = '")`, `b.WriteString(name)`, `b.WriteString("'")`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.binding.marks.formatting import REST_WITH_COMMENT
from persistlint.fixes.binding.text.literals import Char
from persistlint.fixes.binding.text.statements import is_next
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint import ir
    from persistlint.fixes.binding.marks.plan import Parameter
    from persistlint.fixes.binding.text.literals import Literal
    from persistlint.fixes.binding.text.view import View
    from persistlint.source import SourceFile


@dataclass(frozen=True, slots=True)
class Crossing:
    """The literal at whose end the string begins, where it begins there, and the edits that take away what the other
    statements have of it."""

    begins: Literal
    start: int
    others: tuple[Edit, ...]

    def edits(self, parameter: Parameter, mark: str, number: str) -> list[Edit]:
        """The edits that put a mark there, or if it has one the text of its `number`, which is known when the program
        runs."""
        literal = self.begins
        if not number:
            return [Edit(Range(self.start, literal.body.end), mark), *self.others]
        lead, tail = parameter.before + parameter.around[0], parameter.around[1] + parameter.after
        behind = f" + {literal.opening}{tail}{literal.quote}" if tail else ""
        text = f"{lead}{literal.quote} + {number}{behind}"
        return [Edit(Range(self.start, literal.range.end), text), *self.others]


def crossing_of(found: View, parameter: Parameter, source: SourceFile) -> Crossing | None:
    """How the string that a parameter takes the place of crosses statements that hold their values themselves and run
    whenever the one before does, None where it does not, or in another way."""
    places = range(parameter.start, parameter.end)
    groups = _by_holder(found, places)
    statements = [holder for holder, _ in groups]
    is_plain = parameter.listed is None and all(found.part_at(index) is None for index in places)
    if not is_plain or len(groups) < 2 or not all(is_next(one, other, source) for one, other in pairwise(statements)):
        return None
    begun = groups[0][1]
    first = found.items[begun[0]]
    literal = first.literal
    is_begun = all(isinstance(found.items[i], Char) and found.items[i].literal is literal for i in begun)
    if literal is None or not is_begun or found.items[begun[-1]].range.end != literal.body.end:
        return None
    if any(literal in form.literals for form in found.forms):
        return None
    edits: list[Edit] = []
    for holder, inside in groups[1:]:
        edit = _line_of(holder, source) if _is_whole(found, holder, inside) else _beginning(found, inside)
        if edit is None or (edit.text and holder is not statements[-1]):
            return None
        edits.append(edit)
    return Crossing(literal, first.range.start, tuple(edits))


def _by_holder(found: View, places: range) -> list[tuple[ir.Statement, list[int]]]:
    """The items at some places by the statements that hold them; nothing where one is held by none."""
    groups: list[tuple[ir.Statement, list[int]]] = []
    for index in places:
        holder = found.holders[index]
        if holder is None:
            return []
        if not groups or groups[-1][0] is not holder:
            groups.append((holder, []))
        groups[-1][1].append(index)
    return groups


def _is_whole(found: View, holder: ir.Statement, inside: Sequence[int]) -> bool:
    return sum(each is holder for each in found.holders) == len(inside)


def _line_of(holder: ir.Statement, source: SourceFile) -> Edit | None:
    """The edit that drops a statement with its line, None where it shares that."""
    begin = source.content.rfind(b"\n", 0, holder.range.start) + 1
    rest = REST_WITH_COMMENT.match(source.content, holder.range.end)
    is_alone = not source.content[begin : holder.range.start].strip()
    return Edit(Range(begin, rest.end()), "") if is_alone and rest is not None else None


def _beginning(found: View, inside: Sequence[int]) -> Edit | None:
    """The edit that drops what the last statement begins with, None where its literal has nothing else."""
    following, last = found.items[inside[0]], found.items[inside[-1]]
    ends = last.literal
    if ends is None or last.range.end == ends.body.end or following.literal not in (None, ends):
        return None
    return Edit(Range(following.range.start, last.range.end), "" if following.literal else ends.opening)
