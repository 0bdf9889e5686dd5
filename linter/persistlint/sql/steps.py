"""What the names of scripts say of their place among others: numbers, the beginning, a set-up and its
opposite."""

from __future__ import annotations

import os
import re

from persistlint.regexes import regex
from persistlint.sql.neighbours import ONE_PER_FOLDER, VERSION

_STEP = regex(r"[VRB]?\d|[a-z_-]+\d+\.sql$", re.IGNORECASE)
_INITIAL = regex(r"init|base|setup|schema|create_tables", re.IGNORECASE)
_TAKES_AWAY = regex(r"(?:^|[._-])(?:drop|teardown|uninstall|destroy|wipe|reset)(?=[._-])", re.IGNORECASE)
_SETS_UP = regex(r"(?:^|[._-])(?:init(?:ialize)?|set-?up|install|bootstrap|schema)(?=[._-])", re.IGNORECASE)
_CREATES = regex(r"(?:^|[._-])create(?=[._-])", re.IGNORECASE)
_GOES_ON = regex(r"upgrade|update|migrat|delta|patch|alter|change|drop|_to_", re.IGNORECASE)


def is_step(path: str) -> bool:
    """Whether the name of a script has a number, as those have that are run one behind the other."""
    folder, name = _names(path)
    return _STEP.match(folder if name.lower() in ONE_PER_FOLDER else name) is not None


def is_first(path: str) -> bool:
    """Whether a script is the first of its project, by its name: number 0 or 1, or one that says so."""
    folder, name = _names(path)
    told = folder if name.lower() in ONE_PER_FOLDER else name
    number = re.search(r"\d+", told)
    begins = number is not None and int(number.group()) <= 1 and not VERSION.fullmatch(folder)
    return begins or _INITIAL.search(told) is not None


def takes_away(path: str) -> bool:
    """Whether a script that is no step says by its name that it takes a database away."""
    return not is_step(path) and _TAKES_AWAY.search(_names(path)[1]) is not None


def sets_up(path: str, *, makes_tables: bool) -> bool:
    """Whether a script that is no step says by its name that it sets a database up. One that `makes_tables` may also
    just say that it creates something."""
    name = _names(path)[1]
    is_told = _SETS_UP.search(name) is not None or (makes_tables and _CREATES.search(name) is not None)
    return is_told and not is_step(path) and _GOES_ON.search(name) is None


def number(path: str) -> str:
    """What the numbers in the name of a script come to, with those of its folder."""
    return ".".join(re.findall(r"\d+", "/".join(_names(path))))


def _names(path: str) -> tuple[str, str]:
    """The name of the folder of a script, and its own; hundreds of scripts are asked for them, and `Path` takes ten
    times as long."""
    folder, name = os.path.split(path)
    return os.path.split(folder)[1], name
