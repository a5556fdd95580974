#!/usr/bin/env bash
# What is too heavy for every push: `faults` breaks the release build in all ways of tests/faults and restarts it, `sanitize` runs every
# test under the address and undefined-behaviour sanitizers and then under the thread sanitizer. A word after it narrows it.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/dev/env.sh
. tools/dev/say.sh
which=${2:-}
stop_postgres() { [ -z "${postgres:-}" ] || tools/dev/postgres.sh stop "${postgres%% *}"; }
at_end stop_postgres

with_postgres() {
  tools/dev/setup.sh all
  postgres=$(tools/dev/postgres.sh start)
  export MONITORIX_TEST_POSTGRES=${postgres#* }
}

sanitize() { # PRESET
  step "configure $1" cmake --preset "$1"
  step "compile $1" cmake --build "build/$1" -j "$DEV_JOBS"
  step "ctest $1" ctest --test-dir "build/$1" --output-on-failure --no-tests=error
}

case ${1:-} in
  faults)
    with_postgres
    export MONITORIX_BUILD=$PWD/build/release
    tests/faults/kill9.py --cycles "${which:-200}"
    tests/faults/kill9_history.py --cycles "${which:-200}"
    tests/faults/kill9_outbox.py --cycles "${which:-200}"
    tests/faults/hostile.py
    as_root env MONITORIX_BUILD="$MONITORIX_BUILD" tests/checks/faults_test.py
    as_root env MONITORIX_BUILD="$MONITORIX_BUILD" tests/faults/own_alerts.py
    tests/faults/clock_alerts.py
    tests/facts_test.py Facts.test_a_restart_shows_all_at_once_and_asks_little
    ;;
  sanitize)
    with_postgres
    for preset in ${which:-asan tsan}; do sanitize "$preset"; done
    ;;
  *)
    echo "usage: tools/dev/heavy.sh faults [CYCLES] | sanitize [asan|tsan]" >&2
    exit 2
    ;;
esac
