// Runs inside VS Code's extension host: plays what a person does, with the API that extensions have. Writes what it saw
// to `result.json` of the folder that is open.
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");

const QUERY = [
  "import sqlite3",
  "",
  "def find(cursor: sqlite3.Cursor, x: str):",
  `    "\u{1f60b}"; cursor.execute(f"SELECT * FROM t WHERE a = '{x}'")`,
  "",
].join("\n");

const BOUND = QUERY.replace("f\"SELECT * FROM t WHERE a = '{x}'\"", '"SELECT * FROM t WHERE a = ?", (x,)');

const USERS = "CREATE TABLE users (id bigint PRIMARY KEY);\n";
const ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users);\n";
const NOTES = "ALTER TABLE users ADD COLUMN note text;\n";
const CHECK = "ALTER TABLE users ADD CONSTRAINT users_id CHECK (id > 0) NOT VALID;\n";
const goose = (up) => `-- +goose Up\n${up}\n-- +goose Down\nSELECT 1;\n`;

const folder = vscode.workspace.workspaceFolders[0].uri.fsPath;
const steps = [];

function expect(what, seen, expected) {
  if (JSON.stringify(seen) !== JSON.stringify(expected)) {
    throw new Error(`${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(expected)}`);
  }
  steps.push(what);
}

async function until(what, condition) {
  for (const end = Date.now() + 60000; Date.now() < end; ) {
    const value = await condition();
    if (value) {
      steps.push(what);
      return value;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`timed out: ${what}`);
}

const codes = (uri) => vscode.languages.getDiagnostics(uri).map((found) => found.code?.value ?? found.code);
const untilCodes = (what, uri, expected) =>
  until(what, () => JSON.stringify(codes(uri)) === JSON.stringify(expected));

// Until its window is restored, VS Code saves files without asking anybody for actions.
async function untilSaved(what, document, expected) {
  const text = document.getText();
  await until(what, async () => {
    await replace(document, text);
    await document.save();
    return document.getText() === expected;
  });
}

async function open(name, text) {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path.join(folder, name)));
  await vscode.window.showTextDocument(document);
  return document;
}

async function replace(document, text) {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  await vscode.workspace.applyEdit(edit);
}

// A problem of the second migration is mended by one more, which the action makes.
async function makesMigration(rule, title, migrations, created, expected) {
  fs.writeFileSync(path.join(folder, "persistlint.toml"), `dialect = "postgres"\nselect = ["${rule}"]\n`);
  const documents = [];
  for (const [name, text] of Object.entries(migrations)) {
    documents.push(await open(name, text));
  }
  const document = documents[1];
  await vscode.window.showTextDocument(document);
  await untilCodes(`${rule} is reported`, document.uri, [rule]);
  const action = await until("a new migration is offered", async () => {
    const range = vscode.languages.getDiagnostics(document.uri)[0].range;
    const kind = "quickfix";
    const all = await vscode.commands.executeCommand("vscode.executeCodeActionProvider", document.uri, range, kind, 9);
    return all.find((each) => each.title === title);
  });
  const target = path.join(folder, created);
  expect("it is not there yet", fs.existsSync(target), false);
  expect("it is made", await vscode.workspace.applyEdit(action.edit), true);
  const made = await vscode.workspace.openTextDocument(vscode.Uri.file(target));
  await made.save();
  expect("with what mends the problem", fs.readFileSync(target, "utf-8"), expected);
  await untilCodes("which is gone then", document.uri, []);
  expect("the old one is as it was", document.isDirty, false);
  fs.unlinkSync(path.join(folder, "persistlint.toml"));
}

