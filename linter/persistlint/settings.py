"""Which rules run on a file, and how: what the configuration comes to for one path."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from persistlint.diagnostic import Severity


@dataclass(frozen=True)
class ProjectNames:
    """What a project calls things of its own that no library table can know: plain names, as the code spells them.

    `handles` are variables that hold a database connection or pool, `transactions` functions and decorators that run
    what they are given inside a transaction, `json` functions that return decoded JSON from outside."""

    handles: tuple[str, ...] = ()
    transactions: tuple[str, ...] = ()
    json: tuple[str, ...] = ()


NO_NAMES = ProjectNames()


@dataclass(frozen=True)
class Settings:
    """`rules` are the names of the rules that run, `severities` and `options` what differs from their defaults,
    `dialect` a name of sqlglot's (`postgres`, `sqlite`, `mysql`, `tsql`, `oracle`) or None where nothing tells."""

    rules: frozenset[str]
    severities: Mapping[str, Severity] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    dialect: str | None = None
    names: ProjectNames = NO_NAMES
