"""The statements inside a block of PL/pgSQL, as a `DO` statement runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.sql.lexer import Kind, Token, tokenize, word_set
from persistlint.sql.splitter import statements
from persistlint.sql.text import body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.sql.text import Text

_LOOPS = word_set("FOR FOREACH WHILE")
_CONDITIONAL = word_set("IF CASE")
_MESSAGES = (["NOTICE"], ["WARNING"], ["INFO"], ["LOG"], ["DEBUG"])


@dataclass
class _Frame:
    """A construct that is open. What is said of its handlers is known only when they have been read to their end:
    `takes_all` where one takes every error, `is_quiet` where that does nothing or only writes a message."""

    kind: str
    has_handler: bool = False
    in_handler: bool = False
    in_last: bool = False  # in the handler that takes every error
    takes_all: bool = False
    is_quiet: bool = True


@dataclass(frozen=True, slots=True)
class Inner:
    """One statement of a block: its tokens, and the text that their offsets count in. `is_conditional` behind an IF,
    `is_guarded` where an exception handler catches what it raises, `is_swallowed` where that takes every error and goes
    on."""

    text: Text
    tokens: list[Token]
    is_conditional: bool
    is_guarded: bool
    is_swallowed: bool = False


def block_of(tokens: list[Token]) -> Token | None:
    """The body of a `DO` statement; None for another statement and for another language than PL/pgSQL."""
    if not tokens or tokens[0].word != "DO":
        return None
    words = [token.text.lower() for token in tokens]
    if "language" in words[:-1] and words[words.index("language") + 1].strip("'\"") != "plpgsql":
        return None
    return next((token for token in tokens[1:] if token.kind in (Kind.DOLLAR, Kind.STRING)), None)


def inner_statements(text: Text) -> Iterator[Inner]:
    """The statements of a block, those that `EXECUTE` runs from a string included, in order."""
    tokens = [token for token in tokenize(text.text, "postgres") if token.kind is not Kind.COMMENT]
    for start, end, frames in _Walk(tokens).run():
        is_conditional = any(frame.kind in _CONDITIONAL for frame, _ in frames)
        guards = [frame for frame, in_handler in frames if frame.has_handler and not in_handler]
        is_swallowed = any(frame.takes_all and frame.is_quiet for frame in guards)
        is_guarded = bool(guards)
        if tokens[start].word == "EXECUTE":
            for inner_text, inner in _executed(text, tokens[start + 1 : end]):
                yield Inner(inner_text, inner, is_conditional, is_guarded, is_swallowed)
        else:
            yield Inner(text, tokens[start:end], is_conditional, is_guarded, is_swallowed)


def _executed(text: Text, tokens: list[Token]) -> Iterator[tuple[Text, list[Token]]]:
    """The statements in a string that is executed as it stands."""
    is_plain = bool(tokens) and tokens[0].kind in (Kind.STRING, Kind.DOLLAR)
    if is_plain and (len(tokens) == 1 or tokens[1].word in ("USING", "INTO")):
        inner = body(text, tokens[0])
        for found in statements(inner.text, "postgres"):
            yield inner, found


class _Walk:
    """Finds the simple statements between the words that structure a block."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.open: list[_Frame] = []
        self.is_declaring = False

    def run(self) -> list[tuple[int, int, list[tuple[_Frame, bool]]]]:
        """First and last index of each statement, with what is open there and whether that is in its handler."""
        found = []
        while self.index < len(self.tokens):
            if not self._step_over_structure():
                start = self.index
                self._skip_to(";")
                if not self.is_declaring and self.index > start:
                    self._note_handler(start)
                    found.append((start, self.index, [(frame, frame.in_handler) for frame in self.open]))
                self.index += 1
        return found

    def _note_handler(self, start: int) -> None:
        """A statement of a handler that does more than write a message: it may raise, or look at the error."""
        words = [token.word for token in self.tokens[start : start + 2]]
        is_message = words[:1] == ["NULL"] or (words[:1] == ["RAISE"] and words[1:] in _MESSAGES)
        for frame in self.open:
            frame.is_quiet &= is_message or not frame.in_last

    def _step_over_structure(self) -> bool:
        word = self._word()
        if word == "DECLARE":
            self.is_declaring = True
        elif word == "BEGIN":
            self.is_declaring = False
            self.open.append(_Frame(word))
        elif self.is_declaring:
            return False
        elif word == "EXCEPTION" and self.open:
            self.open[-1].has_handler = self.open[-1].in_handler = True
        elif word in ("IF", "ELSIF", "ELSEIF", "WHEN"):
            if word == "IF":
                self.open.append(_Frame(word))
            start = self.index
            self._skip_to("THEN")
            if word == "WHEN" and self.open and self.open[-1].in_handler:
                self.open[-1].in_last = any(token.word == "OTHERS" for token in self.tokens[start : self.index])
                self.open[-1].takes_all |= self.open[-1].in_last
        elif word in _LOOPS or word == "LOOP":
            self.open.append(_Frame("LOOP"))
            self._skip_to("LOOP")
        elif word == "CASE":
            self.open.append(_Frame(word))
            self._skip_to("WHEN")
            return True
        elif word == "<<":
            self._skip_to(">>")
        elif word == "END":
            if self.open:
                self.open.pop()
            self._skip_to(";")
        elif word not in ("ELSE", ";"):
            return False
        self.index += 1
        return True

    def _word(self) -> str:
        return self.tokens[self.index].word

    def _skip_to(self, word: str) -> None:
        """Step to a word outside of parentheses, or to the end."""
        depth = 0
        while self.index < len(self.tokens):
            text = self._word()
            if depth <= 0 and text == word:
                return
            depth += (text == "(") - (text == ")")
            self.index += 1
