"""What one statement does, from its tokens alone: which kind it is, which table and which columns it is about."""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint.memory import by_text
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.lexer import HOLE, Kind, name_of, tokenize, word_set

if TYPE_CHECKING:
    from persistlint.sql.lexer import Token

_LONGEST = 20_000  # code points that are looked at


class Deed(Enum):
    """What a statement does."""

    READ = "read"
    WRITE = "write"
    SCHEMA = "schema"
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Outline:
    """One statement. Names are in lower case and without quotes; `table` is "" where there is none.

    `columns` are the columns that an UPDATE sets, `conditions` the words of its WHERE. `relative` are the columns that
    are set to something computed from themselves. `locks` where it locks the rows that it reads, `upserts` where it
    can run twice (`ON CONFLICT`, `REPLACE`). `values` are the set columns that one placeholder alone fills, with that:
    its 0-based position among the values, or its name. `selected` are the columns that a SELECT gives, in its order, ""
    for what is computed.
    """

    deed: Deed
    verb: str = ""
    table: str = ""
    columns: tuple[str, ...] = ()
    relative: frozenset[str] = frozenset()
    values: tuple[tuple[str, int | str], ...] = ()
    conditions: frozenset[str] = frozenset()
    locks: bool = False
    upserts: bool = False
    selected: tuple[str, ...] = ()


_DEEDS = {
    "SELECT": Deed.READ,
    "VALUES": Deed.READ,
    "SHOW": Deed.READ,
    "EXPLAIN": Deed.READ,
    "PRAGMA": Deed.OTHER,
    "SET": Deed.OTHER,
    "USE": Deed.OTHER,
    "ATTACH": Deed.OTHER,
    "DETACH": Deed.OTHER,
    "VACUUM": Deed.OTHER,
    "ANALYZE": Deed.OTHER,
    "REINDEX": Deed.OTHER,
    "LISTEN": Deed.OTHER,
    "NOTIFY": Deed.OTHER,
    "KILL": Deed.OTHER,
    "LOCK": Deed.OTHER,
    "UNLOCK": Deed.OTHER,
    "INSERT": Deed.WRITE,
    "UPDATE": Deed.WRITE,
    "DELETE": Deed.WRITE,
    "MERGE": Deed.WRITE,
    "REPLACE": Deed.WRITE,
    "UPSERT": Deed.WRITE,
    "TRUNCATE": Deed.WRITE,
    "COPY": Deed.WRITE,
    "CREATE": Deed.SCHEMA,
    "ALTER": Deed.SCHEMA,
    "DROP": Deed.SCHEMA,
    "RENAME": Deed.SCHEMA,
    "BEGIN": Deed.BEGIN,
    "START": Deed.BEGIN,
    "COMMIT": Deed.COMMIT,
    "END": Deed.COMMIT,
    "ROLLBACK": Deed.ROLLBACK,
    "ABORT": Deed.ROLLBACK,
    "SAVEPOINT": Deed.SAVEPOINT,
    "RELEASE": Deed.SAVEPOINT,
}
_WRITES = frozenset(verb for verb, deed in _DEEDS.items() if deed is Deed.WRITE)
_BEFORE_TABLE = word_set(
    "INTO FROM ONLY OR IGNORE REPLACE ROLLBACK ABORT FAIL LOW_PRIORITY DELAYED TABLE UPDATE DELETE"
)
_ENDS_SET = word_set("WHERE FROM RETURNING ORDER LIMIT ; ,")
_ENDS_SELECT = word_set("FROM INTO WHERE UNION LIMIT ; , )")


@by_text
def outline(text: str, dialect: str | None = None) -> Outline | None:
    """The outline of the first statement of a text, or of the first one in a transaction that ends in the same text;
    None where the text is no statement that is known."""
    found = _first(text, dialect)
    if found is not None and found.deed is Deed.BEGIN:
        behind = text.find(";") + 1
        if behind and _ENDS_TRANSACTION.search(text, behind):
            return _first(text[behind:], dialect)
    return found


