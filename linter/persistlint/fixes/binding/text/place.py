"""Where the text of a query stands: in the call that sends it, or in a variable, an object or a list that it gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.refusal import IN_A_BRANCH, RefusalError
from persistlint.fixes.binding.text import origin
from persistlint.fixes.binding.text.pieces import Step, branches
from persistlint.fixes.binding.text.reaching import assignments
from persistlint.fixes.binding.text.trimming import check_cut, trim_of
from persistlint.fixes.binding.text.variables import variable
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from persistlint.facts import Hole, Query, Site
    from persistlint.fixes.binding.text.view import Value
    from persistlint.fixes.program import Program
    from persistlint.libraries import Library
    from persistlint.source import Range

_UNCHANGED = frozenset(
    ["dedent", "cleandoc", "strip", "lstrip", "rstrip", "trim", "TrimSpace", "Sprint", "str", "String"]
)
_MAKES_TEXTS = frozenset(["Sprint", "str", "String"])  # of numbers, too
_MOST_WRAPPERS = 3  # around one another


@dataclass(frozen=True, slots=True)
class Place:
    """Where the SQL stands in a call: the `argument`, or the element of a list, that it is, the expressions whose texts
    it is, a tuple for each step in which they are put together, the object whose property it is, and the calls that it
    goes through on the way (`text(…)`), or that each of several texts does. `steps` are the assignments that put it
    together, where a variable holds it; `grows` where some of them run only under a condition.
    `is_seen` where something else may look at the text: another file at an attribute, or who called the program.
    `mapping` is the argument that has the SQL under a key of the program's own."""

    argument: ir.Expression
    texts: list[tuple[ir.Expression, ...]]
    options: ir.Mapping | None
    wrappers: list[ir.Call]
    steps: list[Step]
    grows: bool
    is_seen: bool = False
    mapping: str = ""

    @property
    def is_moved(self) -> bool:
        """Whether the values are computed at the call, and no longer where the text is put together."""
        return bool(self.steps) and not self.grows

    def text_at(self, value: Value) -> Range | None:
        """Where the text is put together that has a value, None where the call does that."""
        texts = [text.range for step in self.texts for text in step] if self.is_moved else []
        return next((range for range in texts if value.expression.range in range), texts[0] if texts else None)

    @property
    def segments(self) -> list[tuple[tuple[ir.Expression, ...], ir.Statement | None]]:
        """The expressions of every step with the statement that is to add its values; None where the call does."""
        holders = [step.statement for step in self.steps] if self.grows else [None] * len(self.texts)
        return list(zip(self.texts, holders, strict=True))


def place_of(query: Query, site: Site, library: Library, holes: Sequence[Hole], program: Program) -> Place:
    """Look for the SQL in a call. Raises `RefusalError`."""
    argument = next((a.value for a in site.call.arguments if a.range == query.sql), None)
    if argument is None:
        argument = next((a.value for a in site.call.arguments if query.sql in a.range), None)
    if argument is None:
        raise RefusalError("the SQL is no argument of the call")
    options, mapping = None, ""
    if isinstance(argument, ir.Name) and isinstance(named := origin.text_of(argument, site), ir.Mapping):
        argument = named
    if isinstance(argument, ir.Collection):
        argument = _element(argument, holes)
    if isinstance(argument, ir.Mapping):
        options = argument
        keys = site.operation.keys or ("text", "sql", "query")
        entry = next((e for e in argument.entries if isinstance(e.key, ir.String) and e.key.value in keys), None)
        if entry is None and program.source.language == "python":  # Django's `extra(select={"late": "due_on < …"})`
            held = [e for e in argument.entries if any(hole.range in e.value.range for hole in holes)]
            entry = next(iter(held or argument.entries), None) if len(held or argument.entries) == 1 else None
            mapping = next((a.keyword or "" for a in site.call.arguments if query.sql in a.range), "")
            options = None
        if entry is None:
            raise RefusalError("the SQL is no property of the object that the call is given")
        argument = entry.value
    unwrap = unwrapper(library)
    wrappers: list[ir.Call] = []
    steps: list[Step] = []
    grows = False
    is_seen = False
    texts: list[tuple[ir.Expression, ...]] = [(argument,)]
    while True:
        first = texts[0][0]
        inner = unwrap(first) if len(texts) == 1 and isinstance(first, ir.Call) else None
        trim = trim_of(first)
        if isinstance(first, ir.Call) and inner is not None:
            wrappers.append(first)
            texts = [(inner,)]
        elif len(texts) == 1 and (name := _variable(trim.inner if trim else first, site, program)) is not None:
            if steps:
                raise RefusalError("the SQL is handed from one variable to another")
            steps = origin.definitions(name, site)
            base = steps[0].statement.range
            grows = any(branches(step.statement.range, base, site) for step in steps[1:])
            if any(not isinstance(s, ir.Try) for s in branches(base, site.call.range, site)):
                raise RefusalError(IN_A_BRANCH)
            if trim is not None:
                check_cut(trim, [step.statement for step in steps if isinstance(step.statement, ir.Assign)], site)
            texts = [step.texts for step in steps]
            is_seen = "." in name.id or origin.is_answer(name, site)
        else:
            if len(texts) > 1:
                wrappers += made_of_each([text for step in texts for text in step], library)
            return Place(argument, texts, options, wrappers, steps, grows, is_seen, mapping)


