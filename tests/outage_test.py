#!/usr/bin/env python3
"""After an outage of ours no hole remains: what is missing is fetched from what the cluster kept, ten seconds apart for
half an hour (metrics/export) and by its round-robin data beyond. Time passes by order, in the simulator and in the clock
of the program that was away.

    tests/outage_test.py     (MONITORIX_BUILD names the folder of the programs)
"""
import concurrent.futures
import datetime
import http.client
import json
import pathlib
import ssl
import subprocess
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import stand  # noqa: E402

TEN = 10
GUEST = ("cpu_ratio", "memory_used_bytes", "net_in_bytes_per_second", "disk_write_bytes_per_second")
NODE = ("cpu_ratio", "memory_used_bytes", "net_in_bytes_per_second", "net_out_bytes_per_second", "load_1")
SUM = ("cpu_ratio", "memory_used_bytes", "guests_running", "disk_read_bytes_per_second")
AFTER = 30  # seconds after the return that are looked at, too: what was fetched and what is polled must join
KEPT = {"vm": GUEST, "node": NODE, "storage": ("used_bytes",), "sum": SUM}


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat()


def shim(folder):
    """The library that moves a program's wall clock."""
    library = pathlib.Path(folder) / "clock_ahead.so"
    source = pathlib.Path(__file__).resolve().parent / "preload" / "clock_ahead.cpp"
    subprocess.run(["c++", "-std=c++20", "-O1", "-shared", "-fPIC", "-o", library, source], check=True)
    return library


def exported(endpoint, since):
    """Of each object and moment what the simulator measured, asked for as any program would."""
    url = urllib.parse.urlsplit(endpoint["url"])
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    line = http.client.HTTPSConnection(url.hostname, url.port, context=context, timeout=30)
    line.request("GET", f"/api2/json/cluster/metrics/export?history=1&start-time={since}",
                 headers={"Authorization": f"PVEAPIToken={endpoint['token']}"})
    rows = json.loads(line.getresponse().read())["data"]["data"]
    line.close()
    out = {}
    for row in rows:
        out.setdefault(row["id"], {}).setdefault(row["timestamp"], {})[row["metric"]] = row["value"]
    return out


class Outage:
    """A cluster that is watched, left alone for `away` seconds, and watched again, and looked at until `back`."""

    def __init__(self, folder, library, version, away):
        self.folder, self.away, self.ahead = folder, away, 0
        self.library = library
        self.fleet = stand.Pvesim(folder, "--clusters", 1, "--nodes", 2, "--guests", 10, "--storages", 3, "--pve", version, "--no-events")
        self.server = None

    def start(self):
        prefix = ["env", f"LD_PRELOAD={self.library}", f"CLOCK_AHEAD={self.ahead}"]
        self.server = stand.Monitorix(self.folder, *stand.NO_RATE_LIMITS, prefix=prefix)

    def now(self):
        return int(time.time()) + self.ahead

    def series(self, name, metric, since, points):
        query = urllib.parse.urlencode({"object": name, "metric": metric, "from": iso(since), "to": iso(self.back), "points": points})
        answer = self.server.call("GET", f"/api/metrics/series?{query}")
        return answer["step_ms"] // 1000, {point[0] // 1000: point[1] for point in answer["series"][0]["points"]}

    def objects(self):
        vms = [f"vm:{vm['id']}" for vm in self.server.call("GET", "/api/vms") if vm["status"] == "running"]
        storages = self.server.call("GET", "/api/storages?limit=100")["items"]
        return {"vm": vms, "node": [f"node:{node['id']}" for node in self.server.call("GET", "/api/nodes")],
                "storage": [f"storage:{one['id']}" for one in storages if one["state"] == "available"]}

    def holes(self, since, points, kinds=KEPT):
        """Objects and metrics of which a point is unknown."""
        found = []
        sums = {"sum": [f"cluster:{self.cluster}", *(one.replace("node:", "node_guests:") for one in self.objects()["node"])]}
        for kind, names in {**self.objects(), **(sums if self.away <= 1800 else {})}.items():
            for name in names:
                for metric in kinds.get(kind, ()):
                    step, values = self.series(name, metric, since, points)
                    missing = [at for at, value in values.items() if value is None]
                    first, last = min(values, default=self.back), max(values, default=since)
                    if first > since + step or last < self.back - 2 * step:  # what is unknown at the ends is left out
                        missing += [first, last]
                    if missing:
                        found.append((name, metric, step, len(missing), min(missing) - since, max(missing) - since))
        return found

    def run(self):
        """The moment of the last sample before the outage, after all that can be known has come."""
        self.start()
        self.server.make_admin()
        self.cluster = self.server.connect(self.fleet.clusters()[0])["id"]
        stand.await_true("all guests", 20, lambda: self.server.guests_listed() >= 10, 0.2)
        time.sleep(24)
        self.server.stop()
        last = self.now()
        self.fleet.order("POST", "/time", {"pass_seconds": self.away})
        self.ahead += self.away
        self.back = self.now() + AFTER
        self.start()
        self.server.sign_in()
        return last - 2 * TEN


