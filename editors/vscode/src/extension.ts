import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn, State, type LanguageClientOptions } from "vscode-languageclient/node";

import { findServer } from "./command";
import { StatusItem } from "./status";

const LANGUAGES = [
  "go",
  "javascript",
  "javascriptreact",
  "prisma",
  "python",
  "sql",
  "svelte",
  "typescript",
  "typescriptreact",
  "vue",
];
// `git:` documents and the like are copies of what is looked at anyway
const DOCUMENTS = [
  ...LANGUAGES.flatMap((language) => ["file", "untitled"].map((scheme) => ({ scheme, language }))),
  { scheme: "file", pattern: "**/persistlint.toml" },
  { scheme: "file", pattern: "**/pyproject.toml" },
];
// settings that decide how the server is started; all others it asks for itself
const STARTING = ["path", "importStrategy", "interpreter", "workspaceDiagnostics"];
const FIX_ALL = vscode.CodeActionKind.SourceFixAll.append("persistlint");

let client: LanguageClient | undefined;
let starting = Promise.resolve();

export async function activate(context: vscode.ExtensionContext): Promise<{ client: () => LanguageClient | undefined }> {
  const channel = vscode.window.createOutputChannel("persistlint", { log: true });
  const status = new StatusItem(DOCUMENTS);
  const restart = () => {
    starting = starting.then(() => start(context, channel, status)); // one after the other
    return starting;
  };
  context.subscriptions.push(
    channel,
    status,
    vscode.commands.registerCommand("persistlint.restart", restart),
    vscode.commands.registerCommand("persistlint.showLogs", () => channel.show()),
    vscode.commands.registerCommand("persistlint.fixAll", fixAll),
    vscode.commands.registerCommand("persistlint.showDebugInformation", () => showDebugInformation(channel)),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (STARTING.some((name) => event.affectsConfiguration(`persistlint.${name}`))) {
        void restart();
      }
    }),
  );
  await restart();
  return { client: () => client };
}

export async function deactivate(): Promise<void> {
  await stop();
}

async function start(
  context: vscode.ExtensionContext,
  channel: vscode.LogOutputChannel,
  status: StatusItem,
): Promise<void> {
  await stop();
  try {
    const server = await findServer(context.asAbsolutePath("bundled/server.py"));
    channel.info(`starting ${[server.command, ...server.args].join(" ")} (${server.origin})`);
    client = new LanguageClient("persistlint", "persistlint", server, options(channel));
    client.onDidChangeState((event) => status.show(event.newState, server.origin));
    await client.start();
    channel.info(`persistlint ${client.initializeResult?.serverInfo?.version} is running`);
  } catch (error) {
    channel.error(String(error));
    status.fail(String(error));
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  if (running && running.state !== State.Stopped) {
    await running.stop().catch(() => undefined); // it may have crashed
  }
  await running?.dispose().catch(() => undefined);
}

function options(channel: vscode.LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: DOCUMENTS,
    outputChannel: channel,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: vscode.workspace.getConfiguration("persistlint"),
  };
}

async function fixAll(): Promise<void> {
  await vscode.commands.executeCommand("editor.action.codeAction", { kind: FIX_ALL.value, apply: "first" });
}

async function showDebugInformation(channel: vscode.LogOutputChannel): Promise<void> {
  const params = { command: "persistlint.debugInformation" };
  channel.info((await client?.sendRequest<string>("workspace/executeCommand", params)) ?? "no server is running");
  channel.show();
}
