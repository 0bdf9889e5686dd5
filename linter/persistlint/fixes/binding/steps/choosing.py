"""A query of which there are several, one of them sent: behind every text that its variable gets, a list gets the
values of that text, and the call passes the list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.calls.counting import computed_marks
from persistlint.fixes.binding.calls.describing import described
from persistlint.fixes.binding.calls.passing import Given, Passing
from persistlint.fixes.binding.calls.sending import count_of, passed, values_of
from persistlint.fixes.binding.finishing import go_imports
from persistlint.fixes.binding.marks.marking import marked
from persistlint.fixes.binding.marks.plan import bound_by, plan, takes_objects
from persistlint.fixes.binding.marks.rewrite import Rewrite
from persistlint.fixes.binding.marks.style import style_of
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.steps.growing import gathered
from persistlint.fixes.binding.text.origin import uses_of
from persistlint.fixes.binding.text.pieces import Step
from persistlint.fixes.binding.text.place import Place, unwrapper
from persistlint.fixes.binding.text.reaching import begins, reaching
from persistlint.fixes.binding.text.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Edit, Fix
    from persistlint.facts import Hole, Query, Site
    from persistlint.fixes.binding.fixing import Binding
    from persistlint.fixes.binding.marks.style import Style
    from persistlint.fixes.binding.steps.growing import Growing
    from persistlint.fixes.binding.text.view import Value
    from persistlint.fixes.program import Program
    from persistlint.libraries import Library


def alternatives(query: Query, site: Site, library: Library, holes: Sequence[Hole]) -> tuple[Place, list[ir.Assign]]:
    """Where the call takes the text, and the statements that each give its variable a whole text, one that only
    declares the variable included; no statements where the text is not chosen among several."""
    argument = next((a.value for a in site.call.arguments if query.sql in a.range), None)
    wrappers: list[ir.Call] = []
    node = argument
    while isinstance(node, ir.Call) and (inner := unwrapper(library)(node)) is not None:
        wrappers.append(node)
        node = inner
    if argument is None or not isinstance(node, ir.Name):
        return Place(site.call, [], None, [], [], False), []
    place = Place(argument, [(node,)], None, wrappers, [], False)
    try:
        found = reaching(node, site)
    except RefusalError:
        return place, []
    made = [s for s in found if s.value is not None]
    is_here = any(hole.range in s.value.range for s in made if s.value is not None for hole in holes)
    are_whole = all(begins(s, node.id) and isinstance(s.target, ir.Name) for s in made)
    if len(made) < 2 or not is_here or not are_whole or uses_of(node, site, 2) != 1:
        return place, []
    return place, [s for s in found if s.value is not None or s.declares]


def list_of(statements: Sequence[ir.Assign], site: Site, style: Style, program: Program) -> Growing:
    """The new list for the values. Raises `RefusalError` where the call passes values already, unless those keep their
    numbers before the ones in the list."""
    keeps = style.is_numbered and program.source.language == "go" and count_of(site, program.source) is not None
    if values_of(site, program.source) is not None and not keeps:
        raise RefusalError("the SQL is chosen among several texts, and the call passes values already")
    is_declared = statements[0].declares or program.source.language == "python"
    if not is_declared or any(s.declares for s in statements[1:]):
        raise RefusalError("the SQL is chosen among several texts, and its variable is declared elsewhere")
    return gathered(None, site, [Step(statement, ()) for statement in statements], style, program)


def alternative(binding: Binding, query: Query, place: Place, statements: Sequence[ir.Assign]) -> Fix:
    """The fix for a query that is one of several texts, as `alternatives` has found them. Raises `RefusalError`."""
    (site, library), source = binding.known(), binding.source
    style, _ = style_of(query.placeholder, "", binding.dialect)
    style = replace(style, is_described=takes_objects(query))
    list_ = list_of(statements, site, style, binding.program)
    passed_there = (count_of(site, source) or 0) if style.is_numbered else 0
    texts = Texts(site, library, binding.holes, binding.program)
    is_doubled = style.is_percent and library.percent == "doubled"
    edits: list[Edit] = []
    given: list[tuple[ir.Statement, Sequence[Given]]] = []
    bound: list[Value] = []
    imports: list[Edit] = []
    for statement in statements:
        if statement.value is None:
            given.append((statement, ()))
            continue
        found = texts.view([((statement.value,), None)])
        marks = style_of(query.placeholder, found.text, binding.dialect)[1]
        if computed_marks(found) or any(not mark.key.isdigit() or int(mark.key) > passed_there for mark in marks):
            raise RefusalError("the SQL is chosen among several texts, and one of them has placeholders")
        parameters = plan(found, query, texts.is_wanted, source, binding.dialect)
        if any(parameter.expands or found.holders[parameter.start] is not None for parameter in parameters):
            raise RefusalError("the SQL is chosen among several texts, and one of them is put together in steps")
        bound += bound_by(parameters, found)
        if style.is_described:
            imports += described(parameters, found, site, binding.program)
        binding.check_percent(style, found.text)
        own = marked(found, style, (), parameters, source, passed_there)
        given.append((statement, own.given))
        edits += [*own.edits, *Rewrite(found, source, is_doubled).edits(parameters, own.written)]
        edits += go_imports(found, edits, binding.program)
    texts.check_bound(bound)
    passing = Passing(style, 0, [Given(list_.spread, "", 0)], source, list_.name)
    edits += [*list_.replaced(given), *passed(passing, site, place, binding.program)[0]]
    edits += [edit for edit in dict.fromkeys(imports) if edit not in edits]
    return binding.whole(edits, len(bound), doubtful=True)
