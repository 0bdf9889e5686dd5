"""JavaScript, with JSX."""

from __future__ import annotations

from persistlint.languages import Language

LANGUAGE = Language(
    name="javascript",
    suffixes=(".js", ".mjs", ".cjs", ".jsx"),
    comment="//",
    libraries="javascript",
    grammars={"": "tree_sitter_javascript.language"},
    superset=("typescript", ".tsx"),  # files with Flow's annotations
)
