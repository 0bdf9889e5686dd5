"""Where the documentation of a rule is found on the web."""

from __future__ import annotations

HOME = ""  # the address of docs/rules, with a slash at its end; "" until the documentation is published


def url(rule: str) -> str:
    """The address of a rule's page, "" if it has none."""
    return f"{HOME}{rule}.md" if HOME else ""
