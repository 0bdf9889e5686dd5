"""Go programs with two writes that belong together: what a failure between them leaves, before and after the fixes
about transactions. Debian's packages have the drivers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from proof.fixed_go_test import PACKAGES
from proof.moves import GO, TABLES, prove
from proof.proving import mended

_DRIVERS = {"postgres": "github.com/lib/pq", "mysql": "github.com/go-sql-driver/mysql"}
_GROUPS = ("transactions", "errors")
_HEAD = 'package {name}\n\nimport (\n\t"database/sql"\n\n\t_ "{driver}"\n)\n'


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled `moves.go` with all programs in it, before and after their fixes."""
    if shutil.which("go") is None:
        pytest.skip("Go is not installed")
    if missing := [path for path in _DRIVERS.values() if not (PACKAGES / "src" / path).is_dir()]:
        pytest.skip(f"{missing[0]} is not installed")
    folder = tmp_path_factory.mktemp("go")
    main = folder / "src" / "moves"
    names = []
    for number, (kind, (servers, body)) in enumerate(GO.items()):
        for server in servers:
            name = f"program{number}{server}"
            marked = re.sub(r"\$\d", "?", body) if server == "mysql" else body
            text = _HEAD.format(name=name, driver=_DRIVERS[server]) + marked
            for side, program in (("before", text), ("after", mended("program.go", text, *_GROUPS))):
                path = main / f"{name}{side}" / "program.go"
                path.parent.mkdir(parents=True)
                path.write_text(program.replace(f"package {name}", f"package {name}{side}"), "utf-8")
                names.append((f"{kind} {server} {side}", f"{name}{side}"))
    shutil.copy(Path(__file__).parent / "moves.go", main / "main.go")
    imports = "\n".join(f'\t"moves/{name}"' for _, name in names)
    entries = "\n".join(f'\t"{key}": {name}.Move,' for key, name in names)
    types = "map[string]func(*sql.DB, int, int) error"
    programs = f'package main\n\nimport (\n\t"database/sql"\n\n{imports}\n)\n\nvar programs = {types}'
    (main / "programs.go").write_text(f"{programs}{{\n{entries}\n}}\n", "utf-8")
    # Nothing is fetched: the packages are those of the system.
    environment = os.environ | {"GOPATH": f"{folder}{os.pathsep}{PACKAGES}", "GO111MODULE": "off", "GOFLAGS": ""}
    environment["GOCACHE"] = str(folder / "cache")
    command = ["go", "build", "-o", str(folder / "run"), "moves"]
    run = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert run.returncode == 0, run.stderr
    return folder / "run"


@pytest.mark.parametrize(
    ("kind", "server"), [(kind, server) for kind, (servers, _) in GO.items() for server in servers]
)
def test_nothing_is_left_half_done(kind: str, server: str, runner: Path, request: pytest.FixtureRequest) -> None:
    if server == "postgres":
        folder = request.getfixturevalue("postgres_folder")
        address = f"host={folder} user=postgres dbname=postgres sslmode=disable"
    else:
        address = f"root@unix({request.getfixturevalue('mariadb_socket')})/proof"
    states: list[Any] = []
    for side in ("before", "after"):
        command = [str(runner), server, address, f"{kind} {server} {side}"]
        run = subprocess.run(command, input="\n".join(TABLES), capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        states.append(json.loads(run.stdout))
    prove(*states)
