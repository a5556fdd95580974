#!/usr/bin/env python3
"""Fails when a hand-written file has outgrown its room, a folder is really two, or a folder's name says nothing.

A stem is one thing: x.h, x.cpp and x_test.cpp together, or x.tsx, x.module.css and x.test.tsx.
"""
import pathlib
import sys

LIMITS = {".cpp": 400, ".h": 200, ".ts": 250, ".tsx": 250, ".css": 300, ".py": 200, ".mjs": 250, ".sh": 150}
MOST_STEMS = 15
NAMELESS = {"common", "utils", "util", "helpers", "helper", "misc", "lib", "managers"}
SKIPPED = {"node_modules", "dist", "build", "__pycache__", ".git", ".toolchain"}


def is_generated(path):
    return ".gen." in path.name or not SKIPPED.isdisjoint(path.parts)


def is_test(path):
    return "_test." in path.name or ".test." in path.name or "tests" in path.parts


def stem(path):
    name = path.name.split(".")[0]
    return name.removesuffix("_test")


def faults_of(root):
    folders = {}
    for path in sorted(root.rglob("*")):
        if is_generated(path):
            continue
        if path.is_dir():
            if path.name in NAMELESS:
                yield f"{path}/: a folder is named for what lives in it, and '{path.name}' names nothing"
            continue
        limit = LIMITS.get(path.suffix)
        if not limit:
            continue
        folders.setdefault(path.parent, set()).add(stem(path))
        lines = len(path.read_text().splitlines())
        limit *= 2 if is_test(path) else 1
        if lines > limit:
            yield f"{path}: {lines} lines, limit {limit}: find the second thing it does and give it a file"
    for folder, stems in sorted(folders.items()):
        if len(stems) > MOST_STEMS:
            yield f"{folder}/: {len(stems)} stems, limit {MOST_STEMS}: it is two rooms"


found = [fault for root in sys.argv[1:] or ["src"] for fault in faults_of(pathlib.Path(root))]
print("\n".join(found), end="\n" if found else "")
sys.exit(bool(found))
