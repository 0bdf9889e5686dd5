"""SQL is told from prose: two files of labelled lines, `…` for a hole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from persistlint.sql.lexer import HOLE
from persistlint.sql.recognise import may_become_sql, reads_as_fragment, reads_as_sql

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent


def parts(line: str) -> list[str | None]:
    """The parts of a line: `…` is a hole, `\\n` and `\\t` are written out."""
    found: list[str | None] = []
    for number, piece in enumerate(line.replace("\\n", "\n").replace("\\t", "\t").split("…")):
        found += [piece] if number == 0 else [None, piece]
    return found


def _text(line: str) -> str:
    return "".join(HOLE if part is None else part for part in parts(line))


def lines(name: str) -> list[str]:
    return (FOLDER / name).read_text("utf-8").splitlines()


def test_statements_are_recognised() -> None:
    labelled = lines("statements.txt")
    assert len(labelled) > 300
    assert [line for line in labelled if not reads_as_sql(parts(line))] == []


def test_prose_is_not_sql() -> None:
    labelled = lines("prose.txt")
    assert len(labelled) > 300
    assert [line for line in labelled if reads_as_sql(parts(line))] == []


def test_what_statements_begin_with_may_become_one() -> None:
    begun = [
        text[: match.start()] for text in map(_text, lines("statements.txt")) for match in re.finditer(r"\s", text)
    ]
    assert [text for text in begun if not may_become_sql(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Create a payment for the order", "Update empty values with", "Delete the lines with", "Use `orders` instead",
        "load attributes", "copy from file to response", "commit does not exist", "Show contents", "Values cannot",
        "if not value:", "with open(path) as file:",
    ],
)  # fmt: skip
def test_what_prose_begins_with_does_not_become_sql(text: str) -> None:
    assert not may_become_sql(text)


@pytest.mark.parametrize("change", [str.upper, str.lower], ids=["upper", "lower"])
def test_the_main_statements_in_any_case(change: Callable[[str], str]) -> None:
    starts = ("SELECT * FROM", "UPDATE t SET", "INSERT INTO t (", "DELETE FROM users")
    found = [line for line in lines("statements.txt") if line.startswith(starts)]
    assert [line for line in found if not reads_as_sql(parts(change(line)))] == []


@pytest.mark.parametrize(
    "text",
    [
        "id = …", "name = '…' AND age > …", "… = ?", "… LIKE '%…%'", "lower(name) = …", "a.b IN (…)",
        "created_at DESC", "… ASC", "name ASC, … DESC", "… NULLS LAST", "u.name, u.id", "COUNT(*) AS n",
        "count(…)", "ORDER BY …",
        "WHERE a = …", " AND a = …", "LIMIT …", "LEFT JOIN t ON t.id = …", "GROUP BY a", "a IS NULL",
        " WHERE a = %s ALLOW FILTERING",
        "x BETWEEN … AND …", "t.id", "SET a = …", "VALUES (…)", "RETURNING …", "(a = … OR b = …)",
    ],
)  # fmt: skip
def test_fragments(text: str) -> None:
    assert reads_as_fragment(parts(text))


@pytest.mark.parametrize(
    "text",
    [
        "", "…", "Hello, …", "name", "user:…:profile", "The name is … and …", "please order by phone",
        "a list of … things", "https://example.com/?a=b&c=…", "<b>…</b>", "and so on", "where is …?",
        "Failed to load … from …",
        "filter specs in 'image' tag may only", "table=%s query=%s duration=%.2f", "/user/sign-in?redirect_to=",
        "set the table",
    ],
)  # fmt: skip
def test_no_fragments(text: str) -> None:
    assert not reads_as_fragment(parts(text))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "SELECT " * 20_000,
        "WITH " * 20_000,
        "{" * 9_999,
        "SELECT '",
        "UPDATE",
        "\0",
        "SET",
        "EXPLAIN " * 9_999,
    ],
)
def test_hostile_text(text: str) -> None:
    assert reads_as_sql([text]) in (True, False)
    assert reads_as_fragment([text, None]) in (True, False)
