"""`persistlint explain`: print the page of a rule."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from persistlint.cli.status import CLEAN, UsageError
from persistlint.explanation import page
from persistlint.rules import every_rule, group_of, groups, load
from persistlint.suggestion import did_you_mean

if TYPE_CHECKING:
    from argparse import Namespace

WIDEST = 100  # cells; longer lines are hard to read


def run(arguments: Namespace) -> int:
    """Print the page of a rule."""
    if arguments.rule in groups():
        raise UsageError(f"`{arguments.rule}` is a group of rules: {', '.join(groups()[arguments.rule])}")
    if group_of(arguments.rule) is None:
        names = [rule.name for rule in every_rule()]
        raise UsageError(f"there is no rule `{arguments.rule}`.{did_you_mean(arguments.rule, names)}")
    show(arguments.rule, sys.stdout)
    return CLEAN


def show(name: str, stream: TextIO) -> None:
    """Write the page of a rule: laid out for a terminal, as Markdown elsewhere."""
    text = page(load(name))
    if not stream.isatty():
        stream.write(text + "\n")
        return
    from rich.console import Console  # only a terminal pays for it
    from rich.markdown import Markdown

    console = Console(file=stream)
    console.print(Markdown(text, code_theme="ansi_dark"), width=min(console.width, WIDEST))
