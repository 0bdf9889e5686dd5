"""What a command costs as a whole process, with everything that it starts."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parent.parent
PERSISTLINT = (sys.executable, "-m", "persistlint")
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "linter"), str(ROOT / "lsp")])}
# What is installed is compiled, and what it reads at every start is kept: else each run would do both again.
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)


@dataclass(frozen=True)
class Cost:
    """`wall` and `cpu` in seconds; `peak` is the memory of the largest of its processes, in MB."""

    wall: float
    cpu: float
    peak: float


def cost(command: Sequence[str | Path], folder: Path) -> Cost:
    """Run a command in a folder once. What it writes is thrown away, for terminals differ."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode not in (0, 1):  # 1: it found something
        sys.exit(f"{' '.join(map(str, command))} failed: {errors.decode('utf-8', 'replace')[-1000:]}")
    per_megabyte = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / per_megabyte)


def interleaved(commands: Mapping[str, Sequence[str | Path]], folder: Path, runs: int) -> dict[str, Cost]:
    """The medians of several runs, in which all commands take turns, so that what else the machine does meets all."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            costs[name].append(cost(command, folder))
    return {
        name: Cost(*(statistics.median(getattr(each, what) for each in found) for what in ("wall", "cpu", "peak")))
        for name, found in costs.items()
    }
