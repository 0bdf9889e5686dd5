"""Go programs that put their SQL together in many ways: before and after their fixes they give the same rows, and
afterwards also for a name with a quote in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from proof.fixed_go_test import PACKAGES
from proof.proving import fixed

_DRIVER = "github.com/lib/pq"
_PACKAGES = ("bytes", "fmt", "strings")
_TABLES = [
    "CREATE TEMPORARY TABLE people (id serial, name text, city text)",
    "INSERT INTO people (name, city) VALUES ('ann', 'Rome'), ('bob', 'Rome'), ('bob', 'Oslo'), ('O''Brien', 'Rome')",
]
# Each sends a query for the people of a name, and of the city if one is given.
_PROGRAMS = {
    "shared format": """
const counted = "SELECT %s FROM people WHERE name = '%s'"

func Find(db *sql.DB, name, city string) (*sql.Rows, error) {
	return db.Query(fmt.Sprintf(counted, "id, city", name))
}

func Count(db *sql.DB, name string) *sql.Row {
	return db.QueryRow(fmt.Sprintf(counted, "count(*)", name))
}
""",
    "format of constants": """
const (
	all   = "SELECT %s FROM people"
	named = all + " WHERE name = '%s'"
)

func Find(db *sql.DB, name, city string) (*sql.Rows, error) {
	return db.Query(fmt.Sprintf(named, "id, city", name))
}

func All(db *sql.DB) (*sql.Rows, error) {
	return db.Query(fmt.Sprintf(all, "id"))
}
""",
    "cut between bounds": """
func Find(db *sql.DB, name, city string) (*sql.Rows, error) {
	query := "INSERT INTO people (name, city) VALUES "
	for i := 0; i < 3; i++ {
		query += fmt.Sprintf("('%s', '%s'),", name, city)
	}
	query = query[0 : len(query)-1]
	query += " RETURNING name, city"
	return db.Query(query)
}
""",
    "last one cut": """
func Find(db *sql.DB, name, city string) (*sql.Rows, error) {
	query := strings.Builder{}
	query.WriteString("INSERT INTO people (name, city) VALUES ")
	body := "('%s', '%s'),"
	for i := 0; i < 3; i++ {
		text := fmt.Sprintf(body, name, city)
		if i == 2 {
			text = text[:len(text)-1]
		}
		query.WriteString(text)
	}
	query.WriteString(" RETURNING name, city")
	return db.Query(query.String())
}
""",
    "ends of statements": """
func Find(db *sql.DB, name, city string) (*sql.Rows, error) {
	where := fmt.Sprintf("WHERE id = %d;", 1)
	if name != "" {
		where = fmt.Sprintf("WHERE name = '%s';", name)
	}
	return db.Query("SELECT id, city FROM people " + where)
}
""",
    "into the same name": """
func Find(db *sql.DB, name, city string) (*sql.Rows, error) {
	var query string
	if name != "" {
		query = query + fmt.Sprintf(" AND name = '%s'", name)
	}
	if city != "" {
		query = query + fmt.Sprintf(" AND city = '%s'", city)
	}
	query = fmt.Sprintf("SELECT id, city FROM people WHERE 1 = 1 %s", query)
	return db.Query(query)
}
""",
    "arms of a condition": """
func Find(db *sql.DB, name, city string) (*sql.Rows, error) {
	where := ""
	if name != "" {
		where = "WHERE ("
		for _, each := range []string{name, "ann"} {
			where += " name = '" + each + "' OR"
		}
		where = where[:len(where)-3] + ") AND"
	} else {
		where = "WHERE"
	}
	return db.Query("SELECT id, city FROM people " + where + " id > 0 ORDER BY id")
}
""",
    "numbers of others": """
func Find(db *sql.DB, name, city string) (*sql.Rows, error) {
	query := where(name, true)
	return db.Query(query, city)
}

func where(name string, ordered bool) string {
	query := "SELECT id, city FROM people WHERE city = $1"
	if name != "" {
		query += fmt.Sprintf(" AND name = '%s'", name)
	}
	if ordered {
		query += " ORDER BY id"
	}
	return query
}
""",
    "text of others": """
