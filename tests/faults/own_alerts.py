#!/usr/bin/env python3
"""What is wrong with Monitorix itself, with real faults: a disk that is full, a PostgreSQL that is stopped, a receiver that is
away, a process that was killed. People are told of each while it lasts, once, and that it is over; what waited is not lost.

    tests/faults/own_alerts.py     (as root, for it mounts a small disk; MONITORIX_BUILD names the folder of the programs)
"""
import contextlib
import errno
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "notify")]
from outage_test import shim  # noqa: E402
from receivers import Receiver, stand  # noqa: E402

OPTIONS = [*stand.STEADY, "--outbound-allow", "127.0.0.0/8", "--alert-group-seconds", "2", "--alert-settle-seconds", "4"]
QUICK = {"for_seconds": 3, "keep_for_seconds": 2}
POSTGRES = stand.ROOT / "tools" / "dev" / "postgres.sh"


@contextlib.contextmanager
def small_disk(folder, size):
    folder.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(path):
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


class Scene:
    """A cluster that is watched, a receiver, and what it was told."""

    def __init__(self, folder, database=None, prefix=()):
        self.folder, self.receiver = pathlib.Path(folder), Receiver()
        self.sim = stand.Pvesim(folder, "--still", "--no-events", "--clusters", 1, "--nodes", 3, "--guests", 6)
        self.house = stand.Monitorix(folder, *OPTIONS, database=database, prefix=prefix).make_admin()
        self.add_channel("receiver", self.receiver)
        for key in ("own_database", "own_disk", "own_outbox"):
            self.rule(key, QUICK)
        for key in ("backup_late", "backup_failed", "token_rights"):
            self.rule(key, {"is_active": False})
        endpoint = self.sim.clusters()[0]
        self.cluster = endpoint["cluster"]
        self.house.connect(endpoint)
        self.members = sorted({one["node"] for one in self.sim.endpoints})
        stand.await_true("the world", 30, lambda: self.house.call("GET", "/api/vms"), 0.2)
        time.sleep(8)

    def close(self):
        self.house.stop()
        self.sim.stop()
        self.receiver.close()

    def add_channel(self, name, receiver):
        return self.house.call("POST", "/api/notification-channels",
                               {"name": name, "type": "webhook", "settings": {"webhook_url": receiver.url("/in")}})["id"]

    def rule(self, key, change):
        row = next(row for row in self.house.call("GET", "/api/alert-rules?limit=1000") if row["key"] == key)
        self.house.call("PUT", f"/api/alert-rules/{row['id']}", change)

    def told(self, kind, text):
        """The keys of such messages, in order."""
        parsed = [(request["headers"]["Idempotency-Key"], json.loads(request["body"])) for request in list(self.receiver.requests)]
        return [key for key, one in parsed if one["kind"] == kind and any(text in name for name in [one["title"], *one["affected"]])]

    def await_told(self, kind, text, seconds=60):
        stand.await_true(f"{kind}: {text}", seconds, lambda: self.told(kind, text), 0.2)

    def keys(self):
        return [request["headers"]["Idempotency-Key"] for request in list(self.receiver.requests)]

    def rows(self):
        """What the outbox says of each key that was received."""
        rows = self.house.call("GET", "/api/notifications?limit=1000")["items"]
        return {row["dedup_key"]: row["state"] for row in rows}

    def is_storing(self):
        return stand.ask(self.house.port, "GET", "/health/ready")[0] == 200


