#!/usr/bin/env bash
# Fails when the files made from contract/openapi.yaml and web/src/i18n are not those made now. The fresh ones stay in place: what is
# owed then is a commit.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/dev/env.sh
before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
made=(contract/openapi.gen.json web/src/api/schema.gen.ts src/notify/reason_words.gen.cpp)
for file in "${made[@]}"; do install -D "$file" "$before/$file"; done
tools/contract/to_json.py
tools/contract/notify_words.py
(cd web && node --run contract)
for file in "${made[@]}"; do diff -u --label "$file as kept" --label "$file as made" "$before/$file" "$file" | cut -c -300 || exit 1; done
