"""What the expressions of a migration come to: constants, names of constants, and texts put together from them."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.ir import (
    Assign,
    Attribute,
    Await,
    Binary,
    Call,
    Collection,
    Constant,
    Entry,
    Expression,
    Hole,
    Mapping,
    Name,
    Number,
    Spread,
    String,
    TaggedTemplate,
    Template,
    TypeAssertion,
    Unary,
)
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.ir import Argument, Block

DEEPEST = 20  # names that stand for other names, and calls that such names stand for: `query = query.where(…)`
_ROWS = regex(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|SELECT\b.*\bFROM)\b", re.IGNORECASE | re.DOTALL)


@dataclass
class Values:
    """The constants that a place of the program sees. `content` are the bytes of the file."""

    content: bytes
    constants: dict[str, Expression] = field(default_factory=dict)

    def inner(self) -> Values:
        """A scope inside of this one."""
        return Values(self.content, dict(self.constants))

    def learn(self, block: Block) -> None:
        """Take note of the names that statements give to values."""
        for statement in block:
            if isinstance(statement, Assign) and statement.value is not None and statement.operator == "=":
                self.assign(statement.target, statement.value)

    def assign(self, target: Expression, value: Expression) -> None:
        """Take note of one assignment. A name that is given twice stands for what came last."""
        if isinstance(target, Name):
            self.constants[target.id] = value
        elif isinstance(target, Attribute) and isinstance(target.value, Name) and target.value.id in ("self", "this"):
            self.constants[f".{target.name}"] = value

    def resolve(self, node: Expression | None, deepest: int = DEEPEST) -> Expression | None:
        """What an expression stands for, as far as the file tells; itself where it is no name, or where names go round
        in a circle."""
        for left in range(deepest, 0, -1):
            match node:
                case Await(value=value) | TypeAssertion(value=value):
                    node = value
                case Name(id=id) if id in self.constants:
                    node = self.constants[id]
                case Attribute(value=Name(id="self" | "this"), name=name) if f".{name}" in self.constants:
                    node = self.constants[f".{name}"]
                case Attribute(value=value, name=name):
                    found = self.entry(value, name, left - 1)
                    if found is None:
                        return node
                    node = found
                case Call(function=Attribute(value=value, name="freeze" | "trim" | "strip" | "format"), arguments=()):
                    node = value
                case Call(function=Name(id="dedent"), arguments=(argument,)):
                    node = argument.value
                case _:
                    return node
        return node

    def string(self, node: Expression | None) -> String | None:
        """A text of which every part is known."""
        node = self.resolve(node)
        match node:
            case String():
                return node
            case TaggedTemplate(template=template):
                return self.string(template)
            case Template(range=range, parts=parts):
                texts = [part.value if isinstance(part, String) else self._hole(part) for part in parts]
            case Binary(operator="+", range=range, left=left, right=right):
                texts = [found.value if (found := self.string(side)) else None for side in (left, right)]
            case _:
                return None
        if any(text is None for text in texts):
            return None
        return String(range, "".join(text for text in texts if text is not None), range)

    def _hole(self, hole: Hole) -> str | None:
        found = self.resolve(hole.value)
        if isinstance(found, Number):
            return found.text
        text = self.string(found)
        return text.value if text is not None else None

    def text(self, node: Expression | None) -> str:
        """The value of a text; "" where it is not known."""
        found = self.string(node)
        return found.value if found is not None else ""

    def begins_with_rows(self, node: Expression | None) -> bool:
        """Whether a text, of which not all need be known, begins as SQL that reads or writes rows."""
        for _ in range(DEEPEST):
            match self.resolve(node):
                case TaggedTemplate(template=template):
                    node = template
                case Call(arguments=(first, *_)) as call if called(call) in ("text", "literal", "raw"):
                    node = first.value
                case Call(function=Attribute(value=inner)):
                    node = inner
                case Template(parts=(String(value=text), *_)) | String(value=text):
                    return _ROWS.match(text) is not None
                case Binary(operator="+", left=left):
                    node = left
                case _:
                    return False
        return False

    def elements(self, node: Expression | None, deepest: int = DEEPEST) -> tuple[Expression, ...] | None:
        """The elements of a list, lists that are spread in it included; None where not all of them are known."""
        node = self.resolve(node, deepest)
        if not isinstance(node, Collection):
            return None
        found: list[Expression] = []
        for element in node.elements:
            if isinstance(element, Spread):
                inner = self.elements(element.value, deepest - 1)
                if inner is None:
                    return None
                found += inner
            else:
                found.append(element)
        return tuple(found)

    def entries(self, node: Expression | None, deepest: int = DEEPEST) -> Iterator[Entry]:
        """The entries of an object, those of known objects that are spread in it included; a spread that is not known
        comes as it is."""
        node = self.resolve(node, deepest)
        for entry in node.entries if isinstance(node, Mapping) else ():
            if entry.key is None and deepest and isinstance(self.resolve(entry.value, deepest - 1), Mapping):
                yield from self.entries(entry.value, deepest - 1)
            else:
                yield entry

    def entry(self, node: Expression | None, name: str, deepest: int = DEEPEST) -> Expression | None:
        """The value of a key of an object."""
        found = None
        for entry in self.entries(node, deepest):
            if isinstance(entry.key, String) and entry.key.value == name:
                found = entry.value
        return found

    def is_true(self, node: Expression | None) -> bool:
        """Whether a value is known to count as true."""
        match self.resolve(node):
            case Constant(value=value):
                return value is True
            case Number(value=number):
                return bool(number)
            case String(value=text):
                return bool(text)
            case Mapping() | Collection():
                return True
        return False

    def is_false(self, node: Expression | None) -> bool:
        """Whether a value is known to be `False`, `None` or their kin."""
        found = self.resolve(node)
        return isinstance(found, Constant) and not found.value

    def number(self, node: Expression | None) -> str:
        """A number as it is written; "" for anything else."""
        match self.resolve(node):
            case Number(text=text):
                return text
            case Unary(operator="-", operand=Number(text=text)):
                return f"-{text}"
        return ""


def called(node: Expression | None) -> str:
    """The last name of what is called, or of a class that is named without a call."""
    return last_name(node) if node is not None else ""


def keyword(call: Call, name: str) -> Argument | None:
    """The argument of a name."""
    return next((argument for argument in call.arguments if argument.keyword == name), None)


def positional(call: Call) -> tuple[Argument, ...]:
    """The arguments without a name."""
    return tuple(argument for argument in call.arguments if argument.keyword is None)
