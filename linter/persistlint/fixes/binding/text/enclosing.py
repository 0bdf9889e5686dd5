"""A text that a function puts together and a function inside it sends: `pool.getConnection((error, connection) =>
connection.query(sql))`. The inner one sees the variables of the outer, and a fix sees the statements of both."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.text.statements import every, flat, own_names
from persistlint.fixes.binding.text.variables import is_name
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Query
    from persistlint.fixes.program import Program

# A function of JavaScript that has a `this` of its own.
_REBINDS = regex(r"(?:async\s+)?function\b")


def enclosing(query: Query, program: Program) -> Query:
    """A query whose site has the statements of the functions around the call, as far as one of them gives a value to
    the variable that is sent; the same one where the innermost does, or none.

    What the functions in between hide, and what changes once they are there to be called, is assigned anew where they
    begin, so that nothing which a fix moves into them is another thing there.
    """
    if query.site is None or program.source.language == "sql":
        return query
    site = query.site()
    name = _sent(query, site.call)
    if name is None or _assigns(site.statements, name):
        return query
    functions = _around(site.call.range, program)
    for index in range(len(functions) - 2, -1, -1):
        inside = functions[index + 1 :]
        if name in own_names(inside[0]):
            return query
        outer = tuple(flat(functions[index].body))
        if not _assigns(outer, name):
            continue
        made = [s for s in outer if isinstance(s, ir.Assign) and is_name(s.target, name)]
        if any(s.range.end > inside[0].range.start for s in made):
            return query
        hidden = _hidden(inside, outer, functions[index], program)
        between = [statement for function in inside[:-1] for statement in flat(function.body)]
        statements = sorted((*outer, *hidden, *between, *site.statements), key=lambda s: (s.range.start, -s.range.end))
        return replace(query, site=partial(replace, site, statements=tuple(statements)))
    return query


def _sent(query: Query, call: ir.Call) -> str | None:
    """The variable that a call sends, None where it sends something else."""
    argument = next((a.value for a in call.arguments if query.sql in a.range), None)
    if isinstance(argument, ir.Mapping):
        argument = next((entry.value for entry in argument.entries if entry.value.range == query.sql), None)
    return argument.id if isinstance(argument, ir.Name) else None


def _assigns(statements: Sequence[ir.Statement], name: str) -> bool:
    return any(isinstance(s, ir.Assign) and is_name(s.target, name) for s in statements)


def _around(place: Range, program: Program) -> list[ir.Function]:
    """The functions around a place, the outermost first."""
    found: list[ir.Function] = []
    for frame in program.frames(place):
        if frame.function is not None and not any(function is frame.function for function in found):
            found.append(frame.function)
    return found


def _hidden(
    inside: Sequence[ir.Function], outer: Sequence[ir.Statement], function: ir.Function, program: Program
) -> list[ir.Statement]:
    """The assignments that stand for what is another thing inside of functions than it is around them: what they take
    or declare, and what the function around them assigns anywhere but before them."""
    first = inside[0].range
    names = {name for each in inside for name in own_names(each)}
    if any(_REBINDS.match(program.source.text(each.range)) for each in inside):
        names |= {"this", "arguments"}
    loops = [s for s in outer if isinstance(s, ir.Loop) and first in s.range]
    declared = [s for s in outer if isinstance(s, ir.Assign) and s.declares]
    own_statements = {id(s) for s in outer}  # the others stand in functions, which run nobody knows when
    for statement in every(function.body):
        changed = _changed(statement)
        if statement.range.end <= first.start and id(statement) in own_statements:
            around = [loop for loop in loops if statement.range in loop.range]
            own = [s for s in declared if all(s.range in loop.range for loop in around)]
            changed -= {name for s in own for name in ir.names_in(s.target)} if around else changed
        names |= changed
    place = Range(first.start, first.start)
    return [ir.Assign(place, ir.Name(place, name), None) for name in sorted(names)]


def _changed(statement: ir.Statement) -> set[str]:
    """The variables that a statement gives another value."""
    names: set[str] = set()
    if isinstance(statement, ir.Assign) and not statement.declares:
        names |= {*ir.names_in(statement.target)}
    for expression in ir.expressions(statement):
        for node in ir.walk(expression):
            if isinstance(node, ir.AssignmentExpression):
                names |= {*ir.names_in(node.target)}
    return names
