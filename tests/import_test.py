#!/usr/bin/env python3
"""What an original Monitorix kept is taken over: on both engines, twice without a change, killed and begun again with
the same result; its guests keep their numbers and their past when their cluster names them.

    tests/import_test.py     (MONITORIX_BUILD names the folder of the programs)
"""
import contextlib
import datetime
import http.client
import json
import pathlib
import signal
import sqlite3
import ssl
import subprocess
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import original  # noqa: E402
import stand  # noqa: E402

SMALL = {"users": 3, "nodes": 2, "vms": 31, "services": 6, "webhooks": 1, "notification_channels": 2, "alert_rules": 2}
LONG = {"health_checks": 5000, "alerts": 200, "audit_logs": 300}
# What does not depend on when or with which nonce it was written.
KEPT = ["id, username, email, hashed_password, role, is_active, totp_enabled, created_at FROM users",
        "id, name, token_id, paused, doc FROM clusters", "cluster_id, address, port, priority FROM cluster_endpoint",
        "id, cluster_id, name, tags, doc, last_check, created_at FROM nodes",
        "id, cluster_id, node_id, type, vmid, name, memory_total, tags, doc, created_at FROM vms",
        "id, vm_id, name, type, target, port, is_active, doc FROM services",
        "id, service_id, status, response_time, error_message, checked_at FROM health_checks",
        "id, object, alert_type, severity, title, cluster_id, node_id, vm_id, created_at FROM alerts",
        "id, user_id, action, resource_id, created_at FROM audit_logs WHERE action <> 'import.run'", "source, kind, old_id, doc FROM imported"]


