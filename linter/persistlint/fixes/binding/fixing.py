"""The fix for one query: the texts that it is made of, and what the call that sends it passes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Applicability, Fix
from persistlint.fixes.binding.calls.counting import check_seen, check_signs, numbered_behind, others_of
from persistlint.fixes.binding.calls.describing import described
from persistlint.fixes.binding.calls.passing import Given, Passing
from persistlint.fixes.binding.calls.results import check_results
from persistlint.fixes.binding.calls.sending import count_of, passed, placeholder_of
from persistlint.fixes.binding.calls.sharing import sharing
from persistlint.fixes.binding.finishing import expanding, go_imports, merged
from persistlint.fixes.binding.marks import expressions
from persistlint.fixes.binding.marks.grammar import check_repeated, check_texts, takes_no_values
from persistlint.fixes.binding.marks.marking import marked
from persistlint.fixes.binding.marks.narrowing import narrowed
from persistlint.fixes.binding.marks.plan import bound_by, plan, takes_objects
from persistlint.fixes.binding.marks.rewrite import Rewrite
from persistlint.fixes.binding.marks.style import style_of
from persistlint.fixes.binding.refusal import NotBoundError, RefusalError
from persistlint.fixes.binding.steps.choosing import alternative, alternatives
from persistlint.fixes.binding.steps.gathering import gather
from persistlint.fixes.binding.text import origin
from persistlint.fixes.binding.text.constants import without_constants
from persistlint.fixes.binding.text.copying import copied
from persistlint.fixes.binding.text.escaping import without_escapes
from persistlint.fixes.binding.text.formats import is_made_text, is_put_together
from persistlint.fixes.binding.text.go_types import is_shown, is_text
from persistlint.fixes.binding.text.literals import Char
from persistlint.fixes.binding.text.place import place_of
from persistlint.fixes.binding.text.statements import holding
from persistlint.fixes.binding.text.taking import wanted_of, whole
from persistlint.fixes.binding.text.texts import Texts
from persistlint.fixes.binding.text.tracing import is_escaped, is_of_sql, is_quoted
from persistlint.fixes.binding.text.unquoting import without_quotes
from persistlint.fixes.binding.text.view import Value
from persistlint.fixes.binding.unbound.delimiting import delimited
from persistlint.fixes.binding.unbound.doubling import doubled
from persistlint.fixes.binding.unbound.names import guarded, quoted
from persistlint.fixes.binding.unbound.numbers import numbers, operands
from persistlint.fixes.binding.unbound.quoting import quoted_values
from persistlint.fixes.binding.unbound.reach import is_out_of_reach, takes_only_text
from persistlint.libraries import catalogue
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.manifests import dialects_of_module

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from persistlint.diagnostic import Edit
    from persistlint.facts import Hole, Query, Site
    from persistlint.fixes.binding.calls.forwarding import Forwarded
    from persistlint.fixes.binding.marks.plan import Parameter
    from persistlint.fixes.binding.marks.style import Mark, Style
    from persistlint.fixes.binding.refusal import SharedError
    from persistlint.fixes.binding.text.place import Place
    from persistlint.fixes.binding.text.view import View
    from persistlint.fixes.program import Program
    from persistlint.libraries import Library
    from persistlint.source import SourceFile

_MOST_VALUES = 200  # in one query; each is compared with all of them, and nobody wrote more by hand
_QUOTES = ("'", '"')
_MADE = regex(r"(\w+) := |(?:const|let) (\w+)")


@dataclass(frozen=True, slots=True)
class Binding:
    """A query with values, or names, at these holes. `forwarded` where the call gives it to a function of the file that
    sends it."""

    query: Query
    holes: Sequence[Hole]
    program: Program
    forwarded: Forwarded | None = None

    @property
    def source(self) -> SourceFile:
        """The file."""
        return self.program.source

    @property
    def dialect(self) -> str | None:
        """The dialect of SQL, None where nothing tells it."""
        library = self.query.library
        own = library.dialect if library is not None else None
        if library is not None and self.source.language == "go":
            own = own or _of_driver(self.program)
        return self.source.dialect or own or ("postgres" if self.query.placeholder == "$1" else None)

    def fix(self) -> Fix:
        """The fix for values. Raises `RefusalError`."""
        try:
            return self.bound()
        except RefusalError as refusal:
            is_bindable = not (isinstance(refusal, NotBoundError) or takes_no_values(self.query, self.dialect))
            is_unbound = self.source.language == "go" and not is_bindable
            if not is_bindable and (fix := self.quoted(is_unbound=is_unbound)) is not None:
                return fix
            if takes_only_text(self.query):
                raise RefusalError("this call takes no bind parameters") from refusal
            if self.query.placeholder and not is_bindable and not isinstance(refusal, NotBoundError):
                check_texts(self.query, self.holes, self.dialect)  # which is the reason, whatever was met first
            raise

    def bound(self) -> Fix:
        """The fix that binds the values. Raises `RefusalError`."""
        site, library = self.known()
        query = replace(self.query, placeholder=placeholder_of(self.query, site))
        check_signs(query, library, self.dialect)
        is_growing = query.placeholder in ("?", "%s", "$1")  # each value of a loop would need a name of its own
        place, chosen = alternatives(query, site, library, self.holes, is_growing=is_growing)
        if chosen:
            return alternative(self, query, place, chosen)
        texts = Texts(site, library, self.holes, self.program)
        place = place_of(query, site, library, self.holes, self.program)
        found = texts.view(place.segments)
        _check_values(found, self.source)
        wanted = wanted_of(found, query, self.holes, texts.is_wanted, self.source)
        is_python = self.source.language == "python"
        raw = without_escapes(found, wanted, site, self.program) if is_python else []
        _check_escapes(filter(wanted, found.values), self.program)
        dialect = self.dialect
        style, marks = style_of(query.placeholder, found.text, dialect)
        if (
            library.expands
            and style.is_positional
            and query.has_parameters
            and style_of("@name", found.text, dialect)[1]
        ):
            raise RefusalError("the SQL mixes two kinds of placeholders")
        try:
            parameters = plan(found, query, wanted, self.program, dialect)
        except NotBoundError:
            if (fix := numbers(found, self.holes, self.source)) is not None:
                return fix
            raise
        bound = bound_by(parameters, found)
        texts.check_bound(bound)
        bare = [found.items[p.start] for p in parameters if p.end - p.start == 1]  # without quotes
        values = [item.expression for item in bare if isinstance(item, Value)]
        plain = [p for p in parameters if not any(item.text in _QUOTES for item in _chars(found, p))]
        if any(is_of_sql(value.expression, site) for value in bound_by(plain, found)):
            raise RefusalError("a value may be SQL already, with quotes of its own")
        changes: list[Edit] = []
        for value in values:
            made = without_quotes(value, bound, site, self.source)
            if not made and is_quoted(value, self.program):
                raise RefusalError("a value may be SQL already, with quotes of its own")
            changes += made or without_constants(value, bound, site, self.source)
        loops = [s for s in site.statements if isinstance(s, ir.Loop) and site.call.range not in s.range]
        held = {id(holder): holder.range for holder in found.holders if holder is not None}
        looped = {key for key, range in held.items() if any(range in loop.range for loop in loops)}
        repeated = {index for index, holder in enumerate(found.holders) if looped and id(holder) in looped}
        check_repeated(found.text, repeated, query, dialect)
        imports: list[Edit] = []
        if takes_objects(query):
            style = replace(style, is_described=True)
            imports = described(parameters, found, site, self.program)
        doubtful = self._is_doubtful(found, place, site, parameters) or bool(changes)
        places = [index for p in parameters for index in range(p.start, p.end)]
        is_followed = check_seen(query, site, found, style, marks, places, self.source)
        variable, is_new = "", False
        lists: list[str] = []
        if any(found.holders[parameter.start] is not None for parameter in parameters):
            gathered = gather(found, place, site, style, marks, parameters, self.program)
            given, written, sent, variable = gathered.given, gathered.written, gathered.edits, gathered.variable
        else:
            passed_there = count_of(site, self.source) or 0
            others = others_of(query, site, found, style, places, self.source)
            own = marked(found, style, marks, parameters, self.source, passed_there, others)
            if style.is_numbered:
                numbered_behind(query, site, found, style, marks, parameters, self.source)
            given, written = own.given, own.written
            lists = [mark for parameter, mark in zip(parameters, written, strict=True) if parameter.expands]
            sent = [*own.edits, *expanding(lists, place, site, library, self.source)]
        taken = whole(found, bound, [value.text for value in given], self.source)
        if taken and style.is_positional and len({value.before for value in given}) == 1:
            given, variable = [Given(f"*{taken}", "", given[0].before)], taken
        if given:
            passing = Passing(style, len(marks) + is_followed, given, self.source, variable, found.text, lists)
            passed_on, is_new = passed(passing, site, place, self.program)
            sent = [*sent, *passed_on]
        self.check_percent(style, _without(found.text, marks))
        # A piece of a statement is sent with the values of others, so that a percent sign is written twice already.
        is_doubled = style.is_percent and is_new and library.percent == "doubled" and not query.is_fragment
        edits = [
            *Rewrite(found, self.source, is_doubled).edits(parameters, written),
            *sent,
            *dict.fromkeys(changes),
            *raw,
        ]
        edits = copied(edits, found.forms, self.program)
        edits += go_imports(edits, self.program)
        edits += [edit for edit in imports if edit not in edits]
        return self.whole(edits, len(bound), doubtful)

    def shared(self, refusal: SharedError) -> Fix:
        """The fix for a text that several calls send, or a part of it. Raises `RefusalError`."""
        query, library = self.query, self.query.library
        if query.site is None or library is None:
            raise refusal
        fixes = [
            Binding(each, holes, self.program, self.forwarded).fix()
            for each, holes in sharing(query, query.site(), library, self.holes, self.program, refusal)
        ]
        edits = list(dict.fromkeys(edit for fix in fixes for edit in fix.edits))
        made = [name for edit in edits for name in _MADE.findall(edit.text)]
        if len(set(made)) < len(made):
            raise refusal  # each call would make a list of its own under that name
        is_safe = all(fix.applicability is Applicability.SAFE for fix in fixes)
        return Fix(fixes[0].title, merged(edits), Applicability.SAFE if is_safe else Applicability.UNSAFE)

    def quoted(self, *, is_unbound: bool = False) -> Fix | None:
        """The fix that quotes the values where they are put into a text, or makes numbers of them; None where there is
        none. `is_unbound` where nothing can be bound there."""
        query = self.query
        if query.site is None or query.library is None:
            return None
        texts = Texts(query.site(), query.library, self.holes, self.program)
        try:
            found = [(text, texts.alone(text)) for text in self._around()]
            for _, view in found:
                _check_escapes(view.values, self.program)
            fix = numbers(found[0][1], self.holes, self.source) if len(found) == 1 else None
            fix = fix or quoted_values(query, found, self.holes, self.program, self.dialect)
            if fix is None and query.is_raw and len(found) == 1:
                fix = operands(found[0][1], self.holes, self.source)
            is_lost = is_out_of_reach(query, self.holes, self.program, self.dialect, is_unbound=is_unbound)
            if fix is not None or not is_lost:
                return fix
            whole = {text.range: text for hole in self.holes for text in self._texts_around(hole)[:1]}
            views = [texts.view([((text,), None)]) for text in whole.values()]
        except RefusalError:
            return None
        return doubled(views, self.holes, self.program, self.dialect)

    def names(self) -> Fix:
        """The fix for names. Raises `RefusalError`."""
        check_count(len(self.holes))
        query = self.query
        is_known = query.library is not None and bool(query.library.modules)
        if query.site is None or query.library is None or not (is_known or self.source.language == "go"):
            raise RefusalError("the file does not tell which driver this is, and each quotes names differently")
        site = query.site()
        texts = Texts(site, query.library, self.holes, self.program)
        with suppress(RefusalError):  # where a text of its own cannot be taken apart
            own = [texts.alone(text) for text in self._around()] if self.source.language == "python" else []
            if (fix := delimited(own, self.holes, site, self.program, self.dialect)) is not None:
                return fix
        place = place_of(query, site, query.library, self.holes, self.program)
        found = texts.view(place.segments)
        fix = quoted(query, found, self.holes, self.program, self.dialect) if is_known else None
        if fix is None and self.source.language == "go":
            fix = delimited([found], self.holes, site, self.program, self.dialect)
        return fix or guarded(found, self.holes[0], site, self.program, self.dialect)

    def _around(self) -> list[ir.Expression]:
        """The texts that the holes are put into, each of them once."""
        around = {text.range: text for hole in self.holes if (text := self._text_around(hole)) is not None}
        return list(around.values())

    def known(self) -> tuple[Site, Library]:
        """The call that sends the query, and its library. Raises `RefusalError` where the file does not tell both."""
        query = self.query
        if query.placeholder and query.site is not None and query.library is not None:
            check_results(query.site(), self.program)
            return query.site(), query.library
        if self.source.language == "sql":
            raise RefusalError("only an `EXECUTE` of PL/pgSQL has one")
        nor = ", nor does its module" if self.source.language == "go" else ""
        raise RefusalError(
            f"the file does not tell which driver this is{nor}, and each writes its placeholders differently"
        )

    def check_percent(self, style: Style, text: str) -> None:
        """Refuse a text with a percent sign where a function sends it that may pass values in any case."""
        is_open = self.forwarded is not None and not self.forwarded.plain
        if is_open and style.is_percent and "%" in text:
            raise RefusalError("the function that sends the SQL decides what a percent sign means in it")

    def whole(self, edits: Sequence[Edit], bound: int, doubtful: bool) -> Fix:
        """The fix with these edits for so many values that are `bound`. Raises `RefusalError`."""
        title = "Bind the value as a parameter" if bound == 1 else "Bind the values as parameters"
        if self.forwarded is not None and self.forwarded.edits:
            edits = [*edits, *self.forwarded.edits]
            doubtful = True  # another file may have a function in the place of one that takes the values now
        if self.source.language == "go" and self.query.site is not None:
            edits = [*edits, *narrowed(self.query.site().call, edits, self.source)]
        return Fix(title, merged(edits), Applicability.UNSAFE if doubtful else Applicability.SAFE)

    def is_of_class(self) -> bool:
        """Whether the query is sent by a method of the program's own class of Python that is not in this file, so that
        nothing tells its arguments: one that it has from no class of the library."""
        site, library = self.query.site, self.query.library
        function = self.program.function_around(site().call.range) if site is not None else None
        if site is None or library is None or function is None or self.source.language != "python":
            return False
        if site().operation.is_own:
            return False  # the file that has it tells them
        match site().call.function:
            case ir.Attribute(value=ir.Name(id=name)) if function.owner and name == function.receiver:
                pass
            case _:
                return False
        classes = (s for s in self.program.top_level if isinstance(s, ir.ClassDefinition) and s.name == function.owner)
        bases = {base.rpartition(".")[2] for each in classes for base in each.bases}
        names = {name.rpartition(".")[2] for type in library.types.values() for name in type.names}
        return names.isdisjoint(bases)

    def _is_doubtful(self, found: View, place: Place, site: Site, parameters: Sequence[Parameter]) -> bool:
        """Whether a person is to look at the fix. Raises `RefusalError` where a value changes before it is passed."""
        doubtful = place.is_seen or any(parameter.is_doubtful for parameter in parameters)
        # A method of the program's own in Go may take just as many values as it is given now.
        doubtful |= self.source.language == "go" and not site.operation.library.modules
        doubtful |= any(origin.is_shared(form, self.program) for form in found.forms)
        # Before Python 3.7 the texts of an object had no order, so that their values had none.
        keywords = [argument.keyword or "" for argument in site.call.arguments]
        doubtful |= bool(place.mapping) and any(key.startswith(f"{place.mapping}_") for key in keywords)
        if self.source.language == "go":
            doubtful |= self._is_of_other_type(found, parameters)
        for parameter in parameters:
            part = found.part_at(parameter.start)
            again = part.times.again if part is not None else ()
            doubtful |= part is not None and part.times.is_doubtful
            for value in bound_by([parameter], found):
                since = value.since or (place.text_at(value) if found.holders[parameter.start] is None else None)
                if since is not None:
                    same = [origin.stays_the_same(each, since, site) for each in (value.expression, *again)]
                    doubtful |= not all(same)
        return doubtful

    def _is_of_other_type(self, found: View, parameters: Sequence[Parameter]) -> bool:
        """Whether Go may bind something else than the text that a format string made of a value between quotes. What a
        type of the file writes by a method of its own is bound as that text."""
        doubtful = False
        for parameter in parameters:
            values = bound_by([parameter], found)
            is_whole = parameter.end - parameter.start == 3 and parameter.listed is None
            if (
                not is_whole
                or values[0].form is None
                or parameter.value != self.source.text(values[0].expression.range)
            ):
                continue  # an operand of a sum is a text
            if is_shown(values[0].expression, self.program):
                parameter.value = f"fmt.Sprint({parameter.value})"
            doubtful |= not is_text(values[0].expression, self.program)
        return doubtful

    def _text_around(self, hole: Hole) -> ir.Expression | None:
        """The text that a hole is put into: the smallest one, with all that is added to it."""
        found: ir.Expression | None = None
        for node in reversed(self._texts_around(hole)):
            match node:
                case ir.Binary(operator="+", left=left, right=right) if found is None or found.range in (
                    left.range,
                    right.range,
                ):
                    found = node
                case _ if found is None:
                    found = node
                case _:
                    break
        return found

    def _texts_around(self, hole: Hole) -> list[ir.Expression]:
        """The texts that a hole is put into in its statement, the largest first."""
        frame = self.program.frame(hole.range)
        found = _texts_in([frame.statement] if frame is not None else [], hole, self.source)
        if found or self.query.site is None:
            return found
        # What stands in the head of an `if` of Go is a statement of its own.
        return _texts_in(holding(self.query.site().statements, hole.range), hole, self.source)


def _texts_in(statements: Sequence[ir.Statement], hole: Hole, source: SourceFile) -> list[ir.Expression]:
    nodes = (node for node in ir.expressions_in(*statements) if hole.range in node.range)
    return [node for node in nodes if node.range != hole.range and is_put_together(node, source)]


def _of_driver(program: Program) -> str | None:
    """The dialect of the only driver that a file of Go imports, or where it imports none, that its module has."""
    imported = {s.module for s in program.module.body if isinstance(s, ir.Import)}
    drivers = (each for each in catalogue("go").libraries if each.drives and not imported.isdisjoint(each.modules))
    dialects = {driver.dialect for driver in drivers} or set(dialects_of_module(program.source.path))
    return dialects.pop() if len(dialects) == 1 else None


def check_count(count: int) -> None:
    """Refuse too many values or names."""
    if count > _MOST_VALUES:
        raise RefusalError(f"more than {_MOST_VALUES} values stand in it")


def _check_values(found: View, source: SourceFile) -> None:
    """Refuse too many values, one that is waited for in a format string, and one that is a text whose format string is
    not for it alone."""
    check_count(len(found.values))
    for value in found.values:
        match value.expression:
            case ir.Call(arguments=[ir.Argument(value=ir.Name(id=name)), *_]) if is_made_text(value.expression, source):
                raise RefusalError(f"the format string `{name}` is used elsewhere, too, or made elsewhere")
        if value.form is not None and any(isinstance(node, ir.Await) for node in ir.walk(value.expression)):
            raise RefusalError("the value is waited for")


def _check_escapes(values: Iterable[Value], program: Program) -> None:
    """Refuse a value that somebody escaped before it came here; what escapes it right here goes with the fix."""
    for value in values:
        node = value.expression
        if value.is_raw:
            continue
        if expressions.written(value, program.source) != program.source.text(node.range):
            node = node.function if isinstance(node, ir.Call) else node
        if is_escaped(node, program):
            raise RefusalError(f"`{program.source.text(value.expression.range)}` may have its quotes doubled already")


def _chars(found: View, parameter: Parameter) -> list[Char]:
    return [item for item in found.items[parameter.start : parameter.end] if isinstance(item, Char)]


def _without(text: str, marks: Sequence[Mark]) -> str:
    """A text without its marks."""
    for mark in reversed(marks):
        text = text[: mark.start] + text[mark.end :]
    return text
