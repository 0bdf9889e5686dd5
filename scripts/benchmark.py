"""How long `persistlint check` takes: the median wall time and the files per second, for every folder given.

python scripts/benchmark.py --runs 5 ~/checkouts/django
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-m", "persistlint", "check", "--format=json", "--no-cache", "--isolated"]


def main() -> None:
    """Print one row of a Markdown table for every folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=5, help="how often each folder is checked")
    arguments = parser.parse_args()
    print("| folder | files | diagnostics | median (s) | files/s |\n|---|--:|--:|--:|--:|")
    for folder in arguments.folders:
        times = []
        for _ in range(max(1, arguments.runs)):
            seconds, summary = _run(folder)
            times.append(seconds)
        median = statistics.median(times)
        rate = summary["files"] / median
        print(
            f"| {folder.name} | {summary['files']} | {summary['diagnostics']} | {median:.2f} | {rate:.0f} |", flush=True
        )


def _run(folder: Path) -> tuple[float, dict[str, int]]:
    """Check a folder once: the seconds it took, and the summary of the report."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "linter"), str(ROOT / "lsp")])}
    start = time.perf_counter()
    run = subprocess.run([*COMMAND, folder], env=environment, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if run.returncode not in (0, 1):
        sys.exit(run.stderr)
    summary: dict[str, int] = json.loads(run.stdout)["summary"]
    return seconds, summary


if __name__ == "__main__":
    main()
