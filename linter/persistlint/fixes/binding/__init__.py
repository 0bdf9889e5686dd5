"""The fix for values that became part of SQL text: a bind parameter in the place of each, written as the driver in use
writes it, and the value passed beside those that the call passes already.

A fix is whole or absent: where something is not certain, a `RefusalError` says what, and the help of the diagnostic
tells it. Names, keywords and pieces of SQL are never bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Applicability, Edit, Fix
from persistlint.fixes.binding import origin
from persistlint.fixes.binding.growing import gathered
from persistlint.fixes.binding.lists import listed
from persistlint.fixes.binding.names import guarded, quoted
from persistlint.fixes.binding.origin import last_name
from persistlint.fixes.binding.passing import Given, Passing
from persistlint.fixes.binding.place import Place, place_of, unwrapper
from persistlint.fixes.binding.plan import Parameter, plan
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.rewrite import Rewrite
from persistlint.fixes.binding.sending import has_method, passed, values_of
from persistlint.fixes.binding.style import Style, fresh_name, style_of
from persistlint.fixes.binding.view import Value, View, view
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Hole, Query, Site
    from persistlint.source import SourceFile

_MOST_VALUES = 200  # in one query; each is compared with all of them, and nobody wrote more by hand
_IS_SQL = re.compile(r"[='(\s]")  # in a constant that is put into the SQL together with a value
_IMPORTS_TEXT = re.compile(rb"(?m)^from sqlalchemy(?:\.sql(?:\.expression)?)? import (?=.*\btext\b)(?!\()")
_IMPORTS_FMT = re.compile(rb"(?m)^import \"fmt\"\r?\n\r?\n?|^[ \t]*\"fmt\"\r?\n")


@dataclass(frozen=True, slots=True)
class Remedy:
    """The fix for a query, or why there is none, as it goes on after "No fix: "."""

    fix: Fix | None = None
    reason: str = ""


def bind(query: Query, holes: Sequence[Hole], source: SourceFile) -> Remedy:
    """Bind the values at these holes of a query."""
    try:
        return Remedy(_Binding(query, holes, source).fix())
    except RefusalError as refusal:
        return Remedy(reason=str(refusal))


def name(query: Query, holes: Sequence[Hole], source: SourceFile) -> Remedy:
    """Quote the names at these holes of a query, or compare the first of them with those that are meant."""
    try:
        return Remedy(_Binding(query, holes, source).names())
    except RefusalError as refusal:
        return Remedy(reason=str(refusal))


@dataclass(slots=True)
class _Binding:
    query: Query
    holes: Sequence[Hole]
    source: SourceFile

    def fix(self) -> Fix:
        query = self.query
        if not query.placeholder or query.site is None or query.library is None:
            raise RefusalError(
                "the file does not tell which driver this is, and each writes its placeholders differently"
            )
        site = query.site()
        place = place_of(query, site, query.library, self.holes)
        found = view(place.expressions, self.source, unwrapper(query.library), partial(self._text_of, site))
        if len(found.values) > _MOST_VALUES:
            raise RefusalError(f"more than {_MOST_VALUES} values stand in it")
        for value in found.values:
            if value.form is not None and any(isinstance(node, ir.Await) for node in ir.walk(value.expression)):
                raise RefusalError("the value is waited for")
        dialect = self.source.dialect or query.library.dialect or ("postgres" if query.placeholder == "$1" else None)
        style, marks = style_of(query.placeholder, found.text, dialect)
        parameters = plan(found, query, self._is_wanted, self.source, dialect)
        bound = [item for p in parameters for item in found.items[p.start : p.end] if isinstance(item, Value)]
        missing = [hole for hole in self.holes if not any(hole.range in value.expression.range for value in bound)]
        if missing:
            raise RefusalError(f"`{missing[0].expression}` is put into the SQL in another place")
        doubtful = any(parameter.is_doubtful for parameter in parameters)
        moved = [(value, value.since or (place.expressions[0].range if place.is_moved else None)) for value in bound]
        stays = [origin.stays_the_same(value.expression, since, site) for value, since in moved if since is not None]
        doubtful |= not all(stays)
        if place.grows and any(value.since for value in bound):
            raise RefusalError("a part of a text that grows stands in a variable of its own")
        if place.grows:
            return self._growing(place, found, style, [mark.start for mark in marks], parameters, doubtful)
        given, written = self._marks(style, [mark.key for mark in marks], [mark.start for mark in marks], parameters)
        passing = Passing(style, len(marks), given, self.source)
        sent, is_new = passed(passing, site, place, self.source)
        sent = [*self._expanding(place, style, parameters, written), *sent]
        is_doubled = style.is_percent and is_new and query.library.percent == "doubled"
        edits = [*Rewrite(found, self.source, is_doubled).edits(parameters, written), *sent]
        edits += self._imports(found, edits)
        return self._fix(edits, len(bound), doubtful)

    def _fix(self, edits: Sequence[Edit], count: int, doubtful: bool) -> Fix:
        title = "Bind the value as a parameter" if count == 1 else "Bind the values as parameters"
        return Fix(title, _merged(edits), Applicability.UNSAFE if doubtful else Applicability.SAFE)

    def names(self) -> Fix:
        """The fix for names. Raises `RefusalError`."""
        query = self.query
        if query.site is None or query.library is None or not query.library.modules:
            raise RefusalError("the file does not tell which driver this is, and each quotes names differently")
        site = query.site()
        place = place_of(query, site, query.library, self.holes)
        found = view(place.expressions, self.source, unwrapper(query.library), partial(self._text_of, site))
        dialect = self.source.dialect or query.library.dialect
        fix = quoted(query, found, self.holes, self.source, dialect)
        return fix or guarded(found, self.holes[0], site, self.source, dialect)

    # ------------------------------------------------------------------------------------------- the text

    def _text_of(self, site: Site, name: ir.Name) -> ir.Expression | None:
        """The text of a variable that holes stand in."""
        text = origin.text_of(name, site)
        is_text = isinstance(text, ir.Template | ir.Binary | ir.Call)
        return text if is_text and text and any(hole.range in text.range for hole in self.holes) else None

    def _is_wanted(self, value: Value) -> bool:
        """Whether a value is one of the holes, or nothing but what makes text of them: no SQL of its own."""
        range = value.expression.range
        if any(hole.range == range for hole in self.holes):
            return True
        if not any(hole.range in range for hole in self.holes):
            return False
        nodes = list(ir.walk(value.expression))
        constants = [node.value for node in nodes if isinstance(node, ir.String)]
        return listed(value, self.source) is not None or not any(_IS_SQL.search(text) for text in constants)

    # ------------------------------------------------------------------------------------------ the values

    def _marks(
        self, style: Style, keys: list[str], starts: list[int], parameters: Sequence[Parameter]
    ) -> tuple[list[Given], list[str]]:
        """What to pass, and the mark of each parameter."""
        taken = set(keys)
        number = max((int(key) for key in keys if key.isdigit()), default=0)
        named: dict[str, str] = {}
        given: list[Given] = []
        written: list[str] = []
        for parameter in parameters:
            before = sum(start < parameter.start for start in starts)
            if style.is_numbered:
                number += 1
                key = str(number)
            elif style.is_named and parameter.value in named:
                written.append(style.mark(named[parameter.value]))
                continue
            else:
                key = fresh_name(parameter.name, taken) if style.is_named else ""
                taken.add(key)
                named[parameter.value] = key
            given.append(Given(parameter.value, key, before))
            written.append(style.mark(key))
        return given, written

    def _growing(
        self,
        place: Place,
        found: View,
        style: Style,
        starts: list[int],
        parameters: Sequence[Parameter],
        doubtful: bool,
    ) -> Fix:
        """The fix for a text that grows under conditions: every step adds its values to a list."""
        assert self.query.site is not None
        site = self.query.site()
        ends = sorted(found.ends)
        step_of = [next(number for number, end in enumerate(ends) if p.end - 1 <= end) for p in parameters]
        there = values_of(site, self.source)
        if there is None and starts:
            raise RefusalError("nothing here tells where the values of the other placeholders are")
        if (
            any(step_of[0] == next(n for n, end in enumerate(ends) if start <= end) for start in starts if step_of)
            and starts
        ):
            mixed = {next(n for n, end in enumerate(ends) if start <= end) for start in starts}
            if mixed & set(step_of):
                raise RefusalError("one step of the text has values of both kinds")
        list_ = gathered(there, site, place.steps[step_of[0]], style, self.source)
        given: list[list[Given]] = [[] for _ in place.steps]
        written: list[str] = []
        taken: set[str] = set()
        for parameter, step in zip(parameters, step_of, strict=True):
            key = fresh_name(parameter.name, taken) if style.is_named else ""
            taken.add(key)
            given[step].append(Given(parameter.value, key, 0))
            if style.is_numbered:
                key = str(len(given[step]))
                if step or not list_.is_new:
                    parameter.number = list_.number(len(given[step]))
            written.append(style.mark(key))
        edits = list_.edits(place.steps, given)
        is_new = list_.is_new
        if is_new:
            passing = Passing(style, 0, [value for values in given for value in values], self.source, list_.name)
            sent, is_new = passed(passing, site, place, self.source)
            edits += sent
        is_doubled = style.is_percent and is_new and site.operation.library.percent == "doubled"
        edits += Rewrite(found, self.source, is_doubled).edits(parameters, written)
        edits += self._imports(found, edits)
        return self._fix(edits, len(parameters), doubtful)

    def _expanding(
        self, place: Place, style: Style, parameters: Sequence[Parameter], written: Sequence[str]
    ) -> list[Edit]:
        """Say of a mark that it stands for a list, as SQLAlchemy wants to know."""
        marks = [mark for parameter, mark in zip(parameters, written, strict=True) if parameter.expands]
        if not marks:
            return []
        site = self.query.site() if self.query.site is not None else None
        wraps = [*place.wrappers, *([site.call] if site is not None else [])]
        wrap = next((w for w in wraps if last_name(w.function) == "text"), None)
        if wrap is None or not has_method(self.query.library, "bindparams"):
            raise RefusalError("a list takes as many placeholders as it has values, which this driver names")
        function, edits = "bindparam", []
        if isinstance(wrap.function, ir.Attribute):
            function = f"{self.source.text(wrap.function.value.range)}.bindparam"
        elif not re.search(rb"(?m)^from sqlalchemy\b.*\bbindparam\b", self.source.content):
            match = _IMPORTS_TEXT.search(self.source.content)
            if match is None:
                raise RefusalError("nothing here tells how to import `bindparam`")
            edits.append(Edit(Range(match.end(), match.end()), "bindparam, "))
        declared = ", ".join(f'{function}("{mark[1:]}", expanding=True)' for mark in marks)
        return [*edits, Edit(Range(wrap.range.end, wrap.range.end), f".bindparams({declared})")]

    # ----------------------------------------------------------------------------------------- the imports

    def _imports(self, found: View, edits: Sequence[Edit]) -> list[Edit]:
        """Drop Go's `fmt` where this was its last use: an import that nothing uses does not compile."""
        content = self.source.content
        if self.source.language != "go" or not any(form.kind == "printf" for form in found.forms):
            return []
        left = content.count(b"fmt.") + sum(
            edit.text.count("fmt.") - self.source.text(edit.range).count("fmt.") for edit in edits
        )
        match = _IMPORTS_FMT.search(content)
        return [Edit(Range(*match.span()), "")] if left == 0 and match else []


def _merged(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """The same edits, those that touch made one. Raises `RefusalError` where two of them change the same bytes."""
    result: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: edit.range):
        if result and edit.range.start < result[-1].range.end:
            raise RefusalError("the values and the text are written in one another")
        if result and edit.range.start == result[-1].range.end:
            last = result.pop()
            edit = Edit(Range(last.range.start, edit.range.end), last.text + edit.text)
        result.append(edit)
    return tuple(result)
