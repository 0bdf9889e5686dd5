"""The languages that persistlint reads. The folder is the registry: every sub-package declares one `LANGUAGE`.

A language is a package here with these things:

- `__init__.py`: `LANGUAGE`, a `Language` value;
- `scan.scm`: one tree-sitter query over the whole file, run in C, whose captures are the closed set below;
- `lower.py`: `lower(root, content) -> ir.Module`, from the syntax tree to the language-neutral program. Where not all
  of a file can be parsed, also `parsed_text(content, suffix) -> (text, suffix)`: a text of the same length in which
  what the parser must not see is blank, and the suffix whose grammar reads it;
- `joins.py`, where programs are written in it: `joins(content)`, the places where a text may be made of values, from
  the bytes alone (`joining.py` has what the languages have in common).

Captures of `scan.scm`:

=============== =====================================================================================
`@comment`      a comment
`@call.name`    the last name of what is called: `execute` of `db.cursor().execute(…)`; also a tag's name; with
                `@call.arguments`, where it has them
`@function`     a function that has a name, with that as `@function.name`; one given to a variable has that of it
`@loop`         what is done once for each turn of a loop: its body; a whole comprehension
`@template`     a string with holes, or a `+`, `%` or `.format` that has a string literal as an operand
`@number`       a number that code decides or computes with, or passes without a name: an operand, an argument, a
                result, a case; not one that a name is given to
`@error`        an ERROR or MISSING node
=============== =====================================================================================
"""

from __future__ import annotations

from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from persistlint.folders import packages_in
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from persistlint.ir import Module
    from persistlint.source import Range, SourceFile


@dataclass(frozen=True)
class Language:
    """One language. `name` is its name everywhere: configuration, rules, libraries.

    `grammars` maps a file suffix to the tree-sitter grammar for it, as `package.function`; "" is the one for all
    other suffixes, also for a file known only by name. A language without grammars has a `read` function of its own
    in `lower.py`. `libraries` names the folder of `persistlint/libraries` that serves it. `comment` is how a line
    comment starts. `superset` is the name and a suffix of a language whose grammar reads files of this one too: it
    is tried on a file that this one's own finds errors in.
    """

    name: str
    suffixes: tuple[str, ...]
    comment: str
    libraries: str
    grammars: dict[str, str]
    superset: tuple[str, str] | None = None


class Named(NamedTuple):
    """What has a name in a file: a function, or the arguments of a call by the last name of what is called."""

    name: str
    range: Range


@dataclass(frozen=True)
class Syntax:
    """The syntax of a file: what the scan captures, in source order, and its lowered program.

    `errors` are the regions that the parser could not make sense of; no fix may touch them. `functions`, `given` and
    `loops`, in no order, tell before anything is lowered what may run again and again.
    """

    source: SourceFile
    comments: Sequence[Range]
    calls: tuple[tuple[str, Range], ...]
    templates: tuple[Range, ...]
    errors: tuple[Range, ...]
    lower: Callable[[], Module]
    numbers: tuple[Range, ...] = ()
    functions: Sequence[Named] = ()
    given: Sequence[Named] = ()
    loops: Sequence[Range] = ()

    @cached_property
    def called(self) -> Mapping[str, Sequence[int]]:
        """Where each name that is called stands, in source order."""
        found: dict[str, list[int]] = {}
        for name, range in self.calls:
            found.setdefault(name, []).append(range.start)
        return found


@cache
def languages() -> dict[str, Language]:
    """Every language by name."""
    found = (import_module(f"{__name__}.{name}") for name in packages_in(__path__))
    return {package.LANGUAGE.name: package.LANGUAGE for package in found}


@cache
def _by_suffix() -> dict[str, str]:
    return {suffix: language.name for language in languages().values() for suffix in language.suffixes}


def language_of(path: str) -> str | None:
    """The language of a file, by its name alone; None for a file that persistlint does not read."""
    name = path.rpartition("/")[2]
    if name.endswith((".min.js", ".d.ts")):
        return None
    stem, _, suffix = name.rpartition(".")
    return _by_suffix().get(f".{suffix.lower()}") if stem else None


def read(source: SourceFile) -> Syntax:
    """The syntax of a file, which may be parsed only when somebody asks what stands in it. Never fails on what the file
    holds; broken parts are in `errors`."""
    language = languages()[source.language]
    if language.grammars:
        from persistlint.languages.treesitter import read as read_tree

        return read_tree(source, language)
    syntax: Syntax = import_module(f"{__name__}.{language.name}.lower").read(source)
    return syntax
