"""A further migration as a new file: named as the folder names its files, laid out as its runner wants it. Where either
is not certain there is none. Nothing is read or written here."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Fix, NewFile
from persistlint.fixes.refusal import RefusalError
from persistlint.regexes import regex
from persistlint.sql.neighbours import ONE_PER_FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.schema.script import Script

_NAME = regex(r"(?P<lead>V?)(?P<number>\d+)(?P<gap>__|[_-])(?P<words>[^.]+)(?P<tail>(?:(?:\.tx)?(?:\.up)?\.sql)?)")
_MOMENT, _MOMENT_LENGTH = "%Y%m%d%H%M%S", 14
_LENGTHS_OF_EPOCHS = (10, 13)  # seconds, milliseconds
_LENGTHS_OF_MOMENTS = (_MOMENT_LENGTH, 17)  # seconds, milliseconds
_LENGTH_OF_DAY = 8  # several migrations of one day are told apart in ways that nothing here tells
_LEAST = 2  # scripts that show how their folder names them
_LONGEST = 60  # characters of the words in a name
_NO_WAY_BACK = "-- Nothing is to be undone here."


def following(
    script: Script, title: str, words: str, up: str, down: str = "", *, is_alone: bool = False
) -> tuple[Fix, ...]:
    """A fix that makes one further migration with the statement `up`, which `down` undoes. It `is_alone` where the
    statement must not run in a transaction. `words` say in its name what it does. Raises `RefusalError` where the
    runner or the names are not certain."""
    runner, name = script.runner, next_name(script, words)
    if script.is_dump:
        raise RefusalError("a program writes the file anew")
    if script.is_shared:
        raise RefusalError("two kinds of databases run these migrations")
    if name is None and (runner.no_new or not runner.new):
        raise RefusalError(runner.no_new or "nobody knows what runs the script, and so what a new one would look like")
    if name is None:
        raise RefusalError("the names of the migrations do not tell that of the next one")
    if is_alone and not runner.runs_alone:
        raise RefusalError(f"{runner.name} runs every migration in a transaction")
    off = "" if not is_alone or not runner.annotation else runner.annotation.strip()
    off = f" {off}" if off and runner.is_per_section else f"{off}\n" if off else ""
    back = f"{down};" if down else _NO_WAY_BACK
    made = [NewFile(name, runner.new.format(off=off, up=f"{up};", down=back))]
    if ".up." in name:
        made.append(NewFile(name.replace(".up.", ".down."), f"{off}{back}\n"))
    return (Fix(title, (), Applicability.UNSAFE, tuple(made)),)


def next_name(script: Script, words: str) -> str | None:
    """The name of the migration that comes next in the folder of a script, by the names of those in it, or of their
    folders where each has one; None where they are too few or do not follow one scheme, or nobody knows how a new one
    looks. It is a path from the folder of the script."""
    if not script.runner.new or script.is_dump:
        return None
    file = Path(script.path).absolute()
    has_folder = file.name.lower() in ONE_PER_FOLDER
    own = file.parent if has_folder else file
    scheme = _scheme(script.siblings, str(own.parent), has_folder)
    if scheme is None:
        return None
    before, behind, gap = scheme
    written = re.sub(r"[^a-z0-9]+", gap, words.lower()).strip(gap)
    if len(written) > _LONGEST:
        written = written[: _LONGEST + 1].rpartition(gap)[0] or written[:_LONGEST]
    name = f"{before}{written}{behind}"
    return f"../{name}/{file.name}" if has_folder else name


@lru_cache(maxsize=8)  # every script of a folder may ask for it
def _scheme(siblings: tuple[str, ...], folder: str, has_folder: bool) -> tuple[str, str, str] | None:
    """What stands before and behind the words in the name of the next script, and what is between these. None where
    some of the scripts are not in the folder, or have other names."""
    steps = [os.path.split(os.path.dirname(path) if has_folder else path) for path in siblings]  # noqa: PTH120
    matches = [match for _, name in steps if (match := _NAME.fullmatch(name)) is not None]
    if len(matches) < _LEAST or len(matches) != len(steps) or any(parent != folder for parent, _ in steps):
        return None
    if len({(match["lead"], match["gap"], match["tail"]) for match in matches}) != 1:
        return None
    number = _next_number([match["number"] for match in matches])
    if number is None:
        return None
    first = matches[0]
    gap = "-" if any("-" in match["words"] for match in matches) else "_"
    return f"{first['lead']}{number}{first['gap']}", first["tail"], gap


def _next_number(numbers: Sequence[str]) -> str | None:
    lengths = {len(number) for number in numbers}
    if len(lengths) > 1:  # what stands for all that was there before is called 0 among moments, too
        numbers = [number for number in numbers if int(number)]
        lengths = {len(number) for number in numbers}
    last = max(numbers, key=int, default="")
    if len(lengths) == 1 and len(last) in _LENGTHS_OF_MOMENTS:
        from datetime import UTC, datetime, timedelta  # only such names pay for it

        try:
            moment = datetime.strptime(last[:_MOMENT_LENGTH], _MOMENT).replace(tzinfo=UTC)
        except ValueError:
            return None
        return (moment + timedelta(seconds=1)).strftime(_MOMENT) + last[_MOMENT_LENGTH:]
    if len(numbers) < _LEAST:
        return None
    if lengths <= set(_LENGTHS_OF_EPOCHS):
        return str(int(last) + 1) if len(lengths) == 1 else None
    is_padded = len(lengths) == 1
    if max(lengths) >= _LENGTH_OF_DAY or not (is_padded or all(not number.startswith("0") for number in numbers)):
        return None
    values = sorted(map(int, numbers))
    return str(values[-1] + 1).zfill(len(last)) if values[-1] - values[-2] == 1 else None
