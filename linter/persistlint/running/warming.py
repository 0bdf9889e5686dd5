"""Loading what most files need, before processes are forked that would all load it.

What is loaded depends on what files speak of. So a short program of every language is checked, which speaks of all that
the groups of rules look for, with the rules of the run: whatever they do not need is not loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from persistlint.languages import language_of
from persistlint.running.checking import report_on
from persistlint.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.running.checking import Task

_PYTHON = b"""
import json, os, sqlite3, time
down_revision = None
def find(db: sqlite3.Connection, name: str) -> None:
    try:
        with db.transaction():
            row = db.execute(f"SELECT * FROM items WHERE name = '{name}'").fetchone()
            db.execute("UPDATE items SET count = ? WHERE id = ?", (row[0] + 1, 37))
        db.commit()
    except Exception:
        return {"status": 404, "data": json.loads(name)["data"][0]}
    time.sleep(int(os.environ.get("TIMEOUT", "3000")) * 24)
"""
_SCRIPT = b"""
import { Pool } from "pg";
const pool = new Pool({ schema: "shop" });
export async function find(req, res) {
  try {
    const found = await pool.query(`SELECT * FROM items WHERE name = '${req.query.name}'`);
    await pool.query("BEGIN");
    await pool.query("UPDATE items SET count = $1", [found.rows[0].count + 1]);
    await pool.query("COMMIT");
    return (await (await fetch(process.env.ADDRESS || "http://localhost")).json()).data[0];
  } catch (error) {
    setTimeout(() => res.status(404).send(JSON.parse(req.body).data), 37 * 1000);
  }
}
"""
_GO = b"""
package main
import ("database/sql"; "encoding/json"; "fmt"; "time")
func find(db *sql.DB, name string) error {
	tx, err := db.Begin()
	rows, err := tx.Query(fmt.Sprintf("SELECT * FROM items WHERE name = '%s'", name))
	if err != nil { return nil }
	var value map[string]any
	json.Unmarshal([]byte(name), &value)
	time.Sleep(37 * 1000)
	_, err = tx.Exec("UPDATE items SET count = $1", value["data"].(int) + 404)
	defer rows.Close()
	return tx.Commit()
}
"""
_SQL = b"""
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, item_id int REFERENCES items (id));
ALTER TABLE items ADD COLUMN body text NOT NULL;
UPDATE items SET item_id = item_id + 37;
CREATE FUNCTION find(name text) RETURNS int AS $$ BEGIN EXECUTE 'SELECT * FROM ' || name; END $$ LANGUAGE plpgsql;
"""
PROGRAMS = {"python": _PYTHON, "javascript": _SCRIPT, "typescript": _SCRIPT, "go": _GO, "sql": _SQL}


def warm_up(tasks: Iterable[Task]) -> None:
    """Load what checking the files of some tasks needs."""
    examples = {task.path.rpartition(".")[2].lower(): task for task in tasks}
    for suffix, task in examples.items():
        language = language_of(task.path)
        if language in PROGRAMS:
            report_on(SourceFile(f"src/a.{suffix}", PROGRAMS[language], language), task.settings)
        if language == "go":
            import_module("persistlint.schema_files")  # what looks for the module that a file on disk is in
