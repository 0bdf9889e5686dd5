"""Which dialect the files of a project tell for SQL that does not tell any."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from persistlint.sql.project import dialect_of

if TYPE_CHECKING:
    from pathlib import Path

SILENT = "CREATE TABLE a (id int);\n"


@pytest.mark.parametrize(
    ("dialect", "name", "text"),
    [
        ("postgres", "sqlc.yaml", 'version: "2"\nsql:\n  - engine: "postgresql"\n    schema: "migrations"\n'),
        ("sqlite", "sqlc.json", '{"sql": [{"engine": "sqlite"}]}'),
        (None, "sqlc.yaml", "sql:\n  - engine: postgresql\n  - engine: sqlite\n"),
        (None, "sqlc.yaml", "sql:\n  # - engine: postgresql\n"),
        ("mysql", "alembic.ini", "[alembic]\nsqlalchemy.url = mysql+pymysql://localhost/app\n"),
        (None, "alembic.ini", "[alembic]\nsqlalchemy.url = driver://user:pass@localhost/dbname\n"),
        ("postgres", ".sqlfluff", "[sqlfluff]\ndialect = postgres\n"),
        (None, ".sqlfluff", "[sqlfluff]\ndialect = ansi\n"),
        ("postgres", "knexfile.js", "module.exports = { client: 'pg', connection: {} };"),
        (None, "knexfile.js", "module.exports = { dev: { client: 'sqlite3' }, prod: { client: 'pg' } };"),
        ("sqlite", "drizzle.config.ts", 'export default defineConfig({ dialect: "turso", out: "./drizzle" });'),
        ("mysql", "schema.prisma", 'datasource db {\n  provider = "mysql"\n}\n'),
        ("postgres", "atlas.hcl", 'env "local" {\n  dev = "docker://postgres/15/dev"\n}\n'),
        ("mysql", "atlas.hcl", 'env "local" {\n  dev = "docker+maria://x/10/dev"\n}\n'),
        ("postgres", "flyway.conf", "flyway.url=jdbc:postgresql://localhost/app\n"),
        ("mysql", "application.yml", "spring:\n  datasource:\n    url: jdbc:mysql://localhost/app\n"),
        (None, "application.yml", "kind: Application\n"),
        ("sqlite", "sqitch.conf", "[core]\n\tengine = sqlite\n"),
        ("postgres", "tern.conf", "[database]\nhost = localhost\n"),
        ("postgres", "requirements.txt", "django==5.0\npsycopg2-binary==2.9\n"),
        ("postgres", "requirements-prod.txt", "psycopg[binary]>=3\n"),
        (None, "requirements-dev.txt", "aiosqlite\n"),
        (None, "requirements-pg.txt", "psycopg2\n"),
        (None, "requirements.txt", "psycopg2\naiosqlite\n"),
        (None, "requirements.txt", "# psycopg2\nflask\n"),
        ("mysql", "Pipfile", '[packages]\npymysql = "*"\n'),
        ("postgres", "pyproject.toml", '[project]\ndependencies = ["asyncpg>=0.29", "fastapi"]\n'),
        (None, "pyproject.toml", '[project.optional-dependencies]\npostgres = ["psycopg2"]\n\n[tool.x]\na = 1\n'),
        (None, "pyproject.toml", '[tool.poetry.dependencies]\nasyncpg = { version = "1", optional = true }\n'),
        ("oracle", "setup.py", "setup(\n    install_requires=['cx_Oracle'],\n)\n"),
        (None, "setup.py", "setup(\n    extras_require={\n        'pg': ['psycopg2'],\n    },\n)\n"),
        ("postgres", "package.json", '{"dependencies": {"pg": "8"}, "devDependencies": {"sqlite3": "5"}}'),
        (None, "package.json", '{"devDependencies": {"sqlite3": "5"}}'),
        (None, "package.json", '{"dependencies": {"pg": "8", "mysql2": "3"}}'),
        (None, "package.json", '{"dependencies": {"pg": "8", "@clickhouse/client": "1"}}'),
        ("sqlite", "wrangler.toml", '[[d1_databases]]\nbinding = "DB"\n'),
        ("sqlite", "wrangler.jsonc", '{ "d1_databases": [{ "binding": "DB" }] }'),
        ("postgres", "go.mod", "module a\n\nrequire (\n\tgithub.com/jackc/pgx/v5 v5.5.0\n\tgithub.com/x/y v1.0.0\n)\n"),
        ("mysql", "go.mod", "module a\nrequire github.com/go-sql-driver/mysql v1.7.1\n"),
        (None, "go.mod", "module a\nrequire (\n\tgorm.io/driver/postgres v1.5.0\n\tmodernc.org/sqlite v1.29.0\n)\n"),
        (None, "go.mod", "module a\n// github.com/lib/pq v1.10.9\n"),
        (
            "postgres",
            "Cargo.toml",
            '[dependencies]\nsqlx = { version = "0.7", features = ["runtime-tokio", "postgres"] }\n',
        ),
        ("sqlite", "Cargo.toml", '[dependencies]\nrusqlite = "0.31"\n\n[dev-dependencies]\npostgres = "0.19"\n'),
        (None, "Cargo.toml", '[dependencies.sqlx]\nfeatures = ["postgres", "sqlite"]\n'),
        ("postgres", "pom.xml", "<dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId>"),
        (
            "mysql",
            "build.gradle.kts",
            'runtimeOnly("com.mysql:mysql-connector-j")\ntestImplementation("org.x:postgresql")\n',
        ),
        (None, "pom.xml", "<artifactId>postgresql</artifactId>\n<artifactId>h2</artifactId>"),
        ("postgres", "mix.exs", 'defp deps do\n  [{:ecto_sql, "~> 3.10"}, {:postgrex, ">= 0.0.0"}]\n'),
        ("mysql", "Gemfile", 'gem "mysql2"\ngroup :development, :test do\n  gem "sqlite3"\nend\n'),
        ("postgres", "docker-compose.yml", "services:\n  db:\n    image: postgres:16\n"),
        ("tsql", "compose.yaml", "    image: mcr.microsoft.com/mssql/server:2022\n"),
        (None, "compose.yaml", "    image: postgres:16\n    image: mysql:8\n"),
        (None, "compose.yaml", "    image: quay.io/prometheuscommunity/postgres-exporter\n    image: redis\n"),
    ],
)
def test_a_file_of_the_project_tells(dialect: str | None, name: str, text: str, tmp_path: Path) -> None:
    assert _dialect(tmp_path, {name: text}) == dialect


def test_one_database_of_a_tool_says_little_beside_drivers_for_two(tmp_path: Path) -> None:
    drivers = "require (\n\tgithub.com/jackc/pgx/v5 v5.5.0\n\tmodernc.org/sqlite v1.29.0\n)\n"
    assert _dialect(tmp_path, {"go.mod": drivers, "sqlc.yaml": "engine: postgresql\n"}) is None


def test_drivers_tell_more_than_what_is_started(tmp_path: Path) -> None:
    compose = "    image: postgres:16\n"
    assert _dialect(tmp_path, {"compose.yaml": compose, "go.mod": "require modernc.org/sqlite v1.29.0\n"}) == "sqlite"


def test_the_nearest_directory_tells(tmp_path: Path) -> None:
    outer, inner = '{"dependencies": {"pg": "8"}}', '{"dependencies": {"mysql2": "3"}}'
    assert _dialect(tmp_path, {"package.json": outer, "app/package.json": inner}, "app/db/1_a.sql") == "mysql"
    assert _dialect(tmp_path, {}, "db/1_a.sql") == "postgres"


def test_one_with_two_drivers_hides_those_around_it(tmp_path: Path) -> None:
    outer, inner = '{"dependencies": {"pg": "8"}}', '{"dependencies": {"mysql2": "3", "sqlite3": "5"}}'
    assert _dialect(tmp_path, {"package.json": outer, "app/package.json": inner}, "app/db/1_a.sql") is None


def test_nothing_is_asked_outside_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    assert _dialect(tmp_path, {"package.json": '{"dependencies": {"pg": "8"}}'}, "repository/1_a.sql") is None


def test_what_a_script_tells_counts_for_those_beside_it(tmp_path: Path) -> None:
    files = {"package.json": '{"dependencies": {"pg": "8"}}', "db/2_b.sql": "CREATE TABLE b (id int) ENGINE=InnoDB;"}
    assert _dialect(tmp_path, files, "db/1_a.sql") == "mysql"


def test_a_file_that_is_not_on_disk_asks_nobody(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"dependencies": {"pg": "8"}}')
    assert dialect_of(str(tmp_path / "1_a.sql"), SILENT.encode()) is None


def _dialect(root: Path, files: dict[str, str], script: str = "db/1_a.sql") -> str | None:
    """The dialect of a script among some files, all of which are written."""
    for name, text in {**files, script: SILENT}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return dialect_of(str(root / script), SILENT.encode())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_beside_them_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "go.mod")
    script = tmp_path / "migrations" / "1_a.sql"
    script.parent.mkdir()
    script.write_text(SILENT)
    assert dialect_of(str(script), SILENT.encode()) is None
