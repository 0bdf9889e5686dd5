"""Parsing and scanning with tree-sitter, for every language that has a grammar."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tree_sitter import Node, Query, QueryCursor

from persistlint.languages import Language, Syntax, languages
from persistlint.languages.grammars import grammar
from persistlint.languages.parsing import parse
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.ir import Module
    from persistlint.source import SourceFile

_CAPTURES = ("comment", "call.name", "template", "number", "error")
_DEEPEST_SCANNED = 2_000  # nesting; a query takes time in the square of it, and `a + b + …` nests once per operand


def read(source: SourceFile, language: Language) -> Syntax:
    """Parse a file with the grammar of its suffix, run the scan query, and lower it on demand."""
    suffix = PurePosixPath(source.path).suffix.lower()
    syntax, is_clean = _read(source, language, suffix)
    if not is_clean and language.superset is not None:
        name, suffix = language.superset
        other, is_clean = _read(source, languages()[name], suffix)
        if is_clean:
            return other
    return syntax


def _read(source: SourceFile, language: Language, suffix: str) -> tuple[Syntax, bool]:
    """The syntax of a file as one grammar reads it, and whether it has no errors."""
    lowering = import_module(f"persistlint.languages.{language.name}.lower")
    text = source.content
    if hasattr(lowering, "parsed_text"):
        text, suffix = lowering.parsed_text(text, suffix)
    grammar_name = language.grammars.get(suffix, language.grammars[""])
    tree = parse(source.path, grammar_name, text)
    captures: dict[str, list[Node]] = {name: [] for name in _CAPTURES}
    cursor = QueryCursor(_scan(language.name, grammar_name))
    cursor.set_max_start_depth(_DEEPEST_SCANNED)
    for _, match in cursor.matches(tree.root_node):
        for name, nodes in match.items():
            captures[name].extend(nodes)

    @cache
    def lower() -> Module:
        module: Module = lowering.lower(tree.root_node, source.content)
        return module

    syntax = Syntax(
        source,
        comments=_ranges(captures["comment"]),
        calls=tuple((source.text(range), range) for range in _ranges(captures["call.name"])),
        templates=_ranges(captures["template"]),
        errors=_ranges(captures["error"]),
        lower=lower,
        numbers=_ranges(captures["number"]),
    )
    return syntax, not tree.root_node.has_error


def _ranges(nodes: list[Node]) -> tuple[Range, ...]:
    return tuple(Range(start, end) for start, end in sorted({node.byte_range for node in nodes}))


@cache
def _scan(language: str, grammar_name: str) -> Query:
    text = Path(__file__).with_name(language).joinpath("scan.scm").read_text("utf-8")
    return Query(grammar(grammar_name), text)
