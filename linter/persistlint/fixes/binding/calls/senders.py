"""What a function of the file does with the SQL that it is given: it shows it, and sends it in one call or in several,
directly or through another function of the file. Where it takes no values yet, it is made to take them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.facts import Site
from persistlint.fixes.binding.calls.describing import unconfigured
from persistlint.fixes.binding.calls.sending import values_of
from persistlint.fixes.binding.calls.widening import Send, is_at_once, widened
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.origin import is_message, last_name, uses_among
from persistlint.fixes.binding.text.showing import only_shows
from persistlint.fixes.binding.text.statements import every, flat
from persistlint.fixes.binding.text.variables import is_name
from persistlint.fixes.nodes import nodes_of
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from persistlint.diagnostic import Edit
    from persistlint.fixes.program import Program
    from persistlint.libraries import Library, Operation

_MOST_STEPS = 3  # functions between the one that has the values and the one that sends them


@dataclass(frozen=True, slots=True)
class Sender:
    """A function that sends the SQL which it is given as `sql`. `operation` is what a call of it does, `values` the
    parameter that takes the values; `edits` make it and the functions behind it take them. `plain` tells that no values
    are sent where the call passes none, so that a percent sign then stands for itself."""

    operation: Operation
    values: str
    edits: tuple[Edit, ...]
    plain: bool


def sender_of(
    function: ir.Function, sql: str, sends: Mapping[Range, Operation | None], program: Program
) -> Sender | None:
    """What a function does with the SQL that it takes under a name, None where it only shows it. Raises `RefusalError`
    where nothing tells that, or where it cannot be made to take values."""
    return _Senders(sends, program).of(function, sql, 0)


@dataclass(slots=True)
class _Senders:
    sends: Mapping[Range, Operation | None]
    program: Program

    def of(self, function: ir.Function, sql: str, steps: int) -> Sender | None:
        """The same for a function that is so many steps behind the first."""
        gone = self._gone(function, sql)
        nodes = list(nodes_of([each for each in flat(function.body) if not is_message(each)]))
        nodes = [node for node in nodes if not any(node.range in range for range in gone)]
        calls = [node for node in nodes if isinstance(node, ir.Call)]
        found: list[Send] = []
        known: set[Range] = set()
        for call in calls:
            found_at = _place_of(call, sql, self.program)
            send: Send | bool | None = None
            if found_at is not None:
                place, wrapper = found_at
                send = self._direct(call, place, wrapper)
                is_back = place == 0 and is_name(given_back(call, self.program), sql)
                send = send or is_back or (None if wrapper else self._indirect(call, place, function, steps))
            if send:
                given = (node for a in call.arguments for node in ir.walk(a.value))
                known.update(node.range for node in given if is_name(node, sql))
                found += [send] if isinstance(send, Send) else []
        if any(use.range not in known for use in uses_among(nodes, sql)):
            raise RefusalError(f"`{function.name}` uses the SQL in more than one place")
        return self._sender(function, sql, found) if found else None

    def _gone(self, function: ir.Function, sql: str) -> list[Range]:
        """Where the name of the SQL stands for what the call returns, if the function gives that the name. Raises
        `RefusalError` where it is given another value."""
        statements = flat(function.body)
        made = [s for s in statements if isinstance(s, ir.Assign) and is_name(s.target, sql)]
        sent = [range for range, operation in self.sends.items() if operation is not None]
        if len(made) == 1 and made[0].value is not None and any(range in made[0].value.range for range in sent):
            loops = (s for s in statements if isinstance(s, ir.Loop))
            if not any(made[0].range in loop.range for loop in loops):
                return [made[0].target.range, Range(made[0].range.end, function.range.end)]
        if is_assigned(function, sql):
            raise RefusalError(f"`{function.name}` gives `{sql}` another value")
        return []

    def _direct(self, call: ir.Call, place: int | str, wrapper: str) -> Send | None:
        operation = self.sends.get(call.range)
        if operation is None or place not in (operation.sql, *operation.keys) or wrapper != operation.library.text:
            return None
        return Send(call, replace(operation, library=_without_text(operation.library)) if wrapper else operation)

    def _indirect(self, call: ir.Call, place: int | str, function: ir.Function, steps: int) -> Send | bool | None:
        """The call as one that sends; True where the function that it calls only shows the SQL, None where nothing
        tells what it does."""
        called = self.program.called(last_name(call.function))
        if called is None or called is function or steps >= _MOST_STEPS:
            return None
        parameters = [p.name for p in called.parameters if p.kind == "positional"]
        if isinstance(place, int):
            sql = parameters[place] if place < len(parameters) else ""
        else:
            sql = place if place in parameters else ""
        if not sql:
            return None
        if only_shows(called, sql):
            return True
        sender = self.of(called, sql, steps + 1)
        if sender is None:
            return True
        return Send(call, sender.operation, sender.values, sender.edits, sender.plain)

    def _sender(self, function: ir.Function, sql: str, sends: list[Send]) -> Sender:
        first = sends[0].operation
        if any(s.operation.library is not first.library or s.operation.placeholder != first.placeholder for s in sends):
            raise RefusalError(f"`{function.name}` sends the SQL through two drivers")
        if not is_at_once(function, [send.call for send in sends if not send.name], self.program):
            raise RefusalError(f"`{function.name}` uses the SQL in more than one place")
        sites = [Site(send.call, send.operation, tuple(flat(function.body))) for send in sends]
        values = [unconfigured(values_of(site, self.program.source), site) for site in sites]
        if any(value is not None for value in values):
            return self._with_values(function, sql, sends, values)
        name, where, edits = widened(function, sql, sends, self.program)
        edits += tuple(edit for send in sends for edit in send.edits)
        return Sender(self._called(function, sql, sends, where), name, edits, all(send.plain for send in sends))

    def _with_values(
        self, function: ir.Function, sql: str, sends: list[Send], values: list[ir.Expression | None]
    ) -> Sender:
        """A function that takes the values, too, and sends the SQL without them only where it is given none."""
        elsewhere = RefusalError(f"`{function.name}` sends the SQL with values of its own")
        names = {value.id for value in values if isinstance(value, ir.Name)}
        parameters = [parameter for parameter in function.parameters if parameter.kind != "keywords"]
        by_name = {parameter.name: index for index, parameter in enumerate(parameters)}
        if len(names) != 1 or not names <= by_name.keys() or any(not isinstance(v, ir.Name | None) for v in values):
            raise elsewhere
        name = names.pop()
        with_values = [send.call for send, value in zip(sends, values, strict=True) if value is not None]
        without = [send.call for send, value in zip(sends, values, strict=True) if value is None]
        if is_assigned(function, name, unless_default=True) or not all(
            _is_for_none(call, with_values, name, function) for call in without
        ):
            raise elsewhere
        first, place = by_name[sql], by_name[name]
        parameter = parameters[place]
        is_rest = parameter.kind == "rest"
        is_spread = any(argument.spread for call in with_values for argument in call.arguments)
        if is_rest != is_spread or (is_rest and place != first + 1):
            raise elsewhere
        is_python = self.program.source.language == "python"
        where = "rest" if is_rest else (name,) if is_python and place != first + 1 else place
        default = parameter.default
        is_none = default is not None and self.program.source.text(default.range) == "None"
        is_plain = (bool(without) or is_none) and all(send.plain for send in sends)
        return Sender(self._called(function, sql, sends, where), name, (), is_plain)

    def _called(
        self, function: ir.Function, sql: str, sends: list[Send], where: int | str | tuple[str, ...]
    ) -> Operation:
        """What a call of a function does that sends what it is given."""
        parameters = [parameter.name for parameter in function.parameters if parameter.kind != "keywords"]
        kinds = [send.operation.values for send in sends]
        return replace(
            sends[0].operation,
            sql=parameters.index(sql),
            parameters=where,
            keys=(sql,) if self.program.source.language == "python" else (),
            values="described" if "objects" in kinds else next((kind for kind in kinds if kind), ""),
            options=None,
            effect="",
            yields=None,
            binder="",
            inputs="",
        )


def is_assigned(function: ir.Function, name: str, *, unless_default: bool = False) -> bool:
    """Whether a function gives a parameter another value; with `unless_default` one that is not made of the first, and
    stands for no values."""
    for statement in every(function.body):
        target, value = None, None
        if isinstance(statement, ir.Assign | ir.Loop | ir.With):
            target = statement.target
            value = statement.value if isinstance(statement, ir.Assign) else None
        if target is None or not any(is_name(node, name) for node in ir.walk(target)):
            continue
        is_empty = isinstance(value, ir.Collection) and not value.elements
        is_made_of_it = value is not None and any(is_name(node, name) for node in ir.walk(value))
        if not (unless_default and (is_empty or is_made_of_it)):
            return True
    return False


def given_back(node: ir.Expression, program: Program) -> ir.Expression:
    """What a function of the file is given first, where the expression is a call of it and it gives that back as it is,
    as one that logs a query does; the expression itself elsewhere."""
    if not isinstance(node, ir.Call) or not node.arguments or node.arguments[0].spread or node.arguments[0].keyword:
        return node
    called = program.called(last_name(node.function))
    if called is None or not called.parameters or is_assigned(called, called.parameters[0].name):
        return node
    returned = [s.value for s in flat(called.body) if isinstance(s, ir.Return)]
    is_same = [value is not None and is_name(value, called.parameters[0].name) for value in returned]
    return node.arguments[0].value if is_same and all(is_same) else node


def _place_of(call: ir.Call, sql: str, program: Program) -> tuple[int | str, str] | None:
    """Which argument of a call is the SQL, its index or its name, and the function that makes a statement of it there,
    `text` of SQLAlchemy."""
    for index, argument in enumerate(call.arguments):
        match argument.value:  # most calls have another argument, and need no look at the functions of the file
            case ir.Call(arguments=[ir.Argument(value=inner), *_]) if is_name(inner, sql):
                if is_name(given_back(argument.value, program), sql):
                    return argument.keyword or index, ""
        match argument.value:
            case ir.Call(function=function, arguments=[ir.Argument(value=inner, keyword=None, spread=False)]):
                if is_name(inner, sql):
                    return argument.keyword or index, last_name(function)
        if is_name(argument.value, sql) and not argument.spread:
            return argument.keyword or index, ""
        if argument.spread and argument.keyword is None:
            return None
    return None


@lru_cache(maxsize=16)
def _without_text(library: Library) -> Library:
    """A library as a function of the file is it that makes the statement of the text itself."""
    return replace(library, text="")


def _is_for_none(call: ir.Call, others: list[ir.Call], name: str, function: ir.Function) -> bool:
    """Whether a call stands in the arm of a test of the values that none of the others stands in."""
    for statement in flat(function.body):
        if not isinstance(statement, ir.If) or not any(is_name(node, name) for node in ir.walk(statement.test)):
            continue
        for arm in ir.blocks(statement):
            if any(call.range in inner.range for inner in arm):
                return not any(other.range in inner.range for other in others for inner in arm)
    return False
