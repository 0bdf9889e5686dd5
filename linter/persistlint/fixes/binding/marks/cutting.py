"""A string of SQL that begins in one statement of the program and ends in the next one, both of which always run:
`sql = "… VALUES ('"`, `sql += name + "')"`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.fixes.binding.marks.plan import Parameter
    from persistlint.fixes.binding.text.literals import Char, Literal
    from persistlint.fixes.binding.text.view import Value, View


@dataclass(frozen=True, slots=True)
class Cut:
    """The literal that the string begins in, the one that it ends in, and how many of its items the first statement
    has."""

    begins: Literal
    ends: Literal
    count: int

    def edits(self, items: Sequence[Char | Value], mark: str) -> list[Edit]:
        """Write the mark where the string begins, and leave out what the next statement has of it. Raises
        `RefusalError` where that has nothing else."""
        following, last = items[self.count], items[-1]
        if last.range.end == self.ends.body.end or following.literal not in (None, self.ends):
            raise RefusalError("a string of SQL begins in one statement of the program and ends in another")
        return [
            Edit(Range(items[0].range.start, items[self.count - 1].range.end), mark),
            Edit(Range(following.range.start, last.range.end), "" if following.literal else self.ends.opening),
        ]


def cut_of(found: View, parameter: Parameter) -> Cut | None:
    """Where the string that a parameter takes the place of is cut, None where it is not, or in another way."""
    items = found.items[parameter.start : parameter.end]
    cuts = [index for index in range(parameter.start, parameter.end - 1) if index in found.ends]
    begins, ends = items[0].literal, items[-1].literal
    if len(cuts) != 1 or parameter.number or begins is None or ends is None:
        return None
    held = found.holders[parameter.start : parameter.end]
    if any(each is not None for each in held) or any(found.part_at(i) for i in range(parameter.start, parameter.end)):
        return None  # there sometimes, or several times
    begun = items[: cuts[0] - parameter.start + 1]
    reaches_end = begun[-1].range.end == begins.body.end and found.ends[cuts[0]] == begins.range.end
    is_whole = reaches_end and all(item.literal is begins for item in begun)
    return Cut(begins, ends, len(begun)) if is_whole else None
