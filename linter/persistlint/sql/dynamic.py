"""Which files of SQL hold a program, or run SQL that is put together: two patterns for text in lower case."""

from __future__ import annotations

from persistlint.patterns import AnyOf, Marked, one_by_one
from persistlint.regexes import regex

DYNAMIC = Marked(
    (b"exec", b"prepare", b"open", b"dblink", b"xml", b"crosstab", b"cron", b"dbms_", b"run_command_on", b"ts_stat"),
    regex(
        rb"\bexec(?:ute)?\b|\bprepare\s+[\w@`]+\s+from\b|\bopen\s+\w+\s+for\b|\bdblink|\bquery_to_xml|\bcrosstab"
        rb"|\bcron\s*\.\s*schedule|\bopenquery|\bopenrowset|\bdbms_sql\b|\bdbms_utility\b|\brun_command_on|\bts_stat\b"
    ),
)
# Without the edge of a word before it: what begins with letters is found much faster.
ROUTINE = one_by_one(rb"function\b", rb"proc(?:edure)?\b", rb"package\b", rb"do\s+[$']")
PROGRAM = AnyOf((ROUTINE, DYNAMIC))
