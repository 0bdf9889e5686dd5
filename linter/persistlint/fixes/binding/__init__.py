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
from persistlint.fixes.binding.passing import Given, Passing
from persistlint.fixes.binding.plan import Parameter, plan
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.rewrite import Rewrite
from persistlint.fixes.binding.style import Style, fresh_name, style_of
from persistlint.fixes.binding.view import Value, View, view
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from persistlint.facts import Hole, Query, Site
    from persistlint.libraries import Library
    from persistlint.source import SourceFile

_NOTHING = ("None", "null", "undefined", "nil", "()", "[]", "{}")
_UNCHANGED = frozenset(["dedent", "cleandoc", "strip", "lstrip", "rstrip", "trim", "TrimSpace"])
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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the SQL stands in a call: the expressions whose texts it is, the object whose property it is, and the calls
    that it goes through on the way (`text(…)`). `steps` are the assignments that put it together, where a variable
    holds it; `grows` where some of them run only under a condition."""

    expressions: list[ir.Expression]
    options: ir.Mapping | None
    wrappers: list[ir.Call]
    steps: list[ir.Assign]
    grows: bool

    @property
    def is_moved(self) -> bool:
        """Whether the values are computed at the call, and no longer where the text is put together."""
        return bool(self.steps) and not self.grows


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
        place = self._place(site, query.library)
        found = view(place.expressions, self.source, self._unwrapped(query.library), partial(self._text_of, site))
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
        passed, is_new = self._passed(passing, site, place)
        passed = [*self._expanding(place, style, parameters, written), *passed]
        is_doubled = style.is_percent and is_new and query.library.percent == "doubled"
        edits = [*Rewrite(found, self.source, is_doubled).edits(parameters, written), *passed]
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
        place = self._place(site, query.library)
        found = view(place.expressions, self.source, self._unwrapped(query.library), partial(self._text_of, site))
        dialect = self.source.dialect or query.library.dialect
        fix = quoted(query, found, self.holes, self.source, dialect)
        return fix or guarded(found, self.holes[0], site, self.source, dialect)

    # ------------------------------------------------------------------------------------------- the text

    def _place(self, site: Site, library: Library) -> _Place:
        argument = next((a.value for a in site.call.arguments if a.range == self.query.sql), None)
        if argument is None:
            argument = next((a.value for a in site.call.arguments if self.query.sql in a.range), None)
        if argument is None:
            raise RefusalError("the SQL is no argument of the call")
        options = None
        if isinstance(argument, ir.Name) and isinstance(named := origin.text_of(argument, site), ir.Mapping):
            argument = named
        if isinstance(argument, ir.Collection):
            argument = self._element(argument)
        if isinstance(argument, ir.Mapping):
            options = argument
            keys = site.operation.keys or ("text", "sql", "query")
            entry = next((e for e in argument.entries if isinstance(e.key, ir.String) and e.key.value in keys), None)
            if entry is None:
                raise RefusalError("the SQL is no property of the object that the call is given")
            argument = entry.value
        unwrap = self._unwrapped(library)
        wrappers: list[ir.Call] = []
        steps: list[ir.Assign] = []
        grows = False
        chunks = [argument]
        while True:
            first = chunks[0]
            inner = unwrap(first) if len(chunks) == 1 and isinstance(first, ir.Call) else None
            if isinstance(first, ir.Call) and inner is not None:
                wrappers.append(first)
                chunks = [inner]
            elif len(chunks) == 1 and isinstance(first, ir.Name):
                if steps:
                    raise RefusalError("the SQL is handed from one variable to another")
                assigned = origin.definitions(first, site)
                base = assigned[0].range
                grows = any(origin.conditions(s.range, base, site) for s in assigned[1:])
                if any(not isinstance(s, ir.Try) for s in origin.conditions(base, site.call.range, site)):
                    raise RefusalError("the SQL is put together under a condition")
                chunks = [s.value for s in assigned if s.value is not None]
                steps = assigned
            else:
                return _Place(chunks, options, wrappers, steps, grows)

    def _element(self, argument: ir.Collection) -> ir.Expression:
        """The one text of a list of conditions that has the holes."""
        found = [e for e in argument.elements if any(hole.range in e.range for hole in self.holes)]
        if len(found) != 1:
            raise RefusalError("several pieces of SQL in a list have values of their own")
        return found[0]

    def _unwrapped(self, library: Library) -> Callable[[ir.Call], ir.Expression | None]:
        names = _wrappers(library)

        def unwrap(call: ir.Call) -> ir.Expression | None:
            name = _last_name(call.function)
            arguments = call.arguments
            if len(arguments) == 1 and not arguments[0].spread and name in names:
                return arguments[0].value
            inner = None
            if name in _UNCHANGED:
                inner = arguments[0].value if len(arguments) == 1 else None
                if not arguments and isinstance(call.function, ir.Attribute):
                    inner = call.function.value
            return inner if isinstance(inner, ir.String | ir.Template | ir.Binary) else None

        return unwrap

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
        place: _Place,
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
        there = self._values_of(site)
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
            passed, is_new = self._passed(passing, site, place)
            edits += passed
        is_doubled = style.is_percent and is_new and site.operation.library.percent == "doubled"
        edits += Rewrite(found, self.source, is_doubled).edits(parameters, written)
        edits += self._imports(found, edits)
        return self._fix(edits, len(parameters), doubtful)

    def _values_of(self, site: Site) -> ir.Expression | None:
        """The expression of the values that the call passes, None where it passes none."""
        operation = site.operation
        places = operation.parameters if isinstance(operation.parameters, tuple) else (operation.parameters,)
        positional = [argument for argument in site.call.arguments if argument.keyword is None]
        for place in places:
            if isinstance(place, int) and place < len(positional):
                value = positional[place].value
                return None if self.source.text(value.range) in _NOTHING else value
            if place == "rest" and len(positional) > (operation.sql or 0) + 1:
                last = positional[(operation.sql or 0) + 1]
                return last.value
            named = next((a.value for a in site.call.arguments if a.keyword and a.keyword == place), None)
            if named is not None:
                return named
        return None

    def _passed(self, passing: Passing, site: Site, place: _Place) -> tuple[list[Edit], bool]:
        """The edits that pass the values, and whether the call passed none before."""
        call, operation = site.call, site.operation
        library = operation.library
        wraps = [w for w in place.wrappers if _last_name(w.function) in _wrappers(library)]
        if operation.parameters is None and operation.effect == "prepare":
            return self._prepared(passing, site), True
        if passing.style.is_named and operation.yields == "argument":
            wraps = [call]
        if operation.parameters is None or operation.yields == "argument":
            if wraps and _has_method(library, "bindparams"):
                at = wraps[0].range.end
                entries = ", ".join(f"{given.name}={given.text}" for given in passing.given)
                return [Edit(Range(at, at), f".bindparams({entries})")], True
            if operation.parameters is None:
                raise RefusalError("this call takes no bind parameters")
        if _has_method(library, "bindparams") and not wraps and passing.style.is_named:
            raise RefusalError("only `text()` takes placeholders, and the SQL is plain text here")
        places = operation.parameters if isinstance(operation.parameters, tuple) else (operation.parameters,)
        keys = [key for key in places if isinstance(key, str) and key != "rest"]
        if place.options is not None:
            if not keys:
                raise RefusalError("this call takes no bind parameters in an object")
            had = any(isinstance(e.key, ir.String) and e.key.value in keys for e in place.options.entries)
            return passing.into_options(place.options, keys[0]), not had
        there = {argument.keyword for argument in call.arguments if argument.keyword}
        if key := next((key for key in keys if key in there), None):
            return passing.into_keyword(call, key), False
        index = next((place for place in places if isinstance(place, int)), None)
        if index is not None:
            sent_by_name = any(a.keyword in operation.keys for a in call.arguments if a.keyword)
            if sent_by_name and keys:
                return passing.into_keyword(call, keys[0]), True
            if sent_by_name:
                raise RefusalError("the SQL is passed by name")
            has = sum(argument.keyword is None for argument in call.arguments) > index
            return passing.into_call(call, index, index), not has
        sql = operation.sql if operation.sql is not None else (operation.fragments or (0,))[0]
        if "rest" in places:
            return passing.into_call(call, "rest", sql + 1), len(call.arguments) <= sql + 1
        if self.source.language == "python":
            return passing.into_keyword(call, keys[0]), True
        options = call.arguments[sql + 1].value if len(call.arguments) > sql + 1 else None
        if isinstance(options, ir.Mapping):
            if any(isinstance(e.key, ir.String) and e.key.value in keys[1:] for e in options.entries):
                raise RefusalError("the call passes its values in another style")
            return passing.into_options(options, keys[0]), True
        if options is not None:
            raise RefusalError("the options of the call are put together elsewhere")
        return [Edit(Range(*[call.arguments[-1].range.end] * 2), f", {{ {keys[0]}: {passing.literal()} }}")], True

    def _prepared(self, passing: Passing, site: Site) -> list[Edit]:
        """Pass the values where the prepared statement is run."""
        operation = site.operation
        type = operation.library.types.get(operation.returns or "")
        if type is None:
            raise RefusalError("nothing here tells where the prepared statement is run")
        if operation.binder:
            bound = [call for call in self._calls_of(site) if _last_name(call.function) == operation.binder]
            if bound:
                return passing.into_call(bound[0], "rest", 0)
            at = site.call.range.end
            return [Edit(Range(at, at), f".{operation.binder}({passing.listing()})")]
        runs = [call for call in self._calls_of(site) if _last_name(call.function) in type.methods]
        if len(runs) != 1:
            raise RefusalError("the prepared statement is not run in one place of this function")
        run = runs[0]
        method = type.methods[_last_name(run.function)]
        if method.parameters is None:
            raise RefusalError("nothing here tells how the prepared statement takes its values")
        first = 1 if _last_name(run.function).endswith("Context") else 0
        return passing.into_call(run, method.parameters if isinstance(method.parameters, int) else "rest", first)

    def _calls_of(self, site: Site) -> list[ir.Call]:
        """The calls of methods of what a call returns, in its function."""
        names: set[str] = set()
        for statement in site.statements:
            if isinstance(statement, ir.Assign) and statement.value is not None:
                value = statement.value.value if isinstance(statement.value, ir.Await) else statement.value
                target = statement.target
                if isinstance(target, ir.Collection) and target.elements:
                    target = target.elements[0]
                if value.range == site.call.range and isinstance(target, ir.Name):
                    names.add(target.id)
        found = []
        for statement in site.statements:
            for expression in ir.expressions(statement):
                for node in ir.walk(expression):
                    match node:
                        case ir.Call(function=ir.Attribute(value=receiver)) if receiver.range == site.call.range or (
                            isinstance(receiver, ir.Name) and receiver.id in names
                        ):
                            found.append(node)
        return found

    def _expanding(
        self, place: _Place, style: Style, parameters: Sequence[Parameter], written: Sequence[str]
    ) -> list[Edit]:
        """Say of a mark that it stands for a list, as SQLAlchemy wants to know."""
        marks = [mark for parameter, mark in zip(parameters, written, strict=True) if parameter.expands]
        if not marks:
            return []
        site = self.query.site() if self.query.site is not None else None
        wraps = [*place.wrappers, *([site.call] if site is not None else [])]
        wrap = next((w for w in wraps if _last_name(w.function) == "text"), None)
        if wrap is None or not _has_method(self.query.library, "bindparams"):
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


def _wrappers(library: Library) -> frozenset[str]:
    """The functions of a library that make SQL of their argument."""
    functions = {name.rsplit(".", 1)[-1] for name, o in library.functions.items() if o.yields == "argument"}
    methods = {
        name
        for type in library.types.values()
        for name, operation in type.methods.items()
        if operation.yields == "argument" and operation.is_sink
    }
    return frozenset(functions | methods)


def _has_method(library: Library | None, name: str) -> bool:
    return library is not None and any(name in type.methods for type in library.types.values())


def _last_name(node: ir.Expression) -> str:
    return node.name if isinstance(node, ir.Attribute) else node.id if isinstance(node, ir.Name) else ""