def _first(text: str, dialect: str | None) -> Outline | None:
    tokens = [token for token in tokenize(text[:_LONGEST], dialect) if token.kind is not Kind.COMMENT]
    start = _verb(tokens)
    if start is None:
        return None
    verb = tokens[start].word
    deed = _DEEDS[verb]
    words = [token.word for token in tokens]
    if verb == "ROLLBACK" and ("TO" in words[start : start + 4]):
        deed = Deed.SAVEPOINT
    if verb == "START" and words[start + 1 : start + 2] != ["TRANSACTION"]:
        return None
    if verb in ("BEGIN", "END") and len(tokens) > start + 1 and words[start + 1] not in _AFTER_BEGIN:
        return None  # a block of a procedure
    if deed is Deed.READ:
        selected = _selected(tokens, start) if verb == "SELECT" else ()
        return Outline(deed, verb, _read_table(tokens, start), locks=_locks(words), selected=selected)
    if deed is not Deed.WRITE:
        return Outline(deed, verb, _schema_table(tokens, start) if deed is Deed.SCHEMA else "")
    columns, relative, values = _assignments(tokens, start) if verb == "UPDATE" else ((), frozenset[str](), ())
    return Outline(
        deed,
        verb,
        _table(tokens, start + 1),
        columns,
        relative,
        values,
        _conditions(tokens, words),
        upserts=verb in ("REPLACE", "MERGE", "UPSERT")
        or "CONFLICT" in words
        or ("DUPLICATE" in words and "KEY" in words)
        or words[start + 1 : start + 3] in (["OR", "REPLACE"], ["OR", "IGNORE"])
        or words[start + 1 : start + 2] == ["IGNORE"],
    )


_ENDS_TRANSACTION = regex(r";\s*(?:COMMIT|END|ROLLBACK)\b", re.IGNORECASE)
_AFTER_BEGIN = word_set("TRANSACTION WORK IMMEDIATE EXCLUSIVE DEFERRED ISOLATION READ ; TRAN")


def _verb(tokens: list[Token]) -> int | None:
    """The index of the verb; of a WITH the one that writes, if any does."""
    index = 0
    while index < len(tokens) and tokens[index].word in ("(", ";"):
        index += 1
    if index == len(tokens):
        return None
    word = tokens[index].word
    if word != "WITH":
        return index if word in _DEEDS else None
    main = None
    depth = 0
    for position in range(index + 1, len(tokens)):
        found = tokens[position].word
        depth += (found == "(") - (found == ")")
        if found in _WRITES and (depth == 0 or tokens[position - 1].word == "("):
            return position
        if depth == 0 and found in _DEEDS and main is None:
            main = position
    return main


def _table(tokens: list[Token], index: int) -> str:
    while index < len(tokens) and tokens[index].word in _BEFORE_TABLE:
        index += 1
    last = ""
    while index < len(tokens) and tokens[index].kind in (Kind.WORD, Kind.QUOTED):
        last = name_of(tokens[index])
        if index + 1 < len(tokens) and tokens[index + 1].text == ".":
            index += 2
            continue
        break
    return last


def _read_table(tokens: list[Token], start: int) -> str:
    depth = 0
    for index in range(start, len(tokens)):
        word = tokens[index].word
        depth += (word == "(") - (word == ")")
        if word == "FROM" and depth <= 0:
            return _table(tokens, index + 1)
    return ""


def _selected(tokens: list[Token], start: int) -> tuple[str, ...]:
    """The columns that a SELECT gives; () where a `*` leaves open how many these are."""
    names: list[str] = []
    index = start + 1
    while index < len(tokens) and tokens[index].word in ("DISTINCT", "ALL"):
        index += 1
    while index < len(tokens):
        end = _item_end(tokens, index, _ENDS_SELECT)
        item = tokens[index:end]
        if not item or item[-1].text == "*":
            return ()
        column = item[:-2] if len(item) > 2 and item[-2].word == "AS" else item  # `w.balance AS rest`
        is_plain = len(column) == 1 or column[-2].text == "."
        names.append(name_of(column[-1]) if is_plain and column[-1].kind in (Kind.WORD, Kind.QUOTED) else "")
        if end == len(tokens) or tokens[end].word != ",":
            break
        index = end + 1
    return tuple(names)


