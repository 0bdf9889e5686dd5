"""What holds for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tmp_path(tmp_path: Path) -> Path:
    """A directory so far from those of other tests that none of these is taken for a part of the same project."""
    folder = tmp_path / "home" / "project"
    folder.mkdir(parents=True)
    return folder
