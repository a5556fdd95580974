#!/usr/bin/env bash
# Installs what is missing and nothing else, for one purpose: compile (C++), web (browser side), build (both),
# all (both and everything the tests ask for), bench, package, fuzz.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/dev/env.sh
. tools/dev/say.sh
purpose=${1:-all}

compiling=(g++ cmake ninja-build ccache mold pkg-config python3 libboost1.81-dev libssl-dev libcurl4-openssl-dev zlib1g-dev
  libsimdjson-dev libsodium-dev libsqlite3-dev libpq-dev libzstd-dev libexpected-dev libspdlog-dev libfmt-dev libcli11-dev
  libtomlplusplus-dev libcrypt-dev libutf8proc-dev libre2-dev libyaml-dev doctest-dev)
running=(curl ca-certificates procps tzdata)
case $purpose in
  compile) packages=("${compiling[@]}") ;;
  web) packages=(ca-certificates) ;;
  build) packages=("${compiling[@]}" "${running[@]}") ;;
  all) packages=("${compiling[@]}" "${running[@]}" git clang-format-14 clang-tidy-14 clang-tools-14 postgresql-15 chromium
    fonts-dejavu-core prometheus python3-proxmoxer python3-oauthlib python3-requests python3-yaml nginx-light redis-server postfix dnsmasq-base
    iproute2 faketime) ;;
  bench) packages=("${running[@]}" wrk chromium postgresql-15 python3-fastapi python3-uvicorn python3-uvloop python3-httptools python3-sqlalchemy
    python3-psycopg2 victoria-metrics nginx-light prometheus-blackbox-exporter monitoring-plugins-basic iproute2) ;;
  package) packages=(dpkg-dev) ;;
  fuzz) packages=("${compiling[@]}" clang-14 libclang-rt-14-dev) ;;
  *) echo "tools/dev/setup.sh: what is '$purpose'?" >&2; exit 2 ;;
esac

missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | awk '$1 ~ /^ii/ {print $2}')
  printf '%s\n' "$@" | grep -vxF "$installed" || true
}

apt_install() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends install "$@"; }

install_packages() {
  local -a missing
  mapfile -t missing < <(missing_packages "${packages[@]}")
  [ "${#missing[@]}" -gt 0 ] || return 0
  echo "Debian packages to install: ${missing[*]}"
  step "apt update" as_root apt-get update
  if [[ " ${missing[*]} " == *" postgresql-15 "* ]]; then # tests start a server of their own; none shall run beside it
    step "apt postgresql-common" apt_install postgresql-common
    as_root sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  fi
  step "apt install" install_asleep "${missing[@]}"
}

# Tests start servers of their own: what is installed for them shall not begin to run by itself.
install_asleep() {
  local policy=/usr/sbin/policy-rc.d
  [ ! -e "$policy" ] || { apt_install "$@"; return; }
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
  local code=0
  apt_install "$@" || code=$?
  as_root rm -f "$policy"
  return "$code"
}

install_node() {
  has_fresh_node node && { [ ! -x "$DEV_NODE_BIN/node" ] || [ -f "$DEV_NPM_CLI" ]; } && return 0
  [ -n "$DEV_NODE_PACKAGE" ] || { echo "No Node 22 for $(uname -m) here: install Node >= 22.22 and try again." >&2; exit 1; }
  PATH=$DEV_NPM_PATH command -v npm >/dev/null || { packages=(npm) && install_packages; }
  mkdir -p .toolchain
  step "node 22" env PATH="$DEV_NPM_PATH" npm install --prefix .toolchain --no-audit --no-fund "$DEV_NODE_PACKAGE@22" npm@11
  has_fresh_node "$DEV_NODE_BIN/node" || { echo "Node 22 was installed but does not run." >&2; exit 1; }
}

install_web_packages() {
  local stamp=web/node_modules/.stamp now
  now=$(sha256sum web/package-lock.json | cut -d' ' -f1)
  [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && return 0
  [ -f "$DEV_NPM_CLI" ] || command -v npm >/dev/null || { packages=(npm) && install_packages; }
  step "npm ci" npm_ci
  echo "$now" >"$stamp"
}

npm_ci() { (cd web && dev_npm ci --ignore-scripts --no-audit --no-fund); }

install_packages
case $purpose in
  web | build | all)
    install_node
    install_web_packages
    ;;
esac
# The browser tests live beside the other tests and find their packages here.
[ ! -d tests/browser ] || ln -sfn ../../web/node_modules tests/browser/node_modules
