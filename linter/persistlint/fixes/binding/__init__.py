"""The fix for values that became part of SQL text: a bind parameter in the place of each, written as the driver in use
writes it, and the value passed beside those that the call passes already.

A fix is whole or absent: where something is not certain, a `RefusalError` says what, and the help of the diagnostic
tells it. Names, keywords and pieces of SQL are never bound.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Applicability, Edit, Fix, Remedy
from persistlint.facts import Query
from persistlint.fixes.binding import origin
from persistlint.fixes.binding.choosing import alternatives, list_of
from persistlint.fixes.binding.counting import check_seen, computed_marks
from persistlint.fixes.binding.forwarding import Forwarded, forwarded
from persistlint.fixes.binding.gathering import added, gather
from persistlint.fixes.binding.growing import Growing
from persistlint.fixes.binding.helping import Helper, before_return, handed_on, helper_of, place_in
from persistlint.fixes.binding.lists import listed
from persistlint.fixes.binding.literals import Char
from persistlint.fixes.binding.marking import marked
from persistlint.fixes.binding.names import guarded, quoted, quoted_values
from persistlint.fixes.binding.narrowing import narrowed
from persistlint.fixes.binding.numbers import numbers
from persistlint.fixes.binding.origin import last_name
from persistlint.fixes.binding.passing import Given, Passing
from persistlint.fixes.binding.pieces import chosen, joined, nodes_inside
from persistlint.fixes.binding.place import Place, place_of, unwrapper
from persistlint.fixes.binding.plan import Parameter, plan, takes_no_values
from persistlint.fixes.binding.reaching import assignments, own_places, reaching
from persistlint.fixes.binding.refusal import NotBoundError, RefusalError, SharedError
from persistlint.fixes.binding.repeating import asked_again, may_be_chosen, repeated
from persistlint.fixes.binding.rewrite import Rewrite
from persistlint.fixes.binding.sending import count_of, passed, placeholder_of
from persistlint.fixes.binding.sharing import sharing
from persistlint.fixes.binding.statements import with_loops
from persistlint.fixes.binding.style import Mark, Style, style_of
from persistlint.fixes.binding.view import Asked, Value, View, is_made_text, view
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from persistlint.facts import Hole, Site, SqlText
    from persistlint.fixes.binding.pieces import Pieces
    from persistlint.fixes.program import Program
    from persistlint.source import SourceFile

_MOST_VALUES = 200  # in one query; each is compared with all of them, and nobody wrote more by hand
_IS_SQL = regex(
    r"[='(\s]|^(?:NULL|DEFAULT|TRUE|FALSE)$", re.IGNORECASE
)  # in a constant that is put into the SQL together with a value
_MADE = regex(r"(\w+) := |(?:const|let) (\w+)")
_IMPORTS_TEXT = regex(rb"(?m)^from sqlalchemy(?:\.sql(?:\.expression)?)? import (?=.*\btext\b)(?!\()")
_IMPORTS_PQ = regex(rb"(?m)^(?:import)?[ \t]+(?P<blank>_ )\"github\.com/lib/pq\"")
_IMPORTS_FMT = regex(rb"(?m)^import \"fmt\"\r?\n\r?\n?|^[ \t]*\"fmt\"\r?\n")


def bind(fact: SqlText, holes: Sequence[Hole], program: Program | None) -> Remedy:
    """Bind the values at these holes of a query; nothing to say of a text that no call of the file sends."""
    return _remedy(fact, holes, program, _Binding.fix)


def name(fact: SqlText, holes: Sequence[Hole], program: Program | None) -> Remedy:
    """Quote the names at these holes of a query, or compare the first of them with those that are meant; nothing to say
    of a text that no call of the file sends, nor of why there is no fix."""
    return Remedy(_remedy(fact, holes, program, _Binding.names).fixes)


def _remedy(fact: SqlText, holes: Sequence[Hole], program: Program | None, make: Callable[[_Binding], Fix]) -> Remedy:
    if program is None or not isinstance(fact, Query):
        return Remedy()
    if fact.placeholder:
        fact = with_loops(fact)
    try:
        is_bound = make is _Binding.fix
        helper = helper_of(fact, holes, program) if is_bound and fact.placeholder and fact.library else None
        if helper is not None:
            return Remedy((_Binding(fact, holes, program).helped(helper),))
        handed = forwarded(fact, holes, program) if is_bound and fact.placeholder else None
        binding = _Binding(handed.query if handed else fact, holes, program, handed)
        try:
            return Remedy((make(binding),))
        except SharedError as refusal:
            return Remedy((binding.shared(refusal),)) if is_bound else Remedy(reason=str(refusal))
    except RefusalError as refusal:
        return Remedy(reason=str(refusal))


@dataclass(slots=True)
class _Binding:
    query: Query
    holes: Sequence[Hole]
    program: Program
    forwarded: Forwarded | None = None

    @property
    def source(self) -> SourceFile:
        """The file."""
        return self.program.source

    def fix(self) -> Fix:
        """The fix for values. Raises `RefusalError`."""
        try:
            return self.bound()
        except RefusalError:
            if (fix := self.quoted()) is not None:
                return fix
            raise

    def quoted(self) -> Fix | None:
        """The fix that quotes the values of a statement in which no bind parameter can stand, where they are put into a
        text; None where there is none, or the statement is another."""
        query = self.query
        dialect = self.source.dialect or (query.library.dialect if query.library is not None else None)
        if query.site is None or query.library is None or not takes_no_values(query, dialect):
            return None
        texts = {text.range: text for hole in self.holes if (text := self._text_around(hole)) is not None}
        try:
            found = [self._view(Place(text, [(text,)], None, [], [], False), query.site()) for text in texts.values()]
        except RefusalError:
            return None
        return quoted_values(query, found, self.holes, self.source, dialect)

    def _text_around(self, hole: Hole) -> ir.Expression | None:
        """The largest text that a hole is put into in its statement."""
        frame = self.program.frame(hole.range)
        if frame is None:
            return None
        nodes = (node for part in ir.expressions(frame.statement) for node in ir.walk(part) if hole.range in node.range)
        return next((node for node in nodes if node.range != hole.range and is_made_text(node, self.source)), None)

    def bound(self) -> Fix:
        """The fix that binds the values. Raises `RefusalError`."""
        query = self.query
        if not query.placeholder or query.site is None or query.library is None:
            if self.source.language == "sql":
                raise RefusalError("only an `EXECUTE` of PL/pgSQL has one")
            raise RefusalError(
                "the file does not tell which driver this is, and each writes its placeholders differently"
            )
        site = query.site()
        query = replace(query, placeholder=placeholder_of(query, site))
        assert query.library is not None
        place, chosen_texts = alternatives(query, site, query.library, self.holes)
        if chosen_texts:
            return self.alternative(query, site, place, chosen_texts)
        place = place_of(query, site, query.library, self.holes, self.program)
        found = self._view(place, site)
        if len(found.values) > _MOST_VALUES:
            raise RefusalError(f"more than {_MOST_VALUES} values stand in it")
        for value in found.values:
            if value.form is not None and any(isinstance(node, ir.Await) for node in ir.walk(value.expression)):
                raise RefusalError("the value is waited for")
        dialect = (
            self.source.dialect or query.library.dialect or ("postgres" if self.query.placeholder == "$1" else None)
        )
        style, marks = style_of(query.placeholder, found.text, dialect)
        try:
            parameters = plan(found, query, self._is_wanted, self.source, dialect)
        except NotBoundError:
            if (fix := numbers(found, self.holes, self.source)) is not None:
                return fix
            raise
        bound = [item for p in parameters for item in found.items[p.start : p.end] if isinstance(item, Value)]
        self._check_bound(bound, site)
        doubtful = place.is_seen or any(parameter.is_doubtful for parameter in parameters)
        doubtful |= any(origin.is_shared(form, self.program) for form in found.forms)
        is_held = any(found.holders[parameter.start] is not None for parameter in parameters)
        base = place.texts[0][0].range if place.is_moved else None
        for parameter in parameters:
            for item in found.items[parameter.start : parameter.end]:
                if not isinstance(item, Value):
                    continue
                since = item.since or (base if found.holders[parameter.start] is None else None)
                asked = asked_again(parameter.start, found)
                parts = [item.expression, *asked]
                doubtful |= bool(found.loops and asked)
                if since is not None:
                    parts += [item.part.decides] if item.part is not None else []
                    doubtful |= sum(not origin.stays_the_same(part, since, site) for part in parts) > 0
        places = [index for p in parameters for index in range(p.start, p.end)]
        _check_end(found, place, places)
        is_followed = check_seen(query, site, found, style, marks, places, self.source)
        if is_held:
            if style.is_numbered and (count_of(site, self.source) or 0) > len({mark.key for mark in marks}):
                raise RefusalError("nothing here tells where the values of the other placeholders are")
            gathered = gather(found, place, site, style, marks, parameters, self.program)
            given, written, sent = gathered.given, gathered.written, gathered.edits
            variable = gathered.variable
        else:
            if style.is_numbered and computed_marks(found):
                raise RefusalError("the numbers of the other placeholders are counted by hand")
            own = marked(found, style, marks, parameters, self.source, count_of(site, self.source) or 0)
            given, written = own.given, own.written
            variable, sent = "", [*own.edits, *self._expanding(place, style, parameters, written)]
        is_new = False
        if given:
            passing = Passing(style, len(marks) + is_followed, given, self.source, variable, found.text)
            passed_on, is_new = passed(passing, site, place, self.program)
            sent = [*sent, *passed_on]
        self._check_percent(style, _without(found.text, marks))
        # A piece of a statement is sent with the values of others, so that a percent sign is written twice already.
        is_doubled = style.is_percent and is_new and query.library.percent == "doubled" and not query.is_fragment
        edits = [*Rewrite(found, self.source, is_doubled).edits(parameters, written), *sent]
        edits += self._imports(found, edits)
        return self._fix(edits, len(bound), doubtful)

    def shared(self, refusal: SharedError) -> Fix:
        """The fix for a text that several calls send, or a part of it. Raises `RefusalError`."""
        query, library = self.query, self.query.library
        if query.site is None or library is None:
            raise refusal
        fixes = [
            _Binding(each, holes, self.program, self.forwarded).fix()
            for each, holes in sharing(query, query.site(), library, self.holes, self.program, refusal)
        ]
        edits = list(dict.fromkeys(edit for fix in fixes for edit in fix.edits))
        made = [name for edit in edits for name in _MADE.findall(edit.text)]
        if len(set(made)) < len(made):
            raise refusal  # each call would make a list of its own under that name
        is_safe = all(fix.applicability is Applicability.SAFE for fix in fixes)
        return Fix(fixes[0].title, _merged(edits), Applicability.SAFE if is_safe else Applicability.UNSAFE)

    def alternative(self, query: Query, site: Site, place: Place, statements: Sequence[ir.Assign]) -> Fix:
        """The fix for a query that is one of several texts. Raises `RefusalError`."""
        library = query.library
        assert library is not None
        dialect = self.source.dialect or library.dialect
        style, _ = style_of(query.placeholder, "", dialect)
        list_ = list_of(statements, site, style, self.program)
        is_doubled = style.is_percent and library.percent == "doubled"
        edits: list[Edit] = []
        given: list[tuple[ir.Statement, Sequence[Given]]] = []
        bound: list[Value] = []
        for statement in statements:
            if statement.value is None:
                given.append((statement, ()))
                continue
            found = self._view(Place(statement.value, [(statement.value,)], None, [], [], False), site)
            if style_of(query.placeholder, found.text, dialect)[1] or computed_marks(found):
                raise RefusalError("the SQL is chosen among several texts, and one of them has placeholders")
            parameters = plan(found, query, self._is_wanted, self.source, dialect)
            if any(parameter.expands or found.holders[parameter.start] is not None for parameter in parameters):
                raise RefusalError("the SQL is chosen among several texts, and one of them is put together in steps")
            bound += [item for p in parameters for item in found.items[p.start : p.end] if isinstance(item, Value)]
            self._check_percent(style, found.text)
            own = marked(found, style, (), parameters, self.source)
            given.append((statement, own.given))
            edits += [*own.edits, *Rewrite(found, self.source, is_doubled).edits(parameters, own.written)]
            edits += self._imports(found, edits)
        self._check_bound(bound, site)
        passing = Passing(style, 0, [Given(list_.spread, "", 0)], self.source, list_.name)
        edits += [*list_.replaced(given), *passed(passing, site, place, self.program)[0]]
        return self._fix(edits, len(bound), doubtful=True)

    def helped(self, helper: Helper) -> Fix:
        """The fix for values that a function of the file puts into a part of the text. Raises `RefusalError`."""
        query, library = self.query, self.query.library
        assert query.site is not None
        assert helper.query.site is not None
        assert library is not None
        site, own = query.site(), helper.query.site()
        dialect = self.source.dialect or library.dialect
        inside = _Binding(helper.query, self.holes, self.program)
        place = place_of(helper.query, own, library, self.holes, self.program)
        part = inside._view(place, own)
        style, marks = style_of(placeholder_of(query, site), part.text, dialect)
        parameters = plan(part, helper.query, inside._is_wanted, self.source, dialect)
        bound = [item for p in parameters for item in part.items[p.start : p.end] if isinstance(item, Value)]
        inside._check_bound(bound, own)
        if style.is_named or marks or any(parameter.expands for parameter in parameters):
            raise RefusalError("the function that puts it together has placeholders, or they have names")
        for value in bound:
            if value.since or place.is_moved:
                origin.stays_the_same(value.expression, value.since or place.texts[0][0].range, own)
        list_ = Growing(helper.name, False, helper.returns, style, self.source)
        gathered = added(part, list_, style, parameters)
        around = place_of(query, site, library, self.holes, self.program)
        whole = self._view(around, site)
        index, _ = place_in(whole, helper, site)
        style, marks = style_of(style.pattern, whole.text, dialect)
        is_followed = check_seen(query, site, whole, style, marks, [index], self.source)
        if (
            style.is_named
            or (style.is_numbered and (marks or computed_marks(whole) or count_of(site, self.source)))
            or whole.holders[index] is not None
        ):
            raise RefusalError("the numbers of the other placeholders are counted by hand")
        given = Given(list_.spread, "", sum(mark.start < index for mark in marks))
        passing = Passing(style, len(marks) + is_followed, [given], self.source, helper.name, whole.text)
        sent, is_new = passed(passing, site, around, self.program)
        is_doubled = style.is_percent and is_new and library.percent == "doubled"
        edits = [*Rewrite(part, self.source, is_doubled).edits(parameters, gathered.written), *gathered.edits, *sent]
        edits += before_return(helper, self.program, [value.text for value in gathered.given])
        edits += [*Rewrite(whole, self.source, is_doubled).edits((), ()), *handed_on(helper, site, self.program)]
        return self._fix(edits, len(bound), doubtful=True)

    def _view(self, place: Place, site: Site) -> View:
        """The text of the query, with the holes in it."""
        assert self.query.library is not None
        asked = Asked(
            unwrapper(self.query.library),
            partial(self._text_of, site),
            partial(self._pieces_of, site),
            partial(origin.constant_of, site=site, program=self.program),
            partial(origin.list_of_values, site=site),
            partial(self._repeated, site),
            partial(self._chosen, site),
            own_places(site),
        )
        return view(place.segments, self.source, asked)

    def _check_bound(self, bound: Sequence[Value], site: Site) -> None:
        """Refuse where not every hole is bound, or a value is not always in the text."""
        for hole in self.holes:
            if not any(self._has(value, hole) for value in bound):
                is_here = any(hole.range in statement.range for statement in site.statements)
                by = "in a way that a fix does not know" if is_here else "by another function"
                raise RefusalError(f"`{hole.expression}` is put into the SQL {by}")
        if any(value.is_conditional for value in bound):
            raise RefusalError("a value stands in a part of the SQL that is not always there")

    def _check_percent(self, style: Style, text: str) -> None:
        """Refuse a text with a percent sign where a function sends it that may pass values in any case."""
        is_open = self.forwarded is not None and not self.forwarded.plain
        if is_open and style.is_percent and "%" in text:
            raise RefusalError("the function that sends the SQL decides what a percent sign means in it")

    def _fix(self, edits: Sequence[Edit], count: int, doubtful: bool) -> Fix:
        title = "Bind the value as a parameter" if count == 1 else "Bind the values as parameters"
        if self.forwarded is not None and self.forwarded.edits:
            edits = [*edits, *self.forwarded.edits]
            doubtful = True  # another file may have a function in the place of one that takes the values now
        if self.source.language == "go" and self.query.site is not None:
            edits = [*edits, *narrowed(self.query.site().call, edits, self.source)]
        return Fix(title, _merged(edits), Applicability.UNSAFE if doubtful else Applicability.SAFE)

    def names(self) -> Fix:
        """The fix for names. Raises `RefusalError`."""
        query = self.query
        if query.site is None or query.library is None or not query.library.modules:
            raise RefusalError("the file does not tell which driver this is, and each quotes names differently")
        site = query.site()
        place = place_of(query, site, query.library, self.holes, self.program)
        found = self._view(place, site)
        dialect = self.source.dialect or query.library.dialect
        fix = quoted(query, found, self.holes, self.source, dialect)
        return fix or guarded(found, self.holes[0], site, self.source, dialect)

    # ------------------------------------------------------------------------------------------- the text

    def _text_of(self, site: Site, node: ir.Expression) -> ir.Expression | None:
        """The text of a variable that holes stand in, or the text of an expression that is one."""
        if not isinstance(node, ir.Name):
            is_text = is_made_text(node, self.source) and self._has_hole(node.range) and _is_sql(node)
            return node if is_text else None
        text = origin.text_of(node, site, partial(self._is_part, site))
        if not isinstance(text, ir.Template | ir.Binary | ir.Call | ir.Conditional):
            return None
        if self._has_hole(text.range):
            is_sql = _is_sql(text) or self._is_list(text)
            return text if is_sql else None
        parts = (node for node in ir.walk(text) if isinstance(node, ir.Call | ir.Name))
        return text if any(self._pieces_of(site, part) is not None for part in parts) else None

    def _is_part(self, site: Site, name: ir.Name) -> bool:
        """Whether a variable holds SQL in which a hole stands."""
        made = [s.value for s in assignments(site, name.id) if s.value is not None]
        return any(self._has_hole(value.range) and self._may_be_sql(value) for value in made)

    def _pieces_of(self, site: Site, use: ir.Call | ir.Name) -> Pieces | None:
        """The list or the variable whose pieces holes stand in."""
        if isinstance(use, ir.Call):
            return joined(use, site, self._has_hole)
        found = chosen(use, site, partial(self._has_hole_or_list, site))
        texts = [text for step in found.steps for text in step.texts] if found is not None else []
        return found if any(map(self._may_be_sql, texts)) else None

    def _may_be_sql(self, node: ir.Expression) -> bool:
        """Whether what goes into a variable may be SQL. What a call gives that puts no value into a text is data like
        the value, whatever constants it is called with: `input("Name (or a part): ")`."""
        return _is_sql(node) and (self._has_hole(node.range) or not isinstance(node, ir.Call))

    def _has_hole(self, range: Range) -> bool:
        return any(hole.range in range for hole in self.holes)

    def _repeated(self, site: Site, node: ir.Call) -> ir.Comprehension | None:
        """What a call joins, where holes stand in what is repeated, and it is no list of values."""
        loop = repeated(node, site, self.source)
        return loop if loop is not None and self._has_hole(loop.element.range) and not self._is_list(node) else None

    def _chosen(self, site: Site, node: ir.Conditional) -> bool:
        """Whether a conditional expression chooses between texts of SQL, of which one has a hole."""
        arms = (node.then, node.otherwise)
        return any(self._has_hole(arm.range) and _is_sql(arm) for arm in arms) and may_be_chosen(
            node, site, self.source
        )

    def _has_hole_or_list(self, site: Site, range: Range) -> bool:
        """Whether a hole stands in a range, or a variable with the text of a list that it is put into."""
        if self._has_hole(range):
            return True
        made = (s for s in site.statements if isinstance(s, ir.Assign) and s.value is not None)
        lists = [s for s in made if self._has_hole(s.range) and s.value is not None and self._is_list(s.value)]
        names = {s.target.id for s in lists if isinstance(s.target, ir.Name)}
        nodes = (node for s in site.statements if range in s.range for e in ir.expressions(s) for node in ir.walk(e))
        return bool(names) and any(isinstance(n, ir.Name) and n.id in names and n.range in range for n in nodes)

    def _is_list(self, node: ir.Expression) -> bool:
        return listed(Value(node, node.range, None), self.source) is not None

    def _is_wanted(self, value: Value) -> bool:
        """Whether a value is one of the holes, or nothing but what makes text of them: no SQL of its own."""
        range = value.expression.range
        if any(hole.range == range for hole in self.holes):
            return True
        if any(hole.range in range for hole in self.holes):
            return listed(value, self.source) is not None or not _is_sql(value.expression)
        return any(self._has(value, hole) for hole in self.holes)

    def _has(self, value: Value, hole: Hole) -> bool:
        """Whether a hole is what a value is made of, there or where its variable is assigned: data, and no SQL."""
        if hole.range in value.expression.range or (value.made is not None and hole.range in value.made.range):
            return True
        if not isinstance(value.expression, ir.Name) or self.query.site is None:
            return False
        made = [s.value for s in reaching(value.expression, self.query.site()) if s.value is not None]
        return any(hole.range in node.range for node in made) and not any(map(self._may_be_sql, made))

    # ------------------------------------------------------------------------------------------ the values

    def _expanding(
        self, place: Place, style: Style, parameters: Sequence[Parameter], written: Sequence[str]
    ) -> list[Edit]:
        """Say of a mark that it stands for a list, as SQLAlchemy wants to know."""
        marks = [mark for parameter, mark in zip(parameters, written, strict=True) if parameter.expands]
        if not marks:
            return []
        site = self.query.site() if self.query.site is not None else None
        wraps = [*place.wrappers, *([site.call] if site is not None else [])]
        text = self.query.library.text if self.query.library is not None else ""
        wrap = next((w for w in wraps if text and last_name(w.function) == text), None)
        if wrap is None:
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
        """Import what a Go file uses now, and drop `fmt` where this was its last use: neither compiles otherwise."""
        content = self.source.content
        if self.source.language != "go":
            return []
        made: list[Edit] = []
        if any("pq.Array(" in edit.text for edit in edits) and (blank := _IMPORTS_PQ.search(content)):
            made.append(Edit(Range(*blank.span("blank")), ""))
        if not any(form.kind == "printf" for form in found.forms):
            return made
        left = content.count(b"fmt.") + sum(
            edit.text.count("fmt.") - self.source.text(edit.range).count("fmt.") for edit in edits
        )
        match = _IMPORTS_FMT.search(content)
        return [*made, Edit(Range(*match.span()), "")] if left == 0 and match else made


def _is_sql(node: ir.Expression) -> bool:
    """Whether a constant in an expression, or in a function inside it, may be SQL."""
    nodes = list(ir.walk(node))
    nodes += [inner for part in nodes if isinstance(part, ir.Lambda) for inner in nodes_inside(part.function.body)]
    return any(isinstance(part, ir.String) and _IS_SQL.search(part.value) for part in nodes)


def _check_end(found: View, place: Place, bound: Sequence[int]) -> None:
    """Refuse a text of which more is cut off than a constant end of each of its steps."""
    for index in (*found.ends, len(found.items) - 1) if place.cut else ():
        last = range(max(index - place.cut + 1, 0), index + 1)
        if any(i in bound or not isinstance(found.items[i], Char) for i in last):
            raise RefusalError("the end of the text that is cut off may be a part of a value")


def _without(text: str, marks: Sequence[Mark]) -> str:
    """A text without its marks."""
    for mark in reversed(marks):
        text = text[: mark.start] + text[mark.end :]
    return text


def _merged(edits: Iterable[Edit]) -> tuple[Edit, ...]:
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
