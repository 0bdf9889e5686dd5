"""What persistlint reports: diagnostics, and the fixes that go with them. Only data."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.source import Range


class Severity(Enum):
    """How bad it is. `ERROR` fails, loses or leaks data, or can be attacked; `WARNING` breaks under load,
    concurrency or change; `INFO` is policy and style."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Applicability(Enum):
    """Whether a fix may be applied without a person looking at it."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes of `range` by `text`. An empty range inserts."""

    range: Range
    text: str


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is not there yet. `name` is its path from the folder of the file that the diagnostic is in, with `/`
    and with `..` for the folder above."""

    name: str
    text: str

    def path_beside(self, path: str) -> str:
        """Its path, by that of the file that the diagnostic is in; both with `/`."""
        return normpath(join(dirname(path), self.name))


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that belong together: all are applied, or none. `title` is a command: "Bind it as a parameter". A fix that
    makes new files has no edits."""

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability
    creates: tuple[NewFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """What there is to do about a problem: fixes, or why there is none, as it goes on after "No fix: "."""

    fixes: tuple[Fix, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a diagnostic. `path` is None for the file of the diagnostic itself."""

    range: Range
    message: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem at one place. `message` says what is wrong here, `help` what to do about it."""

    rule: str
    group: str
    severity: Severity
    range: Range
    message: str
    help: str = ""
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()

    def with_remedy(self, remedy: Remedy) -> Diagnostic:
        """The same diagnostic with the fixes of a remedy; where there is none, its help says why."""
        help = f"{self.help} No fix: {remedy.reason}." if remedy.reason else self.help
        return replace(self, help=help, fixes=remedy.fixes)
