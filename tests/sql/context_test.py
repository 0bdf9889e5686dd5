"""Where holes stand: a table of texts over all dialects and clauses, checked by hand and against sqlglot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from effort import DOUBLED, calls
from persistlint.facts import Context
from persistlint.sql.context import HoleContext, contexts

# Where sqlglot has another opinion than we want: it takes these words for expressions.
NOT_COMPARED = ("SET ", "USE ", "PRAGMA ", "EXEC", "CALL ", "KILL ", "EXPLAIN ", "COPY ", "ATTACH ", "LOCK ", "BEGIN ")
MERGE = (
    "MERGE INTO … AS a USING … AS b ON (a.id = …) WHEN MATCHED THEN UPDATE SET x = …"
    " WHEN NOT MATCHED THEN INSERT (…) VALUES (…);"
)
# Where sqlglot's tree does not tell the place of the hole, with the reason.
EXPLAINED = {
    'SELECT id FROM users WHERE email = "…"': "SQLite reads double quotes that name no column as a string",
    "SELECT id FROM users WHERE created > NOW() - INTERVAL 3 …": "any word passes for a unit",
    "SELECT json_extract(meta, '$.…') FROM t": "the path is taken apart",
    "SELECT * FROM t WHERE json_extract(meta, '$.…') = '…'": "the path is taken apart",
    "SELECT data->>… FROM t": "a number is no path",
    "SELECT * FROM t WHERE a IS …": "anything passes for NULL",
    "SELECT * FROM t WHERE id = ANY(…)": "the parenthesis is a node of its own",
    "SELECT …(a) FROM t": "a number in front of a parenthesis passes for an alias",
    "SELECT * FROM t JOIN u USING (…)": "columns hang on the join as a condition does",
    "SELECT * FROM t ORDER BY name COLLATE …": "the collation is an operand",
    "SELECT * FROM t WHERE $1 = ANY(…)": "the parenthesis is a node of its own",
    "SELECT * FROM t WHERE data->…->>'a' = 'b'": "a number is no path",
    "SELECT * FROM t WHERE agent = $……": "the probes of the two holes run together",
    "CREATE FUNCTION f() RETURNS void AS 'DELETE FROM … WHERE a = ''…''' LANGUAGE sql": "the body is not parsed",
    "SELECT a AS '…' FROM t": "a string can be an alias",
    "SELECT a FROM t LEFT JOIN b ON (b.item_id = … AND b.kind = …)": "what a join compares is a column, to people",
    "SELECT max(length(…)), avg(… - …) FROM t": "one of the two is a column, and nobody knows which",
    MERGE: "the columns are a tuple",
}


@dataclass(frozen=True)
class Case:
    """One text of the table."""

    dialect: str | None
    clause: str
    text: str
    expected: tuple[HoleContext, ...]

    @property
    def parts(self) -> list[str | None]:
        return split_holes(self.text)


def split_holes(text: str) -> list[str | None]:
    """The parts of a text in which `…` is a hole."""
    parts: list[str | None] = []
    for number, piece in enumerate(text.split("…")):
        parts += [piece] if number == 0 else [None, piece]
    return parts


def cases() -> list[Case]:
    """The table of `contexts.txt`."""
    lines = Path(__file__).with_name("contexts.txt").read_text("utf-8").splitlines()[1:]
    found = []
    for head, result in zip(lines[::2], lines[1::2], strict=True):
        dialect, clause, text = head.split("|", 2)
        expected = []
        for item in result.strip().split("  ;  "):
            kind, excerpt = item.split(" ", 1)
            expected.append(HoleContext(Context[kind.upper()], excerpt))
        found.append(Case(dialect or None, clause, text, tuple(expected)))
    return found


CASES = cases()


def test_the_table_is_large_enough() -> None:
    assert len(CASES) >= 200
    assert {case.dialect for case in CASES} >= {"postgres", "mysql", "sqlite", "tsql", "oracle", "snowflake", None}
    assert {context.kind for case in CASES for context in case.expected} == set(Context)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.clause}:{case.text}")
def test_context(case: Case) -> None:
    found = contexts(case.parts, case.clause, case.dialect)
    assert [(hole.kind, hole.excerpt) for hole in found] == [(hole.kind, hole.excerpt) for hole in case.expected]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.clause}:{case.text}")
def test_context_without_dialect(case: Case) -> None:
    """Most texts mean the same to a reader who does not know the dialect."""
    kinds = [context.kind for context in contexts(case.parts, case.clause)]
    if case.dialect not in ("mysql", "oracle", "bigquery", "snowflake"):
        assert kinds == [context.kind for context in case.expected]
    assert len(kinds) == len(case.expected)


def test_sqlglot_agrees(caplog: pytest.LogCaptureFixture) -> None:
    """Fill each hole with a number and with a name, parse, and see where in the tree the probe landed."""
    caplog.set_level("ERROR", "sqlglot")
    compared, differences = 0, []
    for case in CASES:
        if case.clause or case.text.startswith(NOT_COMPARED) or "$$" in case.text or "--" in case.text:
            continue
        for number, context in enumerate(case.expected):
            allowed = allowed_kinds(case, number)
            compared += bool(allowed)
            if allowed and context.kind not in allowed and case.text not in EXPLAINED:
                differences.append((case.text, number, context.kind.name, {kind.name for kind in allowed}))
    assert not differences
    assert compared >= 120


def allowed_kinds(case: Case, number: int) -> set[Context]:
    """The kinds that sqlglot's tree allows for one hole of a text; empty where it parses neither probe."""
    as_name = probe(case, number, "probe_x")
    if isinstance(as_name, exp.Literal):
        return {Context.QUOTED, Context.PART, Context.LIST}
    if isinstance(probe(case, number, "987654"), exp.Literal):
        return kinds_of_expression(as_name) if as_name else {Context.VALUE}
    return {Context.IDENTIFIER, Context.KEYWORD, Context.FRAGMENT} if as_name else set()


