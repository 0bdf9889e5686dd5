"""The migrations around one: what they leave before it, and what all of them leave in the end.

The files of a folder are one project, in the order of their names, in which numbers count as numbers, if their `Reader`
knows no better. Of SQL files, a runner that has a folder for each migration (`…/up.sql`, `…/migration.sql`), or for
each version (`v1.7/…`), has all of them in the folder above. What a project is made of is read once and kept until a
file of it changes.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.paths import is_migration
from persistlint.records import dataclass, replace
from persistlint.schema.catalog import Catalog
from persistlint.schema.changes import CreateTable, DropTable
from persistlint.schema.difference import Sums, strays, sums_of
from persistlint.schema.references import unknown_tables
from persistlint.sql.chain import run
from persistlint.sql.coherence import (
    Verdict,
    altered_by_others,
    claims_of,
    doubted,
    judged,
    left_by,
    made_again,
    made_somewhere,
    makers_first,
)
from persistlint.sql.elsewhere import Elsewhere, elsewhere
from persistlint.sql.listing import Signature, listed_below, place_of
from persistlint.sql.members import are_steps, files_of, of_others
from persistlint.sql.neighbours import (
    VERSION,
    absolute,
    undone_by,
)
from persistlint.sql.parts import is_part, set_up, takes_away
from persistlint.sql.readers import DIALECTS, SQL, SqlReader
from persistlint.sql.steps import is_step, number
from persistlint.sql.usual import around, read_file, usual_dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from persistlint.schema.script import Script
    from persistlint.sql.chain import Step
    from persistlint.sql.readers import Reader

_MANY = 10  # scripts, all of which speak of tables that they make: nothing is missing before them
_SEVERAL = 5  # scripts, few of which can be undone: a decision
# That are kept: each application of Django is one, which its migrations ask for, and later whoever asks for all tables.
_MOST_PROJECTS = 64


@dataclass(frozen=True)
class Project:
    """The scripts of one dialect by their paths, in order, what is known before each, and hashes of their bytes.
    `firsts` are the paths of the first ones of each version.

    `again` are the keys of tables that more than one script makes without making room: one of several schemas, not
    one after the other. `goes_back_from` is how many of the scripts nobody thought of undoing: those before the first
    that is undone, where they are several, and all where hardly one of several is.
    `undoing` are the paths of those that take away what the others make, which stay without them.
    Where migrations in other languages stand among the scripts, no table is complete. They are not `is_ordered` where
    they contradict each other: nothing is known of one then but that the others make tables, and what some are like is
    `doubtful`, by their keys.
    `in_any_order` gives what such scripts leave where nothing says which of them comes first.
    `is_rooted` where they make all tables that they speak of, but for one at most, and the first one begins, or there
    are many: what they start from is not missing.
    """

    dialect: str | None
    scripts: dict[str, Script]
    before: dict[str, Catalog]
    contents: dict[str, int]
    firsts: dict[tuple[str, ...], str]
    after: Catalog
    again: frozenset[str]
    goes_back_from: int
    is_rooted: bool
    undoing: frozenset[str]
    is_ordered: bool
    doubtful: frozenset[str]
    in_any_order: Callable[[Iterable[Script]], Catalog] | None

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Those of all scripts, in order."""
        return tuple(self.scripts)

    @cached_property
    def sums(self) -> Sums:
        """What scripts make, and what they take away."""
        return sums_of(change for script in self.scripts.values() for change in script.forward)

    @cached_property
    def tables(self) -> Catalog:
        """The tables that scripts make, whenever they are run."""
        return made_somewhere(self.scripts.values())

    @cached_property
    def made(self) -> dict[str, set[str]]:
        """The keys of the tables that scripts make, by the numbers in the names of these; by none all of them."""
        found: dict[str, set[str]] = {"": set()}
        for path, script in self.scripts.items():
            keys = {change.table.key for change in script.of(CreateTable)}
            found[""] |= keys
            found.setdefault(number(path), set()).update(keys)
        return found

    @cached_property
    def places(self) -> dict[str, int]:
        """The places of the scripts by their paths, from 1."""
        return {path: place for place, path in enumerate(self.scripts, 1)}


def dialect_of(path: str, content: bytes, reader: Reader = SQL) -> str | None:
    """The dialect of a file: what the files around it are written in where they agree, else what it tells itself. Where
    it is on disk, and no file of SQL tells anything, what the project has drivers for."""
    files = files_of(absolute(path), reader)
    told = usual_dialect(files, reader)
    if told.is_common:
        return told.dialect
    return reader.dialect(path, content) or told.dialect or (around(files, told, reader) if files else None)


def project_below(root: Path, patterns: tuple[str, ...], dialect: str | None, reader: Reader) -> Project | None:
    """What the files below a directory whose paths match come to, as they are now; None where there are none that
    anybody can read. The dialect is that of the configuration, None where it says nothing."""
    files = listed_below(root, patterns)
    if not files:
        return None
    told = usual_dialect(files, reader)
    found = (
        dialect or told.dialect or reader.dialect(files[0][0], read_file(files[0][0])) or around(files, told, reader)
    )
    if found not in DIALECTS:
        return None
    is_common = dialect is not None or told.is_common or len(files) == 1
    return _project(files, DIALECTS[found], is_common, reader, _elsewhere(files, reader))


