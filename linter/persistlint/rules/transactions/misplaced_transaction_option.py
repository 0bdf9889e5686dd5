"""
## What it finds

The option that binds a call to a transaction (`{ transaction }`, `{ session }`) in an argument in which the method does
not look for it.

## Why it matters

JavaScript ignores an argument too many. The call looks as if it belonged to the transaction and runs outside of it.

## Example

```js
const { sequelize, User } = require("./models");

async function rename(id, name) {
  await sequelize.transaction(async (t) => {
    const user = await User.findOne({ where: { id } }, { transaction: t });
    await user.update({ name }, { transaction: t });
  });
}
```

```js
const { sequelize, User } = require("./models");

async function rename(id, name) {
  await sequelize.transaction(async (t) => {
    const user = await User.findOne({ where: { id }, transaction: t });
    await user.update({ name }, { transaction: t });
  });
}
```

## Fix

Put the option into the argument that the method reads: the first of Sequelize's finders, the second of `create` and
`update`, the third of Mongoose's queries. The fix moves an option that is alone in its argument, or stands one argument
too early; it is unsafe, for the call becomes part of the transaction.

## When not to use it

Never: the method does not read the argument.

## References

- [Sequelize: model querying](https://sequelize.org/docs/v6/core-concepts/model-querying-finders/)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import Procedure, Sign
from persistlint.fixes.handles import moved_option
from persistlint.paths import is_generated, is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


_PLACES = ("first", "second", "third", "fourth")


@rule(
    "misplaced-transaction-option",
    on=Procedure,
    severity=Severity.ERROR,
    languages=("javascript", "typescript"),
    skips=(is_test, is_generated),
    signs=(Sign.CHANGE,),
)
def misplaced_transaction_option(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the options that a method does not look at."""
    for effect in fact.effects:
        if effect.misplaced is None or effect.via:
            continue
        place = _PLACES[effect.options] if effect.options is not None else "right"
        yield context.report(
            effect.misplaced,
            f"`{effect.method}` does not look at this argument, so the call is not part of the transaction.",
            help=f"Put the option into its {place} argument.",
            fixes=moved_option(context.program, effect) if context.program is not None else (),
        )
