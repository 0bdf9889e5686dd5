#!/bin/sh
# Installs the language service by which VS Code reads JSON with a schema:
#
#     install_json.sh FOLDER
#
# It comes from npm, and nothing is compiled. Exits with 75 where it cannot be had: no npm, no network.
set -eu
folder=$1

unavailable() { echo "The language service cannot be installed here: $1" >&2; exit 75; }

command -v npm >/dev/null || unavailable "there is no npm"
mkdir -p "$folder"
export npm_config_loglevel=error npm_config_audit=false npm_config_fund=false
npm view vscode-json-languageservice@5 version >/dev/null || unavailable "the registry of npm does not answer"
echo '{"private": true}' > "$folder/package.json"
npm install --silent --ignore-scripts --prefix "$folder" vscode-json-languageservice@5
