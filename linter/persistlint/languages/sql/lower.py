"""SQL files: what the scan finds in them, and their routines as a program.

A file without dynamic SQL costs one search over its bytes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, overload

from persistlint.ir import Module, Statement
from persistlint.languages import Syntax
from persistlint.languages.sql import routines
from persistlint.languages.sql.plain import DYNAMIC_FUNCTIONS, plain
from persistlint.languages.sql.reader import Reader
from persistlint.languages.sql.statements import body, statement
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.dialect import guess
from persistlint.sql.dynamic import DYNAMIC, ROUTINE
from persistlint.sql.splitter import statements
from persistlint.sql.text import Text, joined, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.source import SourceFile

_HEAD = 200_000  # bytes from which the dialect is guessed
_COMMENTS = regex(
    rb"(?P<comment>--[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?)"
    rb"|'[^']*+'?|\"[^\"]*+\"?|(?:FROM|from)\s+(?:STDIN|stdin)[^;\n]*+;[^\n]*\n(?s:.*?)(?:^\\\.|\Z)",
    re.MULTILINE,
)
_VERBS = regex(
    rb"\b(?:(?P<immediate>execute\s+immediate)"
    rb"|(?P<prepare>prepare\s+[\w@`]+\s+from)\b"
    rb"|(?P<open>open\s+\w+\s+for)\b"
    rb"|(?P<exec>exec(?:ute)?(?=\s*\())"
    rb"|(?P<execute>execute)(?!\s+(?:function|procedure|on|as)\b)"
    rb"|(?:exec(?:ute)?|call|perform)\s+(?:@\w+\s*=\s*)?(?:[\w\[\]]+\.)*\[?(?P<procedure>\w+)"
    rb"|(?P<function>[a-z_][\w$#]*+)(?=\s*\())",
    re.IGNORECASE,
)
_GRANTED = regex(rb"(?:grant|revoke|deny|,)\s+$", re.IGNORECASE)
# What puts text together. It begins with a set of characters, which `re` finds fast, and looks back at each of them.
_JOINED = regex(
    rb"['|+cCfF](?:(?<=')[ \t]*(?:\|\||\+)|(?:(?<=\|)\||(?<=\+))[ \t]*[nN]?'"
    rb"|(?<=\b[cC])(?i:oncat\w*[ \t]*\()|(?<=\b[fF])(?i:ormat[ \t]*\())"
)
_INSERT = regex(rb"^INSERT INTO[^;']*+(?:'[^']*+'?[^;']*+)*+(?:;|\Z)", re.IGNORECASE | re.MULTILINE)
_ESCAPED_INSERT = regex(
    rb"^INSERT INTO[^;']*+(?:'(?:[^'\\]++|\\.)*+'?[^;']*+)*+(?:;|\Z)", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
_ANOTHER_STATEMENT = regex(rb"\b(?:set|declare|exec|execute|if|while|begin|end|return|select|go)\b", re.IGNORECASE)
_BATCHES = regex(r"^[ \t]*go(?:[ \t]+\d+)?[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_WORD = regex(r"\w+")
_PLAIN_SCRIPTS = frozenset({"postgres", "redshift", "sqlite"})  # have no procedural statements outside of routines
_ROUTINE_NAMES = regex(
    r"\b(?:function|procedure|proc)\s+(?:if\s+not\s+exists\s+)?(?:[\w\[\]\"`]+\s*\.\s*)*[\[\"`]?(\w+)", re.IGNORECASE
)


def read(source: SourceFile) -> Syntax:
    """Scan a file. Its comments, the verbs and functions that it calls, and the lines that put text together; the
    routines are lowered when the program is asked for. Never fails, and takes linear time."""
    content = source.content
    comments = _Comments(content)
    lowered = source.lowered
    is_dynamic = DYNAMIC.search(lowered) is not None
    if not is_dynamic and ROUTINE.search(lowered) is None:
        return Syntax(source, comments, (), (), (), lambda: Module(Range(0, len(content)), ()))
    dialect = source.dialect or guess(source.path, content[:_HEAD].decode("utf-8", "replace"))
    stretches = _stretches(content, dialect)
    calls = tuple(call for stretch in stretches for call in _calls(content, stretch)) if is_dynamic else ()
    templates = tuple(line for stretch in stretches for line in _joining(content, stretch))
    return Syntax(
        replace(source, dialect=dialect),
        comments,
        calls,
        templates,
        (),
        cache(partial(lower, content, stretches, dialect)),
    )


class _Comments(Sequence[Range]):
    """The comments of a file, which are looked for when somebody asks for one: most runs do not."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    @cached_property
    def found(self) -> tuple[Range, ...]:
        matches = _COMMENTS.finditer(self.content)
        return tuple(Range(*match.span()) for match in matches if match.lastgroup == "comment")

    def __len__(self) -> int:
        return len(self.found)

    @overload
    def __getitem__(self, index: int) -> Range: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Range, ...]: ...

    def __getitem__(self, index: int | slice) -> Range | tuple[Range, ...]:
        return self.found[index]


