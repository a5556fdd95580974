# Sourced: `step NAME COMMAND...` runs a command quietly, shows that it lives, and says how long it took.
# The command's output goes to build/log/NAME.log; its end is shown when it fails. Addresses of package mirrors,
# which are this machine's business, are left out. A shell function given to `step` chains its commands with &&.
mkdir -p build/log
declare -A asides=()

# A part of a script that was just forked still has the script's traps. When it is ended that early, as the dots of a step
# that takes no time are, it would do what the whole script does at its end. `case`, as a command would not run any more.
at_end() { # COMMAND: at the end of this script, and of nothing that it started
  trap "case \$BASHPID in \$\$) $1 ;; esac" EXIT
}

last_words() { tail -n "${2:-40}" "$1" | sed -E 's#(https?|git)://[^ )"]+#<address>#g; s#^#    #'; }

show_life() { # a dot, or how far ninja is, every five seconds while this script runs and writes to $1
  local shown='' now
  while sleep 5 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
    now=$(tail -c 2000 "$1" 2>/dev/null | grep -aoE '^\[[0-9]+/[0-9]+\]' | tail -n 1) || true
    if [ -n "$now" ] && [ "$now" != "$shown" ]; then printf ' %s' "$now"; else printf '.'; fi
    shown=$now
  done
}

step() {
  local name=$1 log started=$SECONDS code=0 life
  shift
  log=build/log/$(tr ' /' '--' <<<"$name").log
  printf '  %-26s' "$name"
  show_life "$log" 2>/dev/null &
  life=$!
  "$@" >"$log" 2>&1 </dev/null || code=$?
  kill "$life" 2>/dev/null || true
  wait "$life" 2>/dev/null || true
  if [ "$code" -eq 0 ]; then
    printf ' ok, %d s\n' $((SECONDS - started))
  else
    printf ' FAILED after %d s (code %d); the end of %s:\n' $((SECONDS - started)) "$code" "$log"
    last_words "$log"
  fi
  return "$code"
}

# What mostly waits begins early, `aside NAME COMMAND...`, and runs beside the steps that follow; its own step,
# `step NAME join NAME`, waits for its end. It must disturb nobody, and bear being disturbed.
aside() {
  local name=$1
  shift
  "$@" >"build/log/$(tr ' /' '--' <<<"$name").aside" 2>&1 </dev/null &
  asides[$name]=$!
}

join() {
  local code=0
  wait "${asides[$1]}" || code=$?
  cat "build/log/$(tr ' /' '--' <<<"$1").aside"
  return "$code"
}
