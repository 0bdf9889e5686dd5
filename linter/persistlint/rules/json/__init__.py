"""Decoded JSON, rows and responses that are taken to be what they need not be."""

from __future__ import annotations

import re

# What decodes or encodes JSON, asks over HTTP, or gives rows; and the operators of SQL that reach into JSON.
MAY_HAVE = re.compile(
    rb"json|fetch|axios|requests|httpx|\.get\(|\.rows|recordset|query|execute|find(?:all|many|one|first|unique|by)"
    rb"|\.(?:body|data)\b|->>|#>>|\.(?:all|search)\(|\.\((?:map\[string\]|\[\])|[\"']\]\[\d+\]\["
)
