#!/usr/bin/env bash
# `start`: a simulated fleet and Monitorix on it, from nothing each time (build/demo). `stop`: ends what a start left.
# DEMO_DETACH=1 returns once the address is printed; DEMO_PORT chooses the first port to try.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/dev/env.sh
. tools/dev/say.sh
room=$PWD/build/demo

is_ours() { # PID PROGRAM: by its command line; what else /proc tells of a program with secrets only root may read
  local line
  line=$(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline") || return 1
  [[ $line == "build/release/$2 "* && $line == *" $PWD/build/demo"* ]]
}

stop_one() { # asks the process of a pid file to end, and insists after ten seconds
  local file=$room/$1.pid pid
  pid=$(cat "$file" 2>/dev/null) || return 0
  rm -f "$file"
  is_ours "$pid" "$1" || return 0
  kill "$pid" 2>/dev/null || return 0
  for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.1; done
  kill -KILL "$pid" 2>/dev/null || true
}

stop_demo() { stop_one monitorix; stop_one pvesim; }

start_program() { # NAME ARGUMENTS...: in a session of its own, so that Ctrl-C reaches us first and we end it in order
  setsid "build/release/$1" "${@:2}" >"$room/$1.log" 2>&1 </dev/null &
  echo $! >"$room/$1.pid"
}

is_alive() { kill -0 "$(cat "$room/$1.pid")" 2>/dev/null; }

await() { # PROGRAM COMMAND...: until the command holds; a minute at most, and no longer than the program lives
  for _ in $(seq 300); do
    "${@:2}" >/dev/null 2>&1 && return 0
    is_alive "$1" || break
    sleep 0.2
  done
  echo "$1 did not come up; its last words:"
  last_words "$room/$1.log" 20
  return 1
}

endpoints() { # one line per simulated cluster: name, url, token, fingerprint of its first node
  python3 - "$room/pvesim.log" <<'PY'
import json, sys
seen = set()
for line in open(sys.argv[1]):
    if not line.startswith("{"):
        continue
    end = json.loads(line)
    if end["cluster"] not in seen:
        seen.add(end["cluster"])
        print(end["cluster"], end["url"], end["token"], end["fingerprint"], sep="\t")
PY
}

connect_fleet() {
  while IFS=$'\t' read -r name url token fingerprint; do
    build/release/monitorix connect --data "$room/data" --name "$name" --url "$url" --token "$token" --fingerprint "$fingerprint"
  done < <(endpoints)
}

setup_token() { cat "$room/data/setup-token"; }

start_demo() {
  tools/dev/setup.sh build
  ./dev build
  stop_demo
  rm -rf "$room"
  mkdir -p "$room" build/demo-keys
  at_end stop_demo
  trap 'exit 130' INT TERM HUP
  start_program pvesim --clusters 3 --nodes 4 --guests 50 --storages 5 --seed 7 --keys "$PWD/build/demo-keys"
  step "simulated fleet" await pvesim grep -qx ready "$room/pvesim.log"
  step "connect 3 clusters" connect_fleet
  local port
  port=$(free_port "${DEMO_PORT:-8000}")
  start_program monitorix serve --data "$room/data" --listen "127.0.0.1:$port" --web web/dist
  step "Monitorix" await monitorix curl -fsS "http://127.0.0.1:$port/health"
  echo
  echo "A simulated fleet of 3 clusters, 12 nodes and 150 guests is live. Make the first account here:"
  echo "http://127.0.0.1:$port/setup?token=$(setup_token)"
  if [ -n "${DEMO_DETACH:-}" ]; then
    trap - EXIT
    echo "(./dev demo stop ends it)" >&2
    return 0
  fi
  echo "(Ctrl-C ends it)" >&2
  while is_alive monitorix && is_alive pvesim; do sleep 1; done
  echo "The demo ended by itself; its logs are in build/demo." >&2
  return 1
}

case ${1:-start} in
  start) start_demo ;;
  stop) stop_demo ;;
  *) echo "usage: ./dev demo [stop]" >&2; exit 2 ;;
esac
