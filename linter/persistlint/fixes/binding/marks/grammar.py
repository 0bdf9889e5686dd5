"""Where in SQL a bind parameter can stand: not in every statement, nor in the place of a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.fixes.binding.refusal import NotBoundError, RefusalError
from persistlint.fixes.binding.text.view import HOLE
from persistlint.sql.lexer import Kind, tokenize, word_set
from persistlint.sql.parameters import takes_no_parameters

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from persistlint.facts import Hole, Query, Text
    from persistlint.sql.lexer import Token

_BEFORE_NAMES = word_set("JOIN UPDATE TABLE OUTFILE DUMPFILE COLLATE INDEX VIEW COLUMN REFERENCES")
_READ_FROM = word_set("EXTRACT TRIM SUBSTRING OVERLAY")  # what takes a value behind its FROM
_CLAUSES = word_set("SELECT FROM WHERE GROUP HAVING ORDER LIMIT WINDOW UNION SET VALUES")
_COMPARE = frozenset(["=", "<>", "!=", "<", ">", "<=", ">=", "=="])
_BEFORE_QUERIES = word_set("FROM JOIN EXISTS UNION EXCEPT INTERSECT AS LATERAL EXPLAIN")
SCRIPT = "the text holds several statements, and the driver takes values for one alone"
_SCRIPTS = frozenset(["tsql", "bigquery", "clickhouse"])  # dialects that take values for several statements


def takes_no_values(query: Query, dialect: str | None) -> bool:
    """Whether no bind parameter can stand in a statement, by its constant parts."""
    if query.is_fragment or binds_anywhere(query, dialect):
        return False
    read = [_read(text, dialect) for text in query.texts]
    return bool(read) and all(takes_no_parameters(tokens) or takes_no_parameters(tokens, dialect) for tokens in read)


def check_texts(query: Query, holes: Sequence[Hole], dialect: str | None) -> None:
    """Refuse values that another function puts into a statement that takes no bind parameters. Raises
    `NotBoundError`."""
    if query.is_fragment or binds_anywhere(query, dialect):
        return
    ranges = {hole.range for hole in holes}
    for text in query.texts:
        if any(hole.range in ranges for hole in text.holes):
            check_statement(_read(text, dialect), dialect)


def _read(text: Text, dialect: str | None) -> list[Token]:
    """The tokens of a text as far as it is known."""
    known = "".join(part if isinstance(part, str) else HOLE for part in text.parts)
    return [token for token in tokenize(known, dialect) if token.kind is not Kind.COMMENT]


def binds_anywhere(query: Query, dialect: str | None) -> bool:
    """Whether what reaches the database is a text without parameters."""
    library = query.library
    return library is not None and library.binds == "client" and bool(library.dialect and dialect)


def check_statement(tokens: Sequence[Token], dialect: str | None = None) -> None:
    """Refuse a statement that takes no bind parameters. Raises `NotBoundError`."""
    if takes_no_parameters(tokens, dialect):
        first = tokens[0].word
        what = "this statement" if first in ("DO", "EXPLAIN") else f"`{first}`"
        raise NotBoundError(f"{what} takes no bind parameters")


def sets_variables(tokens: Sequence[Token], dialect: str | None) -> bool:
    """Whether a statement sets variables of MySQL to values: its `SET` takes an expression behind each equals sign.

    See https://dev.mysql.com/doc/refman/en/sql-prepared-statements.html#prepared-statements-permitted."""
    if dialect != "mysql" or not tokens or tokens[0].word != "SET" or any(token.word == "PASSWORD" for token in tokens):
        return False
    first = next((number for number, token in enumerate(tokens) if HOLE in token.text), 0)
    return any(token.text.endswith("=") for token in tokens[1:first])


def sets_option(tokens: Sequence[Token], place: int, dialect: str | None) -> bool:
    """Whether a token is what DuckDB sets an option to, which it takes as a parameter since 1.1. Raises `NotBoundError`
    where it stands elsewhere in such a statement."""
    if dialect != "duckdb" or not tokens or tokens[0].word != "SET":
        return False
    if tokens[place - 1].text != "=" and tokens[place - 1].word != "TO":
        raise NotBoundError("`SET` takes a bind parameter for the value of an option alone")
    return True


def check_script(tokens: Sequence[Token], query: Query, dialect: str | None) -> None:
    """Refuse several statements where the driver prepares one that has values. Raises `RefusalError`."""
    ends = [number for number, token in enumerate(tokens) if token.text == ";"]
    is_script = bool(ends) and any(token.text != ";" for token in tokens[ends[0] :])
    if is_script and not _binds_in_scripts(query, dialect):
        raise RefusalError(SCRIPT)


def check_repeated(text: str, repeated: Collection[int], query: Query, dialect: str | None) -> None:
    """The same for a statement that ends in a part of the text which a loop adds, at one of these offsets. Raises
    `RefusalError`."""
    if query.is_fragment or not repeated or _binds_in_scripts(query, dialect):
        return
    if any(token.text == ";" and token.start in repeated for token in tokenize(text, dialect)):
        raise RefusalError(SCRIPT)


def _binds_in_scripts(query: Query, dialect: str | None) -> bool:
    """Whether what sends several statements at once takes values, too: the driver writes them into the text, or the
    server has no prepared statements."""
    library = query.library
    is_sent_as_text = dialect == "mysql" and query.name == "query"  # mysql2 prepares with `execute` alone
    return library is None or library.binds == "client" or dialect in _SCRIPTS or is_sent_as_text


def is_name_place(tokens: Sequence[Token], place: int) -> bool:
    """Whether a string stands in the place of a name, for which SQLite and MySQL take it there."""
    words = [token.word for token in tokens[:place]]
    if not words or words[0] == "COPY":  # from or to a file
        return False
    if words[-1] == "FROM":
        return words[-2:-1] != ["DISTINCT"] and function_around(tokens, place) not in _READ_FROM
    if words[-1] in ("INTO", "AS"):
        return words[0] not in ("VACUUM", "ATTACH")
    return words[-1] in _BEFORE_NAMES


def stands_for_query(tokens: Sequence[Token], place: int) -> bool:
    """Whether a token stands alone in parentheses that are those of no function and no list, as a query inside another
    one does."""
    if place < 2 or place + 1 >= len(tokens) or tokens[place - 1].text != "(" or tokens[place + 1].text != ")":
        return False
    before = tokens[place - 2]
    return before.text == "(" or before.text in _COMPARE or before.word in _BEFORE_QUERIES


def function_around(tokens: Sequence[Token], place: int) -> str:
    """The word before the innermost parenthesis that is open at a token, nothing where none is."""
    depth = 0
    for number in range(place - 1, 0, -1):
        depth += (tokens[number].text == ")") - (tokens[number].text == "(")
        if depth < 0:
            return tokens[number - 1].word
    return ""


def is_grouped(tokens: Sequence[Token], place: int) -> bool:
    """Whether a token stands among what rows are grouped by: two bind parameters are never the same to a database."""
    clause = next((token.word for token in reversed(tokens[:place]) if token.word in _CLAUSES), "")
    return clause == "GROUP"


def is_key_column(tokens: Sequence[Token], place: int) -> bool:
    """Whether a token stands among the columns of a key or an index that a statement makes."""
    if not tokens or tokens[0].word not in ("ALTER", "CREATE"):
        return False
    depth = 0
    for number in range(place - 1, 0, -1):
        depth += (tokens[number].text == ")") - (tokens[number].text == "(")
        if depth < 0:
            return any(token.word in ("INDEX", "KEY") for token in tokens[max(number - 3, 0) : number])
    return False