class House:
    """Data of ours, and the command that imports into it."""

    def __init__(self, folder, database=None):
        self.data = folder / "data"
        self.database = ["--database", database] if database else []

    def command(self, *words):
        return [str(stand.BUILD / "monitorix"), *words, "--data", str(self.data), *self.database]

    def run(self, url, *words, code=0, entered=""):
        done = subprocess.run(self.command("import", "monitorix", url, *words), input=entered, capture_output=True, text=True, timeout=120)
        if done.returncode != code:
            raise RuntimeError(f"{done.returncode} instead of {code}: {done.stdout[-1000:]}{done.stderr[-2000:]}")
        if original.CANARY in done.stdout + done.stderr:
            raise RuntimeError("a secret was printed")
        return done

    def report(self, url, *words):
        report = json.loads(self.run(url, "--json", "--yes", *words).stdout)
        return report, {table["name"]: table for table in report["tables"]}

    def state(self):
        """Everything that an import leaves behind, to be compared."""
        if self.database:
            other = original.Original(self.database[1], self.database[1].rsplit("/", 1)[1])
            series = ("series", "chunk_raw", "chunk_roll", "sketch")
            return [sorted(other.sql(f"SELECT {what}").splitlines()) for what in KEPT] + [
                sorted(other.sql(f"SELECT * FROM history.{name}").splitlines()) for name in series]
        with contextlib.closing(sqlite3.connect(f"file:{self.data / 'state.db'}?mode=ro", uri=True)) as state:
            out = [sorted(state.execute(f"SELECT {what}").fetchall(), key=repr) for what in KEPT]
        with contextlib.closing(sqlite3.connect(f"file:{self.data / 'metrics.db'}?mode=ro", uri=True)) as metrics:
            tables = [name for (name,) in metrics.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
            out += [(name, sorted(metrics.execute(f"SELECT * FROM {name}").fetchall(), key=repr)) for name in tables if name not in ("schema_migration", "sqlite_sequence")]
        return out


def guests_of(endpoint):
    """As Proxmox VE itself lists them: (node, vmid, name, type)."""
    url = urllib.parse.urlsplit(endpoint["url"])
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    line = http.client.HTTPSConnection(url.hostname, url.port, context=context, timeout=30)
    line.request("GET", "/api2/json/cluster/resources", headers={"Authorization": f"PVEAPIToken={endpoint['token']}"})
    rows = json.loads(line.getresponse().read())["data"]
    line.close()
    return [(row["node"], row["vmid"], row.get("name", ""), row["type"]) for row in rows if row["type"] in ("qemu", "lxc")]


def iso(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Import(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.enterClassContext = getattr(cls, "enterClassContext", None) or cls.enter
        cls.folder = cls.enterClassContext(stand.room("import"))
        cls.server = cls.enterClassContext(stand.postgres())
        cls.fleet = stand.Pvesim(cls.folder, "--clusters", 1, "--nodes", 2, "--guests", 30, "--pve", "9.2", "--no-events")
        cls.addClassCleanup(cls.fleet.stop)
        cls.guests = guests_of(cls.fleet.endpoints[0])
        cls.nodes = {endpoint["node"]: endpoint for endpoint in cls.fleet.endpoints}
        cls.now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, tzinfo=None)
        names = list(cls.nodes)
        rows = []
        for name, endpoint in cls.nodes.items():
            user, _, secret = endpoint["token"].rpartition("=")
            rows.append((name, endpoint["url"], user, secret, "FALSE"))
        cls.old = original.Original(cls.server).make(
            rows, [(names.index(node) + 1, vmid, name) for node, vmid, name, _ in cls.guests[:30]], cls.now)
        cls.together = ["--together", ",".join(names)]

    @classmethod
    def enter(cls, context):
        value = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        return value

    def check_first(self, tables):
        for name, rows in {**SMALL, **LONG}.items():
            table = tables[name]
            self.assertTrue(table["present"], name)
            self.assertEqual((table["read"], table["there"], table["left_out"]), (rows, 0, 0), name)
            aside = {"vms": 1, "health_checks": 5}.get(name, 0)
            self.assertEqual((table["imported"], table["aside"]), (rows - aside, aside), name)
        samples = tables["metrics"]
        self.assertEqual(samples["imported"] + samples["left_out"], original.METRICS_MADE)
        without_total = 2 * 960 * 2
        self.assertEqual(samples["left_out"], original.ODD_METRICS + without_total)
        said = {remark["text"]: remark for name in tables for remark in tables[name]["remarks"]}
        self.assertEqual(said["left out: not a percentage from 0 to 100"]["rows"], 4)
        self.assertEqual(said["kept aside: its node is not there"]["ids"], [900])
        self.assertEqual(said["the password cannot be taken over: `monitorix user reset-password` sets one"]["ids"], [3])

    def check_second(self, house, url):
        _, tables = house.report(url, *self.together)
        for table in tables.values():
            self.assertEqual(table["imported"], 0, table)
        return tables

    def test_into_sqlite(self):
        with stand.room("import-sqlite") as folder:
            house = House(folder)
            dry = json.loads(house.run(self.old.url, "--dry-run", "--json", *self.together).stdout)
            _, tables = house.report(self.old.url, *self.together)
            self.check_first(tables)
            numbers = lambda rows: [(row["name"], row["read"], row["imported"], row["aside"], row["left_out"]) for row in rows]  # noqa: E731
            self.assertEqual(numbers(dry["tables"]), numbers(tables.values()), "a dry run says what will be")
            before = house.state()
            for part in (house.data / "state.db", house.data / "metrics.db"):
                self.assertNotIn(original.CANARY.encode(), part.read_bytes(), "secrets are sealed")
            self.check_second(house, self.old.url)
            self.assertEqual(house.state(), before, "importing twice changes nothing")
            self.check_in_use(folder, house)

    def test_into_postgresql(self):
        self.old.sql('CREATE DATABASE target', self.server)
        address = self.server.rsplit("/", 1)[0] + "/target"
        with stand.room("import-postgresql") as folder:
            house = House(folder, address)
            dry = json.loads(house.run(self.old.url, "--dry-run", "--json", *self.together).stdout)
            self.check_first({table["name"]: table for table in dry["tables"]})
            _, tables = house.report(self.old.url, *self.together)
            self.check_first(tables)
            self.check_second(house, self.old.url)
            self.check_refused_row(house)
            with stand.running(stand.Monitorix(folder, *stand.NO_RATE_LIMITS, database=address)) as (server,):
                server.sign_in("kari")
                self.check_series(server, "1")
                new = server.call("POST", "/api/users", {"username": "new", "email": "n@example.org", "password": stand.PASSWORD, "role": "viewer"})
                self.assertEqual(new["id"], "4", "numbers go on behind the imported ones")

    def check_refused_row(self, house):
        """Another original, of the same places: numbers that are taken, and a value that fits no column of ours."""
        other = self.old.copy("wide", """
            TRUNCATE metrics, alerts, audit_logs, services, health_checks; ALTER TABLE health_checks ALTER status_code TYPE bigint;
            INSERT INTO services(id, name, type) VALUES (1, 'one', 'PING');
            INSERT INTO health_checks(id, service_id, status, status_code, checked_at) VALUES (1, 1, 'up', 9999999999, now()), (2, 1, 'up', 1, now());""")
        _, tables = house.report(other.url)
        self.assertEqual([tables[name]["there"] for name in ("users", "nodes", "vms")], [3, 2, 30])
        self.assertEqual((tables["health_checks"]["imported"], tables["health_checks"]["aside"]), (1, 1))
        remarks = {remark["text"]: remark["ids"] for remark in tables["health_checks"]["remarks"]}
        self.assertEqual([ids for text, ids in remarks.items() if "refuses" in text], [[1]])
        self.assertEqual([ids for text, ids in remarks.items() if "its number is taken" in text], [[2]])

    def check_series(self, server, guest):
        """The average of an hour is that of the original's samples; fine ones after, hours before 90 days ago."""
        midnight = self.now.replace(hour=0, minute=0, second=0)
        for days, metric, kind, scale in ((3, "cpu_ratio", "cpu", 100), (40, "memory_used_bytes", "memory", 100 / 4294967296), (100, "cpu_ratio", "cpu", 100)):
            start = midnight - datetime.timedelta(days=days) + datetime.timedelta(hours=1)
            end = start + datetime.timedelta(hours=1)
            query = urllib.parse.urlencode({"object": f"vm:{guest}", "metric": metric, "from": iso(start), "to": iso(end), "points": 12})
            answer = server.call("GET", f"/api/metrics/series?{query}")
            series = answer["series"][0]
            values = [point[1] for point in series["points"] if point[1] is not None]
            self.assertEqual(len(values), 1 if days > 90 else 12, f"{days} days ago, {answer['step_ms']} ms")
            # Point by point: of sixty-one samples one point has six and the others five, so the mean of all is another.
            expected = self.old.number(f"""SELECT avg(mean) FROM (SELECT avg(value) AS mean FROM metrics WHERE vm_id = 1 AND metric_type = '{kind}'
                AND recorded_at >= '{start}' AND recorded_at < '{end}' GROUP BY floor(extract(epoch FROM recorded_at) * 1000 / {answer['step_ms']})) AS points""")
            self.assertAlmostEqual(sum(values) / len(values) * scale, expected, delta=0.02, msg=f"{days} days ago")
            self.assertEqual(series["origin"], "mixed", "not measured by us")

    def check_in_use(self, folder, house):
        with stand.running(stand.Monitorix(folder, *stand.NO_RATE_LIMITS, "--no-backfill")) as (server,):
            for name in ("kari", "ola"):
                server.sign_in(name)
            self.assertEqual(server.call("GET", "/api/auth/me")["role"], "viewer")
            server.sign_in("kari")
            refused = subprocess.run(house.command("import", "monitorix", self.old.url, "--yes"), capture_output=True, text=True)
            self.assertEqual((refused.returncode, "stop it" in refused.stderr), (1, True))
            listed = server.call("GET", "/api/vms?limit=100")
            self.assertEqual({(vm["id"], vm["vmid"]) for vm in listed}, {(str(i), guest[1]) for i, guest in enumerate(self.guests[:30], 1)})
            self.assertEqual({vm["type"] for vm in listed}, {"unknown"})
            self.check_series(server, "1")
            actions = {entry["action"] for entry in server.call("GET", "/api/audit-logs?limit=500")}
            self.assertLessEqual({"original.update", "import.run"}, actions)
            cluster = server.call("GET", "/api/clusters")["items"][0]
            self.assertEqual((cluster["state"], len(cluster["endpoints"])), ("paused", 2))
            self.confirm(server, cluster["id"])
            types = {vmid: kind for _, vmid, _, kind in self.guests}
            stand.await_true("types learnt", 20, lambda: "unknown" not in {vm["type"] for vm in server.call("GET", "/api/vms?limit=100")}, 0.2)
            listed = server.call("GET", "/api/vms?limit=100")
            self.assertEqual(len(listed), len(self.guests), "nobody is there twice")
            for vm in listed:
                self.assertEqual(vm["type"], types[vm["vmid"]])
            self.assertEqual({vm["id"] for vm in listed if vm["vmid"] == self.guests[0][1]}, {"1"})
            self.check_series(server, "1")
        self.check_totals(house)

    def confirm(self, server, cluster):
        server.call("PATCH", f"/api/clusters/{cluster}", {"paused": False})

        def endpoints():
            return server.call("GET", f"/api/clusters/{cluster}")["endpoints"]
        stand.await_true("a certificate to confirm", 20, lambda: any(one["seen_certificate"] for one in endpoints()), 0.2)
        for one in endpoints():
            if one["seen_certificate"]:
                server.call("POST", f"/api/clusters/{cluster}/endpoints/{one['id']}/confirm-fingerprint", {"fingerprint_sha256": one["seen_certificate"]["fingerprint_sha256"]})
        stand.await_true("the cluster answers", 20, lambda: server.call("GET", f"/api/clusters/{cluster}")["state"] in ("ok", "degraded"), 0.2)

    def check_totals(self, house):
        """Nodes answered meanwhile: their memory and disk, left out before, now have a total."""
        _, tables = house.report(self.old.url, *self.together)
        self.assertEqual(tables["metrics"]["imported"], 2 * 960 * 2)
        self.assertEqual(tables["metrics"]["left_out"], original.ODD_METRICS)
        self.check_second(house, self.old.url)

    def test_killed_and_begun_again(self):
        with stand.room("import-whole") as whole, stand.room("import-killed") as killed:
            self.kill_and_begin_again(House(whole), House(killed))

    def test_killed_and_begun_again_into_postgresql(self):
        addresses = []
        for name in ("whole", "killed"):
            self.old.sql(f"CREATE DATABASE {name}", self.server)
            addresses.append(self.server.rsplit("/", 1)[0] + "/" + name)
        with stand.room("import-whole") as whole, stand.room("import-killed") as killed:
            self.kill_and_begin_again(House(whole, addresses[0]), House(killed, addresses[1]))

    def kill_and_begin_again(self, whole, house):
        whole.report(self.old.url, *self.together)
        kills = 0
        for pause in (0.2, 0.4, 0.8, 1.2):
            running = subprocess.Popen(house.command("import", "monitorix", self.old.url, "--yes", *self.together), stdout=subprocess.DEVNULL)
            try:
                running.wait(pause)
                break
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                running.wait()
                kills += 1
        self.assertGreaterEqual(kills, 1)
        _, tables = house.report(self.old.url, *self.together)
        self.assertEqual(tables["health_checks"]["there"] + tables["health_checks"]["imported"], 4995)
        for one, other in zip(whole.state(), house.state()):
            self.assertEqual(one, other)

    def test_an_older_version(self):
        older = self.old.copy("older", """
            DROP TABLE webhooks, notification_channels, alert_rules; ALTER TABLE users DROP COLUMN totp_secret, DROP COLUMN totp_enabled;
            ALTER TABLE nodes DROP COLUMN tags, DROP COLUMN maintenance_mode; ALTER TABLE services DROP COLUMN custom_script;
            ALTER TABLE health_checks ALTER id TYPE bigint; DELETE FROM metrics WHERE recorded_at < now() - interval '10 days';""")
        with stand.room("import-older") as folder:
            house = House(folder)
            report = json.loads(house.run("-", "--json", "--yes", "--role", "editor", entered=older.url + "\n").stdout)
            tables = {table["name"]: table for table in report["tables"]}
            self.assertFalse(tables["webhooks"]["present"])
            self.assertEqual(tables["users"]["imported"], 3)
            self.assertIn("has no column totp_secret", [remark["text"] for remark in tables["users"]["remarks"]])
            self.assertEqual(self.clusters_in(house), 2, "without --together each address is a connection")
            # What came since is taken in; what is another database is not taken for this one.
            older.sql("INSERT INTO health_checks SELECT 5000 + g, 1, 'up', 1, 200, NULL, now() FROM generate_series(1, 7) g")
            self.assertEqual(house.report(older.url)[1]["health_checks"]["imported"], 7)
            older.sql("UPDATE users SET created_at = '2020-01-01'")
            self.assertIn("--source", house.run(older.url, "--yes", code=1).stderr)
            self.assertIn("is one of this Monitorix", self.refused(house))

    def clusters_in(self, house):
        with contextlib.closing(sqlite3.connect(f"file:{house.data / 'state.db'}?mode=ro", uri=True)) as state:
            return state.execute("SELECT count(*) FROM clusters").fetchone()[0]

    def refused(self, house):
        """Everything that is no original, and ways to ask wrongly."""
        house.run("mysql://x", "--yes", code=2)
        house.run(self.old.url, code=2)
        self.assertIn("no node 'pve99'", house.run(self.old.url, "--yes", "--together", "pve99,x", code=1).stderr)
        self.assertIn("does not exist", house.run(self.old.url.replace("/original", "/nowhere"), "--yes", code=1).stderr)
        self.old.sql("CREATE DATABASE other", self.server)
        self.assertIn("not one of the original", house.run(self.old.url.replace("/original", "/other"), "--yes", code=1).stderr)
        self.old.sql("CREATE TABLE schema_migration(n integer); CREATE TABLE users(id integer, hashed_password text)", self.old.address.replace("/original", "/other"))
        return house.run(self.old.url.replace("/original", "/other"), "--yes", code=1).stderr


if __name__ == "__main__":
    unittest.main()
