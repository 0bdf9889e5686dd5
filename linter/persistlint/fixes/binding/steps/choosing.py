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
from persistlint.fixes.binding.marks.grammar import SCRIPT
from persistlint.fixes.binding.marks.marking import marked
from persistlint.fixes.binding.marks.plan import bound_by, plan, takes_objects
from persistlint.fixes.binding.marks.rewrite import Rewrite
from persistlint.fixes.binding.marks.style import style_of
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.steps.growing import gathered
from persistlint.fixes.binding.text.origin import uses_of
from persistlint.fixes.binding.text.pieces import Step, excludes
from persistlint.fixes.binding.text.place import Place, made_of_each, unwrapper
from persistlint.fixes.binding.text.reaching import begins, extension, reaching
from persistlint.fixes.binding.text.texts import Texts
from persistlint.fixes.binding.text.trimming import check_trims, is_trim, own_uses
from persistlint.sql.lexer import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Edit, Fix
    from persistlint.facts import Hole, Query, Site
    from persistlint.fixes.binding.fixing import Binding
    from persistlint.fixes.binding.marks.plan import Parameter
    from persistlint.fixes.binding.marks.style import Style
    from persistlint.fixes.binding.steps.growing import Growing
    from persistlint.fixes.binding.text.view import Value, View
    from persistlint.fixes.program import Program
    from persistlint.libraries import Library

_QUOTES = "'\"`"


def alternatives(
    query: Query, site: Site, library: Library, holes: Sequence[Hole], *, is_growing: bool
) -> tuple[Place, list[ir.Assign]]:
    """Where the call takes the text, and the statements that each give its variable a whole text, one that only
    declares the variable included, and where it `is_growing` those that add to it; no statements where the text is not
    chosen among several."""
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
        check_trims(found, node.id, site)
    except RefusalError:
        return place, []
    made = [s for s in found if s.value is not None and not is_trim(s, node.id)]
    is_here = any(hole.range in s.value.range for s in made if s.value is not None for hole in holes)
    begun = [s for s in made if begins(s, node.id) and isinstance(s.target, ir.Name)]
    are_known = all(s in begun or (is_growing and extension(s, node.id)) for s in made)
    usual = 1 + own_uses([s for s in found if s not in begun], node.id)
    if len(begun) < 2 or not is_here or not are_known or uses_of(node, site, usual + 1) > usual:
        return place, []
    return place, [s for s in found if s in made or (s.value is None and s.declares)]


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
    is_growing = any(extension(statement, _name_of(place)) for statement in statements)
    ends: list[ir.Statement] = []  # behind whose text another statement would begin
    grown: list[tuple[ir.Statement, Sequence[Given]]] = []
    for statement in statements:
        if statement.value is None:
            given.append((statement, ()))
            continue
        added = extension(statement, _name_of(place))
        found = texts.view([(added or (statement.value,), None)])
        marks = style_of(query.placeholder, found.text, binding.dialect)[1]
        if computed_marks(found) or any(not mark.key.isdigit() or int(mark.key) > passed_there for mark in marks):
            raise RefusalError("the SQL is chosen among several texts, and one of them has placeholders")
        piece = replace(query, is_fragment=True) if added else query
        parameters = plan(found, piece, texts.is_wanted, binding.program, binding.dialect)
        if any(parameter.expands or found.holders[parameter.start] is not None for parameter in parameters):
            raise RefusalError("the SQL is chosen among several texts, and one of them is put together in steps")
        bound += bound_by(parameters, found)
        if style.is_described:
            imports += described(parameters, found, site, binding.program)
        binding.check_percent(style, found.text)
        own = marked(found, style, (), parameters, source, passed_there)
        if is_growing:
            _check_piece(found, parameters, binding.dialect)
            if any(not excludes(ended, statement, site) for ended in ends if added):
                raise RefusalError(SCRIPT)
            ends += [statement] if found.text.rstrip().endswith(";") else []
        if added:
            for count, parameter in enumerate(parameters, passed_there + 1):
                parameter.number = list_.number(count) if style.is_numbered else ""
        (grown if added else given).append((statement, own.given))
        edits += [*own.edits, *Rewrite(found, source, is_doubled).edits(parameters, own.written)]
        edits += go_imports(edits, binding.program)
    texts.check_bound(bound)
    whole = [s.value for s in statements if s.value is not None and not extension(s, _name_of(place))]
    place = replace(place, wrappers=[*place.wrappers, *made_of_each(whole, library)])
    passing = Passing(style, 0, [Given(list_.spread, "", 0)], source, list_.name)
    edits += [*list_.replaced(given), *list_.extended(grown), *passed(passing, site, place, binding.program)[0]]
    edits += [edit for edit in dict.fromkeys(imports) if edit not in edits]
    return binding.whole(edits, len(bound), doubtful=True)


def _check_piece(found: View, parameters: Sequence[Parameter], dialect: str | None) -> None:
    """Refuse a piece of a text in which a string of SQL begins that another one ends, or which is not always there."""
    strings = (token.text for token in tokenize(found.text, dialect) if token.kind in (Kind.STRING, Kind.QUOTED))
    if any(text.count(quote) % 2 for text in strings for quote in _QUOTES if quote in text):
        raise RefusalError("a string of SQL begins in one statement of the program and ends in another")
    if any(found.part_at(parameter.start) is not None for parameter in parameters):
        raise RefusalError("the numbers of the placeholders behind depend on a condition")


def _name_of(place: Place) -> str:
    """The variable that holds the text."""
    (name,) = place.texts[0]
    return name.id if isinstance(name, ir.Name) else ""
