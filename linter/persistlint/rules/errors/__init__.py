"""Errors of a database that nobody hears of."""

from __future__ import annotations

import re

MAY_HAVE = re.compile(
    rb"insert|update|delete|create|save|execute?\b|alter|drop|commit|destroy|upsert|remove|add_column|query"
)