class OwnAlerts(unittest.TestCase):
    @contextlib.contextmanager
    def scene(self, **options):
        with tempfile.TemporaryDirectory() as folder:
            with contextlib.ExitStack() as stack:
                if disk := options.pop("disk", None):
                    stack.enter_context(small_disk(pathlib.Path(folder) / "data", disk))
                scene = Scene(folder, **options)
                stack.callback(scene.close)
                try:
                    yield scene
                except Exception as error:
                    raise AssertionError(f"{error}\n{[json.loads(one['body'])['title'] for one in scene.receiver.requests]}\n"
                                         f"{scene.house.last_words()}") from error

    def check_told_once(self, scene, *texts):
        """And its row says that it was sent, as all that was received."""
        for text in texts:
            self.assertEqual(len(scene.told("firing", text)), 1, text)
        self.assertEqual(len(scene.keys()), len(set(scene.keys())), "nothing came twice")
        stand.await_true("all rows are there", 10, lambda: all(scene.rows().get(key) == "sent" for key in scene.keys()), 0.5)

    def test_a_full_disk_is_told_though_nothing_can_be_stored(self):
        with self.scene(disk="48m") as scene:
            filler = scene.house.data / "filler"
            fill(filler)
            scene.await_told("firing", "Disk is nearly full")
            scene.await_told("firing", "Database cannot be written")
            self.assertNotIn(scene.told("firing", "Database cannot be written")[0], scene.rows(), "it is really not stored")
            scene.sim.order("POST", f"/node/{scene.cluster}/{scene.members[1]}/kill")
            stand.await_true("the world goes on", 60, lambda: any(
                one["name"] == scene.members[1] and one["status"] == "offline" for one in scene.house.call("GET", "/api/nodes")), 0.5)
            filler.unlink()
            stand.await_true("it stores again", 20, scene.is_storing, 0.2)
            scene.await_told("firing", scene.members[1], 90)
            scene.await_told("resolved", "Disk is nearly full")
            scene.await_told("resolved", "Database cannot be written")
            self.check_told_once(scene, "Disk is nearly full", "Database cannot be written", scene.members[1])

    def test_a_stopped_postgres_is_told_and_all_else_follows_when_it_is_back(self):
        folder, address = subprocess.run([POSTGRES, "start"], check=True, capture_output=True, text=True).stdout.split()
        try:
            with self.scene(database=address) as scene:
                subprocess.run([POSTGRES, "halt", folder], check=True)
                scene.await_told("firing", "Database cannot be written", 90)
                scene.sim.order("POST", f"/node/{scene.cluster}/{scene.members[1]}/kill")
                time.sleep(40)
                self.assertEqual(scene.told("firing", scene.members[1]), [], "nobody is told of what could be lost")
                subprocess.run([POSTGRES, "resume", folder], check=True)
                scene.await_told("firing", scene.members[1], 90)
                scene.await_told("resolved", "Database cannot be written", 90)
                self.check_told_once(scene, "Database cannot be written", scene.members[1])
        finally:
            subprocess.run([POSTGRES, "stop", folder], check=True)

    def test_messages_that_wait_are_told_to_the_others(self):
        with self.scene() as scene:
            away = Receiver()
            scene.add_channel("away", away)
            away.close()
            scene.sim.order("POST", f"/node/{scene.cluster}/{scene.members[1]}/kill")
            scene.await_told("firing", scene.members[1], 90)
            scene.await_told("firing", "Messages do not go out", 150)
            away.open()
            scene.await_told("resolved", "Messages do not go out", 330)
            titles = [json.loads(request["body"])["title"] for request in away.requests]
            self.assertTrue(any(scene.members[1] in title for title in titles), titles)
            away.close()

    def test_when_it_was_away_is_shown_and_nobodys_downtime(self):
        with self.scene() as scene:
            library = shim(scene.folder)
            scene.house.call("POST", "/api/services", {"name": "web", "type": "port", "target": "127.0.0.1", "port": scene.receiver.port,
                                                       "check_interval": 10, "timeout": 2})
            stand.await_true("a result", 30, lambda: scene.house.call("GET", "/api/services")[0]["status"] == "up", 0.5)
            time.sleep(20)
            self.assertEqual(scene.house.call("GET", "/api/system-metrics/current")["away"], [])
            scene.house.kill()
            prefix = ("env", f"LD_PRELOAD={library}", "CLOCK_AHEAD=600")
            scene.house = stand.Monitorix(scene.folder, *OPTIONS, port=scene.house.port, prefix=prefix).sign_in()
            stand.await_true("it is known", 60, lambda: scene.house.call("GET", "/api/system-metrics/current")["away"], 0.5)
            away = scene.house.call("GET", "/api/system-metrics/current")["away"]
            self.assertEqual(len(away), 1)
            lasted = [time.mktime(time.strptime(away[0][end][:19], "%Y-%m-%dT%H:%M:%S")) for end in ("from", "to")]
            self.assertTrue(595 < lasted[1] - lasted[0] < 660, away)
            row = scene.house.call("GET", "/api/services")[0]
            states = scene.house.call("GET", f"/api/services/{row['id']}/states")["intervals"]
            self.assertEqual({one["status"] for one in states}, {"up", "unknown"})


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("only root may mount a small disk")
    unittest.main(verbosity=2)
