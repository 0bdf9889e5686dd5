"""Tables that let wrong data in, or let data of one owner out to another."""

from __future__ import annotations

import re

LANGUAGES = frozenset({"sql"})
# What defines tables and what guards them.
MAY_HAVE = re.compile(rb"\b(?:create|alter)\b")
