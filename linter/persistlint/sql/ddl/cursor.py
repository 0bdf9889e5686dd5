"""A place between the tokens of one statement, and what stands everywhere in it: names, lists, expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.schema.definitions import Expression, Name
from persistlint.source import Range
from persistlint.sql.lexer import Kind, Token, string_value, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.sql.text import Text

_NOTHING = Token.of(Kind.OTHER, "", 0, 0)
_OPENING = frozenset("([")
_CLOSING = frozenset(")]")
_NAMING = frozenset({Kind.WORD, Kind.QUOTED, Kind.PARAMETER})
_NO_CALLS = word_set(
    "IN AND OR NOT EXISTS ANY ALL SOME VALUES AS OVER FILTER USING ON WHEN THEN ELSE CASE BETWEEN LIKE"
)


class Cursor:
    """The tokens of a statement from `index` to `end`; `text` is what their offsets count in. `present` are all words
    of the statement, also outside of these indices."""

    __slots__ = ("dialect", "end", "index", "present", "text", "tokens")

    def __init__(self, text: Text, tokens: list[Token], dialect: str | None) -> None:
        self.text = text
        self.tokens = tokens
        self.dialect = dialect
        self.index = 0
        self.end = len(tokens)
        self.present = frozenset([token.word for token in tokens])

    @property
    def at_end(self) -> bool:
        """Whether no token is left."""
        return self.index >= self.end

    def token(self, offset: int = 0) -> Token:
        """The token at an offset from here; an empty one outside."""
        at = self.index + offset
        return self.tokens[at] if 0 <= at < self.end else _NOTHING

    def word(self, offset: int = 0) -> str:
        """The bare word, operator or punctuation there, in capitals; "" for anything else."""
        at = self.index + offset
        return self.tokens[at].word if 0 <= at < self.end else ""

    def at(self, *words: str) -> bool:
        """Whether these words come next."""
        at = self.index
        for word in words:
            if not at < self.end or self.tokens[at].word != word:
                return False
            at += 1
        return True

    def accept(self, *words: str) -> bool:
        """Step over these words if they come next; say whether they did."""
        at = self.index
        for word in words:
            if not at < self.end or self.tokens[at].word != word:
                return False
            at += 1
        self.index = at
        return True

    def accept_any(self, words: frozenset[str]) -> str:
        """Step over the next word if it is one of these, and return it, else ""."""
        word = self.word()
        if word not in words:
            return ""
        self.index += 1
        return word

    def words(self, start: int | None = None, most: int | None = None) -> tuple[str, ...]:
        """The words from here, or from `start`, to the end."""
        first = self.index if start is None else start
        last = self.end if most is None else min(self.end, first + most)
        return tuple([token.word for token in self.tokens[first:last]])

    def find(self, *words: str) -> int:
        """The index of the first of some words outside of parentheses, from here on; -1 if there is none."""
        if self.present.isdisjoint(words):
            return -1
        depth = 0
        for index in range(self.index, self.end):
            word = self.tokens[index].word
            if word == "(":
                depth += 1
            elif word == ")":
                depth -= 1
            elif depth == 0 and word in words:
                return index
        return -1

    # --------------------------------------------------------------------------------------------------- places

    def range(self, start: int, end: int | None = None) -> Range:
        """The bytes from the token at index `start` up to here, or to the token before index `end`."""
        final = len(self.tokens) - 1
        first = start if start < final else final  # where a statement breaks off, its last token stands for the rest
        last = (self.index if end is None else end) - 1
        if last > final:
            last = final
        positions = self.text.positions
        return Range(positions[self.tokens[first].start], positions[self.tokens[max(last, first)].end])

    def bytes(self, start: int, end: int) -> Range:
        """The bytes of some characters of the text."""
        return Range(self.text.positions[start], self.text.positions[end])

    def written(self, start: int, end: int) -> str:
        """The text from the token at index `start` to the one before index `end`, "" where there is none."""
        tokens = self.tokens[start:end]
        return self.text.text[tokens[0].start : tokens[-1].end] if tokens else ""

    # ---------------------------------------------------------------------------------------------------- groups

    def skip_group(self) -> Cursor | None:
        """Step over a parenthesis that opens here, and return what stands inside; None where none opens."""
        if self.word() != "(":
            return None
        inside = self.index + 1
        depth = 0
        for index in range(self.index, self.end):
            word = self.tokens[index].text
            if word == "(":
                depth += 1
            elif word == ")":
                depth -= 1
                if depth == 0:
                    self.index = index + 1
                    return self.part(inside, index)
        self.index = self.end
        return self.part(inside, self.end)

    def part(self, start: int, end: int) -> Cursor:
        """A cursor over the tokens of two indices."""
        part = Cursor.__new__(Cursor)
        part.text, part.tokens, part.dialect, part.present = self.text, self.tokens, self.dialect, self.present
        part.index, part.end = start, max(start, end)
        return part

    def items(self) -> Iterator[Cursor]:
        """What the commas outside of parentheses and brackets part, from here to the end; steps over all of it."""
        start, depth = self.index, 0
        for index in range(self.index, self.end):
            word = self.tokens[index].text
            if word == ",":
                if depth == 0:
                    yield self.part(start, index)
                    start = index + 1
            elif word in _OPENING:
                depth += 1
            elif word in _CLOSING:
                depth -= 1
        if start < self.end:
            yield self.part(start, self.end)
        self.index = self.end

    # ----------------------------------------------------------------------------------------------------- names

    def identifier(self) -> str:
        """Step over one part of a name, and return it folded; "" where there is none."""
        token = self.token()
        if token.kind not in _NAMING and not (token.kind is Kind.STRING and self.dialect in ("sqlite", "mysql")):
            return ""
        self.index += 1
        return fold(token, self.dialect)

    def name(self) -> Name | None:
        """Step over a name with its schema; None where there is none."""
        start = self.index
        last = self.identifier()
        if not last:
            return None
        before = ""
        while self.word() == "." and self.token(1).kind in _NAMING:
            self.index += 1
            before, last = last, self.identifier()
        return Name(before, last, self.range(start))

    def names(self) -> tuple[str, ...]:
        """The names of a list in parentheses, and "" for what is not just a name there."""
        inside = self.skip_group()
        if inside is None:
            return ()
        tokens = self.tokens[inside.index : inside.end]
        is_plain = {token.text for token in tokens[1::2]} <= {","} and len(tokens) % 2
        if is_plain and {token.kind for token in tokens[::2]} <= _NAMING:
            return tuple([fold(token, self.dialect) for token in tokens[::2]])
        return tuple(item.identifier() for item in inside.items())

    # ----------------------------------------------------------------------------------------------- expressions

    def expression(self, start: int, end: int) -> Expression:
        """What stands between two indices, as an expression."""
        tokens = self.tokens[start:end]
        words = tuple(fold(token, None) if token.kind is Kind.QUOTED else token.text.lower() for token in tokens)
        calls = frozenset(
            words[index]
            for index in range(len(tokens) - 1 if "(" in words else 0)
            if words[index + 1] == "(" and tokens[index].kind in _NAMING and tokens[index].word not in _NO_CALLS
        )
        return Expression(self.range(start, end), words, calls)

    def rest(self) -> Expression:
        """What is left, as an expression; steps over it."""
        start, self.index = self.index, self.end
        return self.expression(start, self.end)


def fold(token: Token, dialect: str | None) -> str:
    """An identifier as the database compares it; without a dialect, all of it in lower case."""
    if token.kind in (Kind.QUOTED, Kind.STRING):
        value = string_value(token)[0]
        return value if dialect == "postgres" else value.lower()
    return token.text.lower()
