"""The tokens of a piece of procedural SQL, read from left to right, each with its place in the file."""

from __future__ import annotations

from dataclasses import field

from persistlint.records import dataclass
from persistlint.source import Range
from persistlint.sql.lexer import Kind, Token, string_value, tokenize
from persistlint.sql.text import Text, body

DEEPEST = 60  # blocks and parentheses in one another; what is deeper is not looked at

_NOTHING = Token.of(Kind.OTHER, "", 0, 0)
_OPENING = frozenset("([")
_CLOSING = frozenset(")]")


@dataclass
class Reader:
    """A place between tokens. `types` are the declared types of the variables so far, `routines` the names of the
    routines of the file. `in_routine` tells a procedural body from a script, where EXECUTE runs what was prepared."""

    text: Text
    dialect: str | None
    routines: frozenset[str] = frozenset()
    types: dict[str, str] = field(default_factory=dict)
    in_routine: bool = False
    index: int = 0
    depth: int = 0
    end: int = -1
    tokens: list[Token] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.tokens:
            found = tokenize(self.text.text, self.dialect)
            self.tokens = [token for token in found if token.kind is not Kind.COMMENT]
        if self.end < 0:
            self.end = len(self.tokens)

    def inner(self, token: Token) -> Reader:
        """A reader of the body in a string token, which knows the same routines."""
        return Reader(body(self.text, token), self.dialect, self.routines, in_routine=True, depth=self.depth + 1)

    def rest(self) -> Reader:
        """A reader of the tokens that are left, as those of a body."""
        return Reader(
            self.text,
            self.dialect,
            self.routines,
            in_routine=True,
            index=self.index,
            depth=self.depth,
            end=self.end,
            tokens=self.tokens,
        )

    @property
    def at_end(self) -> bool:
        """Whether no token is left."""
        return self.index >= self.end

    def token(self, offset: int = 0) -> Token:
        """The token at an offset from here; an empty one outside."""
        index = self.index + offset
        return self.tokens[index] if 0 <= index < self.end else _NOTHING

    def word(self, offset: int = 0) -> str:
        """The keyword, operator or punctuation at an offset from here, in capitals; "" for everything else."""
        return self.token(offset).word

    def accept(self, *words: str) -> bool:
        """Step over these words if they come next, all of them in this order."""
        if all(self.word(offset) == word for offset, word in enumerate(words)):
            self.index += len(words)
            return True
        return False

    def step(self) -> Token:
        """Step over one token, and return it."""
        token = self.token()
        self.index += 1
        return token

    def range_from(self, start: int) -> Range:
        """The bytes from the token at index `start` to the last token that was stepped over."""
        if start >= len(self.tokens):
            at = self.text.positions[self.tokens[-1].end if self.tokens else -1]
            return Range(at, at)
        first = self.tokens[start]
        last = self.tokens[max(start, min(self.index, len(self.tokens)) - 1)]
        return Range(self.text.positions[first.start], self.text.positions[last.end])

    def range_of(self, token: Token) -> Range:
        """The bytes of a token."""
        return Range(self.text.positions[token.start], self.text.positions[token.end])

    def skip_group(self) -> None:
        """Step over a parenthesis and all that is in it."""
        depth = 0
        while not self.at_end:
            word = self.step().word
            if word in _OPENING:
                depth += 1
            elif word in _CLOSING:
                depth -= 1
                if depth <= 0:
                    return

    def skip_until(self, *words: str) -> None:
        """Step up to one of some words outside of parentheses, or to the end."""
        while not self.at_end and self.word() not in words:
            if self.word() in _OPENING:
                self.skip_group()
            elif self.word() in _CLOSING:
                return
            else:
                self.index += 1

    def name(self) -> str:
        """Step over a name, dots included, and return it: lower case where it is not quoted; "" where none stands."""
        parts: list[str] = []
        while self.token().kind in (Kind.WORD, Kind.QUOTED, Kind.PARAMETER):
            parts.append(identifier(self.step()))
            if self.word() != "." or self.token(1).kind not in (Kind.WORD, Kind.QUOTED):
                break
            self.index += 1
        return ".".join(parts)


def identifier(token: Token) -> str:
    """The name that a word, a quoted name or a parameter stands for."""
    return string_value(token)[0].lower() if token.kind is Kind.QUOTED else token.text.lower()
