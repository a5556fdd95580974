#!/usr/bin/python3
"""Real peers from Debian (nginx, PostgreSQL, Redis, Postfix, dnsmasq, oauthlib), each checked up, degraded and down."""
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import peers  # noqa: E402
from peers import probe, stand  # noqa: E402
from sign_in import SignInServer  # noqa: E402


class PeerTest(unittest.TestCase):
    def setUp(self):
        self.room = pathlib.Path(tempfile.mkdtemp(prefix="monitorix-peers-"))
        self.room.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.room, ignore_errors=True)
        self.port = stand.free_port()

    def run_peer(self, program, port=None):
        self.addCleanup(program.stop)
        peers.wait_for_port(port or self.port)
        return program

    def expect(self, verdict, reason, **service):
        found = probe(self.room, **service)
        self.assertEqual((found["verdict"], found["reason"]), (verdict, reason), found)
        return found


class Socks(threading.Thread):
    """A SOCKS5 proxy that leads everybody to one port, and notes the names it was asked for."""

    def __init__(self, to):
        super().__init__(daemon=True)
        self.to, self.asked, self.listener = to, [], socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        line, _ = self.listener.accept()
        line.recv(64)
        line.sendall(b"\5\0")
        request = line.recv(512)
        self.asked.append(request[5:5 + request[4]] if request[3] == 3 else request[4:])
        line.sendall(b"\5\0\0\1\0\0\0\0\0\0")
        with line, socket.create_connection(("127.0.0.1", self.to)) as there:
            there.sendall(line.recv(4096))
            line.sendall(there.recv(4096))
            line.recv(1)


class Nginx(PeerTest):
    def setUp(self):
        super().setUp()
        self.secure = stand.free_port()
        key, self.certificate = peers.make_identity(self.room)
        self.server = self.run_peer(peers.nginx(self.room, f"""
            server {{ listen 127.0.0.1:{self.port};
              location = / {{ default_type application/json; return 200 '{{"state": "fine", "queue": {{"depth": 3}}}}'; }}
              location = /broken {{ return 503 "no\\n"; }}
              location = /away {{ return 302 http://127.0.0.1:{self.port}/; }}
              location = /round {{ return 302 /round; }} }}
            server {{ listen 127.0.0.1:{self.secure} ssl http2; ssl_certificate {self.certificate}; ssl_certificate_key {key};
              location / {{ return 200 "secret place\\n"; }} }}"""))
        self.url = f"http://127.0.0.1:{self.port}"
        self.ca = self.certificate.read_text()

    def test_http_is_up_degraded_and_down(self):
        queue = {"source": "json:/queue/depth", "op": "<", "value": "10"}
        found = self.expect("up", "ok", type="http", target=self.url, assertions=[queue])
        self.assertEqual(sum(part or 0 for part in found["phases"].values()), found["took_us"])
        self.expect("degraded", "degraded_rule", type="http", target=self.url, degraded_rules=[{**queue, "value": "2"}])
        found = self.expect("down", "assert_failed", type="http", target=self.url, assertions=[{**queue, "value": "2"}])
        self.assertEqual(found["detail"], "json:/queue/depth (3) < 2")
        found = self.expect("down", "http_status", type="http", target=f"{self.url}/broken")
        self.assertEqual((found["status"], found["detail"], found["body"]), (503, "status (503) in 200-299", "no\n"))
        self.server.stop()
        self.expect("down", "conn_refused", type="http", target=self.url)

    def test_both_families_must_pass_and_the_result_says_which_did_not(self):
        found = self.expect("down", "conn_refused", type="http", target=f"http://localhost:{self.port}/", ip_family="both")
        self.assertTrue(found["detail"].startswith("IPv6: "), found)
        self.expect("up", "ok", type="http", target=f"http://localhost:{self.port}/", ip_family="v4")

    def test_a_proxy_stands_between(self):
        inside = "http://only.the.proxy.knows.test/"
        nobody = {"type": "http", "target": inside, "name_servers": ["127.0.0.1:1"]}
        self.expect("unknown", "local_resolver", **nobody)
        self.expect("up", "ok", **nobody, proxy=self.url)  # a proxy is asked for whole addresses, and nginx answers them
        self.expect("up", "ok", **nobody, proxy=f"http://localhost:{self.port}")
        self.expect("down", "conn_refused", **nobody, proxy=f"http://127.0.0.1:{stand.free_port()}")
        socks = Socks(self.port)
        self.addCleanup(socks.listener.close)
        self.expect("up", "ok", **nobody, proxy=f"socks5://localhost:{socks.port}")
        self.assertEqual(socks.asked, [b"only.the.proxy.knows.test"])

    def test_redirects_are_followed_and_counted(self):
        once = {"source": "redirects", "op": "==", "value": "1"}
        self.expect("up", "ok", type="http", target=f"{self.url}/away", assertions=[once])
        self.expect("down", "redirect_limit", type="http", target=f"{self.url}/round")

    def test_https_is_verified_by_the_authority_it_is_given(self):
        url = f"https://127.0.0.1:{self.secure}/"
        both = [{"source": "http_version", "op": "==", "value": "2"}, {"source": "cert_days", "op": ">", "value": "80"}]
        found = self.expect("up", "ok", type="https", target=url, ca_pem=self.ca, assertions=both)
        self.assertTrue(found["verified"])
        self.expect("up", "ok", type="https", target=url, ca_pem=self.ca, version="1.1",
                    assertions=[{"source": "http_version", "op": "==", "value": "1.1"}])
        self.expect("degraded", "cert_warn", type="https", target=url, ca_pem=self.ca, warn_days=365)
        self.expect("down", "tls_verify", type="https", target=url)
        self.expect("down", "tls_name", type="https", target=url, ca_pem=self.ca, server_name="other.example")
        self.expect("up", "ok", type="https", target=url, verify=False)
        self.expect("up", "ok", type="https", target=f"https://localhost:{self.secure}/", ca_pem=self.ca)
        self.expect("down", "tls_protocol", type="https", target=f"https://127.0.0.1:{self.port}/", verify=False)

    def test_the_certificate_alone(self):
        service = {"type": "tls", "target": "localhost", "port": self.secure}
        found = self.expect("up", "ok", **service, ca_pem=self.ca)
        self.assertEqual(found["issuer"], "CN=localhost")
        self.expect("degraded", "cert_warn", **service, ca_pem=self.ca, warn_days=365)
        self.expect("down", "tls_verify", **service)


