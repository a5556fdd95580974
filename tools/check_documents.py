#!/usr/bin/env python3
"""Fails when our documents have aged: a relative link leads nowhere, or the guide's options are not the program's."""
import pathlib
import re
import sys

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
TABLE = pathlib.Path("src/app/config_table.cpp")
GUIDE = pathlib.Path("docs/guide/configuration.md")
ROW = re.compile(r'\{"(\w+)",\s*"([\w-]*)",\s*\{([^}]*)\}')


def dead_links():
    folders = [pathlib.Path(name).rglob("*.md") for name in ("deploy", "docs", "sim", "tests", "bench", "contract")]
    for document in sorted([*pathlib.Path(".").glob("*.md"), *(path for found in folders for path in found)]):
        if "node_modules" in document.parts:
            continue
        for number, line in enumerate(document.read_text().splitlines(), 1):
            for target in LINK.findall(line):
                path = target.split("#")[0]
                if path and "://" not in path and not path.startswith("mailto:") and not (document.parent / path).exists():
                    yield f"{document}:{number}: {target} does not exist"


def options_in_program():
    for key, flag, variables in ROW.findall(TABLE.read_text()):
        yield key
        yield from re.findall(r'"(\w+)"', variables)
        if flag:
            yield flag


def options_in_guide():
    for line in GUIDE.read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 7 and ("`MONITORIX_" in cells[2] or "`--" in cells[1]):
            yield from (name.split()[0] for cell in cells[1:4] for name in re.findall(r"`([^`]+)`", cell))


def aged_options():
    program, guide = set(options_in_program()), set(options_in_guide()) - {"--config"}
    yield from (f"{GUIDE}: {name} is not explained" for name in sorted(program - guide))
    yield from (f"{GUIDE}: {name} is not an option ({TABLE})" for name in sorted(guide - program))


found = [*dead_links(), *aged_options()]
print("\n".join(found), end="\n" if found else "")
sys.exit(bool(found))
