"""Starts pvesim and Monitorix for tests and benchmarks, and speaks to them as a program would: over HTTP."""
import contextlib
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("MONITORIX_BUILD", ROOT / "build" / "release"))
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PASSWORD = "correct horse battery staple"
NO_RATE_LIMITS = [
    word for name in ("user-per-minute", "address-per-minute", "address-per-hour") for word in (f"--rate-limit-{name}", "0")
]
# For measuring the steady state: what happens once after connecting is left out.
STEADY = [*NO_RATE_LIMITS, "--no-backfill"]


def free_port():
    """One that nothing listens on and that no test of this hour was given, whatever process it runs in. Below those that
    the kernel gives to connections: else one of theirs may have it before the program that it is for."""
    given = pathlib.Path(tempfile.gettempdir()) / f"monitorix-test-ports-{os.getuid()}"
    given.mkdir(exist_ok=True)
    while True:
        port = random.randint(10_000, 32_000)
        claim = given / str(port)
        with contextlib.suppress(FileNotFoundError):
            if time.time() - claim.stat().st_mtime > 3600:
                claim.unlink()
        try:
            claim.touch(exist_ok=False)
        except FileExistsError:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            # A program that is just being started holds this socket, too, for a moment: it must not be in the way.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


def await_true(what, seconds, question, pause=0.02):
    """The time it took until `question` was true; an error naming `what` when it never was."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if question():
            return time.monotonic() - started
        time.sleep(pause)
    raise TimeoutError(f"{what}: not within {seconds} s")


class Program:
    """A process of ours, its log, and what it has used so far."""

    def __init__(self, command, log, environment=None):
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as sink:
            self.process = subprocess.Popen(
                [str(word) for word in command], stdout=sink, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env={**os.environ, **(environment or {})},
            )
        self.pid = self.process.pid

    def is_alive(self):
        return self.process.poll() is None

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_bytes(self):
        return int(pathlib.Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE

    def most_resident_bytes(self):
        """The most since it started, as the kernel remembers it: no peak between two looks is missed."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.is_alive():
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def last_words(self):
        return self.log.read_text(errors="replace")[-2000:]


class Pvesim(Program):
    """Simulated clusters; `endpoints` are its JSON lines, one per node, and `order` speaks to the control port."""

    def __init__(self, room, *arguments, seconds=120):
        self.control_port = free_port()
        super().__init__([BUILD / "pvesim", "--control", self.control_port, *arguments], pathlib.Path(room) / "pvesim.log")
        await_true("pvesim ready", seconds, self.has_spoken, 0.1)
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        self.endpoints = [line for line in lines if "cluster" in line and "url" in line]
        self.servers = [line for line in lines if "pbs" in line]

    def has_spoken(self):
        if not self.is_alive():
            raise RuntimeError(f"pvesim ended: {self.last_words()}")
        return "\nready" in "\n" + self.log.read_text()

    def clusters(self):
        """The first endpoint of each cluster."""
        first = {}
        for endpoint in self.endpoints:
            first.setdefault(endpoint["cluster"], endpoint)
        return list(first.values())

    def order(self, method, path, body=None):
        status, _, answer = ask(self.control_port, method, path, body)
        if status >= 300:
            raise RuntimeError(f"control {method} {path}: {status} {answer}")
        return answer


