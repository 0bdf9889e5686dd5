"""What a write does to rows, by the name of the call, as the libraries of all languages name it."""

from __future__ import annotations

import re

from persistlint.regexes import regex

_BEFORE = r"(?:a|bulk_?|soft_?)?"  # Django's asynchronous methods, several rows at once, rows that are only marked
_INSERTS = regex(rf"{_BEFORE}(?:create|insert|add)|save_?many", re.IGNORECASE)
_UPDATES = regex(rf"{_BEFORE}(?:update|patch|set)", re.IGNORECASE)
_DELETES = regex(rf"{_BEFORE}(?:delete|destroy|remove|truncate|clear|del\b)", re.IGNORECASE)


def inserts(name: str) -> bool:
    """Whether a call of this name makes rows."""
    return _INSERTS.match(name) is not None


def updates(name: str) -> bool:
    """Whether a call of this name sets columns of rows that are there."""
    return _UPDATES.match(name) is not None


def deletes(name: str) -> bool:
    """Whether a call of this name, or a statement that begins so, removes rows."""
    return _DELETES.match(name) is not None
