"""Go programs after their fixes: formatted as gofmt has it, and compiled. Debian's packages have the drivers."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from proof.proving import fixed

PACKAGES = Path("/usr/share/gocode")
# By driver: what is imported, the type of the handle, and how a query is sent.
DRIVERS = {
    "github.com/lib/pq": ('"database/sql"', '_ "github.com/lib/pq"', "*sql.DB", "db.Query({})"),
    "github.com/go-sql-driver/mysql": (
        '"database/sql"',
        '_ "github.com/go-sql-driver/mysql"',
        "*sql.DB",
        "db.Query({})",
    ),
    "github.com/jackc/pgx/v4": ('"context"', '"github.com/jackc/pgx/v4"', "*pgx.Conn", "db.Query(ctx, {})"),
}
QUERIES = {
    "plus": ("", '"SELECT id FROM people WHERE name = \'" + a + "\'"'),
    "Sprintf": ("", "fmt.Sprintf(\"SELECT id FROM people WHERE name = '%s' AND score > %d\", a, b)"),
    "pattern": ("", "fmt.Sprintf(\"SELECT id FROM people WHERE name LIKE '%%%s%%'\", a)"),
    "all gone": ("", "fmt.Sprintf(\"SELECT id FROM people WHERE name = '%s'\", a)"),
    "raw": ("", "`SELECT id FROM people WHERE name = '` + a + `'`"),
    "two lines": ('query := "SELECT id FROM people"\n\tquery += " WHERE name = \'" + a + "\'"\n\t', "query"),
    "grows": (
        'query := "SELECT id FROM people WHERE name = \'" + a + "\'"\n'
        '\tif b > 0 {\n\t\tquery += " AND code = \'" + a + "\' AND score > " + strconv.Itoa(b)\n\t}\n\t',
        "query",
    ),
    "list": (
        "names := []string{a}\n\t",
        "fmt.Sprintf(\"SELECT id FROM people WHERE name IN ('%s')\", strings.Join(names, \"','\"))",
    ),
    "numbers": ("", "fmt.Sprintf(\"SELECT id FROM people WHERE name = '%[1]s' OR code = '%[1]s-%[2]d'\", a, b)"),
    "some numbers": (
        "",
        "fmt.Sprintf(\"SELECT id FROM people WHERE name = '%[1]s' AND (score > %[2]d OR score < -%[2]d)\", a, b)",
    ),
    "builder": (
        "var query strings.Builder\n"
        '\tquery.WriteString("SELECT id FROM people WHERE name = \'" + a + "\'")\n'
        "\tif b > 0 {\n\t\tfmt.Fprintf(&query, \" AND code LIKE '%s%%' AND score LIKE '1%%'\", a)\n\t}\n\t",
        "query.String()",
    ),
    "cut at its end": (
        'query := "SELECT id FROM people WHERE name IN ("\n'
        "\tfor i := 0; i < b; i++ {\n\t\tquery += fmt.Sprintf(\"'%s', \", a)\n\t}\n"
        '\tquery = strings.TrimSuffix(query, ", ") + ")"\n\t',
        "query",
    ),
    "pattern in a sum": ("", '"SELECT id FROM people WHERE name LIKE \'%"+a+"%\' LIMIT "+strconv.Itoa(b)'),
    "pattern that grows": (
        'query := "SELECT id FROM people WHERE name LIKE \'%" + a + "%\'"\n'
        "\tif b > 0 {\n\t\tquery += fmt.Sprintf(\" AND code LIKE '%%%s%%'\", a)\n\t}\n\t",
        "query",
    ),
    "pieces": (
        "var clauses []string\n"
        '\tif b > 0 {\n\t\tclauses = append(clauses, "name = \'"+a+"\'")\n\t}\n'
        "\tclauses = append(clauses, fmt.Sprintf(\"code = '%s-%d' AND score > %d\", a, b, b))\n\t",
        'fmt.Sprintf("SELECT id FROM people WHERE %s", strings.Join(clauses, " AND "))',
    ),
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what Go has compiled already, for all tests."""
    if shutil.which("gofmt") is None or shutil.which("go") is None:
        pytest.skip("Go is not installed")
    return tmp_path_factory.mktemp("go")


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("query", QUERIES)
def test_a_fixed_program_is_formatted_and_compiles(driver: str, query: str, tmp_path: Path, compiled: Path) -> None:
    if not (PACKAGES / "src" / driver).is_dir():
        pytest.skip(f"{driver} is not installed")
    path = tmp_path / "people.go"
    path.write_text(fixed("people.go", _program(driver, *QUERIES[query])), "utf-8")
    changed = subprocess.run(["gofmt", "-d", str(path)], capture_output=True, text=True, check=True)
    assert not changed.stdout
    # Nothing is fetched: the packages are those of the system.
    environment = os.environ | {
        "GOPATH": str(PACKAGES),
        "GO111MODULE": "off",
        "GOFLAGS": "",
        "GOCACHE": str(compiled),
    }
    vet = subprocess.run(["go", "vet", str(path)], capture_output=True, text=True, env=environment)
    assert vet.returncode == 0, f"{vet.stderr}\n{path.read_text()}"


def _program(driver: str, before: str, sql: str) -> str:
    standard, package, handle, send = DRIVERS[driver]
    packages = [f'"{name}"' for name in ("fmt", "strconv", "strings") if f"{name}." in before + sql]
    imports = "\n\t".join([standard, *packages, "", package]).replace("\n\t\n", "\n\n")
    takes_context = "ctx context.Context, " if "pgx" in driver else ""
    text = before + "rows, err := " + send.format(sql)
    unused = "" if "%d" in sql or "b >" in before else "\t_ = b\n"
    return (
        f"package people\n\nimport (\n\t{imports}\n)\n\n"
        f"func Find({takes_context}db {handle}, a string, b int) error {{\n{unused}"
        f"\t{text}\n\tif err != nil {{\n\t\treturn err\n\t}}\n\trows.Close()\n\treturn nil\n}}\n"
    )
