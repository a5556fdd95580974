#!/usr/bin/env bash
# Fuzzing with clang's libFuzzer: `dev_fuzz.sh NAME SECONDS` builds and runs tests/fuzz/NAME_fuzz.cpp, whose first lines name its
# sources and libraries in `// sources:` and `// libraries:` lines. The corpus grows in build/fuzz/NAME; what broke it is
# left there as crash-*. Without a name, lists the targets; `all` runs each in turn.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

targets() { for file in tests/fuzz/*_fuzz.cpp; do basename "$file" _fuzz.cpp; done; }
named() { sed -n "s|^// $1: ||p" "$2"; }

fuzz() {
  local name=$1 seconds=$2 file=tests/fuzz/$1_fuzz.cpp room=build/fuzz/$1 source sources=() libraries
  [ -f "$file" ] || { echo "no $file; there are: $(targets | tr '\n' ' ')" >&2; exit 2; }
  mkdir -p "$room/corpus"
  for source in $(named sources "$file"); do  # unquoted: patterns are expanded
    [[ $source == *_test.cpp ]] || sources+=("$source")
  done
  read -ra libraries <<<"$(named libraries "$file" | tr '\n' ' ')"
  clang++-14 -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -Isrc \
    "$file" "${sources[@]}" "${libraries[@]}" -o "$room/$name"
  "$room/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=8192 -print_final_stats=1 \
    -artifact_prefix="$room/" "$room/corpus"
}

if [ $# -eq 0 ]; then
  targets
  exit 0
fi
command -v clang++-14 >/dev/null || { echo "clang++-14 is missing: apt-get install clang-14" >&2; exit 2; }
if [ "$1" = all ]; then
  for name in $(targets); do fuzz "$name" "${2:-60}"; done
else
  fuzz "$1" "${2:-60}"
fi
