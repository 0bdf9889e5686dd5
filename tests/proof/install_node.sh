#!/usr/bin/env bash
# Installs the Node drivers on which tests/proof runs what fixes make, into the folder that is named. Exits with 75, and a
# reason, where Node is not there.
set -eu
folder=${1:?the folder to install into}
command -v node >/dev/null && command -v npm >/dev/null || { echo "Node is not installed" >&2; exit 75; }
mkdir -p "$folder"
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
install() { npm install --silent --no-audit --no-fund "$@"; }
install pg@8 postgres@3 mysql2@3 knex@3 sequelize@6 || { echo "the Node drivers cannot be installed" >&2; exit 75; }
# It is compiled where nobody has done so for this platform, which needs a compiler.
install better-sqlite3@12 || echo "better-sqlite3 cannot be installed here" >&2