class SignIn(PeerTest):
    """Tokens for client credentials by oauthlib: what it gives lets us in, what it refuses says nothing of the service."""

    def setUp(self):
        super().setUp()
        key, certificate = peers.make_identity(self.room)
        self.server = SignInServer(key, certificate, {"watch dog": "s3cret/+ü"})
        self.addCleanup(self.server.stop)
        self.ask = {"type": "https", "target": self.server.url + "/orders", "ca_pem": certificate.read_text(), "auth": "oauth2",
                    "user": "watch dog", "secret": "s3cret/+ü", "token_url": self.server.url + "/token"}

    def test_a_token_lets_us_in(self):
        for how in ("header", "body"):
            self.expect("up", "ok", token_credentials=how, token_scope="read write", **self.ask)
        self.assertEqual(len(self.server.clients.tokens), 2)
        fine = {"source": "json:/state", "op": "==", "value": "fine"}
        self.expect("degraded", "degraded_rule", degraded_rules=[{**fine, "op": "!="}], **self.ask)
        self.expect("down", "http_status", **{**self.ask, "auth": "none"})

    def test_without_a_token_nothing_is_known(self):
        origin = f"no token from {self.server.url}: "
        found = self.expect("unknown", "token_failed", **{**self.ask, "secret": "wrong-canary"})
        self.assertEqual(found["detail"], origin + "status 401, invalid_client")
        found = self.expect("unknown", "token_failed", token_scope="all", **self.ask)
        self.assertEqual(found["detail"], origin + "status 400, invalid_scope")
        self.assertEqual(self.expect("unknown", "token_failed", **{**self.ask, "ca_pem": ""})["status"], None)
        self.server.stop()
        self.expect("unknown", "token_failed", **self.ask)


