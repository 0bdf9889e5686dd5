import * as vscode from "vscode";
import { State } from "vscode-languageclient/node";

/** The entry in the status bar's list of languages. */
export class StatusItem implements vscode.Disposable {
  private readonly item: vscode.LanguageStatusItem;

  constructor(documents: vscode.DocumentSelector) {
    this.item = vscode.languages.createLanguageStatusItem("persistlint", documents);
    this.item.name = "persistlint";
    this.item.command = { title: "Show logs", command: "persistlint.showLogs" };
  }

  show(state: State, origin: string): void {
    this.item.busy = state === State.Starting;
    this.item.severity =
      state === State.Stopped ? vscode.LanguageStatusSeverity.Warning : vscode.LanguageStatusSeverity.Information;
    this.item.text = state === State.Stopped ? "persistlint stopped" : "persistlint";
    this.item.detail = origin;
  }

  fail(problem: string): void {
    this.item.busy = false;
    this.item.severity = vscode.LanguageStatusSeverity.Error;
    this.item.text = "persistlint could not be started";
    this.item.detail = problem;
  }

  dispose(): void {
    this.item.dispose();
  }
}
