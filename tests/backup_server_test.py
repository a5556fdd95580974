#!/usr/bin/env python3
"""A simulated backup server and three clusters that write to it, watched on both engines: whose backups these are, what a
verification found, what no guest is left for; a certificate that changed gets no token; all of it is there again after a
restart."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import stand  # noqa: E402

MOST_REQUESTS_A_MINUTE = 60  # while all is new; a few when it is known


class Case:
    def __init__(self, sim, server):
        self.sim, self.server = sim, server

    def items(self, path):
        return self.server.call("GET", path)["items"]

    def vault(self):
        return self.items("/api/backup-servers")[0]

    def store(self, name="main"):
        return next((one for one in self.items("/api/backups/datastores") if one["name"] == name), None)

    def is_known(self):
        main = self.store()
        return main is not None and main["contents"] == "yes" and main["groups"]["joined"] > 0 and \
            main["verified_ok"] + main["verified_failed"] + main["unverified"] == main["group_count"]

    def guest(self, cluster, vmid):
        ids = {one["name"]: one["id"] for one in self.items("/api/clusters")}
        found = self.items(f"/api/backups/coverage?cluster_id={ids[cluster]}&limit=1000")
        return next(one for one in found if one["vmid"] == vmid)

    def runs(self, guest):
        return self.items(f"/api/backups?vm_id={guest['vm_id']}&limit=100")


class BackupServerTest(unittest.TestCase):
    def watch(self, database):
        with stand.room("backup-server") as room:
            sim = stand.Pvesim(room, "--clusters", "3", "--nodes", "1", "--guests", "12", "--pbs", "1", "--no-events")
            server = stand.Monitorix(room, *stand.STEADY, database=database)
            with stand.running(sim, server):
                case = Case(sim, server)
                server.make_admin()
                self.connects_only_with_trust_and_a_token(case)
                for endpoint in sim.clusters():
                    server.connect(endpoint)
                self.tells_whose_backups_these_are(case)
                self.takes_verifications_into_account(case)
                self.survives_its_failures(case)
                self.is_there_after_a_restart(case, room, database)

    def connects_only_with_trust_and_a_token(self, case):
        line = case.sim.servers[0]
        counters = lambda: case.sim.order("GET", "/stats")["backup_servers"]["servers"][0]  # noqa: E731
        wrong = {**line, "fingerprint": "AB" * 32}
        case.server.connect_server(wrong, expect=502)
        self.assertEqual(counters()["http_bytes_received"], 0, "the token goes nowhere before trust is decided")
        nothing = {**line, "tokens": {"audit": line["tokens"]["audit"][:-4] + "beef"}}
        case.server.connect_server(nothing, expect=502)
        # With the command line: without a fingerprint it is shown, and nothing is stored.
        words = ["connect", "--pbs", "--name", "vault-1", "--url", line["url"], "--token", line["token"]]
        with self.assertRaisesRegex(RuntimeError, line["fingerprint"]):
            case.server.command(*words)
        self.assertEqual(case.items("/api/backup-servers"), [])
        made = case.server.command(*words, "--fingerprint", line["fingerprint"])
        self.assertIn("connected vault-1", made)
        case.server.call("PUT", f"/api/backup-servers/{case.vault()['id']}", {"poll_interval_seconds": 10})
        answer = case.server.call("POST", "/api/backup-servers", {
            "name": "again", "address": "127.0.0.1", "port": int(line["url"].rsplit(":", 1)[1]),
            "token_id": line["token"].rpartition("=")[0], "token_secret": line["token"].rpartition("=")[2],
            "tls": {"mode": "fingerprint", "fingerprints": [line["fingerprint"]]}}, expect=(409,))
        self.assertEqual((answer["code"], answer["server_id"]), ("duplicate_server", case.vault()["id"]))
        self.assertNotIn(line["token"].rpartition("=")[2], str(case.items("/api/backup-servers")))

    def tells_whose_backups_these_are(self, case):
        stand.await_true("groups are joined", 40, case.is_known, 0.25)
        main, copies = case.store(), case.store("offsite")
        self.assertEqual((main["trend"], copies["trend"]), ("growing", "steady"))
        self.assertGreater(main["days_left"], 30)
        self.assertIsNone(copies["days_left"])
        self.assertEqual({job["kind"] for job in main["jobs"]}, {"verify", "gc", "prune"})
        self.assertEqual([job["kind"] for job in copies["jobs"]], ["sync", "gc"] if copies["jobs"][0]["kind"] == "sync" else ["gc"])
        # The first cluster has a namespace of its own. The other two share one: nobody can tell their guests apart.
        def are_judged():
            return case.guest("oslo", 102)["backup_server"] == "joined" and case.guest("bergen", 102)["backup_server"] == "ambiguous"
        stand.await_true("guests are judged", 20, are_judged, 0.25)
        self.assertEqual(case.guest("uppsala", 102)["backup_server"], "ambiguous")
        self.assertEqual([run for run in case.runs(case.guest("bergen", 102)) if run["datastore"]], [])
        kept = [run for run in case.runs(case.guest("oslo", 102)) if run["datastore"]]
        self.assertEqual({(run["datastore"], run["namespace"]) for run in kept}, {("main", "site/oslo")})
        self.assertIn("ok", {run["verify_state"] for run in kept})
        orphans = {(one["cluster_name"], one["backup_id"]): one for one in case.items("/api/backups/orphans")}
        self.assertIn(("oslo", "900"), orphans)
        self.assertEqual(orphans["oslo", "900"]["name"], "old-shop")
        groups = case.store()["groups"]
        self.assertGreater(groups["ambiguous"], 0)
        self.assertEqual(groups["hosts"], 1)

    def takes_verifications_into_account(self, case):
        before = case.runs(case.guest("oslo", 100))[0]["started_at"]
        def has_new():
            newest = case.runs(case.guest("oslo", 100))[0]
            return newest["started_at"] > before and newest["datastore"] == "main" and newest["result"] == "ok" and \
                case.guest("oslo", 102)["reason_code"] == "verify_failed"
        # A verification finds one damaged, and a backup is made.
        case.sim.order("POST", "/pbs/vault-1/verify", {"vmid": 102, "state": "failed"})
        case.sim.order("POST", "/guest/oslo/100/backup", {"seconds": 0})
        vault = case.vault()["id"]
        case.server.call("PUT", f"/api/backup-servers/{vault}", {"paused": True})
        case.server.call("PUT", f"/api/backup-servers/{vault}", {"paused": False})  # asks for all anew
        stand.await_true("the new backup and the damaged one are seen", 40, has_new, 0.25)
        self.assertEqual(case.guest("oslo", 102)["state"], "failed")

    def survives_its_failures(self, case):
        vault = case.vault()
        case.sim.order("POST", "/pbs/vault-1/fault", {"mode": "e500"})
        stand.await_true("trouble is seen", 30, lambda: case.vault()["state"] in ("degraded", "unreachable"), 0.25)
        self.assertEqual(case.guest("oslo", 102)["backup_server"], "joined", "what was known stays")
        case.sim.order("POST", "/pbs/vault-1/fault", {"mode": "clear"})
        stand.await_true("well again", 30, lambda: case.vault()["state"] == "ok", 0.25)
        self.assertLess(case.vault()["requests_per_minute"], MOST_REQUESTS_A_MINUTE)
        fresh = case.sim.order("POST", "/pbs/vault-1/certificate")["fingerprint"]
        case.sim.order("POST", "/pbs/vault-1/kill")
        case.sim.order("POST", "/pbs/vault-1/revive")
        stand.await_true("the new certificate is seen", 30, lambda: case.vault()["state"] == "tls_mismatch", 0.25)
        self.assertEqual(case.vault()["endpoint"]["seen_certificate"]["fingerprint_sha256"], fresh)
        path = f"/api/backup-servers/{vault['id']}/confirm-fingerprint"
        case.server.call("POST", path, {"fingerprint_sha256": vault["endpoint"]["fingerprints"][0][:-2] + "00"}, expect=(409,))
        case.server.call("POST", path, {"fingerprint_sha256": fresh})
        stand.await_true("confirmed", 30, lambda: case.vault()["state"] == "ok", 0.25)
        # The address alone may be changed only with the secret, which then goes to another place (S38).
        case.server.call("PUT", f"/api/backup-servers/{vault['id']}", {"address": "127.0.0.9"}, expect=(422,))

    def is_there_after_a_restart(self, case, room, database):
        report = case.server.call("POST", f"/api/backup-servers/{case.vault()['id']}/doctor")
        self.assertEqual({check["result"] for check in report["checks"]} - {"ok", "skip"}, set(), report)
        self.assertIn("vault-1", case.server.command("doctor", "vault-1"))
        case.server.stop()
        for state in room.glob("data/state.db*"):
            secret = case.sim.servers[0]["token"].rpartition("=")[2].encode()
            self.assertNotIn(secret, state.read_bytes(), "the token is stored encrypted")
        again = stand.Monitorix(room, *stand.STEADY, database=database).sign_in()
        with stand.running(again):
            case.server = again
            stand.await_true("connected again", 20, lambda: case.vault()["state"] == "ok", 0.25)
            again.call("DELETE", f"/api/backup-servers/{case.vault()['id']}")
            self.assertEqual(case.items("/api/backup-servers"), [])
            self.assertEqual(case.items("/api/backups/datastores"), [])
            self.assertEqual(len(case.items("/api/clusters")), 3)

    def test_on_sqlite(self):
        self.watch(None)

    def test_on_postgresql(self):
        with stand.postgres() as address:
            self.watch(address)


if __name__ == "__main__":
    unittest.main(verbosity=2)
