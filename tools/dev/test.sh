#!/usr/bin/env bash
# Everything CI runs, cheapest first, one line per step. `fast` leaves out the browser and the faults; `laws` is only what
# needs no build.
# A step that fails does not hide the next; only what needs a failed build is left out, and counts as failed.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/dev/env.sh
. tools/dev/say.sh
extent=${1:-full}
export MONITORIX_BUILD=$PWD/build/dev # one build serves all tests: a second one would cost CI another ten minutes
started=$SECONDS steps=0 passed=0 failed=()

check() { # NAME COMMAND...: one step, counted
  steps=$((steps + 1))
  if step "$@"; then passed=$((passed + 1)); else failed+=("$1"); return 1; fi
}

leave_out() { # NAME REASON
  steps=$((steps + 1))
  failed+=("$1")
  printf '  %-26s left out: %s\n' "$1" "$2"
}

in_web() { env -C web "$@"; }

layers() { tools/check_layers.py src web/src sim=base,net,model && tools/check_doors.py src; }

shell_scripts() {
  local script
  for script in dev .ci/run tools/*/*.sh tests/laws/*.sh; do bash -n "$script" || return 1; done
}

formatting() { cpp_sources | xargs -r -0 clang-format-14 --dry-run -Werror; }

start_postgres() { # the tests of the server engine find it by this variable, and fail without it
  postgres=$(tools/dev/postgres.sh start) || { postgres=; return 1; }
  export MONITORIX_TEST_POSTGRES=${postgres#* }
}

stop_postgres() { [ -z "${postgres:-}" ] || tools/dev/postgres.sh stop "${postgres%% *}"; postgres=; }

unit_tests() { ctest --test-dir build/dev --output-on-failure --no-tests=error -j "$DEV_JOBS"; }

backup_screens() { tools/dev/in_browser.sh tests/browser/backups.test.mjs; } # waits for hundreds of task logs

browser_tests() {
  local others
  mapfile -t others < <(find tests/browser -maxdepth 1 -name '*.test.mjs' ! -name backups.test.mjs | sort)
  tools/dev/in_browser.sh "${others[@]}"
}

proxmoxer_reads() { # both versions of the simulator, read by a client none of us wrote (Debian's python3-proxmoxer)
  local version folder code=0
  for version in 8.4 9.2; do
    folder=$(mktemp -d)
    build/dev/pvesim --clusters 1 --nodes 2 --guests 20 --pve "$version" >"$folder/endpoints" &
    await_ready "$folder/endpoints" $! && /usr/bin/python3 sim/proxmoxer_check.py "$folder/endpoints" || code=1
    kill $! 2>/dev/null && wait $! || true
    rm -rf "$folder"
  done
  return "$code"
}

await_ready() { # FILE PID: the program with this number has written `ready` into the file
  local tries
  for tries in {1..200}; do
    ! grep -qx ready "$1" || return 0
    kill -0 "$2" || return 1
    sleep 0.1
  done
  return 1
}

backup_servers() { side_by_side tests/backup_server_test.py BackupServerTest.test_on_sqlite BackupServerTest.test_on_postgresql; }

side_by_side() { # FILE TEST...: these tests of a file at once, each on servers of its own; they mostly wait
  local pids=() code=0 pid test
  for test in "${@:2}"; do "$1" "$test" & pids+=($!); done
  for pid in "${pids[@]}"; do wait "$pid" || code=$?; done
  return "$code"
}

facts() { # what a restart shows and asks takes seven minutes more: ./dev faults
  side_by_side tests/facts_test.py Facts.test_all_that_an_auditor_may_know Facts.test_a_token_without_rights_is_told_which
}

messages() { tests/notify/channels_test.py && tests/notify/away_test.py && tests/watcher_test.py; }

scenarios() { tests/scenarios/run.py; } # mostly waits
outbound() { as_root env MONITORIX_BUILD="$MONITORIX_BUILD" tests/checks/outbound_test.py; }

real_peers() { as_root env MONITORIX_BUILD="$MONITORIX_BUILD" tests/checks/peers_test.py; } # Postfix starts as root only

own_faults() { # the clock that jumps takes half a minute more: ./dev faults
  as_root env MONITORIX_BUILD="$MONITORIX_BUILD" tests/checks/faults_test.py Faults.test_{file_descriptors_exhausted,the_resolver_gone,no_permission_for_icmp}
}

fault_tests() { tests/faults/kill9.py --cycles 10 --bar 10 && tests/faults/kill9_history.py --cycles 10 && tests/faults/kill9_outbox.py --alerts 400 --cycles 8 --bar 0.1 && tests/faults/hostile.py && as_root env MONITORIX_BUILD="$MONITORIX_BUILD" tests/faults/own_alerts.py OwnAlerts.test_a_full_disk_is_told_though_nothing_can_be_stored OwnAlerts.test_when_it_was_away_is_shown_and_nobodys_downtime; }

verdict() {
  echo "dev test: $steps steps, $passed passed, $((SECONDS - started)) s${failed[*]:+; failed: $(printf '%s, ' "${failed[@]}" | sed 's/, $//')}"
  [ "$steps" -eq "$passed" ]
}

tools/dev/setup.sh all
at_end stop_postgres
check "layers and doors" layers || true
check "sizes" tools/check_sizes.py src web sim tests bench tools || true
check "documents" tools/check_documents.py || true
check "the laws bite" tests/laws/laws_test.py || true
check "formatting" formatting || true
check "shell scripts" shell_scripts || true
check "contract drift" tools/contract/check_drift.sh || true
check "translations" in_web node --run i18n || true
[ "$extent" != laws ] || { verdict; exit; }
check "biome" in_web node --run lint || true
check "web tests" in_web node --run test || true
check "web build and types" tools/dev/web_build.sh || true
check "configure dev" cmake --preset dev || true
check "private PostgreSQL" start_postgres || true
if check "compile dev" cmake --build build/dev -j "$DEV_JOBS"; then
  check "ctest, both engines" unit_tests || true
  check "proxmoxer reads pvesim" proxmoxer_reads || true
  check "recordings, replayed" tests/replay_test.py || true
  aside "facts, by their periods" facts
  aside "who is told what" scenarios
  [ "$extent" != full ] || aside "browser, backups" backup_screens
  check "the past, read back" tests/past_test.py || true
  check "what happened is told once" tests/marks_test.py || true
  check "backup servers, joined" backup_servers || true
  check "an original, imported" tests/import_test.py || true
  check "Prometheus reads us" tests/prometheus_test.py || true
  check "real peers, checked" real_peers || true
  check "messages, to real receivers" messages || true
  check "nobody forbidden is called" outbound || true
  check "our own faults" own_faults || true
  check "services, end to end" tests/services_test.py || true
  check "facts, by their periods" join "facts, by their periods" || true
  check "who is told what" join "who is told what" || true
  [ "$extent" != full ] || check "browser, backups" join "browser, backups" || true
  check "outages, filled" tests/outage_test.py || true
  [ "$extent" != full ] || check "browser" browser_tests || true
  [ "$extent" != full ] || check "faults" fault_tests || true
else
  for name in "ctest, both engines" "proxmoxer reads pvesim" "recordings, replayed" "facts, by their periods" "the past, read back" "what happened is told once" "backup servers, joined" "an original, imported" "Prometheus reads us" "real peers, checked" "messages, to real receivers" "nobody forbidden is called" "our own faults" "services, end to end" "outages, filled" "who is told what"; do leave_out "$name" "it did not compile"; done
  [ "$extent" != full ] || for name in "browser, backups" "browser" "faults"; do leave_out "$name" "it did not compile"; done
fi
verdict
