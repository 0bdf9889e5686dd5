"""The results of a run as SARIF 2.1.0, for code scanning and whatever else reads the standard.

Paths are relative to `%SRCROOT%`, the root of the checkout; columns count Unicode code points. What tells a result from
others when lines move is the partial fingerprint `persistlint/v1`; GitHub's uploader adds one of its own beside it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote, unquote

from persistlint.diagnostic import Severity
from persistlint.fingerprint import fingerprints
from persistlint.fixes.apply import line_end
from persistlint.git import from_root
from persistlint.reading import source_at
from persistlint.regexes import regex
from persistlint.rules import load
from persistlint.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.rule import Rule
    from persistlint.running.run import Run
    from persistlint.source import Range, SourceFile

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
PROBLEM_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}

_CWE = regex(r"\bCWE-(\d+)")


def write(run: Run, stream: TextIO, *, quiet: bool = False) -> None:
    """Write the results of a run as SARIF. `quiet` changes nothing."""
    rules = sorted({diagnostic.rule for diagnostic in run.diagnostics})
    results = [
        _result(result.source, diagnostic, rules.index(diagnostic.rule), mark)
        for result in run.results
        for diagnostic, mark in zip(result.diagnostics, fingerprints(result.source, result.diagnostics), strict=True)
    ]
    notifications = [
        {"level": "error", **_message(failure.message), "locations": [{"physicalLocation": _file(failure.path)}]}
        for failure in run.failures
    ]
    value = _report(VERSION, [_rule(load(rule)) for rule in rules], results, notifications)
    stream.write(json.dumps(value, indent=2) + "\n")


def merge(reports: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], bool, bool]:
    """One report with one run for those of several shards, by the names of the files, for code scanning takes one run
    of a tool; whether anything was found, and whether anything could not be checked. Raises `ValueError`, `KeyError`,
    `IndexError` or `TypeError` for what is no report."""
    runs = [run for report in reports for run in report["runs"]]
    drivers = [run["tool"]["driver"] for run in runs]
    versions = {(driver["name"], driver["version"]) for driver in drivers}
    if len(versions) != 1 or {name for name, _ in versions} != {"persistlint"}:
        raise ValueError("they are of several tools or versions")
    rules = {rule["id"]: rule for driver in drivers for rule in driver["rules"]}
    names = sorted(rules)
    results = [result | {"ruleIndex": names.index(result["ruleId"])} for run in runs for result in run["results"]]
    notifications = {
        json.dumps(item): item
        for run in runs
        for invocation in run["invocations"]
        for item in invocation["toolExecutionNotifications"]
    }
    value = _report(
        drivers[0]["version"],
        [rules[name] for name in names],
        sorted(results, key=_path),
        sorted(notifications.values(), key=_path),
    )
    return value, bool(results), bool(notifications)


def _path(item: dict[str, Any]) -> str:
    """The path of a result or of a notification."""
    return unquote(item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], errors="surrogateescape")


def _report(version: str, rules: list[Any], results: list[Any], notifications: list[Any]) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "persistlint", "version": version, "rules": rules}},
                "invocations": [
                    {"executionSuccessful": not notifications, "toolExecutionNotifications": notifications}
                ],
                "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the checkout."}}},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }


def _rule(rule: Rule[Any]) -> dict[str, Any]:
    weaknesses = [f"external/cwe/cwe-{int(number):03}" for number in dict.fromkeys(_CWE.findall(rule.docs))]
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.docs, "markdown": rule.docs},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "tags": [rule.group, *(["security"] if weaknesses else []), *weaknesses],
            "problem.severity": PROBLEM_SEVERITIES[rule.severity],
        },
    }


def _result(source: SourceFile, diagnostic: Diagnostic, index: int, fingerprint: str) -> dict[str, Any]:
    related = [(source_at(source, item.path), item) for item in diagnostic.related]
    return {
        "ruleId": diagnostic.rule,
        "ruleIndex": index,
        "level": LEVELS[diagnostic.severity],
        **_message(f"{diagnostic.message} {diagnostic.help}".rstrip()),
        "locations": [_location(source, diagnostic.range)],
        "partialFingerprints": {"persistlint/v1": fingerprint},
        "relatedLocations": [
            {"id": number, **_location(where, item.range), **_message(item.message)}
            for number, (where, item) in enumerate(related, 1)
        ],
        "fixes": [_fix(source, fix) for fix in diagnostic.fixes if fix.edits],
    }


def _fix(source: SourceFile, fix: Fix) -> dict[str, Any]:
    ending = line_end(source.content)
    replacements = [
        {
            "deletedRegion": _region(source, edit.range),
            "insertedContent": {"text": edit.text.replace("\n", ending)},
        }
        for edit in fix.edits
    ]
    return {
        "description": {"text": fix.title},
        "artifactChanges": [{**_file(source.path), "replacements": replacements}],
        "properties": {"applicability": fix.applicability.value},
    }


def _message(text: str) -> dict[str, Any]:
    return {"message": {"text": text}}


def _location(source: SourceFile, range: Range) -> dict[str, Any]:
    return {"physicalLocation": {**_file(source.path), "region": _region(source, range)}}


def _file(path: str) -> dict[str, Any]:
    shown = from_root(path)
    if Path(shown).is_absolute():  # outside of the checkout
        return {"artifactLocation": {"uri": "file://" + quote(os.fsencode(shown))}}
    return {"artifactLocation": {"uri": quote(os.fsencode(shown)), "uriBaseId": "%SRCROOT%"}}


def _region(source: SourceFile, range: Range) -> dict[str, Any]:
    start, end = source.position(range.start), source.position(range.end)
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}
