#!/usr/bin/env bash
# A private PostgreSQL 15 for tests: `tools/dev/postgres.sh start` prints its folder and its address, `stop FOLDER` ends it.
# `halt FOLDER` stops it for a while and `resume FOLDER` starts it again, on the same port. It listens on a free loopback port,
# keeps everything in a temporary folder, and never runs as root.
set -euo pipefail
bin=/usr/lib/postgresql/15/bin

as_server() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

start() {
  local room port
  room=$(mktemp -d /tmp/monitorix-postgres.XXXXXX)
  [ "$(id -u)" != 0 ] || chown postgres "$room"
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cd "$room"
  as_server "$bin/initdb" -D "$room/data" -U monitorix -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$room.log" 2>&1 ||
    { cat "$room.log" >&2; exit 1; }
  rm -f "$room.log"
  echo "-h 127.0.0.1 -p $port -k $room -c fsync=off -c max_connections=60" >"$room/options"
  resume "$room"
  as_server "$bin/createdb" -h 127.0.0.1 -p "$port" -U monitorix monitorix >&2
  echo "$room postgresql://monitorix@127.0.0.1:$port/monitorix"
}

ours() { [[ "$1" == /tmp/monitorix-postgres.* ]] || { echo "not a folder of this script: $1" >&2; exit 2; }; }

resume() { as_server "$bin/pg_ctl" -D "$1/data" -l "$1/server.log" -w -s -t 60 start -o "$(cat "$1/options")" >&2; }

halt() { as_server "$bin/pg_ctl" -D "$1/data" -m fast -w -s stop >&2; }

stop() {
  as_server "$bin/pg_ctl" -D "$1/data" -m immediate -s stop || true
  rm -rf "$1"
}

case ${1:-} in
  start) start ;;
  stop | halt | resume) ours "$2" && cd / && "$1" "$2" ;;
  *) echo "usage: tools/dev/postgres.sh start | stop FOLDER | halt FOLDER | resume FOLDER" >&2; exit 2 ;;
esac
