"""Test cases written in Markdown: headings name cases, fenced blocks are programs. The format: rules/README.md."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILENAMES = {
    "python": "example.py",
    "javascript": "example.js",
    "js": "example.js",
    "jsx": "example.jsx",
    "typescript": "example.ts",
    "ts": "example.ts",
    "tsx": "example.tsx",
    "go": "example.go",
    "sql": "example.sql",
    "prisma": "schema.prisma",
    "shell": "example.sh",
    "vue": "example.vue",
    "svelte": "example.svelte",
}
_HEADING = re.compile(r"#{1,6} +(.+)")
_FENCE = re.compile(r"(`{3,})(.*)")
_EXPECTATION = re.compile(
    r"(?P<kind>error|warning|info|missing|spurious)(?:\((?P<above>-\d+)\))?:"
    r'(?: (?P<column>\d+))? \[(?P<rule>[\w-]+)\](?: "(?P<message>[^"]*)")?'
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: the nearest heading above it, the 1-based line of its first line, its info string and text."""

    heading: str
    line: int
    info: str
    text: str

    @property
    def kind(self) -> str:
        """The first word of the info string: mostly a language."""
        return self.info.split(" ", 1)[0]

    @property
    def words(self) -> frozenset[str]:
        """The words of the info string after the first that are no `key=value`."""
        return frozenset(word for word in self.info.split()[1:] if "=" not in word)

    def attribute(self, name: str) -> str | None:
        """The value of `name=value` in the info string."""
        pairs = (word.split("=", 1) for word in self.info.split()[1:] if "=" in word)
        return next((value for key, value in pairs if key == name), None)


@dataclass(frozen=True, slots=True, order=True)
class Expectation:
    """What is expected of one line. `kind` is a severity, or `missing` or `spurious` for a known gap, which has no
    column (0). `message` must be part of the diagnostic's message."""

    line: int
    column: int
    kind: str
    rule: str
    message: str = field(default="", compare=False)


@dataclass(frozen=True)
class History:
    """The default branch of the remote of a case: the paths and texts of files on it where the checkout left it, and of
    those that came since."""

    merged: tuple[tuple[str, str], ...] = ()
    ahead: tuple[tuple[str, str], ...] = ()

    def with_block(self, block: Block) -> History:
        """The same with one more file, if the block is one of the branch."""
        file = (block.attribute("path") or FILENAMES[block.kind], block.text)
        if "merged" in block.words:
            return replace(self, merged=(*self.merged, file))
        return replace(self, ahead=(*self.ahead, file)) if "ahead" in block.words else self


NO_HISTORY = History()


@dataclass(frozen=True)
class Case:
    """One program to check. `fixed` is what all its fixes make of it, without the expectations; where `is_fix_missing`,
    it is what they should make of it and do not yet. `beside` are other files of its project: their paths and texts.
    `history` is what the default branch of the remote has. `base` is what a database server is given before the
    program, `marks` are the other words behind its language."""

    heading: str
    line: int
    path: str
    text: str
    expectations: tuple[Expectation, ...]
    dialect: str | None = None
    is_broken: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    fixed: str | None = None
    is_fix_missing: bool = False
    beside: tuple[tuple[str, str], ...] = ()
    history: History = NO_HISTORY
    base: str = ""
    marks: frozenset[str] = frozenset()


def blocks(markdown: str) -> Iterator[Block]:
    """The fenced blocks of a Markdown text, in order."""
    heading, fence, start, info, body = "", "", 0, "", list[str]()
    for number, line in enumerate(markdown.splitlines(keepends=True), 1):
        if fence:
            if line.strip() == fence:
                yield Block(heading, start, info, "".join(body))
                fence = ""
            else:
                body.append(line)
        elif match := _FENCE.match(line):
            fence, info, start, body = match.group(1), match.group(2).strip(), number + 1, []
        elif match := _HEADING.match(line):
            heading = match.group(1).strip()


def sections(markdown: str) -> dict[str, str]:
    """The text under every second-level heading; headings inside fenced blocks do not count."""
    found: dict[str, list[str]] = {}
    name, is_fenced = "", False
    for line in markdown.splitlines(keepends=True):
        is_fenced ^= line.startswith("```")
        if line.startswith("## ") and not is_fenced:
            name = line[3:].strip()
            found[name] = []
        elif name:
            found[name].append(line)
    return {heading: "".join(lines).strip() for heading, lines in found.items()}


