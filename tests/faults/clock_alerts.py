#!/usr/bin/env python3
"""The clock of the machine is moved by a day, there and back, both ways: nothing begins or ends by that, nobody is told anything, and
what really happens afterwards is told as ever.

    tests/faults/clock_alerts.py     (MONITORIX_BUILD names the folder of the programs)
"""
import pathlib
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from own_alerts import Scene, shim, stand  # noqa: E402

DAY = 86_400
STAYS = 40  # seconds that each time lasts: four rounds of polling, and whatever waits half a minute


class ClockAlerts(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.offset = pathlib.Path(self.folder.name) / "offset"
        self.move_clock(0)
        prefix = ("env", f"LD_PRELOAD={shim(self.folder.name)}", f"CLOCK_AHEAD_FILE={self.offset}")
        self.scene = Scene(self.folder.name, prefix=prefix)
        self.addCleanup(self.scene.close)

    def move_clock(self, seconds):
        self.offset.write_text(f"{seconds}\n")

    def alerts(self):
        """What is the case or about to be, and since when."""
        rows = self.scene.house.call("GET", "/api/alerts?state=firing&state=pending&limit=1000")
        return {(row["rule_key"], row["object"]["name"], row["part"], row["state"], row["is_recovering"], row["created_at"]) for row in rows}

    def backups(self):
        return {row["state"] for row in self.scene.house.call("GET", "/api/backups/coverage?limit=100")["items"]}

    def order(self, member, what):
        self.scene.sim.order("POST", f"/node/{self.scene.cluster}/{member}/{what}")

    def test_nothing_fires_and_nothing_ends(self):
        scene = self.scene
        _, dead, other = scene.members
        for key in ("backup_late", "backup_failed", "token_rights"):
            scene.rule(key, {"is_active": True})
        stand.await_true("backups are judged", 120, lambda: self.backups() and "unknown" not in self.backups(), 1)
        self.order(dead, "kill")
        scene.await_told("firing", dead, 90)
        time.sleep(30)
        before, told = self.alerts(), scene.keys()
        self.assertTrue(before)
        for seconds in (DAY, 0, -DAY, 0):
            with self.subTest(seconds):
                self.move_clock(seconds)
                time.sleep(STAYS)
                scene.house.sign_in()
                self.assertEqual(self.alerts(), before)
                self.assertEqual(scene.keys(), told)
        self.order(dead, "revive")
        scene.await_told("resolved", dead, 90)
        self.order(other, "kill")
        scene.await_told("firing", other, 90)
        self.assertEqual(len(scene.told("firing", dead)), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
