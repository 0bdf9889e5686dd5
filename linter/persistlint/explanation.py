"""What a rule is about, as a page of Markdown: its documentation, and what its fix makes of the example."""

from __future__ import annotations

import re
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from persistlint.engine import check
from persistlint.fixing import fix
from persistlint.languages import language_of, languages
from persistlint.regexes import regex
from persistlint.settings import Settings
from persistlint.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.rule import Rule

_FENCED = regex(r"^```(\w+)[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_FIX = "\n## Fix\n"


def page(rule: Rule[Any]) -> str:
    """The page of a rule."""
    default = "on" if rule.default else "off"
    head = f"Group {rule.group}, {rule.severity.value}, {default} by default; {', '.join(rule.languages)}."
    before, heading, after = rule.docs.partition(_FIX)
    shown = "".join(f"\n```diff\n{diff}```\n" for diff in _diffs(rule)) if heading else ""
    text, next_heading, rest = after.partition("\n## ")
    return f"# {rule.name}\n\n{head}\n\n{before}{heading}{text}{shown}{next_heading}{rest}"


def _diffs(rule: Rule[Any]) -> Iterator[str]:
    """What the fixes of a rule, unsafe ones too, change in its examples."""
    settings = Settings(frozenset([rule.name]))
    for kind, text in _FENCED.findall(rule.docs):
        language = kind if kind in languages() else language_of(f"example.{kind}")
        if language is None:
            continue
        suffix = f".{kind}" if kind not in languages() else languages()[language].suffixes[0]
        source = SourceFile(f"example{suffix}", text.encode("utf-8"), language)
        fixed, count = fix(source, lambda source: check(source, settings).diagnostics, unsafe=True)
        if count:
            before, after = (file.content.decode("utf-8").splitlines(keepends=True) for file in (source, fixed))
            yield "".join(list(unified_diff(before, after))[2:])
