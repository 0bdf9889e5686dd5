"""What may be a text of several values with commas between them, by what people call it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.fixes.binding.marks.grammar import function_around
from persistlint.ir import String, walk
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.ir import Expression
    from persistlint.sql.lexer import Token

_LIST = regex(r"(?:\w*_)?(?:ids|list|values)|\w*(?:Ids|IDs|List|Values)")
_PAIR = regex(r"\w*(?:off\w*limit|limit\w*off)\w*", re.IGNORECASE)  # an offset and a count: `LIMIT 20,10`


def is_list_among(name: str, tokens: list[Token], place: int) -> bool:
    """Whether a value of this name is one of several elements behind `IN`, and may be more than one of them."""
    around = {token.text for token in tokens[max(place - 1, 0) : place + 2]}
    return "," in around and _LIST.fullmatch(name) is not None and function_around(tokens, place) == "IN"


def is_range(name: str, node: Expression) -> bool:
    """Whether what stands alone behind `LIMIT` may be two numbers, by its name or by what it is put together of."""
    is_put_together = any(isinstance(part, String) and "," in part.value for part in walk(node))
    return is_put_together or _PAIR.fullmatch(name) is not None
