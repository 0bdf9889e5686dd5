"""How many rows a statement gives."""

from __future__ import annotations

import pytest

from persistlint.sql.rows import always_one_row


@pytest.mark.parametrize(
    "text",
    [
        "SELECT count(*) FROM users",
        "select COUNT(*)::int AS n, coalesce(sum(total), 0) from orders where a = $1",
        "SELECT max(a), min(b) FROM t -- all of it",
        "SELECT EXISTS (SELECT 1 FROM t)",
        "SELECT now()",
        "SELECT (SELECT count(*) FROM a) AS n, 1",
        "INSERT INTO users (a) VALUES ($1) RETURNING id",
    ],
)  # fmt: skip
def test_one_row_whatever_the_tables_hold(text: str) -> None:
    assert always_one_row(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT id FROM users LIMIT 1",
        "SELECT count(*) FROM users GROUP BY team",
        "SELECT count(*), team FROM users",
        "SELECT count(*) OVER () FROM users",
        "SELECT count(*) FROM a UNION SELECT 1",
        "SELECT count(*) FROM a HAVING count(*) > 1",
        "SELECT 1 WHERE false",
        "SELECT lower(name) FROM users WHERE id = (SELECT max(id) FROM users)",
        "INSERT INTO users (a) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id",
        "INSERT INTO users SELECT * FROM old RETURNING id",
        "UPDATE users SET a = 1 RETURNING id",
        "DELETE FROM users RETURNING id",
    ],
)
def test_no_row_or_more(text: str) -> None:
    assert not always_one_row(text)
