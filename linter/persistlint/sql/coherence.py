"""Whether scripts that are run in the order of their names explain each other.

A script that alters, fills or drops a table of another as that one left it bears the order out. One that makes a table
again, needs a table that only a later one makes, or adds a column that is there, contradicts it. Once may be a mistake.
More often it is no mistake: the scripts are alternatives, examples, the parts of a set-up or the branches of an
upgrade, are for several databases, or are run in an order that something else says. Then what one of them leaves tells
nothing of the others. Tables that no script makes count for neither: their scripts are just not here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import dataclass, replace
from persistlint.schema import changes as c
from persistlint.schema.catalog import Catalog
from persistlint.schema.definitions import Table
from persistlint.schema.references import needed_tables
from persistlint.source import Range
from persistlint.sql.parts import takes_away

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from persistlint.schema.definitions import Name
    from persistlint.schema.script import Script

_MISTAKES = 1  # that a folder may have, however small it is
_RARE = 10  # one contradiction in so many statements about tables of others is a mistake still
_NOWHERE = Range(0, 0)
_OF_ROWS = (c.Insert, c.Update, c.Delete, c.Truncate)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a script says of tables that it does not make: the keys of those that are as it takes them to be, of those
    that are not, and of those that nobody has made before it. `made` are those that it makes."""

    true: frozenset[str]
    false: frozenset[str]
    missing: frozenset[str]
    made: frozenset[str]


def claims_of(script: Script, before: Catalog) -> Claims:
    """What a script claims, where it starts from what those before it left."""
    true: set[str] = set()
    false: set[str] = set()
    missing: set[str] = set()
    made: set[str] = set()
    own: set[str] = set()  # that the script has made, or taken away
    for change in script.forward:
        is_sure = not (change.statement.is_conditional or change.statement.is_guarded)
        if isinstance(change, c.CreateTable):
            key = change.table.key
            table = before.tables.get(key)
            if is_sure and key not in own and not change.if_not_exists and table is not None and table.is_known:
                false.add(key)
            own.add(key)
            made |= {key} - ({key} if change.definition.is_temporary else set())
        for name in needed_tables(change) if is_sure else ():
            if name.key not in own and name.key not in before.views:
                is_made = _is_made(before, name)
                (missing if not is_made else false if _is_refuted(change) else true).add(name.key)
        if isinstance(change, c.DropTable | c.RenameTable):
            own.add(change.table.key)
        if isinstance(change, c.RenameTable):
            own.add(change.to.key)
            made.add(change.to.key)
    return Claims(frozenset(true), frozenset(false), frozenset(missing), frozenset(made))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comes of the claims: whether scripts are run in the order that they are in, and whether they are one
    database in any order."""

    is_ordered: bool
    is_one: bool


def judged(claims: Sequence[Claims], *, is_told: bool) -> Verdict:
    """The verdict on scripts that claim something one behind the other. Where the order `is_told` by nothing, a table
    that is needed before it is made tells that it is another one."""
    true = false = early = 0
    later: set[str] = set()
    for each in reversed(claims):
        too_early = each.missing & later
        false += len(each.false)
        early += len(too_early - each.false)
        true += len(each.true - each.false)
        later |= each.made
    wrong = false + early if is_told else false
    is_one = wrong <= _MISTAKES or wrong * _RARE < true + false + early
    return Verdict(is_one and (is_told or not early), is_one)


def altered_by_others(scripts: Iterable[Script]) -> frozenset[str]:
    """The keys of the tables that some of the scripts alter without making them."""
    keys: set[str] = set()
    for script in scripts:
        made = {change.table.key for change in script.of(c.CreateTable)}
        keys |= {
            change.table.key
            for change in script.forward
            if isinstance(change, c.TableChange)
            and not isinstance(change, (*_OF_ROWS, c.CreateTable, c.DropTable))
            and change.table.key not in made
        }
    return frozenset(keys)


def made_again(scripts: Iterable[Script]) -> frozenset[str]:
    """The keys of tables that more than one of some scripts make, without a drop in between."""
    made: set[str] = set()
    again: set[str] = set()
    for script in scripts:
        for change in script.forward:
            if isinstance(change, c.CreateTable) and not change.if_not_exists:
                again |= {change.table.key} & made
                made.add(change.table.key)
            elif isinstance(change, c.DropTable | c.RenameTable):
                made.discard(change.table.key)
    return frozenset(again)


def made_somewhere(scripts: Collection[Script]) -> Catalog:
    """What is known where nobody knows the order: that there are the tables and indexes that scripts make."""
    found = Catalog()
    for script in scripts:
        for change in script.of(c.CreateTable):
            found.put(Table(change.table, _NOWHERE, is_complete=False))
    for script in scripts:
        for index in script.of(c.CreateIndex):
            if index.index.name and (table := found.find(index.table)) is not None:
                found.indexes[index.index.name] = table.name.key
    return found


def makers_first(scripts: Iterable[Script]) -> list[c.Change]:
    """What scripts change where nobody knows the order: what makes tables comes first, and those that take things away
    are run at another time."""
    changes = (change for script in scripts if not takes_away(script) for change in script.forward)
    return sorted(changes, key=lambda change: not isinstance(change, c.CreateTable))


def left_by(changes: Iterable[c.Change]) -> Catalog:
    """What such changes leave, with the tables that are dropped to be made anew."""
    found = Catalog()
    for change in changes:
        if not isinstance(change, c.DropTable):
            found.apply(change)
    return found


def doubted(catalog: Catalog, keys: frozenset[str]) -> Catalog:
    """A catalog in which some tables may have other columns as well."""
    if not keys:
        return catalog
    found = catalog.copy()
    for key in keys & found.tables.keys():
        if found.tables[key].is_complete:
            found.put(replace(found.tables[key], is_complete=False))
    return found


def _is_made(catalog: Catalog, name: Name) -> bool:
    table = catalog.find(name)
    return table is not None and table.is_known


def _is_refuted(change: c.Change) -> bool:
    """Whether a table has the column already that a change adds, or lacks the one that it takes for there."""
    table = change.before if isinstance(change, c.TableChange) else None
    if table is None or not table.is_complete or table.is_touched:
        return False
    match change:
        case c.AddColumn(column=column, if_not_exists=False):
            return table.column(column.name) is not None
        case c.DropColumn(column=name, if_exists=False) | c.RenameColumn(column=name):
            return table.column(name) is None
    return False
