"""Write docs/persistlint.schema.json, the JSON Schema of the configuration, which editors use to complete and check it.

    python scripts/generate_schema.py [--check]

It is generated from the rules and their options. With `--check` nothing is written, and the exit status is 1 if the
file is not what it would be.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "linter"))

from persistlint.configuration.config_file import DIALECTS, SEVERITIES  # noqa: E402
from persistlint.configuration.config_keys import DESCRIPTIONS, NAMES  # noqa: E402
from persistlint.configuration.selection import selectors  # noqa: E402
from persistlint.profiles import profiles  # noqa: E402
from persistlint.rules import every_rule  # noqa: E402

if TYPE_CHECKING:
    from persistlint.rule import Option, Rule

TARGET = ROOT / "docs" / "persistlint.schema.json"


def main() -> int:
    """Write the schema, or compare it; return the exit status."""
    parser = argparse.ArgumentParser(description="Generate the JSON Schema of the configuration.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail if the file is not current")
    arguments = parser.parse_args()
    text = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    if not arguments.check:
        TARGET.parent.mkdir(exist_ok=True)
        TARGET.write_text(text, "utf-8")
    elif not TARGET.exists() or TARGET.read_text("utf-8") != text:
        print(f"{TARGET.relative_to(ROOT)} is not current: run python scripts/generate_schema.py", file=sys.stderr)
        return 1
    return 0


def schema() -> dict[str, Any]:
    """The JSON Schema of persistlint.toml."""
    strings = {"type": "array", "items": {"type": "string"}}
    words = {"type": "array", "items": {"$ref": "#/definitions/selector"}}
    patterns = {"type": "object", "additionalProperties": words}
    names = {name: {**strings, "description": text} for name, text in NAMES.items()}
    kinds: dict[str, dict[str, Any]] = {
        "extend": {"type": "string"},
        "profile": {"enum": list(profiles())},
        "select": words,
        "extend-select": words,
        "ignore": words,
        "per-file-ignores": patterns,
        "exclude": strings,
        "baseline": {"type": "string", "minLength": 1},
        "dialect": {"enum": list(DIALECTS)},
        "names": _closed(names),
        "rules": _closed({rule.name: _rule(rule) for rule in every_rule()}),
    }
    properties = {key: {**kinds[key], "description": text} for key, text in DESCRIPTIONS.items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",  # as SchemaStore asks, and editors know
        "$id": "https://json.schemastore.org/persistlint.json",
        "title": "persistlint.toml",
        "description": "The configuration of persistlint.",
        **_closed(properties),
        "definitions": {"selector": {"enum": list(selectors())}},
    }


def _rule(rule: Rule[Any]) -> dict[str, Any]:
    severity = {"enum": list(SEVERITIES), "default": rule.severity.value}
    options = {option.name: _option(option) for option in rule.options}
    return {**_closed({"severity": severity, **options}), "description": rule.summary}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _option(option: Option) -> dict[str, Any]:
    names: dict[type, str] = {bool: "boolean", int: "integer", str: "string"}
    default = option.default
    described = {"description": option.description, "default": default}
    if isinstance(default, tuple):
        member = names[type(default[0])] if default else "string"
        return {"type": "array", "items": {"type": member}, **described, "default": list(default)}
    return {"type": names[type(default)], **described}


if __name__ == "__main__":
    sys.exit(main())
