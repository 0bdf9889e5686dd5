"""The text of a query as a fix sees it: which of its parts have the holes, and which of those are data and no SQL."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from itertools import takewhile
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.refusal import IN_A_BRANCH, RefusalError
from persistlint.fixes.binding.text import origin
from persistlint.fixes.binding.text.escaping import raw
from persistlint.fixes.binding.text.formats import is_made_text, is_put_together
from persistlint.fixes.binding.text.lists import is_quoted_separator, listed
from persistlint.fixes.binding.text.pieces import additions, chosen, excludes, joined, runs_if_filled
from persistlint.fixes.binding.text.place import unwrapper
from persistlint.fixes.binding.text.reaching import assignments, begins_apart, own_places, reaching
from persistlint.fixes.binding.text.reading import Asked, view
from persistlint.fixes.binding.text.repeating import chosen as chosen_text
from persistlint.fixes.binding.text.repeating import repeated
from persistlint.fixes.binding.text.statements import holding
from persistlint.fixes.binding.text.trimming import check_cut, trim_of
from persistlint.fixes.binding.text.unquoting import unquoted
from persistlint.fixes.binding.text.variables import is_name
from persistlint.fixes.binding.text.view import Value
from persistlint.fixes.nodes import nodes_inside
from persistlint.identity import Same
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from persistlint.facts import Hole, Site
    from persistlint.fixes.binding.text.parts import Times
    from persistlint.fixes.binding.text.pieces import Pieces
    from persistlint.fixes.binding.text.view import View
    from persistlint.fixes.program import Program
    from persistlint.libraries import Library
    from persistlint.source import Range

_IS_SQL = regex(
    r"[='\"`(\s]|^(?:NULL|DEFAULT|TRUE|FALSE)$", re.IGNORECASE
)  # in a constant that is put into the SQL together with a value


@dataclass(frozen=True)
class Texts:
    """The texts of one call that sends SQL with these holes in it."""

    site: Site
    library: Library
    holes: Sequence[Hole]
    program: Program

    def view(self, segments: Iterable[tuple[Sequence[ir.Expression], ir.Statement | None]]) -> View:
        """The text that expressions put together, with the holes in it. Raises `RefusalError`."""
        asked = Asked(
            unwrapper(self.library),
            self._text_of,
            self._pieces_of,
            partial(origin.constant_of, site=self.site, program=self.program),
            partial(origin.list_of_values, site=self.site),
            self._repeated,
            self._chosen,
            partial(origin.is_tuple, site=self.site),
            partial(raw, program=self.program),
            own_places(self.site),
            partial(begins_apart, site=self.site),
            partial(excludes, site=self.site),
        )
        return view(segments, self.program.source, asked)

    def alone(self, node: ir.Expression) -> View:
        """The text that one expression puts together, with nothing of other texts in it. Raises `RefusalError`."""
        constant = partial(origin.constant_of, site=self.site, program=self.program)
        is_tuple = partial(origin.is_tuple, site=self.site)
        same = unwrapper(self.library)
        asked = Asked(same, _nothing, _nothing, constant, _nothing, _nothing, _nothing, is_tuple, lambda _: "")
        return view([((node,), None)], self.program.source, asked)

    def check_bound(self, bound: Sequence[Value]) -> None:
        """Refuse where not every hole is one of the values that are bound, or one is not always in the text."""
        for hole in self.holes:
            if not any(self._has(value, hole) for value in bound):
                is_here = bool(holding(self.site.statements, hole.range))
                by = (
                    "in a way that cannot be followed here"
                    if is_here
                    else "by another function than the one that sends it"
                )
                raise RefusalError(f"`{hole.expression}` is put into the SQL {by}")
        if any(value.is_conditional for value in bound):
            raise RefusalError("a value stands in a part of the SQL that is not always there")

    def _text_of(self, node: ir.Expression) -> ir.Expression | None:
        """The text of a variable that holes stand in, or the text of an expression that is one."""
        if not isinstance(node, ir.Name):
            is_text = (
                is_put_together(node, self.program.source) and self._is_sql(node) and self._has_hole_or_list(node.range)
            )
            return node if is_text else None
        text = origin.text_of(node, self.site, self._is_part)
        is_text = isinstance(text, ir.Template | ir.Binary | ir.Call | ir.Conditional)
        if text is None or not is_text or self._is_quoted_by_hand(text):
            return None
        pieces = self._names_of_pieces(text)
        if pieces and not runs_if_filled(node.range, text.range, [node.id, *pieces], self.site):
            raise RefusalError(IN_A_BRANCH)
        if self._has_hole(text.range):
            is_sql = self._is_sql(text) or self._is_list(text)
            return text if is_sql else None
        is_repeated = any(isinstance(part, ir.Call) and self._repeated(part) is not None for part in ir.walk(text))
        return text if pieces or is_repeated else None

    def _names_of_pieces(self, text: ir.Expression) -> list[str]:
        """The lists that a text joins, and the variables with texts that may not be there."""
        names: list[str] = []
        done: list[Range] = []
        for part in ir.walk(text):
            if not isinstance(part, ir.Call | ir.Name | ir.Subscript) or any(part.range in range for range in done):
                continue
            found = self._pieces_of(part)
            if found is not None:
                names.append(found.name)
                done.append(part.range)
        return names

    def _is_part(self, name: ir.Name) -> bool:
        """Whether a variable holds SQL in which a hole stands, or the text of a list of values."""
        made = [s.value for s in assignments(self.site, name.id) if s.value is not None]
        return any(self._has_hole(value.range) and (self._may_be_sql(value) or self._is_list(value)) for value in made)

    def _pieces_of(self, use: ir.Call | ir.Name | ir.Subscript) -> Pieces | None:
        """The list or the variable whose pieces holes stand in, also where the end of its text is cut off."""
        if (trim := trim_of(use)) is not None and trim.taken and "." not in trim.inner.id:
            found = self._pieces_of(trim.inner)
            if found is not None:
                check_cut(trim, [s.statement for s in found.steps if isinstance(s.statement, ir.Assign)], self.site)
            return found
        if isinstance(use, ir.Subscript):
            return None
        if isinstance(use, ir.Call):
            is_values = self._values_of(Value(use, use.range, None))  # which the separator puts quotes around
            return None if is_values else joined(use, self.site, self._has_hole_or_list)
        found = chosen(use, self.site, self._has_hole_or_list)
        texts = [text for step in found.steps for text in step.texts] if found is not None else []
        return found if any(map(self._may_be_sql, texts)) else None

    def _is_sql(self, node: ir.Expression) -> bool:
        """Whether a constant in an expression, or in a function inside it, may be SQL, that of its variable as well
        where it is a format string."""
        nodes = list(ir.walk(node))
        nodes += [inner for part in nodes if isinstance(part, ir.Lambda) for inner in nodes_inside(part.function.body)]
        for part in [*nodes]:
            match part:
                case ir.Call(arguments=[ir.Argument(value=ir.Name() as name), *_]) if is_made_text(
                    part, self.program.source
                ):
                    constant = origin.constant_of(name, self.site, self.program)
                    nodes += ir.walk(constant) if constant is not None else ()
        return any(isinstance(part, ir.String) and _IS_SQL.search(part.value) for part in nodes)

    def _may_be_sql(self, node: ir.Expression) -> bool:
        """Whether what goes into a variable may be SQL. What a call gives that puts no value into a text is data like
        the value, whatever constants it is called with: `input("Name (or a part): ")`."""
        if self._is_quoted_by_hand(node):
            return False
        return self._is_sql(node) and (not isinstance(node, ir.Call) or self._has_hole_or_list(node.range))

    def _is_quoted_by_hand(self, node: ir.Expression) -> bool:
        """Whether an expression puts a value between quotes if it is a text."""
        return isinstance(node, ir.Conditional) and unquoted(node, self.program.source) is not None

    def _has_hole(self, range: Range) -> bool:
        first = bisect_left(self._places, range.start, key=lambda place: place.start)
        inside = takewhile(lambda place: place.start < range.end or place.start == range.start, self._places[first:])
        return any(place in range for place in inside)

    @cached_property
    def _places(self) -> list[Range]:
        """The holes in the order of the file."""
        return sorted({hole.range for hole in self.holes}, key=lambda place: (place.start, place.end))

    @cached_property
    def _carriers(self) -> frozenset[str]:
        """The variables whose text or list has a hole in it, or such a variable."""
        around = (statement for place in self._places for statement in holding(self.site.statements, place))
        filled = (_added(statement) for statement in around)
        pending = {name for name, added in filled if any(self._has_hole(node.range) for node in added)}
        found: set[str] = set()
        while pending:
            name = pending.pop()
            found.add(name)
            pending |= _passed_on(Same(self.site.statements)).get(name, frozenset()) - found
        return frozenset(found)

    def _repeated(self, node: ir.Call) -> Times | None:
        """What a call joins, where holes stand in what is repeated, and it is no list of values."""
        whole = self._with_its_list(node)
        found = repeated(whole, self.site, self.program.source)
        is_wanted = found is not None and self._has_hole(found.text[0].range) and not self._is_list(whole)
        return found if is_wanted else None

    def _with_its_list(self, node: ir.Call) -> ir.Call:
        """A call that joins a list as if it made it itself, where a variable holds what a comprehension gives, or a
        `map` of JavaScript, and nothing else needs that."""
        match node:
            case ir.Call(function=ir.Attribute(value=ir.Name(id=name), name="join") as joined):
                made_of = assignments(self.site, name)
                value = made_of[0].value if len(made_of) == 1 else None
                if isinstance(value, ir.Call) and self._count(name) == 2:  # where it is made, and here
                    return replace(node, function=replace(joined, value=value))
                return node
        made = origin.list_of_values(node, self.site)
        if made is None or not isinstance(made.value, ir.Comprehension):
            return node
        return replace(node, arguments=(replace(node.arguments[0], value=made.value),))

    def _count(self, name: str) -> int:
        """How often a variable stands in the function, but for where its length is asked for."""
        nodes = [*ir.expressions_in(*self.site.statements)]
        lengths = (node for node in nodes if isinstance(node, ir.Attribute) and node.name == "length")
        return sum(is_name(node, name) for node in nodes) - sum(is_name(node.value, name) for node in lengths)

    def _chosen(self, node: ir.Conditional) -> Times | None:
        """The texts of SQL that a conditional expression chooses between, where one has a hole."""
        is_wanted = any(self._has_hole(arm.range) and self._is_sql(arm) for arm in (node.then, node.otherwise))
        is_wanted = is_wanted and not self._is_quoted_by_hand(node)
        return chosen_text(node, self.program.source) if is_wanted else None

    def _has_hole_or_list(self, range: Range) -> bool:
        """Whether a hole stands in a range, or a variable that it has been put into."""
        if self._has_hole(range):
            return True
        if not self._carriers:
            return False
        nodes = ir.expressions_in(*holding(self.site.statements, range))
        return any(isinstance(n, ir.Name) and n.id in self._carriers and n.range in range for n in nodes)

    def _is_list(self, node: ir.Expression) -> bool:
        made = origin.list_of_values(node, self.site)
        return listed(Value(node, node.range, None, made=made), self.program.source) is not None

    def is_wanted(self, value: Value) -> bool:
        """Whether a value is one of the holes, or nothing but what makes text of them: no SQL of its own."""
        range = value.expression.range
        if any(hole.range == range for hole in self.holes):
            return True
        if self._has_hole(range):
            is_list = listed(value, self.program.source) is not None
            return is_list or not self._is_sql(value.expression) or self._is_quoted_by_hand(value.expression)
        return any(self._has(value, hole) for hole in self.holes)

    def _has(self, value: Value, hole: Hole) -> bool:
        """Whether a hole is what a value is made of, there or where its variable is assigned: data, and no SQL."""
        if hole.range in value.expression.range:
            return True
        if value.made is not None and hole.range in value.made.range:
            return listed(value, self.program.source) is not None
        if not isinstance(value.expression, ir.Name):
            return any(hole.range in text.range for text in self._values_of(value))
        made = [s.value for s in reaching(value.expression, self.site) if s.value is not None]
        return any(hole.range in node.range for node in made) and not any(map(self._may_be_sql, made))

    def _values_of(self, value: Value) -> list[ir.Expression]:
        """What is put into a list, one by one, whose elements a separator with quotes joins: values, and no SQL."""
        match value.expression:
            case ir.Call(
                function=ir.Attribute(value=ir.String(value=separator), name="join"),
                arguments=[ir.Argument(value=ir.Name(id=name), spread=False)],
            ) if is_quoted_separator(separator):
                steps = (additions(statement, name) for statement in self.site.statements)
                texts = [text for step in steps if step is not None for text in step.texts]
                return [] if any(map(self._may_be_sql, texts)) else texts
        return []


def _added(statement: ir.Statement) -> tuple[str, Sequence[ir.Expression]]:
    """The variable that a statement sets or adds to, and what it puts in; no name for other statements."""
    match statement:
        case ir.Assign(target=ir.Name(id=name), value=ir.Expression() as value):
            return name, (value,)
        case ir.ExpressionStatement(value=ir.Call(function=ir.Attribute(value=ir.Name(id=name)))):
            step = additions(statement, name)
            return name, step.texts if step is not None else ()
    return "", ()


@lru_cache(maxsize=2)  # every query of a function asks for it
def _passed_on(same: Same[tuple[ir.Statement, ...]]) -> dict[str, set[str]]:
    """The variables that another one becomes a part of, by the name of that."""
    found: dict[str, set[str]] = {}
    for statement in same.value:
        name, added = _added(statement)
        for part in (part for node in added for part in ir.names_in(node)) if name else ():
            found.setdefault(part, set()).add(name)
    return found


def _nothing(_node: ir.Expression) -> None:
    return None
