#!/usr/bin/env python3
"""Who watches the watcher: the dead man's address hears of Monitorix while it is well, and no longer when it hangs or a message
waits; systemd's socket hears that it is ready, alive and stopping.

    tests/watcher_test.py     (MONITORIX_BUILD names the folder of the programs)
"""
import os
import pathlib
import signal
import socket
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "notify"))
import stand  # noqa: E402
from receivers import Receiver  # noqa: E402

PERIOD = 5


class Watcher(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.outside = Receiver()
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(f"{self.folder.name}/notify")
        self.notify.settimeout(10)
        for name, value in {"MONITORIX_ALERT_DEAD_MAN_URL": self.outside.url("/ping/secret-part"),
                            "NOTIFY_SOCKET": f"{self.folder.name}/notify", "WATCHDOG_USEC": "3000000"}.items():
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name, None)
        self.house = stand.Monitorix(self.folder.name, *stand.STEADY, "--outbound-allow", "127.0.0.0/8",
                                     "--alert-dead-man-seconds", str(PERIOD)).make_admin()
        self.addCleanup(self.folder.cleanup)
        self.addCleanup(self.outside.close)
        self.addCleanup(self.notify.close)
        self.addCleanup(self.house.stop)

    def calls(self):
        return len(self.outside.requests)

    def heard(self):
        return self.notify.recv(100).decode()

    def test_the_address_hears_of_us_while_we_are_well_and_of_nothing_else(self):
        stand.await_true("two calls", 4 * PERIOD, lambda: self.calls() >= 2)
        self.assertEqual({request["path"] for request in self.outside.requests}, {"/ping/secret-part"})
        metrics = self.house.call("GET", "/metrics")
        self.assertRegex(metrics, r"monitorix_dead_man_called_timestamp_seconds [1-9]")
        self.assertIn("monitorix_loop_lag_seconds", metrics)
        self.assertNotIn("secret-part", self.house.log.read_text())

    def test_a_process_that_hangs_is_silent(self):
        stand.await_true("a call", 3 * PERIOD, self.calls)
        os.kill(self.house.pid, signal.SIGSTOP)
        try:
            time.sleep(0.5)
            before = self.calls()
            time.sleep(2 * PERIOD)
            self.assertEqual(self.calls(), before)
        finally:
            os.kill(self.house.pid, signal.SIGCONT)

    def test_what_ran_out_of_time_because_of_us_is_nobodys_downtime(self):
        slow = Receiver()
        self.addCleanup(slow.close)

        def answer_late(_):
            time.sleep(0.8)
            return 200, {}, b"ok"

        slow.answer = answer_late
        service = self.house.call("POST", "/api/services", {
            "name": "slow", "type": "http", "target": slow.url("/"), "check_interval": 10, "timeout": 2, "retries": 0, "retry_interval": 2})
        state = f"/api/services/{service['id']}"
        stand.await_true("it answers", 30, lambda: self.house.call("GET", state)["status"] == "up", 0.2)
        for _ in range(3):  # in the middle of a run
            before = len(slow.requests)
            stand.await_true("a run", 30, lambda: len(slow.requests) > before, 0.05)
            os.kill(self.house.pid, signal.SIGSTOP)
            time.sleep(5)
            os.kill(self.house.pid, signal.SIGCONT)
            time.sleep(3)
        seen = {one["status"] for one in self.house.call("GET", f"{state}/states")["intervals"]}
        self.assertLessEqual(seen, {"up", "unknown"})

    def test_systemd_hears_that_we_are_ready_alive_and_stopping(self):
        self.assertEqual(self.heard(), "READY=1")
        began = time.monotonic()
        self.assertEqual([self.heard() for _ in range(3)], ["WATCHDOG=1"] * 3)
        self.assertLess(time.monotonic() - began, 8)
        self.house.stop()
        rest = [self.heard()]
        while rest[-1] == "WATCHDOG=1":
            rest.append(self.heard())
        self.assertEqual(rest[-1], "STOPPING=1")


if __name__ == "__main__":
    unittest.main()
