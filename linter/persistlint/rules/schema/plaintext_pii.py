"""
## What it finds

In a new table, a column of text whose name says that it tells who somebody is, or how to reach them: `email`,
`first_name`, `phone_number`, `date_of_birth`, `ssn`, `iban`, … Silent where the name says that it holds something else
of it: `email_hash`, `phone_encrypted`, `email_verified`.

## Why it matters

Whoever gets a dump, a replica or a log of statements reads it, and it stays in every backup after the person asked for
it to be erased.

## Example

```sql dialect=postgres
CREATE TABLE people (id bigint PRIMARY KEY, ssn text NOT NULL);
```

```sql dialect=postgres
CREATE TABLE people (id bigint PRIMARY KEY, ssn_encrypted bytea NOT NULL);
```

## Fix

Encrypt the value in the program with a key that the database does not have, and keep a keyed hash beside it where it is
searched for. There is no automatic fix: the program has to change with it.

## Options

- `names` (default: the names above and their like): names of columns, in lower case, their words joined by `_`.

## When not to use it

It is off by default. Where the disk and the backups are encrypted and few can read the table, that may be enough.

## References

- [PostgreSQL: encryption options](https://www.postgresql.org/docs/current/encryption-options.html)
- [OWASP: cryptographic storage](https://cheatsheetseries.owasp.org/cheatsheets/Cryptographic_Storage_Cheat_Sheet.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import Option, RuleContext, rule
from persistlint.schema.changes import CreateTable
from persistlint.schema.naming import words
from persistlint.schema.script import Script
from persistlint.schema.types import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_NAMES = (
    "email",
    "email_address",
    "first_name",
    "last_name",
    "full_name",
    "phone",
    "phone_number",
    "mobile",
    "mobile_number",
    "street",
    "street_address",
    "home_address",
    "postal_address",
    "date_of_birth",
    "birth_date",
    "birthday",
    "dob",
    "ssn",
    "social_security_number",
    "national_id",
    "passport_number",
    "tax_id",
    "iban",
    "linkedin_url",
    "ip_address",
)


@rule(
    "plaintext-pii",
    on=Script,
    changes=(CreateTable,),
    severity=Severity.INFO,
    default=False,
    options=(Option("names", _NAMES, "names of columns that tell who somebody is, their words joined by `_`"),),
)
def plaintext_pii(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every column of a new table that tells in clear who somebody is."""
    names = frozenset(context.options["names"])
    for table in script.created:
        for column in table.columns:
            type = column.type.name if column.type is not None else ""
            if type not in TEXTS or "_".join(words(column.name)) not in names or not script.is_made(column):
                continue
            yield context.report(
                column.name_range,
                f"`{column.name}` is kept in clear, in every backup and replica as well.",
                help="Encrypt it in the program, and keep a keyed hash beside it where it is searched for.",
            )
