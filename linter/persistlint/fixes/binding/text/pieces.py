"""Text that is put together in steps: a variable that grows, or pieces that are gathered in a list and joined."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.refusal import IN_A_BRANCH, AmbiguousError, RefusalError, SharedError
from persistlint.fixes.binding.text.reaching import assignments, extension, is_seen, reaching
from persistlint.fixes.binding.text.statements import holding
from persistlint.fixes.binding.text.trimming import check_trims, is_trim, own_uses, trim_of
from persistlint.fixes.binding.text.variables import is_length, is_name, variable
from persistlint.fixes.nodes import nodes_of
from persistlint.identity import Same
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from persistlint.facts import Site

_ADDS_ONE = ("append", "push", "WriteString", "WriteByte", "WriteRune")
_ADDING = (ir.Assign, ir.ExpressionStatement)
_BUILDERS = ("strings.Builder", "bytes.Buffer")


@dataclass(frozen=True, slots=True)
class Step:
    """One statement that adds to a text, and the expressions that it adds, in order."""

    statement: ir.Statement
    texts: tuple[ir.Expression, ...]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a text under one name, one behind the other: those of a list, with a `separator` between them, or
    those of a variable, of which not all may be there. `use` joins the list or is the variable; `steps` are the
    statements that put pieces in, and the first of them makes the list or the variable, or is the `if` in whose arms
    that is made."""

    use: ir.Expression
    name: str
    separator: ir.String | None
    steps: tuple[Step, ...]


def names_in(site: Site, name: str) -> list[ir.Expression]:
    """Where a function writes the name of a variable, in the functions inside it, too."""
    return mentioned(site).get(name, [])


def mentioned(site: Site) -> dict[str, list[ir.Expression]]:
    """Every variable of a function with where it is written, in the functions inside it, too."""
    return _mentioned(Same(site.statements))


@lru_cache(maxsize=2)  # every list of a function asks for it
def _mentioned(same: Same[tuple[ir.Statement, ...]]) -> dict[str, list[ir.Expression]]:
    found: dict[str, list[ir.Expression]] = {}
    for node in nodes_of(same.value):
        named = variable(node)
        if named is not None:
            found.setdefault(named.id, []).append(node)
    return found


@lru_cache(maxsize=2)
def _mentioning(same: Same[tuple[ir.Statement, ...]]) -> dict[str, list[ir.Statement]]:
    """The statements that name each variable themselves, not in their blocks."""
    found: dict[str, list[ir.Statement]] = {}
    for statement in same.value:
        for name in {name for expression in ir.expressions(statement) for name in ir.names_in(expression)}:
            found.setdefault(name, []).append(statement)
    return found


def joined(call: ir.Call, site: Site, is_wanted: Callable[[Range], bool]) -> Pieces | None:
    """The list of pieces that a call joins, or the builder of Go whose text it gives; None where it gives something
    else or no piece `is_wanted`. Raises `RefusalError` where the pieces that reach the call are not certain."""
    separator: ir.String | None
    match call:
        case ir.Call(
            function=ir.Attribute(value=ir.String() as separator, name="join"),
            arguments=[ir.Argument(value=ir.Name(id=name), spread=False)],
        ):
            pass
        case ir.Call(
            function=ir.Attribute(value=ir.Name(id=name), name="join"),
            arguments=[ir.Argument(value=ir.String() as separator, spread=False)],
        ):
            pass
        case ir.Call(
            function=ir.Attribute(value=ir.Name(id="strings"), name="Join"),
            arguments=[ir.Argument(value=ir.Name(id=name)), ir.Argument(value=ir.String() as separator)],
        ):
            pass
        case ir.Call(function=ir.Attribute(value=ir.Name(id=name), name="String"), arguments=()):
            separator = None
        case _:
            return None
    every = (
        additions(statement, name) or _filled(statement, name, site)
        for statement in _mentioning(Same(site.statements)).get(name, ())
    )
    steps = [step for step in every if step is not None]
    if not any(is_wanted(text.range) for step in steps for text in step.texts):
        return None
    if separator is None and not (_is_builder(steps[0].statement) or _is_begun_builder(steps[0].statement)):
        return None
    result = Pieces(call, name, separator, tuple(steps))
    _check(result, site)
    return result


def joined_here(call: ir.Call) -> tuple[Sequence[ir.Expression], ir.String] | None:
    """The pieces that a call joins which are written in it, and what stands between; None where it does something else:
    `"\\n".join(["SELECT …", f"… '{name}'"])`."""
    match call:
        case (
            ir.Call(
                function=ir.Attribute(value=ir.String() as separator, name="join"),
                arguments=[ir.Argument(value=ir.Collection(elements=texts), spread=False)],
            )
            | ir.Call(
                function=ir.Attribute(value=ir.Collection(elements=texts), name="join"),
                arguments=[ir.Argument(value=ir.String() as separator, spread=False)],
            )
            | ir.Call(
                function=ir.Attribute(value=ir.Name(id="strings"), name="Join"),
                arguments=[
                    ir.Argument(value=ir.Collection(elements=texts)),
                    ir.Argument(value=ir.String() as separator),
                ],
            )
        ) if not any(isinstance(text, ir.Spread) for text in texts):
            return texts, separator
    return None


