"""The variables of a function, as far as they lead to a database."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.analysis.transactions.chain import Known
    from persistlint.ir import Expression


@dataclass
class Variable:
    """What a function knows of one of its variables."""

    known: Known | None = None
    value: Expression | None = None
    annotation: str = ""
    names: frozenset[str] = frozenset()


@dataclass
class Scope:
    """The variables of one function, and those around it. Keys are paths: `tx`, `this.db`."""

    parent: Scope | None = None
    owner: str | None = None
    receiver: str | None = None
    variables: dict[str, Variable] = field(default_factory=dict)

    def find(self, path: str) -> Variable | None:
        """The variable of that name, the innermost first."""
        scope: Scope | None = self
        while scope is not None:
            if path in scope.variables:
                return scope.variables[path]
            scope = scope.parent
        return None

    def names(self) -> frozenset[str]:
        """The variables of a function and of those around it; what the module knows is none of them."""
        found: set[str] = set()
        scope: Scope | None = self
        while scope is not None and scope.parent is not None:
            found.update(scope.variables)
            scope = scope.parent
        return frozenset(found)

    def inner(self, owner: str | None = None, receiver: str | None = None) -> Scope:
        """A scope inside this one."""
        return Scope(self, owner or self.owner, receiver or self.receiver)
