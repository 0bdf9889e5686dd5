"""The program around a place that a fix changes: the statements that hold it, and the names in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint.fixes.lines import Lines
from persistlint.fixes.standing import Standing
from persistlint.ir import (
    Assign,
    Attribute,
    Call,
    Function,
    FunctionDefinition,
    Lambda,
    Name,
    Number,
    blocks,
    expressions,
    expressions_in,
    walk,
)
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.ir import Block, Expression, Module, Statement
    from persistlint.source import Range

_SEPARATORS = regex(r"[\s_]")
_MODULE = regex(rb"^(?:export|import)\b|\bmodule\.exports\b|^exports\.|\brequire\(", re.MULTILINE)  # no plain script

_WITH_TYPES = regex(rb"<script\b[^>]*\blang\s*=\s*[\"']?(?:tsx?|typescript)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Frame:
    """A statement in its block: `block[index]`. `function` is the one that it is a part of, None at the top level."""

    block: Block
    index: int
    function: Function | None

    @property
    def statement(self) -> Statement:
        """The statement itself."""
        return self.block[self.index]

    @property
    def following(self) -> Block:
        """The statements behind it in its block."""
        return self.block[self.index + 1 :]


@dataclass(frozen=True)
class Program(Lines):
    """One file, whose syntax is asked when a fix needs it."""

    @cached_property
    def module(self) -> Module:
        """The statements of the file."""
        return self.syntax.lower()

    @cached_property
    def top_level(self) -> tuple[Statement, ...]:
        """The statements of the file in the order of their text."""
        return tuple(sorted(self.module.body, key=lambda statement: (statement.range.start, statement.range.end)))

    @cached_property
    def bound(self) -> dict[int, dict[str, list[Expression]]]:
        """What variables of functions were found to hold, by the identity of the function; filled by who looks."""
        return {}

    @cached_property
    def is_module(self) -> bool:
        """Whether a file of JavaScript is a module and no plain script."""
        return _MODULE.search(self.source.content) is not None

    @cached_property
    def is_typed(self) -> bool:
        """Whether the file is written in TypeScript, as a component of Vue or Svelte is where it says so."""
        is_component = self.source.path.endswith((".vue", ".svelte"))
        has_types = not is_component or _WITH_TYPES.search(self.source.content) is not None
        return self.source.language == "typescript" and has_types

    @cached_property
    def assigned(self) -> dict[str, list[Assign]]:
        """What the top level of the file assigns or declares, by the text of the value without blanks."""
        found: dict[str, list[Assign]] = {}
        for statement in self.module.body:
            if isinstance(statement, Assign) and statement.value is not None:
                found.setdefault(plain(self.source.text(statement.value.range)), []).append(statement)
        return found

    # ------------------------------------------------------------------------------------------------ statements

    def frames(self, place: Range) -> list[Frame]:
        """The statements that hold a place, outermost first; nothing where none does."""
        found: list[Frame] = []
        pending: list[tuple[Block, Function | None]] = [(self.module.body, None)]
        while pending:
            block, function = pending.pop()
            index = self._outermost(place) if block is self.module.body else _index(block, place)
            if index < 0:
                continue
            statement = block[index]
            found.append(Frame(block, index, function))
            pending = [(inner, function) for inner in self._blocks_at(statement, place)]
            pending += [(each.body, each) for each in self._functions_in(statement) if place in each.range]
        return found

    def _outermost(self, place: Range) -> int:
        """Which statement of the file holds a place, -1 for none. In Go, methods stand outside of their type."""
        held = self._held
        index = bisect_right(held, place.start, key=lambda each: each[0].start) - 1
        return held[index][1] if index >= 0 and place in held[index][0] else -1

    @cached_property
    def _held(self) -> list[tuple[Range, int]]:
        found = [(each.range, index) for index, each in enumerate(self.module.body)]
        found += [
            (inner.range, index)
            for index, each in enumerate(self.module.body)
            for block in blocks(each)
            for inner in block
            if inner.range not in each.range
        ]
        return sorted(found)

    def _blocks_at(self, statement: Statement, place: Range) -> tuple[Block, ...]:
        """The blocks of a statement that may hold a place: one, or those that are mixed with one another."""
        if id(statement) not in self._inside:
            found = sorted((block for block in blocks(statement) if block), key=lambda block: block[0].range.start)
            is_parted = all(one[-1].range.end <= other[0].range.start for one, other in pairwise(found))
            self._inside[id(statement)] = (tuple(found), is_parted)
        found_blocks, is_parted = self._inside[id(statement)]
        if not is_parted:
            return found_blocks
        index = bisect_right(found_blocks, place.start, key=lambda block: block[0].range.start)
        return found_blocks[max(index - 1, 0) : index]

    @cached_property
    def _inside(self) -> dict[int, tuple[tuple[Block, ...], bool]]:
        return {}

    def _functions_in(self, statement: Statement) -> tuple[Function, ...]:
        """The functions that a statement defines or has in its expressions. Every place in it asks for them."""
        if id(statement) not in self._inner:
            self._inner[id(statement)] = tuple(_functions(statement))
        return self._inner[id(statement)]

    @cached_property
    def _inner(self) -> dict[int, tuple[Function, ...]]:
        return {}

    def frame(self, place: Range) -> Frame | None:
        """The innermost statement that holds a place."""
        return next(reversed(self.frames(place)), None)

    def function_around(self, place: Range) -> Function | None:
        """The innermost function that holds a place."""
        if place not in self._functions_around:
            frames = reversed(self.frames(place))
            self._functions_around[place] = next((each.function for each in frames if each.function is not None), None)
        return self._functions_around[place]

    @cached_property
    def _functions_around(self) -> dict[Range, Function | None]:
        return {}

    def functions(self) -> tuple[Function, ...]:
        """The functions of the file, those inside others included."""
        return self._every_function

    @cached_property
    def _every_function(self) -> tuple[Function, ...]:
        every: list[Function] = []
        pending: list[Statement] = [*self.module.body]
        while pending:
            statement = pending.pop()
            found = self._functions_in(statement)
            every += found
            pending += [inner for block in blocks(statement) for inner in block]
            pending += [inner for function in found for inner in function.body]
        return tuple(every)

    def called(self, name: str) -> Function | None:
        """The one function of the file that has a name, None where several have, or none."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Function]:
        counted = Counter(function.name for function in self.functions())
        return {each.name: each for each in self.functions() if each.name and counted[each.name] == 1}

    @cached_property
    def calls(self) -> dict[str, list[Call]]:
        """The calls of the file, by the last word of what is called."""
        found: dict[str, list[Call]] = {}
        pending: list[Statement] = [*self.module.body]
        pending += [inner for function in self.functions() for inner in function.body]
        while pending:
            statement = pending.pop()
            pending += [inner for block in blocks(statement) for inner in block]
            for node in expressions_in(statement):
                if isinstance(node, Call):
                    function = node.function
                    name = getattr(function, "name", "") or getattr(function, "id", "")
                    found.setdefault(name, []).append(node)
        return found

    def expression(self, place: Range) -> Expression | None:
        """The innermost expression of exactly this range."""
        frame = self.frame(place)
        if frame is None:
            return None
        nodes = (node for node in expressions_in(frame.statement) if node.range == place)
        return next(iter(reversed(list(nodes))), None)

    def stands_again(self, place: Range) -> bool:
        """Whether a number stands a second time in its statement, or in the statements inside of that."""
        frame = self.frame(place)
        return frame is not None and self._numbers_in(frame.statement)[self.source.text(place)] > 1

    def _numbers_in(self, whole: Statement) -> Counter[str]:
        """How often each number stands in a statement."""
        found = self._counted.get(id(whole))
        if found is None:
            found, pending = Counter[str](), [whole]
            while pending:
                statement = pending.pop()
                pending += [inner for block in blocks(statement) for inner in block]
                nodes = expressions_in(statement)
                found.update(
                    {node.range: self.source.text(node.range) for node in nodes if isinstance(node, Number)}.values()
                )
            self._counted[id(whole)] = found
        return found

    @cached_property
    def _counted(self) -> dict[int, Counter[str]]:
        return {}

    def has_number(self, within: Range, place: Range) -> bool:
        """Whether a part of the file has the number at a place a second time, in code or in a text."""
        found = self.standing.numbers(self.source.text(place), within.start, within.end)
        return any(at != place.start for at in found[:2])

    def count_beside(self, place: Range, text: str) -> int:
        """How often a text stands in the expressions of the statement around a place."""
        frame = self.frame(place)
        parts = expressions(frame.statement) if frame is not None and text else ()
        return sum(self.source.text(part.range).count(text) for part in parts)

    @cached_property
    def attributes(self) -> dict[str, int]:
        """How often the functions of the file name an attribute of an object, by its text (`self.query`), where each of
        them gives it a value before anything else; -1 where one does not."""
        found: dict[str, int] = {}
        for function in self.functions():
            mentions: dict[str, list[Range]] = {}
            made: set[Range] = set()
            pending: list[Statement] = [*function.body]
            while pending:
                statement = pending.pop()
                pending += [inner for block in blocks(statement) for inner in block]
                nodes = expressions_in(statement)
                named = [node for node in nodes if isinstance(node, Attribute) and isinstance(node.value, Name)]
                for node in named:
                    mentions.setdefault(self.source.text(node.range), []).append(node.range)
                if isinstance(statement, Assign) and statement.operator == "=" and statement.target in named:
                    text = self.source.text(statement.target.range)
                    if [self.source.text(node.range) for node in named].count(text) == 1:
                        made.add(statement.target.range)
            for name, ranges in mentions.items():
                count = found.get(name, 0)
                found[name] = count + len(ranges) if min(ranges) in made and count >= 0 else -1
        return found

    # ----------------------------------------------------------------------------------------------------- names

    def has_name(self, name: str, within: Range | None = None) -> bool:
        """Whether a name stands anywhere in the file, or in a part of it, but for comments and the names of members."""
        if name.isidentifier() and name.encode() not in self.source.words:
            return False
        start, end = (within.start, within.end) if within is not None else (0, len(self.source.content))
        return any(True for _ in self.standing.names(name, start, end))

    def count_name(self, name: str) -> int:
        """How often a name stands in the file, but for comments and the names of members."""
        return sum(1 for _ in self.standing.names(name, 0, len(self.source.content)))

    @cached_property
    def standing(self) -> Standing:
        """Where names and numbers stand in the file."""
        return Standing(self.source.content, self.comments)


def _index(block: Block, place: Range) -> int:
    """Which statement of a block holds a place, -1 for none."""
    index = bisect_right(block, place.start, key=lambda statement: statement.range.start) - 1
    return index if index >= 0 and place in block[index].range else -1


def plain(text: str) -> str:
    """The text of a value without what separates its digits."""
    return _SEPARATORS.sub("", text)


def _functions(statement: Statement) -> Iterator[Function]:
    if isinstance(statement, FunctionDefinition):
        yield statement.function
    for expression in expressions(statement):
        yield from (node.function for node in walk(expression) if isinstance(node, Lambda))
