import { execFile } from "node:child_process";
import { access, constants, stat } from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";

const run = promisify(execFile);
const WINDOWS = process.platform === "win32";
const SCRIPTS = WINDOWS ? "Scripts" : "bin";
const PROGRAM = WINDOWS ? "persistlint.exe" : "persistlint";
const VIRTUAL_ENVIRONMENTS = [".venv", "venv"];

/** What is started, and where it comes from, for a person to read. */
export interface Server {
  command: string;
  args: string[];
  origin: string;
}

/**
 * The server to start: what the settings name, else the persistlint of the project's environment, else the one on
 * PATH, else the one that comes with the extension, `bundled`. In a folder that is not trusted only the last.
 */
export async function findServer(bundled: string): Promise<Server> {
  const settings = vscode.workspace.getConfiguration("persistlint");
  if (!vscode.workspace.isTrusted) {
    return fromBundle(bundled, []);
  }
  const interpreters = settings.get<string[]>("interpreter", []).map(resolved);
  for (const command of settings.get<string[]>("path", []).map(resolved)) {
    if (await isExecutable(command)) {
      return { command, args: ["server"], origin: `setting persistlint.path: ${command}` };
    }
  }
  if (settings.get("importStrategy") !== "useBundled") {
    for (const folder of [...interpreters.map((file) => path.dirname(file)), ...(await environments()), ...onPath()]) {
      const command = path.join(folder, PROGRAM);
      if (await isExecutable(command)) {
        return { command, args: ["server"], origin: `environment: ${command}` };
      }
    }
  }
  return fromBundle(bundled, interpreters);
}

async function fromBundle(bundled: string, interpreters: string[]): Promise<Server> {
  const names = WINDOWS ? ["python.exe"] : ["python3", "python"];
  const known = onPath().flatMap((folder) => names.map((name) => path.join(folder, name)));
  const active = vscode.workspace.isTrusted ? await activeInterpreter() : undefined;
  for (const command of [...interpreters, ...(active ? [active] : []), ...known]) {
    if ((await isExecutable(command)) && (await runs(command, bundled))) {
      return { command, args: [bundled], origin: `bundled, run by ${command}` };
    }
  }
  throw new Error("There is no persistlint in the environment, and no Python 3.11 or newer to run the bundled one.");
}

/** Whether an interpreter is new enough, and the bundle has what it needs. */
async function runs(command: string, bundled: string): Promise<boolean> {
  try {
    await run(command, [bundled, "--check"], { timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

/** The folders of programs of the environments of the folders that are open. */
async function environments(): Promise<string[]> {
  const active = await activeInterpreter();
  const folders = vscode.workspace.workspaceFolders ?? [];
  const own = folders.flatMap((folder) =>
    VIRTUAL_ENVIRONMENTS.map((name) => path.join(folder.uri.fsPath, name, SCRIPTS)),
  );
  return active ? [path.dirname(active), ...own] : own;
}

/** The interpreter that was chosen in the Python extension, if that is installed. */
async function activeInterpreter(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension("ms-python.python");
  if (!extension) {
    return undefined;
  }
  const api = await extension.activate();
  const environment = await api?.environments?.resolveEnvironment(api.environments.getActiveEnvironmentPath());
  return environment?.executable?.uri?.fsPath;
}

function onPath(): string[] {
  return (process.env.PATH ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
}

function resolved(file: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  const home = process.env.HOME ?? process.env.USERPROFILE ?? "";
  const expanded = file.replace("${workspaceFolder}", folder).replace(/^~(?=[\\/]|$)/, home);
  return path.isAbsolute(expanded) ? expanded : path.join(folder, expanded);
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
