"""`persistlint rules`: list the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.cli.status import CLEAN
from persistlint.rules import every_rule

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Print every rule with its severity and what it finds."""
    found = every_rule()
    if arguments.format == "json":
        import json

        keys = ("name", "group", "default", "languages", "summary")
        rows = [{**{key: getattr(rule, key) for key in keys}, "severity": rule.severity.value} for rule in found]
        print(json.dumps(rows, indent=2))
        return CLEAN
    width = max(len(rule.name) for rule in found)
    for group in dict.fromkeys(rule.group for rule in found):
        print(group)
        for rule in found:
            if rule.group == group:
                default = "" if rule.default else "off by default: "
                print(f"  {rule.name:<{width}}  {rule.severity.value:<7}  {default}{rule.summary}")
    return CLEAN
