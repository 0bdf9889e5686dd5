"""`persistlint explain`: print the documentation of a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.cli.status import CLEAN, UsageError
from persistlint.rules import every_rule, group_of, load
from persistlint.suggestion import did_you_mean

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Print the page of a rule."""
    if group_of(arguments.rule) is None:
        names = [rule.name for rule in every_rule()]
        raise UsageError(f"there is no rule `{arguments.rule}`.{did_you_mean(arguments.rule, names)}")
    rule = load(arguments.rule)
    default = "on" if rule.default else "off"
    languages = ", ".join(rule.languages)
    print(
        f"# {rule.name}\n\nGroup {rule.group}, {rule.severity.value}, {default} by default; {languages}.\n\n{rule.docs}"
    )
    return CLEAN
