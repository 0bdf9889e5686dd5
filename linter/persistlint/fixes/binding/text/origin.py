"""Where the text of a query is put together, when the call that sends it only names it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.refusal import AmbiguousError, RefusalError, SharedError
from persistlint.fixes.binding.text.copying import constant_of_file
from persistlint.fixes.binding.text.forms import format_of
from persistlint.fixes.binding.text.pieces import Step, branches
from persistlint.fixes.binding.text.reaching import assignments, extension, is_seen, reaching
from persistlint.fixes.binding.text.statements import holding, with_functions
from persistlint.fixes.binding.text.trimming import check_trims, is_trim, own_uses
from persistlint.fixes.binding.text.tuples import tuple_in
from persistlint.fixes.binding.text.variables import is_name, variable
from persistlint.identity import Same
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from persistlint.facts import Site
    from persistlint.fixes.binding.text.forms import Form
    from persistlint.fixes.program import Program
    from persistlint.source import Range

_TEXTS = (ir.Template, ir.Binary, ir.Call, ir.Conditional, ir.Mapping)  # what can hold a value of the query
_SHOWS = regex(r"log|print|debug|info|warn|error|trace|echo|exception|wrap|fatal|panic|dump", re.IGNORECASE)
_ANSWERS = regex(r"render|jsonify|response|flash|abort|messagebox|show(?:info|warning)", re.IGNORECASE)
_SAME_TEXT = (
    "strip",
    "lstrip",
    "lower",
    "upper",
    "casefold",
    "split",
    "trim",
    "trimStart",
    "toLowerCase",
    "toUpperCase",
)
_ASKS = ("startswith", "endswith", "startsWith", "endsWith", "includes")
_WORDS = regex(r"[\w\s]+")  # of SQL, of which a value that is bound takes none away
_MANY = 1000  # uses of a variable that changes in none of them
# What changes a list, or a mapping.
_CHANGES = frozenset(["append", "clear", "extend", "insert", "pop", "popitem", "push", "remove"]) | frozenset(
    ["reverse", "shift", "sort", "splice", "unshift"]
)
_MESSAGE = regex(r"(?:\w*_)?(?:log|error|err|message|msg)|\w+(?:Message|Msg|Error)", re.IGNORECASE)


def definitions(name: ir.Name, site: Site, uses: int = 1) -> list[Step]:
    """The assignments that make the text which a variable holds at a call: one with `=`, and those that add to it.
    Raises `RefusalError` where that is not certain, or where the variable is used more often than that."""
    found = [s for s in reaching(name, site) if s.value is not None or not s.declares]
    if not found or found[0].operator != "=" or found[0].value is None:
        raise RefusalError("the SQL is put together in another function or file")
    steps = [Step(found[0], (found[0].value,))]
    for statement in found[1:]:
        if is_trim(statement, name.id):
            continue
        added = extension(statement, name.id)
        if not added:
            raise AmbiguousError(name.id)
        steps.append(Step(statement, added))
    check_trims(found, name.id, site)
    if any(s.range.start > name.range.start for s in found):
        raise RefusalError(f"`{name.id}` changes after the call")
    usual = uses + own_uses(found[1:], name.id)
    if uses_of(name, site, usual + 1) > usual:
        raise SharedError(f"`{name.id}` is used in more than one place")
    return steps


def text_of(name: ir.Name, site: Site, is_part: Callable[[ir.Name], bool] | None = None) -> ir.Expression | None:
    """The text that a variable holds, where it is assigned once, for this one text; None elsewhere. Raises
    `SharedError` where that `is_part` of the SQL and it has other uses."""
    try:
        found = definitions(name, site, _uses_beside(name, site))
    except SharedError:
        if is_part is not None and is_part(name):
            raise
        return None
    except RefusalError:
        return None
    text = found[0].texts[0]
    is_certain = len(found) == 1 and not branches(found[0].statement.range, name.range, site)
    return text if is_certain and isinstance(text, _TEXTS) else None


def _uses_beside(name: ir.Name, site: Site) -> int:
    """How often the text around a variable has it: at least once."""
    nodes = [*ir.expressions_in(*holding(site.statements, name.range))]
    texts = [n for n in nodes if isinstance(n, ir.Template | ir.Binary) and name.range in n.range]
    counts = (sum(is_name(inner, name.id) for inner in ir.walk(text)) for text in texts)
    return max(counts, default=1)


def list_of_values(node: ir.Expression, site: Site) -> ir.Assign | None:
    """The one statement that makes the list of values which an expression joins, or the tuple that it is the text of,
    where a variable holds it for this one use, or as a tuple for any; None elsewhere."""
    match node:
        case ir.Name() as name:
            pass
        case ir.Call(
            function=ir.Attribute(value=ir.String(), name="join"), arguments=[ir.Argument(value=ir.Name() as name)]
        ):
            pass
        case _:
            return None
    try:
        found = definitions(name, site, 1 if node is not name else _MANY)
    except RefusalError:
        return None
    made = found[0].statement
    if len(found) > 1 or branches(made.range, name.range, site) or not isinstance(made, ir.Assign):
        return None
    if node is name:
        inner = tuple_in(made.value)
        return made if inner is not None and (inner is made.value or uses_of(name, site, 2) == 1) else None
    return made


def is_tuple(node: ir.Expression, site: Site) -> bool:
    """Whether a variable of the function is a tuple wherever it is assigned."""
    made = [s.value for s in assignments(site, node.id)] if isinstance(node, ir.Name) else []
    return bool(made) and all(isinstance(m, ir.Collection) and m.kind is ir.Sequence.TUPLE for m in made)


def constant_of(node: ir.Expression, site: Site, program: Program) -> ir.Expression | None:
    """The format string that an expression is, or that its variable, of the function or of the file, holds for this one
    use: string constants, and variables between them. None elsewhere."""
    if not isinstance(node, ir.Name):
        return node if format_of(node) else None
    if assignments(site, node.id):
        try:
            found = definitions(node, site)
        except RefusalError:
            return None
        text = found[0].texts[0] if len(found) == 1 else None
        if text is None or branches(found[0].statement.range, node.range, site):
            return None
    else:
        text = constant_of_file(node, program)
    return text if text is not None and format_of(text) else None


def is_shared(form: Form, program: Program) -> bool:
    """Whether a format string is a constant of the file, which other files may use."""
    if not form.literals or form.literals[0].range in form.range:
        return False
    made, used = (program.frame(range) for range in (form.literals[0].range, form.range))
    return made is not None and made.function is None and used is not None and used.function is not None


def stays_the_same(expression: ir.Expression, since: Range, site: Site) -> bool:
    """Whether an expression can be computed at the call instead of where the text is put together. False where it calls
    something, so that nobody knows; raises `RefusalError` where a name in it changes in between."""
    nodes = list(ir.walk(expression))
    if any(isinstance(node, ir.Await | ir.Yield | ir.AssignmentExpression) for node in nodes):
        raise RefusalError("the value would be computed later than it is now")
    names = {node.id for node in nodes if isinstance(node, ir.Name)}
    for statement in site.statements:
        target: ir.Expression | None = None
        if isinstance(statement, ir.Assign) and since.end <= statement.range.start < site.call.range.start:
            target = None if site.call.range in statement.range else statement.target
        elif isinstance(statement, ir.Loop) and site.call.range in statement.range and since not in statement.range:
            target = statement.target
        changed = {*ir.names_in(target)} if target is not None else set()
        if names & changed:
            raise RefusalError(f"`{min(names & changed)}` changes before the call")
    for name in names:
        if any(since.end <= at.start < site.call.range.start for at in _changed(Same(site.statements)).get(name, ())):
            raise RefusalError(f"`{name}` changes before the call")
    return not any(isinstance(node, ir.Call) for node in nodes)


@lru_cache(maxsize=2)  # every value of a function asks for it
def _changed(same: Same[tuple[ir.Statement, ...]]) -> dict[str, list[Range]]:
    """Where statements call a method of a variable that changes the list or the mapping which it holds."""
    found: dict[str, list[Range]] = {}
    for statement in same.value:
        for node in ir.expressions_in(statement):
            match node:
                case ir.Call(function=ir.Attribute(value=ir.Name(id=name), name=method)) if method in _CHANGES:
                    found.setdefault(name, []).append(node.range)
    return found


def uses_of(name: ir.Name, site: Site, most: int) -> int:
    """How often a variable is used with what it holds where it is named, other than to show it or to add to it; counted
    up to `most`."""
    count = 0
    for use in _uses(Same(site.statements)).get(name.id, ()):
        count += is_seen(use, name, site)
        if count == most:
            break
    return count


@lru_cache(maxsize=2)  # every query of a function asks for it
def _uses(same: Same[tuple[ir.Statement, ...]]) -> dict[str, list[Range]]:
    """Where statements, and functions inside them, use each variable, other than to show it or to add to it."""
    found: dict[str, dict[Range, None]] = {}
    for statement, hidden in with_functions(same.value):
        if is_message(statement):
            continue
        for expression in ir.expressions(statement):
            if not (isinstance(statement, ir.Assign) and expression is statement.target):
                for node in _not_shown(list(ir.walk(expression))):
                    used = variable(node)
                    if used is not None and used.id not in hidden:
                        found.setdefault(used.id, {})[node.range] = None
    return {name: list(places) for name, places in found.items()}


def is_message(statement: ir.Statement) -> bool:
    """Whether a statement puts what it names into a message for people."""
    match statement:
        case ir.Assign(target=ir.Name(id=name), value=ir.Template() | ir.Binary() | ir.Call()):
            return _MESSAGE.fullmatch(name) is not None
    return False


def uses_among(nodes: Sequence[ir.Expression], name: str) -> list[ir.Expression]:
    """Where expressions use a variable, other than to show it."""
    return [node for node in _not_shown(nodes) if is_name(node, name)]


def _not_shown(nodes: Sequence[ir.Expression]) -> list[ir.Expression]:
    shown = {id(node) for node in _given_to(_SHOWS, nodes)} | {id(node) for node in _given_to(_ANSWERS, nodes)}
    errors = (node for node in nodes if isinstance(node, ir.Collection) and node.type.endswith("Error"))  # of Go
    shown |= {id(inner) for node in errors for element in node.elements for inner in ir.walk(element)}
    shown |= {id(asked) for node in nodes if (asked := _asked(node)) is not None}
    return [node for node in nodes if id(node) not in shown]


def _asked(node: ir.Expression) -> ir.Expression | None:
    """The variable that an expression asks whether its text is empty, or has a word of SQL; None for any other."""
    match node:
        case ir.Unary(operator="not" | "!", operand=text):
            pass
        case ir.Call(function=ir.Attribute(value=text, name=name), arguments=[argument]) if name in _ASKS:
            return _text_asked(text) if _are_words(argument.value) else None
        case ir.Binary(operator="in" | "not in", left=word, right=text) if _are_words(word):
            pass
        case ir.Binary(operator="==" | "!=" | "===" | "!==" | "in" | "not in", left=text, right=word) if _are_words(
            word
        ):
            pass
        case _:
            return None
    return _text_asked(text)


def _text_asked(node: ir.Expression) -> ir.Expression | None:
    while True:
        match node:
            case ir.Call(function=ir.Attribute(value=inner, name=name), arguments=()) if name in _SAME_TEXT:
                node = inner
            case ir.Subscript(value=inner):
                node = inner
            case _:
                return node if variable(node) is not None else None


def _are_words(node: ir.Expression) -> bool:
    parts = node.elements if isinstance(node, ir.Collection) else (node,)
    return all(isinstance(part, ir.String) and _WORDS.fullmatch(part.value) is not None for part in parts)


def is_answer(name: ir.Name, site: Site) -> bool:
    """Whether a function shows what a variable holds to whoever called the program."""
    return name.id in _answered(Same(site.statements))


@lru_cache(maxsize=2)
def _answered(same: Same[tuple[ir.Statement, ...]]) -> frozenset[str]:
    """The variables that statements show to whoever called the program."""
    nodes = [*ir.expressions_in(*same.value)]
    return frozenset(found.id for node in _given_to(_ANSWERS, nodes) if (found := variable(node)) is not None)


def _given_to(functions: re.Pattern[str], nodes: Sequence[ir.Expression]) -> list[ir.Expression]:
    """All that is in the arguments of the calls of some functions."""
    calls = [node for node in nodes if isinstance(node, ir.Call) and functions.search(last_name(node.function))]
    return [inner for call in calls for argument in call.arguments for inner in ir.walk(argument.value)]


def shows(call: ir.Call) -> bool:
    """Whether a call shows what it is given to people, as its name tells."""
    return _SHOWS.search(last_name(call.function)) is not None


def last_name(node: ir.Expression) -> str:
    """The last word of what is called."""
    return node.name if isinstance(node, ir.Attribute) else node.id if isinstance(node, ir.Name) else ""
