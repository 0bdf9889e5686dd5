"""SQL as tokens: one tolerant lexer for every dialect. It never fails, and takes linear time.

Offsets count code points of the text that is given. `HOLE` stands for a value that is not known; it lexes as a part of
a word, so that `tbl_` with a hole behind it is one identifier.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from itertools import accumulate, chain, islice, repeat
from operator import sub
from typing import TYPE_CHECKING, NamedTuple

from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLE = "\ue000"  # a private-use character, which SQL does not use


class Kind(Enum):
    """The kinds of tokens."""

    __hash__ = object.__hash__  # the one of Enum is written in Python, and every token is asked for its kind

    WORD = "word"
    QUOTED = "quoted identifier"
    STRING = "string"
    DOLLAR = "dollar string"
    NUMBER = "number"
    OPERATOR = "operator"
    PUNCTUATION = "punctuation"
    PARAMETER = "parameter"
    COMMENT = "comment"
    ROWS = "rows of values"
    OTHER = "other"


class Token(NamedTuple):
    """One token; `start` and `end` are its half-open code-point offsets. `word` is the token in capitals where it is a
    bare word, an operator or punctuation, else "". A tuple, for a file has millions of them."""

    kind: Kind
    text: str
    start: int
    end: int
    word: str

    @classmethod
    def of(cls, kind: Kind, text: str, start: int, end: int) -> Token:
        """A token that stands in no text as it is."""
        return cls(kind, text, start, end, text.upper() if kind in _PLAIN else "")


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set: how the vocabularies of SQL are written here."""
    return frozenset(text.split())


_PLAIN = frozenset({Kind.WORD, Kind.OPERATOR, Kind.PUNCTUATION})
_KEPT = _PLAIN | {Kind.QUOTED, Kind.PARAMETER}


def tokenize(text: str, dialect: str | None = None) -> list[Token]:
    """Every token of a text, comments included and whitespace left out. What is not closed runs to the end.

    `dialect` is a name of sqlglot's; without one, what means different things in different dialects is read as the
    SQL standard has it.
    """
    return list(chain.from_iterable(portions(text, dialect, 0, has_rows=False)))


def name_of(token: Token) -> str:
    """The name that a word, a quoted name or a parameter stands for, in small letters."""
    return string_value(token)[0].lower() if token.kind is Kind.QUOTED else token.text.lower()


def string_value(token: Token) -> tuple[str, int, int]:
    """The value of a string token with its quotes and doubled quotes resolved, and the offsets of its content."""
    text = token.text
    if token.kind is Kind.DOLLAR:
        tag = text[: text.index("$", 1) + 1]
        closed = len(text) >= 2 * len(tag) and text.endswith(tag)
        body = text[len(tag) : -len(tag)] if closed else text[len(tag) :]
        return body, token.start + len(tag), token.start + len(tag) + len(body)
    opening = re.match(r"[A-Za-z_&]*", text)
    prefix = opening.end() if opening else 0
    if text[:prefix].upper() in ("Q", "NQ"):
        body = text[prefix + 2 : -2] if len(text) >= prefix + 4 and text.endswith("'") else text[prefix + 2 :]
        return body, token.start + prefix + 2, token.start + prefix + 2 + len(body)
    quote = text[prefix : prefix + 1]
    close = "]" if quote == "[" else quote
    body = text[prefix + 1 :]
    if body.endswith(close):
        body = body[:-1]
    start = token.start + prefix + 1
    return body.replace(close * 2, close), start, start + len(body)


# ----------------------------------------------------------------------------------------------------- the patterns

_BACKSLASH = word_set("mysql mariadb bigquery clickhouse databricks spark hive snowflake")
_DOLLAR = frozenset({None, "postgres", "redshift", "snowflake", "duckdb", "databricks", "materialize"})
_COMMENT_EDGE = regex(r"/\*|\*/")
_LEAST, _MOST = 64, 16_384  # tokens that are read at a time
_MOST_KNOWN = 200_000  # code points of words that are remembered


