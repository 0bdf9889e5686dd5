"""A random sample of what rules report on some folders, with the code around each report, to be read and judged.

    python bench/sample.py --select magic-number --size 100 --most 12 --seed 3 ~/checkouts/redash ~/checkouts/gogs

The same seed draws the same reports from the same files. Without `--size`, every report is shown.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
_ABOVE, _BELOW = 5, 3  # lines of code that are shown around a report


def main() -> None:
    """Print the sample."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--select", default="default", help="the rules and groups, as `check --select` takes them")
    parser.add_argument("--groups", help="the groups of which reports are shown, with commas between; default: all")
    parser.add_argument("--size", type=int, help="how many reports; default: all of them")
    parser.add_argument("--most", type=int, help="how many of one folder at most")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    folders = sorted(arguments.folders, key=lambda folder: folder.resolve().name)
    found = [(folder, report) for folder in folders for report in _reports(folder, arguments.select)]
    if arguments.groups is not None:
        found = [(folder, report) for folder, report in found if report["group"] in arguments.groups.split(",")]
    if arguments.size is not None:
        random.Random(arguments.seed).shuffle(found)
    taken: dict[Path, int] = {}
    shown = 0
    for folder, report in found:
        taken[folder] = taken.get(folder, 0) + 1
        if arguments.most is None or taken[folder] <= arguments.most:
            shown += 1
            _show(shown, folder, report)
        if shown == arguments.size:
            break


def _reports(folder: Path, select: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "persistlint", "check", "--format=json", "--no-cache", "--isolated", "--exit-zero"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "linter")}
    run = subprocess.run([*command, f"--select={select}", "."], cwd=folder, env=environment, capture_output=True)
    reports: list[dict[str, Any]] = json.loads(run.stdout)["diagnostics"]
    return reports


def _show(number: int, folder: Path, report: dict[str, Any]) -> None:
    line = report["start"]["line"]
    print(f"\n=== {number} {folder.name} {report['path']}:{line} [{report['rule']}] {report['message']}")
    lines = (folder / report["path"]).read_text("utf-8", "replace").splitlines()
    for at in range(max(1, line - _ABOVE), min(len(lines), line + _BELOW) + 1):
        print(f"{'>' if at == line else ' '} {at}: {lines[at - 1]}")


if __name__ == "__main__":
    main()
