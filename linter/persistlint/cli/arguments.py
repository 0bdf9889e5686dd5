"""The commands and their arguments."""

from __future__ import annotations

import argparse
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from persistlint.cli.status import UsageError
from persistlint.configuration.config import Overrides
from persistlint.configuration.selection import UnknownSelectorError, expand
from persistlint.output import formats
from persistlint.profiles import profiles
from persistlint.regexes import regex
from persistlint.running.cluster import SCHEME
from persistlint.running.sharding import Shard
from persistlint.suggestion import did_you_mean
from persistlint.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from typing import NoReturn


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser of the whole command line; what it parses has a function `run`, which returns the exit status. Where
    `words`, which are to be parsed, begin with a command, it knows that one alone: to declare all of them takes as long
    as to check a small file."""
    # Every argument that is added is laid out once, to see whether it can be; how wide the terminal is does not matter.
    narrow = partial(argparse.HelpFormatter, width=80)
    # A word that is cut short would mean another option as soon as there is one more.
    usual: dict[str, Any] = {"formatter_class": narrow, "allow_abbrev": False}
    parser = _Parser("persistlint", description="A linter for the persistence layer.", **usual)
    parser.add_argument("-V", "--version", action="version", version=f"persistlint {VERSION}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name in words[:1] if words and words[0] in _COMMANDS else _COMMANDS:
        description, add = _COMMANDS[name]
        short = description[0].lower() + description[1:]
        command = commands.add_parser(name, help=short, description=f"{description}.", **usual)
        command.set_defaults(run=_runner(name))
        add(command)
    for each in (parser, *commands.choices.values()):
        each.formatter_class = argparse.HelpFormatter
    return parser


def refuse_unknown(words: Sequence[str]) -> None:
    """Raise `UsageError` where words, which are to be parsed, do not begin with a command or an option."""
    if not words or words[0] in (*_COMMANDS, *_OPTIONS):
        return
    word = words[0]
    if word.startswith("-"):
        raise UsageError(_unknown_option("persistlint", word, _OPTIONS))
    meant = did_you_mean(word, _COMMANDS)
    if not meant and Path(word).exists():
        meant = f" Did you mean `persistlint check {word}`?"
    raise UsageError(f"there is no command `{word}`.{meant or _MORE.format('persistlint')}")


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


class _Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what is wrong."""

    def error(self, message: str) -> NoReturn:
        message = _ARGUMENT.sub(r"`\1`:", message)
        raise UsageError(message if message.endswith("?") else f"{message}.{_MORE.format(self.prog)}")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        # The parser of a command says what it does not know; argparse leaves that to the one of the program.
        namespace, left = super().parse_known_args(args, namespace)
        if left and left[0].startswith("-"):
            raise UsageError(_unknown_option(self.prog, left[0].partition("=")[0], self._option_string_actions))
        if left:
            self.error(f"`{left[0]}` is one argument too many")
        return namespace, left


def _unknown_option(prog: str, option: str, known: Iterable[str]) -> str:
    return f"`{prog}` has no option `{option}`.{did_you_mean(option, known) or _MORE.format(prog)}"


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
        help="leave out what `persistlint baseline` will write down",
    )


def _add_check(check: argparse.ArgumentParser) -> None:
    _add_paths(check, "default: .; - reads standard input")
    fixes = check.add_argument_group("fixes")
    fixes.add_argument("--fix", action="store_true", help="apply the safe fixes")
    fixes.add_argument(
        "--unsafe-fixes", action="store_true", help="apply all fixes, also those that a person should look at then"
    )
    fixes.add_argument("--diff", action="store_true", help="show what the fixes would change, and write nothing")
    fixes.add_argument(
        "--add-suppressions",
        type=_reason,
        metavar="REASON",
        help="write a comment with this reason for everything that is left",
    )
    output = check.add_argument_group("output")
    output.add_argument(
        "--format",
        action="append",
        type=_format,
        metavar="FORMAT[=FILE]",
        help=f"write the results as {', '.join(formats())}, to a file if it is named; default: text; "
        "may be given several times",
    )
    output.add_argument("--output-file", type=Path, metavar="FILE", help="write the results there")
    output.add_argument("--statistics", action="store_true", help="count what every rule found instead of showing it")
    output.add_argument("--explain", action="store_true", help="print the page of every rule that found something")
    output.add_argument("--quiet", action="store_true", help="print diagnostics and failures only")
    output.add_argument("--exit-zero", action="store_true", help="exit with 0 even if there are diagnostics")
    output.add_argument("--watch", action="store_true", help="check again whatever is saved, until Ctrl-C")
    _add_configuration(check)
    files = _add_files(check)
    files.add_argument("--stdin-filename", type=Path, metavar="FILE", help="check standard input as if it were FILE")
    files.add_argument("--since", metavar="REVISION", help="report only lines that changed since a revision of git")
    known = files.add_mutually_exclusive_group()
    known.add_argument(
        "--baseline",
        type=Path,
        metavar="FILE",
        help="leave out what this file knows; default: that of the configuration",
    )
    known.add_argument("--no-baseline", action="store_true", help="leave out nothing that is known")
    files.add_argument(
        "--shard", type=_shard, metavar="I/N", help="check the share I of N, for several machines; see merge"
    )
    _add_speed(check)


