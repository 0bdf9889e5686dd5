"""Which numbers the texts of a program say: the message to whom a test turns away, a line of the log, a name."""

from __future__ import annotations

import re
from functools import lru_cache

from persistlint.regexes import regex

_TWICE, _TENTHS, _THOUSAND = 2, 10, 1000
_SIZES = (  # of a unit, in which texts say how many of it there are
    (1000, r"[kK][a-zA-Z]*|s\b|sec[a-z]*"),
    (1_000_000, "ms|M[a-zA-Z]*|million"),
    (1_000_000_000, "G[a-zA-Z]*|billion"),
    (60, "(?i:min[a-z]*)"),
    (60_000, "(?i:min[a-z]*)"),
    (60, "h(?:ou)?rs?"),
    (3600, "h(?:ou)?rs?"),
    *((hours, "days?") for hours in (24, 1440)),
    (7, "weeks?"),
    (30, "months?"),
    *((parts, "years?") for parts in (12, 365)),
    (86_400, "days?"),
    (1024, "[kK]i?[bB]"),
    (1 << 20, "Mi?[bB]"),
    (1 << 30, "Gi?[bB]"),
)
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_BYTES = frozenset([8, 16, 20, 24, 32, 48, 64, 128])  # of keys, salts and digests, which are told in bits
_WORDS: dict[float, str] = {
    **dict(enumerate((*_ONES, *_TEENS)[2:], 3)),
    **{10 * tens: word for tens, word in enumerate(_TENS, 2)},
    **{10 * tens + one: f"{word}[ -]?{_ONES[one - 1]}" for tens, word in enumerate(_TENS, 2) for one in range(1, 10)},
}
# A text of several words, or in a script that puts none of these apart: that of China, Japan or Korea. Or a range.
_SENTENCE = regex(
    rb"""\"{3}[^"]*\w [^"]*\"{3}|\"[^"\n]*\w [^"\n]*\"|'[^'\n]*\w [^'\n]*'|`[^`\n]*\w [^`\n]*`"""
    rb"""|\"[^"\n]*[\xe3-\xed][^"\n]*\"|'[^'\n]*[\xe3-\xed][^'\n]*'|`[^`\n]*[\xe3-\xed][^`\n]*`"""
    rb"""|[\"'`]\d+(?:-|\xe2\x80\x93)\d+[\"'`]"""
)
_ONE: dict[float, str] = {  # of a unit, which a text says in a word: "more than a week old"
    60: "minute|hour",
    60_000: "minute",
    **dict.fromkeys((3600, 3_600_000), "hour"),
    **dict.fromkeys((24, 1440, 86_400, 86_400_000), "day"),
    **dict.fromkeys((7, 168, 604_800, 604_800_000), "week"),
    **dict.fromkeys((30, 31, 720, 2_592_000, 2_592_000_000), "month"),
    **dict.fromkeys((365, 366, 8760, 31_536_000, 31_622_400, 31_536_000_000), "year"),
}
_PRODUCT = regex(r"(\d+)(?:\s*\*\s*(?:60|24|1000|1024|3600))+|(?:(?:60|24|1000|1024|3600)\s*\*\s*)+(\d+)")


def is_said(number: str, value: float, text: bytes) -> bool:
    """Whether a sentence in `text` has the number that is written `number` and comes to `value`, alone or with a unit:
    `750 * 1024` in "not more than 750KB", 500 in "500x500 pixels", 5000 in "5 seconds"; or a name has it in it
    (90 in `"premium90days"`, `days_61_90` and `Freeleech90`), or the verb of a format (10 in `%.10s`)."""
    sentences = [sentence.decode(errors="replace") for sentence in _SENTENCE.findall(text)]
    return any(map(saying(number, value).search, sentences)) or is_in_name(number, text)


def is_in_name(number: str, text: bytes) -> bool:
    """Whether a name in `text` has the number in it that is written `number`: 50 in `top_50_translated`."""
    digits = number.encode()
    names = rb"(?:[A-Za-z_]|%%\.?)%s[A-Za-z_]|\w_%s\b|(?<!int)(?<!float)[A-Za-z]{4}%s\b" % (digits, digits, digits)
    return number.isdigit() and digits in text and re.search(names, text) is not None


@lru_cache(maxsize=512)  # a number is looked for in comments and in texts, and most are written often
def saying(number: str, value: float | None) -> re.Pattern[str]:
    """What finds a number in prose: as it is written, as what it comes to, with a unit, as a word, or as a
    percentage: 0.2, 0.8 and 1.2 are 20 %."""
    written = number.replace("_", "")
    spelled = [rf"{re.escape(written)}(?:[A-Za-z%]{{1,3}}|x\d+)?"]
    if product := _PRODUCT.fullmatch(written):
        spelled.append(rf"{_count(float(product[1] or product[2]))}(?: ?[A-Za-z]+)?")
    elif value is not None:
        spelled += (rf"{_count(value / size)} ?(?:{unit})" for size, unit in _SIZES if _counts(value, size))
    if value is not None and _TENTHS <= value < _THOUSAND and value == int(value):  # milliseconds
        spelled.append(rf"0?{re.escape(f'{value / _THOUSAND:g}'[1:])} ?s(?:ec[a-z]*)?")
    if value is not None and value >= _THOUSAND and value == int(value):
        spelled.append(f"{int(value):,}")
    if value in _ONE:
        spelled.append(rf"(?i:{_ONE[value]})")
    if value in _BYTES:
        spelled.append(rf"{int(value) * 8}[ -]+bits?")
    if value in _WORDS:
        spelled.append(rf"(?i:{_WORDS[value]})")
    if value is not None and not written.isdigit() and value == int(value):
        spelled.append(str(int(value)))
    if value is not None and 0 < value < _TWICE and value != 1:
        spelled += (rf"{_percent(part)} ?(?:%|per ?cent)" for part in (value, abs(1 - value)))
    return re.compile(rf"(?<![A-Za-z0-9_.])(?:\d+x)?(?:{'|'.join(spelled)})(?!\.?[A-Za-z0-9_])")


def _counts(value: float, size: float) -> bool:
    """Whether people say a number as so many of a unit: 3 or 1.5 of it."""
    return value >= size and (value * _TENTHS) % size == 0


def _count(value: float) -> str:
    """A pattern of how people write a small number: in digits or as a word."""
    digits = re.escape(f"{value:g}")
    return f"(?:{digits}|(?i:{_WORDS[value]}))" if value in _WORDS else digits


def _percent(part: float) -> str:
    return re.escape(f"{part * 100:.4g}")
