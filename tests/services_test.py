#!/usr/bin/env python3
"""Services end to end: real targets come and go, and Monitorix says what became of them, whatever it was itself doing.

    tests/services_test.py     (MONITORIX_BUILD names the folder of the programs)
"""
import http.server
import json
import pathlib
import sys
import tempfile
import threading
import time
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import stand  # noqa: E402

ALLOW = ["--outbound-allow", "127.0.0.0/8"]


class Target:
    """A web server that answers what it is told to, and can be gone."""

    def __init__(self):
        self.status, self.port, self.server = 200, stand.free_port(), None
        self.open()

    def open(self):
        target = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = b'{"state":"fine"}'
                self.send_response(target.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"


class Services(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.target = Target()
        cls.sim = stand.Pvesim(cls.folder.name, "--clusters", 1, "--nodes", 1, "--guests", 6, "--no-events")
        cls.house = cls.begin(stand.free_port()).make_admin()

    @classmethod
    def begin(cls, port):
        return stand.Monitorix(cls.folder.name, *stand.STEADY, *ALLOW, port=port)

    def restart(self, away=0):
        house = type(self).house
        house.stop()
        time.sleep(away)
        type(self).house = self.begin(house.port).sign_in()

    @classmethod
    def tearDownClass(cls):
        cls.house.stop()
        cls.sim.stop()
        cls.target.close()
        cls.folder.cleanup()

    def call(self, method, path, body=None):
        return self.house.call(method, path, body)

    def make(self, **fields):
        return self.call("POST", "/api/services", {"check_interval": 1, "timeout": 0.5, "retry_interval": 1, **fields})

    def await_status(self, service, status, seconds=15):
        look = lambda: self.call("GET", f"/api/services/{service['id']}")["status"] == status  # noqa: E731
        stand.await_true(f"{service['name']} is {status}", seconds, look, pause=0.2)
        return self.call("GET", f"/api/services/{service['id']}")

    def test_up_soft_down_recovery_and_a_restart_in_the_middle(self):
        web = self.make(name="web", type="http", target=self.target.url,
                        assertions=[{"source": "json:/state", "op": "==", "value": "fine"}])
        whole = self.make(name="whole", type="composite", options={"composite": {"rule": "all", "member_ids": [web["id"]]}})
        up = self.await_status(web, "up")
        self.assertGreater(up["response_time"], 0)
        self.await_status(whole, "up")
        self.target.status = 503
        down = self.await_status(web, "down")
        self.assertEqual(down["reason"], "http_status")
        self.await_status(whole, "down")
        # While it is down we are away: the state is there again at once, and its beginning is the same.
        self.restart()
        again = self.call("GET", f"/api/services/{web['id']}")
        self.assertEqual((again["status"], again["status_since"]), ("down", down["status_since"]))
        self.target.status = 200
        self.await_status(web, "up")
        self.await_status(whole, "up")
        uptime = self.call("GET", f"/api/services/{web['id']}/uptime?hours=1")
        self.assertEqual(uptime["outages"], 1)
        self.assertGreater(uptime["down_ms"], 1000)
        checks = self.call("GET", f"/api/health-checks?service_id={web['id']}&limit=200")
        self.assertIn("up", {one["status"] for one in checks})
        failed = [one for one in checks if one["status"] == "down"]
        self.assertEqual(failed[-1]["status_code"], 503)
        series = self.call("GET", f"/api/metrics/series?object=service:{web['id']}&metric=latency_seconds")
        self.assertTrue(any(point[1] for point in series["series"][0]["points"]))

    def test_a_target_that_is_gone_is_refused_and_comes_back(self):
        gone = Target()
        port = self.make(name="port", type="port", target="127.0.0.1", port=gone.port, retries=1)
        self.await_status(port, "up")
        gone.close()
        self.assertEqual(self.await_status(port, "down")["reason"], "conn_refused")
        gone.open()
        self.await_status(port, "up")
        gone.close()

    def test_a_new_service_is_checked_at_once_and_its_bar_is_not_grey(self):
        rare = self.make(name="rare", type="http", target=self.target.url, check_interval=3600, timeout=5)
        shown = self.await_status(rare, "up", 4)
        self.assertEqual(shown["heartbeat"]["cells"][-1], "u")
        self.call("POST", f"/api/services/{rare['id']}/toggle-active")
        self.await_status(rare, "paused", 3)
        self.call("POST", f"/api/services/{rare['id']}/toggle-active")
        self.await_status(rare, "up", 4)

    def test_a_composite_that_is_run_now_runs_its_members(self):
        gone = Target()
        parts = [self.make(name=f"part {port}", type="port", target="127.0.0.1", port=port, check_interval=3600, retries=0)
                 for port in (gone.port, self.target.port)]
        whole = self.make(name="parts", type="composite", check_interval=3600, retries=0,
                          options={"composite": {"rule": "all", "member_ids": [one["id"] for one in parts]}})
        self.await_status(whole, "up", 5)
        gone.close()
        time.sleep(1)  # none is run twice within half a retry interval
        result = self.call("POST", f"/api/services/{whole['id']}/check")
        self.assertEqual((result["status"], self.await_status(parts[0], "down", 1)["reason"]), ("down", "conn_refused"))

    def test_a_heartbeat_by_a_calendar_expression(self):
        push = lambda cron: {"push": {"cron": cron, "time_zone": "Europe/Oslo", "grace_seconds": 60}}  # noqa: E731
        job = self.make(name="nightly", type="push", options=push("Mon..Fri *-*-* 02:30"))
        self.assertEqual(self.call("GET", f"/api/services/{job['id']}")["options"]["push"]["cron"], "Mon..Fri *-*-* 02:30")
        self.call("GET", f"/api/push/{job['push_token']}")
        self.await_status(job, "up", 3)
        with self.assertRaisesRegex(RuntimeError, "day of the week"):
            self.make(name="wrong", type="push", options=push("Mon..Foo 02:30"))

    def test_a_heartbeat(self):
        job = self.make(name="job", type="push", options={"push": {"period_seconds": 10, "grace_seconds": 1}})
        token = job["push_token"]
        self.assertEqual(self.call("GET", f"/api/push/{token}"), {"ok": True})
        self.await_status(job, "up", 3)
        self.call("GET", f"/api/push/{token}?status=down&msg=disk")
        self.assertEqual(self.await_status(job, "down", 3)["reason"], "push_failed")
        self.call("POST", f"/api/push/{token}")
        self.await_status(job, "up", 3)

    def test_time_in_which_we_were_away_is_unknown(self):
        web = self.make(name="away", type="port", target="127.0.0.1", port=self.target.port)
        self.await_status(web, "up")
        time.sleep(2)
        self.restart(away=6)
        self.await_status(web, "up")
        uptime = self.call("GET", f"/api/services/{web['id']}/uptime?hours=1")
        self.assertEqual((uptime["down_ms"], uptime["uptime_percent"]), (0, 100))
        self.assertGreater(uptime["unknown_ms"], 2000)
        self.assertLess(uptime["coverage_ratio"], 1)

    def test_what_is_down_with_its_guest_is_unreachable(self):
        endpoint = self.sim.endpoints[0]
        self.house.connect(endpoint)
        running = lambda: [vm for vm in self.call("GET", "/api/vms?status=running") if not vm["is_template"]]  # noqa: E731
        stand.await_true("guests are known", 20, running, pause=0.2)
        guest = running()[0]
        place = f"/guest/{endpoint['cluster']}/{guest['vmid']}"
        port = self.sim.order("POST", f"{place}/listen", {"kind": "http", "status": 200, "body": "ok"})["port"]
        web = self.make(name="in a guest", type="http", target=f"http://127.0.0.1:{port}/", vm_id=guest["id"])
        self.await_status(web, "up")
        self.sim.order("POST", f"{place}/stop")
        shown = self.await_status(web, "unreachable", 30)
        self.assertEqual((shown["cause"]["kind"], shown["cause"]["id"]), ("vm", guest["id"]))
        told = lambda: [one for one in self.call("GET", f"/api/vms/{guest['id']}/timeline")["items"]  # noqa: E731
                        if one["object"] == f"service:{web['id']}"]
        stand.await_true("the guest's time line tells of it", 5, told, pause=0.2)

    def test_time_in_maintenance_does_not_count(self):
        gone = Target()
        port = self.make(name="maintained", type="port", target="127.0.0.1", port=gone.port, retries=0)
        self.await_status(port, "up")
        self.call("POST", f"/api/services/{port['id']}/maintenance-mode?maintenance_mode=true")
        gone.close()
        self.await_status(port, "down")
        uptime = self.call("GET", f"/api/services/{port['id']}/uptime?hours=1")
        self.assertEqual((uptime["down_ms"], uptime["uptime_percent"]), (0, 100))
        self.assertGreater(uptime["maintenance_ms"], 0)

    def test_what_we_are_not_allowed_to_call_is_unknown_and_not_down(self):
        metadata = self.make(name="metadata", type="http", target="http://169.254.169.254/latest/", retries=0)
        time.sleep(3)
        shown = self.call("GET", f"/api/services/{metadata['id']}")
        self.assertEqual((shown["status"], shown["reason"]), ("unknown", "policy_denied"))

    def test_files_go_around_in_a_circle(self):
        self.make(name="mail", type="port", target="mail.example", port=25, tags=["a", "b"], notes="=1+1")
        exported = self.call("GET", "/api/services/export")
        for file_format in ("json", "yaml", "csv"):
            text = self.call("GET", f"/api/services/export?format={file_format}")
            text = text if isinstance(text, str) else json.dumps(text)
            if file_format == "yaml":  # as everybody else's reader takes it
                read = yaml.safe_load(text)
                names = {one["name"] for one in exported["services"]}
                self.assertEqual([one for one in read["services"] if one["name"] in names], exported["services"])
            self.call("POST", "/api/services/import", {"format": file_format, "content": text, "on_conflict": "rename"})
            names = {one["name"]: one for one in self.call("GET", "/api/services?limit=1000")}
            copies = [one for name, one in names.items() if name.startswith("mail ")]
            self.assertTrue(copies)
            for one in copies:
                self.assertEqual((one["notes"], one["tags"], one["port"]), ("=1+1", ["a", "b"], 25))

    def test_a_backup_of_uptime_kuma(self):
        backup = {"version": "1.23.11", "notificationList": [{"id": 1}], "monitorList": [
            {"name": "k web", "type": "keyword", "url": "https://k.example/", "keyword": "fine", "interval": 60,
             "maxretries": 2, "accepted_statuscodes": ["200-299"], "active": 1, "maxredirects": 10},
            {"name": "k push", "type": "push", "interval": 60, "pushToken": "old", "active": 1},
            {"name": "k token", "type": "http", "url": "https://api.example/", "interval": 60, "active": 1, "authMethod": "oauth2-cc",
             "oauth_client_id": "kuma", "oauth_client_secret": "canary-secret", "oauth_token_url": "https://sso.example/token",
             "oauth_scopes": "read", "oauth_auth_method": "client_secret_post"},
            {"name": "k ntlm", "type": "http", "url": "https://old.example/", "interval": 60, "active": 1, "authMethod": "ntlm",
             "basic_auth_user": "u", "basic_auth_pass": "p"},
            {"name": "k game", "type": "steam", "interval": 60}]}
        report = self.call("POST", "/api/services/import", {"format": "uptime_kuma", "content": json.dumps(backup)})
        self.assertEqual((report["created"], report["failed"]), (4, 1), report)
        self.assertEqual(len(report["warnings"]), 1)
        self.assertEqual({line["name"]: line["message"] for line in report["items"]}["k ntlm"], "its sign-in by NTLM is not taken over")
        http = self.call("GET", "/api/services?q=k%20token")[0]["options"]["http"]
        self.assertEqual([http[name] for name in ("auth", "user", "token_url", "token_scope", "token_credentials", "has_secret")],
                         ["oauth2", "kuma", "https://sso.example/token", "read", "body", True])
        self.assertEqual(self.call("GET", "/api/services?q=k%20ntlm")[0]["options"]["http"]["auth"], "none")
        web = next(one for one in self.call("GET", "/api/services?q=k%20web"))
        self.assertEqual(web["assertions"], [{"source": "body", "op": "contains", "value": "fine"}])

    def test_a_status_page_tells_names_and_nothing_else(self):
        hidden = self.make(name="canary-name", type="http", target="http://canary-host.example/canary-path")
        page = {"slug": "ours", "title": "Ours", "is_public": True,
                "groups": [{"name": "Shop", "items": [{"service_id": hidden["id"], "name": "Web shop"}]}]}
        made = self.call("POST", "/api/status-pages", page)
        for path in ("/status/ours", "/status/ours.json", "/status/ours/badge.svg"):
            status, _, text = stand.ask(self.house.port, "GET", path)
            self.assertEqual(status, 200, path)
            for secret in ("canary", "<script", "127.0.0.1"):
                self.assertNotIn(secret, json.dumps(text))
        self.assertIn("Web shop", stand.ask(self.house.port, "GET", "/status/ours")[2])
        self.call("PUT", f"/api/status-pages/{made['id']}", {"is_public": False})
        self.assertEqual(stand.ask(self.house.port, "GET", "/status/ours")[0], 404)


if __name__ == "__main__":
    unittest.main(verbosity=2)
