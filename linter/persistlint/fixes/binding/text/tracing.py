"""Where a value comes from within its file, as far as a fix looks back."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.binding.text.pieces import additions
from persistlint.fixes.binding.text.reaching import assignments
from persistlint.fixes.binding.text.statements import flat
from persistlint.fixes.binding.text.unquoting import unquoted
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from persistlint.facts import Site
    from persistlint.fixes.program import Program
    from persistlint.source import Range

_SOURCES = (ir.Name, ir.Call, ir.Attribute)
_OF_OBJECTS = 0  # the key of what objects hold, which is the identity of no function
_MOST_PLACES = 200  # where a value may come from
_TEXTS = ("str", "String")
_OF_SQL = regex(r"\w+(?:Query|SQL|Sql|Clause)")  # a function that gives SQL
# What a text without quotes around it has that is SQL, and no value.
_QUERY = regex(r"\s*\(?\s*SELECT\b", re.IGNORECASE)
_CALL = regex(r"\w\(")
_ESCAPES = regex(r"esc|quot|sanit|liter|replac|clean|safe|encode|filter|sql", re.IGNORECASE)
_QUOTE = ("as_string", "quote", "literal", "escape", "adapt")  # of drivers
MOST_STEPS = 6  # variables and functions between a value and the one that the text has


def sources(node: ir.Expression, program: Program) -> Iterator[ir.Expression]:
    """What a variable holds, or what the object of a method does under a name, what a function is given for a
    parameter, and what one of the file returns."""
    if isinstance(node, ir.Attribute):
        yield from _held(program).get(program.source.text(node.range), ())
    if isinstance(node, ir.Call):
        called = program.called(last_name(node.function))
        for statement in flat(called.body) if called is not None else ():
            if isinstance(statement, ir.Return) and statement.value is not None:
                yield statement.value
    if not isinstance(node, ir.Name):
        return
    function = program.function_around(node.range)
    if function is None or _is_of_file(node.id, node.range, program):
        yield from _bound_in(program.module, program).get(node.id, ())
    if function is None:
        return
    yield from _bound_in(function, program).get(node.id, ())
    names = [parameter.name for parameter in function.parameters]
    for call in program.calls.get(function.name, ()) if node.id in names and function.name else ():
        place = names.index(node.id)
        by_name = [argument.value for argument in call.arguments if argument.keyword == node.id]
        given = [argument.value for argument in call.arguments if argument.keyword is None]
        yield from by_name or given[place : place + 1]


def _is_of_file(name: str, place: Range, program: Program) -> bool:
    """Whether a name in a function is that of a variable of the file, which no function around it has."""
    functions = [frame.function for frame in program.frames(place) if frame.function is not None]
    own = (parameter.name for function in functions for parameter in function.parameters)
    return name not in own and not any(name in _bound_in(function, program) for function in functions)


def _bound_in(function: ir.Function | ir.Module, program: Program) -> dict[str, list[ir.Expression]]:
    """What each variable of a function, or of the file, is set to, taken from or added, found once for all of them."""
    found = program.bound.get(id(function))
    if found is not None:
        return found
    found = program.bound[id(function)] = {}
    for statement in flat(function.body):
        match statement:
            case (
                ir.Assign(target=target, value=ir.Expression() as value)
                | ir.Loop(target=ir.Expression() as target, iterable=ir.Expression() as value)
            ):
                for name in {*ir.names_in(target)} - {_receiver(function)}:
                    found.setdefault(name, []).append(value)
            case ir.ExpressionStatement(value=value):
                for name in {*ir.names_in(value)}:
                    step = additions(statement, name)
                    found.setdefault(name, []).extend(step.texts if step is not None else ())
    return found


def _receiver(function: ir.Function | ir.Module) -> str | None:
    """The name of the object of a method, which holds more than what is meant."""
    return function.receiver if isinstance(function, ir.Function) else None


def _held(program: Program) -> dict[str, list[ir.Expression]]:
    """What methods of the file set each attribute of their object to, by its text, found once for all of them."""
    found = program.bound.get(_OF_OBJECTS)
    if found is None:
        found = program.bound[_OF_OBJECTS] = {}
        for function in program.functions():
            for statement in flat(function.body) if function.receiver else ():
                match statement:
                    case ir.Assign(target=ir.Attribute() as target, value=ir.Expression() as value):
                        found.setdefault(program.source.text(target.range), []).append(value)
    return found


def _of(node: ir.Name | ir.Call | ir.Attribute, program: Program) -> object:
    """The variable that a name is of, or the attribute, or the call: what tells a source from others."""
    if isinstance(node, ir.Attribute):
        return program.source.text(node.range)
    function = program.function_around(node.range) if isinstance(node, ir.Name) else None
    return (id(function), node.id) if isinstance(node, ir.Name) and function is not None else node.range


def is_escaped(value: ir.Expression, program: Program, known: Collection[Range] = ()) -> bool:
    """Whether quotes in a value are doubled, or have a backslash put before them, on its way, so that bound it would
    be another one; but for what is `known` to do so."""
    for passed in _on_the_way(value, program, _SOURCES):
        if passed is None:
            return True
        node, inner, is_made = passed
        # A variable that holds two quotes has the empty string of SQL, and nothing that is doubled.
        is_sign = isinstance(inner, ir.String) and inner.value in ("''", "\\'") and (inner is not node or is_made)
        if is_sign and inner is not value and inner.range not in known:
            return True
    return False


def may_be_escaped(value: ir.Expression, program: Program) -> bool:
    """Whether a function that a value comes through may make something of its quotes, as its name tells."""
    return any(
        passed is None
        or (isinstance(passed[1], ir.Call) and _ESCAPES.search(last_name(passed[1].function)) is not None)
        for passed in _on_the_way(value, program, (ir.Name, ir.Call))
    )


def _on_the_way(
    value: ir.Expression, program: Program, followed: tuple[type[ir.Name | ir.Call | ir.Attribute], ...]
) -> Iterator[tuple[ir.Expression, ir.Expression, bool] | None]:
    """Every expression in a value and in what it comes from, by way of the kinds that are `followed`: the whole, the
    part of it, and whether the whole is the value itself or what a call gives. None at the end of a way that nobody
    follows."""
    seen: set[object] = set()
    pending = [(value, 0, True)]
    looked_at = 0
    while pending:
        node, steps, is_made = pending.pop()
        looked_at += 1
        if looked_at > _MOST_PLACES:
            yield None
            return
        for inner in ir.walk(node):
            yield node, inner, is_made
            if steps < MOST_STEPS and isinstance(inner, followed) and (one := _of(inner, program)) not in seen:
                seen.add(one)
                is_call = isinstance(inner, ir.Call)
                pending += [(source, steps + 1, is_call) for source in islice(sources(inner, program), _MOST_PLACES)]


def is_quoted(value: ir.Expression, program: Program) -> bool:
    """Whether a value may be a text with the quotes of SQL around it, which somebody put there before it came here."""
    seen: set[object] = set()
    pending = [(value, 0)]
    while pending:
        node, steps = pending.pop()
        while isinstance(node, ir.Call) and last_name(node.function) in _TEXTS and len(node.arguments) == 1:
            node = node.arguments[0].value
        if steps and begins_with_quote(node):
            return True
        if isinstance(node, ir.Conditional) and (steps or unquoted(node, program.source) is None):
            pending += [(arm, steps + 1) for arm in (node.then, node.otherwise)]
        if len(seen) > _MOST_PLACES:
            return True  # nobody follows that
        if steps < MOST_STEPS and isinstance(node, _SOURCES) and (one := _of(node, program)) not in seen:
            seen.add(one)
            pending += [(source, steps + 1) for source in islice(sources(node, program), _MOST_PLACES)]
    return False


def begins_with_quote(node: ir.Expression) -> bool:
    """Whether an expression puts a value behind a quote, and another quote behind that, or lets a driver do so."""
    match node:
        case ir.Template(parts=[ir.String(value=opening), _, *_]):
            return opening.startswith("'")
        case ir.Binary(operator="+", left=ir.Expression() as left, right=ir.String(value=closing)):
            while isinstance(left, ir.Binary) and left.operator == "+":
                left = left.left
            return isinstance(left, ir.String) and left.value.startswith("'") and closing.endswith("'")
        case (
            ir.Binary(operator="%", left=ir.String(value=text))
            | ir.Call(function=ir.Attribute(value=ir.String(value=text), name="format"))
        ):
            return text.startswith("'") and text.endswith("'")
        case ir.Call(function=ir.Name() | ir.Attribute()):
            return last_name(node.function) in _QUOTE
    return False


def is_of_sql(value: ir.Expression, site: Site) -> bool:
    """Whether a value without quotes around it may be SQL: a function gives it whose name says so, it is chosen among
    texts of which one is, or the function has keys of a mapping with quotes of SQL around them, which become a list."""
    keys = [s.target.index for s in site.statements if isinstance(s, ir.Assign) and isinstance(s.target, ir.Subscript)]
    if any(begins_with_quote(key) for key in keys):
        return True
    made = [s.value for s in assignments(site, value.id)] if isinstance(value, ir.Name) else [value]
    if any(_is_sql_text(arm) for node in made if node is not None for arm in _arms(node)):
        return True
    calls = (node for node in made if isinstance(node, ir.Call) and isinstance(node.function, ir.Name))
    return any(_OF_SQL.fullmatch(last_name(call.function)) is not None for call in calls)


def _arms(node: ir.Expression) -> Iterator[ir.Expression]:
    """What a value is chosen from; nothing for one that is not chosen."""
    pending = [node]
    while pending:
        match pending.pop():
            case ir.Conditional(then=then, otherwise=otherwise):
                pending += [then, otherwise]
            case ir.Binary(operator="or" | "||" | "??", left=left, right=right):
                pending += [left, right]
            case each if each is not node:
                yield each


def _is_sql_text(node: ir.Expression) -> bool:
    match node:
        case ir.Template(parts=parts):
            text = "".join(part.value if isinstance(part, ir.String) else "x" for part in parts)
        case ir.String(value=text):
            pass
        case _:
            return False
    return _QUERY.match(text) is not None or _CALL.search(text) is not None
