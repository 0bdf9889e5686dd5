"""An order service: Flask in front, PostgreSQL for the orders, a local SQLite file as a cache of exchange rates."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import psycopg
from flask import Flask, abort, jsonify, request
from psycopg import sql
from psycopg.rows import dict_row

app = Flask(__name__)

SORTABLE = {"created_at", "total", "status"}
COLUMNS = ("id", "customer_id", "status", "total", "created_at")


def connect() -> psycopg.Connection:
    return psycopg.connect("dbname=shop", row_factory=dict_row)


@app.get("/orders")
def list_orders():
    """Good: the column was checked, the limit is a number, the customer is bound."""
    column = request.args.get("sort", "created_at")
    if column not in SORTABLE:
        abort(400, "cannot sort by that")
    direction = "DESC" if request.args.get("descending") else "ASC"
    limit = int(request.args.get("limit", 50))
    query = f"SELECT {', '.join(COLUMNS)} FROM orders WHERE customer_id = %s ORDER BY {column} {direction} LIMIT {limit}"
    with connect() as connection:
        return jsonify(connection.execute(query, (request.args["customer"],)).fetchall())


@app.get("/orders/search")
def search_orders():
    """Bad: the text of the search becomes SQL, whatever it holds."""
    term = request.args["q"]
    query = "SELECT id, total FROM orders WHERE true"
    if term:
        query += f" AND note ILIKE '%{term}%'"
    with connect() as connection:
        return jsonify(connection.execute(query).fetchall())


@app.get("/orders/export")
def export_orders():
    """Good: psycopg quotes the names."""
    names = [name for name in request.args.getlist("column") if name in COLUMNS]
    query = sql.SQL("SELECT {} FROM {}").format(
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.Identifier("orders"),
    )
    with connect() as connection:
        return jsonify(connection.execute(query).fetchall())


@app.post("/orders/<int:order_id>/status")
def set_status(order_id: int):
    """Bad: the status comes straight from the body."""
    status = request.get_json()["status"]
    with connect() as connection:
        connection.execute("UPDATE orders SET status = '%s' WHERE id = %d" % (status, order_id))
    return "", 204


@app.get("/reports/<name>")
def report(name: str):
    """Bad: a path of the URL names the table."""
    with connect() as connection:
        return jsonify(connection.execute("SELECT * FROM report_" + name).fetchall())


def rates(currencies: list[str]) -> dict[str, float]:
    """Good: one placeholder for every currency."""
    marks = ", ".join("?" * len(currencies))
    with closing(sqlite3.connect("rates.db")) as db:
        rows = db.execute(f"SELECT currency, rate FROM rates WHERE currency IN ({marks})", currencies)
        return dict(rows.fetchall())


def forget(currency: str) -> None:
    """Bad: quotes around a value do not keep it inside of them."""
    with closing(sqlite3.connect("rates.db")) as db:
        db.execute("DELETE FROM rates WHERE currency = '" + currency + "'")
        db.commit()
