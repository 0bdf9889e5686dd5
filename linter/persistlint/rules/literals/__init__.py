"""Values that stand in the code and should have a name, a unit or a better place."""

from __future__ import annotations

import re

from persistlint.facts import PROGRAMS

# A number other than 0, 1 and 2 behind an operator, a parenthesis or a comma, or as a result or a case; text that is
# made of a number; something that waits; a look at the environment or the configuration.
_PROGRAM = re.compile(
    rb"(?:[-<>*/%+(,?:]|[-<>=!*/%+]=|return|case|else)\s*-?(?:[3-9]|[12][\d._]|0?\.\d)|decimal"
    rb"|sleep|settimeout|setinterval|timedelta|duration|tofixed|toprecision|\d[fg]\b|env|config|settings"
)
MAY_HAVE = dict.fromkeys(PROGRAMS, _PROGRAM)