def chosen(use: ir.Name, site: Site, is_wanted: Callable[[Range], bool]) -> Pieces | None:
    """What a variable can hold that is a constant at first and gets its text under conditions, or grows; None where it
    holds something else or no piece `is_wanted`. Raises `RefusalError` where that is not certain."""
    if not any(s.value is not None and is_wanted(s.value.range) for s in assignments(site, use.id)):
        return None
    found = [s for s in reaching(use, site) if s.value is not None or s.declares]
    if len(found) < 2 or not any(is_wanted(s.value.range) for s in found if s.value is not None):
        return None
    made, *others = found
    start = _choice(found, use, site)
    steps = [Step(made, () if made.value is None else (made.value,))] if made.operator == "=" else []
    replacing = [made] if start is not None else []
    for statement in others:
        if is_trim(statement, use.id):
            continue
        added = extension(statement, use.id)
        if not added and statement.value is not None and statement.operator == "=":
            replacing.append(statement)
            added = (statement.value,)
        if not added:
            raise AmbiguousError(use.id)
        steps.append(Step(statement, added))
    result = Pieces(use, use.id, None, (*([Step(start, ())] if start is not None else []), *steps))
    is_constant = start is not None or made.value is None or _has_no_value(made.value, is_wanted)
    if not is_name(made.target, use.id) or made.operator != "=" or (replacing and not is_constant):
        raise AmbiguousError(use.id)
    # What is added must not be replaced behind that.
    grown = ((s, r) for s in others if s not in replacing for r in replacing if s.range.start < r.range.start)
    is_late = not all(excludes(s, r, site) for s, r in grown)
    pairs = [(one, other) for index, one in enumerate(replacing) for other in replacing[index + 1 :]]
    around = (start or made).range
    is_repeated = any(isinstance(s, ir.Loop) for each in replacing for s in branches(each.range, around, site))
    if is_late or is_repeated or not all(excludes(one, other, site) for one, other in pairs):
        raise AmbiguousError(use.id)
    _check_place(result, site)
    check_trims(found, use.id, site)
    own = own_uses([s for s in others if s not in replacing and is_seen(s.range, use, site)], use.id)
    tests = [node for test in _tests(site, use.id) for node in ir.walk(test) if is_name(node, use.id)]
    if _seen(use, site) != 1 + len(assignments(site, use.id)) + own + len(tests) + _lengths(use, site):
        raise SharedError(f"`{use.id}` is used in more than one place")
    return result


def _has_no_value(node: ir.Expression, is_wanted: Callable[[Range], bool]) -> bool:
    """Whether a text has nothing of what is to be bound: what takes its place has all that there is."""
    if isinstance(node, ir.String):
        return True
    return not isinstance(node, ir.Name) and not is_wanted(node.range)


def _lengths(use: ir.Name, site: Site) -> int:
    """How often the length of a variable is asked where the end of its text is cut off at a use."""
    for node in _mentioning(Same(site.statements)).get(use.id, ()):
        for expression in ir.expressions(node):
            for part in ir.walk(expression):
                trim = trim_of(part) if use.range in part.range else None
                if trim is not None and trim.inner.range == use.range:
                    return sum(is_length(inner, use.id) for inner in ir.walk(part))
    return 0


def _choice(found: Sequence[ir.Assign], use: ir.Name, site: Site) -> ir.If | None:
    """The `if` whose arms give a variable its texts, so that it has none before; None where it has."""
    around = [s for s in branches(found[0].range, use.range, site) if isinstance(s, ir.If)]
    inside = [s for s in around if all(each.range in s.range for each in found)]
    return min(inside, key=lambda s: s.range.start, default=None) if found[0].value is not None else None


def _seen(use: ir.Name, site: Site) -> int:
    """How often a function names a variable, but for where it holds something else than at one use."""
    nodes = [
        node
        for s in _mentioning(Same(site.statements)).get(use.id, ())
        for e in ir.expressions(s)
        for node in ir.walk(e)
        if is_name(node, use.id)
    ]
    targets = {s.target.range for s in assignments(site, use.id)}
    hidden = [node for node in nodes if node.range not in targets and not is_seen(node.range, use, site)]
    return len(names_in(site, use.id)) - len(hidden)


