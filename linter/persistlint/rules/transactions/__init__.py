"""Writes that belong together and are not, and transactions that do not do what they look like."""

from __future__ import annotations

import re

from persistlint.facts import PROGRAMS

# Without a call that writes, opens or ends a transaction, nothing can be wrong with one.
_PROGRAM = re.compile(
    rb"insert|update|delete|create|save|exec|transaction|begin|atomic|commit|rollback|destroy|upsert|remove|for_?update"
    rb"|(?<!c)tx(?:\b|context|with)|trx\b|\.add\b|add_all|crement|query|session|flush|persist|merge|restore|truncate|bulk|batch"
    rb"|copy_?(?:to|from|records)|replace_?(?:one|many|into)|set_(?:\w+_)?(?:value|by_id)|db_set|\bdel\("
)
MAY_HAVE = dict.fromkeys(PROGRAMS, _PROGRAM)
