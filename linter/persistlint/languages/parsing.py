"""Parsing with tree-sitter. A file that is parsed again, as an editor does at every keystroke, is parsed where it
changed: whatever else of its tree holds is taken over.

That gives what a whole parse gives, as far as a tree has no errors. How the parser goes on behind an error may depend
on what it knew before, so a file with errors is always parsed as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Parser

from persistlint.languages.grammars import grammar
from persistlint.memory import Memory

if TYPE_CHECKING:
    from tree_sitter import Point, Tree

_KEPT: Memory[tuple[bytes, Tree]] = Memory(most=2)  # trees with their texts: those of a file that two grammars read


def parse(path: str, grammar_name: str, text: bytes) -> Tree:
    """The tree of a text, which is that of the file at `path` now."""
    key = (path, grammar_name)
    before = _KEPT.recall(key)
    parser = Parser(grammar(grammar_name))
    known = _edited(*before, text) if before is not None else None
    tree = parser.parse(text, known) if known is not None else None
    if tree is None or tree.root_node.has_error:
        tree = parser.parse(text)
    if not tree.root_node.has_error:
        _KEPT.keep(key, (text, tree))
    return tree


def _edited(before: bytes, tree: Tree, after: bytes) -> Tree | None:
    """The tree of a text, told what of it another text changes; None where that is most of it. There is little to take
    over then, and the parser looks for it at every token: with many comments that takes fifty times a whole parse."""
    start = _common_start(before, after)
    rest = _common_start(before[start:][::-1], after[start:][::-1])
    old_end, new_end = len(before) - rest, len(after) - rest
    if 2 * max(old_end - start, new_end - start) > len(after):
        return None
    edited = tree.copy()
    edited.edit(start, old_end, new_end, _point(before, start), _point(before, old_end), _point(after, new_end))
    return edited


def _common_start(left: bytes, right: bytes) -> int:
    """How many bytes two texts begin with alike."""
    least, most = 0, min(len(left), len(right))
    while least < most:
        middle = (least + most + 1) // 2
        if left[least:middle] == right[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least


def _point(text: bytes, offset: int) -> Point | tuple[int, int]:
    """The row and the column of an offset, in bytes from 0."""
    return text.count(b"\n", 0, offset), offset - text.rfind(b"\n", 0, offset) - 1
