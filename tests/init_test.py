"""`persistlint init`: what is found in a project, and what is proposed and written."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from persistlint.cli import main
from persistlint.configuration.config import forget
from persistlint.configuration.config_file import read
from persistlint.survey import Survey, survey

FILES = {
    "app/db.py": "import os\nfrom psycopg.rows import dict_row\nimport psycopg_pool, sys\n",
    "app/orm.py": "from sqlalchemy.orm import Session\n",
    "alembic.ini": "",
    "web/db.ts": "import { Pool } from 'pg';\nimport type { Request } from 'express';\n",
    "web/knexfile.js": "const knex = require('knex')\nconst fs = require('node:fs')\n",
    "cmd/main.go": 'package main\n\nimport (\n\t"fmt"\n\tpgx "github.com/jackc/pgx/v5"\n)\n',
    "migrations/001_users.sql": "-- +goose Up\nCREATE TABLE users (id bigserial, at timestamptz);\n",
    "tests/test_app.py": "import pymysql\n",
    "docker-compose.yml": "services:\n  db:\n    image: postgres:16\n",
    "docs/changelog.yml": "- a\n",
    "logo.png": "import sqlite3",
}


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_project_is_looked_at() -> None:
    found = _survey(FILES)
    assert found.languages == {"python": 2, "javascript": 1, "typescript": 1, "go": 1, "sql": 1}
    assert found.libraries == dict.fromkeys(
        ("psycopg", "psycopg_pool", "sqlalchemy", "pg", "knex", "github.com/jackc/pgx"), 1
    )
    assert found.runners == {"Alembic": 1, "Knex": 1, "goose": 1}
    assert found.dialects == {"postgres": 5}
    assert found.dialect == "postgres"


@pytest.mark.parametrize(
    ("name", "text", "runner", "dialect"),
    [
        ("pyproject.toml", '[tool.aerich]\ntortoise_orm = "x"\n', "Aerich", None),
        ("db/atlas.hcl", "", "Atlas", None),
        ("db/1_a.sql", "-- migrate:up\n", "dbmate", None),
        ("m/migrations/2024_a/up.sql", "", "Diesel", None),
        ("app/migrations/0001_initial.py", "class M(migrations.Migration): ...", "Django", None),
        ("app/migrations/0001_initial.py", "# no migration", None, None),
        ("drizzle.config.ts", "", "Drizzle Kit", None),
        ("db/V1_2__users.sql", "", "Flyway", None),
        ("db/000001_users.up.sql", "", "golang-migrate", None),
        ("knexfile.mjs", "", "Knex", None),
        ("db/root.xml", "<databaseChangeLog>", "Liquibase", None),
        ("package.json", '{"dependencies": {"node-pg-migrate": "7"}}', "node-pg-migrate", "postgres"),
        ("prisma/schema.prisma", 'datasource db {\n  provider = "mysql"\n}', "Prisma", "mysql"),
        (".sequelizerc", "", "Sequelize", None),
        ("db/1.sql", "-- +migrate Up\n", "sql-migrate", None),
        ("supabase/migrations/1.sql", "", "Supabase", "postgres"),
        ("src/1-a.ts", "class A implements MigrationInterface {}", "TypeORM", None),
        ("compose.yaml", "    image: 'bitnami/mariadb:11'\n", None, "mysql"),
        ("compose.yaml", "    image: mcr.microsoft.com/mssql/server:2022\n", None, "tsql"),
        ("compose.yaml", "    image: redis\n", None, None),
    ],
)
def test_signs(name: str, text: str, runner: str | None, dialect: str | None) -> None:
    found = _survey({name: text})
    assert list(found.runners) == ([runner] if runner else [])
    assert list(found.dialects) == ([dialect] if dialect else [])


def test_a_dialect_is_proposed_only_where_nearly_all_agree() -> None:
    assert Survey(dialects=Counter(postgres=8, sqlite=2)).dialect == "postgres"
    assert Survey(dialects=Counter(postgres=7, sqlite=2)).dialect is None
    assert Survey(dialects=Counter(mysql=1)).dialect is None
    assert Survey().dialect is None


def test_what_is_found_is_said_and_nothing_is_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _write(FILES)
    before = sorted(tmp_path.rglob("*"))
    assert main(["init"]) == 0
    out = capsys.readouterr().out
    assert "languages:          python (2), go (1), javascript (1), sql (1), typescript (1)\n" in out
    assert "migration runners:  Alembic (1), Knex (1), goose (1)\n" in out
    assert "databases:          postgres (5)\n" in out
    assert "persistlint.toml could hold (`--write` writes it):\n" in out
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_written_can_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    _write(FILES)
    assert main(["init", "--write"]) == 0
    assert read(Path("persistlint.toml")).dialect == "postgres"
    (repository,) = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"]
    (hook,) = repository["hooks"]
    offered = yaml.safe_load((Path(__file__).parent.parent / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert hook["types"] == offered[0]["types"]
    program, *arguments = hook["entry"].split()
    capsys.readouterr()
    assert program == "persistlint"
    assert main([*arguments, "app/db.py"]) == 0


def test_a_hook_may_wait_for_its_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    _write({**FILES, "app/old.py": "def find(cursor, name):\n    cursor.execute(f\"SELECT '{name}'\")\n"})
    assert main(["init", "--write", "--with-baseline"]) == 0
    assert "Next: `persistlint baseline` writes down what there is" in capsys.readouterr().out
    hook = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"][0]["hooks"][0]
    assert hook["entry"] == "persistlint check --force-exclude"
    assert 'baseline = "persistlint-baseline.json"' in Path("persistlint.toml").read_text()
    arguments = [*hook["entry"].split()[1:], "app/old.py"]
    forget()
    assert main(arguments) == 2
    assert (
        "persistlint-baseline.json: there is no such file; `persistlint baseline` writes one" in capsys.readouterr().err
    )
    assert main(["baseline"]) == 0
    assert main(arguments) == 0


def test_files_that_are_there_stay_as_they_are(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _write({"pyproject.toml": "[tool.persistlint]\n", ".pre-commit-config.yaml": "repos: []\n"})
    Path("persistlint-baseline.json").touch()
    assert main(["init", "--write"]) == 0
    out = capsys.readouterr().out
    assert f"There is {tmp_path / 'pyproject.toml'} already; it could hold:" in out
    assert "persistlint check --force-exclude --baseline persistlint-baseline.json" in out
    assert Path(".pre-commit-config.yaml").read_text() == "repos: []\n"
    assert not Path("persistlint.toml").exists()


def test_an_empty_project(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert "languages:          none found\n" in capsys.readouterr().out


def test_a_file_is_no_project(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").touch()
    assert main(["init", "a.py"]) == 2
    assert capsys.readouterr().err == "error: a.py: it is no directory\n"


def _survey(files: dict[str, str]) -> Survey:
    _write(files)
    return survey(Path(), [Path(name) for name in files])


def _write(files: dict[str, str]) -> None:
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
