// A ticket service: Express in front, PostgreSQL behind.
import express from "express";
import pg from "pg";

const app = express();
const pool = new pg.Pool();
app.use(express.json());

const SORT = { newest: "created_at DESC", oldest: "created_at ASC", priority: "priority DESC, id" };
const STATES = new Set(["open", "waiting", "closed"]);

// Good: the order is one of three constants, the values are bound.
app.get("/tickets", async (request, response) => {
  const order = SORT[request.query.sort] ?? SORT.newest;
  const { rows } = await pool.query(
    `SELECT id, title, state FROM tickets WHERE tenant_id = $1 ORDER BY ${order} LIMIT $2`,
    [request.query.tenant, Number(request.query.limit) || 50],
  );
  response.json(rows);
});

// Bad: the text of the search becomes SQL, and so does the column to sort by.
app.get("/tickets/search", async (request, response) => {
  const { q, sort } = request.query;
  let text = `SELECT id, title FROM tickets WHERE title ILIKE '%${q}%'`;
  if (sort) {
    text += " ORDER BY " + sort;
  }
  const { rows } = await pool.query(text);
  response.json(rows);
});

// Good: one placeholder for every id.
app.get("/tickets/many", async (request, response) => {
  const ids = String(request.query.ids).split(",");
  const marks = ids.map((_, index) => `$${index + 1}`).join(", ");
  const { rows } = await pool.query(`SELECT id, title FROM tickets WHERE id IN (${marks})`, ids);
  response.json(rows);
});

// Good: a state that is not known never reaches the statement.
app.post("/tickets/:id/state", async (request, response) => {
  const { state } = request.body;
  if (!STATES.has(state)) {
    response.status(400).json({ error: "unknown state" });
    return;
  }
  await pool.query(`UPDATE tickets SET state = '${state}' WHERE id = $1`, [request.params.id]);
  response.status(204).end();
});

// Bad: the keys of the body become columns.
app.patch("/tickets/:id", async (request, response) => {
  const assignments = Object.keys(request.body).map((column, index) => `${column} = $${index + 2}`);
  await pool.query({
    text: `UPDATE tickets SET ${assignments.join(", ")} WHERE id = $1`,
    values: [request.params.id, ...Object.values(request.body)],
  });
  response.status(204).end();
});

// Bad: the statement is built in one function and sent by another.
function commentsOf(ticket) {
  return "SELECT author, body FROM comments WHERE ticket_id = '" + ticket + "' ORDER BY id";
}

app.get("/tickets/:id/comments", async (request, response) => {
  const { rows } = await pool.query(commentsOf(request.params.id));
  response.json(rows);
});

app.listen(3000);
