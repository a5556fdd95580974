#!/usr/bin/env bash
# clang-tidy over all C++ of ours (a quarter of an hour on two cores; after that only what changed), biome over the browser side.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/dev/env.sh
. tools/dev/say.sh
tools/dev/setup.sh all
step "configure dev" cmake --preset dev
step "clang-tidy" tools/lint_cpp.py
step "biome" env -C web node --run lint
echo "dev lint: clean"