def read_in_project(
    path: str, content: bytes, dialect: str | None, *, is_configured: bool, reader: Reader = SQL
) -> Script | None:
    """A file as a part of its project; None where it is no migration. One that is not on disk, or alone in its folder,
    stands for itself. The dialect is that of all files of the project where the configuration says it."""
    file = absolute(path)
    files = files_of(file, reader)
    forward = undone_by(file)  # the file itself, or the one that it is the way back of
    if len(files) < (2 if forward == file else 1):
        return reader.read(path, content, dialect)
    is_common = is_configured or usual_dialect(files, reader).is_common
    project = _project(files, dialect, is_common, reader, _elsewhere(files, reader))
    script: Script | None
    is_same = project.contents.get(file) == hash(content)
    if project.is_ordered and is_same:
        script = project.scripts[file]
        final = project.after
    else:  # the file is being edited: what stands behind it comes on top of what it says now
        undoes = project.scripts.get(forward) if forward != file else None
        script = reader.read(path, content, dialect, _before(project, forward), undoes)
        if script is None:
            return None
        is_kept = undoes is not None or is_same or not (project.is_ordered or project.in_any_order)
        final = project.after if is_kept else _on_top(script, project, file)
    place = _place(project, forward)
    is_program = not isinstance(reader, SqlReader)
    is_one_of_many = is_program or is_step(file) or VERSION.fullmatch(Path(file).parent.name) is not None
    if not is_one_of_many and not is_migration(path) and is_part(script):
        script = set_up(script, project.made.get(number(file), ()))
    return replace(
        script,
        path=path,
        final=_with_own(final, script, project),
        twin=_twin(script, project, file),
        is_undone=script.is_undone if place > project.goes_back_from else None,
        is_rooted=project.is_rooted,
        followers=len(project.scripts) - place if is_one_of_many else 0,
        siblings=project.paths,
        leftovers=script.leftovers if project.is_ordered and not _strays(script, project, forward) else (),
    )


def _strays(script: Script, project: Project, forward: str) -> bool:
    """Whether the way back in a script is not only that of its own migration, which has this path."""
    own = project.scripts.get(forward, script)
    return bool(script.leftovers) and strays(script.backward, own.forward, project.sums)


def _before(project: Project, path: str) -> Catalog | None:
    """What is known before a script; None where it is no part of the project."""
    script = project.scripts.get(path)
    if project.is_ordered or script is None:
        return project.before.get(path)
    known = project.tables.copy()
    for change in script.of(CreateTable):
        known.tables.pop(change.table.key, None)
    return known


def _twin(script: Script, project: Project, path: str) -> str:
    """The path of the first script of the same version and runner, where it is another one. A file that undoes another
    is no script of the project."""
    if not script.version or path not in project.scripts:
        return ""
    first = project.firsts.get(_version(script, path), path)
    return first if first != path else ""


def _version(script: Script, path: str) -> tuple[str, ...]:
    """What tells a script from others: its version among those of its runner, and of a folder that is a version."""
    folder = os.path.basename(os.path.dirname(path))  # noqa: PTH119, PTH120
    return script.version, script.runner.name, folder if VERSION.fullmatch(folder) else ""


def _on_top(script: Script, project: Project, path: str) -> Catalog:
    """What the scripts behind a path leave when they come on top of this one; all of them, where there is no order."""
    if project.in_any_order is not None:
        return project.in_any_order({**project.scripts, path: script}.values())
    final = script.after.copy()
    for name, other in islice(project.scripts.items(), _place(project, path), None):
        for change in other.forward if name not in project.undoing else ():
            if not isinstance(change, CreateTable) or final.find(change.table) is None:
                final.apply(change)
    return final


def _with_own(final: Catalog, script: Script, project: Project) -> Catalog:
    """What the project leaves, with the tables of the script in the place of those that others make as well."""
    own = [
        script.after.find(change.table)
        for change in script.of(CreateTable)
        if change.table.key in project.again or (not project.is_ordered and final.find(change.table) is None)
    ]
    if not own:
        return final
    found = final.copy()
    for table in own:
        if table is not None:
            found.put(table)
    return doubted(found, project.doubtful)


def _place(project: Project, path: str) -> int:
    """How many scripts stand up to and with a path."""
    return project.places.get(path) or bisect_right(project.paths, place_of(path), key=place_of)


