"""The JavaScript programs of all rule tests that Node can read: so it can what all fixes make of them."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from proof.proving import fixed_cases

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_fixes_leave_what_node_reads_readable(tmp_path: Path) -> None:
    checked = 0
    for name, before, after in fixed_cases(".js"):
        path = tmp_path / f"{name}.{'cjs' if 'require(' in before else 'mjs'}"
        message = _refusal(path, after)
        assert not message or _refusal(path, before), f"{message}\n{after}"
        checked += not message
    assert checked


def _refusal(path: Path, text: str) -> str:
    """What Node says of a program that it cannot read: also that a name is declared twice."""
    path.write_text(text, "utf-8")
    run = subprocess.run(["node", "--check", str(path)], capture_output=True, text=True)
    return run.stderr if run.returncode else ""
