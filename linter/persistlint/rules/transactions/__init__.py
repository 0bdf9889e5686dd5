"""Writes that belong together and are not, and transactions that do not do what they look like."""

from __future__ import annotations

from persistlint.language_groups import PROGRAMS
from persistlint.patterns import together

# Without a call that writes, opens or ends a transaction, nothing can be wrong with one; a read can be in a loop.
_PROGRAM = together(
    *rb"insert update delete create save exec transaction begin atomic commit rollback destroy upsert remove".split(),
    *rb"for_?update tx(?<!ctx)(?:\b|context|with) trx\b \.add\b add_all crement query session flush persist".split(),
    *rb"merge restore truncate bulk batch copy_?(?:to|from|records) replace_?(?:one|many|into)".split(),
    *rb"set_(?:\w+_)?(?:value|by_id) db_set \bdel\(".split(),
    *rb"\.objects\. find_?(?:one|by|unique|all|first|many) fetch_?(?:row|one|all|val) \.select".split(),  # in a loop
)
MAY_HAVE = dict.fromkeys(PROGRAMS, _PROGRAM)
