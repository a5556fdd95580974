#!/usr/bin/env python3
"""Writes src/notify/reason_words.gen.cpp: the words that messages share with the screens, from web/src/i18n.

One table, so that a mail and a page never say the same thing in different words.
"""
import json
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent.parent
LANGUAGES = ["en", "nb", "sv", "da", "fi", "fr", "de"]  # as kLanguages in src/notify/words.h
# (file, path in it, how the codes of that part begin)
PARTS = [
    ("fleet", "reason", "reason"),
    ("fleet", "risk", "risk"),
    ("fleet", "count", "count"),
    ("services", "reason", "check"),
    ("services", "phase", "phase"),
    ("alerts", "reason", "alert"),
    ("alerts", "rule", "rule"),
    ("alerts", "meaning", "meaning"),
    ("alerts", "deed", "deed"),
    ("alerts", "held", "held"),
    ("alerts", "heldUntil", "heldUntil"),
    ("alerts", "valueLimit", "valueLimit"),
]


def words_of(language):
    words = {}
    for file, part, begin in PARTS:
        found = json.loads((root / f"web/src/i18n/{language}/{file}.json").read_text())[part]
        words |= {begin: found} if isinstance(found, str) else {f"{begin}.{key}": text for key, text in found.items()}
    # Only millions of something are "many".
    return {code: text for code, text in words.items() if not code.endswith("_many")}


def codes_in(folder, pattern, begin=""):
    """What the program gives as a reason: each must have words."""
    text = "".join(path.read_text() for path in sorted((root / folder).rglob("*.cpp")) if "_test" not in path.name)
    return {begin + code for code in re.findall(pattern, text)}


spoken = [words_of(language) for language in LANGUAGES]
codes = sorted(set().union(*spoken))
owed = codes_in("src/app/alerts", r'(?:code = |[?:] )"(alert\.[a-z_]+)"') | codes_in("src/state/risks", r'\.code = "([a-z_]+)"', "risk.")
owed |= codes_in("src/proxmox", r'\.code = "([a-z_]+)"', "reason.") | codes_in("src/verdict", r'reason = "([a-z_]+)"', "check.")
owed |= codes_in("src/check", r'reason = "([a-z_]+)"', "check.")
wordless = owed - set(codes) - {"alert.measured"}  # a number has its own form
if wordless:
    sys.exit("no words in web/src/i18n for: " + ", ".join(sorted(wordless)))
lines = [
    "// Made by tools/contract/notify_words.py from web/src/i18n; ./dev contract makes it anew.",
    "// clang-format off",
    '#include "notify/reason_words.h"',
    "",
    "namespace monitorix::notify {",
    "",
    "const WordRow kWordRows[] = {",
]
for code in codes:
    texts = ",\n   ".join(json.dumps(words.get(code, ""), ensure_ascii=False) for words in spoken)
    lines.append(f'  {{"{code}", {{\n   {texts}}}}},')
lines += ["};", f"const std::size_t kWordRowCount = {len(codes)};", "", "}  // namespace monitorix::notify", ""]
(root / "src/notify/reason_words.gen.cpp").write_text("\n".join(lines))
