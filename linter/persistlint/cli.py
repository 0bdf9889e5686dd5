"""The command line. It contains no analysis: it reads arguments, runs the engine, and writes what came out.

Exit status: 0 nothing found, 1 diagnostics, 2 the command or the configuration is wrong, or something that was asked
for could not be checked (a file that cannot be read, a rule that failed), for a check that did not happen must not
look like one that found nothing. `--exit-zero` turns 1 into 0, never 2. 130 after Ctrl-C, 141 when nobody reads the
output any more.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.config import ConfigError, Overrides, configuration_for, is_excluded, settings_for
from persistlint.output import formats, writer
from persistlint.selection import UnknownSelectorError, expand
from persistlint.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.run import Run
    from persistlint.settings import Settings

CLEAN, FOUND, FAILED, INTERRUPTED, NOBODY_READS = 0, 1, 2, 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status. `argv` is without the program's name, by default the process's own.

    Raises `SystemExit` as argparse does, for `--help`, `--version` and wrong arguments.
    """
    if sys.stdout is None:  # it was closed before the start: the exit status is all that is asked for
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a path or a source line may hold what the terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = _parser().parse_args(argv)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except (ConfigError, UsageError) as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _stop_writing()
        return NOBODY_READS
    except OSError as error:  # the output does not fit on the disk, the current directory is gone
        _stop_writing()
        print(f"error: persistlint cannot go on: {error.strerror or error}", file=sys.stderr)
        return FAILED
    return status


def _stop_writing() -> None:
    """Drop what is still to be written, for the interpreter flushes once more at its end."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class UsageError(Exception):
    """The arguments do not go together, or name something that does not exist."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("persistlint", description="A linter for the persistence layer.")
    parser.add_argument("--version", action="version", version=f"persistlint {VERSION}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="check files and directories", description="Check files and directories.")
    check.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="default: .; - reads standard input")
    check.add_argument("--fix", action="store_true", help="apply the safe fixes")
    check.add_argument("--format", choices=formats(), default="text", help="default: text")
    check.add_argument("--output-file", type=Path, metavar="FILE", help="write the results there")
    check.add_argument("--stdin-filename", type=Path, metavar="FILE", help="check standard input as if it were FILE")
    check.add_argument("--exit-zero", action="store_true", help="exit with 0 even if there are diagnostics")
    check.add_argument("--no-cache", action="store_true", help="accepted for later: nothing is cached yet")
    check.add_argument("--force-exclude", action="store_true", help="leave out excluded files even if they are named")
    check.add_argument("--quiet", action="store_true", help="print diagnostics and failures only")
    _add_configuration(check)
    check.set_defaults(run=_check)

    rules = commands.add_parser("rules", help="list the rules", description="List the rules.")
    rules.add_argument("--format", choices=("json", "text"), default="text", help="default: text")
    rules.set_defaults(run=_rules)

    explain = commands.add_parser("explain", help="explain a rule", description="Print the documentation of a rule.")
    explain.add_argument("rule", metavar="RULE")
    explain.set_defaults(run=_explain)

    config = commands.add_parser(
        "config", help="show what applies to a path", description="Show what applies to a path."
    )
    config.add_argument("path", type=Path, metavar="PATH")
    _add_configuration(config)
    config.set_defaults(run=_config)

    server = commands.add_parser("server", help="start the language server", description="Start the language server.")
    server.add_argument("--stdio", action="store_true", help="accepted because editors pass it: there is no other way")
    server.set_defaults(run=_server)
    return parser


def _add_configuration(parser: argparse.ArgumentParser) -> None:
    names = "names of rules and groups, default, all; with commas between them"
    parser.add_argument("--select", action="append", metavar="RULES", help=f"run these rules alone: {names}")
    parser.add_argument("--ignore", action="append", metavar="RULES", default=[], help="do not run these rules")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--config", type=Path, metavar="FILE", help="use this configuration for every file")
    source.add_argument("--isolated", action="store_true", help="use no configuration file")