def kinds_of_expression(name: exp.Expression) -> set[Context]:
    """The kinds of a hole that can be a number as well as the name of a column, by its parent in the tree."""
    node = name.parent if isinstance(name.parent, exp.Column) else name
    parent = node.parent if node else None
    is_right = parent is not None and parent.args.get("expression") is node
    match parent:
        case exp.And() | exp.Or() | exp.Where() | exp.Having() | exp.Not() | exp.Paren() | exp.Join():
            return {Context.FRAGMENT}
        case exp.Ordered() | exp.Group():
            return {Context.IDENTIFIER}
        case exp.Between() if parent.this is not node:
            return {Context.VALUE}
        case exp.In() if parent.this is not node:
            return {Context.VALUE, Context.LIST}
        case exp.Binary() if is_right:
            left = parent.this.this if isinstance(parent.this, exp.Cast) else parent.this
            is_fixed = isinstance(left, exp.Parameter | exp.Placeholder | exp.Literal)
            return {Context.VALUE, Context.IDENTIFIER} if is_fixed else {Context.VALUE}
        case exp.EQ() if isinstance(parent.parent, exp.Update):
            return {Context.IDENTIFIER}
        case exp.Limit() | exp.Offset() | exp.Fetch() | exp.Interval():
            return {Context.VALUE}
        case exp.Tuple() | exp.Array() | exp.Any():
            return {Context.VALUE, Context.LIST}
    return set(Context)


def probe(case: Case, number: int, text: str) -> exp.Expression | None:
    """The leaf of sqlglot's tree that holds the probe in one hole; the other holes get what they are expected to be."""
    filler = {Context.VALUE: "1", Context.LIST: "1", Context.QUOTED: "v", Context.PART: "v", Context.KEYWORD: ""}
    pieces = []
    hole = 0
    for part in case.parts:
        if part is None:
            pieces.append(text if hole == number else filler.get(case.expected[hole].kind, f"name_{hole}"))
            hole += 1
        else:
            pieces.append(part)
    try:
        tree = sqlglot.parse_one("".join(pieces), read=case.dialect)
    except (sqlglot.errors.SqlglotError, RecursionError):
        return None
    if isinstance(tree, exp.Command):
        return None
    for node in tree.walk():
        if isinstance(node, exp.Literal | exp.Identifier) and text in str(node.this):
            return node
    return None


@pytest.mark.parametrize(
    "parts", [[], [""], [None], [None, None], ["'", None], ["(", None, ")", ")"], ["$$", None], ["\0"]]
)
def test_every_hole_has_a_context(parts: list[str | None]) -> None:
    assert len(contexts(parts)) == parts.count(None)


def test_a_body_in_a_body_is_read() -> None:
    found = contexts(["DO $a$ BEGIN EXECUTE $b$ DROP TABLE ", None, " $b$; DELETE FROM ", None, "; END $a$"])
    assert [context.kind for context in found] == [Context.IDENTIFIER, Context.IDENTIFIER]


@pytest.mark.parametrize("text", ["(", "CASE ", "SELECT (", ";", "BEGIN ", "'"])
def test_deep_and_hostile_text_takes_linear_time(text: str) -> None:
    short, long = ([text * count, None, text * count] for count in (4_999, 9_999))
    assert len(contexts([text, None, text])) == 1  # imports what is needed
    assert calls(lambda: contexts(long)) < DOUBLED * calls(lambda: contexts(short))


@pytest.mark.parametrize("text", ["a", ".", "::", "$1 = ", "'", "= ANY("])
def test_many_holes_take_linear_time(text: str) -> None:
    short, long = ([text, None] * count for count in (2_500, 5_000))
    assert len(contexts([text, None])) == 1
    assert calls(lambda: contexts(long)) < DOUBLED * calls(lambda: contexts(short))


def test_bodies_nest_without_end() -> None:
    parts: list[str | None] = [*(f"DO $t{number}$ " for number in range(3000)), None]
    assert len(contexts(parts)) == 1
