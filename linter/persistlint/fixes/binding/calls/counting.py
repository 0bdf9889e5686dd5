"""Whether a list that a call passes has its values in the order of their marks, so that another can be added to it in
the place where its mark is written."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.facts import Context
from persistlint.fixes.binding.calls.sending import count_of, values_of
from persistlint.fixes.binding.marks.style import names_of_marks, style_of
from persistlint.fixes.binding.refusal import ELSEWHERE, RefusalError
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.binding.text.pieces import Step, additions, branches, names_in
from persistlint.fixes.binding.text.variables import is_length, is_name
from persistlint.fixes.binding.text.view import HOLE, Value
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.lexer import tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.facts import Query, Site, Text
    from persistlint.fixes.binding.marks.plan import Parameter
    from persistlint.fixes.binding.marks.style import Mark, Style
    from persistlint.fixes.binding.text.literals import Char
    from persistlint.fixes.binding.text.view import View
    from persistlint.libraries import Library
    from persistlint.source import SourceFile

_NOWHERE = "the SQL has further placeholders, and nothing here tells where their values are passed"
_COMPUTED = regex(rf"(?<![\w$])\$(?={HOLE})")  # behind a dollar or a word is the text of a string, `$$…$$`
_MAKE_NUMBERS = frozenset(["int", "float", "len", "Number", "parseInt"])
_MAKE_TEXT = frozenset(["len", "str", "String", "strconv", "fmt"])


def check_signs(query: Query, library: Library, dialect: str | None) -> None:
    """Refuse a text with a question mark that is no placeholder, but would be one for a library that reads no SQL: in a
    string, in a comment, as an operator. Raises `RefusalError`."""
    if library.finds != "anywhere" or query.placeholder != "?":
        return
    for token in (token for text in query.texts for token in tokenize(_plain(text), dialect)):
        is_mark = query.has_parameters and token.text in ("?", "??")
        if "?" in token.text.replace("\\?", "") and HOLE not in token.text and not is_mark:
            raise RefusalError("the library would take a question mark of the SQL for a placeholder")


def computed_marks(found: View) -> list[int]:
    """The indices of the holes that are the number of a mark."""
    return [match.end() for match in _COMPUTED.finditer(found.text)]


def check_seen(
    query: Query,
    site: Site,
    found: View,
    style: Style,
    marks: Sequence[Mark],
    bound: Sequence[int],
    source: SourceFile,
) -> bool:
    """Whether marks that are not seen, in a variable of the function or in what another function gives, follow the
    values at these items, which are bound beside those that the call passes already. Raises `RefusalError` where that
    leaves open which place theirs is among them."""
    parameters = site.operation.parameters
    has_keys = isinstance(parameters, tuple) or parameters is None
    items = [item for index, item in enumerate(found.items) if index not in bound and isinstance(item, Value)]
    unseen = [item.expression for item in items if _may_have_marks(item, style, query, site)]
    if style.is_named and not any(_is_given(node, site) for node in unseen):
        return False  # a name that stands nowhere in the file is nobody else's
    if not (query.has_parameters if has_keys else values_of(site, source) is not None):
        return False
    hidden = _hidden(query, site, found, style, bound)
    is_of_text = isinstance(parameters, int) or (isinstance(parameters, tuple) and 1 in parameters)
    if is_of_text and not hidden and style.is_positional and isinstance(values_of(site, source), ir.Collection):
        there = max((_marks_in(text, style) for text in query.texts), default=0)
        if (count_of(site, source) or 0) > max(there, len(marks)):
            raise RefusalError("the call passes more values than the text has placeholders for")
    if hidden and style.is_positional and min(hidden) > max(bound) and all(mark.start > max(bound) for mark in marks):
        return True
    is_open = _is_open(query, site, found, style, marks, bound)
    if is_open and not (style.is_numbered and (count_of(site, source) or spread_of(site, found, source))):
        raise RefusalError(_NOWHERE)
    return False


def _hidden(query: Query, site: Site, found: View, style: Style, bound: Sequence[int]) -> list[int]:
    """The items that may have marks which are not seen."""
    items = ((index, item) for index, item in enumerate(found.items) if index not in bound)
    return [index for index, item in items if _may_have_marks(item, style, query, site)]


def _is_open(query: Query, site: Site, found: View, style: Style, marks: Sequence[Mark], bound: Sequence[int]) -> bool:
    """Whether marks that are not seen may stand anywhere but before the values at these items."""
    hidden = _hidden(query, site, found, style, bound)
    if hidden:
        return not (style.is_positional and all(index < min(bound) for index in hidden))
    return max((_marks_in(text, style) for text in query.texts), default=0) > len(marks)


def _marks_in(text: Text, style: Style) -> int:
    return len(style_of(style.pattern, _plain(text), None)[1])


def numbered_behind(
    query: Query,
    site: Site,
    found: View,
    style: Style,
    marks: Sequence[Mark],
    parameters: Sequence[Parameter],
    source: SourceFile,
) -> None:
    """Count the numbers of these parameters where the program runs, if the text may have marks that are not seen, or
    whose numbers are counted. Raises `RefusalError` where nothing has as many values."""
    bound = [index for parameter in parameters for index in range(parameter.start, parameter.end)]
    is_counted = bool(computed_marks(found))
    is_open = values_of(site, source) is not None and _is_open(query, site, found, style, marks, bound)
    if not is_counted and not (is_open and not count_of(site, source)):
        return
    name = spread_of(site, found, source)
    is_plain = all(found.part_at(p.start) is None and p.listed is None and not p.expands for p in parameters)
    if not name or not is_plain:
        by_hand = "the numbers of the other placeholders are counted by hand"
        raise RefusalError(by_hand if is_counted else _NOWHERE)
    length = f"len({name})+" if source.language == "go" else f"{name}.length + "
    for ahead, parameter in enumerate(parameters, 1):
        parameter.number = f"{length}{ahead}"


def spread_of(site: Site, found: View, source: SourceFile) -> str:
    """The list that a call of Go or JavaScript passes as its values, if it has all of them already where the text is
    put together: a value that is added to it has the number behind its length, whatever marks the text has. "" for any
    other."""
    name = _passed_as_one(site, source)
    if not name or not found.items:
        return ""
    start = min(item.range.start for item in found.items)
    nodes = names_in(site, name)
    if any(node.range.start > start and node.range not in site.call.range for node in nodes):
        return ""
    capturing = [each for each in _functions_in(site) if any(n.range in each.range for n in nodes)]
    if source.language == "go":
        return "" if capturing else name
    own = [each for each in capturing if site.call.range not in each.range]
    return "" if any(not each.name or _is_named_behind(each, start, site) for each in own) else name


def _functions_in(site: Site) -> Iterator[ir.Function]:
    """The functions inside the one that a call stands in."""
    for statement in site.statements:
        if isinstance(statement, ir.FunctionDefinition):
            yield statement.function
        for expression in ir.expressions(statement):
            yield from (node.function for node in ir.walk(expression) if isinstance(node, ir.Lambda))


def _is_named_behind(function: ir.Function, start: int, site: Site) -> bool:
    """Whether a function may run behind this offset, where its name stands there."""
    return any(node.range.start > start for node in names_in(site, function.name))


def _passed_as_one(site: Site, source: SourceFile) -> str:
    """The name of the list that a call passes as its values, "" where it passes something else."""
    if source.language == "python":
        return ""
    if site.operation.parameters == "rest":
        match site.call.arguments[(site.operation.sql or 0) + 1 :]:
            case [ir.Argument(value=ir.Name(id=name), spread=True)]:
                return name
        return ""
    values = values_of(site, source) if source.language != "go" else None
    return values.id if isinstance(values, ir.Name) else ""


def _plain(text: Text) -> str:
    return "".join(part if isinstance(part, str) else HOLE for part in text.parts)


def others_of(
    query: Query, site: Site, found: View, style: Style, bound: Sequence[int], source: SourceFile
) -> frozenset[str]:
    """The names of the marks that may stand in the text and are not seen there: all that the file has."""
    items = [item for index, item in enumerate(found.items) if index not in bound]
    is_hidden = style.is_named and any(_may_have_marks(item, style, query, site) for item in items)
    return names_of_marks(style, source) if is_hidden else frozenset()


def _is_given(node: ir.Expression, site: Site) -> bool:
    """Whether a text is what a function is given by another, or what another one returns."""
    match node:
        case ir.Name(id=name):
            return not any(is_name(s.target, name) for s in site.statements if isinstance(s, ir.Assign))
        case ir.Conditional(then=then, otherwise=otherwise):
            return _is_given(then, site) or _is_given(otherwise, site)
        case ir.Call(function=function, arguments=arguments):
            is_own = last_name(function) == "join" and not any(_is_given(a.value, site) for a in arguments)
            return not is_own
    return False


def _may_have_marks(item: Char | Value, style: Style, query: Query, site: Site) -> bool:
    if not isinstance(item, Value):
        return False
    range = item.expression.range
    holes = [hole for text in query.texts for hole in text.holes if hole.range in range]
    if holes:
        return any(hole.context in (Context.FRAGMENT, Context.LIST) for hole in holes)  # a list of placeholders
    if isinstance(item.expression, ir.Name):
        name = item.expression.id
        made = [s.value for s in site.statements if isinstance(s, ir.Assign) and is_name(s.target, name)]
        return not all(value is not None and _has_no_marks(value, style) for value in made)
    return isinstance(item.expression, ir.Call | ir.Conditional)


def _has_no_marks(node: ir.Expression, style: Style) -> bool:
    """Whether a text has constants without marks, and nothing but numbers between them."""
    match node:
        case ir.String(value=value):
            return style.pattern[0] not in value
        case ir.Template(parts=parts):
            return all(_has_no_marks(part, style) for part in parts)
        case ir.Hole(value=value):
            return _has_no_marks(value, style)
        case ir.Binary(operator="+", left=left, right=right):
            return _has_no_marks(left, style) and _has_no_marks(right, style)
        case ir.Conditional(then=then, otherwise=otherwise):
            return _has_no_marks(then, style) and _has_no_marks(otherwise, style)
    return isinstance(node, ir.Number) or (isinstance(node, ir.Call) and last_name(node.function) in _MAKE_NUMBERS)


def check_order(
    name: str, site: Site, found: View, style: Style, marks: Sequence[Mark], parameters: Sequence[Parameter]
) -> None:
    """Refuse to add the values of parameters to the list `name`, each behind the step of the text that has its mark,
    unless it is certain that all values stay those of their marks."""
    steps = [step for statement in site.statements if (step := additions(statement, name)) is not None]
    made, *added = _checked(name, site, steps)
    positions = [mark.start for mark in marks]
    held = [found.holders[parameter.start] for parameter in parameters]
    values = [made, *added]
    if style.is_numbered:
        positions = _numbers(name, found, marks, made, added, held)
        values = added if positions else []
    if {found.holders[position] for position in positions} & set(held):
        raise RefusalError("one step of the text has values of both kinds")
    marked = Counter(_block(found.holders[position], made, site) for position in positions)
    passed = Counter(dict.fromkeys(marked, 0))
    for step in values:
        passed[_block(step.statement, made, site)] += len(step.texts)
    if any(marked[block] != passed[block] for block in passed):
        raise RefusalError(ELSEWHERE)
    for parameter, holder in zip(parameters, held, strict=True):
        assert holder is not None
        there = sum(len(step.texts) for step in values if step.statement.range.start < holder.range.end)
        if there != sum(position < parameter.start for position in positions):
            raise RefusalError(ELSEWHERE)


def _checked(name: str, site: Site, steps: list[Step]) -> list[Step]:
    """The steps of a list that is known from its first value to the call. Raises `RefusalError`."""
    nodes = [node for step in steps for node in ir.expressions_in(step.statement)]
    nodes += [node for argument in site.call.arguments for node in ir.walk(argument.value)]
    known = {node.range for node in nodes if isinstance(node, ir.Name)}
    for statement in site.statements:
        for expression in ir.expressions(statement):
            known.update(
                inner.range
                for node in ir.walk(expression)
                if is_length(node, name)
                for inner in ir.walk(node)
                if isinstance(inner, ir.Name)
            )
    is_known = all(node.range in known for node in names_in(site, name))
    is_early = all(step.statement.range.end <= site.call.range.start for step in steps)
    is_spread = any(isinstance(text, ir.Spread) for step in steps for text in step.texts)
    if not steps or not is_known or not is_early or is_spread:
        raise RefusalError(ELSEWHERE)
    return steps


def _numbers(
    name: str,
    found: View,
    marks: Sequence[Mark],
    made: Step,
    added: Sequence[Step],
    held: Sequence[ir.Statement | None],
) -> list[int]:
    """Where marks stand whose numbers are counted while the list grows. Raises `RefusalError` where a number is written
    down and the fix would move its value."""
    positions = computed_marks(found)
    for position in positions:
        item = found.items[position]
        nodes = list(ir.walk(item.expression)) if isinstance(item, Value) else []
        names = {node.id for node in nodes if isinstance(node, ir.Name)}
        if not any(is_length(node, name) for node in nodes) or not names <= _MAKE_TEXT | {name}:
            raise RefusalError("the numbers of the other placeholders are counted by hand")
    fixed = len({mark.key for mark in marks})
    first = min(holder.range.start for holder in held if holder is not None)
    if positions:
        if fixed != len(made.texts):
            raise RefusalError(ELSEWHERE)
    elif any(step.statement.range.end > first for step in added):
        raise RefusalError("a number of a placeholder would no longer be that of its value")
    return positions


def _block(statement: ir.Statement | None, made: Step, site: Site) -> Range | None:
    """The block that runs a statement, None for the one that makes the list."""
    if statement is None:
        return None
    around = branches(statement.range, made.statement.range, site)
    blocks = [block for outer in around for block in ir.blocks(outer) if block]
    ranges = [Range(block[0].range.start, block[-1].range.end) for block in blocks]
    found = [range for range in ranges if statement.range in range]
    return min(found, key=lambda range: range.end - range.start, default=None)
