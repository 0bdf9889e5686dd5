"""What a test says of decoded JSON: which parts are there where it came out so, and how many elements they have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.json.checks import is_check
from persistlint.analysis.json.places import OF_SOME_TYPE, Place, keys_of, place_of, prefixes, step_of
from persistlint.analysis.json.required import searched
from persistlint.analysis.json.values import Document, Thing
from persistlint.analysis.names import last_name
from persistlint.facts import HopKind
from persistlint.ir import (
    AssignmentExpression,
    Attribute,
    Await,
    Binary,
    Call,
    Collection,
    Constant,
    Expression,
    Name,
    Number,
    String,
    Subscript,
    TypeAssertion,
    Unary,
)
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.json.run import Run
    from persistlint.analysis.json.state import State
    from persistlint.ir import Mapping

_LENGTHS = frozenset(["length", "size"])
_COUNTS = frozenset(["rowCount", "rowsAffected", "rowcount"])
_MEMBERSHIP = frozenset(["hasOwnProperty", "has_key", "has", "hasOwn", "in", "includes", "__contains__"])
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_NEGATED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "==": "!=", "!=": "=="}
# Functions that tell of what type something is, or that it is not empty.
_OF_TYPE = regex(
    r"is_?(?:valid_?|not_?|non_?)?(?:(?:empty|plain)_?)?(?:array|object|string|list|dict|record)", re.IGNORECASE
)
# And of what a text is.
_OF_TEXT = regex(r"(?:is_?)?valid(?:ate)?_?\w*json\w*|is_?\w*json\w*", re.IGNORECASE)
_NOTHING = ("undefined", "null")
# Keys under which a body says how the request went, without `_` and in lower case.
_OUTCOMES = regex(r"(?:err|status|success)\w*|ok|code|msg|message|stat|ret(?:urn)?(?:code)?|result(?:code)?")


def assume(test: Expression, truth: bool, run: Run, state: State) -> None:
    """Take note of what a test says where it came out as `truth`."""
    if isinstance(test, Name) and (meant := run.tests.get(test.id)) is not None:
        assume(meant, truth, run, state)
    match test:
        case Binary(operator="in" | "not in" as operator, left=left, right=right):
            whole = run.key_sets.get(right.id) if isinstance(right, Name) else keys_of(right)
            if (operator == "in") is truth and (place := whole or place_of(right)) is not None:
                state.know(prefixes(place))
                if (step := step_of(left)) is not None:
                    state.know([(*place, step)])
                state.measure(place, 1)
        case Binary(operator="instanceof", left=left):
            if truth:
                _present(left, state)
        case Binary(operator="is" | "is not" as operator, left=left, right=right):
            _compare("==" if operator == "is" else "!=", left, right, truth, run, state)
        case Binary(operator="<", left=Name(id=id), right=right) if (place := _counted(right, run)) is not None:
            if truth:
                state.know([place, (*place, f"[{id}]")])
        case Binary(operator=operator, left=left, right=right) if operator in _MIRRORED:
            for side in (left, right):
                if (place := keys_of(side)) is not None:
                    state.validate(place)  # its keys are compared with those that it has to have
            if isinstance(left, Number | Constant | String):
                operator, left, right = _MIRRORED[operator], right, left
            _compare(operator, left, right, truth, run, state)
        case Call():
            if truth:
                _called(test, run, state)
        case Await(value=value) | TypeAssertion(value=value) | AssignmentExpression(value=value):
            if isinstance(test, AssignmentExpression):
                assume(test.target, truth, run, state)
            assume(value, truth, run, state)
        case _ if truth:
            _truthy(test, run, state)
    if (place := searched(test, truth, run.tests)) is not None:
        state.know(prefixes(place))
        state.validate(place)
    _ask_outcome(test, run, state)
    if isinstance(found := run.value(test), Thing) and run.language == "python":
        run.look_at(found)  # a response of `requests` is true where its status is one of success


def _counted(bound: Expression, run: Run) -> Place | None:
    """The place whose length an index is below: `x` of `x.length`, and of a variable that was set to it."""
    if isinstance(bound, Name):
        return run.lengths.get(bound.id)
    found = measured(bound, run)
    return place_of(found) if found is not None else None


def counts_beside(pattern: Mapping) -> dict[str, Expression | None]:
    """The variables of a pattern that have the number of the rows beside them: `{ rows, rowCount }`."""
    taken = {entry.key.value: entry.value for entry in pattern.entries if isinstance(entry.key, String)}
    return {
        target.id: taken.get("rows") for key, target in taken.items() if key in _COUNTS and isinstance(target, Name)
    }


def measured(test: Expression, run: Run) -> Expression | None:
    """What a test measures: `x` of `len(x)`, `x.length`, `Object.keys(x).length`, and of a variable that has it."""
    match test:
        case Name(id=id):
            return run.counts.get(id)
        case Call(function=function, arguments=(argument, *_)) if last_name(function) == "len":
            return argument.value
        case Call(function=Attribute(name="count" | "exists", value=value), arguments=()):  # of Django
            return value
        case Attribute(name=name, value=value) if name in _LENGTHS:
            return value
        case Attribute(name=name) if name in _COUNTS:
            return test
        case Binary(operator="??" | "or", left=left, right=Number(value=0)):
            return measured(left, run) if isinstance(left, Attribute | Call) else None
    return None


def _ask_outcome(test: Expression, run: Run, state: State) -> None:
    """A body that says how the request went answers for the status, and is taken at its word. In Go, so does one that
    is asked whether a field is there."""
    if isinstance(test, Binary) and test.operator in ("in", "not in") and isinstance(test.left, String):
        place = place_of(test.right)
        if place is not None and _is_outcome(test.left.value):
            _answer(place, run, state)
        elif place is not None and isinstance(body := state.lookup(place), Document):
            run.look_into(body)
        return
    is_zero_test = run.language == "go" and _is_zero_test(test)
    for asked in (test.left, test.right) if isinstance(test, Binary) else (test,):
        place = place_of(measured(asked, run) or asked)
        if place is not None and len(place) > 1 and (is_zero_test or _is_outcome(place[-1])):
            _answer(place[:-1], run, state)
        part = run.document(asked)
        is_taken_out = part is not None and part.cause is HopKind.KEY  # `const { success } = await response.json()`
        if part is not None and is_taken_out and isinstance(asked, Name) and _is_outcome(asked.id):
            run.look_into(part)
    body = _asked_body(test, run)
    if body is not None:
        run.look_into(body)


def _asked_body(test: Expression, run: Run) -> Document | None:
    """The body of which a test asks whether a part is there: `body.items`, `body["items"]`, `body.get("items")`, and
    these compared with nothing."""
    if isinstance(test, Binary) and test.operator in ("==", "!=", "is", "is not") and _is_nothing(test.right):
        test = test.left
    match test:
        case Attribute(value=whole) | Subscript(value=whole):
            return run.document(whole)
        case Call(function=Attribute(value=whole, name="get"), arguments=(_,)):
            return run.document(whole)
    return None


def _is_nothing(value: Expression) -> bool:
    match value:
        case Constant(value=None) | Name(id="undefined"):
            return True
    return False


def _is_outcome(key: str) -> bool:
    return _OUTCOMES.fullmatch(key.replace("_", "").lower()) is not None


def _answer(place: Place, run: Run, state: State) -> None:
    if isinstance(body := state.lookup(place), Document):
        run.look_into(body)
        state.trust(place, body)


def _is_zero_test(test: Expression) -> bool:
    """Whether a test compares something with the zero value of Go: that of a key which the text did not have."""
    match test:
        case Binary(operator="==" | "!=", right=String(value="") | Constant(value=None) | Number(value=0)):
            return True
    return False


def _truthy(test: Expression, run: Run, state: State) -> None:
    if (counted := measured(test, run)) is not None:
        _long(counted, 1, state)
        return
    _present(test, state)
    if run.language == "python" and (place := place_of(test)) is not None:
        state.measure(place, 1)  # an empty list is false


def _compare(operator: str, left: Expression, right: Expression, truth: bool, run: Run, state: State) -> None:
    """`left operator right`, the constant being on the right."""
    if not truth:
        operator = _NEGATED[operator]
    if isinstance(left, Unary) and left.operator == "typeof":
        is_nothing = isinstance(right, String) and right.value in _NOTHING
        if (operator == "==") is not is_nothing:
            _present(left.operand, state)
        return
    counted = measured(left, run)
    if counted is not None and isinstance(right, Number) and isinstance(right.value, int | float):
        least = {"==": right.value, ">": right.value + 1, ">=": right.value}.get(operator, 0)
        if operator == "!=" and right.value == 0:
            least = 1
        _long(counted, int(least), state)
        return
    is_counted = isinstance(right, Name) or measured(right, run) is not None
    if counted is not None and operator in ("==", ">", ">=") and is_counted:
        _long(counted, 1, state)  # `len(rows) == limit`: a page that is full, as many as were asked for, or more
        return
    match right:
        case Constant(value=None):
            if operator == "!=":
                _present(left, state)
        case Collection(elements=()):
            if operator == "!=":
                _present(left, state)
                _long(left, 1, state)
        case Number() | String() | Constant():
            # What equals a constant is there; so is what was compared by size, and what `!= -1` was found.
            if operator != "!=":
                _present(left, state)
        case _ if operator == "==" and isinstance(right, Attribute | Call):
            _present(left, state)


def _called(test: Call, run: Run, state: State) -> None:
    """A call that came out true."""
    name = last_name(test.function)
    arguments = [argument.value for argument in test.arguments]
    owner = test.function.value if isinstance(test.function, Attribute) else None
    if owner is not None and (counted := measured(test, run)) is not None:
        _long(counted, 1, state)
    elif name in ("len", "bool", "Boolean", "any", "all") and arguments:
        _present(arguments[0], state)
        if name != "Boolean" and (place := place_of(arguments[0])) is not None:
            state.measure(place, 1)
    elif (name in ("isinstance", "callable") or _OF_TYPE.fullmatch(name)) and arguments:
        _present(arguments[0], state)
        if isinstance(part := run.value(arguments[0]), Document):
            run.look_into(part)
        if run.language == "go" and (place := place_of(arguments[0])) is not None:
            state.know([(*place, OF_SOME_TYPE)])
    elif _OF_TEXT.fullmatch(name) and arguments:
        if (place := place_of(arguments[0])) is not None:
            state.validate(place)
    elif name in _MEMBERSHIP and arguments:
        whole, key = (arguments[0], arguments[-1]) if len(arguments) > 1 else (owner, arguments[0])
        place = place_of(whole) if whole is not None else None
        if place is not None:
            state.know([*prefixes(place), *_keys(place, key)])
    elif name in ("get", "at") and (place := place_of(test)) is not None:
        state.know(prefixes(place))
        if run.language == "python":
            state.measure(place, 1)
    elif owner is None and is_check(name):
        for argument in arguments:
            if isinstance(run.value(argument), Document) and (place := place_of(argument)) is not None:
                state.validate(place)
    elif owner is not None:
        _present(owner, state)
        if name in ("some", "find", "findLast") and (place := place_of(owner)) is not None:
            state.measure(place, 1)


def _keys(place: Place, key: Expression) -> list[Place]:
    """The parts that a key names; lodash takes a path with dots."""
    if isinstance(key, String):
        steps = key.value.split(".")
        return [(*place, *steps[: count + 1]) for count in range(min(len(steps), 8))]
    step = step_of(key)
    return [(*place, step)] if step is not None else []


def _long(counted: Expression, least: int, state: State) -> None:
    if least < 1:
        return
    place = place_of(counted)
    if place is None:
        return
    if isinstance(counted, Attribute) and counted.name in _COUNTS:
        place = (*place[:-1], "rows")
    state.know(prefixes(place))
    state.measure(place, least)


def _present(test: Expression, state: State) -> None:
    """What a test looked at is there, and so is all that it is a part of."""
    if isinstance(test, Unary) and test.operator in ("-", "+", "*"):
        test = test.operand
    if (place := place_of(test)) is not None:
        state.know(prefixes(place))
        if place[-1] == "[0]":
            state.measure(place[:-1], 1)
