"""Edits that pass the bound values to the driver, beside those that a call passes already."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.marks.laying import behind
from persistlint.fixes.binding.marks.narrowing import narrow
from persistlint.fixes.binding.refusal import ELSEWHERE, RefusalError
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.fixes.binding.marks.style import Style
    from persistlint.source import SourceFile

_NOTHING = regex(r"None|null|undefined|nil|\(\)|\[\]|\{\}")
_LONGEST_GAP = 200  # bytes between a text and the parenthesis behind it
_SPREAD = regex(
    r"(?:\*\*?|\.\.\.)(?:(?P<list>\[.*\]|\{.*\}|Object\.fromEntries\(.*\))|\((?P<chosen>.*(?: if | \? ).*)\))",
    re.DOTALL,
)
_CALLBACK = regex(r"cb|done|next|callback", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Given:
    """One value to pass: its expression, its name where marks are named, and how many marks of the text that was there
    stand before its own. `is_counted` where a number follows the name, which is that of the values before it."""

    text: str
    name: str
    before: int
    is_counted: bool = False


def alone(text: str) -> str:
    """The list or the mapping that is spread among other values, "" for other values."""
    match = _SPREAD.fullmatch(text)
    return (match["list"] or match["chosen"]) if match is not None else ""


@dataclass(slots=True)
class Passing:
    """The values of one query on their way into a call. `existing` counts the marks that the SQL had, one more where
    it has others behind theirs that are not seen; `variable` is the
    list that has the values of a text that grows; one of those to pass is then the whole list, spread.
    `sql` is the text as it was, `lists` are the marks that stand for a whole list."""

    style: Style
    existing: int
    given: Sequence[Given]
    source: SourceFile
    variable: str = ""
    sql: str = ""
    lists: Sequence[str] = ()

    def into_call(self, call: ir.Call, place: int | str, first: int) -> list[Edit]:
        """Pass them as an argument of a call, by its index, or one by one behind its others ("rest"). `first` is the
        index of the first argument that can be a value."""
        arguments = call.arguments
        if self.source.language == "sql":
            return self._using(call)
        if place == "rest":
            return self._rest(call, first)
        assert isinstance(place, int)
        positional = [argument for argument in arguments if argument.keyword is None]
        if any(argument.spread for argument in positional[: place + 1]):
            raise RefusalError("the arguments of the call are spread out of a list")
        if place < len(positional):
            there = positional[place]
            if is_callback(there.value):
                return [Edit(Range(there.range.start, there.range.start), f"{self.literal()}, ")]
            return self.into_expression(there.value)
        if place > len(positional):
            raise RefusalError("the call leaves out an argument before the values")
        return [self._append(call, self.literal())]

    def into_keyword(self, call: ir.Call, keyword: str) -> list[Edit]:
        """Pass them as a keyword argument."""
        for argument in call.arguments:
            if argument.keyword == keyword:
                return self.into_expression(argument.value)
        return [self._append(call, f"{keyword}={self.literal()}")]

    def into_options(self, options: ir.Mapping, key: str) -> list[Edit]:
        """Pass them under a key of an object."""
        for entry in options.entries:
            if isinstance(entry.key, ir.String) and entry.key.value == key:
                if entry.value.range == entry.key.range or self.source.text(entry.range) == key:  # shorthand
                    return [Edit(entry.range, f"{key}: {self._spread(key)}")]
                return self.into_expression(entry.value)
        if not options.entries:
            return [Edit(options.range, f"{{ {key}: {self.literal()} }}")]
        return [behind(options.entries[-1].range, [f"{key}: {self.literal()}"], self.source)]

    def into_expression(self, node: ir.Expression) -> list[Edit]:
        """Add them to the expression that has the values so far."""
        text = self.source.text(node.range)
        if _NOTHING.fullmatch(text):
            return [Edit(node.range, self.literal())]
        match node:
            case ir.Collection(elements=elements) if not self.style.is_mapping:
                if any(isinstance(element, ir.Spread) for element in elements) and not self._is_at_end(len(elements)):
                    raise RefusalError("the values are spread out of a list")
                return self._into_elements(node, elements)
            case ir.Mapping(entries=entries) if self.style.is_mapping and entries:
                there = {e.key.value: e.value for e in entries if isinstance(e.key, ir.String)}
                new = [given for given in self.given if given.name not in there]
                for given in self.given:
                    if given.name in there and self.source.text(there[given.name].range) != given.text:
                        raise RefusalError("the call passes another value under the name of this one")
                return [behind(entries[-1].range, list(map(self._entry, new)), self.source)] if new else []
        if not isinstance(node, ir.Name | ir.Attribute | ir.Subscript):
            raise RefusalError(ELSEWHERE)
        return [Edit(node.range, self._spread(text))]

    def literal(self) -> str:
        """All of them as a list, tuple or mapping of the language."""
        language = self.source.language
        if self.variable and len(self.given) == 1:
            return self.variable
        if len(self.given) == 1 and (whole := alone(self.given[0].text)):
            return whole
        if self.style.is_mapping:
            entries = ", ".join(self._entry(given) for given in self.given)
            return f"{{{entries}}}" if language == "python" else f"{{ {entries} }}"
        texts = ", ".join(given.text for given in self.given)
        if language == "python" and not self.style.is_described:
            is_single = len(self.given) == 1
            return f"({texts},)" if is_single else f"({texts})"
        return f"[]any{{{texts}}}" if language == "go" else f"[{texts}]"

    def listing(self) -> str:
        """All of them, one by one."""
        return ", ".join(given.text for given in self.given)

    def _entry(self, given: Given) -> str:
        if not given.name:
            return given.text  # the values of a mapping, spread
        if self.source.language == "python":
            return f'"{given.name}": {given.text}'
        return given.name if given.name == given.text else f"{given.name}: {given.text}"

    def _spread(self, text: str) -> str:
        """The values under a name, with these added to them."""
        language = self.source.language
        if language == "go":
            raise RefusalError(ELSEWHERE)
        if self.style.is_mapping:
            entries = ", ".join(self._entry(given) for given in self.given)
            return f"{{**{text}, {entries}}}" if language == "python" else f"{{ ...{text}, {entries} }}"
        values = ", ".join(given.text for given in self.given)
        spread = f"*{text}" if language == "python" else f"...{text}"
        if not self.style.is_positional or all(given.before == self.existing for given in self.given):
            inner = f"{spread}, {values}"
        elif all(given.before == 0 for given in self.given):
            inner = f"{values}, {spread}"
        else:
            raise RefusalError(ELSEWHERE)
        return f"({inner})" if language == "python" else f"[{inner}]"

    def _appended(self, text: str) -> str:
        """The values of a slice, with these added to them, as Go spreads it."""
        if self._all_behind(0):
            return f"append({text}, {self.listing()})"
        if not all(given.before == 0 for given in self.given):
            raise RefusalError(ELSEWHERE)
        return f"append({self.literal()}, {text}...)"

    def _is_at_end(self, count: int) -> bool:
        """Whether all of them go behind the others, or all before them, however many others there are."""
        return self._all_behind(count) or all(given.before == 0 for given in self.given)

    def _all_behind(self, count: int) -> bool:
        return not self.style.is_positional or all(given.before == self.existing for given in self.given)

    def _using(self, call: ir.Call) -> list[Edit]:
        """Pass them behind the text of an `EXECUTE` of PL/pgSQL, or behind the values that it has."""
        if self.variable:
            raise RefusalError("the text grows under a condition, and `USING` has a fixed number of values")
        at = call.arguments[-1].range.end
        if self.source.content[at : at + _LONGEST_GAP].lstrip().startswith(b")"):
            raise RefusalError("the text stands in parentheses")
        return [Edit(Range(at, at), f"{', ' if len(call.arguments) > 1 else ' USING '}{self.listing()}")]

    def _rest(self, call: ir.Call, first: int) -> list[Edit]:
        there = call.arguments[first:]
        if self.source.language == "go" and len(call.arguments) + len(self.given) > 1:
            self.given = [g if g.text.endswith("...") else replace(g, text=narrow(g.text)) for g in self.given]
        if self.style.is_mapping:
            if self.source.language != "python" or there:
                raise RefusalError("nothing here tells how the call takes values that have names")
            return [self._append(call, self.literal())]
        if any(argument.keyword is not None for argument in there) and self.source.language != "python":
            raise RefusalError("the arguments of the call have names")
        elements = tuple(argument for argument in there if argument.keyword is None)
        if self.source.language == "go" and any(argument.spread for argument in elements):
            return [Edit(elements[0].value.range, self._appended(self.source.text(elements[0].value.range)))]
        if any(argument.spread for argument in elements) and not self._is_at_end(len(elements)):
            raise RefusalError("the arguments of the call are spread out of a list")
        if len(elements) == 1 and isinstance(elements[0].value, ir.Lambda):
            at = elements[0].range.start
            return [Edit(Range(at, at), "".join(f"{given.text}, " for given in self.given))]
        if self.variable and self.source.language == "go" and (elements or len(self.given) > 1):
            raise RefusalError("Go does not spread a list of values among other arguments")
        if not elements:
            values = ", ".join(given.text for given in self.given)
            return [self._append(call, values)]
        return self._insert([element.range for element in elements], any(element.spread for element in elements))

    def _into_elements(self, node: ir.Collection, elements: Sequence[ir.Expression]) -> list[Edit]:
        if not elements:
            return [Edit(node.range, self.literal())]
        is_spread = any(isinstance(element, ir.Spread) for element in elements)
        edits = self._insert([element.range for element in elements], is_spread)
        end = elements[-1].range.end
        if len(elements) == 1 and self.source.text(Range(end, node.range.end)).replace(" ", "") == ",)":
            edits.append(Edit(Range(end, node.range.end), ")"))  # the comma of a tuple with one element
        return edits

    def _insert(self, ranges: list[Range], is_spread: bool = False) -> list[Edit]:
        """Put them between values that stand one by one, or at the end of those that a list is spread among."""
        is_counted = len(ranges) == self.existing or is_spread
        if self.style.is_positional and not is_counted and not self._all_behind(len(ranges)):
            raise RefusalError("the SQL has not as many placeholders as values")
        by_place: dict[int, list[str]] = {}
        for given in self.given:
            place = len(ranges) if not self.style.is_positional or self._all_behind(0) else given.before
            by_place.setdefault(place, []).append(given.text)
        edits = []
        for place, texts in sorted(by_place.items()):
            if place < len(ranges):
                at = ranges[place].start
                edits.append(Edit(Range(at, at), "".join(f"{text}, " for text in texts)))
            else:
                edits.append(behind(ranges[-1], texts, self.source))
        return edits

    def _append(self, call: ir.Call, text: str) -> Edit:
        """A further argument at the end of a call, before the keyword arguments of Python where it has no name."""
        arguments = call.arguments
        positional = [argument for argument in arguments if argument.keyword is None]
        anchor = arguments[-1] if "=" in text.split("(")[0].split('"')[0] else (positional[-1] if positional else None)
        if anchor is None:
            if arguments:
                at = arguments[0].range.start
                return Edit(Range(at, at), f"{text}, ")
            at = call.range.end - 1
            return Edit(Range(at, at), text)
        return behind(anchor.range, [text], self.source)


def is_callback(node: ir.Expression) -> bool:
    """Whether an argument is a function that is told the result."""
    return isinstance(node, ir.Lambda) or (isinstance(node, ir.Name) and _CALLBACK.fullmatch(node.id) is not None)
