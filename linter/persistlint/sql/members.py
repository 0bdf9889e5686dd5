"""Which files are one project: those of one folder, for one database, in one language."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.sql.listing import Signature, files_below
from persistlint.sql.neighbours import database_named, step_named
from persistlint.sql.steps import is_step, number
from persistlint.sql.usual import read_file

if TYPE_CHECKING:
    from persistlint.sql.readers import Reader


def files_of(path: str, reader: Reader) -> Signature:
    """The files of the project of a file, itself among them; nothing where it is not on disk."""
    if not os.path.isfile(path):  # noqa: PTH113 - `Path` takes five times as long
        return Signature()
    return _of_database(files_below(*reader.folder(path)), database_named(path))


@lru_cache(maxsize=64)
def _of_database(files: Signature, database: str) -> Signature:
    """Of files whose names say which database they are for, those that run on one of them. What is for all of them runs
    where there is nothing for the one, on tables that are not the same everywhere: it stands for itself. Where all that
    say it say the same, and what they are for is done nowhere else, there is no other database."""
    named = {path: database_named(path) for path, _, _ in files}
    elsewhere = {step_named(path) for path, name in named.items() if not name}
    if len({*named.values()} - {""}) == 1 and not any(
        name and step_named(path) in elsewhere for path, name in named.items()
    ):
        return files
    own = {step_named(path) for path, _, _ in files if database_named(path) == database}
    if len(own) == len(files) or not any(database_named(path) for path, _, _ in files):
        return files
    if not database:
        return Signature()
    return Signature(
        each
        for each in files
        if database_named(each[0]) == database or (not database_named(each[0]) and step_named(each[0]) not in own)
    )


def of_others(files: Signature, dialect: str | None, reader: Reader) -> frozenset[str]:
    """The paths of the files that are for another database, as far as they tell."""
    return frozenset(path for path, _, _ in files if reader.dialect(path, read_file(path)) not in (dialect, None))


def are_steps(others: frozenset[str], files: Signature) -> bool:
    """Whether a script that looks like one for another database is a step of its own, which changes tables between
    the others: none of them has its number."""
    kept = {number(path) for path, _, _ in files if path not in others}
    return any(is_step(path) and number(path) not in kept for path in others)
