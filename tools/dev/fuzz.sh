#!/usr/bin/env bash
# ./dev fuzz [NAME] [SECONDS]: libFuzzer (clang-14, address and undefined sanitizers) on one parser of foreign bytes or on
# all, 60 s each. What it learns stays in build/fuzz/corpus/NAME, what breaks a parser in build/fuzz/found/NAME-*.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/dev/env.sh
. tools/dev/say.sh
names=() seconds=60
for word in "$@"; do
  if [[ $word =~ ^[0-9]+$ ]]; then seconds=$word; else names+=("$word"); fi
done
[ "${#names[@]}" -gt 0 ] || mapfile -t names < <(find tests/fuzz -name '*_fuzz.cpp' -printf '%f\n' | sed 's/_fuzz.cpp$//' | sort)
for name in "${names[@]}"; do
  [ -n "$(find tests/fuzz -name "${name}_fuzz.cpp")" ] || { echo "tools/dev/fuzz.sh: there is no tests/fuzz/${name}_fuzz.cpp" >&2; exit 2; }
done
tools/dev/setup.sh fuzz

gather_seeds() { # NAME: what is checked in, and for the readers of Proxmox all recorded answers
  mkdir -p "build/fuzz/corpus/$1" build/fuzz/found
  [ ! -d "tests/fuzz/seeds/$1" ] || cp -n tests/fuzz/seeds/"$1"/* "build/fuzz/corpus/$1/"
  case $1 in
    proxmox | json) tests/fuzz/seeds/recorded_bodies.py "build/fuzz/corpus/$1" ;;
    config) cp -n deploy/debian/monitorix.toml "build/fuzz/corpus/$1/" ;;
  esac
}

fuzz() {
  "build/fuzz/tests/fuzz/fuzz_$1" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/found/$1-" "build/fuzz/corpus/$1"
}

step "configure fuzz" cmake --preset fuzz
step "compile fuzz" cmake --build build/fuzz -j "$DEV_JOBS" --target "${names[@]/#/fuzz_}"
failed=0
for name in "${names[@]}"; do
  gather_seeds "$name"
  step "fuzz $name" fuzz "$name" || failed=1
  sed -n 's/^stat::number_of_executed_units: */    inputs: /p' "build/log/fuzz-$name.log"
done
exit "$failed"
