#!/usr/bin/env python3
"""A receiver that is away: the others are unaffected, the queue is shown, and all is told afterwards, in order.

    tests/notify/away_test.py     (MONITORIX_AWAY: for how many seconds it is away, 15 unless said; MONITORIX_BUILD as elsewhere)
"""
import json
import os
import pathlib
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from receivers import Receiver, stand  # noqa: E402

AWAY = float(os.environ.get("MONITORIX_AWAY", "15"))
TOKEN_LIVES = 1200  # a good deal less than it does
MESSAGES = 60


class Away(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.house = stand.Monitorix(self.folder.name, *stand.NO_RATE_LIMITS, "--outbound-allow", "127.0.0.0/8").make_admin()
        self.receivers = {"here": Receiver(), "away": Receiver()}
        self.ids = {name: self.house.call("POST", "/api/notification-channels", {
            "name": name, "type": "webhook", "settings": {"webhook_url": one.url("/in")}})["id"] for name, one in self.receivers.items()}

    def tearDown(self):
        self.house.stop()
        for receiver in self.receivers.values():
            receiver.close()
        self.folder.cleanup()

    def channel(self, name):
        return self.house.call("GET", f"/api/notification-channels/{self.ids[name]}")

    def titles(self, name):
        return [json.loads(request["body"])["title"] for request in self.receivers[name].requests]

    def test_all_is_told_when_it_is_back(self):
        self.receivers["away"].close()
        ended = time.monotonic() + AWAY
        wanted = []
        for at in range(MESSAGES):
            wanted.append(f"message {at}")
            self.house.call("POST", "/api/notifications", {"title": wanted[-1], "key": "one", "version": at, "severity": "warning"})
        stand.await_true("the other channel", 15, lambda: self.titles("here") == wanted)
        shown = self.channel("away")
        self.assertEqual(shown["queue_depth"], MESSAGES)
        self.assertIn("refuses the connection", shown["last_error"])
        self.assertEqual(self.channel("here")["queue_depth"], 0)
        failed = self.house.call("GET", "/api/notifications?state=failed")["items"]
        self.assertEqual([row["title"] for row in failed], wanted[:1])  # the first is tried; those behind it wait their turn
        self.assertIsNotNone(failed[0]["next_try_at"])
        signed_in = time.monotonic()
        while time.monotonic() < ended:
            if time.monotonic() - signed_in > TOKEN_LIVES:
                self.house.sign_in()
                signed_in = time.monotonic()
            self.house.call("POST", "/api/notifications", {"title": "tick", "key": "tick", "severity": "info",
                                                           "version": int(time.monotonic() * 1000), "channel_ids": [self.ids["here"]]})
            time.sleep(min(1.0, max(0.0, ended - time.monotonic())))
        self.house.sign_in()
        self.assertTrue(all(row["queue_depth"] <= 1 for row in [self.channel("here")]))
        self.receivers["away"].open()
        stand.await_true("all told", 330, lambda: self.channel("away")["queue_depth"] == 0, 0.2)
        self.assertEqual(self.titles("away"), wanted)
        self.assertEqual(self.channel("away")["last_error"], None)
        self.assertEqual(self.channel("away")["dead_letters"], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
