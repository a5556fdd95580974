#!/usr/bin/env bash
# Builds web/dist when something it is made of has changed since.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/dev/env.sh
stamp=web/dist/.stamp
fingerprint() {
  find web contract -name node_modules -prune -o -name dist -prune -o -name '*.tsbuildinfo' -prune -o -type f -print0 |
    sort -z | xargs -0 sha256sum | sha256sum
}
now=$(fingerprint)
if [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then
  echo "web/dist is up to date"
  exit 0
fi
(cd web && node --run build)
echo "$now" >"$stamp"
