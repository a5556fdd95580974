#!/usr/bin/env python3
"""Writes the body of each recorded answer into the folder named: what a fuzzer of their readers starts from."""
import json
import pathlib
import sys

RECORDED = pathlib.Path(__file__).resolve().parent.parent.parent / "data" / "pve"
for file in sorted(RECORDED.glob("pve-*/*.json")):
    body = json.dumps(json.loads(file.read_text())["body"], separators=(",", ":"))
    pathlib.Path(sys.argv[1], f"{file.parent.name}-{file.stem}").write_text(body)
