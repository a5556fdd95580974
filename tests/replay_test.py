#!/usr/bin/env python3
"""Every recording of a real Proxmox VE, served over TLS by `pvesim --replay` and read by the real client: the REST API
then tells the very objects of tests/data/pve_objects.txt with the very values that were recorded, and null for the rest.

    tests/replay_test.py     (MONITORIX_BUILD names the folder of the programs)
"""
import http.client
import json
import pathlib
import shutil
import ssl
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import stand  # noqa: E402

DATA = stand.ROOT / "tests" / "data"
SCHEME = "PVEAPIToken="
# Recorded with one token only, and asked for by whoever connects; the rows of a token without rights hold no values.
ASKED_BY_ALL = {"/nodes": "tok_root_pam_sep_nodes.json", "/version": "tok_root_pam_sep_version.json"}
NODE_VALUES = {"cpu_ratio": "cpu", "cpu_count": "maxcpu", "memory_used_bytes": "mem", "memory_total_bytes": "maxmem",
               "rootfs_used_bytes": "disk", "rootfs_total_bytes": "maxdisk", "uptime_seconds": "uptime"}
GUEST_LOADS = {"cpu_ratio": "cpu", "memory_used_bytes": "mem", "memory_host_bytes": "memhost", "uptime": "uptime"}
GUEST_RATES = ("net_in_bytes_per_second", "net_out_bytes_per_second", "disk_read_bytes_per_second", "disk_write_bytes_per_second")


def recordings(folder):
    return {file.name: json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))}


def authorization(recording):
    return (recording.get("request_headers") or {}).get("Authorization")


def objects_table():
    """Numbers by file name, as counted by tests/data/count_objects.py; None for an error."""
    rows = (line.split() for line in (DATA / "pve_objects.txt").read_text().splitlines() if not line.startswith("#"))
    return {row[0]: None if row[1] == "-" else tuple(map(int, row[1:])) for row in rows}


def positive(number):
    return number or None  # Proxmox says 0 for a size it does not know


