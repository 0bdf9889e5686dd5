"""Runs the fix over a program and compares what both of them give."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown import cases, without_expectations
from persistlint.engine import check
from persistlint.fixing import fix
from persistlint.languages import language_of
from persistlint.rules import every_rule
from persistlint.settings import Settings
from persistlint.source import SourceFile
from proof.cases import LISTS, NUMBERS, QUOTE, TEXTS, Query
from running import diagnostics_of, source_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Values = tuple[Any, Any, tuple[int, ...]]
Answer = list[Any] | str  # the rows in their order, or the name of an error
_RULES = Path(__file__).parent.parent / "rules"
_SETTINGS = Settings(frozenset(["interpolated-sql", "interpolated-identifier", "bound-identifier"]))


def fixed(path: str, text: str) -> str:
    """A program with all its values bound."""
    source = SourceFile(path, text.encode(), language_of(path) or "")
    result, count = fix(source, lambda source: check(source, _SETTINGS).diagnostics, unsafe=True)
    assert count, f"nothing was fixed:\n{text}"
    left = [(diagnostic.message, diagnostic.help) for diagnostic in check(result, _SETTINGS).diagnostics]
    assert not left, f"{left}\n{result.content.decode()}"
    return result.content.decode()


def mended(path: str, text: str, *groups: str) -> str:
    """A program after all fixes of the rules of these groups, which then have nothing to report."""
    rules = frozenset(rule.name for rule in every_rule() if rule.group in groups and rule.default)
    source = SourceFile(path, text.encode(), language_of(path) or "")
    result, count = fix(source, lambda source: check(source, Settings(rules)).diagnostics, unsafe=True)
    assert count, f"nothing was fixed:\n{text}"
    assert not check(result, Settings(rules)).diagnostics, result.content.decode()
    return result.content.decode()


def fixed_cases(suffix: str) -> Iterator[tuple[str, str, str]]:
    """The programs of all rule tests in a language which have a fix: a name, the program, and what its fixes make."""
    for path in sorted(_RULES.glob("*/*.md")):
        for case in cases(path.read_text("utf-8")):
            if case.is_broken or not case.path.endswith(suffix):
                continue
            source = source_of(case, case.text)
            result, count = fix(source, partial(diagnostics_of, rules={path.stem}, case=case), unsafe=True)
            if count:
                before, after = (without_expectations(text, case.path) for text in (case.text, result.content.decode()))
                yield f"{path.stem.replace('-', '_')}_{case.line}", before, after


# Characters that a driver takes for something else in the text of a query, so that a program did not find what it was
# asked for before: MySQL reads a backslash as an escape, and knex writes `$1` for a question mark in quotes, too.
MISREAD = {"pymysql": "\\", "mysql2": "\\", "knex": "?"}


def ordinary(driver: str) -> list[Values]:
    """Calls with ordinary values."""
    texts = [text for text in TEXTS if MISREAD.get(driver, "\0") not in (text or "")]
    calls: list[Values] = [(text, NUMBERS[0], LISTS[0]) for text in texts]
    calls += [("Åsa", number, LISTS[0]) for number in NUMBERS[1:]]
    calls += [("Åsa", NUMBERS[0], numbers) for numbers in LISTS[1:]]
    return calls


def attacks(query: Query) -> list[Values]:
    """The calls with values that are no ordinary ones: a quote, the attack, and one that is like it and harmless."""
    return [(QUOTE, NUMBERS[0], LISTS[0]), (*query.attack, LISTS[0]), ("nobody", 99, LISTS[0])]


def prove(query: Query, driver: str, before: Callable[[Values], Answer], after: Callable[[Values], Answer]) -> None:
    """Compare a program with what its fix made of it."""
    for values in ordinary(driver):
        expected = before(values)
        if isinstance(expected, list):
            assert after(values) == expected, (query.name, values)
    quoted, attack, harmless = attacks(query)
    assert isinstance(after(quoted), list), (query.name, "a quote is an ordinary character", after(quoted))
    if query.name == "limit":
        return  # there are no more rows than there are
    expected = before(harmless)
    assert before(attack) != expected, (query.name, "the attack does not work before the fix, so it proves nothing")
    answer = after(attack)
    assert isinstance(answer, str) or answer == expected, (query.name, "the attack still works")
