"""Writes that belong together and are not, and transactions that do not do what they look like."""

from __future__ import annotations

import re

# Without a call that writes, opens or ends a transaction, nothing can be wrong with one.
MAY_HAVE = re.compile(
    rb"(?i)insert|update|delete|create|save|execute?\b|transaction|begin|atomic|commit|rollback|destroy|upsert|remove"
    rb"|for_update|forupdate|\btx\b|\btrx\b|\.add\b|increment|query"
)
