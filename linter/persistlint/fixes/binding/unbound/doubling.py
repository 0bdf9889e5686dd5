"""The fix for a value in a statement that takes no bind parameter, where the driver has no function that quotes it: its
quotes are written twice, and on a database to which a backslash is an escape that as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Applicability, Edit, Fix
from persistlint.fixes.binding.text.go_types import type_of
from persistlint.fixes.binding.text.tracing import may_be_escaped
from persistlint.fixes.imports import go_package
from persistlint.source import Range
from persistlint.sql.lexer import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Hole
    from persistlint.fixes.binding.text.literals import Literal
    from persistlint.fixes.binding.text.view import Value, View
    from persistlint.fixes.program import Program

# https://www.sqlite.org/lang_expr.html#literal_values_constants_,
# https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS (with its default settings),
# https://duckdb.org/docs/stable/sql/data_types/literal_types, https://trino.io/docs/current/language/types.html#varchar,
# https://docs.oracle.com/en/database/oracle/oracle-database/23/sqlrf/Literals.html,
# https://learn.microsoft.com/sql/t-sql/data-types/constants-transact-sql
_DIALECTS = frozenset(["sqlite", "postgres", "duckdb", "trino", "oracle", "tsql"])
# Where a backslash is an escape unless the server is told otherwise; one written twice is none in any case:
# https://dev.mysql.com/doc/refman/en/string-literals.html, https://clickhouse.com/docs/sql-reference/syntax#string
_WITH_BACKSLASH = frozenset(["mysql", "clickhouse"])
_TRIPLE = '"""'


def doubled(found: Sequence[View], holes: Sequence[Hole], program: Program, dialect: str | None) -> Fix | None:
    """The fix that writes every quote of the values twice, None where one of them stands in no plain string, or the
    language cannot say so there. `found` are the texts that have the holes."""
    is_go = program.source.language == "go"
    if dialect not in _DIALECTS and not (is_go and dialect in _WITH_BACKSLASH):
        return None
    edits: list[Edit] = []
    quoted: dict[Range, Literal] = {}
    for view in found:
        for item, token in view.standing(holes, dialect):
            is_plain = token is not None and token.kind is Kind.STRING and token.text.startswith("'")
            is_plain &= item.spec in ("", "%s", "%v", "!s") and not (is_go and may_be_escaped(item.expression, program))
            made = _made(item, program, has_escapes=dialect in _WITH_BACKSLASH) if is_plain else []
            if not made:
                return None
            edits += made
            if item.literal is not None and item.form is None and program.source.language == "python":
                quoted[item.literal.range] = item.literal
    for literal in quoted.values():
        body = program.source.text(literal.body)
        if literal.quote != _TRIPLE and (_TRIPLE in body or body.endswith('"') or "\n" in body):
            return None
        edits += _in_triple(literal)
    if not all(any(hole.range == edit.range for edit in edits) for hole in holes):
        return None
    title = "Double the quotes in the value" if len(holes) == 1 else "Double the quotes in the values"
    return Fix(title, tuple(dict.fromkeys(edits)), Applicability.UNSAFE)


def _made(item: Value, program: Program, *, has_escapes: bool) -> list[Edit]:
    """The edits that double the quotes of one value, and its backslashes where those are escapes."""
    node, source = item.expression, program.source
    text = source.text(node.range)
    if source.language == "python":
        is_text = isinstance(node, ir.String | ir.Template) or text.startswith("str(")
        return [Edit(node.range, f"""{text if is_text else f"str({text})"}.replace("'", "''")""")]
    if source.language != "go":
        is_text = isinstance(node, ir.String | ir.Template) or text.startswith("String(")
        return [Edit(node.range, f"""{text if is_text else f"String({text})"}.replace(/'/g, "''")""")]
    return with_doubled(item, "'", program, has_escapes=has_escapes)


def with_doubled(item: Value, quote: str, program: Program, *, has_escapes: bool = False) -> list[Edit]:
    """The edits that double a quote in a value of Go, and its backslashes where those are escapes; none where the file
    calls something else `strings`."""
    package = go_package(program, "strings")
    if package is None:
        return []
    name, imports = package
    node, text = item.expression, program.source.text(item.expression.range)
    if item.form is not None and type_of(node, program) != "string":
        text = f'fmt.Sprintf("{item.spec or "%s"}", {text})'
    if has_escapes:
        return [
            *imports,
            Edit(node.range, f"""{name}.NewReplacer(`\\`, `\\\\`, `{quote}`, `{quote * 2}`).Replace({text})"""),
        ]
    mark = "`" if quote == '"' else '"'
    return [*imports, Edit(node.range, f"{name}.ReplaceAll({text}, {mark}{quote}{mark}, {mark}{quote * 2}{mark})")]


def _in_triple(literal: Literal) -> list[Edit]:
    """The edits that put a format string of Python into quotes which its expressions can have inside."""
    if literal.quote == _TRIPLE:
        return []
    opening = Range(literal.body.start - len(literal.quote), literal.body.start)
    return [Edit(opening, _TRIPLE), Edit(Range(literal.body.end, literal.range.end), _TRIPLE)]
