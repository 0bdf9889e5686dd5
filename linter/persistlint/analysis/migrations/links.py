"""Chains of calls, as builders have them: `table.string("label").notNullable()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.ir import Attribute, Call
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.ir import Argument, Expression


@dataclass(frozen=True, slots=True)
class Link:
    """One call of a chain: `.notNullable()`."""

    name: str
    arguments: tuple[Argument, ...]
    range: Range

    def argument(self, at: int) -> Expression | None:
        """The argument at a place."""
        return self.arguments[at].value if at < len(self.arguments) else None


def chain_of(node: Expression) -> tuple[Expression, tuple[Link, ...]]:
    """What a chain of calls and attributes starts from, and its links in order; an attribute is one without
    arguments."""
    links: list[Link] = []
    while True:
        if isinstance(node, Call) and isinstance(node.function, Attribute):
            attribute = node.function
            links.append(Link(attribute.name, node.arguments, Range(attribute.name_range.start, node.range.end)))
            node = attribute.value
        elif isinstance(node, Attribute):
            links.append(Link(node.name, (), node.name_range))
            node = node.value
        else:
            return node, tuple(reversed(links))
