"""The fix that lets the driver quote a value where it is put into the text, by the function that its documentation
names for that: where no bind parameter can stand, or nothing tells how the call could pass its value. It is always one
to look at, for the text is quoted for one driver wherever it is sent."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Applicability, Edit, Fix
from persistlint.facts import Context
from persistlint.fixes.binding.calls.sending import values_of
from persistlint.fixes.binding.marks.plan import bound_by, plan
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.constants import check_constants
from persistlint.fixes.binding.text.reaching import assignments
from persistlint.fixes.binding.text.statements import holding
from persistlint.fixes.binding.text.tracing import is_quoted
from persistlint.fixes.binding.text.variables import is_name, variable
from persistlint.fixes.binding.text.view import HOLE, Value, View
from persistlint.fixes.binding.unbound.connecting import connected
from persistlint.fixes.binding.unbound.placing import OF_ANY_TYPE, SCRIPTS, Quoted
from persistlint.fixes.imports import node_module, python_member
from persistlint.identity import Same
from persistlint.libraries import catalogue
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Hole, Query
    from persistlint.fixes.program import Program
    from persistlint.source import Range

_BEFORE_COUNT = regex(rf"\b(?:LIMIT|OFFSET)\s+(?:[\w{HOLE}]+\s*,\s*)?\Z", re.IGNORECASE)
_NUMBER = "Number({})"
_MOST_HOLES = 100  # more of them are too many to look at, and each is looked for among all statements


@dataclass(frozen=True, slots=True)
class Quoting:
    """The expression that quotes `{}`, and the edits that import it."""

    expression: str
    imports: tuple[Edit, ...] = ()


def quoted_values(
    query: Query,
    found: Sequence[tuple[ir.Expression, View]],
    holes: Sequence[Hole],
    program: Program,
    dialect: str | None,
) -> Fix | None:
    """The fix that lets the driver quote every value, None where it cannot or the values stand there in another way.
    `found` are the texts that have the holes, as they are written and taken apart."""
    quoting = quoting_of(query, "literal", holes, program)
    if quoting is None or query.site is None:
        return None
    is_any = OF_ANY_TYPE.match(quoting.expression) is not None
    contexts = {Context.QUOTED, Context.PART, Context.LIST, *([Context.VALUE] if is_any else [])}
    counts = [hole for hole in holes if _is_count(query, hole)]
    if any(hole.context not in contexts for hole in holes) or (counts and program.source.language not in SCRIPTS):
        return None
    edits: list[Edit] = []
    done: list[Range] = []
    # A list is text again, element by element, also where a parameter would stand for all of it.
    library = replace(query.library, expands=False) if query.library is not None else None
    as_text = replace(query, is_fragment=True, placeholder="?", library=library)
    for node, view in found:
        try:
            parameters = plan(view, as_text, lambda value: _is_hole(value, holes), program, dialect)
            for parameter in parameters:
                own = [hole for hole in holes for value in bound_by([parameter], view) if _is_hole(value, [hole])]
                is_whole = 1 < len(view.items) == parameter.end - parameter.start
                expression = _NUMBER if any(hole in counts for hole in own) else quoting.expression
                made = Quoted(expression, parameter, view, node, query.site(), program).edits()
                is_bare = parameter.end - parameter.start == 1
                if is_bare:
                    value = bound_by([parameter], view)[0].expression
                    check_constants(value, query.site())
                    if is_quoted(value, program):
                        return None
                is_list = parameter.listed is not None
                if made is None or any(
                    (hole.context is Context.VALUE) is not (is_bare and not is_list) for hole in own
                ):
                    return None
                if any(hole.context is Context.LIST for hole in own) and not (is_whole or is_list):
                    return None
                edits += made
                done += [value.expression.range for value in bound_by([parameter], view)]
        except RefusalError:
            return None
    if not all(any(hole.range == range for range in done) for hole in holes):
        return None
    if any(one is not other and one in other for one in done for other in done):
        return None  # one of the values is a part of another
    title = "Quote the value" if len(holes) == 1 else "Quote the values"
    return Fix(title, (*dict.fromkeys(edits), *quoting.imports), Applicability.UNSAFE)


def _is_count(query: Query, hole: Hole) -> bool:
    """Whether a hole stands behind `LIMIT` or `OFFSET`, where no text can, in a part of the SQL that is put into it."""
    for text in query.texts:
        before = ""
        for part in text.parts:
            if isinstance(part, str):
                before += part
                continue
            if part.range == hole.range and _BEFORE_COUNT.search(before):
                return True
            before += HOLE
    return False


def _is_hole(value: Value, holes: Sequence[Hole]) -> bool:
    return any(hole.range == value.expression.range for hole in holes)


def quoting_of(query: Query, yields: str, holes: Sequence[Hole], program: Program) -> Quoting | None:
    """What quotes a name ("identifier") or a string ("literal"), if the file can have it and there are not too many: by
    the library of a query, or a driver of it where that has many; or else by a method of what sends the query."""
    library, source = query.library, program.source
    if library is None or len(holes) > _MOST_HOLES:
        return None
    if yields == "literal" and (_reads_again(query, holes, program) or not _is_alone(query, holes, program)):
        return None
    handle = _handle(query, holes, program)
    is_go = library.generic and source.language == "go"
    drivers = [each for each in catalogue("go").libraries if each.drives] if is_go else []
    for each in (library, *drivers):
        needed, _, expression = (each.quote if yields == "identifier" else each.literal).rpartition(": ")
        if not expression or ("$0" in expression and not handle):
            continue
        expression = expression.replace("$0", handle)
        if needed.startswith("import "):
            package, _, member = needed.removeprefix("import ").rpartition(".")
            found = python_member(program, package, member, f"{package}_{member}", is_module=True)
            return Quoting(expression.replace("$1", found[0]), found[1]) if found is not None else None
        match = re.search(needed, source.content.decode("utf-8", "replace"), re.MULTILINE)
        if match is not None:
            return Quoting(expression.replace("$1", match[1] if match.groups() else ""))
    if source.language not in ("javascript", "typescript"):
        return None
    if handle and (name := _method(query, yields)):
        return Quoting(f"{handle}.{name}({{}})")
    if not _is_sent_by_method(query) and (expression := connected(library, yields, holes, program)):
        return Quoting(expression)
    expression = (library.quote if yields == "identifier" else library.literal).rpartition(": ")[2]
    is_further = yields == "literal" and not library.quotes_since
    imported = node_module(program, library.modules[0], is_further=is_further) if "$1" in expression else None
    return Quoting(expression.replace("$1", imported[0]), imported[1]) if imported is not None else None


def _is_alone(query: Query, holes: Sequence[Hole], program: Program) -> bool:
    """Whether no other database can be meant: the holes stand in the function that sends the query, or the file
    imports nothing for another one."""
    statements = query.site().statements if query.site is not None else ()
    if all(holding(statements, hole.range) for hole in holes):
        return True
    imported = {s.module for s in program.module.body if isinstance(s, ir.Import)}
    dialect = query.library.dialect if query.library is not None else None
    others = [each for each in catalogue(program.source.language).libraries if each.dialect not in (None, dialect)]
    return not any(module in imported for each in others for module in each.modules)


def _reads_again(query: Query, holes: Sequence[Hole], program: Program) -> bool:
    """Whether a driver looks for marks in the text, and would find some in a string, too: where it writes the values
    into the text itself."""
    library = query.library
    is_sent_as_text = library is not None and library.dialect == "mysql" and query.name != "execute"  # as mysql2 does
    is_of_server = (
        library is not None and library.binds != "client" and not is_sent_as_text and query.placeholder == "?"
    )
    if not query.has_parameters or query.placeholder == "$1" or is_of_server:
        return False
    if query.site is None:
        return True
    site = query.site()
    values, function = values_of(site, program.source), program.function_around(site.call.range)
    if isinstance(values, ir.Name) and function is not None and all(h.range not in function.range for h in holes):
        mine = [p for p in function.parameters if p.name == values.id and p.default is not None]
        if any(p.default is not None and program.source.text(p.default.range) == "None" for p in mine):
            return False  # who gives the SQL to the function can leave its values out
    taken = site.operation.parameters
    places = taken if isinstance(taken, tuple) else (taken,)
    if values is None and isinstance(places[0] if places else None, int) and program.source.language in SCRIPTS:
        return False  # what stands there is the callback, or `[]`, which fills no mark
    keys = site.operation.parameters
    options = [a.value for a in site.call.arguments if isinstance(a.value, ir.Mapping)]
    written = [entry.key for each in options for entry in each.entries]
    names = {key.value for key in written if isinstance(key, ir.String)}
    return not isinstance(keys, tuple) or not options or len(names) < len(written) or not names.isdisjoint(keys)


def _is_sent_by_method(query: Query) -> bool:
    """Whether a method sends the query, and no function of the library."""
    if query.site is None:
        return True
    operation = query.site().operation
    return any(operation is each for type in operation.library.types.values() for each in type.methods.values())


def _method(query: Query, yields: str) -> str:
    """The method of what sends a query that quotes."""
    if query.site is None:
        return ""
    operation = query.site().operation
    types = operation.library.types.values()
    type = next((t for t in types if any(operation is method for method in t.methods.values())), None)
    return next((name for name, method in type.methods.items() if method.yields == yields), "") if type else ""


@lru_cache(maxsize=2)  # every query of a function asks for it
def _opened(same: Same[tuple[ir.Statement, ...]]) -> dict[str, list[ir.With]]:
    """The `with` statements that give each variable what it holds."""
    found: dict[str, list[ir.With]] = {}
    for statement in same.value:
        named = variable(statement.target) if isinstance(statement, ir.With) and statement.target is not None else None
        if isinstance(statement, ir.With) and named is not None:
            found.setdefault(named.id, []).append(statement)
    return found


def _handle(query: Query, holes: Sequence[Hole], program: Program) -> str:
    """What sends the query, where its variable is known at the holes, too; nothing elsewhere."""
    if query.site is None:
        return ""
    site = query.site()
    match site.call.function:
        case ir.Attribute(value=ir.Name() | ir.Attribute() as handle) if not site.operation.is_own:
            pass
        case _:
            return ""
    root: ir.Expression = handle
    while isinstance(root, ir.Attribute):
        root = root.value
    if not isinstance(root, ir.Name):
        return ""
    first = min(hole.range.start for hole in holes)
    is_here = all(holding(site.statements, hole.range) for hole in holes)
    own = _opened(Same(site.statements)).get(root.id, [])
    made = assignments(site, root.id)
    if is_here:
        is_open = all(hole.range in s.range for s in own for hole in holes)
        return program.source.text(handle.range) if is_open and all(s.range.end <= first for s in made) else ""
    functions = [frame.function for hole in holes for frame in program.frames(hole.range) if frame.function is not None]
    functions += [frame.function for frame in program.frames(site.call.range) if frame.function is not None]
    is_own = made or own or any(p.name == root.id for function in functions for p in function.parameters)
    top = program.module.body
    is_of_file = any(
        (isinstance(s, ir.Import) and s.local == root.id) or (isinstance(s, ir.Assign) and is_name(s.target, root.id))
        for s in top
    )
    return program.source.text(handle.range) if is_of_file and not is_own else ""