class Wall(PeerTest):
    def test_a_wall_of_client_certificates_is_up_when_it_sends_its_alert(self):
        key, certificate = peers.make_identity(self.room)
        for versions, alert in (("-tls1_2", 40), ("-tls1_3", 116)):
            port = stand.free_port()
            wall = self.run_peer(stand.Program(["openssl", "s_server", "-Verify", "1", "-verify_return_error", versions, "-key", key, "-cert", certificate,
                                                "-CAfile", certificate, "-accept", f"127.0.0.1:{port}", "-www"], self.room / "log"), port)
            service = {"type": "tls", "target": "localhost", "port": port, "ca_pem": certificate.read_text(), "timeout_ms": 2000}
            self.expect("up", "ok", **service, expected_alert=alert)
            self.expect("down", "tls_alert", **service, expected_alert=48)
            web = {**service, "type": "https", "target": f"https://localhost:{port}/"}
            self.expect("up", "ok", **web, expected_alert=alert)
            found = self.expect("down", "tls_alert", **web)
            self.assertEqual(found["parameter"], str(alert))
            self.expect("up", "ok", **web, client_certificate=certificate.read_text(), client_key=key.read_text())
            self.expect("unknown", "local_fault", **web, client_certificate=certificate.read_text(), client_key="nonsense")
            wall.stop()

    def test_a_version_that_is_too_old(self):
        key, certificate = peers.make_identity(self.room)
        self.run_peer(stand.Program(["openssl", "s_server", "-tls1_2", "-key", key, "-cert", certificate, "-accept", f"127.0.0.1:{self.port}", "-www"],
                                    self.room / "log"))
        service = {"type": "tls", "target": "localhost", "port": self.port, "ca_pem": certificate.read_text()}
        self.expect("up", "ok", **service)
        self.expect("down", "tls_version", **service, minimum_version="1.3")
        self.expect("down", "tls_version", **{**service, "type": "https", "target": f"https://localhost:{self.port}/"}, minimum_version="1.3")


class NameServerOverTls(PeerTest):
    def test_dns_over_tls(self):
        key, certificate = peers.make_identity(self.room)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        listener = socket.create_server(("127.0.0.1", self.port))
        self.addCleanup(listener.close)
        threading.Thread(target=self.serve, args=(context.wrap_socket(listener, server_side=True),), daemon=True).start()
        service = {"type": "dns", "target": "www.example.test", "server": f"127.0.0.1:{self.port}", "transport": "dot"}
        found = self.expect("up", "ok", **service, answers=["192.0.2.7"], ca_pem=certificate.read_text())
        self.assertGreater(found["phases"]["tls"], 0)
        self.expect("down", "tls_verify", **service)

    @staticmethod
    def serve(listener):
        while True:
            try:
                line, _ = listener.accept()
            except ssl.SSLError:
                continue  # who does not trust us hangs up
            except OSError:
                return
            with line:
                question = line.recv(4096)[2:]
                end = question.index(b"\0", 12) + 5
                answer = (question[:2] + bytes.fromhex("8180 0001 0001 0000 0000") + question[12:end] +
                          bytes.fromhex("c00c 0001 0001 0000003c 0004 c0000207"))
                line.sendall(len(answer).to_bytes(2, "big") + answer)


class PostgreSql(PeerTest):
    def setUp(self):
        super().setUp()
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        key, self.certificate = peers.make_identity(self.room, days=60)
        data = self.room / "data"
        data.mkdir()
        for path in (data, key, self.certificate):
            shutil.chown(path, "postgres", "postgres")
        key.chmod(0o600)
        as_postgres = ["runuser", "-u", "postgres", "--"]
        subprocess.run([*as_postgres, programs / "initdb", "-D", data, "-A", "trust", "-N"], check=True, capture_output=True, cwd="/")
        words = f"-c ssl=on -c ssl_cert_file={self.certificate} -c ssl_key_file={key} -c listen_addresses=127.0.0.1 -c port={self.port}".split()
        self.server = self.run_peer(stand.Program([*as_postgres, programs / "postgres", "-D", data, "-k", data, *words], self.room / "log"))

    def test_its_tls_is_asked_for_as_it_wants_it(self):
        service = {"type": "port", "target": "127.0.0.1", "port": self.port}
        secure = {**service, "start_tls": "postgres", "ca_pem": self.certificate.read_text()}
        self.expect("up", "ok", **service)
        self.expect("up", "ok", **secure)
        self.expect("degraded", "cert_warn", **secure, warn_days=90)
        self.expect("down", "tls_verify", **service, start_tls="postgres")
        self.server.stop()
        self.expect("down", "conn_refused", **secure)


