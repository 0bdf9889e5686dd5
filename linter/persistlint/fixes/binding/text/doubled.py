"""What people write in Python so that a quote in a value does not end the string of SQL around it."""

from __future__ import annotations

from persistlint import ir

# The quote itself, and the backslash before it, where that is an escape.
_SIGNS = {("'", "''"), ("'", "\\'"), ("\\", "\\\\")}


def unescaped(node: ir.Expression) -> ir.Expression | None:
    """The value of which an expression is the text with its quotes doubled, None where it is something else:
    `name.replace("'", "''")`."""
    found, is_quote = node, False
    while True:
        match found:
            case ir.Call(
                function=ir.Attribute(value=inner, name="replace"),
                arguments=[ir.Argument(value=ir.String(value=sign)), ir.Argument(value=ir.String(value=double))],
            ) if (sign, double) in _SIGNS:
                found, is_quote = inner, is_quote or sign == "'"
            case _:
                return found if is_quote else None