class Outages(unittest.TestCase):
    def away(self, version, minutes, points):
        with stand.room(f"outage-{minutes}") as folder:
            outage = Outage(folder, shim(folder), version, minutes * 60)
            try:
                since = outage.run()
                wanted = points or (outage.back - since) // TEN + 3
                try:
                    stand.await_true(f"{minutes} min: no hole", 100, lambda: not outage.holes(since, wanted), 2)
                except TimeoutError:
                    health = outage.server.call("GET", f"/api/clusters/{outage.cluster}")
                    self.fail(f"{outage.server.last_words()}\n{health}\n{minutes} min on {version}: {outage.holes(since, wanted)}")
                if not points:
                    self.check_truth(outage, since, wanted)
                    self.check_sums(outage, since, wanted)
                return minutes
            finally:
                for program in (outage.server, outage.fleet):
                    if program:
                        program.stop()

    def check_truth(self, outage, since, points):
        """Each point is what was measured in its ten seconds or in the twenty before; where two polls fell into one, between."""
        truth = exported(outage.fleet.clusters()[0], since - 60)
        for vm in outage.server.call("GET", "/api/vms"):
            if vm["status"] != "running":
                continue
            measured = truth[f"{vm['type']}/{vm['vmid']}"]
            step, cpu = outage.series(f"vm:{vm['id']}", "cpu_ratio", since, points)
            self.assertEqual(step, TEN)
            _, net = outage.series(f"vm:{vm['id']}", "net_in_bytes_per_second", since, points)
            exact = 0
            for at, value in cpu.items():
                near = [one["cpu_current"] for when, one in measured.items() if at - 2 * TEN <= when < at + TEN]
                self.assertTrue(min(near) - 1e-4 <= value <= max(near) + 1e-4, f"{vm['name']} at {iso(at)}")
                exact += min(abs(one - value) for one in near) < 1e-4
            self.assertGreaterEqual(exact, len(cpu) - 3, vm["name"])
            whole = sorted(measured)
            rate = (measured[whole[-1]]["net_in"] - measured[whole[0]]["net_in"]) / (whole[-1] - whole[0])
            for at, value in net.items():
                self.assertAlmostEqual(value / rate, 1, delta=0.05, msg=f"{vm['name']} at {iso(at)}")

    def check_sums(self, outage, since, points):
        """What the guests read together flows evenly here: a sum with a spike counted something twice."""
        _, reads = outage.series(f"cluster:{outage.cluster}", "disk_read_bytes_per_second", since, points)
        known = sorted(value for value in reads.values() if value is not None)
        self.assertLess(known[-1], 2 * known[len(known) // 2], f"{outage.away} s away: {reads}")

    def test_no_hole_remains(self):
        cases = [("9.2", 7, 0), ("9.2", 20, 0), ("9.2", 180, 40)]
        with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
            done = [future.result() for future in [pool.submit(self.away, *case) for case in cases]]
        self.assertEqual(done, [7, 20, 180])


if __name__ == "__main__":
    unittest.main()
