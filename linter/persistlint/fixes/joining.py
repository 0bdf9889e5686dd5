"""A member that joins an import of Python which is there already: `from m import a` becomes `from m import a, b`.

The import may stand in parentheses, over several lines, with comments, and with or without a comma at its end. libcst
keeps all of that; it is imported here alone, when such a fix is asked for, and where the import is no plain line. The
extension for VS Code comes without it, for it is large and made for one version of Python: there the import stands on a
line of its own.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint.regexes import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    import libcst as cst

_LONGEST = 88  # code points of a line, as formatters have it
# An import on one line, with nothing but its members.
_MEMBER = r"\w+(?:[ \t]+as[ \t]+\w+)?"
_PLAIN = regex(rf"from[ \t]+[\w.]+[ \t]+import[ \t]+(?P<members>{_MEMBER}(?:[ \t]*,[ \t]*{_MEMBER})*)[ \t]*")
_NAME = regex(r"(\w+)(?:[ \t]+as[ \t]+\w+)?")


def joined(statement: str, member: str) -> str | None:
    """The text of an import statement with one more member, in alphabetical order where the others are; None where it
    is no plain `from … import …`, or becomes too long for a line."""
    if (plain := _PLAIN.fullmatch(statement)) is not None:
        return _joined_plain(plain, member)
    try:
        import libcst as cst
    except ImportError:
        return None
    try:
        parsed = cst.parse_statement(statement)
    except cst.ParserSyntaxError:
        return None
    found = parsed.body[0] if isinstance(parsed, cst.SimpleStatementLine) and len(parsed.body) == 1 else None
    if not isinstance(found, cst.ImportFrom) or isinstance(found.names, cst.ImportStar):
        return None
    changed = parsed.with_changes(body=[found.with_changes(names=_with(found, list(found.names), member))])
    text = cst.Module([changed]).code.rstrip("\n")
    return text if all(len(line) <= _LONGEST for line in text.splitlines()) else None


def _joined_plain(statement: re.Match[str], member: str) -> str | None:
    names = list(_NAME.finditer(statement["members"]))
    place = _place([name[1] for name in names], member)
    start = statement.start("members")
    at, added = (names[place].start(), f"{member}, ") if place < len(names) else (names[-1].end(), f", {member}")
    text = f"{statement[0][: start + at]}{added}{statement[0][start + at :]}"
    return text if len(text) <= _LONGEST else None


def _place(names: list[str], member: str) -> int:
    """The number of the names before which a member goes."""
    order = next((order for order in (_by_kind, str.lower) if _is_sorted(names, order)), None)
    return sum(order(name) < order(member) for name in names) if order is not None else len(names)


def _by_kind(name: str) -> str:
    """The place of a name as isort and ruff order them: constants, classes, all others."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return f"{kind}{name.lower()}"


def _is_sorted(names: list[str], order: Callable[[str], str]) -> bool:
    return all(order(one) <= order(other) for one, other in pairwise(names))


def _with(statement: cst.ImportFrom, names: list[cst.ImportAlias], member: str) -> list[cst.ImportAlias]:
    import libcst as cst

    place = _place([alias.evaluated_name for alias in names], member)
    behind = statement.lpar.whitespace_after if statement.lpar is not None else None
    if isinstance(behind, cst.ParenthesizedWhitespace):  # each member on a line of its own
        between = cst.Comma(whitespace_after=behind.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[]))
    else:
        between = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    new, last, rest = cst.ImportAlias(cst.Name(member), comma=between), names[-1], names[:-1]
    if place < len(names):
        return [*names[:place], new, *names[place:]]
    end = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else None
    if not isinstance(end, cst.ParenthesizedWhitespace):
        return [*rest, last.with_changes(comma=between), new.with_changes(comma=last.comma)]
    # The comment behind the last member stays with it.
    kept = cst.Comma(whitespace_after=between.whitespace_after.with_changes(first_line=end.first_line))
    closing = cst.Comma(whitespace_after=end.with_changes(first_line=cst.TrailingWhitespace()))
    return [*rest, last.with_changes(comma=kept), new.with_changes(comma=closing)]