class Redis(PeerTest):
    def test_it_answers_a_ping_of_its_own_protocol(self):
        server = self.run_peer(stand.Program(["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.room],
                                             self.room / "log"))
        service = {"type": "port", "target": "127.0.0.1", "port": self.port}
        talk = [{"send": "PING\r\n"}, {"expect": "^\\+PONG\\r\\n"}]
        self.expect("up", "ok", **service, steps=talk)
        role = [*talk, {"send": "INFO replication\r\n"}, {"expect": "role:\\w+"}]
        replica = {"source": "body", "op": "contains", "value": "role:slave"}
        self.expect("degraded", "degraded_rule", **service, steps=role, degraded_rules=[replica])
        subprocess.run(["redis-cli", "-p", str(self.port), "config", "set", "requirepass", "x"], check=True, capture_output=True)
        found = self.expect("down", "expect_failed", **service, steps=talk, timeout_ms=500)
        self.assertIn("NOAUTH", found["detail"])
        server.stop()
        self.expect("down", "conn_refused", **service, steps=talk)


class Postfix(PeerTest):
    def setUp(self):
        super().setUp()
        key, self.certificate = peers.make_identity(self.room, days=60)
        config, queue, data = self.room / "etc", self.room / "spool", self.room / "lib"
        for folder in (config, queue, data):
            folder.mkdir()
        shutil.chown(data, "postfix")
        (config / "main.cf").write_text(f"""compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
myhostname = mail.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = {self.room}/mail.log
maillog_file_prefixes = {self.room}
smtpd_tls_security_level = may
smtpd_tls_cert_file = {self.certificate}
smtpd_tls_key_file = {key}
""")
        (config / "master.cf").write_text(f"""127.0.0.1:{self.port} inet n - n - - smtpd
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
tlsmgr unix - - n 1000? 1 tlsmgr
proxymap unix - - n - - proxymap
cleanup unix n - n - 0 cleanup
postlog unix-dgram n - n - 1 postlogd
""")
        (config / "dynamicmaps.cf").write_text("")
        self.server = self.run_peer(stand.Program(["postfix", "-c", config, "start-fg"], self.room / "log"))

    def test_starttls_of_a_mail_server(self):
        service = {"type": "port", "target": "127.0.0.1", "port": self.port, "start_tls": "smtp"}
        secure = {**service, "ca_pem": self.certificate.read_text()}
        self.expect("up", "ok", **secure)
        self.expect("up", "ok", **secure, steps=[{"send": "EHLO monitorix\r\n"}, {"expect": "(?m)^250 "}])
        self.expect("degraded", "cert_warn", **secure, warn_days=90)
        self.expect("down", "tls_verify", **service)
        self.expect("down", "expect_failed", **{**secure, "start_tls": ""}, steps=[{"send": "EHLO x\r\n"}, {"expect": "(?m)^250 .*"},
                                                                                 {"send": "NONSENSE\r\n"}, {"expect": "^250"}], timeout_ms=700)
        subprocess.run(["postfix", "-c", self.room / "etc", "stop"], capture_output=True, check=False)
        self.expect("down", "conn_refused", **secure)


class Dnsmasq(PeerTest):
    def test_names_are_asked_over_udp_and_tcp(self):
        server = self.run_peer(stand.Program(
            ["/usr/sbin/dnsmasq", "-k", "-C", "/dev/null", "-R", "-h", f"--port={self.port}", "--listen-address=127.0.0.1", "--bind-interfaces",
             "--local-ttl=120", "--local=/example.test/", "--address=/www.example.test/192.0.2.7", "--mx-host=example.test,mail.example.test,10",
             "--txt-record=big.example.test," + ",".join("x" * 200 for _ in range(12)), f"--pid-file={self.room}/pid", "--user=root"],
            self.room / "log"))
        service = {"type": "dns", "target": "www.example.test", "server": f"127.0.0.1:{self.port}"}
        for transport in ("udp", "tcp"):
            self.expect("up", "ok", **service, transport=transport, answers=["192.0.2.7"])
        self.expect("up", "ok", **{**service, "target": "example.test"}, record_type="MX", match="all_of", answers=["10 MAIL.example.test."])
        long = {"source": "body_len", "op": ">", "value": "2300"}  # cut over UDP, whole over TCP
        self.expect("up", "ok", **{**service, "target": "big.example.test"}, record_type="TXT", assertions=[long])
        self.expect("degraded", "degraded_rule", **service, degraded_rules=[{"source": "body", "op": "contains", "value": "192.0.2.8"}])
        self.expect("down", "dns_answer", **service, answers=["192.0.2.8"])
        self.expect("down", "dns_answer", **service, min_ttl=600)
        self.expect("down", "dns_rcode", **{**service, "target": "no.example.test"})
        self.expect("up", "ok", **{**service, "target": "no.example.test"}, rcode="NXDOMAIN")
        resolved = {"type": "http", "target": f"http://no.example.test:{self.port}/", "name_servers": [f"127.0.0.1:{self.port}"]}
        self.expect("down", "dns_nxdomain", **resolved)
        server.stop()
        self.expect("down", "conn_refused", **service)
        self.expect("unknown", "local_resolver", **resolved)


if __name__ == "__main__":
    unittest.main()
