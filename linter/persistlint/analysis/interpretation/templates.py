"""The value of a template that binds what stands in its holes: a tagged one, and Python's t-strings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.arguments import Actual
from persistlint.analysis.interpretation.pieces import Piece, Splice
from persistlint.analysis.interpretation.resolving import Met, called_by, resolve
from persistlint.analysis.interpretation.values import (
    Atom,
    Choice,
    Class,
    Closure,
    Imported,
    Instance,
    Sql,
    Value,
    options_of,
    pieces_of,
)
from persistlint.analysis.names import last_name
from persistlint.facts import Origin
from persistlint.ir import Attribute, Call, Expression, Lambda, String, TaggedTemplate, Template
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.source import Range


_BINDING_TAGS = regex(
    r"(?:.*_)?sql|SQL|\$?queryRaw|\$?executeRaw|query|execute|fragment|prepare|raw|exec|all|get|run|values"
)


def template_string(template: Template, machine: Interpreter) -> Value:
    """A PEP 750 template, as psycopg 3.3 reads it: a hole is bound, quoted (`:i`, `:l`) or spliced (`:q`).
    https://www.psycopg.org/psycopg3/docs/basic/tstrings.html"""
    pieces: list[Piece] = []
    unbound: list[Piece] = []
    for part in template.parts:
        if isinstance(part, String):
            pieces.append(part.value)
            unbound.append(part.value)
            continue
        value = machine.evaluate(part.value)
        unbound.extend(pieces_of(value, part.value.range, template.range))
        if isinstance(value, Sql) or part.format == "q":
            pieces.extend(pieces_of(value, part.value.range, template.range))
        else:
            origin = Origin.QUOTED if part.format in ("i", "l") else Origin.BOUND
            pieces.append(Splice(part.value.range, template.range, origin))
    return Sql(tuple(pieces), unbound=tuple(unbound))


def tagged(node: TaggedTemplate, machine: Interpreter) -> Value:
    """A tagged template: some tags bind their holes, some splice them."""
    tag = node.tag
    receiver = machine.evaluate(tag.value) if isinstance(tag, Attribute) else None
    called = called_by(tag, receiver, machine)
    probe = Call(node.range, tag, ())
    resolved = resolve(probe, receiver, called, machine)
    how = resolved.operation.tag if resolved is not None else None
    if how is None and isinstance(called, Atom) and called.type is not None:
        how = called.type.tag
    name = last_name(tag)
    if isinstance(called, Closure) and how is None:
        how = "text"
    if how is None:
        how = "binds" if _BINDING_TAGS.fullmatch(name) else "unknown"
    if how == "text":
        return machine.evaluate(node.template)
    if how == "identifier":
        return Atom(Origin.QUOTED)
    pieces: list[Piece] = []
    parts = node.template.parts if isinstance(node.template, Template) else (node.template,)
    for part in parts:
        if isinstance(part, String):
            pieces.append(part.value)
            continue
        pieces.extend(_bound_hole(part.value, node.range, how, machine))
    returned = resolved.returned if resolved is not None else None
    value = Sql(tuple(pieces), returned)
    actuals = [Actual(value, node.template.range, node.template, None, False)]
    machine.on_call(Met(probe, receiver, called, resolved, actuals, is_tag=True))
    return value


def _is_object(value: Value) -> bool:
    return (isinstance(value, Atom) and value.type is not None) or isinstance(value, Imported | Class | Instance)


def _bound_hole(hole: Expression, template: Range, how: str, machine: Interpreter) -> tuple[Piece, ...]:
    value = machine.evaluate(hole)
    if isinstance(value, Sql):
        return value.pieces
    if isinstance(value, Choice) and any(isinstance(option, Sql) for option in value.options):
        return next(option.pieces for option in value.options if isinstance(option, Sql))
    if how == "raw":
        return pieces_of(value, hole.range, template)
    if isinstance(value, Closure) and isinstance(hole, Lambda):
        # TypeORM's `sql` splices what a function hole returns as it is.
        outcome = machine.call_closure(value, {}, {})
        if outcome is not None:
            return pieces_of(outcome.value, hole.range, template)
    if isinstance(value, Atom) and value.origin is Origin.QUOTED:
        return (Splice(hole.range, template, Origin.QUOTED),)
    if all(map(_is_object, options_of(value))):
        return (Splice(hole.range, template, Origin.QUOTED),)  # a table or column object, an sql helper
    is_of_program = isinstance(value, Atom) and Origin.METADATA <= value.origin <= Origin.UNKNOWN
    if isinstance(hole, Call) or how == "unknown" or is_of_program:
        # `sql(name)`, `sql.join(…)`: made for this place, as is what came out of one, and a table of a schema
        return (Splice(hole.range, template, Origin.QUOTED),)
    return (Splice(hole.range, template, Origin.BOUND),)
