"""Writes that belong together and are not, and transactions that do not do what they look like."""

from __future__ import annotations

import re

# Without a call that writes, opens or ends a transaction, nothing can be wrong with one.
MAY_HAVE = re.compile(
    rb"(?i)insert|update|delete|create|save|exec(?:ute)?\b|executeraw|transaction|begin|atomic|commit|rollback|destroy"
    rb"|upsert|remove|for_?update|\btx\b|\btrx\b|intx|\.add\b|add_all|crement|query|session|flush|persist|merge|restore"
    rb"|truncate|bulk|batch|copy_?(?:to|from|records)|replace_?(?:one|many|into)|set_(?:\w+_)?(?:value|by_id)|db_set|\bdel\("
)
