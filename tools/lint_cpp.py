#!/usr/bin/env python3
"""clang-tidy over all C++ of ours, two or more files at a time; a file that was clean is asked again only when it,
a header of ours that it includes, its compile command or .clang-tidy changed.

Usage: tools/lint_cpp.py [PART OF A PATH...]     (after `cmake --preset dev`, whose compile commands it reads)
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROOMS = ("src", "sim", "tests", "bench")
KNOWN_CLEAN = ROOT / "build" / "lint"
INCLUDE = re.compile(r'^\s*#include "([^"]+)"', re.M)
# clang does not know these of g++'s, and cannot read the headers that g++ precompiled: it reads them as they are.
ONLY_GCC = {"-Wno-restrict", "-Wno-maybe-uninitialized", "-Winvalid-pch", "-fpch-preprocess"}
writing = threading.Lock()


def clang_command(command):
    words, kept = iter(shlex.split(command)), []
    for word in words:
        if word == "-include":
            next(words)
        elif word not in ONLY_GCC and not word.endswith("ccache"):
            kept.append(word)
    return kept[next(place for place, word in enumerate(kept) if "++" in word):]


@functools.lru_cache(maxsize=None)
def reads(file):
    """The file's text, and which files of ours it includes at once."""
    text = file.read_text()
    places = (candidate.resolve() for name in INCLUDE.findall(text)
              for candidate in (file.parent / name, ROOT / "src" / name, ROOT / name, ROOT / "sim" / name))
    return text, frozenset(place for place in places if place.is_file())


def fingerprint(file, command):
    seen, waiting = set(), [file]
    while waiting:
        if (current := waiting.pop()) not in seen:
            seen.add(current)
            waiting.extend(reads(current)[1])
    told = [(ROOT / ".clang-tidy").read_text(), " ".join(command)]
    told += [f"{path.relative_to(ROOT)}\n{reads(path)[0]}" for path in sorted(seen)]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def ask(file, mark):
    done = subprocess.run(["nice", "clang-tidy-14", "-quiet", "-p", KNOWN_CLEAN, file], capture_output=True, text=True)
    if done.returncode == 0:
        mark.touch()
        return True
    with writing:
        print(done.stdout.strip() or done.stderr.strip(), flush=True)
    return False


def main(wanted):
    KNOWN_CLEAN.mkdir(parents=True, exist_ok=True)
    entries = {}
    for entry in json.loads((ROOT / "build/dev/compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"])
        if file.is_relative_to(ROOT) and file.relative_to(ROOT).parts[0] in ROOMS:
            entries[file] = {"directory": entry["directory"], "file": str(file), "arguments": clang_command(entry["command"])}
    (KNOWN_CLEAN / "compile_commands.json").write_text(json.dumps(list(entries.values()), indent=1))
    asked = []
    for file, entry in sorted(entries.items()):
        if not wanted or any(part in str(file) for part in wanted):
            mark = KNOWN_CLEAN / fingerprint(file, entry["arguments"])
            if not mark.exists():
                asked.append((file, mark))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("DEV_JOBS", "2"))) as pool:
        tasks = [pool.submit(ask, *each) for each in asked]
        for number, task in enumerate(concurrent.futures.as_completed(tasks), 1):
            failed += not task.result()
            print(f"[{number}/{len(tasks)}]", flush=True)
    print(f"{len(entries)} files, {len(asked)} asked, {failed} not clean")
    return 1 if failed or not entries else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