class Asker:
    """One TLS connection, asking as each recording was asked."""

    def __init__(self, endpoint):
        url = urllib.parse.urlsplit(endpoint["url"])
        trust = ssl.create_default_context(cafile=endpoint["ca_file"])
        self.connect = lambda: http.client.HTTPSConnection(url.hostname, url.port, context=trust, timeout=15)

    def ask(self, recording):
        connection = self.connect()
        try:
            headers = {} if authorization(recording) is None else {"Authorization": authorization(recording)}
            connection.request(recording["method"], "/api2/json" + recording["path"], headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


class Replayed:
    version = ""

    @classmethod
    def setUpClass(cls):
        cls.folder = DATA / "pve" / f"pve-{cls.version}"
        cls.recorded = recordings(cls.folder)
        cls.table = objects_table()
        holder = stand.room("replay")
        cls.room = holder.__enter__()
        cls.addClassCleanup(holder.__exit__, None, None, None)
        shutil.copytree(cls.folder, cls.room / "pve")
        tokens = {authorization(each) for each in cls.recorded.values() if each["status"] == 200} - {None}
        for number, token in enumerate(sorted(tokens)):
            for path, source in ASKED_BY_ALL.items():
                if not any(each["path"] == path and authorization(each) == token for each in cls.recorded.values()):
                    given = {**cls.recorded[source], "request_headers": {"Authorization": token}}
                    (cls.room / "pve" / f"zz_{number}_{path[1:]}.json").write_text(json.dumps(given, indent=1))
        cls.tokens = [token.removeprefix(SCHEME) for token in sorted(tokens)]
        cls.sim = stand.Pvesim(cls.room, "--replay", cls.room / "pve")
        cls.addClassCleanup(cls.sim.stop)
        cls.endpoint = cls.sim.endpoints[0]

    def recorded_for(self, token, path):
        """Name and body of what was recorded of this path with this token, if anything was."""
        found = [(name, each) for name, each in self.recorded.items()
                 if each["path"] == path and authorization(each) == SCHEME + token and each["status"] == 200]
        return (found[0][0], found[0][1]["body"]["data"]) if found else (None, [])

    def test_each_recording_is_served_as_it_was(self):
        asker, served = Asker(self.endpoint), 0
        later = {each["path"] for name, each in self.recorded.items() if name.startswith("later_")}
        for name, recording in self.recorded.items():
            if recording["status"] in (401, 595) or name.startswith("ext_"):
                continue  # the refused ones take three seconds each, as in life; ext_ is another formatter
            if recording["path"] in later:
                if not name.startswith("later_") and self.endpoint["token"] in (authorization(recording) or ""):
                    continue  # recorded again when there was more to tell
                if authorization(recording) is None:
                    recording = {**recording, "request_headers": {"Authorization": SCHEME + self.endpoint["token"]}}
            status, body = asker.ask(recording)
            self.assertEqual(status, recording["status"], name)
            expected = recording["body"]
            if isinstance(expected, dict) and "_text" in expected:
                self.assertEqual(body, expected["_text"], name)
            else:
                self.assertEqual(json.loads(body), expected, name)
            served += 1
        print(f"{self.version}: {served} of {len(self.recorded)} recordings served as they were")

    def test_each_token_sees_its_objects_and_no_invented_value(self):
        for number, token in enumerate(self.tokens):
            with self.subTest(token=token.rpartition("=")[0]):
                (self.room / str(number)).mkdir()
                server = stand.Monitorix(self.room / str(number))
                with stand.running(server):
                    server.make_admin()
                    self.connect(server, token)
                    self.compare(server, token)

    def connect(self, server, token):
        server.command("connect", "--name", "replayed", "--url", self.endpoint["url"], "--token", token,
                       "--fingerprint", self.endpoint["fingerprint"])
        asked = lambda: server.call("GET", "/api/clusters")["items"][0]  # noqa: E731
        name, rows = self.recorded_for(token, "/cluster/resources")
        if name:
            wanted = sum(row["type"] in ("qemu", "lxc") for row in rows)
            stand.await_true("the inventory", 20, lambda: asked()["last_poll_at"] and asked()["vm_count"] == wanted, 0.1)
        else:
            time.sleep(3)  # no inventory was recorded with this token: there is nothing to wait for, and nothing may come

    def compare(self, server, token):
        nodes, guests = (server.call("GET", f"/api/{kind}?limit=1000") for kind in ("nodes", "vms"))
        storages = server.call("GET", "/api/storages?limit=1000")["items"]
        name, rows = self.recorded_for(token, "/cluster/resources")
        expected = self.table[f"pve-{self.version}/{name}"] if name else (len(nodes), 0, 0)
        self.assertEqual((len(nodes), len(guests), len(storages)), expected)
        print(f"{self.version} {token.rpartition('=')[0]}: {expected[0]} nodes, {expected[1]} guests, {expected[2]} storages")
        named = {row["id"]: row for row in rows}
        for node in nodes:
            self.compare_node(node, named.get(f"node/{node['name']}", {}))
        for guest in guests:
            self.compare_guest(guest, named[f"{guest['type']}/{guest['vmid']}"])
        for storage in storages:
            self.compare_storage(storage, [row for row in rows if row.get("storage") == storage["name"]])

    def compare_node(self, node, row):
        for ours, theirs in NODE_VALUES.items():
            self.assert_same(node[ours], row.get(theirs), f"{node['name']} {ours}")

    def compare_guest(self, guest, row):
        where = row["id"]
        self.assertEqual(guest["status"], row["status"], where)
        self.assertEqual(guest["name"], row.get("name", str(row["vmid"])), where)
        self.assertEqual(guest["lock"], row.get("lock"), where)
        self.assertEqual(guest["is_template"], bool(row.get("template", 0)), where)
        self.assertEqual(guest["proxmox_tags"], sorted(filter(None, row.get("tags", "").split(";"))), where)
        self.assert_same(guest["cpu_count"], row.get("maxcpu"), where)
        self.assert_same(guest["memory_total"], positive(row.get("maxmem")), where)
        self.assert_same(guest["disk_total"], positive(row.get("maxdisk")), where)
        runs = row["status"] == "running"
        for ours, theirs in GUEST_LOADS.items():
            self.assert_same(guest[ours], row.get(theirs) if runs else None, f"{where} {ours}")
        self.assert_same(guest["disk_used_bytes"], row.get("disk") if runs and row["type"] == "lxc" else None, where)
        for rate in (*GUEST_RATES, "pressure", "os_name", "last_backup_at"):
            self.assertIsNone(guest[rate], f"{where} {rate}: one answer cannot tell")

    def compare_storage(self, storage, rows):
        self.assertTrue(rows, storage["name"])
        self.assertEqual(storage["state"], rows[0]["status"], storage["name"])
        self.assertEqual(storage["plugin_type"], rows[0]["plugintype"])
        self.assertEqual(sorted(storage["content"]), sorted(rows[0]["content"].split(",")))
        self.assertEqual(storage["shared"], bool(rows[0]["shared"]))
        self.assert_same(storage["total_bytes"], rows[0].get("maxdisk"), storage["name"])
        self.assert_same(storage["used_bytes"], rows[0].get("disk"), storage["name"])

    def assert_same(self, told, recorded, where):
        if recorded is None:
            self.assertIsNone(told, f"{where}: invented")
        else:
            self.assertIsNotNone(told, f"{where}: lost")
            self.assertAlmostEqual(told, recorded, delta=0.0001 if isinstance(recorded, float) else 0, msg=where)


class TestPve84(Replayed, unittest.TestCase):
    version = "8.4.1"


class TestPve92(Replayed, unittest.TestCase):
    version = "9.2.11"


if __name__ == "__main__":
    unittest.main()
