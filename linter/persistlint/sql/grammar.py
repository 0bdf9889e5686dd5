"""The clauses of SQL: a token grammar that knows at every token which clause it belongs to and what may follow.

It is a stack of parentheses, and in each of them a clause. Unlike a parser it never fails: not on fragments, not on
DDL of any dialect, not on statements that never end. Holes are tokens like others (see `lexer.HOLE`).
"""

from __future__ import annotations

from persistlint.sql.frames import OPERAND, Frame
from persistlint.sql.lexer import HOLE, Kind, Token, tokenize
from persistlint.sql.words import (
    CLAUSES,
    COMPARISONS,
    DATA_VERBS,
    KEYWORDS,
    OBJECTS,
    OPERATORS,
    OPTIONS,
    QUERIES,
    SETTINGS,
    VERBS,
)

_NOTHING = Token.of(Kind.OTHER, "", 0, 0)
_OPERANDS = frozenset({Kind.STRING, Kind.DOLLAR, Kind.NUMBER, Kind.PARAMETER, Kind.QUOTED, Kind.OTHER})


class Grammar:
    """The tokens of a text, and the state of the grammar before the next of them. Read the tokens one by one."""

    def __init__(self, text: str, clause: str = "", dialect: str | None = None) -> None:
        self.tokens = _separate(tokenize(text, dialect))
        self.frames = [Frame(clause or "start")]

    @property
    def frame(self) -> Frame:
        """The innermost parenthesis."""
        return self.frames[-1]

    def word(self, index: int) -> str:
        """The keyword, operator or punctuation at an index, in capitals; "" for everything else and outside."""
        return self.tokens[index].word if 0 <= index < len(self.tokens) else ""

    def token(self, index: int) -> Token:
        """The token at an index; an empty one outside."""
        return self.tokens[index] if 0 <= index < len(self.tokens) else _NOTHING

    def is_hole(self, index: int) -> bool:
        """Whether the token at an index is a hole and nothing else."""
        return 0 <= index < len(self.tokens) and self.tokens[index].text == HOLE

    def touches(self, index: int) -> bool:
        """Whether no space stands before the token at an index; False where there is no such token."""
        return 0 < index < len(self.tokens) and self.tokens[index - 1].end == self.tokens[index].start

    def starts_operand(self, index: int) -> bool:
        """Whether the token at an index can begin an operand, and does not begin the next clause."""
        if not 0 <= index < len(self.tokens):
            return False
        token = self.tokens[index]
        if token.kind in _OPERANDS:
            return True
        return token.kind is Kind.WORD and (
            token.word not in KEYWORDS or token.word in ("ANY", "ALL", "CASE", "INTERVAL")
        )

    def ends_operand(self, index: int) -> bool:
        """Whether an operand can end with the token at an index."""
        token = self.token(index)
        is_name = token.kind is Kind.WORD and (token.word not in KEYWORDS or token.word in ("ASC", "DESC", "END"))
        return is_name or token.text in (")", "]") or (token.kind in _OPERANDS and bool(token.text))

    def ends_clause(self, index: int) -> bool:
        """Whether the clause is over before the token at an index."""
        word = self.word(index)
        return index >= len(self.tokens) or word in (")", ";", "]") or word in CLAUSES

    def read(self, index: int) -> None:
        """Take the token at an index into the state."""
        frame, token = self.frame, self.tokens[index]
        word = token.word
        if token.kind is Kind.COMMENT:
            return
        if word in ("(", "["):
            self._open(index, frame, word)
        elif word in (")", "]"):
            self._close(index)
        elif word == ";":
            del self.frames[1:]
            self.frames[0] = Frame("start", index + 1, index + 1, item=index + 1)
        elif word == ",":
            self._next_item(index, frame)
        elif token.kind in _OPERANDS or HOLE in word or frame.before == ".":
            self._take_operand(index, frame)
        else:
            self._take_word(index, frame, word)

    def _next_item(self, index: int, frame: Frame) -> None:
        frame.before = ","
        frame.item = index + 1
        frame.compared = False
        frame.commas += 1
        if frame.opener == "definition":
            frame.clause = "definition"

    def _take_operand(self, index: int, frame: Frame) -> None:
        frame.before = "" if frame.before == "TOP" else OPERAND

    def _take_word(self, index: int, frame: Frame, word: str) -> None:
        if word == "CASE" and self.word(index - 1) != "END":
            self.frames.append(
                Frame("where", index, frame.anchor, "case", verb=frame.verb, before="CASE", item=index + 1)
            )
        elif word == "END":
            if frame.opener == "case":
                self.frames.pop()
            self.frame.before = OPERAND
        elif word in ("AND", "OR", "XOR") and frame.clause not in ("name", "with"):
            self._take_connective(index, frame, word)
        elif word in OPERATORS and not (word in ("IN", "IS", "*") and frame.clause == "name"):
            self._take_operator(frame, word)
        elif word == "TO" and frame.clause in ("set", "from"):  # SET x TO y, FROM (a) TO (b)
            frame.before = "="
        elif self._begins_statement(index, frame, word):
            self._begin_statement(index, frame, word)
        elif word in CLAUSES and self._is_clause(index, frame, word):
            self._begin_clause(index, frame, word)
        elif self._is_keyword(index, frame, word):
            frame.before = "" if word == "BY" and frame.clause != "name" else word
        else:
            self._take_operand(index, frame)

    def _take_connective(self, index: int, frame: Frame, word: str) -> None:
        if frame.between and word == "AND":
            frame.between = False
            frame.before = "BETWEEN"
            return
        if frame.clause in ("start", "value", "set") and frame.opener != "call":
            frame.clause = "where"
        frame.before, frame.compared = "", False
        frame.anchor = frame.item = index

    def _take_operator(self, frame: Frame, word: str) -> None:
        if word == "*" and frame.before != OPERAND:
            frame.before = OPERAND
            return
        if word in COMPARISONS:
            frame.compared = True
            frame.between = word == "BETWEEN"
        if frame.clause == "start" and frame.before == OPERAND:
            frame.clause = "where"
        if frame.clause in ("name", "with") and word == "=":
            frame.clause = "value"
        frame.before = word

    def _begins_statement(self, index: int, frame: Frame, word: str) -> bool:
        if frame.clause == "start" or self._is_condition_over(frame):
            is_neutral = self.word(index - 1) in ("EXPLAIN", "ANALYZE") and word in ("ANALYZE", "VERBOSE")
            return (word in VERBS or word in ("UPDATE", "SET")) and not is_neutral and self.word(index + 1) != ":="
        return word in DATA_VERBS and frame.clause == "with" and frame.before == OPERAND

    def _is_condition_over(self, frame: Frame) -> bool:
        """Whether a statement can follow the condition of T-SQL's IF or WHILE."""
        return frame.clause == "where" and frame.before == OPERAND and self.word(frame.begin) in ("IF", "WHILE")

    def _begin_statement(self, index: int, frame: Frame, word: str) -> None:
        frame.clause = {"UPDATE": "from", "SET": "set"}.get(word, "name")
        frame.verb, frame.before = word, word
        frame.begin = frame.anchor = index
        frame.item = index + 1
        frame.compared = frame.between = False
        frame.columns = 0

    def _is_clause(self, index: int, frame: Frame, word: str) -> bool:
        """Whether a keyword begins a clause here, and is not a part of another phrase or a name."""
        following, previous = self.word(index + 1), self.word(index - 1)
        match word:
            case "FROM":
                return previous != "DISTINCT" and frame.opener != "call"
            case "ON":
                return frame.clause in ("from", "where") and following not in ("CONFLICT", "DUPLICATE")
            case "WITH":
                return frame.clause in ("start", "from") and following not in (
                    "(",
                    "TIME",
                    "ORDINALITY",
                    "TIES",
                    "CHECK",
                )
            case "GROUP" | "ORDER" | "PARTITION":
                return following == "BY" and frame.clause != "name"
            case "SET":
                return frame.clause != "name" or frame.verb in DATA_VERBS
            case "UPDATE":
                return previous == "KEY"  # ON DUPLICATE KEY UPDATE
            case "USING":
                return frame.verb in ("MERGE", "DELETE") or (frame.clause == "from" and frame.opener != "names")
            case "INTO":
                return frame.verb != "VACUUM"
            case "SELECT":
                return frame.verb not in ("GRANT", "REVOKE")
            case "EXPLAIN" | "BEGIN" | "LOOP" | "IF" | "WHILE":
                is_body = frame.clause == "start" or previous == "AS" or self._is_condition_over(frame)
                return is_body or (word == "LOOP" and frame.opener == "")
            case "DO":
                return frame.clause in ("rows", "select", "where", "start", "from")
            case "IMMEDIATE":
                return frame.verb == "EXECUTE"
            case "VALUES" if frame.clause == "set" or frame.opener == "call":
                return False  # a function of MySQL, behind ON DUPLICATE KEY UPDATE
            case "VALUES" | "RETURN" | "FETCH" | "WHEN" | "THEN" | "ELSE" | "OFFSET" | "OUTPUT":
                return frame.clause != "name" or frame.verb in DATA_VERBS
            case "CHECK" | "DEFAULT":
                return frame.clause in ("name", "definition")
        return True

    def _begin_clause(self, index: int, frame: Frame, word: str) -> None:
        if frame.opener == "case" and word not in ("WHEN", "THEN", "ELSE"):  # its END is missing
            while self.frame.opener == "case":
                self.frames.pop()
            frame = self.frame
        if frame.opener == "case" and word == "WHEN" and frame.before == OPERAND and self.word(frame.begin) == "CASE":
            frame.function = "simple"  # CASE x WHEN value
        continues = word == "IMMEDIATE" or (word in ("INTO", "FROM") and frame.clause == "name")
        clause = "where" if word == "WITH" and self.word(index - 1) == "START" else CLAUSES[word]
        if word in ("THEN", "ELSE") and frame.opener != "case":
            clause = "start"
        if word == "UPDATE":
            clause, frame.verb = "set", "UPDATE"
        elif word == "SELECT" or (clause == "start" and word != "IMMEDIATE"):
            frame.verb = word if word == "SELECT" else ""
        frame.clause = clause
        frame.begin, frame.item = index, index + 1
        if not continues:
            frame.anchor = index - 3 if word == "UPDATE" else index  # ON DUPLICATE KEY UPDATE
        frame.before = "USING" if word == "USING" else ""
        frame.compared = frame.between = False

    def _is_keyword(self, index: int, frame: Frame, word: str) -> bool:
        if word in (".", "::"):
            return True
        if (
            word in ("IF", "LEFT", "RIGHT")
            and self.word(index + 1) == "("
            and frame.clause not in ("start", "from", "name")
        ):
            return False  # a function
        if frame.clause == "name":
            return word in OBJECTS or word in KEYWORDS or word in OPTIONS
        if frame.clause == "set" and frame.verb == "SET":
            return word in SETTINGS or word in OPTIONS or word in KEYWORDS or word == "ZONE"
        previous = self.word(index - 1)
        if word == "ZONE":
            return previous == "TIME"
        if word in ("FIRST", "LAST", "NEXT", "MATERIALIZED"):
            return previous in ("NULLS", "FETCH", "AS", "NOT")
        return word in KEYWORDS or (word in ("ANALYZE", "VERBOSE") and frame.clause == "start")

    def _open(self, index: int, frame: Frame, word: str) -> None:
        clause, opener = self._array(index, frame) if word == "[" else self._parenthesis(index, frame)
        name = self.word(index - 1)
        function = name if opener == "call" else ""
        verb = "" if clause == "start" else frame.verb
        columns = frame.columns if opener == "row" else 0
        self.frames.append(Frame(clause, index, frame.anchor, opener, function, verb, item=index + 1, columns=columns))

    def _array(self, index: int, frame: Frame) -> tuple[str, str]:
        if self.word(index - 1) == "ARRAY":
            return "value", "array"
        return ("value", "subscript") if frame.before == OPERAND else ("columns", "names")

    def _parenthesis(self, index: int, frame: Frame) -> tuple[str, str]:
        """The clause inside of a parenthesis, and what kind of parenthesis it is."""
        previous = self.word(index - 1)
        # `IF(VALUES(a) > 1, …)` behind ON DUPLICATE KEY UPDATE asks what the row would have.
        is_function = self.word(index + 1) == "VALUES" and frame.verb == "UPDATE" and frame.clause in ("set", "value")
        begins_query = self.word(index + 1) in QUERIES and frame.clause != "name" and not is_function
        if begins_query or previous == "EXISTS":
            return "start", "query"
        if frame.clause == "rows" and frame.before in ("", ","):
            return "value", "row"
        if frame.verb == "LOAD" and frame.clause != "set":  # what the fields of a file go into
            return "columns", "names"
        match previous:
            case "IN":
                return ("columns", "names") if frame.clause == "name" else ("value", "in")
            case "EXEC" | "EXECUTE" | "COPY":
                return "start", "query"
            case "AS" | "MATERIALIZED" if frame.clause in ("with", "name"):
                return "start", "query"
            case "OVER" | "GROUP":
                return "window", "group"
            case "FILTER" | "CHECK":
                return "where", "group"
            case "USING" if frame.clause == "name":
                return "where", "group"
            case "USING" | "KEY" | "UNIQUE" | "CONFLICT" | "COLUMNS" | "INSERT" | "SET":
                return "columns", "names"
            case "WITH":
                return "options", "group"
            case "ANY" | "ALL" | "SOME" | "ROW" | "VALUES" if frame.clause != "start":  # not UNION ALL
                return "value", "call"
        if frame.before == OPERAND:
            return self._behind_operand(index, frame)
        if frame.before in OPERATORS or frame.clause in ("select", "set", "value", "rows", "window"):
            return "value", "group"
        return frame.clause, "group"

    def _behind_operand(self, index: int, frame: Frame) -> tuple[str, str]:
        """What a parenthesis behind a name is: the columns of a table, its definition, or the arguments of a call."""
        if frame.clause == "with" or (
            frame.clause == "from" and frame.verb in DATA_VERBS and self.word(frame.begin) == "INTO"
        ):
            return "columns", "names"
        if frame.clause == "from" and self.word(index - 2) in ("AS", ")"):
            return "columns", "names"
        if frame.clause == "name":
            before_name = self.word(index - 2)
            if before_name == "REFERENCES" or frame.verb in ("COPY", "GRANT", "REVOKE", "VACUUM", "ANALYZE", "PRAGMA"):
                return "columns", "names"
            if frame.verb == "CREATE" and self.word(frame.begin + 1) in ("INDEX", "UNIQUE", "FULLTEXT", "SPATIAL"):
                return "columns", "names"
            if frame.verb == "CREATE" and (before_name in OBJECTS or before_name == "."):
                return "definition", "definition"
        return "value", "call"

    def _close(self, index: int) -> None:
        while len(self.frames) > 1 and self.frame.opener == "case":
            self.frames.pop()
        if len(self.frames) > 1:
            closed = self.frames.pop()
            if closed.opener == "names":
                is_hole = self.is_hole(index - 1) and self.word(index - 2) == "("
                self.frame.columns = 2 if is_hole else closed.commas + 1
            self.frame.compared |= closed.opener == "group" and closed.compared
        self.frame.before = OPERAND


def _separate(tokens: list[Token]) -> list[Token]:
    """Leave out comments without holes, and make a token of each of several holes in a row."""
    separated: list[Token] = []
    for token in tokens:
        if token.kind is Kind.WORD and len(token.text) > 1 and not token.text.strip(HOLE):
            separated.extend(Token.of(Kind.WORD, HOLE, at, at + 1) for at in range(token.start, token.end))
        elif token.kind is Kind.PARAMETER and token.text.endswith(HOLE * 2):
            end = token.start + len(token.text.rstrip(HOLE)) + 1
            separated.append(Token.of(token.kind, token.text[: end - token.start], token.start, end))
            separated.extend(Token.of(Kind.WORD, HOLE, at, at + 1) for at in range(end, token.end))
        elif token.kind is not Kind.COMMENT or HOLE in token.text:
            separated.append(token)
    return separated
