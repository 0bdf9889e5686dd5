"""Python."""

from persistlint.languages import Language

LANGUAGE = Language(
    name="python",
    suffixes=(".py", ".pyi", ".pyw"),
    comment="#",
    libraries="python",
    grammars={"": "tree_sitter_python.language"},
)
