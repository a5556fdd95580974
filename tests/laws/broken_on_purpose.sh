#!/usr/bin/env bash
# Breaks a scratch clone of the last commit in one way after the other and shows which step of `./dev test` says so:
# one line for each way. By hand; takes about a minute and leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools/dev/setup.sh all
here=$PWD failures=0
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
git clone -q "$here" "$room/clone"
for brought in .toolchain web/node_modules; do [ ! -e "$here/$brought" ] || ln -s "$here/$brought" "$room/clone/$brought"; done

breaks() { # WAY STEP COMMAND: the command breaks the clone; exactly this step has to fail, and with it the whole
  local way=$1 step=$2 code=0 verdict
  git -C "$room/clone" checkout -q . && git -C "$room/clone" clean -qfd
  (cd "$room/clone" && eval "$3")
  (cd "$room/clone" && tools/dev/test.sh laws) >"$room/said" 2>&1 || code=$?
  verdict=$(tail -n 1 "$room/said")
  if { [ -z "$step" ] && [ "$code" -eq 0 ]; } || { [ -n "$step" ] && [ "$code" -eq 1 ] && [[ $verdict == *"; failed: $step" ]]; }; then
    printf 'as it should be   %-44s %s\n' "$way" "$verdict"
  else
    failures=$((failures + 1))
    printf 'NOT NOTICED       %-44s code %d: %s\n' "$way" "$code" "$verdict"
  fi
}

breaks "nothing is broken" "" true
breaks "layers: base includes the store" "layers and doors" "sed -i '1a #include \"store/store.h\"' src/base/text.h"
breaks "sizes: a file of 500 lines" "sizes" "printf '// One line more.%.0s\\n' {1..500} >src/base/long.cpp"
breaks "formatting: two spaces too many" "formatting" "printf 'int   answer{};\n' >src/base/answer.cpp"
breaks "contract drift: a field got another name" "contract drift" "sed -i 's/uptime_seconds:/uptime_hours:/' contract/openapi.yaml"
breaks "translations: Finnish lacks a word" "translations" \
  "node -e 'const fs = require(\"fs\"), page = \"web/src/i18n/fi/frame.json\", words = JSON.parse(fs.readFileSync(page)); delete words[Object.keys(words)[0]]; fs.writeFileSync(page, JSON.stringify(words, null, 2))'"
[ "$failures" -eq 0 ]