def lower(content: bytes, stretches: list[Range], dialect: str | None) -> Module:
    """Lower the stretches of a file that matter: its routines, and the statements of its scripts."""
    is_whole = stretches == [Range(0, len(content))]
    text = whole(content) if is_whole else joined(content, stretches)
    names = frozenset(match.group(1).lower() for match in _ROUTINE_NAMES.finditer(text.text))
    found: list[Statement] = []
    for reader in _parts(text, dialect, names):
        found += _part(reader)
    return Module(Range(0, len(content)), tuple(found))


def _stretches(content: bytes, dialect: str | None) -> list[Range]:
    """The bytes of a file without the plain INSERT statements of a dump, which would take most of the time."""
    found = []
    start = 0
    matters = _ANOTHER_STATEMENT if dialect == "tsql" else DYNAMIC  # T-SQL needs no semicolon
    for match in (_ESCAPED_INSERT if dialect == "mysql" else _INSERT).finditer(content):
        if matters.search(match.group().lower()) is None:
            found.append(Range(start, match.start()))
            start = match.end()
    return [*found, Range(start, len(content))]


def _joining(content: bytes, stretch: Range) -> Iterator[Range]:
    """The lines that begin in a stretch and put text together there."""
    end = stretch.start
    while (match := _JOINED.search(content, end, stretch.end)) is not None:
        start = content.rfind(b"\n", 0, match.start()) + 1
        end = content.find(b"\n", match.end(), stretch.end)
        end = end if end >= 0 else stretch.end
        if start >= stretch.start:
            yield Range(start, end)


def _calls(content: bytes, stretch: Range) -> Iterator[tuple[str, Range]]:
    """What is called, by the name that the lowered program has for it."""
    canonical = {
        "immediate": "EXECUTE IMMEDIATE",
        "prepare": "PREPARE FROM",
        "open": "OPEN FOR",
        "exec": "EXEC",
        "execute": "EXECUTE",
    }
    for match in _VERBS.finditer(content, stretch.start, stretch.end):
        group = match.lastgroup or ""
        range = Range(*match.span(group))
        if group in ("exec", "execute") and _GRANTED.search(content[max(0, range.start - 40) : range.start]):
            continue
        name = canonical.get(group) or match.group(group).decode("utf-8", "replace").lower()
        yield name, range


def _parts(text: Text, dialect: str | None, names: frozenset[str]) -> Iterator[Reader]:
    """The statements of a script; in T-SQL the batches, for there a statement need not end. Those are left out that
    are plain and name no function that matters: most, and all that would be found in them is nothing."""
    if dialect == "tsql":
        start = 0
        for match in _BATCHES.finditer(text.text):
            yield Reader(text.part(start, match.start()), dialect, names)
            start = match.end()
        yield Reader(text.part(start, len(text.text)), dialect, names)
        return
    wanted = names | {name.rsplit(".", 1)[-1] for name in DYNAMIC_FUNCTIONS}
    named = [match.start() for match in _WORD.finditer(text.text) if match.group().lower() in wanted]
    for tokens in statements(text.text, dialect):
        reader = Reader(text, dialect, names, tokens=tokens)
        start, end = tokens[0].start, tokens[-1].end
        if bisect_left(named, start) < bisect_left(named, end) or not _is_plain(reader, start, end):
            yield reader


def _is_plain(reader: Reader, start: int, end: int) -> bool:
    """Whether all that stands between two code points, the tokens of the reader, is one plain statement."""
    if reader.dialect not in _PLAIN_SCRIPTS or reader.word() == "DO" or routines.is_routine(reader):
        return False
    text = reader.text.text
    return text.find(";", start, end) < 0 and text.count(")", start, end) <= text.count("(", start, end)


def _part(reader: Reader) -> list[Statement]:
    """Lower one statement of a script, or one batch."""
    found: list[Statement] = []
    while not reader.at_end:
        before = reader.index
        if routines.is_routine(reader):
            found += routines.routine(reader)
        elif reader.word() == "DO":
            found += routines.anonymous(reader)
        elif reader.word() == "DECLARE" and reader.dialect in ("oracle", None):
            found += body(reader.rest())
            break
        elif reader.dialect in _PLAIN_SCRIPTS:
            found += plain(reader)
        else:
            found += statement(reader)
        if reader.index == before:
            reader.index += 1
    return found
