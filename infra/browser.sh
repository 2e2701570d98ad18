#!/usr/bin/env bash
# The end-to-end tests need a Chromium: found, or installed when we may.
set -euo pipefail

for browser in chromium chromium-browser google-chrome google-chrome-stable; do
  if command -v "$browser" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "setup: Chromium by apt-get (a minute or two)"
  log="$(mktemp)"
  if apt-get update >"$log" 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium >>"$log" 2>&1; then
    rm -f "$log"
    exit 0
  fi
  tail -n 5 "$log" >&2
  rm -f "$log"
fi
echo "Permanence needs Chromium for its end-to-end tests: install the package 'chromium', or run once as root on Debian." >&2
exit 1
