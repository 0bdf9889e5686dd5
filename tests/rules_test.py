"""Every rule, every case: the Markdown files in `rules/` say what is reported where. Their format: rules/README.md."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from markdown import FILENAMES, NO_HISTORY, Case, blocks, cases, sections, without_expectations
from persistlint.analysis.scripts import facts as scripts_in
from persistlint.facts import SchemaFile
from persistlint.fixes.converge import converge
from persistlint.languages import language_of, read
from persistlint.rule import RuleContext
from persistlint.rules import every_rule, is_default
from persistlint.settings import ProjectNames
from running import diagnostics_of, place_of, source_of

if TYPE_CHECKING:
    from persistlint.rule import Rule

FOLDER = Path(__file__).parent / "rules"
RULES = {rule.name: rule for rule in every_rule()}
FILES = sorted(path for path in FOLDER.glob("*/*.md"))
CASES = [(path.stem, case) for path in FILES for case in cases(path.read_text("utf-8"))]
LOUD = [(name, case) for name, case in CASES if any(expectation.column for expectation in case.expectations)]
EVERY_RULE = [pytest.param(rule, id=rule.name) for rule in RULES.values()]
HEADINGS = ["What it finds", "Why it matters", "Example", "Fix", "Options", "When not to use it", "References"]


@pytest.mark.parametrize(("name", "case"), CASES, ids=lambda value: _id(value))
def test_reports_what_the_case_says_and_nothing_else(name: str, case: Case) -> None:
    assert {expectation.rule for expectation in case.expectations} <= {name}
    source = source_of(case, case.text)
    assert case.is_broken == bool(read(source).errors), "`broken` is for programs that do not parse, and for them alone"
    found = diagnostics_of(source, {name}, case)
    expected = [expectation for expectation in case.expectations if expectation.column]
    spurious = {expectation.line for expectation in case.expectations if expectation.kind == "spurious"}
    missing = {expectation.line for expectation in case.expectations if expectation.kind == "missing"}
    places = [place_of(source, diagnostic) for diagnostic in found]
    assert sorted(place for place in places if place.line not in spurious) == sorted(expected)
    assert not missing & {place.line for place in places}, "a known gap is closed: say where the diagnostic is"
    assert spurious <= {place.line for place in places}, "a false report is gone: drop its `spurious`"
    for expectation in expected:
        messages = [place.message for place in places if place == expectation]
        assert any(expectation.message in message for message in messages), messages


@pytest.mark.parametrize(("name", "case"), LOUD, ids=lambda value: _id(value))
def test_fixes_parse_and_converge(name: str, case: Case) -> None:
    source = source_of(case, case.text)
    fixed, _ = converge(source, lambda source: diagnostics_of(source, {name}, case), unsafe=True)
    assert len(read(fixed).errors) <= len(read(source).errors)
    _, again = converge(fixed, lambda source: diagnostics_of(source, {name}, case), unsafe=True)
    assert not again, "the fixes undo each other"
    result = without_expectations(fixed.content.decode(), case.path)
    if case.is_fix_missing:
        assert result != case.fixed, "a known gap is closed: drop the `missing` of the `fixed` block"
    elif case.fixed is not None:
        assert result == case.fixed


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_is_documented_under_the_fixed_headings(rule: Rule[Any]) -> None:
    found = sections(rule.docs)
    has_options = bool(rule.options) or "[names]" in found.get("Options", "")
    assert list(found) == [heading for heading in HEADINGS if heading != "Options" or has_options]
    assert all(found.values()), "a heading without text"
    assert rule.summary.endswith("."), "*What it finds* opens with a sentence"
    for option in rule.options:
        assert f"`{option.name}`" in found["Options"]


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_examples_of_the_documentation_behave(rule: Rule[Any]) -> None:
    examples: dict[str, list[Case]] = {}
    beside: list[tuple[str, str]] = []
    history = NO_HISTORY
    for block in blocks(sections(rule.docs)["Example"]):
        path = block.attribute("path") or FILENAMES.get(block.kind, "")
        if "beside" in block.words:
            beside.append((path, block.text))
        elif block.words & {"merged", "ahead"}:
            history = history.with_block(block)
        elif block.kind in FILENAMES:
            dialect = block.attribute("dialect")
            case = Case("Example", block.line, path, block.text, (), dialect, beside=tuple(beside), history=history)
            examples.setdefault(block.kind, []).append(case)
    assert examples, "no example"
    for language, (bad, good, *_) in examples.items():
        assert diagnostics_of(source_of(bad, bad.text), {rule.name}, bad), f"the bad {language} is not reported"
        assert not diagnostics_of(source_of(good, good.text), {rule.name}, good), f"the good {language} is reported"


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_has_silent_and_loud_cases_in_every_language(rule: Rule[Any]) -> None:
    found = cases((FOLDER / rule.group / f"{rule.name}.md").read_text("utf-8"))
    assert not found[0].expectations, "what must stay silent comes first"
    silent = {language_of(case.path) for case in found if not case.expectations}
    loud = {language_of(case.path) for case in found if case.expectations}
    languages = {"sql"} if issubclass(rule.on, SchemaFile) else set(rule.languages)  # the facts are the same in all
    assert languages <= silent
    assert languages <= loud


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_what_is_known_without_importing_a_rule_is_true(rule: Rule[Any]) -> None:
    assert is_default(rule.name) == rule.default
    group = import_module(f"persistlint.rules.{rule.group}")
    pattern = getattr(group, "MAY_HAVE", None)
    if isinstance(pattern, dict):
        assert set(rule.languages) <= set(pattern)
    assert set(getattr(group, "SKIPS", ())) <= set(rule.skips)


def test_a_rule_has_nothing_to_say_without_the_changes_that_it_names() -> None:
    sources = [source_of(case, case.text) for _, case in CASES if case.path.endswith(".sql") and not case.beside]
    scripts = [(source, fact) for source in sources for fact in scripts_in(read(source), ProjectNames())]
    for rule in RULES.values():
        for source, script in scripts if rule.changes else ():
            if isinstance(script, rule.on) and script.kinds.isdisjoint(rule.changes):
                options = {option.name: option.default for option in rule.options}
                assert not list(rule.check(script, RuleContext(rule, source, rule.severity, options))), source.content


def test_every_test_file_is_of_a_rule() -> None:
    assert {path.relative_to(FOLDER).as_posix() for path in FILES} == {f"{r.group}/{r.name}.md" for r in RULES.values()}


def _id(value: str | Case) -> str:
    return value if isinstance(value, str) else f"{value.line} {value.path}: {value.heading}"
