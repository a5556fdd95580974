#!/usr/bin/env python3
"""Fails when a third-party header is included outside the room that is its door (docs/adr/0008)."""
import pathlib
import re
import sys

DOORS = {
    "boost/": {"net"},
    "curl/": {"net"},
    "openssl/": {"net", "base"},
    "simdjson": {"base"},
    "sqlite3.h": {"store"},
    "libpq-fe.h": {"store"},
    "sodium": {"base"},
    "crypt.h": {"api", "base"},
    "utf8proc": {"api"},
    "zlib.h": {"net", "api"},
    "zstd": {"store", "history", "base", "app"},
    "spdlog": {"base"},
    "tl/expected": {"base"},
    "CLI/": {"app"},
    "re2/": {"check"},
    "toml++": {"app"},
    "yaml.h": {"api"},
}
# Boost.Describe only names the members of a struct for base/json; it opens no socket and hides no thread.
OPEN_TO_ALL = ("boost/describe",)
INCLUDE = re.compile(r"#include <([\w/.+-]+)>")


def faults(root):
    for path in sorted(root.rglob("*")):
        if path.suffix not in {".h", ".cpp"} or path.stem.endswith("_test"):
            continue
        room = path.relative_to(root).parts[0]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.search(line)
            if not found or found[1].startswith(OPEN_TO_ALL):
                continue
            for library, rooms in DOORS.items():
                if found[1].startswith(library) and room not in rooms:
                    yield f"{path}:{number}: <{found[1]}> belongs behind {' or '.join(sorted(rooms))}"


found = [fault for root in sys.argv[1:] or ["src"] for fault in faults(pathlib.Path(root))]
print("\n".join(found), end="\n" if found else "")
sys.exit(bool(found))
