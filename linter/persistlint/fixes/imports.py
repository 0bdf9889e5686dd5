"""Imports that a fix needs: what a file calls a module or a member already, or the edit that imports it."""

from __future__ import annotations

import re
import sys
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.joining import joined
from persistlint.ir import Import
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.fixes.program import Program

_BEGINS = regex(rb"(?:import|from|const|let|var|export)\b")
_BRACKETS = regex(rb"[()\[\]{}]")
_LONGEST = 200  # lines of one import
_GO_BLOCK = regex(rb"^import \(\r?\n((?:[^\n]*\n)*?)\)", re.MULTILINE)
_GO_SINGLE = regex(rb'^import ("[^"\n]+")[ \t]*$', re.MULTILINE)
_GO_PATH = regex(rb'"([^"]+)"')

Needed = tuple[str, tuple[Edit, ...]]


def python_member(
    program: Program, module: str, member: str, alias: str = "", *, again: bool = False, is_module: bool = False
) -> Needed | None:
    """How the file writes `member` of a Python module, and the edits that import it, under the `alias` where its own
    name is taken; None where no name is left or nothing tells where imports go. With `again` the name is that of the
    member already, in functions that import it themselves; where the member `is_module`, the module may not have it
    before it is imported."""
    imports = _top_level(program)
    for found in imports:
        if found.module == module and found.member == member:
            return found.local, ()
    for found in imports:
        if found.member is None and found.module == module and found.local != "*" and not is_module:
            return f"{found.local}.{member}", ()
        if found.member is not None and f"{found.module}.{found.member}" == module:
            return f"{found.local}.{member}", ()
    local = alias if alias and program.has_name(member) else member
    if (program.has_name(local) and not again) or not imports:
        return None
    imported = member if local == member else f"{member} as {local}"
    others = [found for found in imports if found.module == module and found.member not in (None, "*")]
    edit = _joined(program, others[-1], member) if others and local == member else None
    return local, (edit or _python_line(program, module, f"from {module} import {imported}"),)


def python_module(program: Program, module: str) -> Needed | None:
    """How the file calls a Python module of one name, and the edits that import it; None where the name is taken."""
    imports = _top_level(program)
    known = next((found.local for found in imports if found.module == module and found.member is None), None)
    if known is not None:
        return known, ()
    if program.has_name(module) or not imports:
        return None
    return module, (_python_line(program, module, f"import {module}"),)


def node_module(program: Program, module: str, *, is_further: bool = False) -> Needed | None:
    """How a file of JavaScript calls a module, and the edit that imports it behind the first others, in their way; None
    where the name is taken or there are none. `is_further` where it may import something of that module already."""
    imports = sorted(_top_level(program), key=lambda each: each.range.start)
    name = module.partition("/")[0]
    if not imports or not name.isidentifier() or _is_taken(program, name, is_further=is_further):
        return None
    source, last = program.source, imports[0]
    for each in imports[1:]:
        if source.content[end_of_import(program, last) : source.line_range(_first_line(program, each)).start].strip():
            break  # what stands behind other statements may come too late for these
        last = each
    at = end_of_import(program, last)
    if at < 0:
        return None
    line = source.text(Range(source.line_range(_first_line(program, last)).start, at))
    quote = '"' if '"' in line else "'"
    if "require(" not in line:
        names = f"* as {name}" if program.is_typed else name  # both ways what a CommonJS module exports
        text = f"import {names} from {quote}{module}{quote}"
    else:
        text = f"const {name} = require({quote}{module}{quote})"
    return name, (Edit(Range(at, at), f"\n{text}{';' if line.rstrip().endswith(';') else ''}"),)


def _is_taken(program: Program, name: str, *, is_further: bool) -> bool:
    """Whether something in a file of JavaScript has a name; `is_further` for the modules that are called so."""
    if not program.has_name(name) or not is_further:
        return program.has_name(name)
    modules = re.findall(rf"""(["'`]){name}(?:/[\w./-]*)?\1""".encode(), program.source.content)
    return program.count_name(name) > len(modules)


def go_package(program: Program, path: str) -> Needed | None:
    """How the file calls a package of Go's standard library, and the edits that import it."""
    name = path.rsplit("/", 1)[-1]
    for found in _top_level(program):
        if found.module == path:
            return (found.local, ()) if found.local not in ("*", "_", ".") else None
    if program.has_name(name):
        return None
    content = program.source.content
    if block := _GO_BLOCK.search(content):
        return name, (_go_line(block, path),)
    if single := _GO_SINGLE.search(content):
        both = sorted((single.group(1).decode(), f'"{path}"'))
        lines = "".join(f"\t{each}\n" for each in both)
        return name, (Edit(Range(*single.span()), f"import (\n{lines})"),)
    return None


