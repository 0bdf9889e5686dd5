// Runs programs before and after their fixes through one driver, and prints what each call of them gives.
// Standard input: {"driver", "address", "table", "rows", "programs": [{"path", "calls": [[a, b, ids], …]}, …]}.
// Standard output: for every program, for every call, its rows, or the name of an error.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { driver, address, table, rows, programs } = JSON.parse(readFileSync(0, "utf8"));
const OPEN = {
  async pg() {
    const { default: pg } = await import("pg");
    const pool = new pg.Pool({ host: address, user: "postgres", database: "postgres" });
    return [pool, () => pool.end()];
  },
  async postgres() {
    const { default: postgres } = await import("postgres");
    const sql = postgres({ host: address, user: "postgres", database: "postgres", onnotice() {} });
    return [sql, () => sql.end()];
  },
  async knex() {
    const { default: knex } = await import("knex");
    const db = knex({ client: "pg", connection: { host: address, user: "postgres", database: "postgres" } });
    return [db, () => db.destroy()];
  },
  async sequelize() {
    const { Sequelize } = await import("sequelize");
    const options = { dialect: "postgres", host: address, logging: false };
    const db = new Sequelize("postgres", "postgres", "", options);
    return [db, () => db.close()];
  },
  async mysql2() {
    const { default: mysql } = await import("mysql2/promise");
    const pool = mysql.createPool({ socketPath: address, user: "root", database: "proof", charset: "utf8mb4_bin" });
    return [pool, () => pool.end()];
  },
  async "better-sqlite3"() {
    const { default: Database } = await import("better-sqlite3");
    const db = new Database(":memory:");
    db.exec(table);
    const insert = db.prepare("INSERT INTO people VALUES (?, ?, ?, ?)");
    for (const row of rows) insert.run(...row);
    return [db, () => db.close()];
  },
};

const [db, close] = await OPEN[driver]();
const answers = [];
for (const { path, calls } of programs) {
  const { find } = await import(pathToFileURL(path));
  const given = [];
  for (const call of calls) {
    try {
      given.push((await find(db, ...call)).map((row) => row.id));
    } catch (error) {
      given.push(`${error.constructor.name}: ${error.message}`);
    }
  }
  answers.push(given);
}
await close();
console.log(JSON.stringify(answers));
