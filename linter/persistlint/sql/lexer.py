"""SQL as tokens and statements: one tolerant lexer for every dialect. It never fails, and takes linear time.

Offsets count code points of the text that is given. `HOLE` stands for a value that is not known; it lexes as a part of
a word, so that `tbl_` with a hole behind it is one identifier.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from enum import Enum
from functools import cache
from itertools import accumulate, chain, islice, pairwise, repeat
from operator import sub
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_KEPT = 300_000  # code points of a script whose statements are kept
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


def tokenize(text: str, dialect: str | None = None) -> list[Token]:
    """Every token of a text, comments included and whitespace left out. What is not closed runs to the end.

    `dialect` is a name of sqlglot's; without one, what means different things in different dialects is read as the
    SQL standard has it.
    """
    return list(chain.from_iterable(_tokens(text, dialect, 0)))


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


def split(text: str, dialect: str | None = None) -> list[tuple[int, int]]:
    """The statements of a script as half-open offsets, without the separator and the space around them.

    Knows `;` (not inside of the bodies of routines), `DELIMITER` of the MySQL client, `GO` of SQL Server, the `/` line
    of Oracle; leaves out the commands of psql and the data after `COPY … FROM stdin`.
    """
    return [(tokens[0].start, tokens[-1].end) for tokens in statements(text, dialect)]


def statements(text: str, dialect: str | None = None) -> Iterator[list[Token]]:
    """The statements of a script, split as `split` does it, as their tokens without comments and separators. One at a
    time, for a dump has millions of tokens; those of a script of usual size are kept, for more than one reads them."""
    splitter = _Splitter(text, "mysql" if dialect in (None, "mysql") and _DELIMITER.search(text) else dialect)
    return splitter.run() if len(text) > MOST_KEPT else iter(_kept(splitter))


_recent: deque[tuple[_Splitter, list[list[Token]]]] = deque(maxlen=2)  # scripts, with their statements


def _kept(splitter: _Splitter) -> list[list[Token]]:
    """The statements of a script; of one that begins as a recent one does, which is being edited, the first ones are
    those of that one."""
    found: list[list[Token]] = []
    start = 0
    for recent, known in tuple(_recent):
        if recent.reads_like(splitter):
            if recent.text == splitter.text:
                return known
            count, position = recent.shared(splitter.text)
            if position > start:
                found, start = known[:count], position
                splitter.ends = recent.ends[: bisect_right(recent.ends, (count, position))]
    found += splitter.run(start, len(found))
    _recent.appendleft((splitter, found))
    return found


# ------------------------------------------------------------------------------------------------------ the lexer

_BACKSLASH = word_set("mysql mariadb bigquery clickhouse databricks spark hive snowflake")
_DOLLAR = frozenset({None, "postgres", "redshift", "snowflake", "duckdb", "databricks", "materialize"})
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_LEAST, _MOST = 64, 16_384  # tokens that are read at a time
_LONGEST_KNOWN, _MOST_KNOWN = 60, 20_000  # code points of a text whose kind is remembered, and how many are


def _patterns(dialect: str | None) -> dict[str, str]:
    """What the tokens of each kind look like; the first pattern that matches holds."""
    standard = "'[^']*+(?:''[^']*+)*+'?"
    escaped = r"'[^'\\]*+(?:(?:\\(?:.|\Z)|'')[^'\\]*+)*+'?"
    double = r'"[^"]*+(?:""[^"]*+)*+"?'
    is_mysql = dialect in ("mysql", "mariadb")
    hash_word = "#" if dialect in ("tsql", "oracle") else ""
    strings = [rf"[eE]{escaped}", rf"(?:[nNxXbB]|[uU]&)?{escaped if dialect in _BACKSLASH else standard}"]
    if is_mysql:
        strings.append(r'"[^"\\]*+(?:(?:\\(?:.|\Z)|"")[^"\\]*+)*+"?')
    quoted = [r"`[^`]*+(?:``[^`]*+)*+`?", *([] if is_mysql else [rf"(?:[uU]&)?{double}"])]
    if dialect in ("tsql", "sqlite"):
        quoted.append(r"\[[^\]]*+(?:\]\][^\]]*+)*+\]?")
    name = rf"[\w$#{HOLE}]"
    word = rf"[^\W\d][\w${HOLE}{hash_word}]*+|{HOLE}[\w${HOLE}]*+" + (rf"|\#{{1,2}}{name}++" if hash_word else "")
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


@cache
def _scanner(dialect: str | None) -> re.Pattern[str]:
    """What matches a token with the space before it; at the end of a text, that alone. Without groups, which cost."""
    return re.compile(rf"\s*+(?:{'|'.join(_patterns(dialect).values())}|\Z)", re.DOTALL)


_KINDS = {kind.name: kind for kind in Kind}
_KINDS |= {"NAME": Kind.WORD, "MARK": Kind.PUNCTUATION, "NESTED": Kind.COMMENT}


class _KindsOfTexts(dict[str, Kind]):
    """The kinds of tokens by their texts, which tell them; those of short words are remembered."""

    def __init__(self, dialect: str | None) -> None:
        super().__init__()
        patterns = (f"(?P<{kind}>{pattern})" for kind, pattern in _patterns(dialect).items())
        self.pattern = re.compile("|".join(patterns), re.DOTALL)

    def __missing__(self, text: str) -> Kind:
        if text[0] == "'":
            return Kind.STRING
        match = self.pattern.match(text)
        kind = _KINDS[match.lastgroup or "OTHER"] if match else Kind.OTHER
        if kind in _PLAIN and len(text) <= _LONGEST_KNOWN:
            if len(self) >= _MOST_KNOWN:
                self.clear()
            self[text] = kind
        return kind


class _WordsOfTexts(dict[str, str]):
    """What `Token.word` is for tokens by their texts."""

    def __init__(self, kinds: _KindsOfTexts) -> None:
        super().__init__()
        self.kinds = kinds

    def __missing__(self, text: str) -> str:
        if text[0] == "'" or self.kinds[text] not in _PLAIN:
            return ""
        word = text.upper()
        if len(text) <= _LONGEST_KNOWN:
            if len(self) >= _MOST_KNOWN:
                self.clear()
            self[text] = word
        return word


@cache
def _known(dialect: str | None) -> tuple[_KindsOfTexts, _WordsOfTexts]:
    kinds = _KindsOfTexts(dialect)
    return kinds, _WordsOfTexts(kinds)


def _tokens(text: str, dialect: str | None, position: int) -> Iterator[list[Token]]:
    """The tokens from a position on, in portions: small ones at first, for the splitter may want to go on elsewhere.
    What happens for every token happens in C."""
    pattern = _scanner(dialect)
    kinds, words = _known(dialect)
    portion = _LEAST
    found = pattern.finditer(text, position)
    while True:
        spaced = list(map(re.Match.group, islice(found, portion)))
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
        fields = zip(map(kinds.__getitem__, texts), texts, starts, ends, map(words.__getitem__, texts), strict=True)
        tokens: list[Token] = list(map(tuple.__new__, repeat(Token), fields))
        position = ends[-1]
        portion = min(portion * 2, _MOST)
        if is_nested:
            last = tokens[-1]
            position = _comment_end(text, position)
            tokens[-1] = Token(last.kind, text[last.start : position], last.start, position, "")
            found, portion = pattern.finditer(text, position), _LEAST
        yield tokens


def _comment_end(text: str, position: int) -> int:
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(text, position)
        if edge is None:
            return len(text)
        depth += 1 if edge.group() == "/*" else -1
        position = edge.end()
    return position


# --------------------------------------------------------------------------------------------------- the splitter

_DELIMITER = re.compile(r"(?<![^\n\t ])delimiter[ \t]+(\S+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_GO = re.compile(r"[ \t]*go(?:[ \t]+\d+)?[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_SLASH = re.compile(r"[ \t]*/[ \t]*\r?$", re.MULTILINE)
_SLASH_LINE = re.compile(r"^[ \t]*/[ \t]*\r?$", re.MULTILINE)
_DOT_LINE = re.compile(r"^\.[a-z]", re.MULTILINE)  # a command of the shell of SQLite
_COMMAND_STARTS = word_set("; / \\ GO go Go DELIMITER delimiter Delimiter")
_FIRST_WORDS = 12  # of a statement, which tell its kind
_DELIMITED = frozenset({Kind.WORD, Kind.OPERATOR, Kind.PUNCTUATION, Kind.OTHER})  # what may hold a delimiter
_LINE = re.compile(r"[^\r\n]*")
_COPY_END = re.compile(r"^\\\.[ \t]*\r?$", re.MULTILINE)
_ROUTINES = word_set("PROCEDURE PROC FUNCTION TRIGGER EVENT PACKAGE TYPE")
_TABLES = word_set("TABLE INDEX VIEW POLICY")  # a column of theirs can be called `type` or `function`
_BLOCK_ENDS = frozenset(["IF", "LOOP", "WHILE", "REPEAT", "FOR"])  # END IF and its like close no BEGIN


class _Splitter:
    """Walks over the tokens of a script; lexing starts anew behind everything that is not SQL."""

    def __init__(self, text: str, dialect: str | None) -> None:
        self.text = text
        self.dialect = dialect
        self.delimiter = ";"
        self.found: list[list[Token]] = []
        self.has_slashes = dialect in (None, "oracle") and _SLASH_LINE.search(text) is not None
        has_dots = dialect in (None, "sqlite") and _DOT_LINE.search(text) is not None
        self.command_starts = _COMMAND_STARTS | {"."} if has_dots else _COMMAND_STARTS
        self.ends: list[tuple[int, int]] = []  # how many statements end at which code point, where it can begin anew
        self.count = 0
        self._reset()

    def _reset(self) -> None:
        self.tokens: list[Token] = []  # of the statement
        self.words: list[str] = []  # its first words
        self.depth = 0
        self.routine = self.opened = self.is_table = False
        self.is_plain = False  # known to make no routine
        self.previous = ""

    def run(self, position: int = 0, count: int = 0) -> Iterator[list[Token]]:
        """The statements from a position on, behind so many others."""
        self.count = count
        while position < len(self.text):
            for reached in self._walk(position):
                position = reached
                yield from self.found
                self.found = []
        self._finish()
        yield from self.found

    def reads_like(self, other: _Splitter) -> bool:
        """Whether the same text is read in the same way in another script."""
        settings = (self.dialect, self.has_slashes, self.command_starts)
        return settings == (other.dialect, other.has_slashes, other.command_starts)

    def shared(self, text: str) -> tuple[int, int]:
        """How many statements another text has at its beginning that are the same, and where they end; 0 for none."""
        index = bisect_left(self.ends, True, key=lambda end: not text.startswith(self.text[: end[1]]))
        return self.ends[index - 1] if index else (0, 0)

    def _finish(self) -> None:
        if self.tokens:
            self.found.append(self.tokens)
            self.count += 1
        self._reset()

    def _walk(self, position: int) -> Iterator[int]:
        """Read tokens until lexing has to start anew. Says after every portion how far it came, at last where."""
        previous_end = position
        for tokens in _tokens(self.text, self.dialect, position):
            first = 0  # that is not taken yet
            for index in self._special(tokens):
                token = tokens[index]
                self._take(tokens[first:index])
                gap = self.text[tokens[index - 1].end if index else previous_end : token.start]
                if ("\n" in gap or token.start == 0) and (behind := self._client_command(token)) is not None:
                    yield behind
                    return
                at = token.text.find(self.delimiter) if token.kind in _DELIMITED else -1
                at = 0 if at < 0 and self.text.startswith(self.delimiter, token.start) else at
                if at >= 0 and self._ends():
                    if at:
                        self._take([Token.of(token.kind, token.text[:at], token.start, token.start + at)])
                    end = token.start + at + len(self.delimiter)
                    behind = self._behind_statement(end)
                    if behind != token.end:
                        yield behind
                        return
                    if self.delimiter == ";" and len(self.text) <= MOST_KEPT:
                        self.ends.append((self.count, behind))
                else:
                    self._take([token])
                first = index + 1
            self._take(tokens[first:])
            previous_end = tokens[-1].end
            yield previous_end
        yield len(self.text)

    def _special(self, tokens: list[Token]) -> list[int]:
        """The indices of the tokens that may end a statement, or be no SQL at all."""
        if self.delimiter != ";":
            return [index for index, token in enumerate(tokens) if token[0] is not Kind.COMMENT]
        return [index for index, token in enumerate(tokens) if token[1] in self.command_starts]

    def _behind_statement(self, position: int) -> int:
        """End the statement at the delimiter that ends at `position`; return where to go on."""
        words = [token.word for token in self.tokens] if self.tokens and self.tokens[0].word == "COPY" else []
        is_copy = ("FROM", "STDIN") in pairwise(words)
        self._finish()
        if not is_copy:
            return position
        data_end = _COPY_END.search(self.text, position)
        return data_end.end() if data_end else len(self.text)

    def _client_command(self, token: Token) -> int | None:
        """Where to go on behind a line that the client understands, not the server."""
        word = token.text.upper()
        if word == "DELIMITER" and not self.tokens and (line := _DELIMITER.match(self.text, token.start)):
            self.delimiter = line.group(1)
            return line.end()
        if word == "GO" and self.dialect in (None, "tsql") and (line := _GO.match(self.text, token.start)):
            self._finish()
            return line.end()
        if word == "/" and self.has_slashes and (line := _SLASH.match(self.text, token.start)):
            self._finish()
            return line.end()
        if word == "\\" or (word == "." and not self.tokens):
            line = _LINE.match(self.text, token.start)
            return line.end() if line else None
        return None

    def _ends(self) -> bool:
        """Whether a delimiter here ends the statement."""
        if self.delimiter != ";":
            return True
        if self.routine and self.dialect == "tsql":
            return False
        if self.routine and self.dialect == "oracle":
            return not self.has_slashes and self.opened and self.depth == 0
        return self.depth == 0

    def _take(self, tokens: list[Token]) -> None:
        """Take tokens for the statement, all but the comments."""
        own = [token for token in tokens if token[0] is not Kind.COMMENT]
        if not own:
            return
        if not self.tokens:
            self.is_plain = self._is_plain(own)
        self.tokens += own
        if self.is_plain:
            return
        for token in own:
            self._follow(token)
            if self.is_plain:
                return

    def _is_plain(self, tokens: list[Token]) -> bool:
        """Whether the first tokens of a statement tell that it makes no routine."""
        if tokens[0].word not in ("CREATE", "ALTER"):
            return self.dialect != "oracle"
        return len(tokens) >= _FIRST_WORDS and _ROUTINES.isdisjoint(token.word for token in tokens[:_FIRST_WORDS])

    def _follow(self, token: Token) -> None:
        """Look whether the statement makes a routine, and how deep in its blocks it is."""
        word = token.word
        if len(self.words) < _FIRST_WORDS:
            self.words.append(word)
            first = self.words[0]
            if (first in ("CREATE", "ALTER") and word in _ROUTINES and not self.is_table) or (
                len(self.words) == 1 and self.dialect == "oracle" and word in ("DECLARE", "BEGIN")
            ):
                self.routine = True
            self.is_table = self.is_table or word in _TABLES
        if not self.routine:
            self.is_plain = len(self.words) == _FIRST_WORDS or self.words[0] not in ("CREATE", "ALTER")
        elif token.kind is Kind.WORD:
            if self.previous == "END" and word in _BLOCK_ENDS:
                self.depth += 1  # the END before it closed no BEGIN
            elif word == "BEGIN" or (word == "CASE" and self.previous != "END"):
                self.depth += 1
                self.opened = True
            elif word in ("AS", "IS") and not self.opened and "PACKAGE" in self.words:
                self.depth += 1  # the END of a package closes it
                self.opened = True
            elif word == "END" or (self.previous == "BEGIN" and word in ("TRAN", "TRANSACTION")):
                self.depth = max(0, self.depth - 1)
        if word:
            self.previous = word
