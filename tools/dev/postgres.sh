#!/usr/bin/env bash
# A private PostgreSQL 15 for tests: `tools/dev/postgres.sh start` prints its folder and its address, `stop FOLDER` ends it.
# It listens on a free loopback port, keeps everything in a temporary folder, and never runs as root.
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
  as_server "$bin/pg_ctl" -D "$room/data" -l "$room/server.log" -w -s -t 60 start \
    -o "-h 127.0.0.1 -p $port -k $room -c fsync=off -c max_connections=60" >&2
  as_server "$bin/createdb" -h 127.0.0.1 -p "$port" -U monitorix monitorix >&2
  echo "$room postgresql://monitorix@127.0.0.1:$port/monitorix"
}

stop() {
  [[ "$1" == /tmp/monitorix-postgres.* ]] || { echo "not a folder of this script: $1" >&2; exit 2; }
  cd /
  as_server "$bin/pg_ctl" -D "$1/data" -m immediate -s stop || true
  rm -rf "$1"
}

case ${1:-} in
  start) start ;;
  stop) stop "$2" ;;
  *) echo "usage: tools/dev/postgres.sh start | stop FOLDER" >&2; exit 2 ;;
esac
