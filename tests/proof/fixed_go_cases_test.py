"""The Go programs of all rule tests that compile: so does what all fixes make of them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from proof.fixed_go_test import PACKAGES
from proof.proving import fixed_cases

if TYPE_CHECKING:
    from pathlib import Path

_IMPORT = re.compile(r'^(?:import)?[ \t]+(?:[\w.]+ )?"([\w./-]+)"$', re.MULTILINE)


def test_fixes_leave_what_compiles_compiling(tmp_path: Path) -> None:
    if shutil.which("gofmt") is None or shutil.which("go") is None:
        pytest.skip("Go is not installed")
    fixed: dict[str, str] = {}
    for name, before, after in fixed_cases(".go"):
        if _has_packages(before):
            _write(tmp_path / "before" / "src" / "cases" / name, before)
            _write(tmp_path / "after" / "src" / "cases" / name, after)
            fixed[name] = after
    wrong = _wrong(tmp_path / "before", tmp_path)
    assert len(fixed) - len(wrong) > len(fixed) / 2, "too few of the programs compile before their fixes"
    broken = {name: message for name, message in _wrong(tmp_path / "after", tmp_path).items() if name not in wrong}
    assert not broken, "\n\n".join(f"{message}\n{fixed[name]}" for name, message in broken.items())


def _has_packages(text: str) -> bool:
    """Whether all that a program imports is of Go itself or of Debian, whose pgx is version 4."""
    imported = _IMPORT.findall(_of_debian(text))
    return all("." not in path.split("/")[0] or (PACKAGES / "src" / path).is_dir() for path in imported)


def _of_debian(text: str) -> str:
    return text.replace("github.com/jackc/pgx/v5", "github.com/jackc/pgx/v4")


def _write(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "program.go").write_text(_of_debian(text), "utf-8")


def _wrong(root: Path, folder: Path) -> dict[str, str]:
    """What `go vet` says of the packages that do not compile, by their names."""
    environment = os.environ | {
        "GOPATH": f"{root}{os.pathsep}{PACKAGES}",
        "GO111MODULE": "off",
        "GOFLAGS": "",
        "GOCACHE": str(folder / "cache"),
    }
    command = ["go", "vet", "cases/..."]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment)
    found: dict[str, str] = {}
    for part in re.split(r"(?m)^(?=# )", run.stderr):
        for match in re.finditer(r"cases/(\w+)", part):
            found.setdefault(match[1], part)
    return found
