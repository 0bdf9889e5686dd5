"""A file as its fixes make it: the one way there, for the command line, the language server and other programs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.fixes.converge import converge
from persistlint.languages import read
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from persistlint.diagnostic import Diagnostic
    from persistlint.source import SourceFile

_GO_IMPORT = regex(rb'(?m)^(?:import[ \t]+|[ \t]+)"(?:[\w./-]*/)?(?P<name>\w+)"[ \t]*\r?\n')


def fix(
    source: SourceFile, diagnose: Callable[[SourceFile], Sequence[Diagnostic]], *, unsafe: bool = False
) -> tuple[SourceFile, int]:
    """Apply the safe fixes of what `diagnose` finds, with `unsafe` the others too; return the file and their number.

    What would not parse, or would have a diagnostic that was not there before, is left out. Nothing is written.
    """
    fixed, count = converge(source, diagnose, unsafe=unsafe, breaks=_breaks)
    return (_without_unused_imports(source, fixed) if count else fixed), count


def _breaks(before: SourceFile, after: SourceFile) -> bool:
    return len(read(after).errors) > len(read(before).errors)


def _without_unused_imports(before: SourceFile, after: SourceFile) -> SourceFile:
    """Go does not compile an import that nothing uses, which several fixes together may leave."""
    if after.language != "go":
        return after

    def unused(match: re.Match[bytes]) -> bytes:
        use = re.compile(rb"\b" + re.escape(match["name"]) + rb"\.")
        return match.group() if use.search(after.content) or not use.search(before.content) else b""

    return replace(after, content=_GO_IMPORT.sub(unused, after.content))
