"""The expression that makes the text of a query, as the characters and the values that it puts together."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.forms import (
    DOLLAR,
    DOUBLED,
    FIELD,
    PRINTF,
    Form,
    format_of,
    is_text,
    parts_of,
    replacements,
    spec_of,
)
from persistlint.fixes.binding.literals import Char, Literal, UnreadableError, characters, literals
from persistlint.fixes.binding.pieces import is_filled
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from persistlint.fixes.binding.pieces import Pieces
    from persistlint.source import SourceFile


@dataclass(frozen=True, slots=True)
class Value:
    """One value that is put into the text. `range` is what stands for it there: the hole with its braces, the verb of a
    format string, or the operand of a `+`. `spec` is how it is formatted, as written. `literal` is the literal that it
    stands in, None for an operand; `form` the call that formats it. `since` is the text of a variable that it went into
    before, None where it stands in the text that is sent; `is_conditional` where that text has it only sometimes.
    `made` is the one statement that makes the list which the expression joins, where it is a variable of its own."""

    expression: ir.Expression
    range: Range
    literal: Literal | None
    spec: str = ""
    form: Form | None = None
    since: Range | None = None
    is_conditional: bool = False
    made: ir.Assign | None = None


@dataclass(frozen=True, slots=True)
class Inner:
    """The text of a variable that is a part of another text: its half-open stretch of items, and its expression."""

    start: int
    end: int
    range: Range


@dataclass(frozen=True, slots=True)
class Loop:
    """A stretch of items, half-open, that a comprehension repeats."""

    start: int
    end: int
    loop: ir.Comprehension


@dataclass(frozen=True, slots=True)
class Choice:
    """Two stretches of items, of which a conditional expression takes one: from `start` to `middle`, and to `end`."""

    start: int
    middle: int
    end: int
    node: ir.Conditional


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks of the program around a text. `unwrap` gives the argument of a call that returns it unchanged,
    `resolve` the text of a variable that is to be taken apart, too, `pieces` the list that a call joins, `constant` the
    string constants that a format string is or is named for, `made` what makes a list of values, `repeated` the
    comprehension whose texts a call joins, and `chosen` whether a conditional expression chooses between texts."""

    unwrap: Callable[[ir.Call], ir.Expression | None]
    resolve: Callable[[ir.Name], ir.Expression | None]
    pieces: Callable[[ir.Call | ir.Name], Pieces | None]
    constant: Callable[[ir.Expression], ir.Expression | None]
    made: Callable[[ir.Expression], ir.Assign | None]
    repeated: Callable[[ir.Call], ir.Comprehension | None]
    chosen: Callable[[ir.Conditional], bool]


@dataclass(slots=True)
class View:
    """What expressions put together, in order. `holders` has, for every item, the statement that is to add its value
    to a list, None where the call passes it. `forms` are the format strings in them; `ends` says, for the last item of
    every stretch that is written in one place, the offset where that ends. `held` are the literals and format strings,
    by identity, that hold a text which is a part of the view itself, with the stretch of that. `lists` are the joined
    pieces in it, `inner` the texts of variables, `loops` what comprehensions repeat, and `choices` what conditional
    expressions choose between."""

    items: list[Char | Value] = field(default_factory=list)
    holders: list[ir.Statement | None] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    literals: list[Literal] = field(default_factory=list)
    ends: dict[int, int] = field(default_factory=dict)
    held: list[tuple[int, range]] = field(default_factory=list)
    lists: list[Pieces] = field(default_factory=list)
    inner: list[Inner] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)

    @property
    def parts(self) -> list[Loop | Choice]:
        """What may be there several times or not at all."""
        return [*self.loops, *self.choices]

    @property
    def text(self) -> str:
        """The text with a stand-in for every value; every item is one character."""
        return "".join(item.text if isinstance(item, Char) else HOLE for item in self.items)

    @property
    def values(self) -> list[Value]:
        """The values, in order."""
        return [item for item in self.items if isinstance(item, Value)]


_PRINTF = {"go": "fmt.Sprintf", "sql": "format", "javascript": "util.format", "typescript": "util.format"}
HOLE = "\ue000"  # `sql.lexer.HOLE`: what a value that is not known looks like to the lexer


def view(
    segments: Iterable[tuple[Sequence[ir.Expression], ir.Statement | None]], source: SourceFile, asked: Asked
) -> View:
    """Take the expressions apart whose texts, one behind the other, are the SQL; beside those of every step stands the
    statement that holds its values. Raises `RefusalError`."""
    reader = _Reader(source, asked)
    try:
        for expressions, holder in segments:
            reader.holder = holder
            for expression in expressions:
                reader.read(expression, "")
            reader.ends(expressions[-1].range.end)
    except UnreadableError:
        raise RefusalError("the SQL is written in a way that a fix cannot take apart") from None
    return reader.found


