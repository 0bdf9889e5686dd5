"""The expression that makes the text of a query, taken apart."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.formats import Verb, formatted, printed
from persistlint.fixes.binding.text.literals import Char, Literal, UnreadableError, characters, literals
from persistlint.fixes.binding.text.parts import Part
from persistlint.fixes.binding.text.pieces import is_filled, joined_here
from persistlint.fixes.binding.text.statements import is_next
from persistlint.fixes.binding.text.view import Held, Inner, Value, View
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from persistlint.fixes.binding.text.formats import Format
    from persistlint.fixes.binding.text.forms import Form
    from persistlint.fixes.binding.text.parts import Times
    from persistlint.fixes.binding.text.pieces import Pieces
    from persistlint.source import SourceFile


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks of the program around a text. `unwrap` gives the argument of a call that returns it unchanged,
    `resolve` the text of a variable or of an expression that is to be taken apart, too, `pieces` the list that a call
    joins, `constant` the string constants that a format string is or is named for, `made` what makes a list of values,
    `repeated` what a call joins that is made for every element of a list, and `chosen` the texts that a conditional
    expression chooses between; `is_tuple` says whether a variable has a tuple, `raw` how the value is written that a
    function of the file doubles the quotes of, nothing for any other. `own` are the places where a text begins
    with what its variable held before. `is_apart` says whether the text of a variable begins with a blank, and
    `excludes` whether no run comes by both of two statements."""

    unwrap: Callable[[ir.Call], ir.Expression | None]
    resolve: Callable[[ir.Expression], ir.Expression | None]
    pieces: Callable[[ir.Call | ir.Name | ir.Subscript], Pieces | None]
    constant: Callable[[ir.Expression], ir.Expression | None]
    made: Callable[[ir.Expression], ir.Assign | None]
    repeated: Callable[[ir.Call], Times | None]
    chosen: Callable[[ir.Conditional], Times | None]
    is_tuple: Callable[[ir.Expression], bool]
    raw: Callable[[ir.Expression], str]
    own: Collection[Range] = ()
    is_apart: Callable[[ir.Expression], bool] = lambda _: False
    excludes: Callable[[ir.Statement, ir.Statement], bool] = lambda _, __: False


