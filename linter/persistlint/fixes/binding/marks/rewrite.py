"""Edits that put marks into the text of a query, and leave its other characters as they are."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.binding.marks.crossing import crossing_of
from persistlint.fixes.binding.marks.cutting import cut_of
from persistlint.fixes.binding.marks.formatting import COMMENT, REST_OF_LINE, spaced, unformatted
from persistlint.fixes.binding.marks.laying import emptied
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.forms import DOUBLED
from persistlint.fixes.binding.text.literals import Char, Literal
from persistlint.fixes.binding.text.view import Inner, Value, View
from persistlint.records import dataclass, replace
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.fixes.binding.marks.plan import Parameter
    from persistlint.fixes.binding.text.forms import Form
    from persistlint.fixes.binding.text.view import Held
    from persistlint.source import SourceFile

_QUOTES = regex(rb"(?:\bfrom |\brequire\()([\"'])")  # those of imports are what the file likes best
_ASSIGNS = regex(rb"[ \t]*(?:(?:const|let|var)[ \t]+)?\w+[ \t]*(?::[^=\n]+)?:?=[ \t]*")


@dataclass(slots=True)
class Rewrite:
    """The text of one query while marks are put into it. `is_doubled` where a percent sign is written twice from now
    on, since the driver looks for marks in the text."""

    found: View
    source: SourceFile
    is_doubled: bool

    def edits(self, parameters: Sequence[Parameter], marks: Sequence[str]) -> list[Edit]:
        """The edits for these parameters, each with its mark. Raises `RefusalError`."""
        parameters = [self._apart(parameter) for parameter in parameters]
        replaced: set[int] = set()
        gone: set[int] = set()  # items that are no longer there
        for parameter in parameters:
            indices = range(parameter.start, parameter.end)
            replaced.update(indices)
            gone.update(i for i in indices if not (parameter.listed and isinstance(self.found.items[i], Value)))
        values = [item for index, item in enumerate(self.found.items) if isinstance(item, Value) and index not in gone]
        held = {id(h.holder) for h in self.found.held if h.start == h.end or not self._is_gone(h.start, h.end, gone)}
        whole = {index: found for index, p in enumerate(parameters) if (found := self._held(p)) is not None}
        inside = [h for h in self.found.held if any(self._holds(parameter, h) for parameter in parameters)]
        dropped = {each.place for each in (*whole.values(), *inside)}
        holed = {id(value.literal) for value in values if value.form is None} | held
        kept = {id(form) for form in self.found.forms if form.stays or any(value.form is form for value in values)}
        kept |= held & {id(form) for form in self.found.forms}
        numbers: dict[int, str] = {}  # by the item that goes into a format string, the number that takes its place
        for parameter in parameters:
            literal = self.found.items[parameter.start].literal
            if parameter.number and literal is not None:
                form = self._counted_in(parameter, literal)
                if form is not None:
                    kept.add(id(form))
                    numbers[self._first_of(form, parameter)] = parameter.number
                elif self._takes_holes(literal):
                    holed.add(id(literal))
        edits: list[Edit] = []
        edits += [self._without(inner) for inner in self.found.inner if self._is_gone(inner.start, inner.end, gone)]
        for index, (parameter, mark) in enumerate(zip(parameters, marks, strict=True)):
            edits += parameter.edits
            if parameter.listed is not None:
                edits += self._list(parameter, mark)
                continue
            written = parameter.before + mark + parameter.after
            if index in whole:
                edits.append(Edit(whole[index].place, self._encoded(written, whole[index].literal, holed, kept)))
            elif (cut := cut_of(self.found, parameter)) is not None:
                encoded = self._encoded(written, cut.begins, holed, kept)
                edits += cut.edits(self.found.items[parameter.start : parameter.end], encoded)
            elif (crossing := crossing_of(self.found, parameter, self.source)) is not None:
                number = self._number_text(parameter.number) if parameter.number else ""
                edits += crossing.edits(parameter, self._encoded(written, crossing.begins, holed, kept), number)
            else:
                edits.append(self._region(parameter, written, holed, kept))
        left_out = [each.range for each in (*whole.values(), *inside)]
        for form in self.found.forms:
            if not any(form.range in each for each in left_out):
                edits += unformatted(self.found, self.source, form, gone, id(form) in kept, numbers, dropped)
        for literal in self.found.literals:
            if not any(literal.range in each for each in left_out):
                edits += self._literal(literal, replaced, id(literal) in holed, kept)
        blanks = [blank for form in self.found.forms if id(form) not in kept for blank in spaced(self.source, form)]
        return [*edits, *(b for b in blanks if not any(e.range.start < b.range.start < e.range.end for e in edits))]

    def _apart(self, parameter: Parameter) -> Parameter:
        """The same parameter, with a space where its quotes alone kept it apart from a word: `name='…'AND`."""
        start, end = parameter.start, parameter.end
        before, after = self.found.items[max(start - 1, 0) : start], self.found.items[end : end + 1]
        lead = " " if _ends_word(before) and not parameter.before.startswith("(") else ""
        tail = " " if _ends_word(after) and not parameter.after.endswith(")") else ""
        apart = replace(parameter, before=lead + parameter.before, after=parameter.after + tail)
        return parameter if parameter.listed is not None else apart

    @staticmethod
    def _holds(parameter: Parameter, held: Held) -> bool:
        """Whether a text that is put into another goes with what stands around it there: `IN ({})`."""
        is_inside = parameter.start < held.start and held.end < parameter.end
        return held.is_here and is_inside and parameter.listed is None and not parameter.number

    def _held(self, parameter: Parameter) -> Held | None:
        """The text that a parameter takes the place of as a whole, where that is put into another and written there:
        `"LIKE %s" % ("'%" + name + "%'")`."""
        if parameter.listed is not None or parameter.number:
            return None
        items = range(parameter.start, parameter.end)
        is_plain = all(self.found.part_at(index) is None for index in items)
        is_plain &= len({id(self.found.holders[index]) for index in items}) == 1
        found = (h for h in self.found.held if (h.start, h.end) == (items.start, items.stop))
        return next((h for h in found if is_plain and h.is_here), None)

    def _is_gone(self, start: int, end: int, gone: set[int]) -> bool:
        """Whether nothing is left of the text of a variable; of one that is put together in steps, or is there several
        times, the marks are left."""
        is_made = any(start <= part.start < end for part in self.found.parts)
        is_made |= any(holder is not None for holder in self.found.holders[start:end])
        return not is_made and gone.issuperset(range(start, end))

    def _without(self, inner: Inner) -> Edit:
        """Drop the variable of a text of which nothing is left."""
        content = self.source.content
        begin = content.rfind(b"\n", 0, inner.range.start) + 1
        rest = REST_OF_LINE.match(content, inner.range.end)
        if not _ASSIGNS.fullmatch(content, begin, inner.range.start) or rest is None:
            raise RefusalError("the list of values stands in a variable of its own")
        is_between = content[:begin].endswith(b"\n\n") and content.startswith(b"\n", rest.end())
        return Edit(Range(begin, rest.end() + is_between), "")

    def _list(self, parameter: Parameter, mark: str) -> list[Edit]:
        assert parameter.listed is not None
        written = parameter.listed.marks or ""
        edits = [Edit(parameter.listed.range, written.replace("{}", mark))]
        if parameter.listed.is_tuple:
            item = self.found.items[parameter.start]
            if item.literal is None:
                raise RefusalError("the list of values is no part of a string")
            edits.append(Edit(Range(item.range.start, item.range.start), "("))
            edits.append(Edit(Range(item.range.end, item.range.end), ")"))
        empty = emptied(self.found.items[parameter.start : parameter.end], self.source)
        edits += empty
        for index in range(parameter.start, parameter.end):
            item = self.found.items[index]
            if isinstance(item, Char):
                if not any(item.range in edit.range for edit in empty):
                    edits.append(Edit(item.range, ""))
            elif (
                self.source.language == "python"
                and item.form is None
                and item.literal is not None
                and item.literal.quote in written
            ):
                raise RefusalError("the quotes of the list are those of the string around it")
        return edits

    def _region(self, parameter: Parameter, text: str, holed: set[int], kept: set[int]) -> Edit:
        """Replace a stretch of the view, which may begin in one literal and end in another."""
        items = self.found.items
        first, last = items[parameter.start], items[parameter.end - 1]
        inside = range(parameter.start, parameter.end - 1)
        within = {
            index
            for inner in self.found.inner
            if parameter.start < inner.start and inner.end < parameter.end
            for index in range(inner.start - 1, inner.end)
        }
        held = (each for each in self.found.held if self._holds(parameter, each))
        within |= {index for each in held for index in range(each.start - 1, each.end)}
        if any(index in self.found.ends and index not in within for index in inside):
            raise RefusalError("a string of SQL begins in one statement of the program and ends in another")
        left, start = first.literal, first.range.start
        right, end = last.literal, last.range.end
        if left is None:
            before = items[parameter.start - 1] if parameter.start else None
            if before is None or before.literal is None or parameter.start - 1 in self.found.ends:
                return Edit(first.range, self._alone(parameter, text))
            left, start = before.literal, before.literal.body.end
            if before.range.end != start:
                raise RefusalError("the SQL is written in a way that cannot be taken apart without doubt")
        encoded = self._encoded(text, left, holed, kept)
        opened = ""  # behind a number that is added to the text, the literal that goes on
        if parameter.number:
            form = self._counted_in(parameter, left)
            lead, tail = (self._encoded(each, left, holed, kept) for each in parameter.around)
            lead, tail = parameter.before + lead, tail + parameter.after
            if form is not None:
                encoded = lead + ("{}" if form.kind == "braces" else "%d") + tail
            elif self._takes_holes(left):
                encoded = lead + ("" if left.has_holes else "$") + f"{{{parameter.number}}}" + tail
            else:
                plus = self._plus(left, items[parameter.start : parameter.end])
                counted = f"{left.quote}{plus}{self._number_text(parameter.number)}"
                opened = f"{plus}{left.opening}"
                encoded = lead + counted + opened + tail
        if right is None:
            if parameter.end - 1 in self.found.ends:
                end = self.found.ends[parameter.end - 1]
                self._check_gap(Range(start, end))
                is_open = opened and encoded.endswith(opened)
                return Edit(Range(start, end), encoded.removesuffix(opened) if is_open else encoded + left.quote)
            after = items[parameter.end]
            if after.literal is None:
                raise RefusalError("two values stand side by side, with no text between them")
            right, end = after.literal, after.literal.body.start
            if after.range.start != end:
                raise RefusalError("the SQL is written in a way that cannot be taken apart without doubt")
        if left is not right:
            self._check_gap(Range(start, end))
            if opened and encoded.endswith(opened) and end == right.body.end:
                return Edit(Range(start, right.range.end), encoded.removesuffix(opened))
            if not _alike(left, right) or (id(left) in holed) != (id(right) in holed):
                glue = " " if self.source.language == "python" and first.literal is last.literal else " + "
                if opened and encoded.endswith(opened):  # no text goes on behind the number
                    return Edit(Range(start, end), f"{encoded.removesuffix(opened)}{glue}{right.opening}")
                return Edit(Range(start, end), f"{encoded}{left.quote}{glue}{right.opening}")
        return Edit(Range(start, end), encoded)

    def _alone(self, parameter: Parameter, text: str) -> str:
        """The literal for a mark that takes the place of a value which is a text by itself. Raises `RefusalError`."""
        last = parameter.end - 1
        is_end = last in self.found.ends or parameter.end == len(self.found.items)
        if last > parameter.start or not is_end or self.source.language == "sql":
            raise RefusalError("no text of the SQL stands before the value")
        is_single = self.source.language in ("javascript", "typescript") and not _is_mostly_double(self.source.content)
        quote = "'" if is_single else '"'
        if not parameter.number:
            return f"{quote}{text}{quote}"
        lead, tail = parameter.before + parameter.around[0], parameter.around[1] + parameter.after
        behind = f" + {quote}{tail}{quote}" if tail else ""
        return f"{quote}{lead}{quote} + {self._number_text(parameter.number)}{behind}"

    def _takes_holes(self, literal: Literal) -> bool:
        return literal.has_holes or (literal.quote == "`" and self.source.language != "go")

    def _plus(self, literal: Literal, items: Sequence[Char | Value]) -> str:
        """The `+` behind a literal, with spaces around it where it has them."""
        operand = next(item for item in items if item.literal is not literal)
        gap = self.source.text(Range(literal.range.end, operand.range.start))
        return "+" if gap == "+" else " + "

    def _number_text(self, number: str) -> str:
        """A number as a text. Raises `RefusalError`."""
        if self.source.language == "python":
            return f"str({number})"
        if self.source.language != "go":
            return f"({number})"
        for package, function in (("strconv", "Itoa"), ("fmt", "Sprint")):
            if re.search(rf'(?m)^(?:import)?[ \t]+"{package}"'.encode(), self.source.content):
                return f"{package}.{function}({number})"
        return f"strconv.Itoa({number})"  # which `go_imports` sees to

    def _counted_in(self, parameter: Parameter, literal: Literal) -> Form | None:
        """The format string that gets the number of a parameter; None where its values are added to the text of it."""
        values = [item for item in self.found.items[parameter.start : parameter.end] if isinstance(item, Value)]
        form = self._form_of(literal)
        is_added = form is not None and form.kind == "printf" and all(value.form is None for value in values)
        return None if is_added else form

    def _first_of(self, form: Form, parameter: Parameter) -> int:
        """The first value of a format string that a parameter takes the place of."""
        values = [i for i in range(parameter.start, parameter.end) if isinstance(self.found.items[i], Value)]
        forms = {id(item.form) for i in values if isinstance(item := self.found.items[i], Value)}
        if forms != {id(form)} or form.is_indexed or form.written:
            raise RefusalError("the values of the format string are numbered or named")
        return values[0]

    def _check_gap(self, range: Range) -> None:
        text = self.source.text(range)
        if text.count("(") != text.count(")") or COMMENT.search(text):
            raise RefusalError("the SQL is put together around a comment or in parentheses")

    def _encoded(self, text: str, literal: Literal, holed: set[int], kept: set[int]) -> str:
        form = self._form_of(literal)
        if len(literal.quote) == 1 and literal.quote in text:
            if "r" in literal.prefix.lower() or self.source.language not in ("python", "javascript", "typescript"):
                raise RefusalError("the quotes of the SQL are those of the string around it")
            text = text.replace(literal.quote, f"\\{literal.quote}")
        if form is not None and id(form) in kept:
            for sign in DOUBLED.get(form.kind, "%"):
                text = text.replace(sign, sign * 2)
            return text
        if literal.has_holes and id(literal) in holed:
            return text.replace("{", "{{").replace("}", "}}")
        return text

    def _form_of(self, literal: Literal) -> Form | None:
        return next((form for form in self.found.forms if literal in form.literals), None)

    def _literal(self, literal: Literal, replaced: set[int], is_holed: bool, kept: set[int]) -> list[Edit]:
        """Write the other characters of a literal as it now needs them, and drop what made it a template."""
        form = self._form_of(literal)
        percent = form is not None and form.kind not in DOUBLED and id(form) in kept
        braces = (form is not None and form.kind == "braces" and id(form) in kept) or (literal.has_holes and is_holed)
        edits = []
        own = [
            (index, item)
            for index, item in enumerate(self.found.items)
            if item.literal is literal and isinstance(item, Char) and index not in replaced
        ]
        had_holes = any(value.literal is literal and value.form is None for value in self.found.values)
        had_holes |= any(held.holder is literal for held in self.found.held)
        drops = had_holes and not is_holed
        requoted = self._requoted(literal, replaced) if drops and literal.quote == "`" else None
        for _, item in own:
            assert isinstance(item, Char)
            written = self.source.text(item.range)
            wanted = written
            if item.text == "%":
                wanted = "%" * ((2 if self.is_doubled else 1) * (2 if percent else 1))
            elif item.text == "$" and form is not None and form.kind == "dollar":
                wanted = "$" * (2 if id(form) in kept else 1)
            elif item.text in "{}" and (literal.has_holes or (form is not None and form.kind == "braces")):
                wanted = item.text * (2 if braces else 1) if drops or form is not None else written
            elif requoted is not None and written in ("\\`", "\\$", "\\{"):
                wanted = item.text
            if wanted != written:
                edits.append(Edit(item.range, wanted))
        if drops and literal.has_holes:
            prefix = "".join(letter for letter in literal.prefix if letter not in "fFtT")
            edits.append(Edit(Range(literal.range.start, literal.range.start + len(literal.prefix)), prefix))
        if requoted is not None:
            edits.append(Edit(Range(literal.range.start, literal.body.start), requoted))
            edits.append(Edit(Range(literal.body.end, literal.range.end), requoted))
        return edits

    def _requoted(self, literal: Literal, replaced: set[int]) -> str | None:
        """The quotes of a JavaScript template that is one no longer, None where it has to stay."""
        if self.source.language == "go":
            return None
        text = self.source.text(literal.body)
        constant = "".join(
            item.text
            for index, item in enumerate(self.found.items)
            if isinstance(item, Char) and item.literal is literal and index not in replaced
        )
        if "\n" in text or len(self.found.literals) > 1 or re.search(r"\\[^`${]", text):
            return None
        order = "\"'" if _is_mostly_double(self.source.content) else "'\""
        return next((quote for quote in order if quote not in constant), None)


def _ends_word(items: Sequence[Char | Value]) -> bool:
    """Whether the character beside a mark belongs to a word, which goes on with the mark then or is its name."""
    return any(isinstance(item, Char) and (item.text.isalnum() or item.text in "_$") for item in items)


@lru_cache(maxsize=2)  # every query of a file asks for it
def _is_mostly_double(content: bytes) -> bool:
    """Whether most texts of a JavaScript file stand in double quotes."""
    used = _QUOTES.findall(content)
    return 2 * used.count(b'"') >= len(used)


def _alike(left: Literal, right: Literal) -> bool:
    plain = [literal.prefix.lower().replace("f", "") for literal in (left, right)]
    return left.quote == right.quote and plain[0] == plain[1]
