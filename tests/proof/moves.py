"""Programs that move an amount out of an account in two writes, of which the second fails where it is too large: what
they leave half done before a fix about transactions, and not after it."""

from __future__ import annotations

from typing import Any

TABLES = (
    "DROP TABLE IF EXISTS moves",
    "DROP TABLE IF EXISTS accounts",
    "CREATE TABLE accounts (id integer PRIMARY KEY, balance integer NOT NULL CHECK (balance >= 0))",
    "CREATE TABLE moves (account integer NOT NULL, amount integer NOT NULL)",
    "INSERT INTO accounts VALUES (1, 100), (2, 0)",
)
# By what is mended and with which library: the kind of the server, and the program.
JAVASCRIPT = {
    "handed to a helper of the file, knex": (
        "postgres",
        """
import makeKnex from "knex";

const connection = { host: process.env.ADDRESS, user: "postgres", database: "postgres" };
const knex = makeKnex({ client: "pg", connection });

async function note(id, amount) {
  await knex("moves").insert({ account: id, amount });
}

export async function move(id, amount) {
  await knex.transaction(async (trx) => {
    await note(id, amount);
    await trx("accounts").where({ id }).decrement("balance", amount);
  });
}
""",
    ),
    "handed to the parameter of a helper, postgres.js": (
        "postgres",
        """
import postgres from "postgres";

const sql = postgres({ host: process.env.ADDRESS, user: "postgres", database: "postgres" });

async function note(id, amount, db = sql) {
  await db`INSERT INTO moves (account, amount) VALUES (${id}, ${amount})`;
}

export async function move(id, amount) {
  await sql.begin(async (tx) => {
    await note(id, amount);
    await tx`UPDATE accounts SET balance = balance - ${amount} WHERE id = ${id}`;
  });
}
""",
    ),
    "passed, the query interface of sequelize": (
        "postgres",
        """
import { Sequelize } from "sequelize";

const options = { dialect: "postgres", host: process.env.ADDRESS, logging: false };
const sequelize = new Sequelize("postgres", "postgres", "", options);
const queryInterface = sequelize.getQueryInterface();

export async function move(id, amount) {
  await sequelize.transaction(async (transaction) => {
    await queryInterface.bulkInsert("moves", [{ account: id, amount }]);
    await sequelize.query("UPDATE accounts SET balance = balance - ? WHERE id = ?", {
      replacements: [amount, id],
      transaction,
    });
  });
}
""",
    ),
    "together, better-sqlite3": (
        "sqlite",
        """
import Database from "better-sqlite3";

const db = new Database(process.env.ADDRESS);

export function move(id, amount) {
  db.prepare("INSERT INTO moves (account, amount) VALUES (?, ?)").run(id, amount);
  db.prepare("UPDATE accounts SET balance = balance - ? WHERE id = ?").run(amount, id);
}
""",
    ),
    "together, knex": (
        "postgres",
        """
import makeKnex from "knex";

const connection = { host: process.env.ADDRESS, user: "postgres", database: "postgres" };
const knex = makeKnex({ client: "pg", connection });

export async function move(id, amount) {
  await knex("moves").insert({ account: id, amount });
  await knex("accounts").where({ id }).decrement("balance", amount);
}
""",
    ),
    "together, postgres.js": (
        "postgres",
        """
import postgres from "postgres";

const sql = postgres({ host: process.env.ADDRESS, user: "postgres", database: "postgres" });

export async function move(id, amount) {
  await sql`INSERT INTO moves (account, amount) VALUES (${id}, ${amount})`;
  await sql`UPDATE accounts SET balance = balance - ${amount} WHERE id = ${id}`;
}
""",
    ),
    "together, pg": (
        "postgres",
        """
import pg from "pg";

const pool = new pg.Pool({ host: process.env.ADDRESS, user: "postgres", database: "postgres" });

export async function move(id, amount) {
  const added = await pool.query("INSERT INTO moves (account, amount) VALUES ($1, $2) RETURNING account", [id, amount]);
  await pool.query("UPDATE accounts SET balance = balance - $1 WHERE id = $2", [amount, added.rows[0]?.account]);
  return added.rows;
}
""",
    ),
    "together, pg, where the name of its connection is taken": (
        "postgres",
        """
import pg from "pg";

const pool = new pg.Pool({ host: process.env.ADDRESS, user: "postgres", database: "postgres" });

export async function move(id, amount) {
  const ids = [id].map((client) => client);
  await pool.query("INSERT INTO moves (account, amount) VALUES ($1, $2)", [ids[0], amount]);
  await pool.query("UPDATE accounts SET balance = balance - $1 WHERE id = $2", [amount, ids[0]]);
}
""",
    ),
    "rolled back before a return, pg": (
        "postgres",
        """
import pg from "pg";

const pool = new pg.Pool({ host: process.env.ADDRESS, user: "postgres", database: "postgres" });

export async function move(id, amount) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const { rows } = await client.query("SELECT balance FROM accounts WHERE id = $1 FOR UPDATE", [id]);
    if (rows[0].balance < amount) return;
    await client.query("INSERT INTO moves (account, amount) VALUES ($1, $2)", [id, amount]);
    await client.query("UPDATE accounts SET balance = balance - $1 WHERE id = $2", [amount, id]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}
""",
    ),
    "together, a client of pg": (
        "postgres",
        """
import pg from "pg";

const pool = new pg.Pool({ host: process.env.ADDRESS, user: "postgres", database: "postgres" });

export async function move(id, amount) {
  const client = await pool.connect();
  try {
    await client.query("INSERT INTO moves (account, amount) VALUES ($1, $2)", [id, amount]);
    await client.query("UPDATE accounts SET balance = balance - $1 WHERE id = $2", [amount, id]);
  } finally {
    client.release();
  }
}
""",
    ),
    "together, a connection of mysql2": (
        "mysql",
        """
import mysql from "mysql2/promise";

const pool = mysql.createPool({ socketPath: process.env.ADDRESS, user: "root", database: "proof" });

export async function move(id, amount) {
  const connection = await pool.getConnection();
  try {
    await connection.query("INSERT INTO moves (account, amount) VALUES (?, ?)", [id, amount]);
    await connection.query("UPDATE accounts SET balance = balance - ? WHERE id = ?", [amount, id]);
  } finally {
    connection.release();
  }
}
""",
    ),
    "together, mysql2": (
        "mysql",
        """
import mysql from "mysql2/promise";

const pool = mysql.createPool({ socketPath: process.env.ADDRESS, user: "root", database: "proof" });

export async function move(id, amount) {
  await pool.query("INSERT INTO moves (account, amount) VALUES (?, ?)", [id, amount]);
  await pool.query("UPDATE accounts SET balance = balance - ? WHERE id = ?", [amount, id]);
}
""",
    ),
    "together, sequelize": (
        "postgres",
        """
import { DataTypes, Model, Sequelize } from "sequelize";

const options = { dialect: "postgres", host: process.env.ADDRESS, logging: false, define: { timestamps: false } };
const database = new Sequelize("postgres", "postgres", "", options);
const id = () => ({ type: DataTypes.INTEGER, primaryKey: true });
class Account extends Model {}
class Move extends Model {}
Account.init({ id: id(), balance: DataTypes.INTEGER }, { sequelize: database, tableName: "accounts" });
Move.init({ account: id(), amount: DataTypes.INTEGER }, { sequelize: database, tableName: "moves" });

export async function move(account, amount) {
  const made = await Move.create({ account, amount });
  await Account.decrement("balance", { by: amount, where: { id: account } });
  return made.account;
}
""",
    ),
    "passed on, knex": (
        "postgres",
        """
import makeKnex from "knex";

const connection = { host: process.env.ADDRESS, user: "postgres", database: "postgres" };
const knex = makeKnex({ client: "pg", connection });

export async function move(id, amount) {
  await knex.transaction(async (trx) => {
    await knex("moves").insert({ account: id, amount });
    await trx("accounts").where({ id }).decrement("balance", amount);
  });
}
""",
    ),
    "passed on, sequelize": (
        "postgres",
        """
import { Sequelize } from "sequelize";

const options = { dialect: "postgres", host: process.env.ADDRESS, logging: false };
const sequelize = new Sequelize("postgres", "postgres", "", options);
const ADD = "INSERT INTO moves (account, amount) VALUES (:id, :amount)";
const TAKE = "UPDATE accounts SET balance = balance - :amount WHERE id = :id";

export async function move(id, amount) {
  await sequelize.transaction(async (transaction) => {
    await sequelize.query(ADD, { replacements: { id, amount } });
    await sequelize.query(TAKE, { replacements: { id, amount }, transaction });
  });
}
""",
    ),
    "closed, pg": (
        "postgres",
        """
import pg from "pg";

const pool = new pg.Pool({ host: process.env.ADDRESS, user: "postgres", database: "postgres" });

export async function move(id, amount) {
  const client = await pool.connect();
  await client.query("BEGIN");
  await client.query("INSERT INTO moves (account, amount) VALUES ($1, $2)", [id, amount]);
  await client.query("UPDATE accounts SET balance = balance - $1 WHERE id = $2", [amount, id]);
  await client.query("COMMIT");
  client.release();
}
""",
    ),
    "closed, mysql2": (
        "mysql",
        """
import mysql from "mysql2/promise";

const pool = mysql.createPool({ socketPath: process.env.ADDRESS, user: "root", database: "proof" });

export async function move(id, amount) {
  const connection = await pool.getConnection();
  await connection.beginTransaction();
  await connection.query("INSERT INTO moves (account, amount) VALUES (?, ?)", [id, amount]);
  await connection.query("UPDATE accounts SET balance = balance - ? WHERE id = ?", [amount, id]);
  await connection.commit();
  connection.release();
}
""",
    ),
}
# By what is mended: the servers on which it leaves something, and the program, with marks as PostgreSQL has them.
GO = {
    "together": (
        ("postgres", "mysql"),
        """
func Move(db *sql.DB, id int, amount int) error {
	if _, err := db.Exec("INSERT INTO moves (account, amount) VALUES ($1, $2)", id, amount); err != nil {
		return err
	}
	if _, err := db.Exec("UPDATE accounts SET balance = balance - $1 WHERE id = $2", amount, id); err != nil {
		return err
	}
	return nil
}
""",
    ),
    "passed on": (
        ("postgres", "mysql"),
        """
func Move(db *sql.DB, id int, amount int) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := db.Exec("INSERT INTO moves (account, amount) VALUES ($1, $2)", id, amount); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE accounts SET balance = balance - $1 WHERE id = $2", amount, id); err != nil {
		return err
	}
	return tx.Commit()
}
""",
    ),
    "closed": (
        ("postgres", "mysql"),
        """
func Move(db *sql.DB, id int, amount int) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if _, err := tx.Exec("INSERT INTO moves (account, amount) VALUES ($1, $2)", id, amount); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE accounts SET balance = balance - $1 WHERE id = $2", amount, id); err != nil {
		return err
	}
	return tx.Commit()
}
""",
    ),
    "error not dropped": (
        ("mysql",),  # PostgreSQL takes nothing more after an error
        """
func Move(db *sql.DB, id int, amount int) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec("INSERT INTO moves (account, amount) VALUES ($1, $2)", id, amount); err != nil {
		return err
	}
	tx.Exec("UPDATE accounts SET balance = balance - $1 WHERE id = $2", amount, id)
	return tx.Commit()
}
""",
    ),
}
# By what is mended and with which library: the driver, and the program. `address` is a file of SQLite, or the folder
# of the socket of PostgreSQL.
PYTHON = {
    "together, sqlite3": (
        "sqlite3",
        """
import sqlite3

def move(address, id, amount):
    db = sqlite3.connect(address, isolation_level=None)
    db.execute("INSERT INTO moves (account, amount) VALUES (?, ?)", (id, amount))
    db.execute("UPDATE accounts SET balance = balance - ? WHERE id = ?", (amount, id))
""",
    ),
    "one commit, sqlite3": (
        "sqlite3",
        """
import sqlite3
from contextlib import closing

def move(address, id, amount, to=2):
    with closing(sqlite3.connect(address)) as db:
        db.execute("UPDATE accounts SET balance = balance + ? WHERE id = ?", (amount, to))
        db.commit()
        db.execute("UPDATE accounts SET balance = balance - ? WHERE id = ?", (amount, id))
        db.commit()
""",
    ),
    "one commit, SQLAlchemy": (
        "sqlalchemy",
        """
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class Move(Base):
    __tablename__ = "moves"
    id: Mapped[int] = mapped_column("rowid", primary_key=True)
    account: Mapped[int]
    amount: Mapped[int]

class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]

def move(address, id, amount):
    with Session(create_engine(f"sqlite:///{address}")) as session:
        entry = Move(account=id, amount=amount)
        session.add(entry)
        session.commit()
        session.add(Account(id=entry.id + 10, balance=50 - amount))
        session.commit()
""",
    ),
    "begun by a factory, SQLAlchemy": (
        "sqlalchemy",
        """
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

class Base(DeclarativeBase):
    pass

class Move(Base):
    __tablename__ = "moves"
    id: Mapped[int] = mapped_column("rowid", primary_key=True)
    account: Mapped[int]
    amount: Mapped[int]

class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]

factory = sessionmaker()

def move(address, id, amount):
    factory.configure(bind=create_engine(f"sqlite:///{address}"))
    with factory() as session:
        entry = Move(account=id, amount=amount)
        session.add(entry)
        session.commit()
        session.add(Account(id=entry.id + 10, balance=50 - amount))
        session.commit()
""",
    ),
    "one commit before an answer, SQLAlchemy": (
        "sqlalchemy",
        """
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class Move(Base):
    __tablename__ = "moves"
    id: Mapped[int] = mapped_column("rowid", primary_key=True)
    account: Mapped[int]
    amount: Mapped[int]

class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]

def move(address, id, amount):
    with Session(create_engine(f"sqlite:///{address}")) as session:
        entry = Move(account=id, amount=amount)
        session.add(entry)
        session.commit()
        session.add(Account(id=entry.id + 10, balance=50 - amount))
        session.commit()
        return entry.id
""",
    ),
    "together, psycopg": (
        "psycopg",
        """
import psycopg

def move(address, id, amount):
    with psycopg.connect(host=address, user="postgres", dbname="postgres", autocommit=True) as db:
        db.execute("INSERT INTO moves (account, amount) VALUES (%s, %s)", (id, amount))
        db.execute("UPDATE accounts SET balance = balance - %s WHERE id = %s", (amount, id))
""",
    ),
}


def prove(before: list[Any], after: list[Any]) -> None:
    """Compare what a database holds at first, after a call that succeeds, and after one that fails in the middle."""
    assert before[1] == after[1] != before[0], "both do what they are to do"
    assert before[2] != before[1], "nothing is left half done before the fix, so it proves nothing"
    assert after[2] == after[1], "something is left half done"
