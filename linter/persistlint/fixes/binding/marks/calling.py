"""Statements that take no bind parameter, as calls of the functions that do the same and take one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.fixes.binding.text.view import HOLE
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.lexer import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.sql.lexer import Token

_SET = regex(
    r"SET\s+(?:(?P<scope>LOCAL|SESSION)\s+)?"
    r"(?:(?P<special>ROLE|TIME\s+ZONE)\s|(?P<name>[a-z_][\w.]*)\s*(?:=|\bTO\b))\s*",
    re.IGNORECASE,
)
_NOTIFY = regex(r"NOTIFY\s+(?:(?P<name>[a-z_]\w*)|\"(?P<quoted>[^\"']+)\")\s*,\s*", re.IGNORECASE)
_PRAGMA = regex(r"PRAGMA\s+(?P<name>table_x?info|index_x?info|index_list|foreign_key_list)\s*\(\s*", re.IGNORECASE)
_SPECIAL = {"ROLE": "role", "TIME ZONE": "TimeZone"}
# A text for one of these is a list of names, of which `SET` takes a string as one element.
_LISTS = frozenset(["search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries"])


@dataclass(frozen=True, slots=True)
class Calling:
    """What stands before and behind the one value of a statement, once it is a call; `start` is where that begins.
    `is_text` where the function takes nothing else."""

    start: int
    before: str
    after: str
    is_text: bool = True


def calling(text: str, tokens: Sequence[Token], dialect: str | None) -> Calling | None:
    """The call that does what a statement does, which ends with its one value; None for other statements.

    See https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET,
    https://www.postgresql.org/docs/current/sql-notify.html and https://www.sqlite.org/pragma.html#pragfunc."""
    value = [token for token in tokens if HOLE in token.text]
    behind = "".join(token.text for token in tokens[tokens.index(value[0]) + 1 :]) if len(value) == 1 else ""
    if len(value) != 1 or (value[0].kind is not Kind.STRING and value[0].text != HOLE):
        return None
    start = tokens[0].start
    head = text[start : value[0].start]
    if dialect == "sqlite" and behind.rstrip(";") == ")" and (match := _PRAGMA.fullmatch(head)) is not None:
        return Calling(start, f"SELECT * FROM pragma_{match['name'].lower()}(", "", is_text=False)
    if behind.rstrip(";"):
        return None
    if (match := _SET.fullmatch(head)) is not None:
        name = _SPECIAL[" ".join(match["special"].upper().split())] if match["special"] else match["name"]
        is_own = dialect is None and "." in name  # MySQL has no settings of that kind
        is_list = name.lower() in _LISTS
        if (dialect != "postgres" and not is_own) or (is_list and value[0].kind is not Kind.STRING):
            return None
        is_local = "true" if (match["scope"] or "").upper() == "LOCAL" else "false"
        before, after = ("quote_ident(", ")") if is_list else ("", "")
        return Calling(start, f"SELECT set_config('{name}', {before}", f"{after}, {is_local})")
    if dialect in ("postgres", None) and (match := _NOTIFY.fullmatch(head)) is not None:
        channel = match["quoted"] or match["name"].lower()
        return Calling(start, f"SELECT pg_notify('{channel}', ", ")")
    return None
