"""What the tables of models are for, as far as their names and columns tell: which of them are no entities that people
change, share and delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.regexes import regex
from persistlint.schema.naming import SOFT_DELETE_COLUMNS, TENANT_COLUMNS, base_name

if TYPE_CHECKING:
    from persistlint.schema.models import Model

# Rows that are written once: what happened, what was seen, what was computed.
_APPENDED = regex(
    r"(?:^|_)(?:logs?|history|histories|audits?|audit_trail|event_store|events_store|snapshots?|metrics?|enrichments?)$"
    r"|^(?:processed|archived|temp|tmp|cached|raw)_|_(?:cache|log_entries|migrations?)$"
)
_SECRETS = regex(r"(?:^|_)(?:credentials?|tokens?|sessions?|secrets?|passwords?|api_?keys?|otps?|nonces?)$")
_LOOKUPS = regex(r"_(?:types?|kinds?|statuses|categories|codes)$|^(?:countries|currencies|languages|time_?zones?)$")
_OWNERS = frozenset(
    {"user", "account", "tenant", "org", "organization", "organisation", "workspace", "company", "team"}
)
_VERSIONS = frozenset(
    {"version", "lock_version", "row_version", "version_id", "optlock", "revision", "rev", "etag", "lockversion"}
)
_TENANTS = frozenset(name.replace("_", "") for name in TENANT_COLUMNS)
_HIDDEN = frozenset({"is_active", "active", "archived_at", "is_archived", "archived", "disabled_at", "removed_at"})


def is_appended(model: Model) -> bool:
    """Whether rows are added and not changed."""
    return _APPENDED.search(model.table.name.name) is not None


def is_secret(model: Model) -> bool:
    """Whether rows hold what has to be gone when it is deleted."""
    return _SECRETS.search(model.table.name.name) is not None


def is_lookup(model: Model) -> bool:
    """Whether rows are the same for everybody."""
    return _LOOKUPS.search(model.table.name.name) is not None


def is_owner(model: Model) -> bool:
    """Whether rows are those that others belong to."""
    return base_name(model.table.name.name) in _OWNERS


def is_join(model: Model) -> bool:
    """Whether rows only bring rows of other tables together."""
    own = {column.name for column in model.table.columns} - {"id", "created_at", "updated_at"}
    bound = {name for key, _ in model.table.foreign_keys for name in key.columns}
    return len(own) >= 2 and all(name in bound or name.endswith("_id") for name in own)


def has_version(model: Model) -> bool:
    """Whether a column counts the changes of a row."""
    return any(column.name in _VERSIONS for column in model.table.columns)


def has_tenant(model: Model) -> bool:
    """Whether a column says whose row it is."""
    return any(column.name.replace("_", "") in _TENANTS for column in model.table.columns)


def has_soft_delete(model: Model) -> bool:
    """Whether a column says that a row no longer counts."""
    return any(column.name in SOFT_DELETE_COLUMNS | _HIDDEN for column in model.table.columns)