def cases(markdown: str) -> list[Case]:
    """The cases of a test file. Raises `ValueError` for a block that is none of the kinds in rules/README.md, or
    that says what the fixes make of a program in which nothing is reported."""
    found: list[Case] = []
    options: dict[str, Any] = {}
    beside: list[tuple[str, str]] = []
    bases: dict[str | None, str] = {}  # of the heading, by dialect
    usual: dict[str | None, str] = {}  # of the file
    heading = ""
    history = NO_HISTORY
    for block in blocks(markdown):
        if block.heading != heading:
            heading, options, beside, bases, history = block.heading, {}, [], {}, NO_HISTORY
        if block.kind == "toml":
            options = tomllib.loads(block.text)
        elif block.kind not in FILENAMES and not ("beside" in block.words and block.attribute("path")):
            raise ValueError(f"line {block.line}: unknown block {block.info!r}")
        elif "fixed" in block.words:
            found[-1] = _with_fixed(found[-1], block)
        elif "base" in block.words:
            is_usual = markdown.startswith(f"# {heading}\n")
            (usual if is_usual else bases)[block.attribute("dialect")] = block.text
        elif block.words & {"merged", "ahead"}:
            history = history.with_block(block)
        elif "beside" in block.words:
            beside.append((block.attribute("path") or FILENAMES[block.kind], block.text))
        else:
            dialect = block.attribute("dialect")
            base = bases.get(dialect, usual.get(dialect, ""))
            found.append(replace(_case(block, options, tuple(beside)), base=base, history=history))
    return found


def without_expectations(text: str, path: str) -> str:
    """The program without its expectations; a line that held nothing else is gone."""
    comment = _expectations_comment(path)
    lines = []
    for line in text.splitlines(keepends=True):
        rest = comment.sub("", line)
        if rest == line or rest.strip():
            lines.append(rest)
    return "".join(lines)


def _case(block: Block, options: Mapping[str, Any], beside: tuple[tuple[str, str], ...]) -> Case:
    path = block.attribute("path") or FILENAMES[block.kind]
    return Case(
        block.heading,
        block.line,
        path,
        block.text,
        tuple(sorted(_expectations(block.text, path))),
        block.attribute("dialect"),
        "broken" in block.words,
        options,
        beside=beside,
        marks=block.words,
    )


def _with_fixed(case: Case, block: Block) -> Case:
    if case.fixed is not None or case.heading != block.heading:
        raise ValueError(f"line {block.line}: no program stands before this `fixed` block")
    if not any(expectation.column for expectation in case.expectations):
        raise ValueError(f"line {block.line}: nothing is reported in the program before this `fixed` block")
    return replace(case, fixed=block.text, is_fix_missing="missing" in block.words)


def _expectations(text: str, path: str) -> Iterator[Expectation]:
    comment = _expectations_comment(path)
    for number, line in enumerate(text.splitlines(), 1):
        if match := comment.search(line):
            for item in _EXPECTATION.finditer(match.group()):
                kind, column = item["kind"], int(item["column"] or 0)
                if (column == 0) != (kind in ("missing", "spurious")):
                    raise ValueError(
                        f"an `{kind}:` expectation {'without' if column == 0 else 'with'} a column: {line}"
                    )
                yield Expectation(number + int(item["above"] or 0), column, kind, item["rule"], item["message"] or "")
        elif re.search(r"\b(?:error|warning|missing|spurious)(?:\(-\d+\))?:.*\[[\w-]+\]", line):
            raise ValueError(f"looks like an expectation but is none: {line}")


def _expectations_comment(path: str) -> re.Pattern[str]:
    leader = {"py": "#", "sh": "#", "sql": "--"}.get(path.rsplit(".", 1)[-1], "//")
    item = re.sub(r"\(\?P<\w+>", "(?:", _EXPECTATION.pattern)
    return re.compile(rf"[ \t]*{leader} ?{item}(?: +{item})*[ \t]*$", re.MULTILINE)
