"""Casts of text that SQL takes out of JSON: `(x->>'k')::int`, `CAST(x->>'k' AS numeric)`, `json_array_length(x->'k')`.

A missing key and a JSON null become NULL, which any cast takes. Any other text that is no value of the type does not.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.sql.lexer import Kind, Token, string_value, tokenize, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 8  # bodies of routines inside one another
_TYPES = word_set(
    "INT INTEGER INT2 INT4 INT8 BIGINT SMALLINT TINYINT SIGNED UNSIGNED NUMERIC DECIMAL REAL FLOAT FLOAT4 FLOAT8 DOUBLE"
    " MONEY NUMBER BOOL BOOLEAN UUID DATE TIME TIMESTAMP TIMESTAMPTZ DATETIME INTERVAL INET BIT"
)
_EXTRACTS = word_set("->> #>>")
_FUNCTIONS = word_set(
    "JSON_EXTRACT_PATH_TEXT JSONB_EXTRACT_PATH_TEXT JSON_EXTRACT JSON_VALUE JSON_UNQUOTE JSON_EXTRACT_SCALAR"
)
_ROWS = word_set("TO_JSON TO_JSONB ROW_TO_JSON")
_KEEP_TEXT = word_set("COALESCE NULLIF TRIM BTRIM LTRIM RTRIM LOWER UPPER IFNULL NVL MAX MIN")
_OF_ARRAYS = word_set(
    "JSONB_ARRAY_LENGTH JSON_ARRAY_LENGTH JSONB_ARRAY_ELEMENTS JSON_ARRAY_ELEMENTS JSONB_ARRAY_ELEMENTS_TEXT"
    " JSON_ARRAY_ELEMENTS_TEXT"
)
_TESTS = word_set(
    "JSONB_TYPEOF JSON_TYPEOF PG_INPUT_IS_VALID JSON_TYPE JSON_VALID ISJSON ISNUMERIC TRY_CAST TRY_CONVERT REGEXP RLIKE"
    " SIMILAR ~ ~* GLOB REGEXP_LIKE REGEXP_MATCHES REGEXP_REPLACE"
)
_BEGINS = word_set("; BEGIN THEN ELSE LOOP")  # what a statement of a routine stands behind
_STORES = word_set("INSERT PERFORM CALL")
_READS = word_set("FROM JOIN USING")
_WIDTH = 60  # code points of an operand as it is shown


@dataclass(frozen=True, slots=True)
class Cast:
    """One cast. `start` and `end` are code points of the text; `operand` is the text that is cast, `type` what it
    becomes, or "array" for a function that takes arrays alone. `is_of_call` where its statement stores or hands on what
    the routine, or the program, was given, and reads no table."""

    start: int
    end: int
    operand: str
    type: str
    is_of_call: bool = False


def json_casts(text: str, dialect: str | None = None) -> Iterator[Cast]:
    """The casts in a text of SQL, the bodies of routines included, that no CASE or IF around them guards."""
    return _casts(text, 0, dialect, 0)


def _casts(text: str, offset: int, dialect: str | None, depth: int) -> Iterator[Cast]:
    tokens = [token for token in tokenize(text, dialect) if token.kind is not Kind.COMMENT]
    opened = tested = 0  # how many CASE and IF are around, and how many of them from the outside test what JSON holds
    first = 0  # the token that the statement begins with
    statements: _Statements | None = None
    for index, token in enumerate(tokens):
        word = token.word
        if word in _BEGINS:
            first = index + 1
        if token.kind is Kind.DOLLAR and depth < _DEEPEST:
            body, start, _ = string_value(token)
            if not _catches(body):
                yield from _casts(body, offset + start, dialect, depth + 1)
        elif word in ("CASE", "IF", "ELSIF", "ELSEIF"):
            if word == "CASE" or _begins_if(tokens, index):
                opened += 1
        elif word == "END":
            if opened and _word(tokens, index + 1) not in ("LOOP", "WHILE"):
                opened -= 1
                tested = min(tested, opened)
        elif word in _TESTS:
            tested = opened
        elif not tested and (found := _cast_at(tokens, index, text)) is not None:
            statements = statements or _statements(tokens)
            is_of_call = _word(tokens, first) in _STORES and not statements.reads_from(first)
            yield Cast(found.start + offset, found.end + offset, found.operand, found.type, is_of_call)


@dataclass(frozen=True, slots=True)
class _Statements:
    """Of the tokens of a text, the indexes at which statements end, and of those behind which a table is read."""

    ends: list[int]
    reads: list[int]

    def reads_from(self, first: int) -> bool:
        """Whether the statement that begins with a token reads a table."""
        at, end = bisect_left(self.reads, first), bisect_left(self.ends, first)
        return at < len(self.reads) and (end == len(self.ends) or self.reads[at] < self.ends[end])


def _statements(tokens: list[Token]) -> _Statements:
    # What stands behind is a table, or the function or the query whose rows are read.
    reads = (index for index, token in enumerate(tokens) if token.word in _READS)
    return _Statements(
        [index for index, token in enumerate(tokens) if token.word == ";"],
        [index for index in reads if _word(tokens, index + 1) != "(" and _word(tokens, index + 2) != "("],
    )


def _begins_if(tokens: list[Token], index: int) -> bool:
    """Whether an IF begins a statement that END IF ends, and is no `IF EXISTS` and no function."""
    return (
        tokens[index].word == "IF"
        and _word(tokens, index - 1) not in ("END", "TABLE", "INDEX", "VIEW", "SCHEMA")
        and _word(tokens, index + 1) not in ("EXISTS", "(")
        and not (_word(tokens, index + 1) == "NOT" and _word(tokens, index + 2) == "EXISTS")
    ) or (tokens[index].word == "IF" and _word(tokens, index - 1) in (";", "THEN", "BEGIN", "LOOP", "ELSE"))


def _catches(body: str) -> bool:
    """Whether a routine has a handler of its own."""
    upper = body.upper()
    return "EXCEPTION" in upper and "WHEN" in upper.partition("EXCEPTION")[2][:40]


def _cast_at(tokens: list[Token], index: int, text: str) -> Cast | None:
    """The cast whose last sign is the token at `index`: `::`, AS in a CAST, or the parenthesis of a function."""
    word = tokens[index].word
    if word == "::" and _word(tokens, index - 1) == ")":
        opening = _opening(tokens, index - 1)
        if opening is None or _word(tokens, index + 1) not in _TYPES:
            return None
        first = opening
        if opening > 0 and tokens[opening - 1].kind is Kind.WORD and _touches(tokens, opening):
            name = tokens[opening - 1].word
            if name not in _KEEP_TEXT | _FUNCTIONS:
                return None
            first = opening - 1
            is_text = name in _FUNCTIONS or _is_extract(tokens[opening + 1 : index - 1])
        else:
            is_text = _is_extract(tokens[opening + 1 : index - 1])
        return _cast(tokens, first, index - 1, index + 1, text) if is_text else None
    if word == "AS" and _word(tokens, index + 1) in _TYPES:
        opening = _enclosing(tokens, index)
        if opening is None or _word(tokens, opening - 1) != "CAST" or not _is_extract(tokens[opening + 1 : index]):
            return None
        found = _cast(tokens, opening + 1, index - 1, index + 1, text)
        return Cast(tokens[opening - 1].start, found.end, found.operand, found.type)
    if word in _OF_ARRAYS and _word(tokens, index + 1) == "(":
        closing = _closing(tokens, index + 1)
        inner = tokens[index + 2 : closing]
        if closing is None or not any(token.word in ("->", "#>") for token in inner):
            return None
        operand = text[inner[0].start : inner[-1].end]
        return Cast(tokens[index].start, tokens[closing].end, _shown(operand), "array")
    return None


def _cast(tokens: list[Token], first: int, last: int, type: int, text: str) -> Cast:
    operand = text[tokens[first].start : tokens[last].end]
    if tokens[first].text == "(":
        operand = operand[1:-1]
    return Cast(tokens[first].start, tokens[type].end, _shown(operand), tokens[type].text.lower())


def _shown(operand: str) -> str:
    plain = " ".join(operand.split())
    return plain if len(plain) <= _WIDTH else plain[: _WIDTH - 1] + "…"


def _is_extract(tokens: list[Token]) -> bool:
    """Whether an expression is text taken out of JSON, or that with something in the place of NULL."""
    while len(tokens) > 2 and tokens[0].text == "(" and _closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    depth = 0
    found = False
    for index, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if token.word in _FUNCTIONS and depth == 0:
            found = True
        elif token.word in _KEEP_TEXT and depth == 0 and _word(tokens, index + 1) == "(":
            closing = _closing(tokens, index + 1)
            return closing == len(tokens) - 1 and _is_extract(tokens[index + 2 : closing])
        elif depth == 0 and token.word in _EXTRACTS:
            if _is_row(tokens, index - 1):
                return False
            found = True
        elif depth == 0 and token.word in ("||", "+", "*", "/", "::", "=", "<", ">", "SELECT"):
            return False
        elif depth == 0 and token.word == ",":
            return found
    return found


def _is_row(tokens: list[Token], closing: int) -> bool:
    """Whether what ends here is the JSON of a row, `to_jsonb(new)`: a key of it is a column, which has a type."""
    return _word(tokens, closing) == ")" and _word(tokens, closing - 2) == "(" and _word(tokens, closing - 3) in _ROWS


def _word(tokens: list[Token], index: int) -> str:
    return tokens[index].word if 0 <= index < len(tokens) else ""


def _touches(tokens: list[Token], opening: int) -> bool:
    return tokens[opening - 1].end == tokens[opening].start


def _opening(tokens: list[Token], closing: int) -> int | None:
    """The index of the parenthesis that the one at `closing` closes."""
    depth = 0
    for index in range(closing, max(-1, closing - _FARTHEST), -1):
        depth += (tokens[index].text == ")") - (tokens[index].text == "(")
        if depth == 0:
            return index
    return None


def _closing(tokens: list[Token], opening: int) -> int | None:
    depth = 0
    for index in range(opening, min(len(tokens), opening + _FARTHEST)):
        depth += (tokens[index].text == "(") - (tokens[index].text == ")")
        if depth == 0:
            return index
    return None


def _enclosing(tokens: list[Token], inside: int) -> int | None:
    """The index of the parenthesis in which a token stands."""
    depth = 0
    for index in range(inside - 1, max(-1, inside - _FARTHEST), -1):
        depth += (tokens[index].text == ")") - (tokens[index].text == "(")
        if depth < 0:
            return index
    return None


_FARTHEST = 200  # tokens between two parentheses that are looked at
