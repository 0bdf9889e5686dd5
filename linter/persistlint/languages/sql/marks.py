"""What marks where statements of procedural SQL begin and end: labels, END, and what a template does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.sql.lexer import Kind

if TYPE_CHECKING:
    from persistlint.languages.sql.reader import Reader


def skip_actions(reader: Reader) -> None:
    """Step over what a template does before a statement: `{{if .plugin}}`."""
    while reader.token().text == reader.token(1).text == "{":
        reader.skip_until("}")
        while reader.accept("}"):
            pass


def label(reader: Reader) -> None:
    """Step over the label of a statement."""
    if reader.word() == "<<":
        while not reader.at_end and not reader.accept(">>"):
            reader.step()
    elif reader.word(1) == ":" and reader.word(2) in ("BEGIN", "LOOP", "WHILE", "REPEAT"):
        reader.index += 2


def end(reader: Reader) -> None:
    """Step over END, what it ends, a label, and the semicolon."""
    if not reader.accept("END"):
        return
    for word in ("IF", "LOOP", "CASE", "WHILE", "REPEAT", "FOR", "TRY", "CATCH"):
        reader.accept(word)
    if reader.word(1) == ";" and reader.token().kind in (Kind.WORD, Kind.QUOTED):
        reader.step()
    reader.accept(";")
