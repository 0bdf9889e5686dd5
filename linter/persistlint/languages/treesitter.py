"""Parsing and scanning with tree-sitter, for every language that has a grammar."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor, Range as TreeRange

from persistlint.languages import Language, Syntax
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.ir import Module
    from persistlint.source import SourceFile


def read(source: SourceFile, language: Language) -> Syntax:
    """Parse a file with the grammar of its suffix, run the scan query, and lower it on demand."""
    suffix = PurePosixPath(source.path).suffix.lower()
    lowering = import_module(f"persistlint.languages.{language.name}.lower")
    regions = lowering.regions(source.content) if hasattr(lowering, "regions") else None
    grammar_name = language.grammars.get(suffix, language.grammars[""])
    if regions is not None:
        suffix, ranges = regions
        grammar_name = language.grammars.get(suffix, language.grammars[""])
    grammar = _grammar(grammar_name)
    parser = Parser(grammar)
    if regions is not None:
        parser.included_ranges = [_tree_range(source, range) for range in ranges]
    tree = parser.parse(source.content)
    captures: dict[str, list[Node]] = {"comment": [], "call.name": [], "template": [], "error": []}
    cursor = QueryCursor(_scan(language.name, grammar_name))
    for _, match in cursor.matches(tree.root_node):
        for name, nodes in match.items():
            captures[name].extend(nodes)

    def lower() -> Module:
        module: Module = lowering.lower(tree.root_node, source.content)
        return module

    return Syntax(
        source,
        comments=_ranges(captures["comment"]),
        calls=tuple((source.text(range), range) for range in _ranges(captures["call.name"])),
        templates=_ranges(captures["template"]),
        errors=_ranges(captures["error"]),
        lower=lower,
    )


def _ranges(nodes: list[Node]) -> tuple[Range, ...]:
    return tuple(sorted({Range(node.start_byte, node.end_byte) for node in nodes}))


def _tree_range(source: SourceFile, range: Range) -> TreeRange:
    def point(offset: int) -> tuple[int, int]:
        line = source.line_of(offset)
        return line - 1, offset - source.line_starts[line - 1]

    return TreeRange(point(range.start), point(range.end), range.start, range.end)


@cache
def _grammar(name: str) -> Grammar:
    package, function = name.rsplit(".", 1)
    return Grammar(getattr(import_module(package), function)())


@cache
def _scan(language: str, grammar: str) -> Query:
    text = files(f"persistlint.languages.{language}").joinpath("scan.scm").read_text("utf-8")
    return Query(_grammar(grammar), text)
