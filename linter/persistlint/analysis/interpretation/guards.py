"""What a test says of the variables in it: which of them are checked where it is true, and where it is false.

A test counts only if it compares with an allow-list, an anchored pattern or a type. A deny-list, a test of another
variable and a test for emptiness say nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation import matching
from persistlint.analysis.interpretation.state import NOTHING, Checked, Flag
from persistlint.analysis.interpretation.subjects import members_of, paths_of
from persistlint.analysis.interpretation.values import NUMBER, Atom, Closure, Text, Value, origin_of
from persistlint.analysis.names import last_name, path_of
from persistlint.facts import Origin
from persistlint.ir import (
    AssignmentExpression,
    Attribute,
    Await,
    Binary,
    Call,
    Collection,
    Comprehension,
    Constant,
    Expression,
    ExpressionStatement,
    If,
    Lambda,
    Loop,
    Name,
    Nested,
    Number,
    Return,
    Statement,
    String,
    Subscript,
    Switch,
    Try,
    TypeAssertion,
    Unary,
)
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.analysis.interpretation.interpreter import Interpreter

_DEEPEST_TEST = 4  # tests of functions of the file that are looked into, one inside the other
_SELF_TESTS = frozenset(["isidentifier", "isalnum", "isdigit", "isnumeric", "isdecimal", "isalpha"])
_MEMBERSHIP = frozenset(
    ["includes", "has", "contains", "Contains", "ContainsKey", "__contains__", "hasOwnProperty", "containsKey"]
)
_PATTERN_TESTS = frozenset(["fullmatch", "match", "test", "MatchString", "Match", "exec", "search"])
_DENY = regex(r"deny|black|forbid|block|bann?ed|reserved|bad|invalid|illegal|unsafe|danger|disallow|exclude|seen", re.I)
_ALLOW = regex(
    r"valid|allow|safe|permit|white|known|supported|legal|identifier|check|assert|ensure|verify|sanit"
    r"|filter_?(?:field|column|name|key|sql)",
    re.I,
)
# Predicates that a hostile value passes as well as another.
_SAYS_LITTLE = regex(
    r"is_?(?:empty|not_?empty|null|nil|undefined|defined|string|array|object|blank|present|plain_?object|function|admin|"
    r"logged_?in|authenticated|owner|dir|file|error|true|false|zero|equal|same|new|debug|dev|production|active|enabled)",
    re.I,
)


def checked(test: Expression, truth: bool, machine: Interpreter) -> Checked:
    """The variables that are checked where `test` came out as `truth`."""
    match test:
        case Unary(operator="not", operand=operand):
            return checked(operand, not truth, machine)
        case Binary(operator="and" | "or" as operator, left=left, right=right):
            both = (operator == "and") is truth
            one, other = checked(left, truth, machine), checked(right, truth, machine)
            return one | other if both else one & other
        case Await(value=value) | TypeAssertion(value=value) | AssignmentExpression(value=value, operator="="):
            return checked(value, truth, machine)
        case Binary(operator="-", left=left, right=right):
            # `set(x) - ALLOWED` is empty.
            return members_of(left) if not truth and _is_allow_list(right, machine) else NOTHING
        case Binary():
            return _comparison(test, truth, machine)
        case Call():
            return _call(test, truth, machine)
        case Name() | Attribute():
            path = path_of(test)
            flag = machine.state.flags.get(path) if machine.state is not None and path is not None else None
            if flag is not None:
                return flag.when_true if truth else flag.when_false
            if isinstance(test, Attribute) and test.name in ("length", "size") and not truth:
                return checked(test.value, False, machine)
            if path is not None and not truth and machine.language != "go":
                return frozenset([path, f"keys:{path}"])  # nothing, or empty: it adds nothing to a text
        case Comprehension(target=target, iterable=iterable, conditions=conditions) if not truth:
            # `[x for x in xs if x not in ALLOWED]` is empty: every x is in it.
            passed = [checked(condition, False, machine) for condition in conditions[:1]]
            return members_of(iterable) if passed and len(conditions) == 1 and path_of(target) in passed[0] else NOTHING
        case Subscript(value=container, index=index) if truth:
            # `if ALLOWED[x]` and `if MAP[x] === undefined` look a key up in a constant mapping.
            return paths_of(index) if _is_allow_list(container, machine) else NOTHING
    return NOTHING


def outcome(expression: Expression, machine: Interpreter) -> Flag | None:
    """The flag of a variable that holds what `expression` gives: `ok` of a Go map, an error of a check."""
    match expression:
        case Subscript(value=container, index=index) if machine.language == "go" and _is_allow_list(container, machine):
            return Flag(when_true=paths_of(index))
        case Call(arguments=arguments) if machine.language == "go" and _ALLOW.search(last_name(expression.function)):
            paths = frozenset(path for argument in arguments for path in paths_of(argument.value))
            name = last_name(expression.function)
            if re.match(r"(?:is|has|allow|valid[A-Z]?$)", name, re.I) and not name.lower().startswith("validate"):
                return Flag(when_true=paths)
            return Flag(when_false=paths)  # an error: the check passed where it is nil
        case Call(arguments=(container, sought)) if last_name(expression.function) == "BinarySearch" and _is_allow_list(
            container.value, machine
        ):
            return Flag(when_true=paths_of(sought.value))
    return None


def _comparison(test: Binary, truth: bool, machine: Interpreter) -> Checked:
    left, right, operator = test.left, test.right, test.operator
    if operator in ("in", "not in"):
        if (operator == "in") is truth and _is_allow_list(right, machine):
            return paths_of(left)
        return NOTHING
    if operator in ("==", "!=", "is", "is not"):
        same = (operator in ("==", "is")) is truth
        return _equality(left, right, same, machine) | _equality(right, left, same, machine)
    if operator in ("<=", "<", ">=", ">"):
        # `set(x) <= ALLOWED`, `ALLOWED.indexOf(x) >= 0`, `ALLOWED.indexOf(x) < 0`
        if operator == "<=" and truth and _is_allow_list(right, machine):
            return members_of(left)
        if operator == ">=" and truth and _is_allow_list(left, machine):
            return members_of(right)
        if operator == ">" and isinstance(right, Number) and right.value == 0 and isinstance(left, Attribute):
            return checked(left, truth, machine)  # `xs.length > 0`
        found = _index_of(left, machine)
        bound = right.value if isinstance(right, Number) else -1 if isinstance(right, Unary) else None
        if found and (operator, bound, truth) in ((">=", 0, True), (">", -1, True), ("<", 0, False)):
            return found
        if truth or machine.language in ("python", "go"):
            return _ordered(left, right, machine) | _ordered(right, left, machine)
    return NOTHING


def _ordered(left: Expression, right: Expression, machine: Interpreter) -> Checked:
    """What is less or more than a number is one: Python and Go compare a text with no number, and for JavaScript
    neither holds of a text that is none."""
    return paths_of(left) if machine.evaluate(right) == NUMBER else NOTHING


def _equality(left: Expression, right: Expression, same: bool, machine: Interpreter) -> Checked:
    if isinstance(left, Unary) and left.operator == "typeof":
        return (
            paths_of(left.operand)
            if same and isinstance(right, String) and right.value in ("number", "bigint", "boolean")
            else NOTHING
        )
    if isinstance(right, Unary) and right.operator == "-" and not same:
        return _index_of(left, machine)  # indexOf(x) !== -1
    if isinstance(right, Constant):
        if right.value is None:
            path = path_of(left)
            flag = machine.state.flags.get(path) if machine.state is not None and path is not None else None
            if flag is not None:
                return flag.when_false if same else flag.when_true
            return checked(left, not same, machine)
        return checked(left, right.value is same, machine)
    if isinstance(right, Number) and machine.language == "go" and isinstance(left, Attribute):
        return paths_of(left)  # Go compares a field that is a text with no number
    if same and isinstance(right, String | Number):
        return paths_of(left)
    if same and isinstance(right, Attribute | Name | Subscript) and is_own(machine.evaluate(right)):
        return paths_of(left)
    return NOTHING


def is_own(value: Value) -> bool:
    """Whether a value is one that the program has written down, here or in another module: what equals it is."""
    return origin_of(value) in (Origin.CONSTANT, Origin.METADATA)


def _call(call: Call, truth: bool, machine: Interpreter) -> Checked:
    function, arguments = call.function, call.arguments
    name = last_name(function)
    values = [argument.value for argument in arguments]
    if isinstance(function, Attribute):
        subject = function.value
        if name in _SELF_TESTS and truth:
            return paths_of(subject)
        if name == "call" and values and "hasOwnProperty" in (last_name(subject),):
            return paths_of(values[-1]) if truth and _is_allow_list(values[0], machine) else NOTHING
        if (name == "hasOwn" and len(values) == 2) or (
            name == "Contains" and len(values) == 2 and last_name(subject) in ("slices", "lo")
        ):
            return paths_of(values[1]) if truth and _is_allow_list(values[0], machine) else NOTHING
        if name in _MEMBERSHIP and len(values) == 1:
            return paths_of(values[0]) if truth and _is_allow_list(subject, machine) else NOTHING
        if name == "issubset" and values and truth and _is_allow_list(values[0], machine):
            return members_of(subject)
        if name == "issuperset" and values and truth and _is_allow_list(subject, machine):
            return members_of(values[0])
        if name in ("every", "some") and values and isinstance(values[0], Lambda):
            return _quantified(name == "every", subject, values[0], truth, machine)
        if name == "filter" and not truth and values and isinstance(values[0], Lambda):
            # `xs.filter(x => !ALLOWED.has(x))` is empty.
            return _quantified(False, subject, values[0], False, machine)
        if name == "difference" and not truth and values and _is_allow_list(values[0], machine):
            return members_of(subject)
        if name in _PATTERN_TESTS and truth:
            matched = matching.passed(subject, values, name, machine)
            if matched is not None:
                return matched
    if isinstance(function, Name) and name in ("all", "any") and values and isinstance(values[0], Comprehension):
        return _comprehension(name == "all", values[0], truth, machine)
    if name == "isinstance" and len(values) == 2 and truth:
        types = values[1].elements if isinstance(values[1], Collection) else (values[1],)
        if all(
            last_name(item) in ("int", "float", "bool", "Decimal", "UUID", "date", "datetime", "Enum") for item in types
        ):
            return paths_of(values[0])
        return NOTHING
    if name in ("isInteger", "isSafeInteger", "isFinite") and truth:
        return frozenset(path for value in values for path in paths_of(value))
    if name == "isNaN" and not truth:
        return frozenset(path for value in values for path in paths_of(value))
    if name == "bool" and values:
        return checked(values[0], truth, machine)
    closure = machine.evaluate(function)
    if isinstance(closure, Closure):
        return _predicate(closure, call, truth, machine)
    if truth and _ALLOW.search(name) and not _DENY.search(name) and len(values) <= 3:
        return frozenset(path for value in values for path in paths_of(value))
    if truth and re.match(r"is_?[A-Z]", name) and not _SAYS_LITTLE.fullmatch(name) and len(values) == 1:
        return paths_of(values[0])
    if (
        not truth
        and _DENY.search(name)
        and re.match(r"(?:is_?|has_?)?(?:invalid|illegal|unsafe|disallowed)", name, re.I)
    ):
        return frozenset(path for value in values for path in paths_of(value))
    return NOTHING


def _quantified(every: bool, subject: Expression, test: Lambda, truth: bool, machine: Interpreter) -> Checked:
    """`xs.every(x => …)` is true, or `xs.some(x => …)` is false; or `ALLOWED.some(x => x === sought)` is true."""
    body, parameters = test.function.body, test.function.parameters
    if len(body) != 1 or not parameters or not isinstance(body[0], Return) or body[0].value is None:
        return NOTHING
    if truth and not every:
        return _equals_one(parameters[0].name, body[0].value, subject, machine)
    if every is not truth:
        return NOTHING
    return members_of(subject) if parameters[0].name in checked(body[0].value, truth, machine) else NOTHING


def _comprehension(every: bool, test: Comprehension, truth: bool, machine: Interpreter) -> Checked:
    """`all(… for c in x)` is true, or `any(… for c in x)` is false; or `any(x == sought for x in ALLOWED)` is true."""
    path = path_of(test.target)
    if path is not None and truth and not every and not test.conditions:
        return _equals_one(path, test.element, test.iterable, machine)
    if every is not truth or path is None:
        return NOTHING
    if path in checked(test.element, truth, machine):
        return members_of(test.iterable) | paths_of(test.iterable)
    return NOTHING


def _equals_one(member: str, test: Expression, container: Expression, machine: Interpreter) -> Checked:
    """What equals one of the members of an allow-list."""
    if not isinstance(test, Binary) or test.operator != "==" or not _is_allow_list(container, machine):
        return NOTHING
    others = [side for side in (test.left, test.right) if path_of(side) != member]
    return paths_of(others[0]) if len(others) == 1 else NOTHING


def _predicate(closure: Closure, call: Call, truth: bool, machine: Interpreter) -> Checked:
    """A function of the file that returns a test of its parameters, or false where one fails before."""
    if machine.tests > _DEEPEST_TEST:
        return NOTHING
    body = [
        s for s in closure.function.body if not (isinstance(s, ExpressionStatement) and isinstance(s.value, String))
    ]
    if len(body) != 1 and not truth:
        return NOTHING
    machine.tests += 1
    inside = _passed(body, truth, machine)
    machine.tests -= 1
    pairs = zip(closure.function.parameters, call.arguments, strict=False)
    return frozenset(
        path for parameter, argument in pairs if parameter.name in inside for path in paths_of(argument.value)
    )


def _passed(body: Iterable[Statement], truth: bool, machine: Interpreter) -> Checked:
    """What is checked where statements return `truth`, the last of them at the latest."""
    found = NOTHING
    for statement in _flat(body):
        match statement:
            case If(test=test, then=then, otherwise=()) if then and _returns_false(then[-1]):
                found |= checked(test, False, machine)
            case Return(value=value) if value is not None:
                return found | checked(value, truth, machine)
            case Return() | If() | Loop() | Switch() | Try():
                return NOTHING  # what they return on their way is not looked at
    return NOTHING


def _flat(body: Iterable[Statement]) -> Iterator[Statement]:
    """Statements, and in the place of a block what stands in it."""
    for statement in body:
        if isinstance(statement, Nested):
            yield from _flat(statement.body)
        else:
            yield statement


def _returns_false(statement: Statement) -> bool:
    return isinstance(statement, Return) and isinstance(statement.value, Constant) and statement.value.value is False


def _is_allow_list(container: Expression, machine: Interpreter) -> bool:
    name = last_name(container)
    if _DENY.search(name):
        return False
    value = machine.evaluate(container)
    if isinstance(value, Atom) and value.origin is Origin.PARAMETER:
        return bool(_ALLOW.search(name) or re.search(r"column|field|table|name|choice|option|key", name, re.I))
    if isinstance(value, Text):
        # `x in "abc"` tests for a part of a constant; `"'" in x` tests nothing of x.
        return origin_of(value) is Origin.CONSTANT and not isinstance(container, Name)
    return origin_of(value) < Origin.REQUEST


def _index_of(expression: Expression, machine: Interpreter) -> Checked:
    """`ALLOWED.indexOf(x)`."""
    match expression:
        case Call(function=Attribute(value=container, name="indexOf" | "index" | "findIndex"), arguments=arguments) if (
            arguments and _is_allow_list(container, machine)
        ):
            return paths_of(arguments[0].value)
    return NOTHING
