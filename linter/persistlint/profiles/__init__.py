"""Profiles: what rules mean to a project at its present size. The folder is the registry: every file is a profile, and
holds keys of a configuration file.

`extend-select` and `ignore` change which rules `default` stands for; severities and options are the base that the
project's own files change.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@cache
def profiles() -> tuple[str, ...]:
    """The names of all profiles, in alphabetical order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def path_of(profile: str) -> Path:
    """The file of a profile."""
    return _FOLDER / f"{profile}.toml"
