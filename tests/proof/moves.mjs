// Runs a program that moves an amount out of an account, once as it should go and once so that it fails in the middle.
// Standard input: {"driver", "address", "path", "tables"}. Standard output: what the database holds before the calls and
// after each of them: the rows of both tables, and how many transactions of PostgreSQL are open.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { driver, address, path, tables } = JSON.parse(readFileSync(0, "utf8"));
const OPEN = {
  async postgres() {
    const { default: pg } = await import("pg");
    const client = new pg.Client({ host: address, user: "postgres", database: "postgres" });
    await client.connect();
    const all = async (sql) => (await client.query({ text: sql, rowMode: "array" })).rows;
    return [all, "SELECT count(*)::int FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"];
  },
  async mysql() {
    const { default: mysql } = await import("mysql2/promise");
    const connection = await mysql.createConnection({ socketPath: address, user: "root", database: "proof" });
    const all = async (sql) => (await connection.query({ sql, rowsAsArray: true }))[0];
    await all("SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"); // sees what no one has committed
    return [all, "SELECT 0"];
  },
  async sqlite() {
    const { default: Database } = await import("better-sqlite3");
    const db = new Database(address);
    const all = (sql) => {
      const statement = db.prepare(sql);
      return statement.reader ? statement.raw().all() : statement.run();
    };
    return [all, "SELECT 0"];
  },
};

const [all, open] = await OPEN[driver]();
for (const statement of tables) await all(statement);
const state = async () => [
  await all("SELECT account, amount FROM moves ORDER BY account, amount"),
  await all("SELECT id, balance FROM accounts ORDER BY id"),
  Number((await all(open))[0][0]),
];
process.env.ADDRESS = address;
const { move } = await import(pathToFileURL(path));
const states = [await state()];
for (const amount of [5, 1000]) {
  try {
    await move(1, amount);
  } catch {
    // a failure is what is asked for
  }
  states.push(await state());
}
console.log(JSON.stringify(states));
process.exit(0);
