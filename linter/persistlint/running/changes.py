"""Which lines changed since a revision: in commits, in the index and in the work tree, and in files that are new."""

from __future__ import annotations

import ast
import os
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.configuration.config import absolute
from persistlint.git import git
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from persistlint.diagnostic import Diagnostic
    from persistlint.source import SourceFile

_HUNK = regex(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_DIFF = (
    "-c", "core.quotePath=true", "diff", "--unified=0", "--inter-hunk-context=0", "--find-renames", "--no-relative",
    "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules", "--diff-filter=d",
    "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip


class ChangesError(Exception):
    """What changed cannot be told; the message says why."""


@dataclass(frozen=True)
class Changes:
    """Of every file that changed, the lines that are new or other: ranges of lines that count from 1 and end at a line
    feed, as git counts them, in order; None for a file that is new, or that git takes for binary."""

    lines: Mapping[Path, tuple[Range, ...] | None]

    def has(self, path: Path) -> bool:
        """Whether a file changed."""
        return _real(path) in self.lines

    def touch(self, source: SourceFile, diagnostic: Diagnostic) -> bool:
        """Whether a line changed that a diagnostic speaks of: its own, or one that explains it in the same file."""
        lines = self.lines.get(_real(Path(source.path)), ())
        if lines is None:
            return True
        places = [item.range for item in diagnostic.related if item.path in (None, source.path)]
        return any(_meet(lines, _git_lines(source, place)) for place in (diagnostic.range, *places))


def since(revision: str) -> Changes:
    """What changed in the repository of the current directory since it and `revision` parted. Raises `ChangesError`."""
    if revision.startswith("-"):
        raise ChangesError(f"`{revision}` is no revision")
    here = Path.cwd()
    top = here / os.fsdecode(_ask(here, "it is not in a git repository", "rev-parse", "--show-cdup").rstrip(b"\n"))
    name = f"`{revision}` is no revision that git knows"
    commit = os.fsdecode(_ask(top, name, "rev-parse", "--verify", f"{revision}^{{commit}}").strip())
    base = os.fsdecode(_ask(top, f"nothing here leads back to `{revision}`", "merge-base", commit, "HEAD").strip())
    lines: dict[Path, tuple[Range, ...] | None] = {}
    for path, ranges in _files(_ask(top, "git cannot compare", *_DIFF, base, "--")):
        lines[_real(top / path)] = ranges
    new = _ask(top, "git cannot list new files", "ls-files", "-z", "--others", "--exclude-standard")
    lines |= dict.fromkeys(_real(top / path) for path in os.fsdecode(new).split("\0") if path)
    return Changes(lines)


def _ask(folder: Path, problem: str, *arguments: str) -> bytes:
    run = git(folder, *arguments)
    if run is None:
        raise ChangesError("git is not installed")
    if run.returncode:
        reason = os.fsdecode(run.stderr).strip().removeprefix("fatal: ").splitlines()
        raise ChangesError(f"{problem}{f' ({reason[0]})' if reason else ''}")
    return run.stdout


def _files(diff: bytes) -> Iterator[tuple[str, tuple[Range, ...] | None]]:
    """The path and the changed lines of every file in a diff. What stands in hunks is skipped by its count of lines,
    for it may look like anything."""
    lines = iter(diff.split(b"\n"))
    path, is_whole = "", False
    ranges: list[Range] = []
    for line in lines:
        if line.startswith(b"diff --git "):
            if path:
                yield path, None if is_whole else tuple(ranges)
            path, ranges, is_whole = _of_header(line), [], False
        elif line.startswith((b"new file mode ", b"Binary files ")):
            is_whole = True
        elif line.startswith(b"+++ "):
            path = _name(line[4:]) or path
        elif match := _HUNK.match(line):
            removed, start, added = int(match[1] or 1), int(match[2]), int(match[3] or 1)
            if added:
                ranges.append(Range(start, start + added))
            for _ in range(removed + added):
                next(lines, None)
    if path:
        yield path, None if is_whole else tuple(ranges)


def _of_header(line: bytes) -> str:
    """The path of a file without hunks: `diff --git a/path b/path`. Only one without renaming matters here."""
    names = line[len(b"diff --git ") :]
    return _name(names[len(names) // 2 + 1 :])


def _name(text: bytes) -> str:
    """A path as git writes it: in quotes with escapes, if it is not plain, and after its prefix."""
    if text.startswith(b'"'):
        text = ast.literal_eval("b" + text.decode("ascii"))
    return os.fsdecode(text.rstrip(b"\t").removeprefix(b"b/"))


def _git_lines(source: SourceFile, range: Range) -> Range:
    first = source.content.count(b"\n", 0, range.start) + 1
    return Range(first, first + source.content.count(b"\n", range.start, max(range.start, range.end - 1)) + 1)


def _meet(ranges: tuple[Range, ...], lines: Range) -> bool:
    index = bisect_right(ranges, lines.end - 1, key=lambda range: range.start)
    return index > 0 and ranges[index - 1].end > lines.start


@cache
def _real_folder(folder: Path) -> Path:
    return folder.resolve()


def _real(path: Path) -> Path:
    """A path by which a file is known whatever links lead to its folder."""
    whole = absolute(path)
    return _real_folder(whole.parent) / whole.name
