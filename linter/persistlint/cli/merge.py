"""`persistlint merge`: make one report of those of several shards."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from persistlint.cli.status import CLEAN, FAILED, FOUND, UsageError
from persistlint.output import json as json_format
from persistlint.output import sarif

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path


def run(arguments: Namespace) -> int:
    """Merge reports, all JSON or all SARIF; the exit status is that of a check that found what is in them."""
    reports = [_read(path) for path in arguments.reports]
    kinds = {"SARIF" if "runs" in report else "JSON" for report in reports}
    if len(kinds) > 1:
        raise UsageError("reports in JSON cannot be merged with reports in SARIF")
    merge = sarif.merge if kinds == {"SARIF"} else json_format.merge
    try:
        merged, found, failed = merge(reports)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise UsageError(f"what is to be merged are no reports of one version of persistlint: {error!r}") from error
    text = json.dumps(merged, indent=2) + "\n"
    if arguments.output_file is None:
        sys.stdout.write(text)
    else:
        try:
            arguments.output_file.write_text(text, "utf-8", newline="\n")
        except OSError as error:
            raise UsageError(f"{arguments.output_file}: it cannot be written: {error.strerror}") from error
    return FAILED if failed else FOUND if found else CLEAN


def _read(path: Path) -> dict[str, Any]:
    try:
        report = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: it cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: it is not valid JSON") from error
    if not isinstance(report, dict):
        raise UsageError(f"{path}: it is no report of persistlint")
    return report
