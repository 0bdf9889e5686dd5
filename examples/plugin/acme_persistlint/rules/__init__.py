"""Acme's own rules: a module here is a rule, whose name is that of the file with hyphens."""

from __future__ import annotations

import re

# Where this matches nothing, no rule of the group has anything to say, and the file is not even parsed for it.
MAY_HAVE = re.compile(rb"(?i)select\s+\*")
