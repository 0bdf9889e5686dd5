"""Go."""

from __future__ import annotations

from persistlint.languages import Language

LANGUAGE = Language(
    name="go",
    suffixes=(".go",),
    comment="//",
    libraries="go",
    grammars={"": "tree_sitter_go.language"},
)
