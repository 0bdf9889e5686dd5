// Asks VS Code's language service for JSON about a text. Standard input: {schema, text}, where `|` in the text is the
// cursor. Standard output: {problems, words, hover}.
const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");
const installed = createRequire(process.argv[2] + "/");
const { getLanguageService, TextDocument } = installed("vscode-json-languageservice");

async function main() {
  const { schema, text } = JSON.parse(readFileSync(0, "utf8"));
  const cursor = text.indexOf("|");
  const plain = text.replace("|", "");
  const uri = "file:///persistlint.json";
  const service = getLanguageService({ schemaRequestService: (asked) => Promise.reject(`no network for ${asked}`) });
  service.configure({ validate: true, schemas: [{ uri: schema.$id, fileMatch: ["persistlint.json"], schema }] });
  const document = TextDocument.create(uri, "json", 1, plain);
  const parsed = service.parseJSONDocument(document);
  const position = document.positionAt(Math.max(cursor, 0));
  const [problems, completion, hover] = await Promise.all([
    service.doValidation(document, parsed),
    service.doComplete(document, position, parsed),
    service.doHover(document, position, parsed),
  ]);
  const words = (completion?.items ?? []).map((item) => item.label);
  const contents = hover ? [hover.contents].flat().map((part) => part.value ?? part) : [];
  console.log(JSON.stringify({ problems: problems.map((problem) => problem.message), words, hover: contents.join("\n") }));
}

main();