async function play() {
  const document = await open("queries.py", QUERY);
  await untilCodes("a query is reported", document.uri, ["interpolated-sql"]);
  const found = vscode.languages.getDiagnostics(document.uri)[0];
  expect("at its place, behind an emoji", document.getText(found.range), "x");
  expect("as an error", found.severity, vscode.DiagnosticSeverity.Error);
  expect("with the page of its rule", path.basename(found.code.target.path), "interpolated-sql.md");

  const [hover] = await vscode.commands.executeCommand("vscode.executeHoverProvider", document.uri, found.range.start);
  const shown = hover.contents.map((content) => content.value).join("");
  expect("the query is laid out on hover", shown.includes("FROM t\nWHERE\n  a = '{x}'"), true);

  const isOfRule = (action) => action.title.includes("interpolated-sql");
  const actions = await until("actions are offered", async () => {
    const range = vscode.languages.getDiagnostics(document.uri)[0]?.range ?? found.range;
    const kind = "quickfix";
    const all = await vscode.commands.executeCommand("vscode.executeCodeActionProvider", document.uri, range, kind, 9);
    return all.some(isOfRule) && all;
  });
  expect(
    "to ignore it and to read about it",
    actions.filter(isOfRule).map((action) => action.title),
    [
      "Ignore `interpolated-sql` on this line",
      "Ignore `interpolated-sql` in this file",
      "Open documentation of `interpolated-sql`",
    ],
  );
  const fix = actions.find((action) => action.title === "Bind the value as a parameter");
  expect("the safe fix is preferred", fix.isPreferred, true);
  await vscode.workspace.applyEdit(fix.edit);
  expect("the value is bound", document.getText(), BOUND);
  await untilCodes("and the problem is gone", document.uri, []);
  await replace(document, QUERY);
  await untilCodes("as long as the text stays so", document.uri, ["interpolated-sql"]);
  await vscode.workspace.applyEdit(actions.find((action) => action.title.endsWith("on this line")).edit);
  expect("the comment is written", document.lineAt(3).text.split("  ").at(-1), "# persistlint: ignore[interpolated-sql]");
  await untilCodes("it silences the line", document.uri, []);

  await replace(document, "x = 1  # persistlint: ignore[no-such]\n");
  await untilCodes("a comment that names no rule is reported", document.uri, ["unknown-suppression"]);
  await untilSaved("and removed when the file is saved", document, "x = 1\n");

  await replace(document, QUERY);
  await untilCodes("a query is reported again", document.uri, ["interpolated-sql"]);
  await untilSaved("and its value bound when the file is saved", document, BOUND);

  const untitled = await vscode.workspace.openTextDocument({ language: "python", content: QUERY });
  await vscode.window.showTextDocument(untitled);
  await untilCodes("an untitled document is read", untitled.uri, ["interpolated-sql"]);
  await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");

  const other = await open("other.py", QUERY);
  await untilCodes("a second file is read", other.uri, ["interpolated-sql"]);
  const configuration = await open("persistlint.toml", 'ignore = ["interpolated-sql"]\n');
  await vscode.window.showTextDocument(other);
  await untilCodes("a new configuration holds at once", other.uri, []);
  const place = new vscode.Position(0, 14);
  const completion = await vscode.commands.executeCommand(
    "vscode.executeCompletionItemProvider",
    configuration.uri,
    place,
  );
  const labels = completion.items.map((item) => item.label);
  expect("rules are completed in it", labels.includes("interpolated-identifier"), true);
  fs.unlinkSync(configuration.uri.fsPath);
  await untilCodes("and one that is gone does not", other.uri, ["interpolated-sql"]);

  await makesMigration(
    "fk-index-missing",
    "Index it in a new migration",
    { "db/1_users.sql": goose(USERS), "db/2_orders.sql": goose(ORDERS), "db/3_notes.sql": goose(NOTES) },
    "db/4_index_orders_user_id.sql",
    "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);\n\n" +
      "-- +goose Down\nDROP INDEX CONCURRENTLY orders_user_id_idx;\n",
  );
  await makesMigration(
    "constraint-never-validated",
    "Validate it in a new migration",
    {
      "migrations/20240101120000_users/migration.sql": USERS,
      "migrations/20240101120001_check/migration.sql": CHECK,
      "migrations/20240101120002_notes/migration.sql": NOTES,
    },
    "migrations/20240101120003_validate_users_id/migration.sql",
    "ALTER TABLE users VALIDATE CONSTRAINT users_id;\n",
  );

  await vscode.window.showTextDocument(other);
  await untilCodes("what was open before is as it was", other.uri, ["interpolated-sql"]);
  const settings = vscode.workspace.getConfiguration("persistlint");
  await settings.update("ignore", ["injection"], vscode.ConfigurationTarget.Workspace);
  await untilCodes("a setting holds at once", other.uri, []);
  await settings.update("ignore", undefined, vscode.ConfigurationTarget.Workspace);
  await untilCodes("and until it is taken back", other.uri, ["interpolated-sql"]);

  const { client } = vscode.extensions.getExtension("persistlint.persistlint").exports;
  const information = await client().sendRequest("workspace/executeCommand", {
    command: "persistlint.debugInformation",
  });
  expect("the bundled server runs", /process \d+/.test(information), true);
  process.kill(Number(/process (\d+)/.exec(information)[1]), "SIGKILL");
  await untilCodes("a server that was killed takes its diagnostics with it", other.uri, []);
  await untilCodes("and comes back", other.uri, ["interpolated-sql"]);
  await vscode.commands.executeCommand("persistlint.restart");
  await untilCodes("it is restarted by a command", other.uri, ["interpolated-sql"]);

  const cell = (text) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, "python");
  const cells = ["import sqlite3\nx = input()", 'sqlite3.connect("a").execute(f"SELECT {x}")'].map(cell);
  const notebook = await vscode.workspace.openNotebookDocument("jupyter-notebook", new vscode.NotebookData(cells));
  await vscode.window.showNotebookDocument(notebook);
  await untilCodes("the cells of a notebook are read as one", notebook.cellAt(1).document.uri, ["interpolated-sql"]);
}

exports.run = async function () {
  let problem = "";
  try {
    await play();
  } catch (error) {
    problem = String(error.stack ?? error);
  }
  const result = path.join(folder, "result.json");
  fs.writeFileSync(`${result}.new`, JSON.stringify({ steps, problem }));
  fs.renameSync(`${result}.new`, result);
};
