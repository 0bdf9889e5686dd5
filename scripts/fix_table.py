"""The table of fixes by rule, language and driver, as the cases in `tests/rules/injection` show them."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "linter"), str(ROOT / "tests")]

from markdown import cases  # noqa: E402
from persistlint.analysis import facts  # noqa: E402
from persistlint.facts import Query  # noqa: E402
from persistlint.fixes.program import Program  # noqa: E402
from persistlint.languages import read  # noqa: E402
from persistlint.rule import RuleContext  # noqa: E402
from persistlint.rules import load  # noqa: E402
from persistlint.settings import ProjectNames  # noqa: E402
from running import source_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = ("interpolated-sql", "interpolated-identifier")
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
