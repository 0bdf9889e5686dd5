"""Values that stand in the code and should have a name, a unit or a better place."""

from __future__ import annotations

from persistlint.language_groups import PROGRAMS
from persistlint.paths import is_migration, is_test
from persistlint.patterns import together

# A number other than 0, 1 and 2 behind an operator, a parenthesis or a comma, or as a result or a case; text that is
# made of a number; something that waits; a look at the environment or the configuration.
_NUMBER = rb"\s*-?(?:[3-9]|[12][\d._]|0?\.\d)"
_PROGRAM = together(
    *(before + _NUMBER for before in rb"- < > \* / % \+ \( , \? : == != return case else".split()),
    *(operator + rb"=" + _NUMBER for operator in rb"- < > \* / % \+".split()),
    *rb"decimal sleep settimeout setinterval timedelta duration tofixed toprecision env config settings".split(),
    *(digit + rb"[fg]\b" for digit in rb"0 1 2 3 4 5 6 7 8 9".split()),
)
SKIPS = (is_test, is_migration)
MAY_HAVE = dict.fromkeys(PROGRAMS, _PROGRAM)
