"""Scripts of SQL as statements, each as its tokens, for every dialect and client. It never fails, in linear time."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint.regexes import regex
from persistlint.sql.lexer import Kind, Token, portions, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_KEPT = 300_000  # code points of a script whose statements are kept
_DELIMITER = regex(r"(?<![^\n\t ])delimiter[ \t]+(\S+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_GO = regex(r"[ \t]*go(?:[ \t]+\d+)?[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_SLASH = regex(r"[ \t]*/[ \t]*\r?$", re.MULTILINE)
_SLASH_LINE = regex(r"^[ \t]*/[ \t]*\r?$", re.MULTILINE)
_DOT_LINE = regex(r"^\.[a-z]", re.MULTILINE)  # a command of the shell of SQLite
_COMMAND_STARTS = word_set("; / \\ GO go Go DELIMITER delimiter Delimiter")
_FIRST_WORDS = 12  # of a statement, which tell its kind
_DELIMITED = frozenset({Kind.WORD, Kind.OPERATOR, Kind.PUNCTUATION, Kind.OTHER})  # what may hold a delimiter
_LINE = regex(r"[^\r\n]*")
_COPY_END = regex(r"^\\\.[ \t]*\r?$", re.MULTILINE)
_ROUTINES = word_set("PROCEDURE PROC FUNCTION TRIGGER EVENT PACKAGE TYPE")
_TABLES = word_set("TABLE INDEX VIEW POLICY")  # a column of theirs can be called `type` or `function`
_BLOCK_ENDS = frozenset(["IF", "LOOP", "WHILE", "REPEAT", "FOR"])  # END IF and its like close no BEGIN


def split(text: str, dialect: str | None = None) -> list[tuple[int, int]]:
    """The statements of a script as half-open offsets, without the separator and the space around them.

    Knows `;` (not inside of the bodies of routines), `DELIMITER` of the MySQL client, `GO` of SQL Server, the `/` line
    of Oracle; leaves out the commands of psql and the data after `COPY … FROM stdin`.
    """
    return [(tokens[0].start, tokens[-1].end) for tokens in statements(text, dialect)]


def statements(text: str, dialect: str | None = None) -> Iterator[list[Token]]:
    """The statements of a script, split as `split` does it, as their tokens without comments and separators, the plain
    rows of an INSERT as one token. One at a time, for a dump has millions of tokens; those of a script of usual size
    are kept, for more than one reads them."""
    if dialect is None and "delimiter" in text.lower() and _DELIMITER.search(text):
        dialect = "mysql"
    splitter = _Splitter(text, dialect)
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
        for tokens in portions(self.text, self.dialect, position, has_rows=True):
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
        for token in tokens[:_FIRST_WORDS]:
            if token.word in _TABLES or token.word in _ROUTINES:
                return token.word in _TABLES
        return len(tokens) >= _FIRST_WORDS

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