def _add_baseline(baseline: argparse.ArgumentParser) -> None:
    _add_paths(baseline, "default: .")
    baseline.add_argument(
        "--output-file",
        type=Path,
        metavar="FILE",
        help="default: that of the configuration, or persistlint-baseline.json",
    )
    baseline.add_argument("--prune", action="store_true", help="only take out what is mended")
    baseline.add_argument("--reason", type=_reason, metavar="TEXT", help="why the new entries may stay")
    baseline.add_argument("--until", type=_date, metavar="DATE", help="the last day that the new entries may stay")
    baseline.set_defaults(quiet=False)
    _add_configuration(baseline)
    _add_files(baseline)
    _add_speed(baseline)


def _add_rules(rules: argparse.ArgumentParser) -> None:
    rules.add_argument("--format", choices=("json", "text"), default="text", help="default: text")


def _add_explain(explain: argparse.ArgumentParser) -> None:
    explain.add_argument("rule", metavar="RULE")


def _add_config(config: argparse.ArgumentParser) -> None:
    config.add_argument("path", nargs="?", type=Path, default=Path(), metavar="PATH", help="default: .")
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
        meant = did_you_mean(name, formats())
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(formats())}.{meant}")
    return name, Path(path) if path else None


def _add_paths(parser: argparse.ArgumentParser, help: str) -> None:
    parser.usage = "%(prog)s [OPTION ...] [PATH ...]"  # all of them would fill the screen
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help=help)


def _add_files(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    files = parser.add_argument_group("files")
    files.add_argument("--force-exclude", action="store_true", help="leave out excluded files even if they are named")
    return files


def _add_speed(parser: argparse.ArgumentParser) -> None:
    speed = parser.add_argument_group("speed")
    speed.add_argument(
        "-j", "--jobs", type=_count, metavar="N", help="check in up to N processes; default: one for each core"
    )
    _add_cache(speed)
    speed.add_argument("--no-cache", action="store_true", help="check every file anew, and remember nothing")
    speed.add_argument(
        "--executor",
        type=_cluster,
        metavar="dask://HOST:PORT",
        help="check on the workers of this Dask cluster, which see the same files in the same place",
    )


def _add_cache(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--cache-dir",
        type=Path,
        metavar="DIRECTORY",
        help="where results are kept; default: .persistlint_cache at the root of the checkout",
    )


def _add_configuration(parser: argparse.ArgumentParser) -> None:
    rules = parser.add_argument_group("rules and configuration")
    names = "names of rules and groups, default, all; with commas between them"
    rules.add_argument("--select", action="append", metavar="RULES", help=f"run these rules alone: {names}")
    rules.add_argument(
        "--only", action="append", metavar="RULES", help="of the rules that would run, run only these; names as above"
    )
    rules.add_argument("--ignore", action="append", metavar="RULES", default=[], help="do not run these rules")
    rules.add_argument("--profile", choices=profiles(), help="what the rules mean to the project at its present size")
    source = rules.add_mutually_exclusive_group()
    source.add_argument("--config", type=Path, metavar="FILE", help="use this configuration for every file")
    source.add_argument("--isolated", action="store_true", help="use no configuration file")


_OPTIONS = ("-h", "--help", "-V", "--version")  # of the program, before a command
_MORE = " `{} --help` shows what there is."
_ARGUMENT = regex(r"^argument (\S+):")  # how argparse begins to say what is wrong with one


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
