"""Programs that read decoded JSON, before and after their fixes: the same of what is well formed, and of what is not a
value or an error instead of a crash or of nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from proof.proving import mended

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Reader:
    """A function `read`: its body, what it expects to be given, and what it does not, none of which may crash it."""

    body: str
    good: tuple[str, ...]
    bad: tuple[str, ...]


CITY = ('{"customer": {"address": {"city": "Åsa"}}}',)
NO_CITY = ("{}", '{"customer": null}', '{"customer": {}}')
LINES = ('{"lines": [{"sku": "a"}]}', '{"lines": [{"sku": "b"}, {"sku": "c"}]}')
PYTHON = {
    "chained get": Reader(
        'return json.loads(text).get("customer").get("name")', ('{"customer": {"name": "x"}}',), NO_CITY[:2]
    ),
    "index": Reader('order = json.loads(text)\n    return order["lines"][0]["sku"]', LINES, ('{"lines": []}',)),
}
JAVASCRIPT = {
    "optional chaining": Reader(
        "const order = JSON.parse(text);\n  return order.customer.address.city;", CITY, NO_CITY
    ),
    "index": Reader("const order = JSON.parse(text);\n  return order.lines[0].sku;", LINES, ("{}", '{"lines": []}')),
}
GO = {
    "type assertion": Reader(
        'var order map[string]any\n\tif err := json.Unmarshal(text, &order); err != nil {\n\t\treturn "", err\n\t}\n'
        '\tcustomer := order["customer"].(map[string]any)\n\tcity := customer["city"].(string)\n\treturn city, nil',
        ('{"customer": {"city": "Åsa"}}',),
        (*NO_CITY, '{"customer": []}', '{"customer": {"city": 1}}'),
    ),
    "index": Reader(
        'var order Order\n\tif err := json.Unmarshal(text, &order); err != nil {\n\t\treturn "", err\n\t}\n'
        "\treturn order.Lines[0].Sku, nil",
        LINES,
        ("{}", '{"lines": []}'),
    ),
    "dropped error": Reader(
        "var order Order\n\tjson.Unmarshal(text, &order)\n"
        '\tif len(order.Lines) == 0 {\n\t\treturn "none", nil\n\t}\n\treturn order.Lines[0].Sku, nil',
        (*LINES, "{}"),
        ("{", '{"lines": 1}'),
    ),
}
_CRASHES = (AttributeError, IndexError, KeyError, TypeError)
_RUN_NODE = """
const [path, ...texts] = process.argv.slice(1);
const { read } = await import(path);
for (const text of texts) {
  try {
    console.log(JSON.stringify(["value", read(text) ?? null]));
  } catch (error) {
    console.log(JSON.stringify([error instanceof TypeError ? "crash" : "error", ""]));
  }
}
"""
_RUN_GO = """package main

import (
	"encoding/json"
	"os"

	"readers/after"
	"readers/before"
)

func main() {
	read := before.Read
	if os.Args[1] == "after" {
		read = after.Read
	}
	for _, text := range os.Args[2:] {
		json.NewEncoder(os.Stdout).Encode(answer(read, text))
	}
}

func answer(read func([]byte) (string, error), text string) (found [2]string) {
	defer func() {
		if recover() != nil {
			found = [2]string{"crash", ""}
		}
	}()
	value, err := read([]byte(text))
	if err != nil {
		return [2]string{"error", ""}
	}
	return [2]string{"value", value}
}
"""


@pytest.mark.parametrize("name", PYTHON)
def test_a_reader_in_python(name: str) -> None:
    reader = PYTHON[name]
    text = f"import json\n\n\ndef read(text):\n    {reader.body}\n"
    _prove(reader, *(_call_python(program) for program in (text, mended("read.py", text, "json"))))


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
@pytest.mark.parametrize("name", JAVASCRIPT)
def test_a_reader_in_javascript(name: str, tmp_path: Path) -> None:
    reader = JAVASCRIPT[name]
    text = f"export function read(text) {{\n  {reader.body}\n}}\n"
    calls = []
    for side, program in (("before", text), ("after", mended("read.mjs", text, "json"))):
        path = tmp_path / f"{side}.mjs"
        path.write_text(program, "utf-8")
        calls.append(_call(["node", "--input-type=module", "-e", _RUN_NODE, "--", str(path)]))
    _prove(reader, *calls)


@pytest.mark.skipif(shutil.which("go") is None, reason="Go is not installed")
@pytest.mark.parametrize("name", GO)
def test_a_reader_in_go(name: str, tmp_path: Path) -> None:
    reader = GO[name]
    order = "type Order struct {\n\tLines []struct{ Sku string }\n}\n\n" if "Order" in reader.body else ""
    head = f'package before\n\nimport "encoding/json"\n\n{order}'
    text = f"{head}func Read(text []byte) (string, error) {{\n\t{reader.body}\n}}\n"
    main = tmp_path / "src" / "readers"
    for side, program in (("before", text), ("after", mended("read.go", text, "json"))):
        (main / side).mkdir(parents=True)
        (main / side / "read.go").write_text(program.replace("package before", f"package {side}"), "utf-8")
    (main / "main.go").write_text(_RUN_GO, "utf-8")
    environment = os.environ | {"GOPATH": str(tmp_path), "GO111MODULE": "off", "GOFLAGS": ""}
    environment["GOCACHE"] = str(tmp_path / "cache")
    run = str(tmp_path / "run")
    made = subprocess.run(["go", "build", "-o", run, "readers"], capture_output=True, text=True, env=environment)
    assert made.returncode == 0, made.stderr
    _prove(reader, *(_call([run, side]) for side in ("before", "after")))


def _prove(reader: Reader, before: Callable[[str], Any], after: Callable[[str], Any]) -> None:
    for text in reader.good:
        assert before(text) == after(text), text
        assert after(text)[0] == "value", text
    for text in reader.bad:
        assert before(text) != after(text), (text, "the fix changes nothing, so it proves nothing")
        assert after(text)[0] != "crash", text


def _call(command: list[str]) -> Callable[[str], Any]:
    def call(text: str) -> Any:
        run = subprocess.run([*command, text], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    return call


def _call_python(program: str) -> Callable[[str], Any]:
    names: dict[str, Any] = {}
    exec(compile(program, "read.py", "exec"), names)

    def call(text: str) -> Any:
        try:
            return ["value", names["read"](text)]
        except _CRASHES:
            return ["crash", ""]
        except ValueError:
            return ["error", ""]

    return call
