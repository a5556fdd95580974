#!/usr/bin/env python3
"""Writes tests/data/pve_objects.txt: how many nodes, guests and storages each recorded answer holds, counted from the
JSON itself and so independent of our reader. The test of src/proxmox compares what the reader made of each file."""
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent


def rows_of(body):
    data = body.get("data") if isinstance(body, dict) else None
    return data if isinstance(data, list) else []


def count(record):
    path = record["path"].split("?")[0]
    if record["status"] != 200:
        return None
    rows = rows_of(record["body"])
    if path == "/cluster/resources":
        kinds = [row.get("type") for row in rows]
        return kinds.count("node"), kinds.count("qemu") + kinds.count("lxc"), kinds.count("storage")
    if path == "/cluster/status":
        return sum(row.get("type") == "node" for row in rows), 0, 0
    if re.fullmatch(r"/nodes/[^/]+/storage", path):
        return 0, 0, len(rows)
    return 0, 0, 0


lines = ["# file nodes guests storages, counted by tests/data/count_objects.py; - for an answer that is an error"]
for path in sorted(ROOT.glob("pve/pve-*/*.json")):
    numbers = count(json.loads(path.read_text()))
    lines.append(f"{path.relative_to(ROOT / 'pve')} " + ("-" if numbers is None else " ".join(map(str, numbers))))
(ROOT / "pve_objects.txt").write_text("\n".join(lines) + "\n")
