#!/usr/bin/env python3
"""What is wrong with ourselves is nobody's downtime: no file descriptors left, the resolver gone, no permission for ICMP, a clock that
jumps by a day. Services become unknown with a text that says what to do, none is called down, and all come back by themselves.

    tests/checks/faults_test.py     (as root: in a network namespace of its own; MONITORIX_BUILD names the folder of the programs)
"""
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import peers  # noqa: E402
from peers import stand  # noqa: E402
from targets import Targets  # noqa: E402

NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]
FAKETIME = next(iter(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
DAY = 86_400


class House(stand.Monitorix):
    """Keeps one connection, so that it can still be asked when it has no file descriptors left for another one."""

    def __init__(self, room, *arguments, **more):
        super().__init__(room, *stand.STEADY, "--outbound-allow", "127.0.0.0/8", *arguments, **more)
        self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        self.make_admin()

    def ask_on_line(self, method, path, body=None):
        self.line.request(method, path, None if body is None else json.dumps(body),
                          {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"})
        answer = self.line.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text}")
        return json.loads(text)

    def services(self):
        return {one["name"]: one for one in self.ask_on_line("GET", "/api/services?limit=1000")}

    def make(self, *services):
        bodies = [{**one, "check_interval": 1, "timeout": 0.8, "retry_interval": 1, "retries": 0} for one in services]
        made = self.ask_on_line("POST", "/api/services/bulk", {"services": bodies})
        if made["failed"]:
            raise RuntimeError(made["failed"])

    def await_all(self, status, seconds=20):
        stand.await_true(f"all are {status}", seconds, lambda: {one["status"] for one in self.services().values()} == {status}, 0.2)

    def outages(self):
        """How often any service was down so far, and for how long."""
        totals = [self.ask_on_line("GET", f"/api/services/{one['id']}/uptime?hours=72") for one in self.services().values()]
        return sum(one["outages"] for one in totals), sum(one["down_ms"] for one in totals)


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        cls.folder = tempfile.TemporaryDirectory(prefix="monitorix-faults-")
        cls.room = pathlib.Path(cls.folder.name)
        cls.room.chmod(0o755)
        cls.targets = Targets(cls.room)

    @classmethod
    def tearDownClass(cls):
        cls.targets.stop()
        cls.folder.cleanup()

    def own_room(self):
        room = pathlib.Path(tempfile.mkdtemp(dir=self.room))
        self.addCleanup(shutil.rmtree, room, True)
        return room

    def begin(self, *arguments, room=None, **more):
        house = House(room or self.own_room(), *arguments, **more)
        self.addCleanup(house.stop)
        self.addCleanup(house.line.close)
        return house

    def of_kinds(self, *kinds):
        return [self.targets.service(number, kind, kind) for number, kind in enumerate(kinds, 1)]

    def assert_unknown(self, service, reason, *remedies):
        self.assertEqual((service["status"], service["reason"]), ("unknown", reason), service)
        for remedy in remedies:
            self.assertIn(remedy, service["reason_detail"] or "")

    def test_file_descriptors_exhausted(self):
        house = self.begin()
        house.make(*self.of_kinds("http", "https", "port", "dns"))
        house.await_all("up")
        used = len(os.listdir(f"/proc/{house.pid}/fd"))
        before = subprocess.run(["prlimit", "--pid", str(house.pid), "--nofile", "--noheadings", "--output", "SOFT"],
                                check=True, capture_output=True, text=True).stdout.strip()
        subprocess.run(["prlimit", "--pid", str(house.pid), f"--nofile={used - 2}:"], check=True)
        house.await_all("unknown")
        for one in house.services().values():
            self.assert_unknown(one, "local_fault", "file descriptor", "LimitNOFILE")
        # Somebody who knocks meanwhile does not make it spin.
        cpu = house.cpu_seconds()
        with peers.socket.create_connection(("127.0.0.1", house.port)):
            time.sleep(2)
        self.assertLess(house.cpu_seconds() - cpu, 0.8)
        subprocess.run(["prlimit", "--pid", str(house.pid), f"--nofile={before}:"], check=True)
        house.await_all("up")
        self.assertEqual(house.outages(), (0, 0))

    def test_the_resolver_gone(self):
        names = peers.stand.free_port()
        for way in ("refuses", "silent"):
            with self.subTest(way):
                server = self.names(names)
                house = self.begin("--name-servers", f"127.0.0.1:{names}")
                house.make(*[{"name": kind, "type": kind, "target": "web.example" if kind != "http" else f"http://web.example:{self.targets.plain}/",
                              **({"port": self.targets.plain} if kind == "port" else {})} for kind in ("http", "port")])
                house.await_all("up")
                if way == "refuses":
                    server.stop()
                else:
                    server.process.send_signal(peers.stand.signal.SIGSTOP)
                house.await_all("unknown")
                for one in house.services().values():
                    self.assert_unknown(one, "local_resolver", f"127.0.0.1:{names}", "name_servers")
                if way == "refuses":
                    server = self.names(names)
                else:
                    server.process.send_signal(peers.stand.signal.SIGCONT)
                house.await_all("up")
                self.assertEqual(house.outages(), (0, 0))
                server.stop()

    def names(self, port):
        server = stand.Program(["dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", f"--port={port}", "--bind-interfaces",
                                "--listen-address=127.0.0.1", "--user=root", f"--pid-file={self.room}/dnsmasq.pid", "--address=/web.example/127.0.0.1"],
                               self.room / "dnsmasq.log")
        self.addCleanup(server.stop)
        return server

    def test_no_permission_for_icmp(self):
        permit = lambda group_range: pathlib.Path("/proc/sys/net/ipv4/ping_group_range").write_text(group_range)  # noqa: E731
        permit("0 2147483647")
        room = self.own_room()
        room.chmod(0o777)
        house = self.begin(room=room, prefix=NOBODY)
        house.make(*self.of_kinds("ping", "port"))
        house.await_all("up")
        house.stop()
        permit("1 0")
        house = House.__new__(House)
        stand.Monitorix.__init__(house, room, *stand.STEADY, "--outbound-allow", "127.0.0.0/8", prefix=NOBODY)
        self.addCleanup(house.stop)
        house.sign_in()
        house.line = http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)
        stand.await_true("pings are unknown", 20, lambda: house.services()["ping"]["status"] == "unknown", 0.2)
        self.assert_unknown(house.services()["ping"], "permission", "ping_group_range", "CAP_NET_RAW")
        stand.await_true("others go on", 20, lambda: house.services()["port"]["status"] == "up", 0.2)
        permit("0 2147483647")
        house.await_all("up")
        self.assertEqual(house.outages(), (0, 0))

    def test_a_clock_that_jumps_by_a_day(self):
        self.assertIsNotNone(FAKETIME, "libfaketime is not installed")
        room = self.own_room()
        offset = room / "offset"
        set_clock = lambda seconds: offset.write_text(f"{seconds:+d}\n")  # noqa: E731
        set_clock(0)
        os.environ.update({"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_NO_CACHE": "1",
                           "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"})
        try:
            house = self.begin(room=room)
        finally:
            for name in ("LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE", "FAKETIME_NO_CACHE", "FAKETIME_DONT_FAKE_MONOTONIC", "FAKETIME_DONT_RESET"):
                del os.environ[name]
        house.make(*self.of_kinds("http", "https", "port", "ping", "dns"))
        job = house.ask_on_line("POST", "/api/services", {"name": "job", "type": "push", "options": {"push": {"period_seconds": 60, "grace_seconds": 60}}})
        house.ask_on_line("POST", f"/api/push/{job['push_token']}")
        house.await_all("up")
        for seconds in (DAY, 0, -DAY, 0):
            with self.subTest(seconds):
                set_clock(seconds)
                seen = set()
                for look in range(40):
                    self.sign_in_again(house)
                    seen |= {(one["name"], one["status"]) for one in house.services().values()}
                    if look % 10 == 5:
                        house.ask_on_line("POST", f"/api/push/{job['push_token']}")
                    time.sleep(0.3)
                self.assertEqual({status for _, status in seen} - {"up", "unknown"}, set(), seen)
                if seconds < 0:  # by this clock the certificate is of tomorrow, which nobody can hold against its server
                    self.assert_unknown(house.services()["https"], "local_fault", "86400 s", "time synchronisation")
                stand.await_true("all that the clock allows are up", 20, lambda: self.not_up(house) == ({"https"} if seconds < 0 else set()), 0.2)
                runs = self.started(house)
                time.sleep(3)
                self.assertGreaterEqual(self.started(house) - runs, 10, "checks do not run any more")
        self.assertEqual(house.outages(), (0, 0))

    def not_up(self, house):
        return {name for name, one in house.services().items() if one["status"] != "up"}

    def started(self, house):
        text = stand.ask(house.port, "GET", "/metrics", headers={"Authorization": f"Bearer {house.token}"})[2]
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith("monitorix_checks_started_total "))

    def sign_in_again(self, house):
        """A session ends with its hour of the clock."""
        status, _, _ = stand.ask(house.port, "GET", "/api/auth/me", headers={"Authorization": f"Bearer {house.token}"})
        if status == 401:
            house.sign_in()


if __name__ == "__main__":
    if os.environ.get("MONITORIX_OWN_NETWORK") != "1":
        os.environ["MONITORIX_OWN_NETWORK"] = "1"
        os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])
    unittest.main()
