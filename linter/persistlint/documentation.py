"""Where the page of a rule is: beside the installed package, so that it is of the same version and needs no network."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_FOLDERS = (_PACKAGE / "pages", _PACKAGE.parent.parent / "docs" / "rules")  # a wheel, and a checkout


@cache
def url(rule: str) -> str:
    """The address of a rule's page, "" if it has none."""
    for folder in _FOLDERS:
        page = folder / f"{rule}.md"
        if page.is_file():
            return page.as_uri()
    return ""
