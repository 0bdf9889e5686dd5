"""The command line. It contains no analysis: it reads arguments, runs the engine, and writes what came out.

Exit status: 0 nothing found, 1 diagnostics, 2 the command or the configuration is wrong, or something that was asked
for could not be checked (a file that cannot be read, a rule that failed), for a check that did not happen must not
look like one that found nothing. `--exit-zero` turns 1 into 0, never 2. 130 after Ctrl-C, 141 when nobody reads the
output any more.

`arguments` declares the commands, and every command has a module of its own, which only its use imports.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING

from persistlint import records  # noqa: F401 - before another imports `dataclasses`, which takes longer without it
from persistlint.cli.arguments import parser, refuse_unknown
from persistlint.cli.status import FAILED, INTERRUPTED, NOBODY_READS, UsageError
from persistlint.configuration.config import ConfigError
from persistlint.garbage import collect_seldom
from persistlint.plugins import PluginError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


def program() -> NoReturn:
    """The program: `main`, and out at once. To take down what a process holds takes a tenth of the time of a hook, and
    nobody needs it; other processes are seen off as usual."""
    collect_seldom()
    status = main()
    if "multiprocessing" in sys.modules:
        sys.exit(status)
    if sys.stderr is not None:
        sys.stderr.flush()
    os._exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status. `argv` is without the program's name, by default the process's own.

    Raises `SystemExit` as argparse does, for `--help` and `--version`.
    """
    if sys.stdout is None:  # it was closed before the start: the exit status is all that is asked for
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a path or a source line may hold what the terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    try:
        words = sys.argv[1:] if argv is None else argv
        refuse_unknown(words)
        commands = parser(words)
        if not words:
            commands.print_help(sys.stderr)
            return FAILED
        arguments = commands.parse_args(words)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except (ConfigError, PluginError, UsageError) as error:
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
