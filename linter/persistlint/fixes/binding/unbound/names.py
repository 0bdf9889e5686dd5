"""The fix for a name that became part of SQL text: quoted by the driver where it can, or held against a
list of the names that the same statement mentions. A name is never bound as a
value, and the fix is always one to look at: a quoted name keeps its capitals, and a list may lack a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Applicability, Edit, Fix
from persistlint.facts import Context
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.go_types import type_of
from persistlint.fixes.binding.text.literals import Char
from persistlint.fixes.binding.text.view import HOLE, Value, View
from persistlint.fixes.binding.unbound.quoting import quoting_of
from persistlint.fixes.binding.unbound.returning import failure
from persistlint.fixes.imports import go_package
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.lexer import Kind, Token, tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Hole, Query, Site
    from persistlint.fixes.program import Program
    from persistlint.source import SourceFile

_DIRECTIONS = ("ASC", "DESC", "asc", "desc")
_NO_COLUMNS = frozenset(
    ["DISTINCT", "AS", "ALL", "NULL", "CASE", "WHEN", "THEN", "ELSE", "END", "COUNT", "SUM", "FROM"]
)
_NAME = regex(r"[A-Za-z_]\w*")


def quoted(query: Query, found: View, holes: Sequence[Hole], program: Program, dialect: str | None) -> Fix | None:
    """The fix that lets the driver quote every name, None where the driver cannot or the file does not import it so."""
    quoting = quoting_of(query, "identifier", holes, program)
    if quoting is None or any(hole.context is not Context.IDENTIFIER for hole in holes):
        return None
    if program.source.language == "go" and not all(_is_plain(value, program) for value in _values(found, holes)):
        return None
    edits = _wrapped(quoting.expression, found, holes, program.source, dialect)
    edits += quoting.imports if edits else ()
    return Fix("Quote the name", tuple(edits), Applicability.UNSAFE) if edits else None


def _values(found: View, holes: Sequence[Hole]) -> list[Value]:
    return [value for value in found.values if any(hole.range == value.expression.range for hole in holes)]


def _is_plain(value: Value, program: Program) -> bool:
    """Whether a value of Go is a text, and not one that an object holds, which may have been quoted where that was
    made."""
    return not isinstance(value.expression, ir.Attribute) and (
        value.form is None or type_of(value.expression, program) == "string"
    )


def _wrapped(quote: str, found: View, holes: Sequence[Hole], source: SourceFile, dialect: str | None) -> list[Edit]:
    """The edits that take the quotes around every hole away and put its expression into another; nothing where one of
    them stands in another way."""
    edits: list[Edit] = []
    for item, token in found.standing(holes, dialect):
        if token is None or item.spec not in ("", "%q"):
            return []
        if token.kind is Kind.QUOTED and token.end - token.start == 3:
            for around in (found.items[token.start], found.items[token.end - 1]):
                if not isinstance(around, Char):
                    return []
                edits.append(Edit(around.range, ""))
        elif token.text != HOLE:
            return []
        if item.spec == "%q":
            edits.append(Edit(item.range, "%s"))
        text = source.text(item.expression.range)
        edits.append(Edit(item.expression.range, quote.replace("{}", text)))
    return edits if len(edits) >= len(holes) else []


def guarded(found: View, hole: Hole, site: Site, program: Program, dialect: str | None) -> Fix:
    """The fix that compares the name with those that the statement mentions, before the text is put together. Raises
    `RefusalError`."""
    source = program.source
    value = next((value for value in found.values if value.expression.range == hole.range), None)
    if value is None or not isinstance(value.expression, ir.Name):
        raise RefusalError("only a variable can be held against a list of names")
    tokens = [token for token in tokenize(found.text, dialect) if token.kind is not Kind.COMMENT]
    place = _place(found, value, tokens)
    if place is not None and HOLE not in (tokens[place].text, tokens[place].text[1:-1]):
        raise RefusalError("the variable is but a part of the name")
    names: tuple[str, ...] = (
        _DIRECTIONS if hole.context is Context.KEYWORD and _is_direction(found, value, tokens) else ()
    )
    if hole.context is Context.IDENTIFIER:
        names = _columns(tokens) if _is_column(found, value, tokens) else ()
    if not names:
        raise RefusalError("the statement does not tell which names are meant")
    name = value.expression.id
    begins = [s for s in site.statements if hole.range in s.range and _is_simple(s, source)]
    if not begins:
        raise RefusalError("no statement of its own stands around the name")
    start = min(begins, key=lambda s: s.range.end - s.range.start).range.start
    begin = source.content.rfind(b"\n", 0, start) + 1
    lead = source.content[begin:start].decode("utf-8", "replace")
    if lead.strip() not in ("", "return", "const", "let", "var", "await", "return await"):
        raise RefusalError("no statement of its own stands around the name")
    indentation = lead[: len(lead) - len(lead.lstrip())]
    listed = ", ".join(f'"{allowed}"' for allowed in names)
    imports: tuple[Edit, ...] = ()
    if source.language == "python":
        step = "\t" if "\t" in indentation else "    "
        lines = [f"if {name} not in {{{listed}}}:", f'{step}raise ValueError(f"unexpected name {{{name}!r}}")']
    elif source.language in ("javascript", "typescript"):
        lines = [f"if (![{listed}].includes({name})) throw new Error(`unexpected name ${{{name}}}`);"]
    else:
        none = '"", ' if hole.context is Context.KEYWORD else ""  # a direction may be none
        lines, imports = _returning(value.expression, none + listed, site, program)
    text = "".join(f"{indentation}{line}\n" for line in lines)
    return Fix("Compare the name with a list", (Edit(Range(begin, begin), text), *imports), Applicability.UNSAFE)


def _returning(node: ir.Name, listed: str, site: Site, program: Program) -> tuple[list[str], tuple[Edit, ...]]:
    """The lines of Go that return an error for any other name, and what they import. Raises `RefusalError`."""
    function = program.function_around(node.range)
    package = go_package(program, "fmt") if type_of(node, program) == "string" else None
    if function is None or function is not program.function_around(site.call.range) or package is None:
        raise RefusalError("what the function does with a wrong name is for a person to say")
    name, imports = package
    returns = failure(function, f'{name}.Errorf("unexpected name %q", {node.id})', program.source)
    if not returns:
        raise RefusalError("the function returns no error, or something whose zero value the file does not tell")
    return [f"switch {node.id} {{", f"case {listed}:", "default:", f"\t{returns}", "}"], imports


def _place(found: View, value: Value, tokens: list[Token]) -> int | None:
    index = next(i for i, item in enumerate(found.items) if item is value)
    return next((n for n, token in enumerate(tokens) if token.start <= index < token.end), None)


def _is_column(found: View, value: Value, tokens: list[Token]) -> bool:
    """Whether the name stands where a column must: behind ORDER BY or GROUP BY, or before a comparison."""
    place = _place(found, value, tokens)
    if place is None or not place:
        return False
    words = [token.word for token in tokens[:place]]
    clause = next(
        (word for word in reversed(words) if word in ("BY", "FROM", "WHERE", "SET", "SELECT", "JOIN", "INTO")), ""
    )
    return clause in ("BY", "WHERE", "SET") and words[-1] not in ("IN", "LIKE", "=")


def _is_direction(found: View, value: Value, tokens: list[Token]) -> bool:
    place = _place(found, value, tokens)
    words = [token.word for token in tokens[: place or 0]]
    return "BY" in words and "ORDER" in words and words[-1] not in ("BY", ",")


def _columns(tokens: list[Token]) -> tuple[str, ...]:
    """The plain columns that the statement itself selects, in their order."""
    words = [token.word for token in tokens]
    if "SELECT" not in words or "FROM" not in words[words.index("SELECT") :]:
        return ()
    start = words.index("SELECT") + 1
    end = words.index("FROM", start)
    found = []
    for number in range(start, end):
        before, after = words[number - 1], words[number + 1]
        is_whole = before in ("SELECT", ",", "DISTINCT", ".") and after in (",", "FROM")
        if is_whole and tokens[number].kind is Kind.WORD and _NAME.fullmatch(tokens[number].text):
            found.append(tokens[number].text)
    return tuple(name for name in dict.fromkeys(found) if name.upper() not in _NO_COLUMNS)


def _is_simple(statement: ir.Statement, source: SourceFile) -> bool:
    """Whether another statement can stand before it: the body of an arrow function is none."""
    if isinstance(statement, ir.Return):
        return source.text(statement.range).startswith("return")
    return isinstance(statement, ir.Assign | ir.ExpressionStatement)
