"""Which rules run on a file, and how: what the configuration comes to for one path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from persistlint.diagnostic import Severity


@dataclass(frozen=True)
class Settings:
    """`rules` are the names of the rules that run, `severities` and `options` what differs from their defaults,
    `dialect` a name of sqlglot's (`postgres`, `sqlite`, `mysql`, `tsql`, `oracle`) or None where nothing tells."""

    rules: frozenset[str]
    severities: Mapping[str, Severity] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    dialect: str | None = None
