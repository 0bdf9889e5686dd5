"""What the keys of a configuration file are for: one sentence each, for the schema and for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DESCRIPTIONS: Mapping[str, str] = {
    "extend": "A configuration file to inherit from, relative to this one.",
    "profile": "What the rules mean to the project at its present size.",
    "select": "The rules that run, instead of those of the base.",
    "extend-select": "Rules that run besides.",
    "ignore": "Rules that do not run.",
    "per-file-ignores": "Rules that do not run on some files, by patterns as in .gitignore.",
    "exclude": "Files to leave out, by patterns as in .gitignore.",
    "baseline": "A file of known problems, relative to this one, which are left out; `persistlint baseline` writes it.",
    "dialect": "The dialect of SQL where neither the code nor the one driver that the project names tells.",
    "names": "What the project calls things of its own.",
    "rules": "Severity and options of single rules.",
}
NAMES: Mapping[str, str] = {
    "handles": "Variables that hold a database connection or pool.",
    "transactions": "Functions and decorators that run what they are given inside a transaction.",
    "json": "Functions that return decoded JSON from outside.",
}