def made_of_each(texts: Sequence[ir.Expression], library: Library) -> list[ir.Call]:
    """The calls that make a statement of each of several texts: with a library that sends statements, what they go into
    is one. Raises `RefusalError` where only some are made one."""
    names = wrappers_of(library) if library.text else frozenset()
    found = [text for text in texts if isinstance(text, ir.Call) and origin.last_name(text.function) in names]
    if found and len(found) < len(texts):
        raise RefusalError("only some of the texts are made a statement where they are put together")
    return found


def _variable(node: ir.Expression, site: Site, program: Program) -> ir.Name | None:
    """The variable of the function that holds the SQL, which may be an attribute that every function makes anew."""
    found = variable(node)
    if found is None or "." not in found.id:
        return found
    attribute = found.id.rpartition(".")[2].encode()
    uses = re.findall(rb"\." + re.escape(attribute) + rb"\b(?!\s*\()", program.source.content)
    is_own = bool(assignments(site, found.id)) and program.attributes.get(found.id) == len(uses)
    return found if is_own else None


def _element(argument: ir.Collection, holes: Sequence[Hole]) -> ir.Expression:
    """The one text of a list of conditions that has the holes."""
    found = [e for e in argument.elements if any(hole.range in e.range for hole in holes)]
    if len(found) != 1:
        raise RefusalError("several pieces of SQL in a list have values of their own")
    return found[0]


def unwrapper(library: Library) -> Callable[[ir.Call], ir.Expression | None]:
    """What gives the text that a call returns unchanged, and None for every other call."""
    names = wrappers_of(library)

    def unwrap(call: ir.Call) -> ir.Expression | None:
        name = origin.last_name(call.function)
        arguments = call.arguments
        if len(arguments) == 1 and not arguments[0].spread and name in names:
            return arguments[0].value
        inner = made = _unchanged(call)
        for _ in range(_MOST_WRAPPERS):  # `dedent(f"…").strip()`
            made = _unchanged(made) if isinstance(made, ir.Call) else made
        is_text = isinstance(made, ir.String | ir.Template | ir.Binary)
        if name in _MAKES_TEXTS:
            is_text = is_text and made is not None and any(isinstance(part, ir.String) for part in _summands(made))
        return inner if is_text else None

    return unwrap


def _summands(node: ir.Expression) -> Iterator[ir.Expression]:
    """What a sum is made of, from its end."""
    while isinstance(node, ir.Binary) and node.operator == "+":
        yield node.right
        node = node.left
    yield node


def _unchanged(call: ir.Call) -> ir.Expression | None:
    """What a call gives back with no more than other spaces, None for every other call."""
    if origin.last_name(call.function) not in _UNCHANGED:
        return None
    if not call.arguments and isinstance(call.function, ir.Attribute):
        return call.function.value
    return call.arguments[0].value if len(call.arguments) == 1 else None


def wrappers_of(library: Library) -> frozenset[str]:
    """The functions of a library that make SQL of their argument."""
    functions = {name.rsplit(".", 1)[-1] for name, o in library.functions.items() if o.yields == "argument"}
    methods = {
        name
        for type in library.types.values()
        for name, operation in type.methods.items()
        if operation.yields == "argument" and operation.is_sink
    }
    return frozenset(functions | methods | ({library.text} if library.text else set()))
