"""A script that is edited step by step comes to what a fresh look at it does, whatever is kept from one to the next."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from persistlint import Config, SourceFile, check

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = "-- +goose Up\n"
SCRIPTS = {
    "postgres": HEAD
    + """\
CREATE TABLE orders (id int PRIMARY KEY, total float, note text DEFAULT 'é;', at timestamp NOT NULL);
CREATE INDEX orders_at ON orders (at);
INSERT INTO orders (id, note) VALUES (1, 'a'), (2, 'b''c');
BEGIN;
ALTER TABLE orders ADD COLUMN customer_id int REFERENCES customers (id) ON DELETE CASCADE, DROP COLUMN note;
COMMIT;
CREATE FUNCTION count_all(name text) RETURNS bigint AS $$
BEGIN
  EXECUTE 'SELECT count(*) FROM ' || name;
END;
$$ LANGUAGE plpgsql;
DO $$ BEGIN ALTER TABLE orders ADD x int; EXCEPTION WHEN OTHERS THEN NULL; END $$;
/* a comment; of /* two */ levels */
CREATE TABLE IF NOT EXISTS items (
    id bigint PRIMARY KEY, total float, order_id int, CHECK (total > 0 OR id > 1 AND id < 9)
);
UPDATE items SET total = 1;
DELETE FROM items WHERE id NOT IN (SELECT order_id FROM items);
-- +goose Down
DROP TABLE items;
""",
    "mysql": """\
CREATE TABLE `orders` (`id` int AUTO_INCREMENT PRIMARY KEY, total float, KEY by_total (total)) ENGINE=MyISAM;
DELIMITER //
CREATE PROCEDURE p(IN a text) BEGIN SET @s = CONCAT('DROP TABLE ', a); PREPARE s FROM @s; EXECUTE s; END//
DELIMITER ;
CREATE TABLE items (id int PRIMARY KEY, at datetime DEFAULT '0000-00-00', order_id int REFERENCES orders (id));
ALTER TABLE items ADD COLUMN x int NOT NULL, CHANGE at made_at datetime;
INSERT INTO items VALUES (1, '2020-01-01', 2);
""",
    "sqlite": """\
PRAGMA foreign_keys = ON;
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, total float);
CREATE TRIGGER t AFTER INSERT ON orders BEGIN UPDATE orders SET total = 1; DELETE FROM orders; END;
CREATE TABLE items (id text PRIMARY KEY, order_id int, total float);
ALTER TABLE items ALTER COLUMN total TYPE text;
INSERT OR REPLACE INTO items VALUES (1, 2, 3);
""",
}
PIECES = [";", "'", "$$", "/*", "*/", "--", "\n", "\n/\n", "x", "é", "(", ")", ",", "BEGIN;", "COMMIT;", " float", HEAD]
PIECES += ["CREATE TABLE orders (id int PRIMARY KEY, total float);\n"]
PIECES += ["DELIMITER //\n", "COPY a FROM stdin;\n", "\\.\n"]
EDITS = 40


def versions(text: str, seed: int) -> Iterator[str]:
    """What a script is after each of some edits at random places; every third one takes an edit back."""
    chosen = random.Random(seed)
    before = text
    for number in range(EDITS):
        if number % 3 == 2:
            text, before = before, text
        else:
            before, at = text, chosen.randrange(len(text) + 1)
            behind = at + chosen.choice((0, 0, 1, 20))
            text = text[:at] + chosen.choice(PIECES) + text[behind:]
        yield text


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fresh process is made here without starting a new interpreter")
@pytest.mark.parametrize("dialect", SCRIPTS)
def test_edits_come_to_what_a_fresh_process_says(dialect: str) -> None:
    texts = list(versions(SCRIPTS[dialect], seed=len(dialect)))
    reported(dialect, "CREATE TABLE loaded (id int); EXECUTE a;")  # so that every process has the rules
    fresh = [in_a_process_of_its_own(dialect, text) for text in texts]
    assert len(set(fresh)) > EDITS / 4
    assert [reported(dialect, text) for text in texts] == fresh


def test_the_first_statement_runs_otherwise_where_another_one_follows() -> None:
    one = "CREATE INDEX CONCURRENTLY i ON orders (at);\n"
    path = "migrations/0001_orders.up.sql"  # of golang-migrate, which sends all of it as one
    found = [reported("postgres", text, path) for text in (one, one, f"{one}CREATE TABLE items (id int);\n", one)]
    assert ["concurrently-in-transaction" in said for said in found] == [False, False, True, False]


def reported(dialect: str, text: str, path: str = "migrations/0001_orders.sql") -> str:
    """Everything that is said of a script."""
    return repr(check(SourceFile(path, text.encode(), "sql", dialect=dialect), Config(select=("all",))))


def in_a_process_of_its_own(dialect: str, text: str) -> str:
    """The same, by a process that has not read the script before."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writing, "w") as pipe:
            pipe.write(reported(dialect, text))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said
