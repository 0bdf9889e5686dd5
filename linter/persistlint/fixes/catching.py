"""Text that is no JSON, caught where it is decoded."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from persistlint.diagnostic import Edit
from persistlint.facts import JsonOrigin
from persistlint.fixes.guards import guarded_place, unsafe
from persistlint.fixes.imports import python_member
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.wrapping import wrapped
from persistlint.ir import (
    Assign,
    Attribute,
    Await,
    Binary,
    Call,
    Collection,
    Comprehension,
    Conditional,
    ExpressionStatement,
    Import,
    Mapping,
    Return,
    Spread,
    Try,
    Unknown,
    expressions,
    statements_in,
    walk,
)
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.tables import read_table

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import JsonParse
    from persistlint.fixes.program import Frame, Program
    from persistlint.ir import Expression, Function, Statement

_LISTENS = regex(r"(?:.*\.)?(?:$|_?(?:on|handle)_?[A-Z])|.*(?:[lL]istener|[hH]andler)$")  # by its name, or none
_GETS = regex(r"(?:\.get\([^()]*\))*")
_RETURN = regex(r"return\s+")
_CAST = regex(r"(?:\s+as\s+([\w.]+(?:<[\w., ]+>)?(?:\[\])*))?")  # of TypeScript, behind what is decoded
_DECLARATION = regex(r"(?:const|let|var)\s+(\w+)\s*(:[^=;\n]+)?=\s*")
_ASSIGNED = regex(r"[\w.$]+\s*=\s*")
_EFFECT = regex(rb"\buse(?:Layout|Insertion)?Effect\(\s*$")  # of React, which runs behind a function of these
_FIRST_VALUE = regex(rb"\buse(?:State|Memo)(?:<[^()]*>)?\(\s*$")
_RENDERS = regex(r"[A-Z]|use[A-Z]")  # a component or a hook, by its name
_IS_REACT = regex(rb"from\s*[\"'](?:preact|react)\b")
_TITLE = "Catch text that is no JSON"
_NAMES = ("decoded", "parsed")
_ERRORS = ("error", "broken")
_RAISES_OWN = ("json", "orjson")  # modules of Python with a `JSONDecodeError`


def caught_parse(program: Program, fact: JsonParse) -> tuple[Fix, ...]:
    """A `try` around the statement that decodes: it answers, or throws an error with that cause. What else JavaScript
    does in the statement is left behind the `try`. Raises `RefusalError`."""
    frame = guarded_place(program, fact.range)
    if frame is None:
        raise RefusalError("no statement can stand right before it")
    statement = frame.statement
    if not isinstance(statement, Assign | Return | ExpressionStatement) or statement.value is None:
        raise RefusalError("it is part of a statement that holds others")
    is_python = program.source.language == "python"
    whole = Range(program.line_start(statement.range.start), program.line_end(statement.range.end))
    if not program.is_clean(statement.range if is_python else whole):
        raise RefusalError("a comment stands in the statement")
    if is_python:
        return _answered(program, fact, frame, statement) or _raised(program, fact, frame, statement)
    return _thrown(program, fact, frame, whole)


# ------------------------------------------------------------------------------------------------------- JavaScript


def _thrown(program: Program, fact: JsonParse, frame: Frame, whole: Range) -> tuple[Fix, ...]:
    if frame.function is not None and _is_rendering(program, frame.function):
        raise RefusalError("an error takes the component off the page, and nothing here tells what it shows instead")
    statement = frame.statement
    line = program.source.text(whole).strip().removesuffix(";")
    declared = _DECLARATION.match(line) if isinstance(statement, Assign) else None
    made = declared or (_RETURN if isinstance(statement, Return) else _ASSIGNED).match(line)
    value = line[made.end() :] if made is not None else ""
    node = getattr(statement, "value", None)
    is_whole = node is not None and value == program.source.text(node.range) and _only_decodes(node, fact)
    cast = _CAST.fullmatch(value.removeprefix(program.source.text(fact.range)))
    if made is None or not (is_whole or cast is not None):
        return _hoisted(program, fact, frame, whole)
    if declared is None:
        attempt = _attempt(program, fact, frame.function, whole, line, whole.start)
    else:
        indentation = program.indentation(whole.start)
        type = declared[2] or (f": {cast[1]}" if cast is not None and cast[1] else ": any" if program.is_typed else "")
        attempt = f"let {declared[1]}{type.rstrip()}{program.semicolon}\n{indentation}"
        attempt += _attempt(program, fact, frame.function, whole, f"{declared[1]} = {value}", whole.start)
    start = whole.start + len(program.indentation(whole.start))
    return unsafe(_TITLE, Edit(Range(start, whole.end), attempt))


def _is_rendering(program: Program, function: Function) -> bool:
    """Whether React runs a function while it renders: a component, a hook, or what gives a first value."""
    if not _IS_REACT.search(program.source.content):
        return False
    return (
        _RENDERS.match(function.name) is not None
        or _FIRST_VALUE.search(program.source.content, 0, function.range.start) is not None
    )


def _attempt(program: Program, fact: JsonParse, function: Function | None, whole: Range, does: str, start: int) -> str:
    """A `try` in the place of some lines, which does one thing; `start` is where that began before."""
    indentation, step, end = program.indentation(whole.start), program.indent or "  ", program.semicolon
    if "`" not in does:  # else a text may go over several lines, which no blanks may change
        does = re.sub(rf"\n{re.escape(program.indentation(start))}(?=[^\n])", f"\n{indentation}{step}", does)
    quote = program.quote
    is_of_request = fact.origin is not None and fact.origin.is_of_request
    has_response = function is not None and any(parameter.name == "res" for parameter in function.parameters)
    if is_of_request and has_response:
        catch, leave = "catch", f"return res.status(400).json({{ error: {quote}invalid JSON{quote} }})"
    elif function is not None and _EFFECT.search(program.source.content, 0, function.range.start):
        gives = any(isinstance(each, Return) and each.value is not None for each in statements_in(function.body))
        catch, leave = "catch", "return undefined" if gives else "return"  # whose error takes the page away
    elif fact.origin is JsonOrigin.MESSAGE and function is not None and _LISTENS.match(function.name):
        catch, leave = "catch", "return"  # a listener, whose caller wants no error
    else:
        error = _said(fact)
        caused = f"new Error({quote}{error}{quote}, {{ cause: error }})"
        leave = f"new Error(`{error}: ${{error}}`)" if program.is_typed else caused  # a cause may be too new for types
        catch, leave = "catch (error)", f"throw {leave}"
    return (
        f"try {{\n{indentation}{step}{does}{end}\n"
        f"{indentation}}} {catch} {{\n{indentation}{step}{leave}{end}\n{indentation}}}"
    )


def _hoisted(program: Program, fact: JsonParse, frame: Frame, whole: Range) -> tuple[Fix, ...]:
    """A variable for what is decoded before the statement, which the statement uses then; where nothing in it is done
    before that, and nothing decides whether it is."""
    function, statement = frame.function, frame.statement
    if not program.is_alone(statement) and not isinstance(statement, Assign | Return):
        raise RefusalError("another statement stands on its line")
    if not _is_first(statement, fact):
        raise RefusalError("the statement does something else before it decodes, or does not always decode")
    scope = function.range if function is not None else None
    name = next((each for each in _NAMES if not program.has_name(each, scope)), "")
    if not name:
        raise RefusalError("no name is left for what is decoded")
    type = ": any" if program.is_typed else ""
    indentation = program.indentation(whole.start)
    attempt = _attempt(program, fact, function, whole, f"{name} = {program.source.text(fact.range)}", fact.range.start)
    text = f"let {name}{type}{program.semicolon}\n{indentation}{attempt}\n{indentation}"
    start = whole.start + len(indentation)
    return unsafe(_TITLE, Edit(Range(start, start), text), Edit(fact.range, name))


def _is_first(statement: Statement, fact: JsonParse) -> bool:
    """Whether a statement decodes before it calls or waits for anything else, whatever happens."""
    parts = [part for part in expressions(statement) if fact.range in part.range]
    node = parts[0] if len(parts) == 1 else None
    while node is not None and node.range != fact.range:
        match node:
            case Call(function=function, arguments=arguments):
                inner = [function, *(each.value for each in arguments)]
            case Attribute(value=value) | Await(value=value) | Spread(value=value):
                inner = [value]
            case Mapping(entries=entries):
                inner = [each for entry in entries for each in (entry.key, entry.value) if each is not None]
            case Collection(elements=elements):
                inner = [*elements]
            case Binary(operator=operator, left=left, right=right):
                inner = [left] if operator in ("and", "or", "??") else [left, right]
            case Conditional(test=test):
                inner = [test]
            case _:
                return False
        at = next((index for index, each in enumerate(inner) if fact.range in each.range), -1)
        if at < 0 or any(isinstance(each, Call | Await | Unknown) for before in inner[:at] for each in walk(before)):
            return False
        node = inner[at]
    return node is not None


def _only_decodes(value: Expression, fact: JsonParse) -> bool:
    """Whether nothing else in a value than what is decoded can throw an error: `raw ? JSON.parse(raw) : null`."""
    node = value
    while node.range != fact.range:
        match node:
            case Conditional(test=test, then=then, otherwise=otherwise):
                inner = [test, then, otherwise]
            case Binary(operator="or" | "and" | "??", left=left, right=right):
                inner = [left, right]
            case _:
                return False
        found = next((each for each in inner if fact.range in each.range), None)
        others = [part for each in inner if each is not found for part in walk(each)]
        if found is None or any(isinstance(each, Await | Call | Unknown) for each in others):
            return False
        node = found
    return True


# ----------------------------------------------------------------------------------------------------------- Python


def _raised(program: Program, fact: JsonParse, frame: Frame, statement: Statement) -> tuple[Fix, ...]:
    """A new error that says what was no JSON. Where the statement does more than decode, only the error of decoding is
    caught."""
    if fact.origin is not None and fact.origin.is_of_request:
        raise RefusalError("nothing here tells how this program answers a request that is broken")
    value = getattr(statement, "value", None)
    if value is None or not program.is_alone(statement) or _is_lazy(program, value, fact):
        raise RefusalError("it is decoded at another time than its statement runs, or shares a line with others")
    errors = "ValueError" if _only_decodes(value, fact) else _own_error(program, fact)
    name = next((each for each in _ERRORS if _is_free(program, frame.function, each)), "")
    if not name:
        raise RefusalError("no name is left for the error")
    leave = f"raise ValueError({program.quote}{_said(fact)}{program.quote}) from {name}"
    edits = wrapped(program, [statement], "try:", (f"except {errors} as {name}:", leave))
    return unsafe("Raise an error that says what is no JSON", *edits)


def _is_free(program: Program, function: Function | None, name: str) -> bool:
    """Whether a name stands nowhere in a function but for the error of a handler, in that."""
    body = function.body if function is not None else program.module.body
    tries = [each for each in statements_in(body) if isinstance(each, Try)]
    handlers = [handler.range for each in tries for handler in each.handlers if handler.name == name]
    scope = function.range if function is not None else Range(0, len(program.source.content))
    places = (Range(at, at + len(name)) for at in program.standing.names(name, scope.start, scope.end))
    return all(any(place in handler for handler in handlers) for place in places)


def _own_error(program: Program, fact: JsonParse) -> str:
    """The error of nothing but decoding, as the file writes it."""
    module = program.source.text(fact.range).split("(")[0].rpartition(".")[0]
    imported = any(
        isinstance(each, Import)
        and each.local == module
        and each.module in _RAISES_OWN
        and each.member in (None, module)
        for each in program.module.body
    )
    if not imported:
        raise RefusalError("the statement does more than decode, and its other errors must not be taken for that one")
    return f"{module}.JSONDecodeError"


def _is_lazy(program: Program, value: Expression, fact: JsonParse) -> bool:
    """Whether a generator decodes, which somebody may run later."""
    held = [each for each in walk(value) if isinstance(each, Comprehension) and fact.range in each.range]
    return any(program.source.text(each.range)[:1] not in ("[", "{") for each in held)


def _answered(program: Program, fact: JsonParse, frame: Frame, statement: Statement) -> tuple[Fix, ...]:
    """The answer of the framework of a file, by `answers.toml`, where the body of a request is no JSON."""
    value, function = getattr(statement, "value", None), frame.function
    is_of_request = fact.origin is not None and fact.origin.is_of_request
    if not isinstance(statement, Assign) or value is None or not is_of_request:
        return ()
    if value.range.start != fact.range.start or function is None or not program.is_alone(statement):
        return ()
    if not _GETS.fullmatch(program.source.text(Range(fact.range.end, value.range.end))):
        return ()
    packages = {each.module.split(".")[0] for each in program.module.body if isinstance(each, Import)}
    answer = next((each for each in _answers() if each["package"] in packages), None)
    if answer is None or (answer.get("view") and not _is_view(function)):
        return ()
    needed = python_member(program, *answer["imports"].split(":"))
    if needed is None:
        return ()
    leave = answer["form"].format(name=needed[0], message=f"{program.quote}invalid JSON{program.quote}")
    # A form or a header that is missing is None, which is no text at all.
    may_be_none = program.source.text(fact.text).rstrip().endswith(")") and ".get(" in program.source.text(fact.text)
    errors = "(TypeError, ValueError)" if may_be_none else "ValueError"
    edits = wrapped(program, [statement], "try:", (f"except {errors}:", leave))
    return unsafe("Answer that it is no JSON", *edits, *needed[1]) if edits else ()


@cache
def _answers() -> tuple[dict[str, Any], ...]:
    return tuple(read_table(Path(__file__).with_name("answers.toml"))["answer"])


def _is_view(function: Function) -> bool:
    """Whether a function answers a request: it is given one, or is the method of a class that does."""
    names = [parameter.name for parameter in function.parameters]
    return names[:1] == ["request"] or names[:2] == ["self", "request"]


def _said(fact: JsonParse) -> str:
    return f"{fact.origin.value if fact.origin is not None else 'the text'} is no valid JSON"
