"""What a fix needs beside its marks and values, and its edits as one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.calls.sending import expanding_param
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.imports import go_package
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.manifests import text_of_module

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import Site
    from persistlint.fixes.binding.text.place import Place
    from persistlint.fixes.program import Program
    from persistlint.libraries import Library
    from persistlint.source import SourceFile

_IMPORTS_TEXT = regex(rb"(?m)^from sqlalchemy(?:\.sql(?:\.expression)?)? import (?=.*\btext\b)(?!\()")
_IMPORTS_PQ = regex(rb"(?m)^(?:import)?[ \t]+(?P<blank>_ )\"github\.com/lib/pq\"")
_VERSION = regex(r"(?m)^go[ \t]+1\.(\d+)")
_FIRST_WITH_ANY = 18
_ANY = regex(r"(\[\]|\.\.\.)any\b")
# What the text of a query was made with, which is not there any more.
_IMPORTS = {
    name: regex(rb"(?m)^import \"%b\"\r?\n\r?\n?|^[ \t]*\"%b\"\r?\n" % (name.encode(), name.encode()))
    for name in ("fmt", "strings", "strconv")
}


def expanding(marks: Sequence[str], place: Place, site: Site, library: Library, source: SourceFile) -> list[Edit]:
    """Say of marks that each stands for a list, as SQLAlchemy wants to know, where a statement is made of the text;
    what is a text yet is made one with them by `passed`. Raises `RefusalError`."""
    if not marks:
        return []
    wraps = [*place.wrappers, site.call]
    wrap = next((w for w in wraps if library.text and last_name(w.function) == library.text), None)
    if wrap is None and library.text and not place.wrappers and site.operation.yields != "argument":
        return []
    if len(place.wrappers) > 1 and len(place.texts) > 1:
        raise RefusalError("several statements would have to say which of their values are lists")
    if wrap is None:
        raise RefusalError("a list takes as many placeholders as it has values, which this driver names")
    function, edits = "bindparam", []
    if isinstance(wrap.function, ir.Attribute):
        function = f"{source.text(wrap.function.value.range)}.bindparam"
    elif not re.search(rb"(?m)^from sqlalchemy\b.*\bbindparam\b", source.content):
        match = _IMPORTS_TEXT.search(source.content)
        if match is None:
            raise RefusalError("nothing here tells how to import `bindparam`")
        edits.append(Edit(Range(match.end(), match.end()), "bindparam, "))
    declared = ", ".join(expanding_param(mark, function) for mark in marks)
    return [*edits, Edit(Range(wrap.range.end, wrap.range.end), f".bindparams({declared})")]


def go_imports(edits: Sequence[Edit], program: Program) -> list[Edit]:
    """Import what a Go file uses now, and drop what this was the last use of: neither compiles otherwise. Raises
    `RefusalError` where the file calls something else by the name of a package."""
    source, content = program.source, program.source.content
    if source.language != "go":
        return []
    made: list[Edit] = []
    if any("strconv." in edit.text for edit in edits):
        name, needed = go_package(program, "strconv") or ("", ())
        if name != "strconv":
            raise RefusalError("the file imports nothing that writes a number as text")
        made += [edit for edit in needed if edit not in edits]
    if any("pq.Array(" in edit.text for edit in edits) and (blank := _IMPORTS_PQ.search(content)):
        made.append(Edit(Range(*blank.span("blank")), ""))
    for package, imports in _IMPORTS.items():
        use = f"{package}."
        gone = sum(source.text(edit.range).count(use) - edit.text.count(use) for edit in edits)
        match = imports.search(content) if 0 < gone == content.count(use.encode()) else None
        if match is not None:
            made.append(Edit(Range(*match.span()), ""))
    return made


def of_version(fix: Fix, source: SourceFile) -> Fix:
    """The same fix in the words of the version of Go that the module of a file states, where it does not know `any`."""
    module = text_of_module(source.path) if source.language == "go" else ""
    version = _VERSION.search(module)
    if not module or (version is not None and int(version[1]) >= _FIRST_WITH_ANY):
        return fix
    return replace(fix, edits=tuple(replace(edit, text=_ANY.sub(r"\1interface{}", edit.text)) for edit in fix.edits))


def merged(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The same edits, those that touch made one. Raises `RefusalError` where two of them change the same bytes."""
    result: list[Edit] = []
    before: Edit | None = None
    for edit in sorted(edits, key=lambda edit: edit.range):
        if edit == before and edit.range.start < edit.range.end:
            continue  # of a text that stands in the SQL twice
        before = edit
        if result and edit.range.start < result[-1].range.end:
            raise RefusalError("one of the values stands in the text of another one")
        if result and edit.range.start == result[-1].range.end:
            last = result.pop()
            edit = Edit(Range(last.range.start, edit.range.end), last.text + edit.text)
        result.append(edit)
    return tuple(result)
