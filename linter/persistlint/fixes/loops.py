"""Callbacks that run all at once, as loops that wait for every turn. JavaScript alone has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.guards import unsafe
from persistlint.ir import Call, ExpressionStatement, TaggedTemplate
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.fixes.program import Frame, Program

_EACH = regex(r"(?P<items>[\w$.]+)\.forEach\(\s*async\s*\(?\s*(?P<item>[\w$]+)\s*\)?\s*=>\s*\{")
_ALL = regex(r"await\s+Promise\.all\(\s*(?P<items>[\w$.]+)\.map\(\s*(?:async\s*)?\(?\s*(?P<item>[\w$]+)\s*\)?\s*=>\s*")
_ENDS = regex(r"\}\s*\)\s*;?")
_UNLIKE = regex(r"\b(?:return|this|arguments|yield|break|continue)\b|`")


def one_by_one(program: Program, place: Range) -> tuple[Fix, ...]:
    """`for … of` with `await` in the place of the `forEach` or the `Promise.all` whose callback holds a place."""
    frame = next((each for each in reversed(program.frames(place)) if _is_parallel(program, each)), None)
    if frame is None or frame.function is None or not frame.function.is_async or program.indent is None:
        return ()
    statement = frame.statement
    text = program.source.text(statement.range)
    if not program.is_alone(statement):
        return ()
    if each := _EACH.match(text):
        return _for_each(statement.range, text, each)
    found = _ALL.match(text)
    return _for_all(program, statement.range, text, found) if found is not None else ()


def _is_parallel(program: Program, frame: Frame) -> bool:
    text = program.source.text(frame.statement.range)
    return isinstance(frame.statement, ExpressionStatement) and bool(_EACH.match(text) or _ALL.match(text))


def _for_each(whole: Range, text: str, found: re.Match[str]) -> tuple[Fix, ...]:
    end = text.rfind("}")
    if _UNLIKE.search(text, found.end()) or not _ENDS.fullmatch(text[end:]):
        return ()
    head = Edit(Range(whole.start, whole.start + len(text[: found.end()].encode())), _head(found))
    tail = Edit(Range(whole.start + len(text[: end + 1].encode()), whole.end), "")
    return unsafe("Wait for every turn", head, tail)


def _for_all(program: Program, whole: Range, text: str, found: re.Match[str]) -> tuple[Fix, ...]:
    body = re.fullmatch(r"(.*?)\s*,?\s*\)\s*,?\s*\)\s*;?", text[found.end() :], re.DOTALL)
    if body is None or body[1].startswith("{") or _UNLIKE.search(body[1]) or not program.is_clean(whole):
        return ()
    if "\n" in body[1]:
        return ()
    indentation, step = program.indentation(whole.start), program.indent or ""
    call = body[1] if body[1].startswith("await ") else f"await {body[1]}"
    loop = f"{_head(found)}\n{indentation}{step}{call}{program.semicolon}\n{indentation}}}"
    return unsafe("Wait for every turn", Edit(whole, loop))


def _head(found: re.Match[str]) -> str:
    return f"for (const {found['item']} of {found['items']}) {{"


def awaited(program: Program, place: Range) -> Edit | None:
    """`await` before the statement that a call is; None where it is more than that, or cannot wait."""
    frame = program.frame(place)
    statement = frame.statement if frame is not None else None
    if (
        frame is None
        or not isinstance(statement, ExpressionStatement)
        or not isinstance(statement.value, Call | TaggedTemplate)
    ):
        return None
    function = frame.function
    if function is None or not function.is_async:
        return None
    return Edit(Range(statement.value.range.start, statement.value.range.start), "await ")
