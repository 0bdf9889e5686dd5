"""`persistlint completion`: print the script by which a shell completes the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import shtab

from persistlint.cli.arguments import parser
from persistlint.cli.status import CLEAN, UsageError
from persistlint.configuration.selection import selectors
from persistlint.output import formats
from persistlint.rules import groups
from persistlint.suggestion import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator


def run(arguments: argparse.Namespace) -> int:
    """Print the script for a shell."""
    if arguments.shell not in shtab.SUPPORTED_SHELLS:
        known = ", ".join(shtab.SUPPORTED_SHELLS)
        meant = did_you_mean(arguments.shell, shtab.SUPPORTED_SHELLS)
        raise UsageError(f"there is no completion for `{arguments.shell}`, only for {known}.{meant}")
    whole = parser()
    words = {
        "rule": tuple(rule for names in groups().values() for rule in names),
        "format": formats(),
        "select": selectors(),
        "only": selectors(),
        "ignore": selectors(),
        "shell": tuple(shtab.SUPPORTED_SHELLS),
    }
    for action in _actions(whole):
        if action.type is Path:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.dest in words and not action.choices:
            action.choices = words[action.dest]
    print(shtab.complete(whole, arguments.shell))
    return CLEAN


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
