"""Whether tokens are prose: words stand side by side, or punctuation stands, where SQL allows none."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint.sql.frames import OPERAND, Frame
from persistlint.sql.lexer import HOLE, Kind, Token, word_set
from persistlint.sql.shapes import SHAPES
from persistlint.sql.shapes.statement import ARTICLES

if TYPE_CHECKING:
    from persistlint.sql.grammar import Grammar

_PHRASES = word_set(  # they may stand beside another word
    "SKIP LOCKED NOWAIT SHARE ROWS ROW ONLY FIRST LAST NEXT NOTHING IGNORE ORDINALITY TABLESAMPLE BERNOULLI FORCE USE"
    " INDEX ROLLUP CUBE SETS GROUPING AT TIME ZONE KEY MATCHED LOCK MODE PIVOT UNPIVOT SEPARATOR PRECISION VARYING"
    " UNKNOWN PARTITION NULL WITHOUT OVERRIDING SYSTEM VALUE TARGET SOURCE UNBOUNDED PRECEDING FOLLOWING CURRENT RANGE"
    " CONFLICT DUPLICATE NULLS START CONNECT PRIOR SIBLINGS OPTION RECOMPILE DATE TIMESTAMP TIMESTAMPTZ INTERVAL TIES"
    " PERCENT NOLOCK AGAINST BOOLEAN LANGUAGE FINAL SAMPLE PREWHERE SETTINGS FOR EXCLUDED COLLATE UPDLOCK WINDOW"
)
_HEAD = 50  # tokens in which a block would have begun
_FREE_CLAUSES = word_set("name definition options window columns start with")  # words may stand side by side
_FIXED = (Kind.PARAMETER, Kind.STRING)


def is_prose(grammar: Grammar, articles: frozenset[str] = ARTICLES) -> bool:
    """Whether words stand side by side, or punctuation stands, where SQL allows none. Reads the grammar to its end."""
    aliased = -1
    in_tail = False  # behind what is understood: clauses of dialects that are not known here
    articles -= {name.word for name, dot in pairwise(grammar.tokens) if dot.text == "."}
    for index, token in enumerate(grammar.tokens):
        frame = grammar.frame
        if _is_foreign(grammar, index, token, frame):
            return True
        if token.text == ";":
            in_tail = False
        elif frame.before == OPERAND and grammar.starts_operand(index) and not in_tail:
            if not _may_stand_behind(grammar, index, frame, aliased, articles):
                in_tail = _begins_tail(grammar, index, frame, articles)
                if not in_tail:
                    return True
            aliased = index
        grammar.read(index)
    return False


def _begins_tail(grammar: Grammar, index: int, frame: Frame, articles: frozenset[str]) -> bool:
    """Whether a word that is not known here begins a clause, all before it being SQL for certain."""
    token, previous = grammar.tokens[index], grammar.tokens[index - 1]
    if not {token.word, previous.word}.isdisjoint(articles) or frame.verb == "CALL":
        return False
    if token.kind is Kind.NUMBER or (previous.kind is Kind.NUMBER and grammar.touches(index)):
        is_keyword = previous.text.isupper() or previous.kind is Kind.NUMBER  # TTL 30, 1h
    else:
        is_keyword = token.kind is Kind.WORD and token.text.isupper()
    is_keyword &= grammar.tokens[0].text.isupper()
    is_limited = grammar.word(frame.begin) in ("LIMIT", "OFFSET") and previous.kind in (Kind.NUMBER, Kind.PARAMETER)
    is_compared = frame.compared and any(grammar.token(index - at).kind in _FIXED for at in (1, 2))
    if is_keyword and frame.verb != "":
        return True
    is_understood = is_limited or (is_compared and (frame.verb != "" or is_keyword))
    return is_understood and token.kind is Kind.WORD


def _is_foreign(grammar: Grammar, index: int, token: Token, frame: Frame) -> bool:
    """Whether a token does not occur in SQL: a colon, a full stop, a dash of typography."""
    match token.word:
        case ":":
            return frame.opener != "subscript"
        case ".":
            return not grammar.touches(index + 1)
        case ";":
            following = grammar.word(index + 1)
            is_statement = (
                not following or following in SHAPES or HOLE in following or following in ("END", "IF", "ELSE")
            )
            return not is_statement and not any(
                grammar.word(at) in ("BEGIN", "DECLARE") for at in range(min(index, _HEAD))
            )
    return token.kind is Kind.OTHER


def _may_stand_behind(grammar: Grammar, index: int, frame: Frame, aliased: int, articles: frozenset[str]) -> bool:
    """Whether an operand may follow another here: an alias, a typed literal, a phrase of SQL."""
    token, previous = grammar.tokens[index], grammar.tokens[index - 1]
    word, before = token.word, previous.word
    if frame.clause == "order":
        return HOLE in word + before or word in _PHRASES
    if frame.clause in _FREE_CLAUSES or frame.verb in ("SET", "COPY", "LOAD", "CREATE", "ALTER"):
        return True
    if before in ("{", "CALL") or grammar.word(0) == "IF":
        return True
    if word in _PHRASES or before in _PHRASES:
        return True
    is_alias = word == "A" and (before == ")" or grammar.tokens[0].text.isupper())
    if before in articles or (word in articles and not is_alias):
        return False
    if HOLE in token.text or HOLE in previous.text:
        return aliased != index - 1 or HOLE in token.text
    if token.kind in (Kind.STRING, Kind.DOLLAR):
        return True
    can_alias = frame.clause in ("select", "from") or frame.opener in ("query", "group")
    ends = (
        grammar.ends_clause(index + 1)
        or grammar.word(index + 1) in (",", "(", "SET", "USE", "FORCE", "CROSS")
        or (
            grammar.word(index + 1)
            in ("LEFT", "RIGHT", "INNER", "FULL", "NATURAL", "ASOF", "FOR", "TABLESAMPLE", "OUTER")
            or grammar.is_hole(index + 1)
        )
    )
    return can_alias and ends and aliased != index - 1 and token.kind in (Kind.WORD, Kind.QUOTED)
