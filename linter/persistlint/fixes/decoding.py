"""Errors of decoding and encoding, and of responses, looked at where they come up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.guards import (
    above_comments,
    go_failure,
    guard,
    guarded_place,
    has_names_inside,
    line_before,
    unsafe,
)
from persistlint.fixes.imports import go_package
from persistlint.ir import (
    Assign,
    Attribute,
    Await,
    Call,
    Collection,
    ExpressionStatement,
    If,
    Name,
)
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import JsonAssertion, JsonErrorIgnored, JsonResponse
    from persistlint.fixes.program import Frame, Program

_OTHER_OK = regex(rb"(?<![\w.])ok\b(?!\s*:?=[^=])(?<!!ok)|^\s*ok\s*:?=|\bvar\s+ok\b", re.MULTILINE)
_OF_RESPONSE = regex(r"(\w+)\.json\(\)")
_FAILED = regex(r"\b(?:err|\w+Err)\s*!=\s*nil")
_GOES_ON = regex(r"\berr\w* == nil")  # a test that what cannot be decoded is left out
_SAYS_WHY = regex(
    r"ignor|deliberate|intention|on purpose|best[- ]effort|non-?fatal|can ?not fail|never fails", re.IGNORECASE
)


def returned_error(program: Program, fact: JsonErrorIgnored) -> tuple[Fix, ...]:
    """The error of a call of Go is returned, where the function returns one."""
    frame = guarded_place(program, fact.range)
    failure = go_failure(program, frame, "err") if frame is not None else None
    if frame is None or failure is None or fact.used is not None or not program.is_clean(frame.statement.range):
        return ()
    statement, call = frame.statement, program.source.text(fact.range)
    above = Range(above_comments(program, statement.range.start), statement.range.start)
    if _SAYS_WHY.search(program.source.text(above)):
        return ()
    if not program.is_alone(statement) or re.search(r"\berr\b", call) or _handles_error(program, fact.range):
        return ()
    target = statement.target if isinstance(statement, Assign) else None
    is_dropped = isinstance(statement, ExpressionStatement) or (isinstance(target, Name) and target.id == "_")
    indentation, step = program.indentation(statement.range.start), program.indent or "\t"
    behind = f"{{\n{indentation}{step}{failure[0]}\n{indentation}}}"
    if is_dropped and call == _value(program, frame):
        return unsafe("Return its error", Edit(statement.range, f"if err := {call}; err != nil {behind}"))
    if not isinstance(target, Collection) or not isinstance(statement, Assign) or not statement.declares:
        return ()
    names = [name.id if isinstance(name, Name) else "" for name in target.elements]
    if len(names) != 2 or names[1] != "_" or not names[0] or _declares_again(frame, "err"):
        return ()
    text = f"{names[0]}, err := {call}\n{indentation}if err != nil {behind}"
    return unsafe("Return its error", Edit(statement.range, text)) if call == _value(program, frame) else ()


def _handles_error(program: Program, place: Range) -> bool:
    """Whether a place stands where Go handles an error, which another one must not take the place of."""
    frames = program.frames(place)
    tests = (each.statement for each in frames if isinstance(each.statement, If))
    return any(
        _FAILED.search(program.source.text(test.test.range)) and any(place in each.range for each in test.then)
        for test in tests
    )


def checked_assertion(program: Program, fact: JsonAssertion) -> tuple[Fix, ...]:
    """The second result of a type assertion of Go, where it is assigned to a name and the function returns errors."""
    frame = guarded_place(program, fact.range)
    statement = frame.statement if frame is not None else None
    if frame is None or not isinstance(statement, Assign) or not isinstance(statement.target, Name):
        return ()
    function = frame.function
    if statement.value is None or statement.value.range != fact.range or not statement.declares or function is None:
        return ()
    body = program.source.content[function.range.start : function.range.end]
    failure = go_failure(program, frame, f'fmt.Errorf("unexpected type %T", {program.source.text(fact.value)})', "fmt")
    if failure is None or _OTHER_OK.search(body) or not program.is_alone(statement):
        return ()
    indentation, step = program.indentation(statement.range.start), program.indent or "\t"
    name = program.source.text(statement.target.range)
    test = f"if !ok {{\n{indentation}{step}{failure[0]}\n{indentation}}}"
    text = f"{name}, ok := {program.source.text(fact.range)}\n{indentation}{test}"
    return unsafe("Return an error for another type", Edit(statement.range, text), *failure[1])


def checked_status(program: Program, fact: JsonResponse) -> tuple[Fix, ...]:
    """A look at the status before the statement that decodes the body."""
    arrow = _checked_in_arrow(program, fact)
    if arrow:
        return arrow
    frame = guarded_place(program, fact.range)
    if frame is None or not program.is_clean(Range(program.line_start(frame.statement.range.start), fact.range.end)):
        return ()
    if program.source.language == "go":
        return _go_status(program, fact, frame)
    node = program.expression(fact.range)
    call = node.value if isinstance(node, Await) else node
    if not isinstance(call, Call) or not isinstance(call.function, Attribute) or call.function.name != "json":
        return ()
    if not isinstance(call.function.value, Name):
        return ()
    response = call.function.value.id
    if has_names_inside(program, frame, call.function.value.range):
        return ()
    if program.source.language == "python":
        edit = line_before(program, frame, f"{response}.raise_for_status()")
        return unsafe("Raise an error for a bad status", edit)
    error = f"throw new Error(`HTTP ${{{response}.status}}`){program.semicolon}"
    return unsafe("Throw an error for a bad status", guard(program, frame, f"!{response}.ok", error))


def _checked_in_arrow(program: Program, fact: JsonResponse) -> tuple[Fix, ...]:
    """`(res) => res.json()` as a function that looks at the status first."""
    frame = program.frame(fact.range)
    before = program.source.content[: fact.range.start].rstrip()
    found = _OF_RESPONSE.fullmatch(program.source.text(fact.range))
    if frame is None or frame.function is None or found is None or not before.endswith(b"=>"):
        return ()
    if [parameter.name for parameter in frame.function.parameters] != [found[1]] or program.indent is None:
        return ()
    if frame.statement.range != fact.range or program.source.content[len(before) : fact.range.start].strip():
        return ()
    indentation, step, end = program.indentation(len(before)), program.indent, program.semicolon
    text = (
        f"{{\n{indentation}{step}if (!{found[1]}.ok) {{\n"
        f"{indentation}{step}{step}throw new Error(`HTTP ${{{found[1]}.status}}`){end}\n{indentation}{step}}}\n"
        f"{indentation}{step}return {program.source.text(fact.range)}{end}\n{indentation}}}"
    )
    return unsafe("Throw an error for a bad status", Edit(Range(len(before), fact.range.end), f" {text}"))


def _go_status(program: Program, fact: JsonResponse, frame: Frame) -> tuple[Fix, ...]:
    request = program.frame(fact.request)
    target = request.statement.target if request is not None and isinstance(request.statement, Assign) else None
    response = target.elements[0] if isinstance(target, Collection) and target.elements else None
    http = go_package(program, "net/http")
    if not isinstance(response, Name) or http is None or _GOES_ON.search(program.source.text(_head(program, frame))):
        return ()
    failure = go_failure(program, frame, f'fmt.Errorf("unexpected status %s", {response.id}.Status)', "fmt")
    if failure is None:
        return ()
    condition = f"{response.id}.StatusCode != {http[0]}.StatusOK"
    return unsafe(
        "Return an error for a bad status", guard(program, frame, condition, failure[0]), *failure[1], *http[1]
    )


def _head(program: Program, frame: Frame) -> Range:
    """The line on which a statement begins, from the first of its parts on."""
    start = program.line_start(frame.statement.range.start)
    return Range(start, program.line_end(frame.statement.range.start))


def _value(program: Program, frame: Frame) -> str:
    """The text of what a statement does."""
    statement = frame.statement
    if isinstance(statement, ExpressionStatement):
        return program.source.text(statement.value.range)
    value = statement.value if isinstance(statement, Assign) else None
    return program.source.text(value.range) if value is not None else ""


def _declares_again(frame: Frame, name: str) -> bool:
    """Whether a later statement of the block would declare nothing new, were the name declared before it."""
    later = (each for each in frame.following if isinstance(each, Assign) and each.declares)
    return any(isinstance(each.target, Name) and each.target.id == name for each in later)
