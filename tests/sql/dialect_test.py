"""The dialect of a file is guessed from its name and its text."""

from __future__ import annotations

import pytest

from persistlint.sql.dialect import guess


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("postgres", "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;"),
        ("postgres", "DO $$ BEGIN NULL; END $$;"),
        ("postgres", "CREATE TABLE t (id bigserial PRIMARY KEY, data jsonb);"),
        ("postgres", "ALTER TABLE t ALTER COLUMN a TYPE text USING a::text;"),
        ("tsql", "DECLARE @a int = 1\nEXEC(@a)\nGO"),
        ("tsql", "CREATE TABLE [dbo].[Plan] (Id int IDENTITY(1,1), Name nvarchar(50))"),
        ("tsql", "CREATE PROCEDURE dbo.p AS EXEC sp_executesql @s"),
        ("mysql", "DELIMITER $$\nCREATE PROCEDURE p() BEGIN END$$"),
        ("mysql", "CREATE TABLE `t` (`id` int AUTO_INCREMENT) ENGINE=InnoDB;"),
        ("mysql", "CREATE PROCEDURE p() BEGIN SET @s = CONCAT('a', 'b'); PREPARE s FROM @s; END"),
        ("mysql", "alter table t add column b varchar(36) after a;"),
        ("mysql", "alter table t modify column b date;"),
        ("mysql", "alter table t change b c date;"),
        ("mysql", "CREATE TABLE t (id serial unique, n bigint /*! unsigned */ not null) /*! CHARACTER SET utf8 */;"),
        ("oracle", "CREATE PROCEDURE p(a IN VARCHAR2) IS BEGIN EXECUTE IMMEDIATE a; END;\n/"),
        ("oracle", "CREATE OR REPLACE PACKAGE BODY p AS FUNCTION f RETURN NUMBER IS BEGIN RETURN 1; END; END;"),
        ("sqlite", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);"),
        ("sqlite", "PRAGMA foreign_keys = ON;"),
        ("snowflake", "CREATE PROCEDURE p() RETURNS int LANGUAGE SQL AS $$ BEGIN EXECUTE IMMEDIATE 'x'; END $$;"),
        ("clickhouse", "CREATE TABLE t (a Int8) ENGINE = MergeTree ORDER BY a"),
        ("bigquery", "CREATE TABLE `project.set.t` (a STRING) CLUSTER BY a;"),
        ("bigquery", "CREATE VIEW v AS SELECT SAFE_CAST(a AS INT64) FROM `my-project.set.t_*`;"),
        ("bigquery", 'CREATE TABLE t (a STRING OPTIONS(description="what it is"));'),
        ("mysql", "SELECT `a`.`b` FROM `a`;"),
        (None, "CREATE TABLE t (id int, name varchar(10));"),
        (None, "CREATE TRIGGER a AFTER INSERT ON t FOR EACH ROW BEGIN SELECT 1; END;"),
        (None, "SELECT 1"),
        (None, ""),
    ],
)
def test_by_text(dialect: str | None, text: str) -> None:
    assert guess("schema.sql", text) == dialect


@pytest.mark.parametrize(
    ("dialect", "path"),
    [
        ("postgres", "db/functions.pgsql"),
        ("postgres", "supabase/migrations/001.sql"),
        ("postgres", "db/postgres/001.sql"),
        ("mysql", "sql/mysql/schema.sql"),
        ("tsql", "db/mssql/p.sql"),
        ("tsql", "db/p.tsql"),
        ("sqlite", "schema.sqlite.sql"),
        ("sqlite", "worker/d1/schema.sql"),
        (None, "warehouse/D1_CUSTOMER/t.sql"),
        ("sqlite", "driver/storesqlite/migration/005_drop.up.sql"),
        ("mysql", "storemysql/001.sql"),
        (None, "storesqlite.sql"),
        ("oracle", "src/pk.pkb"),
        (None, "db/001.sql"),
    ],
)
def test_by_path(dialect: str | None, path: str) -> None:
    assert guess(path, "SELECT 1;") == dialect


def test_what_stands_in_comments_and_strings_does_not_count() -> None:
    assert guess("a.sql", "-- AUTO_INCREMENT and VARCHAR2\nSELECT 'DECLARE @x', 'GO' /* plpgsql */") is None
