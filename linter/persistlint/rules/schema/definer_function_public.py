"""
## What it finds

A function or procedure with `SECURITY DEFINER` from which the script does not take the right of everybody to call it:
no `REVOKE … FROM PUBLIC` that names it or all functions.

Silent for functions of triggers, which nobody can call.

## Why it matters

PostgreSQL lets `PUBLIC` execute every new function. One that runs with the rights of its owner lends these rights to
every role that can connect.

## Example

```sql dialect=postgres
CREATE FUNCTION close_ticket(p_id bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ UPDATE tickets SET closed = true WHERE id = p_id $$;
```

```sql dialect=postgres
CREATE FUNCTION close_ticket(p_id bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ UPDATE tickets SET closed = true WHERE id = p_id $$;
REVOKE EXECUTE ON FUNCTION close_ticket(bigint) FROM PUBLIC;
```

## Fix

`REVOKE EXECUTE ON FUNCTION … FROM PUBLIC` in the same transaction, and grant it to the roles that may. There is no
automatic fix: who may is for the project to say.

## When not to use it

It is off by default: some functions are there for everybody, and look at who calls them.

## References

- [PostgreSQL: writing SECURITY DEFINER functions safely](https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY)
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AlterObject, CreateObject, Grant
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_ROUTINES = frozenset({"FUNCTION", "PROCEDURE"})
_OF_ALL = frozenset({"FUNCTIONS", "PROCEDURES", "ROUTINES"})


@rule("definer-function-public", on=Script, changes=(CreateObject,), severity=Severity.WARNING, default=False)
def definer_function_public(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every function that lends the rights of its owner to everybody."""
    revokes = [change.words for change in script.of(Grant) if not change.is_grant]
    revokes += [change.words for change in script.of(AlterObject) if change.kind == "DEFAULT PRIVILEGES"]
    taken = [words for words in revokes if "FROM" in words and "PUBLIC" in words[words.index("FROM") :]]
    if any(_OF_ALL & set(words) for words in taken):
        return
    revoked = {word for words in taken for word in words}
    for change in script.of(CreateObject):
        words = change.words
        if change.kind not in _ROUTINES or not _is_pair(words, "SECURITY", "DEFINER"):
            continue
        if _is_pair(words, "RETURNS", "TRIGGER") or _is_pair(words, "RETURNS", "EVENT_TRIGGER"):
            continue
        if change.name.name.upper() not in revoked:
            yield context.report(
                change.name.range,
                f"Every role that can connect may run `{change.name}`, with the rights of its owner.",
                help=f"`REVOKE EXECUTE ON {change.kind} {change.name} … FROM PUBLIC`, and grant it to who may.",
            )


def _is_pair(words: tuple[str, ...], first: str, second: str) -> bool:
    return any(pair == (first, second) for pair in pairwise(words))
