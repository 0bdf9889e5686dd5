"""Where in the grammar of SQL a hole stands: a value, a name, a keyword or a whole piece of SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.facts import Context
from persistlint.memory import by_text
from persistlint.records import dataclass
from persistlint.sql.decision import Decision
from persistlint.sql.excerpt import excerpt
from persistlint.sql.grammar import Grammar
from persistlint.sql.lexer import HOLE, Kind, string_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MAX_DEPTH = 4  # of bodies in bodies


@dataclass(frozen=True, slots=True)
class HoleContext:
    """Where one hole stands; `excerpt` is the SQL around it, with `…` for holes: `WHERE status = '…'`. `is_inferred`
    where a value may stand there, but would make an expression the same for every row."""

    kind: Context
    excerpt: str
    is_inferred: bool = False


def contexts(parts: Sequence[str | None], clause: str = "", dialect: str | None = None) -> tuple[HoleContext, ...]:
    """The context of every hole of a text, in order; None is a hole.

    `clause` is "" for a whole statement, or what a fragment is a piece of: "where", "select", "from", "group",
    "order", "set", "value", "with", "name". `dialect` is a name of sqlglot's.
    """
    text = "".join(HOLE if part is None else part.replace(HOLE, "\ufffd") for part in parts)
    return _known(text, clause, dialect)


@by_text
def _known(text: str, clause: str, dialect: str | None) -> tuple[HoleContext, ...]:
    return tuple(_contexts(text, clause, dialect, _MAX_DEPTH))


def _contexts(text: str, clause: str, dialect: str | None, depth: int) -> Iterator[HoleContext]:
    grammar = Grammar(text, clause, dialect)
    tables = _selects_from_tables(grammar)
    for index, token in enumerate(grammar.tokens):
        if HOLE in token.text:
            if depth and token.kind in (Kind.DOLLAR, Kind.STRING) and _is_body(grammar, index):
                yield from _contexts(string_value(token)[0], "", dialect, depth - 1)
            else:
                decision = Decision(grammar, index, dialect, tables)
                plain = decision.kind()
                kind = decision.told_by_rows() if plain is Context.VALUE else plain
                for offset, character in enumerate(token.text):
                    if character == HOLE:
                        yield HoleContext(kind, excerpt(grammar, index, offset, kind), kind is not plain)
        grammar.read(index)


def _is_body(grammar: Grammar, index: int) -> bool:
    """Whether a string is the body of a routine, so that it is code."""
    frame, previous = grammar.frame, grammar.word(index - 1)
    if grammar.word(frame.begin) == "DO" and (previous == "DO" or grammar.word(index - 2) == "LANGUAGE"):
        return True
    if previous == "EXECUTE" or [grammar.word(index - offset) for offset in (3, 2, 1)] == ["EXECUTE", "FORMAT", "("]:
        return True
    head = {grammar.word(frame.begin + offset) for offset in range(1, 5)}  # CREATE OR REPLACE FUNCTION
    is_routine = frame.verb == "CREATE" and not head.isdisjoint(("FUNCTION", "PROCEDURE"))
    return previous == "AS" and (is_routine or grammar.tokens[index].kind is Kind.DOLLAR)


def _selects_from_tables(grammar: Grammar) -> frozenset[int]:
    """The indexes of SELECT and RETURNING whose columns are those of a table."""
    levels = [-1]
    found = set()
    for index in range(len(grammar.tokens)):
        match grammar.word(index):
            case "(":
                levels.append(-1)
            case ")" if len(levels) > 1:
                levels.pop()
            case "SELECT":
                levels[-1] = index
            case "RETURNING" | "OUTPUT":
                found.add(index)
            case "FROM" if grammar.word(index - 1) != "DISTINCT" and grammar.word(index + 1) != "DUAL":
                found.add(levels[-1])
    return frozenset(found)
