"""Parsing and scanning with tree-sitter, for every language that has a grammar."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from tree_sitter import Node, Query, QueryCursor

from persistlint.languages import Language, Named, Syntax, languages
from persistlint.languages.grammars import grammar
from persistlint.languages.parsing import parse
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from persistlint.ir import Module
    from persistlint.source import SourceFile

_DEEPEST_SCANNED = 2_000  # nesting; a query takes time in the square of it, and `a + b + …` nests once per operand


def read(source: SourceFile, language: Language) -> Syntax:
    """The syntax of a file by the grammar of its suffix: it is parsed when somebody asks what stands in it, scanned
    when somebody asks for a capture, and lowered for its statements."""
    return _Tree(source, language)


class _Tree(Syntax):
    """The syntax of a file as tree-sitter reads it."""

    def __init__(self, source: SourceFile, language: Language) -> None:
        object.__setattr__(self, "source", source)
        object.__setattr__(self, "_language", language)

    _language: Language

    @cached_property
    def comments(self) -> tuple[Range, ...]:
        return _ranges(self._captures["comment"])

    @cached_property
    def calls(self) -> tuple[tuple[str, Range], ...]:
        return tuple((self.source.text(range), range) for range in _ranges(self._captures["call.name"]))

    @cached_property
    def templates(self) -> tuple[Range, ...]:
        return _ranges(self._captures["template"])

    @cached_property
    def errors(self) -> tuple[Range, ...]:
        return _ranges(self._captures["error"])

    @cached_property
    def numbers(self) -> tuple[Range, ...]:
        return _ranges(self._captures["number"])

    def lower(self) -> Module:
        return self._module

    @cached_property
    def _module(self) -> Module:
        module: Module = _lowering(self._parsed.language).lower(self._parsed.root, self.source.content)
        return module

    @cached_property
    def functions(self) -> tuple[Named, ...]:
        return self._named("function", "function.name")

    @cached_property
    def given(self) -> tuple[Named, ...]:
        return self._named("call.arguments", "call.name")

    @cached_property
    def loops(self) -> tuple[Range, ...]:
        return _ranges(self._captures["loop"])

    def _named(self, capture: str, name: str) -> tuple[Named, ...]:
        """What a capture holds in each match, under the text of the other one."""
        content = self.source.content
        return tuple(
            Named(content[slice(*named.byte_range)].decode("utf-8", "replace"), Range(*node.byte_range))
            for match in self._matches
            if capture in match
            for named in match[name]
            for node in match[capture]
        )

    @cached_property
    def _captures(self) -> Mapping[str, list[Node]]:
        captures: dict[str, list[Node]] = defaultdict(list)
        for match in self._matches:
            for name, nodes in match.items():
                captures[name].extend(nodes)
        return captures

    @cached_property
    def _matches(self) -> list[dict[str, list[Node]]]:
        cursor = QueryCursor(_scan(self._parsed.language, self._parsed.grammar))
        cursor.set_max_start_depth(_DEEPEST_SCANNED)
        return [match for _, match in cursor.matches(self._parsed.root)]

    @cached_property
    def _parsed(self) -> _Parsed:
        suffix = PurePosixPath(self.source.path).suffix.lower()
        parsed = _parse(self.source, self._language, suffix)
        if parsed.root.has_error and self._language.superset is not None:
            name, suffix = self._language.superset
            other = _parse(self.source, languages()[name], suffix)
            return parsed if other.root.has_error else other
        return parsed


@dataclass(frozen=True, slots=True)
class _Parsed:
    """The tree of a file, by its root, with the language and the grammar that it was read as."""

    root: Node
    language: str
    grammar: str


def _parse(source: SourceFile, language: Language, suffix: str) -> _Parsed:
    text, lowering = source.content, _lowering(language.name)
    if hasattr(lowering, "parsed_text"):
        text, suffix = lowering.parsed_text(text, suffix)
    grammar_name = language.grammars.get(suffix, language.grammars[""])
    return _Parsed(parse(source.path, grammar_name, text).root_node, language.name, grammar_name)


def _lowering(language: str) -> Any:
    return import_module(f"persistlint.languages.{language}.lower")


def _ranges(nodes: list[Node]) -> tuple[Range, ...]:
    return tuple(Range(start, end) for start, end in sorted({node.byte_range for node in nodes}))


@cache
def _scan(language: str, grammar_name: str) -> Query:
    text = Path(__file__).with_name(language).joinpath("scan.scm").read_text("utf-8")
    return Query(grammar(grammar_name), text)
