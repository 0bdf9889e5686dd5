"""From the text of a Prisma schema to the language-neutral program.

The grammar is one of lines and brackets, for which a small reader does: the bindings of its tree-sitter grammar are not
published.

How a schema is put:

- A block (`model User { … }`) is a class whose only base is the word before its name, and an `enum` is marked as one.
- A field is a declaration: its type is the annotation, as written, and its attributes are the decorators. Those of the
  block (`@@index([a])`) are those of the class.
- An attribute is a call, without its `@`, of a name or of an attribute (`db.VarChar`); its arguments have keywords.
- A setting (`provider = "mysql"`) is an assignment.

Source: https://www.prisma.io/docs/orm/reference/prisma-schema-reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.ir import (
    Argument,
    Assign,
    Attribute,
    Call,
    ClassDefinition,
    Collection,
    Constant,
    Module,
    Name,
    Number,
    Sequence,
    String,
    Unknown,
)
from persistlint.languages import Syntax
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.ir import Expression
    from persistlint.source import SourceFile

_AHEAD = 3  # tokens
_MOST_LEVELS = 60  # of brackets; what lies deeper becomes Unknown
_TOKEN = regex(
    rb'(?P<comment>//[^\n]*)|(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<attribute>@@?)'
    rb"|(?P<name>[^\W\d][\w-]*)|(?P<sign>[{}()\[\]:,.=?])|(?P<line>\n)"
)
_ESCAPE = regex(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
_CONSTANTS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    range: Range


def read(source: SourceFile) -> Syntax:
    """Scan a file. Never fails, and takes linear time."""
    content = source.content
    comments = tuple(Range(*match.span()) for match in _TOKEN.finditer(content) if match.lastgroup == "comment")
    return Syntax(source, comments, (), (), (), lambda: lower(content))


def lower(content: bytes) -> Module:
    """The blocks of a schema. Never fails."""
    tokens = [
        _Token(match.lastgroup or "", match.group().decode("utf-8", "replace"), Range(*match.span()))
        for match in _TOKEN.finditer(content)
        if match.lastgroup != "comment"
    ]
    return Module(Range(0, len(content)), tuple(_Reader([*tokens, *_ends(len(content))]).blocks()))


def _ends(length: int) -> list[_Token]:
    """The end of the file, as often as it is looked ahead."""
    return [_Token("end", "", Range(length, length))] * _AHEAD


class _Reader:
    """A pass over the tokens of a file, the last of which are its end."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.index = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.index]

    def step(self) -> _Token:
        found = self.token
        self.index = min(self.index + 1, len(self.tokens) - _AHEAD)
        return found

    def accept(self, text: str) -> bool:
        if self.token.text != text or self.token.kind == "string":
            return False
        self.step()
        return True

    def blocks(self) -> list[ClassDefinition]:
        """All of the file."""
        found = []
        while self.token.kind != "end":
            word, name, opening = self.tokens[self.index : self.index + _AHEAD]
            if (word.kind, name.kind, opening.text) == ("name", "name", "{"):
                self.index += 3
                found.append(self._block(word, name))
            else:
                self.step()
        return found

    def _block(self, word: _Token, name: _Token) -> ClassDefinition:
        body: list[Assign] = []
        attributes: list[Expression] = []
        while self.token.kind != "end" and self.token.text != "}":
            if self.token.text == "@@":
                attributes.append(self._attribute())
            elif self.token.kind == "name":
                body.append(self._line())
            else:
                self.step()
        end = self.step().range.end
        return ClassDefinition(
            Range(word.range.start, end),
            name.text,
            name.range,
            (word.text,),
            tuple(body),
            is_enum=word.text == "enum",
            decorators=tuple(attributes),
        )

    def _line(self) -> Assign:
        """A field, a member of an enum, or a setting."""
        first = self.step()
        name = Name(first.range, first.text)
        if self.accept("="):
            value = self._value(0)
            return Assign(Range(first.range.start, value.range.end), name, value)
        type = ""
        end = first.range.end
        while self.token.kind not in ("line", "attribute", "end") and self.token.text != "}":
            type += self.token.text
            end = self._value(0).range.end if self.token.kind == "name" else self.step().range.end
        attributes: list[Expression] = []
        while self.token.kind == "attribute":
            attributes.append(self._attribute())
            end = attributes[-1].range.end
        return Assign(Range(first.range.start, end), name, None, annotation=type, decorators=tuple(attributes))

    def _attribute(self) -> Call:
        start = self.step().range.start
        called = self._value(0)
        if isinstance(called, Call):
            return Call(Range(start, called.range.end), called.function, called.arguments)
        return Call(Range(start, called.range.end), called, ())

    def _value(self, depth: int) -> Expression:
        """The next value, which begins at a token of any kind."""
        token = self.step()
        match token.kind:
            case "string":
                text = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), token.text[1:-1])
                return String(token.range, text, Range(token.range.start + 1, token.range.end - 1))
            case "number":
                number = float(token.text) if "." in token.text else int(token.text[:400])
                return Number(token.range, token.text, number)
            case "name" if token.text in _CONSTANTS:
                return Constant(token.range, _CONSTANTS[token.text])
            case "name":
                return self._named(token, depth)
        if token.text != "[":
            return Unknown(token.range)
        elements = tuple(argument.value for argument in self._arguments("]", depth + 1))
        return Collection(Range(token.range.start, self._behind), Sequence.LIST, elements)

    def _named(self, token: _Token, depth: int) -> Expression:
        """`now`, `db.Text`, `env("URL")`."""
        found: Expression = Name(token.range, token.text)
        while self.token.text == "." and self.tokens[self.index + 1].kind == "name":
            self.step()
            last = self.step()
            found = Attribute(Range(token.range.start, last.range.end), found, last.text, last.range)
        if self.accept("("):
            arguments = self._arguments(")", depth + 1)
            return Call(Range(token.range.start, self._behind), found, arguments)
        return found

    @property
    def _behind(self) -> int:
        """Where the token ends that was stepped over last."""
        return self.tokens[max(self.index - 1, 0)].range.end

    def _arguments(self, closing: str, depth: int) -> tuple[Argument, ...]:
        """What stands in brackets, which are open already; steps over the closing one."""
        found: list[Argument] = []
        while self.token.kind != "end" and not self.accept(closing):
            start = self.token
            if start.kind == "line" or start.text == "," or depth > _MOST_LEVELS:
                self.step()
                continue
            keyword = None
            if start.kind == "name" and self.tokens[self.index + 1].text == ":":
                keyword = start.text
                self.index += 2
            value = self._value(depth)
            found.append(Argument(Range(start.range.start, value.range.end), value, keyword))
        return tuple(found)
