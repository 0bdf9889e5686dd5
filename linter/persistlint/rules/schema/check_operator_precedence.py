"""
## What it finds

A `CHECK` in which `AND` and `OR` stand side by side without parentheses, and some parts of the `OR` are a single
comparison: `a AND b OR c`. Where every part of the `OR` is an `AND`, the reading is plain, and nothing is reported.

## Why it matters

`AND` binds closer than `OR`: `kind = 1 AND n > 0 OR n IS NULL` accepts every row whose `n` is NULL, of whatever kind.

## Example

```sql dialect=postgres
CREATE TABLE rules (id int PRIMARY KEY, kind text, n int, CHECK (kind = 'a' AND n > 0 OR n IS NULL));
```

```sql dialect=postgres
CREATE TABLE rules (id int PRIMARY KEY, kind text, n int, CHECK (kind = 'a' AND (n > 0 OR n IS NULL)));
```

## Fix

Put parentheses around what belongs together. The fix does so, and changes no meaning.

## When not to use it

Where the reading is meant, put parentheses around the `AND`.

## References

- [PostgreSQL: operator precedence](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-PRECEDENCE)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import insert
from persistlint.fixes.scripts import careful, scripted
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import CONSTRAINTS, Script
from persistlint.sql.lexer import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Expression
    from persistlint.sql.lexer import Token


@rule("check-operator-precedence", on=Script, changes=CONSTRAINTS, severity=Severity.WARNING)
def check_operator_precedence(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every CHECK that mixes AND and OR so that one of them surprises."""
    for _, constraint in script.constraints():
        if constraint.expression is not None and _is_mixed(constraint.expression):
            yield context.report(
                constraint.range,
                "`AND` binds closer than `OR` here, which a reader may not expect.",
                help="Put parentheses around what belongs together.",
                remedy=scripted(script, _fix, script, constraint.expression, context),
            )


def _fix(script: Script, expression: Expression, context: RuleContext) -> tuple[Fix, ...]:
    """Parentheses around every part of the OR that has an AND."""
    text = context.file.text(expression.range)
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokenize(text, script.dialect):
        depth += (token.text in "([") - (token.text in ")]")
        if depth == 0 and token.word == "OR":
            parts.append([])
        elif token.kind is not Kind.COMMENT:
            parts[-1].append(token)
    edits = []
    for part in parts:
        if part and _is_mixed_part(part):
            first, last = (_offset(expression, text, at) for at in (part[0].start, part[-1].end))
            edits += [insert(first, "("), insert(last, ")")]
    return careful(script, "Put parentheses around AND", *edits)


def _is_mixed_part(part: list[Token]) -> bool:
    """Whether a part has an AND outside of parentheses that belongs to no BETWEEN."""
    depth = ands = 0
    for token in part:
        depth += (token.text in "([") - (token.text in ")]")
        ands += (depth == 0 and token.word == "AND") - (depth == 0 and token.word == "BETWEEN")
    return ands > 0


def _offset(expression: Expression, text: str, at: int) -> int:
    """The byte offset in the file of a character of an expression."""
    return expression.range.start + len(text[:at].encode())


def _is_mixed(expression: Expression) -> bool:
    """Whether some parts of an OR are joined by AND and others are not, at the outermost level."""
    parts, depth, betweens, has_and = [], 0, 0, False
    for word in expression.words:
        depth += (word in "([") - (word in ")]")
        if depth:
            continue
        if word == "between":
            betweens += 1
        elif word == "and" and betweens:
            betweens -= 1
        elif word == "and":
            has_and = True
        elif word == "or":
            parts.append(has_and)
            has_and = False
    return bool(parts) and len({*parts, has_and}) == 2