def _patterns(dialect: str | None) -> dict[str, str]:
    """What the tokens of each kind look like; the first pattern that matches holds."""
    standard = "'[^']*+(?:''[^']*+)*+'?"
    escaped = r"'[^'\\]*+(?:(?:\\(?:.|\Z)|'')[^'\\]*+)*+'?"
    double = r'"[^"{]*+(?:(?:""|\{\{[^{}\n]*+\}\}|\{)[^"{]*+)*+"?'  # what a template fills in may have quotes
    is_mysql = dialect in ("mysql", "mariadb")
    hash_word = "#" if dialect in ("tsql", "oracle") else ""
    strings = [rf"[eE]{escaped}", rf"(?:[nNxXbB]|[uU]&)?{escaped if dialect in _BACKSLASH else standard}"]
    if is_mysql:
        strings.append(r'"[^"\\]*+(?:(?:\\(?:.|\Z)|"")[^"\\]*+)*+"?')
    quoted = [r"`[^`]*+(?:``[^`]*+)*+`?", *([] if is_mysql else [rf"(?:[uU]&)?{double}"])]
    if dialect in ("tsql", "sqlite"):
        quoted.append(r"\[[^\]]*+(?:\]\][^\]]*+)*+\]?")
    name = rf"[\w$#{HOLE}]"
    placeholder = "@ext(?:schema(?::\\w+)?|owner)@|" if dialect in (None, "postgres") else ""  # of an extension
    word = rf"{placeholder}[^\W\d][\w${HOLE}{hash_word}]*+|{HOLE}[\w${HOLE}]*+" + (
        rf"|\#{{1,2}}{name}++" if hash_word else ""
    )
    return {
        "WORD": rf"(?:{word})(?!['&])",  # not what may be the prefix of a string
        "PUNCTUATION": "[(),;]",
        "COMMENT": (
            r"--[^\r\n]*+"
            + (r"|\#[^\r\n]*+" if is_mysql else "")
            + r"|/\*[^*/]*+(?:(?:\*(?!/)|/(?!\*))[^*/]*+)*+\*/"  # without another one inside
        ),
        "NESTED": r"/\*",  # no regular expression finds its end
        "STRING": "|".join(
            [r"[nN]?[qQ]'(?:\[.*?(?:\]'|\Z)|\{.*?(?:\}'|\Z)|\(.*?(?:\)'|\Z)|<.*?(?:>'|\Z)|!.*?(?:!'|\Z))", *strings]
        ),
        "QUOTED": "|".join(quoted),
        "DOLLAR": (
            r"\$(?P<tag>(?:[^\W\d]\w*+)?\$)[^$]*+(?:\$(?!(?P=tag))[^$]*+)*+(?:\$(?P=tag))?"
            if dialect in _DOLLAR
            else "(?!)"
        ),
        "NAME": word,
        "NUMBER": rf"0[xX][0-9a-fA-F]++|(?:\d++(?:\.(?!\.)\d*+)?|\.\d++)(?:[eE][+-]?\d++)?{HOLE}*+",
        "PARAMETER": (
            rf"%s(?!\w)|%\([\w. {HOLE}]*+\)s|\$[\w{HOLE}]++|@{{1,2}}[\w{HOLE}]{name}*+|:(?![:=])[\w{HOLE}][\w{HOLE}]*+"
            rf"|\?(?![|&])[\d{HOLE}]*+"
        ),
        "OPERATOR": (
            r"::|:=|\|\|/?|<=>|<@(?!\w)|@>|->>?|\#>>?|\#-|\\\?[|&]?|\?\||\?&|!~~\*?|!~\*?|~~\*?|~\*?|<>|!=|<=|>=|==|=>|\.\.|&&"
            r"|@@|<<|>>|\+=|-=|\*=|/=|%=|[-+*/%<>=!&|^~@\#]"
        ),
        "MARK": r"[.\[\]{}:\\]",
        "OTHER": r"\S",
    }


def _rows(dialect: str | None) -> str:
    """What matches the rows behind VALUES, in parentheses with commas between them, where all of their values are
    written out and none of them needs a closer look. A string with a letter before it may have rules of its own."""
    string = r"(?<!\w)'[^'\\]*+'" if dialect in _BACKSLASH else r"(?<!\w)'[^']*+'"
    row = rf"\((?:[^()'\"`;:$%?@#/\\{{{HOLE}-]++|{string}|-(?!-))*+\)"
    return rf"(?i:(?<=\bVALUES))\s*+{row}(?:\s*+,\s*+{row})*+"


