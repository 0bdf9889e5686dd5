"""The SQL around a hole, as a message shows it: at most one clause, on one line, with `…` for holes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.facts import Context
from persistlint.sql.lexer import HOLE, Kind, Token
from persistlint.sql.words import COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.sql.grammar import Grammar

_WIDTH = 48  # code points of an excerpt
_MARGIN = 20  # code points around the hole in a long literal
_LONGEST_NAME = 63
_TOKENS = 40  # that are looked at on either side of the hole
_QUERIES = frozenset({"SELECT", "WITH", "VALUES"})


def excerpt(grammar: Grammar, index: int, offset: int, kind: Context) -> str:
    """The SQL around the hole at a code-point offset of the token at `index`, `kind` being the hole's context.

    The grammar has read the tokens before it.
    """
    tokens = grammar.tokens
    hole = _shorten(tokens[index], offset)
    for last in (_last(grammar, index, kind), index):
        for first in _firsts(grammar, index):
            text = _render([*_without_queries(tokens[first:index]), hole, *tokens[index + 1 : last + 1]])
            if text.endswith(")") and "(" not in text:
                text = text[:-1]
            if len(text) <= _WIDTH:
                return text
    return _render([hole])


def _firsts(grammar: Grammar, index: int) -> Iterator[int]:
    """Where an excerpt can begin, from the best on: at the clause, at its item, at the words before the hole."""
    frame = grammar.frame
    name = index
    while grammar.word(name - 1) in (".", "::") and name > max(1, index - _TOKENS):
        name -= 2
    for first in (frame.anchor, frame.item, *range(max(index - 6, frame.anchor), name)):
        if index - _TOKENS < first < name and (first == frame.anchor or _begins_word(grammar, first)):
            yield first
    yield name


def _begins_word(grammar: Grammar, index: int) -> bool:
    return grammar.word(index) not in (")", "]", ",", ".", "::") and grammar.word(index - 1) not in (".", "::")


def _without_queries(tokens: list[Token]) -> list[Token]:
    """The tokens, with `(…)` for every query in parentheses that are closed."""
    shown: list[Token] = []
    opened: list[tuple[int, bool]] = []  # where in `shown` a parenthesis stands, and whether it holds a query
    for number, token in enumerate(tokens):
        if token.text == "(":
            following = tokens[number + 1].word if number + 1 < len(tokens) else ""
            opened.append((len(shown), following in _QUERIES))
        elif token.text == ")" and opened:
            start, is_query = opened.pop()
            if is_query:
                shown[start + 1 :] = [Token.of(Kind.WORD, HOLE, shown[start].end, token.start)]
        shown.append(token)
    return shown


def _last(grammar: Grammar, index: int, kind: Context) -> int:
    """The last token that belongs to the excerpt: what makes the hole's place clear."""
    tokens = grammar.tokens
    last = index
    while last + 2 < min(len(tokens), index + _TOKENS) and tokens[last + 1].text in (".", "::"):
        last += 2
    following = grammar.word(last + 1)
    if following == "(" and kind is Context.IDENTIFIER and tokens[last + 1].start == tokens[last].end:
        return last + 1
    is_left = following in COMPARISONS and grammar.frame.clause not in ("name", "from")
    if is_left or (kind is Context.KEYWORD and grammar.starts_operand(last + 1)):
        last += 1 if following not in COMPARISONS or not grammar.starts_operand(last + 2) else 2
        return last
    is_closed = following in (")", "]") and len(grammar.frames) > 1
    return last + 1 if is_closed or (following == "FROM" and grammar.frame.clause == "select") else last


def _shorten(token: Token, offset: int) -> Token:
    """A token whose text is cut to the words nearest to the hole, in the token's own quotes."""
    text = token.text
    if token.kind in (Kind.WORD, Kind.QUOTED) and len(text) <= _LONGEST_NAME:
        return token
    start, end = max(0, offset - _MARGIN), min(len(text), offset + 1 + _MARGIN)
    while start < offset and _is_inside_word(text, start):
        start += 1
    while end > offset + 1 and _is_inside_word(text, end):
        end -= 1
    opening = "'" if token.kind is Kind.STRING and start else "-- " if token.kind is Kind.COMMENT and start else ""
    closing = "'" if token.kind is Kind.STRING and end < len(text) else ""
    return Token.of(token.kind, opening + text[start:end].strip() + closing, token.start, token.end)


def _is_inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and all(c.isalnum() or c in ("_", HOLE, "'") for c in text[at - 1 : at + 1])


def _render(tokens: list[Token]) -> str:
    pieces = [
        (" " if number and tokens[number - 1].end < token.start else "") + token.text
        for number, token in enumerate(tokens)
    ]
    return " ".join("".join(pieces).replace(HOLE, "…").split())