def end_of_import(program: Program, statement: Import) -> int:
    """Where the last line of an import ends, which can be one of several names; -1 where that is not plain."""
    source = program.source
    first = _first_line(program, statement)
    depth = 0
    for line in range(first, min(first + _LONGEST, len(source.line_starts) + 1)):
        text = source.content[source.line_range(line).start : source.line_range(line).end]
        depth += sum(1 if bracket in b"([{" else -1 for bracket in _BRACKETS.findall(text))
        if depth == 0 and source.line_range(line).end >= statement.range.end:
            return source.line_range(line).end
    return -1


def _first_line(program: Program, statement: Import) -> int:
    """The line that an import begins on, which can be one of several names."""
    line = program.source.line_of(statement.range.start)
    while line > 1 and not _BEGINS.match(program.source.content, program.source.line_range(line).start):
        line -= 1
    return line


def _joined(program: Program, statement: Import, member: str) -> Edit | None:
    """The member in an import of its module, as no more than what is put in."""
    start, end = program.source.line_range(_first_line(program, statement)).start, end_of_import(program, statement)
    before = program.source.text(Range(start, max(end, start))).replace("\r\n", "\n")
    after = joined(before, member)
    if after is None:
        return None
    same = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), len(before))
    added = after[same : same + len(after) - len(before)]
    if before[:same] + added + before[same:] != after:
        return None
    ends = before[:same].count("\n") if b"\r\n" in program.source.content[start:end] else 0
    at = start + len(before[:same].encode()) + ends
    return Edit(Range(at, at), added)


def _go_line(block: re.Match[bytes], path: str) -> Edit:
    """The line in the first group of the block, among those of the standard library in their order, or above others."""
    at = block.start(1)
    own: int | None = None  # behind the last line that is known to come before
    for line in block.group(1).splitlines(keepends=True):
        found = _GO_PATH.search(line)
        if found is not None and "." not in found[1].decode().partition("/")[0]:
            own = own if own is not None else at
            if found[1].decode() > path:
                break
            own = at + len(line)
        elif own is not None and (not line.strip() or (found is not None and found[1].decode() > path)):
            break
        elif own is not None:
            own = at + len(line)
        at += len(line)
    if own is None:
        is_empty = _GO_PATH.search(block.group(1)) is None
        return Edit(Range(block.start(1), block.start(1)), f'\t"{path}"\n' + "\n" * (not is_empty))
    return Edit(Range(own, own), f'\t"{path}"\n')


def _top_level(program: Program) -> list[Import]:
    return [statement for statement in program.module.body if isinstance(statement, Import)]


def _python_line(program: Program, module: str, text: str) -> Edit:
    """An import on a line of its own: behind the last one that goes before it, or before all others."""
    imports = _together(program)
    is_mixed = any(
        one.member is not None and other.member is None and _section(one.module) == _section(other.module)
        for one, other in pairwise(imports)
    )  # sorted by the modules alone, whether `from` or not

    def rank(module: str, is_from: bool) -> tuple[int, bool, str]:
        return _section(module), is_from and not is_mixed, module

    own = rank(module, text.startswith("from "))
    imports = _beside(program, imports, module, is_from=text.startswith("from "))
    before = [found for found in imports if rank(found.module, found.member is not None) <= own]
    same = [found for found in imports if _section(found.module) == _section(module)]
    if before and (before[-1] in same or not same):
        at = end_of_import(program, before[-1])
        return Edit(Range(at, at), f"\n{text}" if before[-1] in same else f"\n\n{text}")
    first = same[0] if same else imports[0]
    at = program.source.line_range(_first_line(program, first)).start
    return Edit(Range(at, at), f"{text}\n" if same else f"{text}\n\n")


def _beside(program: Program, imports: list[Import], module: str, *, is_from: bool) -> list[Import]:
    """The imports among which the one of a module goes: without those of packages that stand apart behind the others,
    as a project's own do, and those of its own package alone where there are such ones."""
    package = module.split(".")[0]
    same = [found for found in imports if _section(found.module) == _section(module)]
    own = [found for found in same if found.module.split(".")[0] == package and (found.member is not None) == is_from]
    if own:
        return own
    for one, other in pairwise(same):
        gap = program.source.text(Range(end_of_import(program, one), other.range.start))
        if one.range != other.range and re.match(r"[ \t]*\r?\n[ \t]*\r?\n", gap):
            return [found for found in imports if found.range.start < other.range.start]
    return imports


def _together(program: Program) -> list[Import]:
    """The imports of the top level that stand together, the first of the most: others stand behind what needs no
    import, or wants to be there before them."""
    runs = (
        list(run) for is_import, run in groupby(program.top_level, lambda each: isinstance(each, Import)) if is_import
    )
    return max(([each for each in run if isinstance(each, Import)] for run in runs), key=len)


def _section(module: str) -> int:
    """The group that an import stands in: of the future, of the standard library, of others, of the package."""
    if module == "__future__":
        return 0
    if module.startswith("."):
        return 3
    return 1 if module.split(".")[0] in sys.stdlib_module_names else 2