def ask(port, method, path, body=None, headers=None, seconds=30):
    """One request on a connection of its own: status, headers, decoded body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        sent = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, None if body is None else json.dumps(body), {**sent, **(headers or {})})
        answer = connection.getresponse()
        text = answer.read()
        with contextlib.suppress(ValueError):
            return answer.status, answer.headers, json.loads(text)
        return answer.status, answer.headers, text.decode(errors="replace")
    finally:
        connection.close()


class Monitorix(Program):
    """A server of ours in a data folder; signs in as the administrator it made itself."""

    def __init__(self, room, *arguments, port=None, database=None, prefix=(), seconds=30):
        self.room = pathlib.Path(room)
        self.data = self.room / "data"
        self.port = port or free_port()
        self.database = ["--database", database] if database else []
        self.token = None
        started = time.monotonic()
        super().__init__(
            [*prefix, BUILD / "monitorix", "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}", *self.database, *arguments],
            self.room / "monitorix.log",
        )
        try:
            await_true("monitorix ready", seconds, self.is_ready, 0.005)
        except (TimeoutError, RuntimeError):
            self.stop()
            raise
        self.ready_after = time.monotonic() - started

    def is_ready(self):
        if not self.is_alive():
            raise RuntimeError(f"monitorix ended: {self.last_words()}")
        try:
            return ask(self.port, "GET", "/health", seconds=5)[0] == 200
        except OSError:
            return False

    def call(self, method, path, body=None, headers=None, expect=(200, 201, 202, 204)):
        signed = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        status, _, answer = ask(self.port, method, path, body, {**signed, **(headers or {})})
        if status not in expect:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def make_admin(self, name="admin"):
        token = (self.data / "setup-token").read_text().strip()
        self.call("POST", "/api/auth/register",
                  {"username": name, "email": f"{name}@example.org", "password": PASSWORD, "setup_token": token})
        return self.sign_in(name)

    def sign_in(self, name="admin", password=PASSWORD):
        self.token = None
        self.token = self.call("POST", "/api/auth/login", {"username": name, "password": password})["access_token"]
        return self

    def connect(self, endpoint, name=None, poll_seconds=10):
        url = urllib.parse.urlsplit(endpoint["url"])
        token_id, _, secret = endpoint["token"].rpartition("=")
        return self.call("POST", "/api/clusters", {
            "name": name or endpoint["cluster"],
            "kind": "pve",
            "endpoints": [{"address": url.hostname, "port": url.port}],
            "token_id": token_id,
            "token_secret": secret,
            "tls": {"mode": "fingerprint", "fingerprints": [endpoint["fingerprint"]]},
            "poll_interval_seconds": poll_seconds,
        })

    def connect_server(self, line, token=None, expect=201):
        """A backup server, by its line of pvesim."""
        url = urllib.parse.urlsplit(line["url"])
        token_id, _, secret = line["tokens"][token or "audit"].rpartition("=")
        return self.call("POST", "/api/backup-servers", {
            "name": line["pbs"],
            "address": url.hostname,
            "port": url.port,
            "token_id": token_id,
            "token_secret": secret,
            "tls": {"mode": "fingerprint", "fingerprints": [line["fingerprint"]]},
            "poll_interval_seconds": 10,
        }, expect=(expect,))

    def guests_listed(self):
        """How many guests there are, templates among them (the dashboard's total leaves those out)."""
        signed = {"Authorization": f"Bearer {self.token}"}
        return int(ask(self.port, "GET", "/api/vms?limit=1&count=true", headers=signed)[1]["X-Total-Count"])

    def command(self, *words):
        """A command of the same program on the same data, as an administrator would type it."""
        done = subprocess.run(
            [BUILD / "monitorix", *words, "--data", str(self.data), *self.database], capture_output=True, text=True, timeout=60,
        )
        if done.returncode:
            raise RuntimeError(f"monitorix {' '.join(words)}: {done.stderr or done.stdout}")
        return done.stdout


@contextlib.contextmanager
def room(name):
    """A temporary folder that goes away with what stands in it."""
    folder = tempfile.mkdtemp(prefix=f"monitorix-{name}-")
    try:
        yield pathlib.Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(*programs):
    """Stops the programs at the end, last started first, whatever happened."""
    try:
        yield programs
    finally:
        for program in reversed(programs):
            program.stop()


@contextlib.contextmanager
def postgres():
    """A private PostgreSQL and its address."""
    script = ROOT / "tools" / "dev" / "postgres.sh"
    folder, address = subprocess.run([script, "start"], check=True, capture_output=True, text=True).stdout.split()
    try:
        yield address
    finally:
        subprocess.run([script, "stop", folder], check=True)