def view(
    segments: Iterable[tuple[Sequence[ir.Expression], ir.Statement | None]], source: SourceFile, asked: Asked
) -> View:
    """Take the expressions apart whose texts, one behind the other, are the SQL; beside those of every step stands the
    statement that holds its values. Raises `RefusalError`."""
    reader = _Reader(source, asked)
    try:
        for expressions, holder in segments:
            before = reader.found.holders[-1] if reader.found.holders else None
            if before is not None and holder is not None and asked.excludes(before, holder):
                reader.apart()
            reader.holder = holder
            for expression in expressions:
                reader.read(expression, "")
            reader.ends(expressions[-1].range.end)
    except UnreadableError:
        raise RefusalError("the SQL is written in a way that cannot be taken apart without doubt") from None
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
        written: str = "",
    ) -> None:
        """Go on with a value."""
        last = self.found.items[-1] if self.found.items else None
        if isinstance(last, Value) and self.asked.is_apart(node):
            if last.literal is None:
                self.ends(last.range.end)
            self.apart()
        made, raw = self.asked.made(node), "" if written else self.asked.raw(node)
        is_raw = bool(raw)
        self.add(Value(node, range, literal, spec, form, self.since, self.is_conditional, made, written or raw, is_raw))

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
            case ir.Binary(operator="%") | ir.Call() if (
                format := formatted(node, self.source, self.asked.constant, self.asked.is_tuple)
            ) is not None:
                self.format(format)
            case ir.Call() if found := printed(node, self.source):
                for text in found:
                    self.read(text, doubled)
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
            case ir.Call() if (times := self.asked.repeated(node)) is not None:
                self.part(times, None if times.text[0].range in node.range else times.text[0].range)
            case ir.Call() | ir.Name() | ir.Subscript() if (found := self.asked.pieces(node)) is not None:
                self.joined(found)
            case ir.Call() if (found_here := joined_here(node)) is not None and any(
                self.asked.resolve(text) is not None for text in found_here[0]
            ):
                texts, separator = found_here
                self.pieces([(self.holder, (text,)) for text in texts], separator)
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
            case ir.Conditional() if (times := self.asked.chosen(node)) is not None:
                self.part(times)
            case _:
                return False
        return True

    def part(self, times: Times, since: Range | None = None) -> None:
        """Read what may be there several times or not at all: once each text, one behind the other. `since` is where
        the text is made, if that is in another statement."""
        around, self.since = self.since, since or self.since
        self.begin_inner()
        middles = [len(self.found.items)]
        for text in times.text:
            if text is not None and not (isinstance(text, ir.String) and not text.value):
                if len(self.found.items) > middles[0]:
                    self.apart()
                self.read(text, "")
                self.ends(text.range.end)
            middles.append(len(self.found.items))
        start, middle, end = middles
        if any(other.end > start for other in self.found.parts):
            raise UnreadableError
        self.found.parts.append(Part(start, middle, end, times))
        self.since = around

    def nested(self, node: ir.Expression) -> bool:
        """Read a text that is put together inside a literal or a format string."""
        if isinstance(node, ir.Name) or self.asked.resolve(node) is None:
            return False
        self.begin_inner()
        self.read(node, "")
        self.ends(node.range.end)
        return True

    def holds(self, holder: Literal | Form, node: ir.Expression, place: Range, literal: Literal) -> bool:
        """Read an expression inside a literal or a format string, and say whether it stands for a text."""
        start = len(self.found.items)
        is_elsewhere = node.range in self.asked.own or self.inner(node)
        if not is_elsewhere and not self.nested(node):
            return False
        held = Held(holder, start, len(self.found.items), node.range, place, literal, not is_elsewhere)
        self.found.held.append(held)
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
        self.found.lists.append(found)
        around = self.since, self.is_conditional
        self.since, self.is_conditional = None, False
        pieces = (
            (step.statement, piece)
            for step in found.steps
            for piece in (((text,) for text in step.texts) if found.separator is not None else [step.texts])
        )
        self.pieces(pieces, found.separator)
        self.since, self.is_conditional = around

    def pieces(
        self, pieces: Iterable[tuple[ir.Statement | None, tuple[ir.Expression, ...]]], separator: ir.String | None
    ) -> None:
        """Read texts one behind the other, each with the statement that holds its values, and what stands between."""
        around = self.holder
        before: ir.Statement | None = None
        self.begin_inner()
        for number, (holder, piece) in enumerate(pieces):
            self.holder = holder
            if separator is None and self.found.items:
                if number and isinstance(holder, ir.Assign) and holder.operator == "=" and holder.value in piece:
                    self.hide_end()
                if before is None or holder is None or not is_next(before, holder, self.source):
                    self.apart()
            elif separator is not None and number:
                self.add(*self.separator(separator))
            before = holder
            self.begin_inner()
            for text in piece:
                self.read(text, "")
            if piece:
                self.ends(piece[-1].range.end)
        self.holder = around

    def apart(self) -> None:
        """Keep the words of texts apart of which not all are there."""
        at = self.found.items[-1].range.end
        nowhere = Range(at, at)
        self.add(Char(" ", nowhere, Literal(nowhere, nowhere, "", "")))

    def hide_end(self) -> None:
        """Leave out the end of a statement, in the place of which another text may stand: no two are sent."""
        items = self.found.items
        end = self.found.ends.pop(len(items) - 1, None)
        while items and isinstance(items[-1], Char) and (items[-1].text.isspace() or items[-1].text == ";"):
            items.pop()
            self.found.holders.pop()
        if end is not None:
            self.ends(end)

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
                if self.holds(current, part.value, hole, current):
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

    def format(self, format: Format) -> None:
        """Read a format string, whose literals hold verbs in the place of values."""
        form = format.form
        self.found.forms.append(form)
        if format.constant.range != form.text:
            self.begin_inner()
        for piece in format.read(self.source):
            match piece:
                case Literal():
                    self.found.literals.append(piece)
                case Char():
                    self.add(piece)
                case Verb(value=value, literal=None) if value.range in self.asked.own:
                    if any(isinstance(item, Char) and item.text == "%" for item in self.found.items):
                        raise UnreadableError  # which is a part of a verb here
                case Verb(value=value, literal=None):
                    self.value(value, value.range)
                case Verb(value=value, literal=Literal() as literal) if piece.written or not self.holds(
                    form, value, piece.range, literal
                ):
                    self.value(value, piece.range, literal, piece.spec, form, piece.written)
        if format.constant.range != form.text:
            self.ends(format.constant.range.end)