@cache
def _scanner(dialect: str | None, has_rows: bool) -> re.Pattern[str]:
    """What matches a token with the space before it; at the end of a text, that alone. Without groups, which cost."""
    token = rf"\s*+(?:{'|'.join(_patterns(dialect).values())}|\Z)"
    return re.compile(f"{_rows(dialect)}|{token}" if has_rows else token, re.DOTALL)


@cache
def _classifier(dialect: str | None) -> re.Pattern[str]:
    """What matches a token in the group that is called after its kind."""
    groups = (f"(?P<{kind}>{pattern})" for kind, pattern in _patterns(dialect).items())
    return re.compile("|".join(groups), re.DOTALL)


_KINDS = {kind.name: kind for kind in Kind}
_KINDS |= {"NAME": Kind.WORD, "MARK": Kind.PUNCTUATION, "NESTED": Kind.COMMENT}


class _Vocabulary(dict[str, Kind]):
    """The kinds of names and signs by their texts, which tell them. `words` has those for which `Token.word` is not
    ""."""

    def __init__(self, dialect: str | None) -> None:
        super().__init__()
        self.pattern = _classifier(dialect)
        self.words: dict[str, str] = {}
        self.size = 0  # code points of all words

    def __missing__(self, text: str) -> Kind:
        if text[0] == "'":
            return Kind.STRING
        if text[0] == "(" and len(text) > 1:
            return Kind.ROWS
        if text.startswith(("--", "/*")):
            return Kind.COMMENT
        match = self.pattern.match(text)
        kind = _KINDS[match.lastgroup or "OTHER"] if match else Kind.OTHER
        if kind in _PLAIN:
            self.words[text] = text.upper()
        if kind in _KEPT:
            self[text] = kind
            self.size += len(text)
        return kind


_vocabularies: dict[str | None, _Vocabulary] = {}


def _vocabulary(dialect: str | None) -> _Vocabulary:
    """That of a dialect; another one once it is large."""
    found = _vocabularies.get(dialect)
    if found is None or found.size > _MOST_KNOWN:
        found = _vocabularies[dialect] = _Vocabulary(dialect)
    return found


def portions(text: str, dialect: str | None, position: int, *, has_rows: bool) -> Iterator[list[Token]]:
    """The tokens from a position on, in portions: small ones at first, for the splitter may want to go on elsewhere.
    What happens for every token happens in C. With `has_rows` the plain rows of an INSERT are one token, for a dump has
    little else."""
    pattern = _scanner(dialect, has_rows)
    portion = _LEAST
    found = pattern.finditer(text, position)
    while True:
        spaced = list(map(re.Match.group, islice(found, portion)))
        is_last = len(spaced) < portion
        texts = list(map(str.lstrip, spaced))
        while texts and not texts[-1]:  # the end of the text, behind space and once more
            texts.pop()
        is_nested = "/*" in texts
        if is_nested:
            del texts[texts.index("/*") + 1 :]
        if not texts:
            return
        ends = list(islice(accumulate(map(len, spaced), initial=position), 1, len(texts) + 1))
        starts = map(sub, ends, map(len, texts))
        kinds = _vocabulary(dialect)
        found_kinds = list(map(kinds.__getitem__, texts))  # whose words are known then
        fields = zip(found_kinds, texts, starts, ends, map(kinds.words.get, texts, repeat("")), strict=True)
        tokens: list[Token] = list(map(tuple.__new__, repeat(Token), fields))
        position = ends[-1]
        portion = min(portion * 2, _MOST)
        if is_nested:
            last = tokens[-1]
            position = _comment_end(text, position)
            tokens[-1] = Token(last.kind, text[last.start : position], last.start, position, "")
            found, portion = pattern.finditer(text, position), _LEAST
        yield tokens
        if is_last and not is_nested:
            return


def _comment_end(text: str, position: int) -> int:
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(text, position)
        if edge is None:
            return len(text)
        depth += 1 if edge.group() == "/*" else -1
        position = edge.end()
    return position
