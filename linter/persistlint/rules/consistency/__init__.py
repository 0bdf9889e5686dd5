"""Files of one project that contradict each other."""

from __future__ import annotations

import re

LANGUAGES = frozenset({"sql"})
# What speaks of tables and columns.
MAY_HAVE = re.compile(rb"\b(?:create|alter|drop|insert|update)\b")
