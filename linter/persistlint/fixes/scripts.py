"""Fixes of SQL scripts, and why a script is left as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ParamSpec

from persistlint.diagnostic import Applicability, Edit, Fix
from persistlint.fixes.editor import Editor, find
from persistlint.fixes.refusal import RefusalError, explained
from persistlint.paths import is_migration
from persistlint.regexes import regex
from persistlint.schema.changes import End
from persistlint.schema.script import OF_RUNNER
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.diagnostic import Remedy
    from persistlint.schema.changes import CreateIndex, Statement
    from persistlint.schema.script import Script
    from persistlint.source import SourceFile

P = ParamSpec("P")
ALONE = "other statements of the migration would lose their transaction"
_GAP = regex(rb"\A {2,}(?=\S)")  # as columns of a layout have it


def scripted(
    script: Script, way: Callable[P, tuple[Fix, ...]], *arguments: P.args, **more: P.kwargs
) -> Callable[[], Remedy]:
    """What gives the fixes of a way to change a script, or why there is none: the script is to stay, or it refuses."""

    def changed() -> tuple[Fix, ...]:
        refuse_unchanging(script)
        return way(*arguments, **more)

    return explained(changed)


def unsafe(script: Script, title: str, *edits: Edit) -> tuple[Fix, ...]:
    """A fix that a person has to look at. Raises `RefusalError` where the script is to stay as it is."""
    refuse_unchanging(script)
    return (Fix(title, edits, Applicability.UNSAFE),) if edits else ()


def modelled(script: Script, title: str, *edits: Edit) -> tuple[Fix, ...]:
    """The same for a change of what models declare as well. Raises `RefusalError` also where the runner makes its
    migrations of them, for the next one would change it back."""
    if script.runner.no_drift:
        raise RefusalError(script.runner.no_drift)
    return unsafe(script, title, *edits)


def careful(script: Script, title: str, *edits: Edit) -> tuple[Fix, ...]:
    """A fix that keeps what the script does. A runner may have run the script already, and refuses one that changed
    since, and what is written into one that ran reaches no database: where there is one, or the script stands in a
    folder of migrations, a person has to look at it. Raises `RefusalError` where it is to stay as it is."""
    fixes = unsafe(script, title, *edits)
    if script.runner.name or is_migration(script.path):
        return fixes
    return tuple(replace(fix, applicability=Applicability.SAFE) for fix in fixes)


def refuse_unchanging(script: Script) -> None:
    """Raises `RefusalError` where no fix may change a script: others of its project follow it, so that it has been run;
    it is a dump, which a program writes anew; or two databases run it."""
    if script.is_dump:
        raise RefusalError("a program writes the file anew")
    if script.is_shared:
        raise RefusalError("two databases run the file")
    if script.is_followed:
        raise RefusalError("the migration has run, for others follow it")


def retyped(file: SourceFile, type: Range, text: str) -> Edit:
    """Another type in the place of one. Where blanks set apart what stands behind it, it stays where it is."""
    gap = find(file, Range(type.end, file.line_range(file.line_of(type.end)).end), _GAP)
    longer = len(text) - len(file.text(type))
    if gap is None or gap.end - gap.start <= longer:
        return Edit(type, text)
    return Edit(Range(type.start, type.end + max(longer, 0)), text + " " * max(-longer, 0))


def end_of_transaction(script: Script, statement: Statement) -> Statement | None:
    """The statement that commits what a statement does: its COMMIT, or itself. None where the runner commits, would
    do so behind one more statement, or nobody does."""
    if statement.transaction is None:
        return None if script.runner.joins and script.dialect == "postgres" else statement
    ends = (end for end in script.of(End) if end.statement.transaction == statement.transaction)
    end = next(ends, None)
    is_own = statement.transaction != OF_RUNNER
    return end.statement if end is not None and end.is_commit and is_own else None


def stays_apart(script: Script, statement: Statement) -> bool:
    """Whether a statement commits by itself, and still does beside a further one. Where nobody knows what runs the
    script, a text of several is often sent at once, which makes one transaction of them."""
    return not _what_joins(script, statement)


def refuse_joined(script: Script, statement: Statement) -> None:
    """Raises `RefusalError` where a statement does not stay apart, with what joins it to others."""
    reason = _what_joins(script, statement)
    if reason:
        raise RefusalError(reason)


def _what_joins(script: Script, statement: Statement) -> str:
    """What puts a statement and others into one transaction; "" for nothing."""
    runner = script.runner
    if statement.transaction == OF_RUNNER:
        return f"{runner.name or 'what runs it'} opens a transaction around it"
    if statement.transaction is not None:
        return "the script opens a transaction around it"
    if runner.joins and script.dialect == "postgres":
        return f"{runner.name} sends all statements of a file at once, which makes one transaction of them"
    return "nobody knows whether what runs the script opens a transaction around it" if runner.wraps is None else ""


def without_index(script: Script, change: CreateIndex, file: SourceFile) -> tuple[Fix, ...]:
    """A fix that leaves an index out. Raises `RefusalError` where the script speaks of it elsewhere, or does nothing
    else."""
    name = change.index.name
    if name and file.content.lower().count(name.encode()) != 1:
        raise RefusalError(f"the file speaks of `{name}` once more")
    if change.range != change.statement.range:
        raise RefusalError("the statement does more than that")
    if all(each.statement is change.statement for each in script.forward):
        raise RefusalError("the file does nothing else, and would be empty")
    return modelled(script, "Leave this index out", *Editor(script, file).without(change.statement))
