"""Shell: scripts of sh, bash and their kin."""

from persistlint.languages import Language

LANGUAGE = Language(
    name="shell",
    suffixes=(".sh", ".bash", ".ksh", ".zsh"),
    comment="#",
    libraries="",
    grammars={"": "tree_sitter_bash.language"},
)
