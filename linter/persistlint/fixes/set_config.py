"""A setting of PostgreSQL whose value is a parameter: `SELECT set_config('name', $1, true)` in the place of `SET`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.guards import unsafe
from persistlint.fixes.refusal import RefusalError
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.fixes.program import Program

_TITLE = "Call set_config"
_LITERAL = regex(r"(?s)(?P<quote>\"\"\"|'''|[\"'`])(?P<sql>.*)(?P=quote)")
_WHOLE = regex(r"(?P<space>\s*)SET\s.*?(?P<value>\$\d+|%s|%\(\w+\)s|\?|:\w+)(?P<rest>\s*;?\s*)")
_BEFORE = regex(rb"(?i)\bSET\s[^`'\"$]*\$\{\s*$")  # in a template, up to its hole
_BEHIND = regex(rb"\s*\}(?=\s*;?\s*`)")
_LONGEST = 200  # bytes of a statement before its value


def called_set_config(program: Program, place: Range, setting: str, is_local: bool) -> tuple[Fix, ...]:
    """A `SET` with a parameter becomes a call of `set_config`. `place` is the text that is the statement, or the hole
    of a template that binds what stands in it. Raises `RefusalError`."""
    if not program.is_clean(place):
        raise RefusalError("it stands in a part of the file that is not understood")
    if '"' in setting:
        raise RefusalError("the name of the setting is quoted, and may be written otherwise in a text")
    head, tail = f"SELECT set_config('{setting}', ", f", {'true' if is_local else 'false'})"
    text = program.source.text(place)
    literal = _LITERAL.fullmatch(text)
    if literal is not None:
        whole = _WHOLE.fullmatch(literal["sql"])
        if whole is None or "\\" in literal["sql"]:
            raise RefusalError("the statement is more than the setting and its value")
        quote = '"' if literal["quote"] == "'" else literal["quote"]
        sql = f"{whole['space']}{head}{whole['value']}{tail}{whole['rest']}"
        return unsafe(_TITLE, Edit(place, f"{quote}{sql}{quote}"))
    start = max(place.start - _LONGEST, 0)
    before = _BEFORE.search(program.source.content, start, place.start)
    behind = _BEHIND.match(program.source.content, place.end)
    if before is None or behind is None:
        raise RefusalError("the statement is put together of several texts")
    opening = program.source.content.rfind(b"${", start, place.start)
    return unsafe(
        _TITLE,
        Edit(Range(before.start(), opening), head),
        Edit(Range(behind.end(), behind.end()), tail),
    )
