"""The commands of shell scripts that change a database, and whether a failure of theirs is lost."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint.facts import Launch, Loss, Role, swallowed_change
from persistlint.ir import (
    Assign,
    Binary,
    Call,
    ExpressionStatement,
    FunctionDefinition,
    If,
    Lambda,
    Loop,
    Name,
    Nested,
    String,
    Switch,
    Template,
    Unary,
    Unknown,
)
from persistlint.paths import is_test
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Fact
    from persistlint.ir import Block, Expression, Statement
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import Range

_CLIENTS = frozenset({"psql", "mysql", "mariadb", "sqlite3"})
_QUIET = frozenset(
    {"true", ":", "echo", "printf", "logger", "sleep", "cat"}
)  # what never fails, and only says something
_STARTS = frozenset({"cat", "envsubst", "sed", "gunzip", "zcat", "echo", "printf"})  # of a pipe into a client
_SQL = regex(r"\.(?:sql|ddl|psql)\b", re.IGNORECASE)
_CHANGES = regex(r"\b(?:create|alter|drop|truncate|insert|update|delete|grant|revoke|comment|rename)\b", re.IGNORECASE)
_DDL = regex(r"^\s*(?:create|alter|drop|truncate|rename)\b", re.IGNORECASE)
_DROPS_DATABASE = regex(r"^\s*drop\s+database\b", re.IGNORECASE)
_MAKES_DATABASE = regex(rb"\bcreate\s+database\b|\bcreatedb\b", re.IGNORECASE)
_STOPS = regex(r"ON_ERROR_STOP", re.IGNORECASE)
_OPTIONS = regex(r"ARG|OPT|FLAG", re.IGNORECASE)  # in the name of a variable
_SHEBANG = regex(rb"\A#![^\n]*\s-\w*e")


@dataclass(frozen=True, slots=True)
class _Tool:
    name: str
    command: re.Pattern[str]


@dataclass
class _State:
    """What holds at a place of a script."""

    stops: bool  # set -e
    has_pipefail: bool = False


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fact]:
    """The launches of a script that lose failures; nothing for tests."""
    if is_test(syntax.source.path):
        return
    content = syntax.source.content
    stops = _SHEBANG.match(content) is not None or (b"trap " in content and b" ERR" in content)
    yield from _Script(syntax, _State(stops)).block(syntax.lower().body, is_last=True)


class _Script:
    """A walk over one script."""

    def __init__(self, syntax: Syntax, state: _State) -> None:
        self.source = syntax.source
        self.state = state

    def block(self, block: Block, *, is_last: bool) -> Iterator[Fact]:
        """The launches in a block. `is_last` where the status of its last statement is looked at."""
        for index, statement in enumerate(block):
            behind = block[index + 1] if index + 1 < len(block) else None
            is_looked_at = is_last if behind is None else "$?" in self._head(behind)
            yield from self._statement(statement, is_looked_at=is_looked_at)

    def _head(self, statement: Statement) -> str:
        """The text of a statement; of one that has others in it only its test."""
        node = statement.test if isinstance(statement, If) else statement
        return self.source.text(node.range)

    def _statement(self, statement: Statement, *, is_looked_at: bool) -> Iterator[Fact]:
        match statement:
            case ExpressionStatement(value=value):
                self._set(value)
                yield from self._expression(value, is_looked_at=is_looked_at or self.state.stops)
            case Assign(value=Unknown(operands=operands)):
                for operand in operands:
                    yield from self._expression(operand, is_looked_at=True)
            case If(test=test, then=then, otherwise=otherwise):
                yield from self._expression(test, is_looked_at=True)
                yield from self.block(then, is_last=is_looked_at)
                yield from self.block(otherwise, is_last=is_looked_at)
            case Loop(test=test, body=body):
                if test is not None:
                    yield from self._expression(test, is_looked_at=True)
                yield from self.block(body, is_last=False)
            case Switch(cases=cases):
                for case in cases:
                    yield from self.block(case.body, is_last=is_looked_at)
            case FunctionDefinition(function=function):
                yield from self.block(function.body, is_last=True)
            case Nested(body=body):
                yield from self.block(body, is_last=is_looked_at)

    def _set(self, node: Expression) -> None:
        """Take note of `set -e`, `set -o pipefail` and their opposites."""
        if not isinstance(node, Call) or not isinstance(node.function, Name) or node.function.id != "set":
            return
        words = [argument.value.value for argument in node.arguments if isinstance(argument.value, String)]
        for word, behind in pairwise([*words, ""]):
            if re.match(r"-[a-zA-Z]*e", word) or (word.startswith("-") and word.endswith("o") and behind == "errexit"):
                self.state.stops = True
            elif re.match(r"\+[a-zA-Z]*e", word):
                self.state.stops = False
            if word == "pipefail":
                self.state.has_pipefail = True

    # -------------------------------------------------------------------------------------------------- expressions

    def _expression(
        self, node: Expression, *, is_looked_at: bool, piped: str = "", lost: Loss | None = None
    ) -> Iterator[Fact]:
        """The launches in an expression. `piped` is what is sent to it, `lost` how a failure is lost around it."""
        match node:
            case Binary(operator="or", left=left, right=right):
                swallows = Loss.REPLACED if _is_quiet(right) else None
                yield from self._expression(left, is_looked_at=True, lost=swallows or lost)
                yield from self._expression(right, is_looked_at=is_looked_at, lost=lost)
            case Binary(operator="and", left=left, right=right):
                yield from self._expression(left, is_looked_at=True, lost=lost)
                yield from self._expression(right, is_looked_at=is_looked_at, lost=lost)
            case Binary(operator="|", left=left, right=right):
                is_hidden = not self.state.has_pipefail
                yield from self._expression(left, is_looked_at=is_looked_at, lost=Loss.PIPED if is_hidden else lost)
                yield from self._expression(
                    right, is_looked_at=is_looked_at, piped=self.source.text(left.range), lost=lost
                )
            case Unary(operand=operand):
                yield from self._expression(operand, is_looked_at=True, lost=lost)
            case Call(function=Lambda(function=function)):
                yield from self.block(function.body, is_last=is_looked_at)
            case Call():
                yield from self._command(node, piped, lost or (None if is_looked_at else Loss.UNCHECKED))
            case Unknown(operands=operands):
                for operand in operands:
                    yield from self._expression(operand, is_looked_at=is_looked_at, lost=lost)

    def _command(self, call: Call, piped: str, lost: Loss | None) -> Iterator[Fact]:
        words = self._words(call)
        if words and words[0] in _QUIET:
            return  # what it says is run by nobody
        client = next((word for word in words if word.rpartition("/")[2] in _CLIENTS), "").rpartition("/")[2]
        if client:
            yield from self._client(call, client, words, piped, lost)
            return
        line = " ".join(words)
        tool = next((tool for tool in _tools() if tool.command.search(line)), None)
        if tool is not None and lost is not None and "--help" not in words:
            yield Launch(call.range, tool.name, lost)

    def _client(self, call: Call, client: str, words: list[str], piped: str, lost: Loss | None) -> Iterator[Fact]:
        inline = _inline(words)
        if inline is not None:
            is_change = _DDL.match(inline) is not None and "IF" not in inline.upper().split()
            if lost is Loss.REPLACED and is_change and not self._is_made_anew(inline, call):
                yield swallowed_change(call.range, Role.CONNECTION, inline)
            return
        text = self.source.text(call.range)
        if not self._runs_script(call, words, piped):
            return
        is_open = any(_OPTIONS.search(self.source.text(argument.value.range)) for argument in call.arguments)
        if client == "psql" and not _STOPS.search(text) and not _STOPS.search(piped) and not is_open:
            yield Launch(call.range, client, Loss.CONTINUED, self._place(call, client))
        elif client in ("mysql", "mariadb") and {"--force", "-f"} & set(words):
            yield Launch(call.range, client, Loss.CONTINUED)
        elif lost is not None:
            yield Launch(call.range, client, lost)

    def _is_made_anew(self, statement: str, call: Call) -> bool:
        """Whether a database is dropped that is made behind it: that fails, and is seen, where the old one is there."""
        made = _DROPS_DATABASE.match(statement) and _MAKES_DATABASE.search(self.source.content, call.range.end)
        return made is not None

    def _place(self, call: Call, client: str) -> Range:
        """Where the name of a client stands, which may be the word of another command: `docker exec db psql`."""
        ranges = (call.function.range, *(argument.range for argument in call.arguments))
        return next(range for range in ranges if self.source.text(range).rpartition("/")[2] == client)

    def _runs_script(self, call: Call, words: list[str], piped: str) -> bool:
        """Whether a client is given a file of SQL, or changes in a here-document or from a pipe."""
        for argument in call.arguments:
            text = self.source.text(argument.range)
            if (argument.keyword == "<<" and _CHANGES.search(text)) or (argument.keyword == "<" and _SQL.search(text)):
                return True
        first = piped.split(maxsplit=1)[:1]
        if piped and first and first[0] in _STARTS:
            return bool(_SQL.search(piped) or (first[0] in ("echo", "printf") and _CHANGES.search(piped)))
        is_file = any(word in ("-f", "--file") or word.startswith(("--file=", "-f/")) for word in words)
        return is_file and words[0].rpartition("/")[2] != "mysql"

    def _words(self, call: Call) -> list[str]:
        """The words of a command; those with something to expand in them as they are written."""
        found = [call.function.id] if isinstance(call.function, Name) else []
        for argument in call.arguments:
            value = argument.value
            if argument.keyword is None:
                is_known = isinstance(value, String)
                found.append(value.value if is_known and isinstance(value, String) else self._written(value))
        return found

    def _written(self, node: Expression) -> str:
        if isinstance(node, Template):
            return "".join(part.value if isinstance(part, String) else "…" for part in node.parts)
        return self.source.text(node.range)


def _inline(words: list[str]) -> str | None:
    """The SQL that a client is given as a word: behind `-c` or `-e`, or as the last of sqlite3's."""
    for word, behind in pairwise(words):
        if word in ("-c", "--command", "-e", "--execute"):
            return behind
        if word.startswith(("--command=", "--execute=")):
            return word.partition("=")[2]
    is_sqlite = any(word.rpartition("/")[2] == "sqlite3" for word in words)
    return words[-1] if is_sqlite and len(words) > 2 and " " in words[-1] else None


def _is_quiet(node: Expression) -> bool:
    """Whether what stands behind `||` only says something and succeeds."""
    match node:
        case Call(function=Lambda(function=function)):
            return bool(function.body) and all(
                isinstance(statement, ExpressionStatement) and _is_quiet(statement.value) for statement in function.body
            )
        case Call(function=Name(id="exit" | "return"), arguments=(argument,)):
            return isinstance(argument.value, String) and argument.value.value == "0"
        case Call(function=Name(id=name)):
            return name in _QUIET
        case Binary(operator="and", left=left, right=right):
            return _is_quiet(left) and _is_quiet(right)
    return False


@cache
def _tools() -> tuple[_Tool, ...]:
    table = read_table(files(__package__).joinpath("launches.toml"))
    return tuple(_Tool(entry["name"], re.compile(entry["command"])) for entry in table["tool"])
