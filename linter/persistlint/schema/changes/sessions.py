"""Transactions, settings, maintenance and rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.schema.changes.change import Change

if TYPE_CHECKING:
    from persistlint.schema.definitions import Name


@dataclass(frozen=True, slots=True)
class Begin(Change):
    """A transaction begins."""


@dataclass(frozen=True, slots=True)
class End(Change):
    """A transaction ends. `is_commit` is false for ROLLBACK."""

    is_commit: bool


@dataclass(frozen=True, slots=True)
class SetVariable(Change):
    """`SET`, `PRAGMA`, `set_config(…)`, `RESET` (without a value). `name` in lower case, `value` without quotes in
    lower case. `is_local` where it lasts until the end of the transaction."""

    name: str
    value: str
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Maintain(Change):
    """`VACUUM`, `CLUSTER`, `REINDEX`, `REFRESH MATERIALIZED VIEW`, `LOCK TABLE`. `kind` in capitals: the verb and what
    changes its meaning (`VACUUM FULL`, `REINDEX TABLE`). `name` where it names something."""

    kind: str
    name: Name | None = None
    is_concurrent: bool = False


@dataclass(frozen=True, slots=True)
class Grant(Change):
    """`GRANT` and `REVOKE`."""

    is_grant: bool
    words: tuple[str, ...]
