#!/usr/bin/env bash
# The end-to-end tests need a Chromium, and a library for what drives it: found, or installed when we may.
set -euo pipefail

has_browser() {
  for browser in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$browser" >/dev/null; then return; fi
  done
  return 1
}

# Only where there is a list to look it up in: elsewhere it comes with the system.
lacks_library() {
  local list
  list="$(PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null)" && ! grep -q 'libatomic\.so\.1' <<<"$list"
}

missing=()
if ! has_browser; then missing+=(chromium); fi
if lacks_library; then missing+=(libatomic1); fi
if [ "${#missing[@]}" = 0 ]; then exit 0; fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "setup: ${missing[*]} by apt-get (a minute or two)"
  log="$(mktemp)"
  if apt-get update >"$log" 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    rm -f "$log"
    exit 0
  fi
  tail -n 5 "$log" >&2
  rm -f "$log"
fi
echo "Permanence needs for its end-to-end tests: ${missing[*]}. Install them, or run once as root on Debian." >&2
exit 1
