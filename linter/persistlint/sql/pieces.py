"""Whether a text that a program puts together can be SQL or a piece of it, told from its bytes: a message, an address
or a path cannot. Rather too often than too seldom."""

from __future__ import annotations

from persistlint.regexes import regex
from persistlint.sql.shapes import SHAPES

# Words with which a clause begins or goes on. A sentence may begin with another one.
_WORDS = frozenset(
    b"and or not on in is as by from where join left right inner outer cross full natural set values order group"
    b" having limit offset fetch union except intersect like ilike between null asc desc add column table index view"
    b" constraint primary foreign key references unique default exists case then else end distinct returning using"
    b" interval partition for into with count".split()
) | {verb.lower().encode() for verb in SHAPES}
_FIRST = regex(rb"[\s(]*(\w+)")
_COMMENT = regex(rb"--|/\*|#\s")
_SENTENCE = regex(rb"\s*(?:\[[\w -]+\]\s*)?([A-Z][a-z]+)\s+([a-z]+)\b")
_PROSE = regex(
    rb"\b(?:the|your|cannot|could|should|would|must|failed|unable|please|because|does|did|was|were|been|being|its|of"
    rb"|unexpected|unknown|invalid|while)\s+[a-z]"
)
_QUOTE = regex(rb"[\"'`]")
# A colon before a space or at the end, a full stop, an ellipsis, an address, an element, a parameter of an address.
_FOREIGN = regex(
    rb":(?:[\s\0]*\Z|\s|\\n)|://|</|/>|<\w+>|[.!](?:\s|\\n|\Z)|\.\.\.|\xe2\x80\xa6|=>|\A/(?!\*)|[?&][\w-]+=|\A[\w.-]+/[\w./-]*\Z"
)
# The name of something else: a path, a key with its parts, a word with a hyphen.
_NAME = regex(rb"[^\s\"'`]*(?:/|(?<!:):(?!:)|[a-z]-|-[a-z])[^\s\"'`]*")


def may_be_piece(text: bytes) -> bool:
    """Whether a text can be SQL or a piece of it. What is put into it stands there as `\\0`."""
    first = _FIRST.match(text)
    if (first is not None and first[1].lower() in _WORDS) or _COMMENT.search(text):
        return True
    sentence = _SENTENCE.match(text)
    if (sentence is not None and _WORDS.isdisjoint((sentence[1].lower(), sentence[2]))) or _PROSE.search(text):
        return False
    return _QUOTE.search(text) is not None or not (_FOREIGN.search(text) or _NAME.fullmatch(text))
