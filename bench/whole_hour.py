"""A fleet through a whole hour of history, until it is sealed: what the process takes in memory and of a core, minute by
minute. With a speed above 1 the clocks of Monitorix and the simulator go so much faster than the wall's (fast_clock.cpp)."""
import contextlib
import os
import pathlib
import subprocess
import sys
import threading
import time

import stand

HOUR, LEAD, SEALED_WITHIN = 3600, 90, 420
SIGNED_IN = 1200  # seconds that a token is used; it lives for half an hour


class HouseClock:
    """Of the programs under measurement: begins shortly before a full hour and goes `speed` times as fast as ours."""

    def __init__(self, speed):
        self.speed, self.began = speed, time.time()
        now = self.began if speed == 1 else self.began - self.began % HOUR + HOUR - LEAD
        self.starts_at, self.hour = now, now - now % HOUR + HOUR
        if speed == 1:
            self.wait_until(self.hour - LEAD)

    def now(self):
        return self.starts_at + (time.time() - self.began) * self.speed

    def wait_until(self, moment):
        time.sleep(max(0, moment - self.now()) / self.speed)

    @contextlib.contextmanager
    def shown(self, folder):
        """To the programs that are started meanwhile."""
        if self.speed == 1:
            yield
            return
        source, library = pathlib.Path(__file__).with_name("fast_clock.cpp"), folder / "fast_clock.so"
        subprocess.run(["c++", "-std=c++20", "-O2", "-shared", "-fPIC", "-o", library, source], check=True)
        seen = {"LD_PRELOAD": str(library), "CLOCK_SPEED": f"{self.speed}", "CLOCK_BEGAN": f"{self.began}", "CLOCK_SHOWN": f"{self.starts_at}"}
        os.environ.update(seen)
        try:
            yield
        finally:
            for name in seen:
                del os.environ[name]


class Stalls:
    """How long /health takes to answer, asked again and again: what waits is the event loop."""

    def __init__(self, port):
        self.port, self.longest, self.is_over = port, 0, False
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        while not self.is_over:
            asked = time.monotonic()
            with contextlib.suppress(OSError):
                stand.ask(self.port, "GET", "/health")
            self.longest = max(self.longest, time.monotonic() - asked)
            time.sleep(0.1)

    def take(self):
        longest, self.longest = self.longest, 0
        return longest


def forget_peak(program):
    """From now on the kernel's most resident bytes of it are those since now."""
    pathlib.Path(f"/proc/{program.pid}/clear_refs").write_text("5")


def written_bytes(program):
    text = pathlib.Path(f"/proc/{program.pid}/io").read_text()
    return int(text.split("write_bytes: ")[1].split()[0])


def open_hours(server, clock, signed_in):
    """Bytes in memory and how many hours, as the server says."""
    if clock.now() - signed_in[0] > SIGNED_IN:
        server.sign_in()
        signed_in[0] = clock.now()
    history = server.call("GET", "/api/system-metrics/current")["history"]
    return history["memory_bytes"], history["open_hours"]


def measure(clusters, nodes, guests, speed, database):
    """What was seen: bytes, seconds of CPU a second, seconds of stalls (real ones)."""
    with stand.room("hour") as folder:
        clock = HouseClock(speed)
        with clock.shown(folder):
            fleet = stand.Pvesim(folder, "--clusters", clusters, "--nodes", nodes, "--guests", guests, "--storages", 5)
            server = stand.Monitorix(folder, *stand.STEADY, database=database)
        with stand.running(fleet, server):
            server.make_admin()
            for endpoint in fleet.clusters():
                server.connect(endpoint)
            stand.await_true("all guests visible", 120, lambda: server.guests_listed() >= clusters * guests, 0.25)
            return watch(server, clock)


def watch(server, clock):
    signed_in, stalls, seen = [clock.now()], Stalls(server.port), {}

    def look(minute):
        clock.wait_until(clock.hour + minute * 60)
        resident = server.resident_bytes()
        held, hours = open_hours(server, clock, signed_in)
        print(f"minute {minute}: {resident / 1e6:.1f} MB, most {server.most_resident_bytes() / 1e6:.1f}; {held / 1e6:.1f} in {hours} open hours",
              file=sys.stderr, flush=True)
        return resident, hours

    clock.wait_until(clock.hour)
    cpu, at, written = server.cpu_seconds(), clock.now(), written_bytes(server)
    stalls.take()
    for minute in range(1, 60):
        seen["end"], _ = look(minute)
        seen.setdefault("first", seen["end"])
    clock.wait_until(clock.hour + HOUR)
    seen |= {"cpu": (server.cpu_seconds() - cpu) / (clock.now() - at), "written": written_bytes(server) - written,
             "most": server.most_resident_bytes(), "stall": stalls.take()}
    forget_peak(server)
    for minute in range(61, 61 + SEALED_WITHIN // 60):
        seen["after"], hours = look(minute)
    stalls.is_over = True
    return seen | {"sealing": server.most_resident_bytes(), "sealing_stall": stalls.take(), "is_sealed": hours == 1}
