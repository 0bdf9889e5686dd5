"""Patterns that are put so that `re` looks for them fast find what they find as they are written."""

from __future__ import annotations

import re

import pytest

from persistlint.patterns import one_by_one, together

ALTERNATIVES = (
    rb"select",
    rb"sell",
    rb"set\b",
    rb"\bset_value",
    rb"\bsql",
    rb"execute?\b",
    rb"for_?update",
    rb"\.get\(",
    rb"-\s*5",
    rb"-=\s*5",
    rb"->>",
    rb"replace into",
    rb"x(?<!\bx)\d",
)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"select",
        b"sel",
        b"sells",
        b"reset",
        b"settings",
        b"reset_value",
        b"set_value",
        b"mysql",
        b"my sql",
        b"exec",
        b"execut",
        b"executes",
        b"forupdate",
        b"for_update",
        b"a.get(b)",
        b"a.get",
        b"a - 5",
        b"a -= 5",
        b"a -= 6",
        b"a->>'b'",
        b"replace  into",
        b"replace into t",
        b"x1",
        b"max1",
    ],
)
def test_they_find_the_same(text: bytes) -> None:
    written = re.compile(b"|".join(ALTERNATIVES)).search(text) is not None
    many = together(*ALTERNATIVES)
    assert [many.search(text) is not None for _ in range(50)] == [written] * 50  # at first otherwise than later
    assert (one_by_one(*ALTERNATIVES).search(text) is not None) == written
