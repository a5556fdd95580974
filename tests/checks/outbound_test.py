#!/usr/bin/env python3
"""Nobody who is forbidden is ever called: every spelling, redirect and changing name, in a network of its own where the forbidden
addresses exist and count who connects. And ICMP with each kind of permission, and with a router that refuses."""
import http.server
import ipaddress
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import peers  # noqa: E402
from peers import probe  # noqa: E402

HOSTS = [line.strip() for line in (peers.stand.ROOT / "tests/data/ssrf_hosts.txt").read_text().splitlines() if line.strip() and line[0] != "#"]
ALLOWED = "10.9.9.9"
PORT, WEB, NAMES = 8080, 8081, 5353
FORBIDDEN = ["169.254.169.254/32", "169.254.1.1/32", "100.100.100.200/32", "fd00:ec2::254/128", "fe80::a9fe:a9fe/64", "fe80::5efe:7f00:1/64",
             "64:ff9b::7f00:1/128", "64:ff9b::a9fe:a9fe/128", "64:ff9b:1::7f00:1/128", "64:ff9b:1:7f00:0:100::/128", "2002:7f00:1::/128",
             "2002:a9fe:a9fe::/128", "2001:0:a09:909::80ff:fffe/128", "2001:db8::5efe:7f00:1/128", "::7f00:1/128"]


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def set_up_network():
    ip("link", "set", "lo", "up")
    ip("link", "add", "dummy0", "type", "veth", "peer", "name", "dummy1")  # not every kernel has the dummy type
    ip("link", "set", "dummy1", "up")
    ip("link", "set", "dummy0", "up")
    ip("address", "add", f"{ALLOWED}/32", "dev", "dummy0")
    for address in FORBIDDEN:
        words = ["address", "add", address, "dev", "dummy0"]
        ip(*words, *(["nodad"] if ":" in address else []))


class Trap(threading.Thread):
    """Listens on all addresses of both families and counts; answers as a web server would."""

    def __init__(self):
        super().__init__(daemon=True)
        self.count = 0
        self.listener = socket.create_server(("::", PORT), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64)

    def run(self):
        while True:
            one, _ = self.listener.accept()
            self.count += 1
            one.settimeout(1)
            try:
                one.recv(4096)
                one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfine")
            except OSError:
                pass
            one.close()


class Redirector(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(302)
        self.send_header("Location", urllib.parse.unquote(self.path[1:]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class NameServer(threading.Thread):
    """Answers what is in `names`; a list is given one after the other, the last one for ever."""

    def __init__(self, names):
        super().__init__(daemon=True)
        self.names = names
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ALLOWED, NAMES))

    def run(self):
        while True:
            question, peer = self.socket.recvfrom(1500)
            end = question.index(b"\0", 12) + 5
            labels, at = [], 12
            while question[at]:
                labels.append(question[at + 1:at + 1 + question[at]].decode())
                at += 1 + question[at]
            kind = struct.unpack(">H", question[end - 4:end - 2])[0]
            answer = self.names.get(".".join(labels).lower())
            if isinstance(answer, list) and kind == 1:
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            packed = ipaddress.ip_address(answer).packed if isinstance(answer, str) else b""
            fits = len(packed) == {1: 4, 28: 16}.get(kind)
            head = question[:2] + struct.pack(">HHHHH", 0x8180 if answer else 0x8183, 1, 1 if fits else 0, 0, 0)
            record = b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(packed)) + packed if fits else b""
            self.socket.sendto(head + question[12:end] + record, peer)


class OutboundTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        set_up_network()
        cls.trap = Trap()
        cls.trap.start()
        web = http.server.ThreadingHTTPServer((ALLOWED, WEB), Redirector)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        cls.names = {host.split("=")[0]: host.split("=")[1] for host in HOSTS if "=" in host}
        NameServer(cls.names).start()
        cls.room = pathlib.Path(tempfile.mkdtemp(prefix="monitorix-outbound-"))
        cls.addClassCleanup(shutil.rmtree, cls.room, ignore_errors=True)

    def ask(self, **service):
        service = {"outbound": [], "name_servers": [f"{ALLOWED}:{NAMES}"], "timeout_ms": 2000, **service}
        before = self.trap.count
        found = probe(self.room, **service)
        time.sleep(0.01)
        return found, self.trap.count - before

    def test_the_trap_works_and_the_spellings_do_lead_to_it(self):
        self.assertEqual(self.ask(type="http", target=f"http://{ALLOWED}:{PORT}/")[1], 1)
        opened = {"outbound": ["127.0.0.0/8", "::1"]}
        reached = sum(self.ask(type="http", target=f"http://{host.split('=')[0]}:{PORT}/", **opened)[1] for host in HOSTS)
        self.assertGreaterEqual(reached, 12)  # else the refusals would prove nothing

    def test_no_spelling_is_called(self):
        refused = 0
        for host in (line.split("=")[0] for line in HOSTS):
            plain = host.strip("[]").replace("%25", "%")
            for service in ({"type": "http", "target": f"http://{host}:{PORT}/"}, {"type": "port", "target": plain, "port": PORT},
                            {"type": "tls", "target": plain, "port": PORT}):
                with self.subTest(**service):
                    found, connections = self.ask(**service)
                    self.assertEqual(connections, 0, found)
                    self.assertEqual(found["verdict"], "unknown", found)
                    self.assertEqual(found["reason"], "policy_denied", found)
                    refused += 1
        self.assertGreaterEqual(refused, 3 * 23)

    def test_no_redirect_leads_there(self):
        for host in (line.split("=")[0] for line in HOSTS):
            with self.subTest(host=host):
                there = urllib.parse.quote(f"http://{host}:{PORT}/", safe="")
                found, connections = self.ask(type="http", target=f"http://{ALLOWED}:{WEB}/{there}")
                self.assertEqual((connections, found["verdict"], found["reason"]), (0, "down", "redirect_denied"), found)
        found, connections = self.ask(type="http", target=f"http://{ALLOWED}:{WEB}/file:%2F%2F%2Fetc%2Fpasswd")
        self.assertEqual((found["verdict"], found["reason"]), ("down", "redirect_denied"), found)
        found, connections = self.ask(type="http", target=f"http://{ALLOWED}:{WEB}/" + urllib.parse.quote(f"http://{ALLOWED}:{PORT}/", safe=""))
        self.assertEqual((connections, found["verdict"]), (1, "up"), found)

    def test_a_name_that_changes_between_two_looks_gains_nothing(self):
        self.names["rebind.test"] = [ALLOWED, "127.0.0.1"]
        found, connections = self.ask(type="http", target=f"http://rebind.test:{PORT}/")
        self.assertEqual((connections, found["verdict"]), (1, "up"), found)
        found, connections = self.ask(type="http", target=f"http://rebind.test:{PORT}/")
        self.assertEqual((connections, found["reason"]), (0, "policy_denied"), found)
        self.names["rebind.test"] = [ALLOWED, "127.0.0.1"]
        there = urllib.parse.quote(f"http://rebind.test:{PORT}/", safe="")
        found, connections = self.ask(type="http", target=f"http://rebind.test:{WEB}/{there}")
        self.assertEqual((connections, found["reason"]), (0, "redirect_denied"), found)

    def test_a_proxy_is_no_way_round(self):
        found, connections = self.ask(type="http", target=f"http://{ALLOWED}:{PORT}/", proxy=f"http://127.0.0.1:{PORT}")
        self.assertEqual((connections, found["reason"]), (0, "policy_denied"), found)
        found, connections = self.ask(type="http", target="http://169.254.169.254/latest", proxy=f"http://{ALLOWED}:{PORT}")
        self.assertEqual((connections, found["reason"]), (0, "policy_denied"), found)

    def test_metadata_stays_shut_when_all_is_opened(self):
        everything = {"outbound": ["0.0.0.0/0", "::/0"]}
        for host in ("169.254.169.254", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[fd00:ec2::254]", "0.0.0.0", "[ff02::1%25dummy0]"):
            found, connections = self.ask(type="http", target=f"http://{host}:{PORT}/", **everything)
            self.assertEqual((connections, found["reason"]), (0, "policy_denied"), found)


class PingTest(unittest.TestCase):
    NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]

    @classmethod
    def setUpClass(cls):
        cls.room = pathlib.Path(tempfile.mkdtemp(prefix="monitorix-ping-"))
        cls.room.chmod(0o777)
        cls.addClassCleanup(shutil.rmtree, cls.room, ignore_errors=True)
        shutil.copy(peers.BUILD / "probe_once", cls.room / "probe_once")
        peers.BUILD, cls.build = cls.room, peers.BUILD

    @classmethod
    def tearDownClass(cls):
        peers.BUILD = cls.build

    def allow(self, group_range):
        pathlib.Path("/proc/sys/net/ipv4/ping_group_range").write_text(group_range)

    def ping(self, target=ALLOWED, prefix=(), **more):
        return probe(self.room, prefix, type="ping", target=target, **{"timeout_ms": 3000, **more})

    def test_a_datagram_socket_needs_no_privilege(self):
        self.allow("0 2147483647")
        for target in (ALLOWED, "127.0.0.1", "::1"):
            found = self.ping(target, self.NOBODY)
            self.assertEqual((found["verdict"], found["reason"]), ("up", "ok"), found)
            self.assertGreater(found["took_us"], 0)

    def test_a_raw_socket_stands_in(self):
        self.allow("1 0")
        for target in (ALLOWED, "::1"):
            self.assertEqual(self.ping(target)["verdict"], "up")

    def test_without_both_it_is_unknown_and_says_what_to_do(self):
        self.allow("1 0")
        found = self.ping(ALLOWED, self.NOBODY)
        self.assertEqual((found["verdict"], found["reason"]), ("unknown", "permission"), found)
        for remedy in ("ping_group_range", "CAP_NET_RAW"):
            self.assertIn(remedy, found["detail"])

    def test_a_router_that_refuses_and_one_that_is_silent(self):
        other = subprocess.Popen(["unshare", "-n", "sleep", "60"])
        self.addCleanup(other.wait)
        self.addCleanup(other.terminate)
        time.sleep(0.2)
        ip("link", "add", "near", "type", "veth", "peer", "name", "far")
        ip("link", "set", "far", "netns", str(other.pid))
        ip("address", "add", "10.8.0.1/24", "dev", "near")
        ip("link", "set", "near", "up")
        ip("route", "add", "10.7.0.0/16", "via", "10.8.0.2")
        inside = ["nsenter", "-t", str(other.pid), "-n"]
        for words in (["ip", "link", "set", "lo", "up"], ["ip", "address", "add", "10.8.0.2/24", "dev", "far"], ["ip", "link", "set", "far", "up"],
                      ["ip", "route", "add", "unreachable", "10.7.7.0/24"], ["ip", "route", "add", "blackhole", "10.7.8.0/24"],
                      ["sysctl", "-qw", "net.ipv4.ip_forward=1"], ["sysctl", "-qw", "net.ipv4.icmp_ratelimit=0"]):
            subprocess.run([*inside, *words], check=True)
        for group_range in ("0 2147483647", "1 0"):
            self.allow(group_range)
            found = self.ping("10.7.7.7", count=2)
            self.assertEqual((found["verdict"], found["reason"], found["parameter"]), ("down", "icmp_unreach", "3/1"), found)
            self.assertIn("10.8.0.2", found["detail"])
            self.assertLess(found["took_us"], 2_000_000)
            found = self.ping("10.7.8.8", count=2, timeout_ms=400)
            self.assertEqual((found["verdict"], found["reason"]), ("down", "icmp_loss"), found)
            self.assertEqual(self.ping("10.8.0.2")["verdict"], "up")  # the error before it is not taken for this one's
        found = self.ping("10.55.0.1")
        self.assertEqual((found["verdict"], found["reason"]), ("unknown", "local_fault"), found)
        self.assertIn("no route", found["detail"])
        found = probe(self.room, type="port", target="10.55.0.1", port=80, timeout_ms=1000)
        self.assertEqual((found["verdict"], found["reason"]), ("unknown", "local_fault"), found)
        found = probe(self.room, type="http", target="http://10.55.0.1/", timeout_ms=1000)
        self.assertEqual((found["verdict"], found["reason"]), ("unknown", "local_fault"), found)
        found = probe(self.room, type="http", target="http://10.7.7.7/", timeout_ms=2000)
        self.assertEqual((found["verdict"], found["reason"]), ("down", "host_unreach"), found)


if __name__ == "__main__":
    if os.environ.get("MONITORIX_OWN_NETWORK") != "1":
        os.environ["MONITORIX_OWN_NETWORK"] = "1"
        os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])
    unittest.main()
