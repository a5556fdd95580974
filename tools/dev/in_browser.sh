#!/usr/bin/env bash
# The browser tests of the given files, one after the other; of those that fail, what their pages showed once more at the end,
# which is all that is seen of a failed step.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/dev/env.sh
mkdir -p build/log
shown=build/log/pages-of-$(basename "$1" .test.mjs).log
node --test --test-concurrency=1 --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=./tools/dev/last_words.mjs --test-reporter-destination="$shown" "$@" && exit
tail -n 30 "$shown"
exit 1
