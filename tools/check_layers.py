#!/usr/bin/env python3
"""Fails when a room includes one that its layers.txt does not grant it.

Serves src/ (C++: #include "room/file.h") and web/src/ (TypeScript: from "@/room/file").
A room named `features/*` stands for every folder in features/, each closed to its siblings.
`sim=base,net` checks a folder outside that house which may use these rooms of src/ and no other.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'#include "([\w/.-]+)"|(?:from|import\() ?["\']@/([\w/.-]+)["\']')
OUTWARD = re.compile(r'(?:from|import\() ?["\'](\.\./[\w/.-]+)["\']')
SOURCES = {".h", ".cpp", ".ts", ".tsx"}


def read_law(path):
    law = {}
    for line in path.read_text().splitlines():
        room, colon, rest = line.split("#")[0].partition(":")
        if not colon:
            continue
        late = [name for name in rest.split() if name not in law]
        if late:  # rooms are listed foundations first, so a cycle cannot even be written down
            sys.exit(f"{path}: {room.strip()} names {late} before they are built")
        law[room.strip()] = {room.strip(), *rest.split()}
    return law


def room_of(path, law):
    """The room a path lies in, and the name the law knows it by; None for files at the door."""
    parts = path.split("/")
    if len(parts) > 2 and f"{parts[0]}/*" in law:
        return f"{parts[0]}/{parts[1]}", f"{parts[0]}/*"
    return (parts[0], parts[0]) if len(parts) > 1 else (None, None)


def named_in(line, path, root):
    """What a line includes, seen from the root; a relative import of another folder counts as well."""
    if found := INCLUDE.search(line):
        return found[1] or found[2]
    if found := OUTWARD.search(line):
        there = (path.parent / found[1]).resolve()
        return there.relative_to(root.resolve()).as_posix() if there.is_relative_to(root.resolve()) else None
    return None


def sources(root):
    return sorted(p for p in root.rglob("*") if p.suffix in SOURCES and "node_modules" not in p.parts)


def faults_of_house(root):
    law = read_law(root / "layers.txt")
    for path in sources(root):
        here, rule = room_of(path.relative_to(root).as_posix(), law)
        if here is None:
            continue
        if rule not in law:
            yield f"{path}: {here} is not in layers.txt"
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            named = named_in(line, path, root)
            there, name = room_of(named, law) if named else (None, None)
            if there == "test" and ".test." in path.name:  # what renders and answers in tests is for every test
                continue
            if there and there != here and (name not in law[rule] or name == rule):
                yield f"{path}:{number}: {here} may not include {there}"


def faults_of_annexe(root, granted):
    rooms = set(read_law(pathlib.Path("src/layers.txt")))
    for path in sources(root):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.search(line)
            there = found[1].split("/")[0] if found and found[1] else None
            if there in rooms and there not in granted:
                yield f"{path}:{number}: {root} may not include {there}"


def faults(argument):
    root, is_annexe, granted = argument.partition("=")
    folder = pathlib.Path(root)
    return faults_of_annexe(folder, granted.split(",")) if is_annexe else faults_of_house(folder)


found = [fault for argument in sys.argv[1:] or ["src"] for fault in faults(argument)]
print("\n".join(found), end="\n" if found else "")
sys.exit(bool(found))
