#!/usr/bin/env bash
# Says in one sentence what is missing on this machine, before anything is installed.
# Usage: prerequisites.sh <python command>
set -euo pipefail

python="$1"

missing() {
  echo "Permanence needs $1." >&2
  exit 1
}

command -v git >/dev/null || missing "git on the PATH"
command -v "$python" >/dev/null || missing "Python 3.11 or later, and '$python' is not on the PATH (name another with PYTHON=...)"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  missing "Python 3.11 or later, and '$python' is $("$python" -V 2>&1) (name another with PYTHON=...)"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
  missing "Python's venv and ensurepip modules (on Debian and Ubuntu: apt-get install python3-venv)"
