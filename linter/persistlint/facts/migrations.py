"""What stands around the migrations of a project: their history, what runs them, and what works past them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from persistlint.facts.fact import Fact
from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class Revision(Fact):
    """A revision of Alembic among those of its project. `range` is its id, `parents` what it comes after.

    `unknown` are parents that no file has, with their places. `twin` is the path of an earlier file with the same id,
    "" where there is none. `rivals` are the ids of other heads that come first, where nothing says that there are to be
    several.
    """

    id: str
    parents: Range
    unknown: tuple[tuple[str, Range], ...] = ()
    twin: str = ""
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fork(Fact):
    """A revision of Alembic that is not on the default branch of the remote yet, and comes after one that another
    revision there, which is not in this checkout, comes after too. `range` is what it comes after, `child` the id of
    the other revision."""

    id: str
    parent: str
    child: str


@dataclass(frozen=True, slots=True)
class Merging(Fact):
    """A migration in a checkout of which it is known what was merged into the default branch of the remote before.

    `is_edited` where it was merged, and says something else now; then `range` is the line where that begins, else it is
    its first statement. `sums` is the name of a runner that refuses it then, "" where it does not look. `overtaken_by`
    are the paths of merged migrations that are run behind it, where it is new."""

    is_edited: bool
    sums: str = ""
    overtaken_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Synchronisation(Fact):
    """Where a program brings its database in line with its models. `has_migrations` where the project has some as well,
    `changes` where tables that are there are changed or made anew, and not only missing ones made."""

    library: str
    has_migrations: bool
    changes: bool


@dataclass(frozen=True, slots=True)
class UncheckedReferences(Fact):
    """A connection that checks no foreign key, in a file that makes tables with some. `range` is the call that opens
    it, `tables` are the names of these tables. Where it is the only one, `variable` is what gets it in a statement that
    does nothing else; else it is ""."""

    tables: tuple[str, ...]
    variable: str


class Loss(Enum):
    """How nobody hears of the failure of a command."""

    CONTINUED = "it goes on and succeeds"
    REPLACED = "what stands behind `||` succeeds"
    UNCHECKED = "nobody looks at its status"
    PIPED = "only the end of a pipe counts"


@dataclass(frozen=True, slots=True)
class Launch(Fact):
    """A command of a shell script that changes a database, and whose failure is lost. `tool` is what it runs; `client`
    is where the name of a client stands that would stop at an error if it was told so."""

    tool: str
    loss: Loss
    client: Range | None = None