@dataclass(slots=True)
class _Reader:
    source: SourceFile
    asked: Asked
    since: Range | None = None
    holder: ir.Statement | None = None
    is_conditional: bool = False
    found: View = field(default_factory=View)

    def add(self, *items: Char | Value) -> None:
        """Go on with these items."""
        self.found.items += items
        self.found.holders += [self.holder] * len(items)

    def value(
        self,
        node: ir.Expression,
        range: Range,
        literal: Literal | None = None,
        spec: str = "",
        form: Form | None = None,
    ) -> None:
        """Go on with a value."""
        self.add(Value(node, range, literal, spec, form, self.since, self.is_conditional, self.asked.made(node)))

    def ends(self, offset: int) -> None:
        """Note that what was read so far ends at an offset of the file, and something else follows."""
        if self.found.items:
            self.found.ends[len(self.found.items) - 1] = offset

    def read(self, node: ir.Expression, doubled: str) -> None:
        """Read an expression. `doubled` are the characters that its literals write twice."""
        if self.inner(node):
            return
        match node:
            case ir.String() | ir.Template():
                self.literal(node, doubled)
            case ir.Binary(operator="+", left=left, right=right):
                self.read(left, doubled)
                self.read(right, doubled)
            case ir.Binary(operator="%", left=left) if (
                self.source.language == "python" and (constant := self.asked.constant(left)) is not None
            ):
                self.percent(node, constant)
            case ir.Call(function=ir.Attribute(value=value, name="format")) if (
                self.source.language == "python" and (constant := self.asked.constant(value)) is not None
            ):
                self.braces(node, value, constant)
            case ir.Call(function=function, arguments=[text, *_]) if (
                self.source.text(function.range) == _PRINTF.get(self.source.language)
                and (constant := self.asked.constant(text.value)) is not None
            ):
                self.printf(node, constant)
            case ir.Call(function=ir.Attribute(value=ir.Call(function=made, arguments=[text]), name="substitute")) if (
                self.source.text(made.range) in ("Template", "string.Template") and is_text(text.value)
            ):
                self.dollars(node, text.value)
            case ir.Call(function=ir.Attribute(name="replace" | "replaceAll")) if self.replaced(node):
                pass
            case ir.Call(function=ir.Attribute(value=ir.Call() as made, name="format")) if (
                self.asked.unwrap(made) is not None
            ):
                self.read(made, doubled)  # psycopg's `SQL("…").format(…)` puts in what is quoted
            case ir.Call() if (inner := self.asked.unwrap(node)) is not None:
                self.read(inner, doubled)
            case _:
                self.value(node, node.range)

    def inner(self, node: ir.Expression) -> bool:
        """Read a text that is put together in another place, and say whether the expression stands for one. No string
        of SQL begins in it that ends in the text around it."""
        match node:
            case ir.Call() if (loop := self.asked.repeated(node)) is not None:
                self.loop(loop)
            case ir.Call() | ir.Name() if (found := self.asked.pieces(node)) is not None:
                self.joined(found)
            case ir.Name() if (text := self.asked.resolve(node)) is not None:
                if self.since is not None:
                    raise UnreadableError
                self.begin_inner()
                start = len(self.found.items)
                self.since = text.range
                self.read(text, "")
                self.since = None
                self.ends(text.range.end)
                self.found.inner.append(Inner(start, len(self.found.items), text.range))
            case ir.Conditional(test=test, then=ir.Expression() as then, otherwise=ir.String()) if any(
                isinstance(part, ir.Call | ir.Name)
                and (found := self.asked.pieces(part)) is not None
                and is_filled(test, found.name)
                for part in ir.walk(then)
            ):
                self.begin_inner()
                around, self.is_conditional = self.is_conditional, True
                self.read(then, "")
                self.is_conditional = around
                self.ends(then.range.end)
            case ir.Conditional() if self.asked.chosen(node):
                self.choice(node)
            case _:
                return False
        return True

    def choice(self, node: ir.Conditional) -> None:
        """Read what a conditional expression chooses between, one behind the other."""
        self.begin_inner()
        middles = [len(self.found.items)]
        for arm in (node.then, node.otherwise):
            self.read(arm, "")
            if len(self.found.items) > middles[-1]:
                self.ends(arm.range.end)
            middles.append(len(self.found.items))
        start, middle, end = middles
        if any(other.end > start for other in self.found.parts):
            raise UnreadableError
        self.found.choices.append(Choice(start, middle, end, node))

    def loop(self, loop: ir.Comprehension) -> None:
        """Read what a comprehension repeats, once."""
        start = len(self.found.items)
        self.begin_inner()
        self.read(loop.element, "")
        self.ends(loop.element.range.end)
        if any(other.end > start for other in self.found.parts):
            raise UnreadableError
        self.found.loops.append(Loop(start, len(self.found.items), loop))

    def holds(self, holder: Literal | Form, node: ir.Expression) -> bool:
        """Read an expression inside a literal or a format string, and say whether it stands for a text."""
        start = len(self.found.items)
        if not self.inner(node):
            return False
        self.found.held.append((id(holder), range(start, len(self.found.items))))
        return True

    def begin_inner(self) -> None:
        """End what was read so far before the text of another place."""
        if self.found.items:
            self.ends(self.found.items[-1].range.end)

    def names_of(self, node: ir.Expression) -> list[str]:
        """The lists and variables whose pieces stand in an expression."""
        parts = [part for part in ir.walk(node) if isinstance(part, ir.Call | ir.Name)]
        return [found.name for part in parts if (found := self.asked.pieces(part)) is not None]

    def joined(self, found: Pieces) -> None:
        """Read the pieces of a list, with what stands between them."""
        if found in self.found.lists:
            raise RefusalError(f"`{found.name}` is used in more than one place")
        self.begin_inner()
        self.found.lists.append(found)
        around = self.holder, self.since, self.is_conditional
        separator: tuple[Char, ...] = ()
        for step in found.steps:
            self.holder, self.since, self.is_conditional = step.statement, None, False
            pieces = [(text,) for text in step.texts] if found.separator is not None else [step.texts]
            for piece in pieces:
                self.add(*separator)
                self.begin_inner()
                for text in piece:
                    self.read(text, "")
                self.ends(piece[-1].range.end)
                separator = self.separator(found.separator) if found.separator is not None else ()
        self.holder, self.since, self.is_conditional = around

    def separator(self, node: ir.String) -> tuple[Char, ...]:
        """The characters of a constant that stands in the text more than once, so that nothing is to change in it."""
        parts = [part for part in literals(self.source, node.range, ()) if isinstance(part, Literal)]
        return tuple(char for part in parts for char in characters(self.source, part, part.body, ""))

    def literal(self, node: ir.String | ir.Template, doubled: str) -> None:
        holes = [part for part in node.parts if isinstance(part, ir.Hole)] if isinstance(node, ir.Template) else []
        by_range = {hole.range: hole for hole in holes}
        current: Literal | None = None
        inside: list[Range] = []

        def close() -> None:
            if current is None:
                return
            own = "{}" if current.has_holes else ""
            start = current.body.start
            for hole in inside:
                self.add(*characters(self.source, current, Range(start, hole.start), own + doubled))
                part = by_range[hole]
                start = hole.end
                if self.holds(current, part.value):
                    continue
                spec = (f"!{part.conversion}" if part.conversion else "") + (f":{part.format}" if part.format else "")
                self.value(part.value, hole, current, spec)
            self.add(*characters(self.source, current, Range(start, current.body.end), own + doubled))

        for part in literals(self.source, node.range, list(by_range)):
            if isinstance(part, Literal):
                close()
                current, inside = part, []
                self.found.literals.append(part)
            else:
                inside.append(part)
        close()

    def percent(self, node: ir.Binary, constant: ir.Expression) -> None:
        right = node.right
        keyed = {}
        if isinstance(right, ir.Mapping):
            keyed = {e.key.value: e.value for e in right.entries if isinstance(e.key, ir.String)}
            arguments = [entry.value for entry in right.entries]
        elif isinstance(right, ir.Collection) and right.kind is ir.Sequence.TUPLE:
            arguments = list(right.elements)
        else:
            arguments = [right]
        if any(isinstance(argument, ir.Spread) for argument in arguments):
            raise UnreadableError
        form = Form("percent", node.range, node.left.range, arguments)
        if isinstance(right, ir.Mapping) and keyed:
            form.written = {e.key.value: e.range for e in right.entries if isinstance(e.key, ir.String)}
        self.formatted(form, PRINTF, keyed, constant)

    def printf(self, node: ir.Call, constant: ir.Expression) -> None:
        text, *rest = node.arguments
        if any(argument.spread for argument in rest):
            raise UnreadableError
        form = Form("printf", node.range, text.range, [argument.value for argument in rest])
        self.formatted(form, PRINTF, {}, constant)

    def braces(self, node: ir.Call, text: ir.Expression, constant: ir.Expression) -> None:
        if any(argument.spread for argument in node.arguments):
            raise UnreadableError
        keyed = {argument.keyword: argument.value for argument in node.arguments if argument.keyword}
        arguments = [argument.value for argument in node.arguments]
        form = Form("braces", node.range, text.range, arguments)
        form.written = {argument.keyword: argument.range for argument in node.arguments if argument.keyword}
        self.formatted(form, FIELD, keyed, constant)

    def dollars(self, node: ir.Call, text: ir.Expression) -> None:
        if any(argument.keyword is None or argument.spread for argument in node.arguments):
            raise UnreadableError
        form = Form("dollar", node.range, text.range, [argument.value for argument in node.arguments])
        form.written = {argument.keyword: argument.range for argument in node.arguments if argument.keyword}
        keyed = {argument.keyword: argument.value for argument in node.arguments if argument.keyword}
        self.formatted(form, DOLLAR, keyed, text)

    def replaced(self, node: ir.Call) -> bool:
        """Read a text in which parts are replaced by values, and say whether that is what a call makes."""
        text, found = replacements(node)
        constant = self.asked.constant(text) if found else None
        if constant is None:
            return False
        for mark, (value, _) in found.items():
            is_often = self.source.language == "python" and isinstance(value, ir.Name | ir.Attribute)
            if not is_often and self.source.text(constant.range).count(mark) != 1:
                return False
            if any(mark in other for other in found if mark != other):
                return False
        form = Form("replace", node.range, text.range, [value for value, _ in found.values()])
        form.written = {mark: range for mark, (_, range) in found.items()}
        marks = "|".join(map(re.escape, found))
        self.formatted(
            form, re.compile(f"(?P<key>{marks})"), {mark: value for mark, (value, _) in found.items()}, constant
        )
        return True

    def formatted(
        self, form: Form, pattern: re.Pattern[str], keyed: dict[str, ir.Expression], constant: ir.Expression
    ) -> None:
        """Read the format string of a form, whose literals hold verbs in the place of values."""
        self.found.forms.append(form)
        if constant.range != form.text:
            self.begin_inner()
        taken = 0
        for part in format_of(constant):
            if not is_text(part):
                self.value(part, part.range)
                continue
            taken = self.verbs(form, part, pattern, keyed, taken)
        if constant.range != form.text:
            self.ends(constant.range.end)
        if not form.is_indexed and taken != len(form.arguments) - len(form.written):
            raise UnreadableError

    def verbs(
        self, form: Form, text: ir.Expression, pattern: re.Pattern[str], keyed: dict[str, ir.Expression], taken: int
    ) -> int:
        """Read the literals of a format string, `taken` of whose values come before, and say how many that are now."""
        for literal in (part for part in parts_of(self.source, text.range) if isinstance(part, Literal)):
            if literal.has_holes:
                raise UnreadableError
            self.found.literals.append(literal)
            form.literals.append(literal)
            body = self.source.text(literal.body)
            start = 0
            for match in pattern.finditer(body):
                groups = match.groupdict()
                if match.group() in [sign * 2 for sign in DOUBLED.get(form.kind, "%")]:
                    continue
                self.plain(literal, body, start, match.start(), form.kind)
                start = match.end()
                value, index = self.argument(form, groups, keyed, taken)
                taken = index + 1
                at = literal.body.start + len(body[: match.start()].encode())
                range = Range(at, at + len(match.group().encode()))
                if not self.holds(form, value):
                    self.value(value, range, literal, spec_of(form.kind, match), form)
            self.plain(literal, body, start, len(body), form.kind)
        return taken

    def argument(
        self, form: Form, groups: dict[str, str | None], keyed: dict[str, ir.Expression], next: int
    ) -> tuple[ir.Expression, int]:
        key = groups.get("key") or groups.get("name") or groups.get("index")
        if key is None or key == "":
            index = next
        elif key in keyed:
            return keyed[key], next - 1
        elif key.isdigit():
            index = int(key) - (form.kind == "printf")
            form.is_indexed = True
        else:
            raise UnreadableError
        if not 0 <= index < len(form.arguments):
            raise UnreadableError
        return form.arguments[index], index

    def plain(self, literal: Literal, body: str, start: int, end: int, kind: str) -> None:
        at = literal.body.start + len(body[:start].encode())
        doubled = DOUBLED.get(kind, "%")
        range = Range(at, at + len(body[start:end].encode()))
        self.add(*characters(self.source, literal, range, doubled))
