"""Where the editors are: `install_neovim.sh` and `install_vscode.sh` put them into `.editors/` of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
EDITORS = ROOT / ".editors"


def editor(name: str, program: str) -> Path:
    """The folder of an editor in which `program` is. Without it the test is skipped, or fails if
    PERSISTLINT_EDITORS names the editor as one that must be there."""
    folder = EDITORS / name
    if not (folder / program).exists():
        reason = f"{name} is not installed: tests/editors/install_{name}.sh .editors/{name}"
        if name in os.environ.get("PERSISTLINT_EDITORS", "").split():
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def neovim() -> Path:
    """The program."""
    return editor("neovim", "nvim") / "nvim"


@pytest.fixture(scope="session")
def language_service() -> Path:
    """The folder in which VS Code's language service for JSON is installed."""
    return editor("json", "node_modules/vscode-json-languageservice/package.json")
