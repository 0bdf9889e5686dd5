"""Constants in the place of values: where a file keeps them, and what is there already."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.imports import end_of_import
from persistlint.fixes.program import plain
from persistlint.ir import (
    Assign,
    Attribute,
    Binary,
    Call,
    Constant,
    ExpressionStatement,
    If,
    Import,
    Name,
    Number,
    String,
    Unary,
    expressions_in,
    walk,
)
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.lexer import word_set

if TYPE_CHECKING:
    from persistlint.fixes.program import Program
    from persistlint.ir import Statement

_SHOWN = (Number, String, Constant, Binary, Unary)  # what a constant consists of
_CONSTANT = regex(r"_?[A-Z][A-Z0-9_]*")
_WORD = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MARKUP = (".vue", ".svelte")  # a script in them has a beginning of its own
_OPERATOR = regex(r"\s*([-+*/])\s*")
_ABOVE = (b"#", b"//", b"/*", b" *", b"@")  # how a line begins that belongs to the statement below it
_VAGUE = word_set(
    "delay interval timeout debounce throttle pause wait ms seconds max min threshold limit diff value count length"
    " size number result item data index elapsed"
)  # what says nothing by itself at the top level of a file
_MORE_IMPORTS = regex(rb"(?:[ \t]*\r?\n)*(?:import|export \* from)\b[^\r\n(]*(?=[\r\n])")
_SENT = word_set(  # by Playwright, Puppeteer, Selenium and extensions
    "evaluate evaluateAll evaluateHandle evaluateOnNewDocument addInitScript waitForFunction $eval $$eval executeScript"
    " executeAsyncScript"
)
_OPENING = regex(rb"[-<>=+*/%&|,][ \t]*(\()[ \t]*\Z")
_CLOSING = regex(rb"[ \t]*\)")
_LONGEST_GAP = 20  # bytes before a place
_NEXT_LINE = regex(rb"\r?\n[ \t]*[^\s]")


def known_constant(program: Program, name: str, text: str, place: Range) -> str:
    """A constant of the top level with that value whose name has the same words, declared before a place; else ""."""
    if _runs_elsewhere(program, place):
        return ""
    wanted = sorted(_words(name))
    for statement in program.assigned.get(plain(text), ()):
        target = statement.target
        if not isinstance(target, Name):
            continue
        is_first = statement.range.end <= place.start or program.source.language == "go"
        if is_first and _is_constant(statement) and sorted(_words(target.id)) == wanted:
            return target.id
    return ""


def new_constant(program: Program, name: str, text: str, place: Range) -> Edit | None:
    """The edit that declares a constant at the top level, behind the imports and what is declared there; None where its
    name is taken, or it would stand behind the place that needs it. In Go it stands in the function that needs it, for
    the files of a package share their names, and more than one of them may be given the same one."""
    if program.source.path.endswith(_MARKUP) or program.has_name(name) or "\n" in text or _says_nothing(name):
        return None
    if program.source.language in ("javascript", "typescript") and not program.is_module:
        return None  # all scripts of a page share their names
    if _runs_elsewhere(program, place):
        return None
    declaration = _declaration(program, name, text)
    if program.source.language == "go":
        return _in_function(program, declaration, place)
    anchor = _anchor(program)
    if anchor is None:
        return _first(program, declaration, place)
    at = end_of_import(program, anchor) if isinstance(anchor, Import) else program.line_end(anchor.range.end)
    if at < 0 or at > place.start or not (isinstance(anchor, Import) or program.is_alone(anchor)):
        return None
    while isinstance(anchor, Import) and (more := _MORE_IMPORTS.match(program.source.content, at)):
        at = more.end()  # what is imported for its effects alone
    gap = "\n" if _is_constant(anchor) else "\n\n"
    is_close = _NEXT_LINE.match(program.source.content, at) is not None and not _is_constant(anchor)
    return Edit(Range(at, at), f"{gap}{declaration}{chr(10) if is_close else ''}")


def without_parentheses(program: Program, place: Range) -> Range:
    """A place with the parentheses around it that one name needs no more: those of no call."""
    content = program.source.content
    opening = _OPENING.search(content, max(0, place.start - _LONGEST_GAP), place.start)
    closing = _CLOSING.match(content, place.end)
    if opening is None or closing is None:
        return place
    return without_parentheses(program, Range(opening.start(1), closing.end()))


def _runs_elsewhere(program: Program, place: Range) -> bool:
    """Whether a place is part of a function that a program sends to a browser, where its constants are not."""
    statements = (frame.statement for frame in program.frames(place))
    nodes = expressions_in(*statements)
    calls = (node for node in nodes if isinstance(node, Call) and place in node.range)
    return any(isinstance(call.function, Attribute) and call.function.name in _SENT for call in calls)


def _in_function(program: Program, declaration: str, place: Range) -> Edit | None:
    """The declaration above the first statement of the function around a place."""
    frame = next((frame for frame in program.frames(place) if frame.function is not None), None)
    if frame is None or not program.is_alone(frame.block[0]):
        return None
    start = frame.block[0].range.start
    before = program.source.content[:start].rstrip()
    start = len(before) - 1 if before.endswith(b"(") else start  # of `var (`
    line = program.source.line_of(start)
    while line > 1 and program.source.text(program.source.line_range(line - 1)).lstrip().startswith("//"):
        line -= 1
    at = program.source.line_range(line).start
    return Edit(Range(at, at), f"{program.indentation(start)}{declaration}\n\n")


def _says_nothing(name: str) -> bool:
    """Whether a name is one of many at the top level of a file, where nothing beside it tells what it is about."""
    return _VAGUE.issuperset(_words(name))


def _first(program: Program, declaration: str, place: Range) -> Edit | None:
    """The declaration as the first statement of a file without imports: above the comment of what is first now. A
    comment that the file begins with may be one of the file."""
    content = program.source.content
    if not program.top_level:
        return None
    first = program.top_level[0]
    line = program.source.line_of(first.range.start)
    while line > 1 and content.startswith(_ABOVE, program.source.line_range(line - 1).start):
        line -= 1
    at = program.source.line_range(line).start
    if line == 1 and content.startswith(_ABOVE):
        return None
    gap = "\n\n\n" if program.source.language == "python" and not isinstance(first, Assign) else "\n\n"
    return Edit(Range(at, at), f"{declaration}{gap}") if at <= place.start else None


def _declaration(program: Program, name: str, text: str) -> str:
    if program.source.language == "python":
        return f"{name} = {text}"
    if program.source.language == "go":
        operators = set(_OPERATOR.findall(text))  # as gofmt spaces them, where all bind alike
        spaced = _OPERATOR.sub(r" \1 ", text) if len(operators) == 1 and text[0].isdigit() else text
        return f"const {name} = {spaced}"
    return f"const {name} = {text}{program.semicolon}"


def _anchor(program: Program) -> Statement | None:
    """The last of the imports, or of the constants right behind them."""
    head = list(takewhile(_is_of_head, program.top_level))
    imports = [index for index, each in enumerate(head) if _is_import(each)]
    last: Statement | None = None
    for statement in head[imports[-1] if imports else 0 :]:
        is_text = isinstance(statement, ExpressionStatement) and isinstance(statement.value, String)
        if not (_is_import(statement) or _is_constant(statement) or (last is None and is_text)):
            break
        last = statement
    return last


def _is_of_head(statement: Statement) -> bool:
    return isinstance(statement, Assign | ExpressionStatement) or _is_import(statement)


def _is_import(statement: Statement) -> bool:
    """Whether a statement is an import, or holds those for types alone: `if TYPE_CHECKING:`."""
    match statement:
        case Import() | If(test=Name(id="TYPE_CHECKING") | Attribute(name="TYPE_CHECKING")):
            return True
    return False


def _is_constant(statement: Statement) -> bool:
    """Whether a statement of the top level gives a name to a value that it shows."""
    if not isinstance(statement, Assign) or not isinstance(statement.target, Name) or statement.value is None:
        return False
    is_named = statement.constant or _CONSTANT.fullmatch(statement.target.id) is not None
    return is_named and all(isinstance(node, (*_SHOWN, Name)) for node in walk(statement.value))


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]
