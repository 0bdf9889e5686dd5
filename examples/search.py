import sqlite3

from flask import request


def search(db: sqlite3.Connection) -> list[tuple[int, str]]:
    status = request.args["status"]
    sort = request.args.get("sort", "id")
    query = f"SELECT id, title FROM orders WHERE status = '{status}'"
    return db.execute(f"{query} ORDER BY {sort}").fetchall()
