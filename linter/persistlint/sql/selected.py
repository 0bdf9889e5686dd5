"""The columns that a query gives, by position, as far as its text alone tells."""

from __future__ import annotations

from persistlint.memory import by_text
from persistlint.sql.lexer import HOLE, Kind, Token, name_of, tokenize

_LONGEST = 20_000  # code points that are looked at


@by_text
def selected(text: str, dialect: str | None = None) -> tuple[str, ...]:
    """What a SELECT gives in each position: the name of a column, in lower case, "" for anything else; nothing for any
    other statement, and for one of which not all positions are known."""
    tokens = [token for token in tokenize(text[:_LONGEST], dialect) if token.kind is not Kind.COMMENT]
    if not tokens or tokens[0].word != "SELECT" or (len(tokens) > 1 and tokens[1].word in ("DISTINCT", "ALL", "TOP")):
        return ()
    items: list[list[Token]] = [[]]
    depth = 0
    for token in tokens[1:]:
        if depth == 0 and token.word in ("FROM", ";"):
            break
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.text == ",":
            items.append([])
        else:
            items[-1].append(token)
    names = tuple(_column(item) for item in items)
    return () if any(item and item[-1].text == "*" for item in items) else names


def _column(item: list[Token]) -> str:
    """The column that an item is, whatever it is called in the result: `w.balance AS left`."""
    if [token.word for token in item[-2:-1]] == ["AS"]:
        item = item[:-2]
    names, dots = item[::2], item[1::2]
    is_name = all(token.kind in (Kind.WORD, Kind.QUOTED) and HOLE not in token.text for token in names)
    return name_of(names[-1]) if names and is_name and all(token.text == "." for token in dots) else ""