def additions(statement: ir.Statement, name: str) -> Step | None:
    """What a statement puts into a list, where it makes the list or adds to its end; None for other statements."""
    match statement:
        case ir.Assign(target=ir.Name(id=target), value=value, operator="=") if target == name:
            match value:
                case None | ir.Call(function=ir.Name(id="make")) | ir.Call(function=ir.Name(id="list"), arguments=()):
                    return Step(statement, ())
                case ir.Collection(kind=ir.Sequence.LIST, elements=elements):
                    return Step(statement, elements)
                case _ if _is_builder(statement):
                    return Step(statement, ())
                case ir.Call(
                    function=ir.Attribute(value=ir.Name(id="bytes"), name="NewBufferString"), arguments=[text]
                ):
                    return Step(statement, (text.value,))
                case ir.Call(function=ir.Name(id="append"), arguments=[ir.Argument(value=ir.Name(id=same)), *added]):
                    return Step(statement, tuple(map(_value, added))) if same == name else None
        case ir.Assign(target=ir.Name(id=target), value=ir.Collection(elements=elements), operator="+"):
            return Step(statement, elements) if target == name else None
        case ir.ExpressionStatement(
            value=ir.Call(function=ir.Attribute(value=ir.Name(id=target), name=method), arguments=added)
        ) if target == name:
            if method in _ADDS_ONE:
                return Step(statement, tuple(map(_value, added)))
            if method == "extend" and len(added) == 1 and isinstance(added[0].value, ir.Collection):
                return Step(statement, added[0].value.elements)
        case ir.ExpressionStatement(
            value=ir.Call(
                function=ir.Attribute(value=ir.Name(id="fmt"), name="Fprintf") as function,
                arguments=[ir.Argument(value=target), text, *rest],
            )
        ):
            writer = target.operand if isinstance(target, ir.Unary) and target.operator == "&" else target
            if is_name(writer, name):
                range = Range(text.range.start, (rest or [text])[-1].range.end)
                return Step(statement, (ir.Call(range, function, (text, *rest)),))
    return None


def _filled(statement: ir.Statement, name: str, site: Site) -> Step | None:
    """What a statement puts into a list of Go at the place of the turn of its loop; None for other statements."""
    match statement:
        case ir.Assign(
            target=ir.Subscript(value=ir.Name(id=same), index=ir.Name(id=index)), value=ir.Expression() as text
        ) if same == name and statement.operator == "=":
            loops = [
                s for s in holding(site.statements, statement.range) if isinstance(s, ir.Loop) and statement in s.body
            ]
            targets = [s.target.elements[0] for s in loops if isinstance(s.target, ir.Collection) and s.target.elements]
            return Step(statement, (text,)) if any(is_name(target, index) for target in targets) else None
    return None


def _is_builder(statement: ir.Statement) -> bool:
    """Whether a statement makes an empty builder of Go."""
    match statement:
        case ir.Assign(value=None, annotation=type):
            return type in _BUILDERS
        case (
            ir.Assign(value=ir.Mapping(entries=(), type=type))
            | ir.Assign(value=ir.Unary(operator="&", operand=ir.Mapping(entries=(), type=type)))
        ):
            return type in _BUILDERS
        case ir.Assign(
            value=ir.Call(function=ir.Name(id="new"), arguments=[ir.Argument(value=ir.Attribute() as type)])
        ):
            return isinstance(type.value, ir.Name) and f"{type.value.id}.{type.name}" in _BUILDERS
    return False


def _is_begun_builder(statement: ir.Statement) -> bool:
    """Whether a statement makes a builder of Go with a first text in it."""
    match statement:
        case ir.Assign(value=ir.Call(function=ir.Attribute(value=ir.Name(id="bytes"), name="NewBufferString"))):
            return True
    return False


def is_filled(test: ir.Expression, name: str) -> bool:
    """Whether a test asks nothing but whether a list has elements."""
    match test:
        case ir.Binary(operator=">" | "!=", left=left, right=ir.Number(value=0)):
            return is_length(left, name)
        case ir.Name(id=same) | ir.Binary(operator="!=", left=ir.Name(id=same), right=ir.String(value="")):
            return same == name
    return is_length(test, name)


def branches(inner: Range, outer: Range, site: Site) -> list[ir.Statement]:
    """The branches and loops that a place stands in and another place does not."""
    compound = (ir.If, ir.Loop, ir.Switch, ir.Try)
    return [s for s in holding(site.statements, inner) if isinstance(s, compound) and outer not in s.range]


