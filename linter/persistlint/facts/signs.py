"""What the bytes of a file must show for a rule to have anything to report. A rule names its signs, and then it is
given the facts that have to do with a place where one of them stands, and perhaps others; a rule that names none is
given all. `analysis/signs.py` looks for them."""

from __future__ import annotations

from enum import Enum


class Sign(Enum):
    """One sign."""

    JOINED_TEXT = "a value becomes part of a text, or is taken for SQL as it is"
    PLACEHOLDER_FOR_NAME = "a placeholder stands where SQL wants a name"
    PLACEHOLDER_IN_SET = "a placeholder stands behind `SET`"
    SECOND_STATEMENT = "a statement follows another one in a text"
    CHANGE = "something is written, rows are locked, or a transaction is opened, ended or handed over"
    LOOP = "something is done once for each turn of a loop, or of a callback that is run as often"
    STATUS = "a number may be the code of an answer over HTTP"
    ROWS = "rows are asked for that stay open until somebody closes them"
    SCAN = "a row is read into variables"
