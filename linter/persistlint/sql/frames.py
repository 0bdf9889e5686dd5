"""How far the tokens of a text have been read, one parenthesis at a time."""

from __future__ import annotations

from persistlint.records import dataclass

OPERAND = "operand"


@dataclass(slots=True)
class Frame:
    """One level of parentheses (or of CASE), and how far its tokens have been read.

    `clause` is "start", "select", "from", "where", "group", "order", "set", "value", "rows" (behind VALUES), "with",
    "name" (DDL and utility statements), "columns", "definition" (of a table), "options" or "window".
    """

    clause: str
    begin: int = 0  # the token that begins the clause
    anchor: int = 0  # the token where an excerpt begins: the clause or the last AND
    opener: str = ""  # what the parenthesis is: "call", "in", "row", "array", "group", "names", "case", "query"
    function: str = ""  # the function that is called
    verb: str = ""  # the statement
    before: str = ""  # the keyword or operator before the next token, or `OPERAND`; "" where a clause begins
    item: int = 0  # the token where the item of a list begins
    compared: bool = False  # the condition so far holds a comparison
    between: bool = False  # the next AND belongs to BETWEEN
    columns: int = 0  # how many columns INSERT names, 2 for several; 0 where nothing tells
    commas: int = 0
