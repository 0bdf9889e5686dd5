"""What is installed here, for results hold for one persistlint on one Python with one set of parsers."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint import plugins
from persistlint.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

_METADATA = (".dist-info", ".egg-info")  # of folders whose names hold versions


def identity() -> bytes:
    """What changes whenever persistlint, a plugin, a package beside it or Python does, and is the same elsewhere.

    Raises `PluginError`."""
    packages = {path.name for folder in sys.path for path in _in(Path(folder)) if path.name.endswith(_METADATA)}
    package = Path(__file__).parent
    record = package.parent / f"persistlint-{VERSION}.dist-info" / "RECORD"  # the hashes of all that was installed
    own = [record.read_text("utf-8")] if record.is_file() else sorted(_states(str(package)))
    return os.fsencode("\0".join((sys.platform, str(sys.version_info), plugins.digest(), *sorted(packages), *own)))


def _in(folder: Path) -> list[Path]:
    with suppress(OSError):
        return list(folder.iterdir())
    return []


def _states(folder: str) -> Iterator[str]:
    """Of every file of a checkout, so that a rule that is being written is not answered for by what it was."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _states(entry.path)
            else:
                status = entry.stat()
                yield f"{entry.path} {status.st_mtime_ns} {status.st_size}"
