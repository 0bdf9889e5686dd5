"""How many rows a statement gives, as far as its text alone tells."""

from __future__ import annotations

from persistlint.memory import by_text
from persistlint.sql.lexer import Kind, Token, tokenize, word_set

_AGGREGATES = word_set(
    "COUNT SUM AVG MIN MAX ARRAY_AGG STRING_AGG JSON_AGG JSONB_AGG JSON_OBJECT_AGG BOOL_AND BOOL_OR GROUP_CONCAT TOTAL"
    " STDDEV VARIANCE"
)
_MANY = word_set("GROUP UNION INTERSECT EXCEPT HAVING LIMIT OFFSET OVER")
_LONGEST = 5_000  # code points that are looked at


@by_text
def always_one_row(text: str) -> bool:
    """Whether a statement gives one row whatever the tables hold: aggregates without groups, `SELECT EXISTS (…)`, a
    SELECT without tables, an INSERT of one row of values that returns it."""
    if len(text) > _LONGEST:
        return False
    tokens = [token for token in tokenize(text) if token.kind is not Kind.COMMENT]
    words = _outside_of_parentheses(tokens)
    if words[:1] == ["WITH"] and "SELECT" in words:
        tokens = _main(tokens)
        words = _outside_of_parentheses(tokens)
    if words[:1] == ["INSERT"]:
        return "RETURNING" in words and "VALUES" in words and "CONFLICT" not in words and "IGNORE" not in words
    if words[:1] != ["SELECT"] or _MANY.intersection(words):
        return False
    if "FROM" not in words:
        return "WHERE" not in words and len(words) > 1
    return all(_is_aggregate(item) for item in _selected(tokens))


def _main(tokens: list[Token]) -> list[Token]:
    """A query without the tables that WITH makes for it: from the first SELECT outside of parentheses."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.word == "SELECT":
            return tokens[index:]
    return tokens


def _outside_of_parentheses(tokens: list[Token]) -> list[str]:
    depth = 0
    found = []
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.text != ")":
            found.append(token.word)
    return found


def _selected(tokens: list[Token]) -> list[list[str]]:
    """The words of every expression that is selected, up to FROM."""
    items: list[list[str]] = [[]]
    depth = 0
    for token in tokens[1:]:
        if depth == 0 and token.word == "FROM":
            break
        if depth == 0 and token.text == ",":
            items.append([])
            continue
        depth += (token.text == "(") - (token.text == ")")
        items[-1].append(token.word)
    return items


def _is_aggregate(words: list[str]) -> bool:
    """Whether an expression is an aggregate: of anything else there is one value per row."""
    first = next((word for word in words if word not in ("", "(", "COALESCE", "CAST", "ROUND", ".")), "")
    return first in _AGGREGATES or first == "EXISTS"


def value_rows(text: str, dialect: str | None) -> list[int]:
    """How many values each row of `VALUES (…), (…)` has; nothing where the text begins with anything else."""
    tokens = [token for token in tokenize(text, dialect) if token.kind is not Kind.COMMENT]
    if not tokens or tokens[0].word != "VALUES":
        return []
    found: list[int] = []
    depth = 0
    for token in tokens[1:]:
        if depth == 0 and token.text not in ("(", ","):
            break
        depth += (token.text in "([") - (token.text in ")]")
        if depth == 1 and token.text == "(":
            found.append(1)
        elif depth == 1 and token.text == ",":
            found[-1] += 1
    return found
