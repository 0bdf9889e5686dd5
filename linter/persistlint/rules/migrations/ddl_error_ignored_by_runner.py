"""
## What it finds

A run of migrations, or of a file of SQL, in a shell script, whose failure nobody sees.

- `psql` with a file, without `ON_ERROR_STOP`: it goes on behind a failed statement and exits with 0. The same for
  `mysql --force`.
- `… || true`, `… || echo …`, `… || exit 0`.
- A command with others behind it, in a script without `set -e`.
- A pipe (`… | tee log`) without `set -o pipefail`.

## Why it matters

The script goes on and starts the new release on the old schema, or on half of the new one, and the deployment counts as
a success.

## Example

```shell
set -eu
psql "$DATABASE_URL" -f schema.sql
```

```shell
set -eu
psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f schema.sql
```

## Fix

Let the failure end the script: `set -e` at its top, nothing behind the command that succeeds instead, and
`-v ON_ERROR_STOP=1` for `psql`, which the fix writes. It is unsafe: a run stops then that went on before,
such as one of a dump of `pg_dumpall --clean`, which drops the role that runs it.

## When not to use it

Where a script is to go on whatever happens, ignore the line and say why.

## References

- [psql: ON_ERROR_STOP](https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-VARIABLES-ON-ERROR-STOP)
- [POSIX: set](https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#set)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Severity
from persistlint.facts import Launch, Loss
from persistlint.fixes.refusal import RefusalError, explained
from persistlint.rule import RuleContext, rule
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_REASONS = {
    Loss.CONTINUED: "goes on behind a statement that fails, and counts as a success",
    Loss.REPLACED: "fails without anybody seeing it: what stands behind `||` succeeds",
    Loss.UNCHECKED: "fails without anybody seeing it: the script goes on",
    Loss.PIPED: "fails without anybody seeing it: only the end of the pipe counts",
}
_REMEDIES = {
    Loss.CONTINUED: "Let it stop at the first error.",
    Loss.REPLACED: "Let the failure end the script.",
    Loss.UNCHECKED: "Write `set -e` at the top of the script, or test the status.",
    Loss.PIPED: "Write `set -o pipefail` at the top of the script.",
}


@rule("ddl-error-ignored-by-runner", on=Launch, severity=Severity.ERROR, languages=("shell",))
def ddl_error_ignored_by_runner(launch: Launch, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every run of migrations whose failure is lost."""
    whose = f"`{launch.tool}`" if launch.tool in ("psql", "mysql", "mariadb", "sqlite3") else f"{launch.tool}"
    yield context.report(
        launch.range,
        f"This run of {whose} {_REASONS[launch.loss]}.",
        help="Write `-v ON_ERROR_STOP=1`: it stops at the first error." if launch.client else _REMEDIES[launch.loss],
        remedy=explained(_fix, launch.client),
    )


def _fix(client: Range | None) -> tuple[Fix, ...]:
    """The option behind the name of the client. Raises `RefusalError`."""
    if client is None:
        raise RefusalError("what else the script does when it fails is for a person to say")
    edit = Edit(Range(client.end, client.end), " -v ON_ERROR_STOP=1")
    return (Fix("Stop at the first error", (edit,), Applicability.UNSAFE),)
