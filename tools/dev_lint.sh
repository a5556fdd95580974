#!/usr/bin/env bash
# clang-tidy over all C++ of ours (about a minute per core and ten files), biome over the browser side.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/dev_env.sh
. tools/dev_say.sh
tools/dev_setup.sh all
step "configure dev" cmake --preset dev
step "clang-tidy" run-clang-tidy-14 -quiet -p build/dev -j "$DEV_JOBS" "$PWD/(src|sim|tests|bench)/.*"
step "biome" env -C web node --run lint
echo "dev lint: clean"
