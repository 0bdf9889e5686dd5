"""A number between two bounds, as each language says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Remedy

if TYPE_CHECKING:
    from persistlint.facts import Limit
    from persistlint.source import SourceFile

_MOST = 1000  # rows

# How a text is made a number, and a number put between its bounds.
_NUMBERS = {
    "python": "int({value} or {default})",
    "javascript": "parseInt({value}, 10) || {default}",
    "typescript": "parseInt(String({value}), 10) || {default}",
}
_CLAMPS = {
    "python": "min(max({number}, 1), {most})",
    "javascript": "Math.min(Math.max({number}, 1), {most})",
    "typescript": "Math.min(Math.max({number}, 1), {most})",
}


def clamped(limit: Limit, source: SourceFile) -> Remedy:
    """The number of rows of a query between one and a thousand. Go has no function for that before 1.21."""
    if source.language not in _CLAMPS:
        return Remedy(reason=f"{source.language.title()} has no clamp that every version knows")
    number = source.text(limit.range)
    if limit.is_text:
        default = source.text(limit.default) if limit.default is not None else str(_MOST)
        number = _NUMBERS[source.language].format(value=source.text(limit.value), default=default)
    text = _CLAMPS[source.language].format(number=number, most=_MOST)
    return Remedy((Fix("Clamp it to a thousand rows", (Edit(limit.range, text),), Applicability.UNSAFE),))
