"""The tokens of one statement, and what can be asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.sql.lexer import HOLE, Kind, word_set

if TYPE_CHECKING:
    from persistlint.sql.grammar import Grammar
    from persistlint.sql.lexer import Token

ARTICLES = word_set(  # words of prose; none is the name of a table, and next to another word none is a column
    "THE A AN YOUR MY OUR THEIR HIS ITS THIS THAT THESE THOSE ANOTHER EACH EVERY ANY SOME ALL ONE IT THERE HERE"
    " SCRATCH WHICH WHAT WHO WHEN WHERE HOW WHY PLEASE WAS WERE HAS HAVE HAD WILL WOULD MUST SHOULD SHALL CAN COULD MAY"
    " MIGHT FAILED BEEN BEING ARE DOES DID NEW BEFORE AFTER BECAUSE THEN INTO ONTO OF TO"
)
_NO_NAMES = word_set("FOR IN ON WITH AND OR FROM OF TO AS THE IS BY AT IF FAILED WHERE SET")
_SIGNS = word_set("* = < > <> != || :: ( ;")


@dataclass(frozen=True, slots=True)
class Statement:
    """The tokens of a statement from `start` on."""

    grammar: Grammar
    start: int

    @property
    def tokens(self) -> list[Token]:
        return self.grammar.tokens

    @property
    def length(self) -> int:
        return len(self.tokens) - self.start

    def has(self, offset: int) -> bool:
        """Whether a token stands at an offset."""
        return bool(self.token(offset).text)

    @property
    def style(self) -> str:
        """How the verb is written: "upper", "lower", or "title" as at the beginning of a sentence."""
        verb = self.tokens[self.start].text
        return "upper" if verb.isupper() else "lower" if verb.islower() else "title"

    @property
    def is_upper(self) -> bool:
        return self.style == "upper"

    def word(self, offset: int) -> str:
        return self.grammar.word(self.start + offset)

    def token(self, offset: int) -> Token:
        """The token at an offset; an empty one behind the end."""
        return self.grammar.token(self.start + offset)

    def is_hole(self, offset: int) -> bool:
        """Whether the token holds a hole, alone, in a name or in quotes."""
        return HOLE in self.token(offset).text

    def ends(self, offset: int) -> bool:
        return self.start + offset >= len(self.tokens) or self.word(offset) == ";"

    def skip(self, offset: int, words: frozenset[str] | tuple[str, ...]) -> int:
        """The offset behind all of the words that stand at an offset."""
        while self.word(offset) in words:
            offset += 1
        return offset

    def name(self, offset: int) -> int:
        """The offset behind the name at an offset, dots included; the same offset where there is none."""
        end = offset
        if self.word(offset) in _NO_NAMES:
            return offset
        while self.start + end < len(self.tokens):
            token = self.tokens[self.start + end]
            if token.kind not in (Kind.WORD, Kind.QUOTED, Kind.PARAMETER, Kind.STRING):
                if token.text != "[":
                    break
                end += 2
            end += 1
            if self.word(end) != ".":
                return end
            end += 1
        return offset if end == offset else end

    def find(self, *words: str) -> int:
        """The offset of the first of some words, -1 where none of them occurs."""
        for offset in range(self.length):
            if self.word(offset) in words:
                return offset
        return -1

    def is_plain(self, offset: int) -> bool:
        """Whether the name is a bare word of letters, as in prose."""
        token = self.token(offset)
        return token.kind is Kind.WORD and token.text.isalpha() and self.word(offset + 1) != "."

    def is_article(self, offset: int) -> bool:
        """Whether the word is one of prose that names no table, in a statement that is not in capitals."""
        return self.word(offset) in ARTICLES and not self.is_upper

    def has_sign(self) -> bool:
        """Whether something stands in it that prose does not have: `*`, `=`, a call, a quoted or a qualified name."""
        for index in range(self.start + 1, len(self.tokens)):
            token = self.tokens[index]
            is_sign = token.word in _SIGNS or token.kind in (Kind.QUOTED, Kind.PARAMETER, Kind.STRING)
            if is_sign or "_" in token.text or (token.word == "." and self.grammar.touches(index)):
                return True
        return False
