"""The commands and their arguments."""

from __future__ import annotations

import argparse
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.cli.status import UsageError
from persistlint.cluster import SCHEME
from persistlint.config import Overrides
from persistlint.output import formats
from persistlint.profiles import profiles
from persistlint.selection import UnknownSelectorError, expand
from persistlint.sharding import Shard
from persistlint.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser of the whole command line; what it parses has a function `run`, which returns the exit status. Where
    `words`, which are to be parsed, begin with a command, it knows that one alone: to declare all of them takes as long
    as to check a small file."""
    # Every argument that is added is laid out once, to see whether it can be; how wide the terminal is does not matter.
    narrow = partial(argparse.HelpFormatter, width=80)
    parser = argparse.ArgumentParser(
        "persistlint", description="A linter for the persistence layer.", formatter_class=narrow
    )
    parser.add_argument("--version", action="version", version=f"persistlint {VERSION}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name in words[:1] if words and words[0] in _COMMANDS else _COMMANDS:
        description, add = _COMMANDS[name]
        short = description[0].lower() + description[1:]
        command = commands.add_parser(name, help=short, description=f"{description}.", formatter_class=narrow)
        command.set_defaults(run=_runner(name))
        add(command)
    for each in (parser, *commands.choices.values()):
        each.formatter_class = argparse.HelpFormatter
    return parser


def overrides(arguments: argparse.Namespace) -> Overrides:
    """What the arguments say about configuration. Raises `UsageError` for a selector that nobody knows."""
    select = None if arguments.select is None else _words(arguments.select)
    only = None if arguments.only is None else _words(arguments.only)
    ignore = _words(arguments.ignore)
    for option, words in (("--select", select or ()), ("--only", only or ()), ("--ignore", ignore)):
        try:
            expand(words)
        except UnknownSelectorError as error:
            raise UsageError(f"{option}: {error}") from error
    return Overrides(arguments.config, arguments.isolated, select, only, ignore, arguments.profile)


def _runner(name: str) -> Callable[[argparse.Namespace], int]:
    """The function of a command, whose module is imported when it is called."""

    def run(arguments: argparse.Namespace) -> int:
        status: int = import_module(f"persistlint.cli.{name}").run(arguments)
        return status

    return run


def _add_init(init: argparse.ArgumentParser) -> None:
    init.add_argument("path", nargs="?", type=Path, default=Path(), metavar="DIRECTORY", help="default: .")
    init.add_argument("--write", action="store_true", help="write the files that are not there yet")
    init.add_argument(
        "--with-baseline",
        action="store_true",
        help="let the hook leave out what `persistlint baseline` will write down",
    )


def _add_check(check: argparse.ArgumentParser) -> None:
    _add_paths(check, "default: .; - reads standard input")
    check.add_argument("--fix", action="store_true", help="apply the safe fixes")
    check.add_argument(
        "--unsafe-fixes", action="store_true", help="apply the fixes, too, that a person should look at behind it"
    )
    check.add_argument("--diff", action="store_true", help="show what the fixes would change, and write nothing")
    check.add_argument(
        "--format",
        action="append",
        type=_format,
        metavar="FORMAT[=FILE]",
        help=f"write the results as {', '.join(formats())}, to a file if it is named; default: text; "
        "may be given several times",
    )
    check.add_argument("--output-file", type=Path, metavar="FILE", help="write the results there")
    check.add_argument("--statistics", action="store_true", help="count what every rule found instead of showing it")
    check.add_argument("--explain", action="store_true", help="print the page of every rule that found something")
    check.add_argument("--watch", action="store_true", help="check again whatever is saved, until Ctrl-C")
    check.add_argument("--stdin-filename", type=Path, metavar="FILE", help="check standard input as if it were FILE")
    check.add_argument("--baseline", type=Path, metavar="FILE", help="leave out what this file knows")
    check.add_argument(
        "--shard", type=_shard, metavar="I/N", help="check the share I of N, for several machines; see merge"
    )
    check.add_argument("--since", metavar="REVISION", help="report only lines that changed since a revision of git")
    check.add_argument(
        "--add-suppressions",
        type=_reason,
        metavar="REASON",
        help="write a comment with this reason for everything that is left",
    )
    check.add_argument("--exit-zero", action="store_true", help="exit with 0 even if there are diagnostics")
    check.add_argument("--quiet", action="store_true", help="print diagnostics and failures only")
    _add_configuration(check)


def _add_baseline(baseline: argparse.ArgumentParser) -> None:
    _add_paths(baseline, "default: .")
    baseline.add_argument(
        "--output-file",
        type=Path,
        default=Path("persistlint-baseline.json"),
        metavar="FILE",
        help="default: persistlint-baseline.json",
    )
    baseline.add_argument("--prune", action="store_true", help="only take out what is mended")
    baseline.add_argument("--reason", type=_reason, metavar="TEXT", help="why the new entries may stay")
    baseline.set_defaults(quiet=False)
    baseline.add_argument("--until", type=_date, metavar="DATE", help="the last day that the new entries may stay")
    _add_configuration(baseline)


def _add_rules(rules: argparse.ArgumentParser) -> None:
    rules.add_argument("--format", choices=("json", "text"), default="text", help="default: text")


def _add_explain(explain: argparse.ArgumentParser) -> None:
    explain.add_argument("rule", metavar="RULE")


def _add_config(config: argparse.ArgumentParser) -> None:
    config.add_argument("path", type=Path, metavar="PATH")
    _add_configuration(config)


def _add_merge(merge: argparse.ArgumentParser) -> None:
    merge.add_argument("reports", nargs="+", type=Path, metavar="REPORT", help="all JSON, or all SARIF")
    merge.add_argument("--output-file", type=Path, metavar="FILE", help="write the report there")


def _add_completion(completion: argparse.ArgumentParser) -> None:
    completion.add_argument("shell", metavar="SHELL", help="bash, zsh, fish, ...")


def _add_server(server: argparse.ArgumentParser) -> None:
    server.add_argument("--stdio", action="store_true", help="accepted because editors pass it: there is no other way")


def _reason(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise argparse.ArgumentTypeError("a reason is one line of text")
    return value.strip()


def _date(value: str) -> date:
    from datetime import date  # only a limit pays for it

    try:
        return date.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is no date such as 2030-12-31") from None


def _cluster(value: str) -> str:
    if not value.startswith(SCHEME):
        raise argparse.ArgumentTypeError(f"{value!r} does not begin with {SCHEME}")
    return value


def _shard(value: str) -> Shard:
    number, _, count = value.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise argparse.ArgumentTypeError(f"{value!r} is no share such as 1/4")
    return Shard(int(number), int(count))


def _count(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value!r} is no number from 1")
    return int(value)


def _format(value: str) -> tuple[str, Path | None]:
    name, _, path = value.partition("=")
    if name not in formats():
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(formats())}")
    return name, Path(path) if path else None


def _add_paths(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help=help)
    parser.add_argument("--force-exclude", action="store_true", help="leave out excluded files even if they are named")
    _add_cache(parser)
    parser.add_argument("--no-cache", action="store_true", help="check every file anew, and remember nothing")
    parser.add_argument(
        "-j", "--jobs", type=_count, metavar="N", help="check in up to N processes; default: one for each core"
    )
    parser.add_argument(
        "--executor",
        type=_cluster,
        metavar="dask://HOST:PORT",
        help="check on the workers of this Dask cluster, which see the same files in the same place",
    )


def _add_cache(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cache-dir",
        type=Path,
        metavar="DIRECTORY",
        help="where results are kept; default: .persistlint_cache at the root of the checkout",
    )


def _add_configuration(parser: argparse.ArgumentParser) -> None:
    names = "names of rules and groups, default, all; with commas between them"
    parser.add_argument("--select", action="append", metavar="RULES", help=f"run these rules alone: {names}")
    parser.add_argument(
        "--only", action="append", metavar="RULES", help="of the rules that would run, run only these; names as above"
    )
    parser.add_argument("--ignore", action="append", metavar="RULES", default=[], help="do not run these rules")
    parser.add_argument("--profile", choices=profiles(), help="what the rules mean to the project at its present size")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--config", type=Path, metavar="FILE", help="use this configuration for every file")
    source.add_argument("--isolated", action="store_true", help="use no configuration file")


def _words(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


_COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "init": ("Look at a project and propose a configuration", _add_init),
    "check": ("Check files and directories", _add_check),
    "baseline": ("Write down what is known, so that a check reports only what is new", _add_baseline),
    "rules": ("List the rules", _add_rules),
    "explain": ("Explain a rule", _add_explain),
    "config": ("Show what applies to a path", _add_config),
    "merge": ("Make one report of those of several shards", _add_merge),
    "clean": ("Remove what was kept of earlier runs", _add_cache),
    "completion": ("Print the script by which a shell completes the command line", _add_completion),
    "server": ("Start the language server", _add_server),
}
