"""The modules in the folder of a package, where the folder is the registry. `pkgutil` knows them too, but imports
`inspect` for it, which takes longer than checking a file does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def modules_in(folders: Iterable[str]) -> list[str]:
    """The names of the modules in some folders, packages among them left out, in alphabetical order."""
    names = {entry.name for folder in folders for entry in os.scandir(folder) if entry.name.endswith(".py")}
    return sorted(name.removesuffix(".py") for name in names - {"__init__.py"})


def packages_in(folders: Iterable[str]) -> list[str]:
    """The names of the packages in some folders, in alphabetical order."""
    entries = (entry for folder in folders for entry in os.scandir(folder) if entry.is_dir())
    return sorted({entry.name for entry in entries if os.path.isfile(f"{entry.path}/__init__.py")})  # noqa: PTH113
