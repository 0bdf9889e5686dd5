"""The tables of fixes by rule, language and driver, as the cases in `tests/rules` show them."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "linter"), str(ROOT / "tests")]

from markdown import cases  # noqa: E402
from persistlint.analysis import facts  # noqa: E402
from persistlint.facts import Procedure, Query  # noqa: E402
from persistlint.fixes.program import Program  # noqa: E402
from persistlint.languages import read  # noqa: E402
from persistlint.rule import RuleContext  # noqa: E402
from persistlint.rules import every_rule, load  # noqa: E402
from persistlint.settings import ProjectNames  # noqa: E402
from running import diagnostics_of, source_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown import Case
    from persistlint.diagnostic import Diagnostic
    from persistlint.rule import Rule
    from persistlint.source import SourceFile

RULES = ("interpolated-sql", "interpolated-identifier")
_NAMED = re.compile(  # what of a title is a name of the case
    r"(?P<what>Use the constant|Make it the constant|Index the foreign keys of|Use|Pass|Write|Cast it to|Make it"
    r"|Send it through|Add a foreign key to) (?!(?:an?|the|one|text)\b).+|(?P<put>Put) \w+(?= into)"
)
NAMES = {"python": "Python", "javascript": "JavaScript", "typescript": "TypeScript", "go": "Go", "sql": "SQL"}


def fix_table() -> str:
    """The table, in Markdown. A row stands for what the cases of a driver have: with both kinds of fixes it has two."""
    counts: Counter[tuple[str, str, str, str, str]] = Counter(_fixes())
    rows = ["| rule | language | library | placeholder | fix | safe or unsafe |", "|---|---|---|---|---|---|"]
    merged: dict[tuple[str, str, str, str], list[str]] = {}
    for rule, language, library, title, kind in sorted(counts):
        merged.setdefault((rule, NAMES[language], library, title), []).append(kind)
    for (rule, language, library, title), kinds in merged.items():
        name, _, placeholder = library.partition("\0")
        mark = f"`{placeholder}`" if placeholder else ""
        rows.append(f"| `{rule}` | {language} | {name} | {mark} | {title} | {' or '.join(kinds)} |")
    return "\n".join(rows)


def _fixes() -> Iterator[tuple[str, str, str, str, str]]:
    for name in RULES:
        rule: Any = load(name)
        options = {option.name: option.default for option in rule.options}
        for path in sorted((ROOT / "tests" / "rules" / rule.group).glob("*.md")):
            for case in cases(path.read_text("utf-8")):
                source = source_of(case, case.text)
                if source.language not in NAMES:
                    continue
                syntax = read(source)
                program = Program(syntax)
                context = RuleContext(rule, source, rule.severity, options, program)
                for fact in facts(syntax, {rule.on: frozenset()}, ProjectNames()):
                    if isinstance(fact, Query) and fact.library is not None and fact.placeholder:
                        library = f"{fact.library.name}\0{fact.placeholder}"
                        for diagnostic in rule.check(fact, context):
                            for fix in diagnostic.fixes[:1]:
                                title = fix.title.replace("values as parameters", "value as a parameter")
                                yield name, source.language, library, title, fix.applicability.value


def other_fixes() -> str:
    """The table of the fixes of all other rules, in Markdown, with the libraries where a fix depends on one."""
    kinds: dict[tuple[str, str, str], set[str]] = {}
    libraries: dict[tuple[str, str, str], set[str]] = {}
    for rule in every_rule():
        path = ROOT / "tests" / "rules" / rule.group / f"{rule.name}.md"
        with_fix = [case for case in cases(path.read_text("utf-8")) if case.fixed is not None]
        for case in with_fix if rule.name not in RULES else ():
            source = source_of(case, case.text)
            for library, diagnostic in _reported(rule, source, case):
                for fix in diagnostic.fixes[:1]:
                    language = NAMES.get(source.language, source.language)
                    key = (
                        rule.name,
                        _NAMED.sub(lambda found: f"{found['what'] or found['put']} …", fix.title),
                        language,
                    )
                    kinds.setdefault(key, set()).add("a new file" if fix.creates else fix.applicability.value)
                    libraries.setdefault(key, set()).update([library] if library else [])
    merged: dict[tuple[str, str, str, str], list[str]] = {}
    for rule_name, title, language in sorted(kinds):
        key = (rule_name, title, language)
        row = (rule_name, title, ", ".join(sorted(libraries[key])), " or ".join(sorted(kinds[key])))
        merged.setdefault(row, []).append(language)
    rows = ["| rule | language | libraries | fix | safe or unsafe |", "|---|---|---|---|---|"]
    for (rule_name, title, used, kind), languages in merged.items():
        rows.append(f"| `{rule_name}` | {', '.join(languages)} | {used} | {title} | {kind} |")
    return "\n".join(rows)


def _reported(rule: Rule[Any], source: SourceFile, case: Case) -> Iterator[tuple[str, Diagnostic]]:
    """What a rule reports of a case, each with the library that it speaks of."""
    if rule.on is not Procedure:
        yield from (("", diagnostic) for diagnostic in diagnostics_of(source, {rule.name}, case))
        return
    syntax = read(source)
    options = {option.name: option.default for option in rule.options}
    context = RuleContext(rule, source, rule.severity, options, Program(syntax))
    for fact in facts(syntax, {rule.on: frozenset()}, ProjectNames()):
        if isinstance(fact, Procedure):
            libraries = {
                each.range: each.handle.library.name for each in fact.effects if each.handle.library is not None
            }
            for diagnostic in rule.check(fact, context):
                yield libraries.get(diagnostic.range, ""), diagnostic
