"""What a rule is: a decorated generator that reads one kind of fact and yields diagnostics."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from persistlint.diagnostic import Diagnostic, Fix, Related, Remedy, Severity
from persistlint.facts import PROGRAMS, SCHEMA_LANGUAGES, SchemaFile, Statements
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.facts import Fact, Sign
    from persistlint.fixes.program import Program
    from persistlint.source import Range, SourceFile

_NEXT = "\n\n## Why it matters"
_HAS_RUN = "\n\nA migration that ten others follow has run, and is left alone."
_DECLARED = """

Where nothing but models makes the tables of a project, those of SQLAlchemy, GORM, Sequelize, TypeORM and Drizzle are
read."""
_IN_PROGRAM = Remedy(reason="it is made in files of SQL alone")
_WIDTH = 60  # code points of source text in a message
_SENTENCE = regex(r"(?:``.*?``|`[^`]*`|[^`])*?\.(?= |$)")  # code in backquotes may hold a full stop

F = TypeVar("F", bound="Fact")
Check = Callable[[F, "RuleContext"], Iterator[Diagnostic]]
Later = dict[tuple[str, "Range"], Callable[[], Remedy]]  # by rule and place


@dataclass(frozen=True)
class Option:
    """One setting of a rule: `[rules.<rule>] <name> = …`. Its type is that of `default`."""

    name: str
    default: bool | int | str | tuple[str, ...] | tuple[int, ...]
    description: str


@dataclass(frozen=True)
class Rule(Generic[F]):
    """A rule is a value; the folder `rules/<group>` is the registry, and the group is the folder's name.

    `on` is the kind of fact that it reads, kinds derived from it included. `docs` is the docstring of the rule's
    module, Markdown under fixed headings. `languages` are names from `persistlint.languages`. `skips` tells by their
    path, as `paths.py` does, the files that it has nothing to say about: they are not analysed for it. `signs` are
    those without which it has nothing to report; where it has none, it is given every fact of its kind. `changes` are
    kinds of changes (`schema.changes`), without any of which it has nothing to report of statements. `momentary` and
    `models` as in `rule`.
    """

    name: str
    group: str
    on: type[F]
    severity: Severity
    default: bool
    languages: tuple[str, ...]
    docs: str
    check: Check[F]
    options: tuple[Option, ...] = ()
    skips: tuple[Callable[[str], bool], ...] = ()
    signs: tuple[Sign, ...] = ()
    changes: tuple[type[Any], ...] = ()
    momentary: bool = False
    models: bool = False

    def is_told_of(self, fact: Fact) -> bool:
        """Whether it may have anything to say about a fact; the same for all facts of one kind and of one `sort`."""
        if not isinstance(fact, self.on):
            return False
        if not isinstance(fact, Statements):
            return True
        if (self.momentary and fact.has_run) or (fact.is_declared and not self.models):
            return False
        return not self.changes or not fact.kinds.isdisjoint(self.changes)

    @property
    def summary(self) -> str:
        """The first sentence of *What it finds*."""
        text = self.docs.split("## What it finds", 1)[-1].split("\n## ", 1)[0].strip()
        text = " ".join(text.split("\n\n", 1)[0].split())
        sentence = _SENTENCE.match(text)
        return sentence.group() if sentence else text


@dataclass(frozen=True)
class RuleContext:
    """What a rule may ask for besides its fact. `options` holds every option of the rule, defaults filled in. `program`
    is what stands around a place, for fixes; None for a rule that looks at no syntax. `later` takes the remedies that
    are not worked out now; where it is None, all are."""

    rule: Rule[Any]
    file: SourceFile
    severity: Severity
    options: Mapping[str, Any] = field(default_factory=dict)
    program: Program | None = None
    later: Later | None = None

    def text(self, range: Range) -> str:
        """The source text of a range as a message shows it: on one line, its middle left out where it is long."""
        text = " ".join(self.file.text(range).split())
        return text if len(text) <= _WIDTH else f"{text[: _WIDTH // 2]}…{text[1 - _WIDTH // 2 :]}"

    def report(
        self,
        range: Range,
        message: str,
        *,
        help: str = "",
        severity: Severity | None = None,
        related: tuple[Related, ...] = (),
        fixes: tuple[Fix, ...] = (),
        remedy: Callable[[], Remedy] | None = None,
    ) -> Diagnostic:
        """Make a diagnostic of this rule. A severity given here is lowered to the configured one, never raised. A fix
        that writes SQL into a file is left out where the file is a program: it does not know what stands around it.
        `remedy` is given instead of `fixes` where they take long to work out, for an editor has no use for most."""
        chosen = self.severity
        if issubclass(self.rule.on, Statements) and self.file.language != "sql" and (fixes or remedy):
            fixes, remedy = (), lambda: _IN_PROGRAM
        if severity is not None and self.severity is self.rule.severity:
            chosen = severity
        found = Diagnostic(self.rule.name, self.rule.group, chosen, range, message, help, related, fixes)
        if remedy is None:
            return found
        if self.later is None:
            return found.with_remedy(remedy())
        self.later.setdefault((self.rule.name, range), remedy)  # of one place the first diagnostic is reported
        return found


def rule(
    name: str,
    *,
    on: type[F],
    severity: Severity,
    default: bool = True,
    languages: tuple[str, ...] = (),
    options: tuple[Option, ...] = (),
    skips: tuple[Callable[[str], bool], ...] = (),
    signs: tuple[Sign, ...] = (),
    changes: tuple[type[Any], ...] = (),
    momentary: bool = False,
    models: bool = False,
) -> Callable[[Check[F]], Rule[F]]:
    """Declare a rule. The module's docstring is its documentation, the folder of the module its group. Without
    `languages` it speaks all those that have the fact. A `momentary` one tells what happens while statements run, and
    has nothing to say about those that have run. Only one with `models` is told of tables that models alone make."""
    languages = languages or (SCHEMA_LANGUAGES if issubclass(on, SchemaFile) else PROGRAMS)

    def decorate(check: Check[F]) -> Rule[F]:
        docs = (sys.modules[check.__module__].__doc__ or "").strip()
        group = check.__module__.split(".")[-2]
        more = _HAS_RUN if momentary else _DECLARED if models else ""
        docs = docs.replace(_NEXT, f"{more}{_NEXT}", 1)
        return Rule(
            name,
            group,
            on,
            severity,
            default,
            languages,
            docs,
            check,
            options,
            skips,
            signs,
            changes,
            momentary,
            models,
        )

    return decorate
