"""The classes of one file, and what each of them inherits from others of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.ir import Assign, ClassDefinition, Name, Nested
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.ir import Block, Expression

_MOST_BASES = 20


@dataclass(frozen=True)
class Lineage:
    """A class with those of the file that it inherits from, the furthest first, itself last. `others` are the bases
    that are not in the file, as written."""

    classes: tuple[ClassDefinition, ...]
    others: tuple[str, ...]

    def assigned(self, name: str) -> Expression | None:
        """The value that the class, or the nearest of its bases that does, gives to a name of its body."""
        return next((found for each in reversed(self.classes) if (found := assigned(each, name)) is not None), None)


def classes_of(block: Block) -> Iterator[ClassDefinition]:
    """The classes at the top of a file."""
    for statement in block:
        if isinstance(statement, ClassDefinition):
            yield statement
        elif isinstance(statement, Nested):
            yield from (inner for inner in statement.body if isinstance(inner, ClassDefinition))


def lineage(definition: ClassDefinition, classes: dict[str, ClassDefinition]) -> Lineage:
    """What a class inherits from."""
    found: list[ClassDefinition] = []
    others: list[str] = []
    pending = [definition]
    while pending and len(found) < _MOST_BASES:
        current = pending.pop()
        if current in found:
            continue
        found.append(current)
        for base in current.bases:
            inherited = classes.get(base.partition("[")[0])
            if inherited is not None:
                pending.insert(0, inherited)
            else:
                others.append(base)
    if pending:
        others.append("")
    return Lineage(tuple(reversed(found)), tuple(others))


def assignments(block: Block) -> Iterator[tuple[Name, Assign]]:
    """The fields that a body declares or assigns, with their names."""
    for statement in block:
        if isinstance(statement, Assign) and isinstance(statement.target, Name):
            yield statement.target, statement


def assigned(definition: ClassDefinition, name: str) -> Expression | None:
    """The value that a class gives to a name in its body."""
    values: Iterable[Expression | None] = (a.value for target, a in assignments(definition.body) if target.id == name)
    return next((value for value in values if value is not None), None)


def inner_class(definition: ClassDefinition, name: str) -> ClassDefinition | None:
    """A class in the body of another: Django's `Meta`."""
    return next((s for s in definition.body if isinstance(s, ClassDefinition) and s.name == name), None)
