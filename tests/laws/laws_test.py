#!/usr/bin/env python3
"""A law that nobody can break unseen: each of the house's checks is shown a small house with one fault in it."""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PLAN = "base:\nnet: base\nstore: base\n"


class Laws(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.house = pathlib.Path(self.folder.name)
        self.write("src/layers.txt", PLAN)
        self.write("src/base/text.h", "#pragma once\n")
        self.write("src/net/line.cpp", '#include "base/text.h"\n')

    def write(self, path, text):
        file = self.house / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def check(self, tool, *arguments):
        done = subprocess.run([ROOT / "tools" / tool, *arguments], cwd=self.house, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def refused(self, reason, tool, *arguments):
        code, said = self.check(tool, *arguments)
        self.assertEqual(code, 1, said)
        self.assertIn(reason, said)

    def test_a_lawful_house_passes(self):
        for tool in ("check_layers.py", "check_doors.py", "check_sizes.py"):
            self.assertEqual(self.check(tool, "src"), (0, ""))

    def test_a_room_may_not_include_one_it_was_not_granted(self):
        self.write("src/net/line.cpp", '#include "store/rows.h"\n')
        self.refused("src/net/line.cpp:1: net may not include store", "check_layers.py", "src")

    def test_a_cycle_cannot_be_written_down(self):
        self.write("src/layers.txt", "base: net\nnet: base\n")
        self.refused("before they are built", "check_layers.py", "src")

    def test_a_room_must_be_on_the_floor_plan(self):
        self.write("src/attic/box.h", "#pragma once\n")
        self.refused("attic is not in layers.txt", "check_layers.py", "src")

    def test_features_of_the_browser_side_do_not_see_each_other(self):
        self.write("web/src/layers.txt", "ui:\nfeatures/*: ui\n")
        self.write("web/src/features/nodes/page.tsx", 'import { List } from "@/features/guests/list";\n')
        self.refused("features/nodes may not include features/guests", "check_layers.py", "web/src")

    def test_a_relative_path_is_no_way_round(self):
        self.write("web/src/layers.txt", "ui:\napi: ui\n")
        self.write("web/src/ui/button.tsx", 'import { ask } from "../api/client";\n')
        self.refused("ui may not include api", "check_layers.py", "web/src")

    def test_the_simulator_may_not_use_what_it_tests(self):
        self.write("sim/world.cpp", '#include "net/line.h"\n')
        self.refused("sim may not include net", "check_layers.py", "sim=base")

    def test_a_library_stays_behind_its_door(self):
        self.write("src/net/line.cpp", "#include <sqlite3.h>\n")
        self.refused("<sqlite3.h> belongs behind store", "check_doors.py", "src")

    def test_a_file_may_not_outgrow_its_room(self):
        self.write("src/net/line.cpp", "int x{};\n" * 401)
        self.refused("401 lines, limit 400", "check_sizes.py", "src")

    def test_a_test_may_be_twice_as_long(self):
        self.write("src/net/line_test.cpp", "int x{};\n" * 800)
        self.assertEqual(self.check("check_sizes.py", "src")[0], 0)

    def test_sixteen_things_in_a_folder_are_two_rooms(self):
        for number in range(16):
            self.write(f"src/store/thing{number}.h", "#pragma once\n")
        self.refused("16 stems, limit 15", "check_sizes.py", "src")

    def test_no_folder_is_called_utils(self):
        self.write("src/net/utils/x.h", "#pragma once\n")
        self.refused("'utils' names nothing", "check_sizes.py", "src")

    def test_a_dead_link_is_found(self):
        self.write("src/app/config_table.cpp", '{"data", "--data", {"MONITORIX_DATA"}, "", ""}\n')
        self.write("docs/guide/configuration.md", "| `--data DIR` | `MONITORIX_DATA` | `data` | | |\n")
        self.assertEqual(self.check("check_documents.py"), (0, ""))
        self.write("README.md", "[gone](docs/gone.md)\n")
        self.refused("README.md:1: docs/gone.md does not exist", "check_documents.py")

    def test_an_option_without_a_word_in_the_guide_is_found(self):
        self.write("src/app/config_table.cpp", '{"data", "--data", {"MONITORIX_DATA"}, "", ""}\n')
        self.write("docs/guide/configuration.md", "| `--data DIR` | `MONITORIX_FILES` | `data` | | |\n")
        self.refused("MONITORIX_DATA is not explained", "check_documents.py")
        self.refused("MONITORIX_FILES is not an option", "check_documents.py")

    def test_a_file_out_of_form_is_found(self):
        self.write(".clang-format", (ROOT / ".clang-format").read_text())
        self.write("src/net/line.cpp", "int  x   {};\n")
        done = subprocess.run(["clang-format-14", "--dry-run", "-Werror", "src/net/line.cpp"], cwd=self.house, capture_output=True)
        self.assertEqual(done.returncode, 1)

    def furnish(self, *paths):
        """Copies of the real things, and the tools that the machine has brought for the checkout."""
        for path in paths:
            source, copy = ROOT / path, self.house / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, copy) if source.is_dir() else shutil.copy(source, copy)
        for tools in (".toolchain", "web/node_modules"):
            (self.house / tools).parent.mkdir(exist_ok=True)
            (self.house / tools).symlink_to(ROOT / tools)

    def run_here(self, command):
        done = subprocess.run(["bash", "-c", command], cwd=self.house, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_a_contract_that_moved_on_without_its_files_is_found(self):
        self.furnish("contract/openapi.yaml", "contract/openapi.gen.json", "web/src/api/schema.gen.ts", "web/package.json",
                     "tools/contract/check_drift.sh", "tools/contract/to_json.py", "tools/contract/notify_words.py", "tools/dev/env.sh",
                     "web/src/i18n", "src/notify/reason_words.gen.cpp")
        self.run_here("tools/contract/check_drift.sh")  # leaves fresh files: whether the real ones are is another step's matter
        code, said = self.run_here("tools/contract/check_drift.sh")
        self.assertEqual(code, 0, said)
        contract = self.house / "contract/openapi.yaml"
        text = contract.read_text()
        changed = text.replace("cpu_ratio:", "cpu_share:")
        self.assertNotEqual(changed, text)
        contract.write_text(changed)
        code, said = self.run_here("tools/contract/check_drift.sh")
        self.assertEqual(code, 1, said)
        self.assertIn("openapi.gen.json as made", said)

    def test_a_proxy_that_serves_the_pages_sends_the_policy_of_the_server(self):
        ours = re.search(r'kContentSecurityPolicy =((?:\s*"[^"]*")+);', (ROOT / "src/api/answer.cpp").read_text())[1]
        theirs = re.search(r'Content-Security-Policy "([^"]*)"', (ROOT / "deploy/proxy/security-headers.conf").read_text())[1]
        self.assertEqual("".join(re.findall(r'"([^"]*)"', ours)), theirs)

    def test_a_word_that_one_language_lacks_is_found(self):
        self.furnish("web/src/i18n", "web/scripts/check-i18n.mjs", "web/package.json", "tools/dev/env.sh")
        translations = ". tools/dev/env.sh && cd web && node --run i18n"
        page = self.house / "web/src/i18n/fi/frame.json"
        words = json.loads(page.read_text())
        lost = next(iter(words))
        self.assertNotIn(f"fi/frame.json: lacks {lost}", self.run_here(translations)[1])
        del words[lost]
        page.write_text(json.dumps(words))
        code, said = self.run_here(translations)
        self.assertEqual(code, 1, said)
        self.assertIn(f"fi/frame.json: lacks {lost}", said)

    def test_every_reason_and_feature_that_the_server_names_is_promised_and_has_words(self):
        schemas = json.loads((ROOT / "contract/openapi.gen.json").read_text())["components"]["schemas"]
        words = json.loads((ROOT / "web/src/i18n/en/fleet.json").read_text())
        files = {name: (ROOT / f"src/proxmox/{name}.cpp").read_text() for name in ("doctor", "reason", "client", "server/server_doctor")}
        source = "".join(files.values())
        said = set(re.findall(r'(?:\bfound\(\s*|\.code = )"([a-z_]+)"', source))
        said |= set(re.findall(r'return "([a-z_]+)"', files["reason"]))
        promised = {name: set(schemas[name]["enum"]) for name in ("ReasonCode", "FeatureCode")}
        self.assertGreater(len(said), 30)
        self.assertEqual(said - promised["ReasonCode"] - promised["FeatureCode"], set())
        self.assertEqual({code for codes in promised.values() for code in codes if f'"{code}"' not in source}, set())
        self.assertEqual(promised["ReasonCode"] - {key.removesuffix("_other") for key in words["reason"]}, set())
        self.assertEqual(promised["FeatureCode"] - set(words["feature"]), set())

    def test_every_risk_that_the_server_names_is_promised_and_has_words(self):
        schemas = json.loads((ROOT / "contract/openapi.gen.json").read_text())["components"]["schemas"]
        words = json.loads((ROOT / "web/src/i18n/en/fleet.json").read_text())
        source = "".join((ROOT / f"src/state/risks/{name}.cpp").read_text() for name in ("risks", "node_risks"))
        promised = set(schemas["RiskCode"]["enum"])
        said = set(re.findall(r'\.code = "([a-z_]+)"', source))
        self.assertGreater(len(said), 15)
        self.assertEqual(said - promised, set())
        self.assertEqual({code for code in promised if f'"{code}"' not in source}, set())
        self.assertEqual(promised, set(words["risk"]))


if __name__ == "__main__":
    unittest.main()
