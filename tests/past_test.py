#!/usr/bin/env python3
"""What Proxmox VE remembers is read back after connecting: the year of every node, storage and guest is complete and
equals what the simulator says of it, on Proxmox VE 9 and 8; a restart goes on where it stopped.

    tests/past_test.py     (MONITORIX_BUILD names the folder of the programs)
"""
import collections
import datetime
import http.client
import json
import pathlib
import ssl
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import stand  # noqa: E402

DAY = 86_400
YEAR = 365 * DAY
KINDS = {"node": ("memused", "memory_used_bytes"), "vm": ("cpu", "cpu_ratio"), "storage": ("used", "used_bytes")}


class Remembered:
    """rrddata, asked for as any program would."""

    def __init__(self, endpoint):
        url = urllib.parse.urlsplit(endpoint["url"])
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.line = http.client.HTTPSConnection(url.hostname, url.port, context=context, timeout=30)
        self.headers = {"Authorization": f"PVEAPIToken={endpoint['token']}"}

    def year(self, path, field):
        self.line.request("GET", f"/api2/json{path}/rrddata?timeframe=year&cf=AVERAGE", headers=self.headers)
        answer = json.loads(self.line.getresponse().read())
        return [(row["time"], row[field]) for row in answer["data"] if field in row]


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat()


def averages(rows, step, points):
    """What the points of a series should say: rows hold for all of their interval, weighted by the time they share."""
    out = {}
    times = [time for time, _ in rows]
    length = min(b - a for a, b in zip(times, times[1:]))
    for start in points:
        shares = collections.defaultdict(float)
        for at, value in rows:
            overlap = min(at + length, start + step) - max(at, start)
            if overlap > 0:
                shares[value] += overlap
        total = sum(shares.values())
        if total == step:
            out[start] = sum(value * seconds for value, seconds in shares.items()) / total
    return out


class Past(unittest.TestCase):
    def series(self, server, objects, metric, span, points):
        now = int(time.time())
        query = urllib.parse.urlencode([("object", one) for one in objects] + [
            ("metric", metric), ("from", iso(now - span)), ("to", iso(now)), ("points", points)])
        return server.call("GET", f"/api/metrics/series?{query}")

    def await_done(self, server, cluster, seconds):
        def is_done():
            state = server.call("GET", f"/api/clusters/{cluster}/backfill")
            return state["total"] > 0 and not state["running"] and state["done"] == state["total"]
        return stand.await_true("read back", seconds, is_done, 0.25)

    def check_year(self, server, remembered, paths):
        """Before the last 35 days, which finer frames tell."""
        for one, path in paths.items():
            field, metric = KINDS[one.split(":")[0]]
            truth = remembered.year(path, field)
            answer = self.series(server, [one], metric, YEAR, 400)
            step = answer["step_ms"] // 1000
            series = answer["series"][0]
            got = {point[0] // 1000: point[1] for point in series["points"]}
            self.assertNotIn(None, got.values(), f"{one}: a hole")
            expected = averages(truth, step, [start for start in got if start + step < time.time() - 35 * DAY])
            remembered_days = (time.time() - 36 * DAY - truth[0][0]) / step  # a guest may be younger than the year
            self.assertGreaterEqual(len(expected), min(325, remembered_days) - 2, one)
            for start, value in expected.items():
                self.assertAlmostEqual(got[start] / max(value, 1e-9), 1, delta=0.01, msg=f"{one} at {iso(start)}")
            self.assertEqual(series["origin"], "mixed")
            self.assertGreater(max(got) + 2 * step, time.time(), f"{one}: nothing of late")

    def check_edge(self, server, objects):
        """Where the past that was read back ends and our own samples begin, nothing is missing."""
        for one in objects:
            answer = self.series(server, [one], KINDS[one.split(":")[0]][1], 1200, 600)
            self.assertEqual(answer["step_ms"], 10_000)
            values = [point[1] for point in answer["series"][0]["points"]]
            self.assertGreater(len(values), 110, one)
            self.assertNotIn(None, values, f"{one}: a hole where its past ends")

    def read_back(self, version):
        with stand.room("past") as folder:
            fleet = stand.Pvesim(folder, "--clusters", 1, "--nodes", 2, "--guests", 12, "--storages", 3, "--pve", version, "--no-events")
            server = stand.Monitorix(folder, *stand.NO_RATE_LIMITS)
            with stand.running(fleet, server):
                server.make_admin()
                endpoint = fleet.clusters()[0]
                cluster = server.connect(endpoint)["id"]
                self.await_done(server, cluster, 90)
                remembered = Remembered(endpoint)
                nodes = {node["id"]: node["name"] for node in server.call("GET", "/api/nodes")}
                paths = {f"node:{id}": f"/nodes/{name}" for id, name in nodes.items()}
                for vm in server.call("GET", "/api/vms"):
                    if vm["status"] == "running":
                        paths[f"vm:{vm['id']}"] = f"/nodes/{nodes[vm['node_id']]}/{vm['type']}/{vm['vmid']}"
                for storage in server.call("GET", "/api/storages?limit=100")["items"]:
                    if storage["state"] == "available":
                        paths[f"storage:{storage['id']}"] = f"/nodes/{nodes[storage['node_ids'][0]]}/storage/{storage['name']}"
                self.assertGreater(len(paths), 10)
                self.check_year(server, remembered, paths)
                for span in (DAY, 7 * DAY, 30 * DAY):
                    answer = self.series(server, list(paths)[:1], "cpu_ratio", span, 300)
                    points = answer["series"][0]["points"]
                    self.assertGreater(len(points) * answer["step_ms"] / 1000, span * 0.97, f"{span} s")
                    self.assertNotIn(None, [point[1] for point in points], f"{span} s: a hole")
                if version == "9.2":  # whose members tell their last minutes whichever of them is asked
                    self.check_edge(server, list(paths))
                server.stop()
                again = stand.Monitorix(folder, *stand.NO_RATE_LIMITS)
                with stand.running(again):
                    again.sign_in()
                    time.sleep(12)  # it looks every five seconds
                    state = again.call("GET", f"/api/clusters/{cluster}/backfill")
                    self.assertEqual((state["running"], state["total"]), (False, 0), "nothing is asked for twice")
                    self.check_year(again, remembered, dict(list(paths.items())[:2]))

    def test_version_9(self):
        self.read_back("9.2")

    def test_version_8(self):
        self.read_back("8.4")


if __name__ == "__main__":
    unittest.main()
