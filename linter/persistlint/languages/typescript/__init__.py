"""TypeScript, with TSX and the scripts of Vue and Svelte components, of which TypeScript is a superset."""

from __future__ import annotations

from persistlint.languages import Language

LANGUAGE = Language(
    name="typescript",
    suffixes=(".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte"),
    comment="//",
    libraries="javascript",
    grammars={
        "": "tree_sitter_typescript.language_typescript",
        ".tsx": "tree_sitter_typescript.language_tsx",
    },
)