def _check(found: Pieces, site: Site) -> None:
    """Refuse a list whose pieces may not all be there, in their order, whenever the query is sent."""
    made, *added = found.steps
    if not isinstance(made.statement, ir.Assign) or adds(made.statement) or not all(map(adds, _all(added))):
        raise RefusalError(f"`{found.name}` is not made in one place of this function")
    if any(isinstance(text, ir.Spread) for step in found.steps for text in step.texts):
        raise RefusalError(f"`{found.name}` takes the pieces of another list")
    _check_place(found, site)
    known = [*nodes_of(_all(found.steps)), *ir.walk(found.use)]
    known += [node for test in _tests(site, found.name) for node in ir.walk(test)]
    if len(names_in(site, found.name)) != sum(isinstance(node, ir.Name) and node.id == found.name for node in known):
        raise SharedError(f"`{found.name}` is used in more than one place")


def _check_place(found: Pieces, site: Site) -> None:
    """Refuse pieces that are not all there where they are used, or that are used only sometimes."""
    made = found.steps[0].statement
    if found.use.range.start < max(step.statement.range.end for step in found.steps):
        raise RefusalError(f"`{found.name}` changes after it is used")
    around = [s for s in branches(made.range, site.call.range, site) if not isinstance(s, ir.Try) and s is not made]
    if around and not _is_part_there(found, around[-1], site):
        raise RefusalError(IN_A_BRANCH)
    if around:
        return
    if not runs_if_filled(found.use.range, site.call.range, [found.name], site):
        raise RefusalError(IN_A_BRANCH)


def _is_part_there(found: Pieces, around: ir.Statement, site: Site) -> bool:
    """Whether pieces that are made anew in a loop or a branch become a part of another text in every run of it."""
    made, use = found.steps[0].statement, found.use
    is_level = not branches(made.range, use.range, site) and runs_if_filled(use.range, made.range, [found.name], site)
    jumps = (s for s in site.statements if isinstance(s, ir.Jump) and s.range in around.range)
    is_left = any(made.range.end <= s.range.start < use.range.start for s in jumps)
    return is_level and not is_left and any(isinstance(s, _ADDING) for s in holding(site.statements, use.range))


def excludes(one: ir.Statement, other: ir.Statement, site: Site) -> bool:
    """Whether no run comes by both statements: they stand in different arms of an `if` or a `switch`."""
    for statement in holding(site.statements, one.range):
        if isinstance(statement, ir.If) and other.range in statement.range:
            arms = [any(s.range in inner.range for inner in statement.then) for s in (one, other)]
            if arms[0] != arms[1]:
                return True
        falls = isinstance(statement, ir.Switch) and any(case.falls_through for case in statement.cases)
        if isinstance(statement, ir.Switch) and other.range in statement.range and not falls:
            cases = [[n for n, case in enumerate(statement.cases) if _has(case.body, s)] for s in (one, other)]
            if all(cases) and cases[0] != cases[1]:
                return True
    return False


def _has(block: ir.Block, statement: ir.Statement) -> bool:
    return any(statement.range in inner.range for inner in block)


def runs_if_filled(use: Range, outer: Range, names: Sequence[str], site: Site) -> bool:
    """Whether a place is come by whenever another one is and a list of one of these names has elements."""
    for statement in branches(use, outer, site):
        if isinstance(statement, ir.Try):
            continue
        is_test = isinstance(statement, ir.If) and any(is_filled(statement.test, name) for name in names)
        if not is_test or not isinstance(statement, ir.If) or not any(use in inner.range for inner in statement.then):
            return False
    return True


def _all(steps: Sequence[Step]) -> list[ir.Statement]:
    return [step.statement for step in steps]


def adds(statement: ir.Statement) -> bool:
    """Whether a statement adds to a list that is there already."""
    match statement:
        case ir.Assign(value=ir.Call(function=ir.Name(id="append")), operator="=") | ir.Assign(target=ir.Subscript()):
            return True
        case ir.Assign(operator="="):
            return False
    return True


def _tests(site: Site, name: str) -> Iterator[ir.Expression]:
    """The tests of a function that ask whether a list has elements, or none."""
    return (test for test in _all_tests(Same(site.statements)) if _asks(test, name))


@lru_cache(maxsize=2)
def _all_tests(same: Same[tuple[ir.Statement, ...]]) -> tuple[ir.Expression, ...]:
    tests = [statement.test for statement in same.value if isinstance(statement, ir.If)]
    nodes = ir.expressions_in(*same.value)
    return (*tests, *(node.test for node in nodes if isinstance(node, ir.Conditional)))


def _asks(test: ir.Expression, name: str) -> bool:
    match test:
        case ir.Unary(operator="not" | "!", operand=inner):
            return is_filled(inner, name)
        case ir.Binary(operator="==" | "===" | "<", left=left, right=ir.Number(value=0 | 1)):
            return is_length(left, name)
    return is_filled(test, name)


def _value(argument: ir.Argument) -> ir.Expression:
    return ir.Spread(argument.range, argument.value) if argument.spread else argument.value
