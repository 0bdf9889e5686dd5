"""The fix for a value where SQL takes a number alone and no bind parameter: it is made one, or the program stops."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Applicability, Edit, Fix
from persistlint.fixes.binding.marks.expressions import name_of
from persistlint.fixes.binding.marks.several import is_range
from persistlint.fixes.binding.text.literals import Char
from persistlint.fixes.binding.text.view import HOLE, Value, View
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Hole
    from persistlint.source import SourceFile

# https://www.sqlite.org/pragma.html, https://www.postgresql.org/docs/current/sql-createrole.html,
# https://www.postgresql.org/docs/current/sql-createsequence.html, https://github.com/pgvector/pgvector
_PLACES = regex(
    r"\bPRAGMA\s+(?:\w+\.)?(?:user_version|application_id|cache_size|busy_timeout|mmap_size|page_size|max_page_count"
    r"|journal_size_limit|wal_autocheckpoint|analysis_limit|threads|soft_heap_limit|hard_heap_limit)\s*[=(]\s*-?\Z"
    r"|\b(?:CONNECTION\s+LIMIT|RESTART\s+WITH|START\s+WITH|INCREMENT\s+BY|MINVALUE|MAXVALUE)\s+-?\Z"
    r"|\b(?:AUTO_INCREMENT|FILLFACTOR|LISTS|EF_CONSTRUCTION|STATEMENT_TIMEOUT|LOCK_TIMEOUT)\s*=\s*\Z"
    r"|\b(?:LIMIT|OFFSET)\s+\Z"
    r"|\bKILL\s+(?:(?:QUERY|CONNECTION)\s+)?\Z"
    r"|\b(?:VARCHAR|CHAR|VARBINARY|BINARY|VECTOR|HALFVEC)\s*\(\s*\Z",
    re.IGNORECASE,
)
_IS_OPERAND = regex(rf"[\w)\]\"`{HOLE}][ \t]*[-+*/%][ \t]*\Z")  # behind another one
_INTEGER = {"python": "int", "javascript": "Number", "typescript": "Number"}


def numbers(found: View, holes: Sequence[Hole], source: SourceFile) -> Fix | None:
    """The fix that makes a number of every value that stands where nothing else can; None where one stands elsewhere,
    or the language has no way to do so within an expression."""
    function, text = _INTEGER.get(source.language), found.text
    edits: list[Edit] = []
    for index, item in enumerate(found.items):
        if not isinstance(item, Value) or not any(hole.range in item.expression.range for hole in holes):
            continue
        if function is None or item.spec not in ("", "%s", "%d", "!s") or not _PLACES.search(text[:index]):
            return None
        if text[index + 1 : index + 2] == HOLE or is_range(name_of(item, source), item.expression):
            return None
        sign = found.items[index - 1]
        is_negated = isinstance(sign, Char) and sign.text == "-"
        edits += [Edit(sign.range, "")] if is_negated else []  # two of them begin a comment
        edits.append(_made_number(item, "-" * is_negated, function, source))
    if not edits or not all(any(hole.range in edit.range for edit in edits) for hole in holes):
        return None
    title = "Make the value a number" if len(holes) == 1 else "Make the values numbers"
    return Fix(title, tuple(edits), Applicability.UNSAFE)


def operands(found: View, holes: Sequence[Hole], source: SourceFile) -> Fix | None:
    """The fix that makes a number of every value that SQL calculates with, in parentheses, for two minus signs begin a
    comment; None where one stands elsewhere, or the language has more than one kind of number."""
    text = found.text
    edits: list[Edit] = []
    for index, item in enumerate(found.items):
        if not isinstance(item, Value) or not any(hole.range == item.expression.range for hole in holes):
            continue
        before = found.items[index - 1]
        if source.language not in ("javascript", "typescript") or not isinstance(before, Char) or item.form is not None:
            return None
        behind = found.items[index + 1] if index + 1 < len(found.items) else None
        if not _IS_OPERAND.search(text[:index]) or before.literal is None or isinstance(behind, Value):
            return None
        number = _made_number(item, "", "Number", source)
        start, end = before.range.end, item.range.end
        quote = before.literal.quote
        closing = f" + {quote}){quote}" if behind is None and item.literal is None else ")"
        end = behind.range.start if isinstance(behind, Char) else end
        edits += [Edit(Range(start, start), "("), number, Edit(Range(end, end), closing)]
    if not edits or not all(any(hole.range in edit.range for edit in edits) for hole in holes):
        return None
    title = "Make the value a number" if len(holes) == 1 else "Make the values numbers"
    return Fix(title, tuple(edits), Applicability.UNSAFE)


def _made_number(item: Value, sign: str, function: str, source: SourceFile) -> Edit:
    node = item.expression
    match node:
        case ir.Call(function=ir.Name(id="str" | "String") as made, arguments=[argument]):
            inner = source.text(argument.range)
            return Edit(node.range, f"{source.text(made.range)}({sign}{function}({inner}))")
    text = f"{sign}{function}({source.text(node.range)})"
    is_operand = item.literal is None and item.form is None and source.language == "python"
    return Edit(node.range, f"str({text})" if is_operand else text)
