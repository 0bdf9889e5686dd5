"""The pipeline: bytes, syntax, program, facts, rules, diagnostics. The command line and the language server call
`check`, and so do tests; there is no other way to a diagnostic."""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from persistlint.plugins import PluginError
from persistlint.records import dataclass
from persistlint.rules import group_of, load, may_apply, skips

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from persistlint.analysis import Wanted
    from persistlint.diagnostic import Diagnostic, Severity
    from persistlint.facts import Fact, Sign
    from persistlint.languages import Syntax
    from persistlint.rule import Later, Rule
    from persistlint.settings import Settings
    from persistlint.source import SourceFile

_SUPPRESSION = b"persistlint:"
_MOST_SORTS = 1_000  # of facts, for which the rules are kept that are told of them
_DEEPEST_RECURSION = 12_000  # frames; lowering stops at a nesting that stays far below it


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one file. `errors` are sentences about rules that failed: internal errors, never the file's. Where
    it depends on other files, `consulted` are the marks that tell their state from any other, "" elsewhere."""

    diagnostics: tuple[Diagnostic, ...] = ()
    errors: tuple[str, ...] = ()
    consulted: str = ""


def check(source: SourceFile, settings: Settings, later: Later | None = None) -> Report:
    """Check one file with the rules that `settings` name; diagnostics come in source order. Where `later` is given,
    it takes the remedies that take long to work out, and `complete` makes the rest of the report of them.

    Nothing in the file makes it raise. A rule that raises is named in `errors`, and the others go on. Raises
    `PluginError` where a plugin that is needed cannot be used.
    """
    applicable = _applicable(source, settings.rules)
    skipping = frozenset(skips for skips in _skipping(applicable, source.language) if skips(source.path))
    rules = _rules(applicable, source.language, skipping)
    if _SUPPRESSION not in source.content and not _may_find(rules, source, settings):
        return Report()
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEEPEST_RECURSION))
    from persistlint.languages import read

    errors: list[str] = []
    try:
        syntax = read(source)
    except Exception as error:
        return Report(errors=(_internal("reading the syntax", error),))
    found, consulted = _run(syntax, rules, settings, errors, later) if rules.every else ([], "")
    if _SUPPRESSION in source.content:
        from persistlint import suppression

        # Where a rule failed, nobody knows what a suppression is for.
        ran = settings.rules.difference(applicable) if errors else settings.rules
        found = suppression.apply(source, syntax.comments, found, ran, settings.severities)
    ordered = sorted(found, key=lambda diagnostic: (diagnostic.range, diagnostic.rule))
    return Report(tuple(ordered), tuple(errors), consulted)


def complete(report: Report, later: Later) -> Report:
    """The report with the remedies that were left for later. A remedy that raises is named in `errors`."""
    found, errors = [], list(report.errors)
    for diagnostic in report.diagnostics:
        remedy = later.get((diagnostic.rule, diagnostic.range))
        try:
            found.append(diagnostic.with_remedy(remedy()) if remedy else diagnostic)
        except Exception as error:
            errors.append(_internal(f"a fix of the rule `{diagnostic.rule}`", error))
            found.append(diagnostic)
    return replace(report, diagnostics=tuple(found), errors=tuple(errors))


def _applicable(source: SourceFile, names: frozenset[str]) -> tuple[str, ...]:
    """The rules whose group can have something to say about a file, by name."""
    groups = [group for group in _by_group(names) if not skips(group, source.path)]
    applicable = tuple(group for group in groups if may_apply(group, source.lowered, source.language))
    return _of_groups(names, applicable)


@lru_cache(maxsize=256)
def _of_groups(names: frozenset[str], groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(name for group in groups for name in _by_group(names)[group]))


@lru_cache(maxsize=256)
def _loaded(names: tuple[str, ...], language: str) -> tuple[Rule[Any], ...]:
    """Those of some rules that speak a language."""
    return tuple(rule for rule in map(load, names) if language in rule.languages)


class _Rules:
    """Rules that are run together. `wanted` are the kinds of facts that they ask for, each with the signs that they ask
    for it by."""

    def __init__(self, rules: Iterable[Rule[Any]]) -> None:
        self.every = tuple(rules)
        self.wanted = _wanted(self.every)
        self._settings: Settings | None = None
        self._configured: tuple[_Configured, ...] = ()
        self._told: dict[Hashable, tuple[_Configured, ...]] = {}

    def told_of(self, fact: Fact, key: Hashable, settings: Settings) -> tuple[_Configured, ...]:
        """Those that are told of a fact, each with its severity and its options. They are kept by the `key`, the kind
        and the sort of the fact, for most files are checked with the settings of the one before."""
        if self._settings is not settings:
            self._settings, self._told = settings, {}
            self._configured = tuple(_configured(rule, settings) for rule in self.every)
        elif len(self._told) > _MOST_SORTS:
            self._told.clear()
        found = self._told.get(key)
        if found is None:
            found = self._told[key] = tuple(each for each in self._configured if each[0].is_told_of(fact))
        return found


_Configured: TypeAlias = "tuple[Rule[Any], Severity, Mapping[str, Any]]"


def _configured(rule: Rule[Any], settings: Settings) -> _Configured:
    options = {option.name: option.default for option in rule.options} | dict(settings.options.get(rule.name, {}))
    return rule, settings.severities.get(rule.name, rule.severity), options


def _wanted(rules: tuple[Rule[Any], ...]) -> Wanted:
    found: dict[type[Fact], frozenset[Sign]] = {}
    whole = {rule.on for rule in rules if not rule.signs}
    for rule in rules:
        found[rule.on] = frozenset() if rule.on in whole else found.get(rule.on, frozenset()).union(rule.signs)
    return found


@lru_cache(maxsize=256)
def _skipping(names: tuple[str, ...], language: str) -> frozenset[Callable[[str], bool]]:
    """What some of these rules know the files by that they skip."""
    return frozenset(skips for rule in _loaded(names, language) for skips in rule.skips)


@lru_cache(maxsize=256)
def _rules(names: tuple[str, ...], language: str, skipping: frozenset[Callable[[str], bool]]) -> _Rules:
    """Those of some rules that speak a language, and do not skip a file for which this says so."""
    return _Rules(rule for rule in _loaded(names, language) if skipping.isdisjoint(rule.skips))


def _may_find(rules: _Rules, source: SourceFile, settings: Settings) -> bool:
    """Whether there can be a fact for any of these rules, as far as the bytes of a file tell."""
    if not rules.every:
        return False
    from persistlint.analysis import may_have

    return may_have(source, rules.wanted, settings.names)


@lru_cache(maxsize=16)
def _by_group(names: frozenset[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[group_of(name) or ""].append(name)
    return {group: tuple(own) for group, own in found.items()}


def _run(
    syntax: Syntax, rules: _Rules, settings: Settings, errors: list[str], later: Later | None
) -> tuple[list[Diagnostic], str]:
    """Run every rule on the facts that it asks for; with `Report.consulted`. One place is reported once by a rule."""
    from persistlint.analysis import facts
    from persistlint.facts import Consulted
    from persistlint.fixes.program import Program
    from persistlint.rule import RuleContext

    program = Program(syntax)
    listening: dict[Hashable, list[tuple[Rule[Any], Any]]] = {}  # with the context of each, by kind and sort of facts
    found: dict[tuple[str, Any], Diagnostic] = {}
    failed: set[str] = set()
    # Of tables, git and modules, each once; where one of them changed meanwhile, they come to none that there ever is.
    marks: set[str] = set()
    try:
        for fact in facts(syntax, rules.wanted, settings.names):
            if isinstance(fact, Consulted):
                marks.add(fact.mark)
            key = (type(fact), fact.sort)
            if key not in listening:
                listening[key] = [
                    (rule, RuleContext(rule, program.source, severity, options, program, later))
                    for rule, severity, options in rules.told_of(fact, key, settings)
                ]
            for rule, context in listening[key]:
                if rule.name in failed:
                    continue
                try:
                    for diagnostic in rule.check(fact, context):
                        found.setdefault((diagnostic.rule, diagnostic.range), diagnostic)
                except Exception as error:
                    failed.add(rule.name)
                    errors.append(_internal(f"the rule `{rule.name}`", error))
    except PluginError:
        raise
    except Exception as error:
        errors.append(_internal("the analysis", error))
    return list(found.values()), " ".join(sorted(marks))


def _internal(what: str, error: Exception) -> str:
    return f"internal error in {what}: {type(error).__name__}: {error}"