@lru_cache(maxsize=_MOST_PROJECTS)
def _project(files: Signature, dialect: str | None, is_common: bool, reader: Reader, others: Elsewhere) -> Project:
    steps, is_mixed = _run(files, dialect, is_common, reader, others.changed)
    scripts = {step.state[0]: step.script for step in steps if step.script is not None}
    firsts: dict[tuple[str, ...], str] = {}
    for path, script in scripts.items():
        firsts.setdefault(_version(script, path), path)
    unknown = {name.key for script in scripts.values() for _, name in unknown_tables(script)}
    begins = any(reader.begins(path) for path in list(scripts)[:1]) or (len(scripts) >= _MANY and not unknown)
    begins &= not any(_goes_on(script) for script in list(scripts.values())[:1])
    before = {step.state[0]: step.before for step in steps if step.script is not None}
    after = steps[-1].after if steps else Catalog()
    verdict, is_told = Verdict(is_ordered=True, is_one=True), True
    if isinstance(reader, SqlReader):
        is_told = 2 * sum(bool(script.runner.name) or is_step(path) for path, script in scripts.items()) >= len(scripts)
        verdict = judged([claims_of(script, before[path]) for path, script in scripts.items()], is_told=is_told)
    doubtful = frozenset[str]() if verdict.is_one else altered_by_others(scripts.values())

    def settled(catalog: Catalog) -> Catalog:
        return doubted(catalog.settled(is_complete=not is_mixed, changed=others.changed or ()), doubtful)

    def in_any_order(scripts: Iterable[Script]) -> Catalog:
        return settled(left_by(makers_first(scripts)))

    is_free = not (verdict.is_ordered or is_told)
    is_alone = not (is_mixed or others.steps or others.programs)
    return Project(
        dialect,
        scripts,
        before=before,
        contents={step.state[0]: step.content for step in steps if step.script is not None},
        firsts=firsts,
        after=in_any_order(scripts.values()) if is_free else settled(after),
        again=made_again(scripts.values()),
        goes_back_from=_goes_back_from(scripts, others),
        is_rooted=verdict.is_ordered and is_alone and len(unknown) <= 1 and begins,
        undoing=frozenset(step.state[0] for step in steps if not step.lasts),
        is_ordered=verdict.is_ordered,
        doubtful=doubtful,
        in_any_order=in_any_order if is_free else None,
    )


def _goes_on(script: Script) -> bool:
    """Whether the first script of a project changes tables that were there, and makes none, or drops one that nobody
    made: another project did."""
    drops = any(change.before is None and not change.if_exists for change in script.of(DropTable))
    return drops or (not any(script.of(CreateTable)) and any(unknown_tables(script)))


def _run(
    files: Signature, dialect: str | None, is_common: bool, reader: Reader, changed: frozenset[str] | None
) -> tuple[tuple[Step, ...], bool]:
    """What comes of the files, and whether something else may change any table between them; some it does."""
    is_sql = isinstance(reader, SqlReader)
    # Programs are run one behind the other, whatever they are written for.
    others = of_others(files, dialect, reader) if is_sql and not is_common else frozenset[str]()
    is_mixed = is_sql and (changed is None or are_steps(others, files))
    ordered = reader.ordered(tuple(path for path, _, _ in files))
    # Of what comes from two beginnings nobody knows which was first, as of revisions of Alembic that were joined later.
    is_mixed |= sum(path.endswith(".py") and reader.begins(path) for path in ordered) > 1
    states = {state[0]: state for state in files}
    ran = [states[path] for path in ordered if path not in others]
    is_told = not is_sql or any(map(is_step, ordered))  # names tell which script comes behind which

    def read(path: str, known: Catalog) -> tuple[int, Script | None]:
        content = read_file(path)
        return hash(content), reader.read(path, content, dialect, known)

    def lasts(script: Script) -> bool:
        return is_told or bool(script.runner.name) or not takes_away(script)

    def settle(catalog: Catalog) -> Catalog:
        return catalog.settled(is_complete=not is_mixed, changed=changed or ())

    folder = str(Path(files[0][0]).parent) if files else ""
    return run((folder, dialect, reader, is_mixed, changed, is_told), ran, read, settle, lasts), is_mixed


def _elsewhere(files: Signature, reader: Reader) -> Elsewhere:
    """What else changes the tables, of which nobody knows when: programs among the scripts, and other folders, but for
    a project that has several itself."""
    if not files or not isinstance(reader, SqlReader):
        return Elsewhere()
    folders = {os.path.dirname(files[0][0]), os.path.dirname(files[-1][0])}  # noqa: PTH120 - they are in order
    return elsewhere(files[0][0], is_whole=len(folders) == 1)


def _goes_back_from(scripts: dict[str, Script], others: Elsewhere) -> int:
    """How many scripts were written before anybody undid one."""
    undone = [bool(script.is_undone) for script in scripts.values()]
    if len(others.steps) >= _SEVERAL and not others.goes_back and not any(undone):
        return len(undone)
    if len(undone) < _SEVERAL:
        return 0
    first = undone.index(True) if 4 * sum(undone) >= len(undone) else len(undone)
    if 2 * sum(undone) < len(undone) - first:
        return len(undone)  # not even most of those since then
    return first if first >= _SEVERAL else 0