def _item_end(tokens: list[Token], index: int, ends: frozenset[str]) -> int:
    """The index behind an item of a list: of its comma, or of a word that ends the list."""
    depth = 0
    while index < len(tokens) and not (depth == 0 and tokens[index].word in ends):
        depth += (tokens[index].text == "(") - (tokens[index].text == ")")
        index += 1
    return index


def _schema_table(tokens: list[Token], start: int) -> str:
    for index in range(start + 1, len(tokens)):
        if tokens[index].word in ("TABLE", "VIEW", "INDEX", "TYPE"):
            index += 1
            while index < len(tokens) and tokens[index].word in ("IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY"):
                index += 1
            return _table(tokens, index)
    return ""


def _locks(words: list[str]) -> bool:
    pairs = set(pairwise(words))
    return bool(pairs & {("FOR", "UPDATE"), ("FOR", "SHARE"), ("FOR", "NO"), ("FOR", "KEY"), ("SHARE", "MODE")}) or any(
        "UPDLOCK" in word or "ADVISORY" in word for word in words
    )


def _assignments(
    tokens: list[Token], start: int
) -> tuple[tuple[str, ...], frozenset[str], tuple[tuple[str, int | str], ...]]:
    """The columns after SET, those computed from themselves, and those that one placeholder alone fills."""
    index = next((i for i in range(start, len(tokens)) if tokens[i].word == "SET"), len(tokens)) + 1
    columns: list[str] = []
    relative: set[str] = set()
    values: list[tuple[str, int | str]] = []
    placeholders = 0
    while index < len(tokens) and tokens[index].word not in _ENDS_SET:
        end = _item_end(tokens, index, _ENDS_SET)
        sign = next((i for i in range(index, end) if tokens[i].text == "="), None)
        if sign is not None and sign > index:
            column = name_of(tokens[sign - 1])
            columns.append(column)
            right = tokens[sign + 1 : end]
            if any(name_of(token) == column for token in right if token.kind in (Kind.WORD, Kind.QUOTED)):
                relative.add(column)
            marks = sum(_is_placeholder(token) for token in right)
            if marks == 1 and len(right) <= _LONGEST_PLACEHOLDER:
                values.append((column, _place(right, placeholders)))
            placeholders += marks
        if end < len(tokens) and tokens[end].word != ",":
            break
        index = end + 1
    return tuple(columns), frozenset(relative), tuple(values)


_NUMBERED = regex(r"[$?:]|@p", re.IGNORECASE)
_NAMED = regex(r"[:@$](\w+)|%\((\w+)\)s")
_LONGEST_PLACEHOLDER = 4  # tokens: `%s`, `$1`, `:name`, `@p1`, `$1::int`


def _is_placeholder(token: Token) -> bool:
    return token.kind is Kind.PARAMETER or token.text in ("?", "%", HOLE)


def _place(tokens: list[Token], before: int) -> int | str:
    """The position or the name of the value that the one placeholder among some tokens stands for, where `before` tells
    how many placeholders there were."""
    text = next(token.text for token in tokens if _is_placeholder(token))
    number = _NUMBERED.sub("", text, count=1)
    if number.isdecimal():
        return int(number) - 1
    named = _NAMED.fullmatch(text)
    return (named[1] or named[2]) if named is not None else before


def _conditions(tokens: list[Token], words: list[str]) -> frozenset[str]:
    start = next((index for index, word in enumerate(words) if word == "WHERE"), len(words))
    return frozenset(name_of(token) for token in tokens[start:] if token.kind in (Kind.WORD, Kind.QUOTED))
