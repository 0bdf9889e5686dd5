"""Every pattern of every `scan.scm` is matched by some program of the rule tests: no pattern is dead."""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest
from tree_sitter import Language as Grammar
from tree_sitter import Parser, Query, QueryCursor

from markdown import Case, cases
from persistlint.languages import Language, language_of, languages

if TYPE_CHECKING:
    from collections.abc import Iterator

CAPTURES = {
    "comment",
    "call.name",
    "call.arguments",
    "function",
    "function.name",
    "loop",
    "template",
    "number",
    "error",
}
PARSED = [language for language in languages().values() if language.grammars]


@pytest.mark.parametrize("language", PARSED, ids=lambda language: language.name)
def test_every_pattern_is_matched_by_some_program(language: Language) -> None:
    text = _scan(language)
    dead = set(range(Query(_grammar(language.grammars[""]), text).pattern_count))
    for case in _programs(language):
        suffix = PurePosixPath(case.path).suffix
        grammar = _grammar(language.grammars.get(suffix, language.grammars[""]))
        root = Parser(grammar).parse(case.text.encode()).root_node
        dead -= {pattern for pattern, _ in QueryCursor(Query(grammar, text)).matches(root)}
    query = Query(_grammar(language.grammars[""]), text)
    lines = [text[: query.start_byte_for_pattern(pattern)].count("\n") + 1 for pattern in sorted(dead)]
    assert not lines, f"{language.name}/scan.scm: no test program matches the patterns on these lines"


@pytest.mark.parametrize("language", PARSED, ids=lambda language: language.name)
def test_captures_are_of_the_closed_set(language: Language) -> None:
    query = Query(_grammar(language.grammars[""]), _scan(language))
    names = {query.capture_name(index) for index in range(query.capture_count)}
    assert {name for name in names if not name.startswith("_")} <= CAPTURES


def _programs(language: Language) -> Iterator[Case]:
    for path in sorted((Path(__file__).parent / "rules").glob("*/*.md")):
        for case in cases(path.read_text("utf-8")):
            is_component = case.path.endswith((".vue", ".svelte"))  # only its script is parsed
            if language_of(case.path) == language.name and not is_component:
                yield case


def _scan(language: Language) -> str:
    return files(f"persistlint.languages.{language.name}").joinpath("scan.scm").read_text("utf-8")


def _grammar(name: str) -> Grammar:
    package, function = name.rsplit(".", 1)
    return Grammar(getattr(import_module(package), function)())