def _overrides(arguments: argparse.Namespace) -> Overrides:
    select = None if arguments.select is None else _words(arguments.select)
    ignore = _words(arguments.ignore)
    for option, words in (("--select", select or ()), ("--ignore", ignore)):
        try:
            expand(words)
        except UnknownSelectorError as error:
            raise UsageError(f"{option}: {error}") from error
    return Overrides(arguments.config, arguments.isolated, select, ignore)


def _words(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def _check(arguments: argparse.Namespace) -> int:
    from persistlint.run import Run

    overrides = _overrides(arguments)
    run = Run()
    if arguments.stdin_filename or Path("-") in arguments.paths:
        _check_stdin(run, arguments, overrides)
    else:
        _check_paths(run, arguments, overrides)
    if arguments.output_file is None:
        writer(arguments.format)(run, sys.stdout, quiet=arguments.quiet)
    else:
        try:
            with arguments.output_file.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
                writer(arguments.format)(run, stream, quiet=arguments.quiet)
        except OSError as error:
            raise UsageError(f"{arguments.output_file}: it cannot be written: {error.strerror}") from error
    if run.failures:
        return FAILED
    return FOUND if run.results and not arguments.exit_zero else CLEAN


def _check_paths(run: Run, arguments: argparse.Namespace, overrides: Overrides) -> None:
    from persistlint.discovery import discover

    found = discover(arguments.paths or [Path()], overrides, force_exclude=arguments.force_exclude)
    for path in found.unread:
        print(f"warning: {path.as_posix()}: persistlint does not read files of this kind", file=sys.stderr)
    run.failures.extend(found.failures)
    run.check_files(found.files, lambda path: settings_for(path, overrides), fix=arguments.fix)


def _check_stdin(run: Run, arguments: argparse.Namespace, overrides: Overrides) -> None:
    from persistlint.discovery import Failure, is_out
    from persistlint.reading import ReadError, read_stdin

    path: Path | None = arguments.stdin_filename
    if path is None:
        raise UsageError("standard input needs `--stdin-filename FILE`, which tells the language")
    if set(arguments.paths) - {Path("-")}:
        raise UsageError("standard input cannot be checked together with other paths")
    if arguments.fix:
        raise UsageError("`--fix` cannot be used with standard input")
    if arguments.force_exclude and is_out(path, overrides):
        return
    settings = settings_for(path, overrides)
    try:
        run.check(read_stdin(path, settings.dialect), settings)
    except ReadError as error:
        run.failures.append(Failure(path.as_posix(), str(error)))


def _rules(arguments: argparse.Namespace) -> int:
    from persistlint.rules import every_rule

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


def _explain(arguments: argparse.Namespace) -> int:
    from persistlint.rules import every_rule, group_of, load
    from persistlint.suggestion import did_you_mean

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


def _config(arguments: argparse.Namespace) -> int:
    overrides = _overrides(arguments)
    path = arguments.path / "-" if arguments.path.is_dir() else arguments.path
    configuration, settings = configuration_for(path, overrides), settings_for(path, overrides)
    files = [str(file.path) for file in reversed(configuration.files)]
    print("configuration:", *(files or ["none"]), sep="\n  ")
    print("dialect:", settings.dialect or "as the code tells")
    print("excluded:", "yes" if is_excluded(arguments.path, overrides) else "no")
    width = max(map(len, settings.rules), default=0)
    print("rules:", *(_rule_line(settings, name, width) for name in sorted(settings.rules)), sep="\n  ")
    return CLEAN


def _rule_line(settings: Settings, name: str, width: int) -> str:
    from persistlint.rules import load

    severity = settings.severities.get(name, load(name).severity).value
    options = (f"{key} = {value!r}" for key, value in settings.options.get(name, {}).items())
    return "  ".join((name.ljust(width), severity, *options))


def _server(arguments: argparse.Namespace) -> int:
    from persistlint_lsp.server import main as serve

    serve()
    return CLEAN