const rows = "SELECT id, city FROM people WHERE city = $1"

func Find(db *sql.DB, name, city string) (*sql.Rows, error) {
	return db.Query(where(rows, name), city)
}

func where(query, name string) string {
	if name != "" {
		query += " AND name = '" + name + "'"
	}
	return query
}
""",
    "number that stays": """
func Find(db *sql.DB, name, city string) (*sql.Rows, error) {
	query := "SELECT id, city FROM people WHERE city = $1"
	switch {
	case name != "":
		query += fmt.Sprintf(" AND name IN (SELECT name FROM people WHERE city = $1 AND name = '%s')", name)
	default:
		query += " AND name = ''"
	}
	return db.Query(query, city)
}
""",
    "builder with a text": """
func Find(db *sql.DB, name, city string) (*sql.Rows, error) {
	query := bytes.NewBufferString("SELECT id, city FROM people WHERE")
	for i, each := range []string{name, "ann"} {
		if i != 0 {
			query.WriteString(" OR")
		}
		query.WriteString(fmt.Sprintf(" name LIKE '%s%%'", each))
	}
	query.WriteString(" ORDER BY id")
	return db.Query(query.String())
}
""",
}


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled `rows.go` with all programs in it, before and after their fixes."""
    if shutil.which("go") is None:
        pytest.skip("Go is not installed")
    if not (PACKAGES / "src" / _DRIVER).is_dir():
        pytest.skip(f"{_DRIVER} is not installed")
    folder = tmp_path_factory.mktemp("go")
    main = folder / "src" / "rows"
    names = {}
    for number, (kind, body) in enumerate(_PROGRAMS.items()):
        packages = "".join(f'\t"{package}"\n' for package in _PACKAGES if f"{package}." in body)
        text = f'package programs\n\nimport (\n\t"database/sql"\n{packages}\n\t_ "{_DRIVER}"\n)\n{body}'
        after = fixed("program.go", text)
        assert after != text, f"{kind} has no fix"
        for side, program in (("before", text), ("after", after)):
            name = names[f"{kind} {side}"] = f"program{number}{side}"
            path = main / name / "program.go"
            path.parent.mkdir(parents=True)
            path.write_text(program.replace("package programs", f"package {name}"), "utf-8")
    shutil.copy(Path(__file__).parent / "rows.go", main / "main.go")
    imports = "\n".join(f'\t"rows/{name}"' for name in names.values())
    entries = "\n".join(f'\t"{key}": {name}.Find,' for key, name in names.items())
    types = "map[string]func(*sql.DB, string, string) (*sql.Rows, error)"
    programs = f'package main\n\nimport (\n\t"database/sql"\n\n{imports}\n)\n\nvar programs = {types}'
    (main / "programs.go").write_text(f"{programs}{{\n{entries}\n}}\n", "utf-8")
    # Nothing is fetched: the packages are those of the system.
    environment = os.environ | {"GOPATH": f"{folder}{os.pathsep}{PACKAGES}", "GO111MODULE": "off", "GOFLAGS": ""}
    environment["GOCACHE"] = str(folder / "cache")
    command = ["go", "build", "-o", str(folder / "run"), "rows"]
    run = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert run.returncode == 0, run.stderr
    return folder / "run"


@pytest.mark.parametrize("kind", _PROGRAMS)
def test_the_rows_are_the_same(kind: str, runner: Path, postgres_folder: str) -> None:
    def rows(side: str, name: str) -> Any:
        address = f"host={postgres_folder} user=postgres dbname=postgres sslmode=disable"
        command = [str(runner), address, f"{kind} {side}", name, "Rome"]
        run = subprocess.run(command, input="\n".join(_TABLES), capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    assert rows("before", "bob") == rows("after", "bob") != []
    assert rows("after", "O'Brien") not in ([], rows("after", "bob"))
    if kind not in ("cut between bounds", "last one cut"):
        assert len(rows("after", "x' OR 1 = 1 OR 'a' = 'a")) < len(rows("before", "x' OR 1 = 1 OR 'a' = 'a"))
