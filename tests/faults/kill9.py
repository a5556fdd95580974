#!/usr/bin/env python3
"""Kills Monitorix with SIGKILL in the middle of work, again and again, on SQLite and on PostgreSQL.

After each restart everything that was acknowledged before must be there: accounts, connections, and the last value of
each setting (or the one that was under way). Reports how long it took from start to ready.

    tests/faults/kill9.py [--cycles 200] [--engine sqlite|postgres|both] [--bar 1] [--seed N]
"""
import argparse
import contextlib
import pathlib
import random
import sqlite3
import statistics
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import stand  # noqa: E402

CONNECTIONS = 8


class Ledger:
    """What the server has promised to keep."""

    def __init__(self):
        self.users = set()
        self.clusters = {}  # id -> name
        self.counters = {}  # (kind, id) -> last acknowledged value
        self.acknowledged = 0

    def missing_in(self, server):
        users = {user["username"] for user in server.call("GET", "/api/users?limit=1000")}
        clusters = {cluster["id"]: cluster for cluster in all_clusters(server)}
        yield from (f"account {name} is gone" for name in self.users - users)
        yield from (f"connection {name} is gone" for key, name in self.clusters.items() if key not in clusters)
        for (kind, key), value in self.counters.items():
            if kind == "tag" and key in clusters:
                found = max((int(tag[1:]) for tag in clusters[key]["tags"]), default=-1)
                if found < value:
                    yield f"setting of connection {key} is {found}, acknowledged was {value}"


def all_clusters(server):
    return server.call("GET", "/api/clusters?limit=1000")["items"]


class Worker(threading.Thread):
    """Writes until the server dies; what is answered with success goes into the ledger."""

    def __init__(self, deed):
        super().__init__(daemon=True)
        self.deed, self.stopped, self.fault = deed, False, None
        self.start()

    def run(self):
        while not self.stopped:
            try:
                self.deed()
            except (OSError, stand.http.client.HTTPException):
                return  # the kill
            except RuntimeError as error:
                if ": 429 " not in str(error) and ": 503 " not in str(error):
                    self.fault = error
                    return
                time.sleep(0.05)


def add_user(server, ledger, numbers):
    name = f"person{next(numbers)}"
    server.call("POST", "/api/users", {"username": name, "email": f"{name}@example.org", "password": stand.PASSWORD, "role": "viewer"})
    ledger.users.add(name)
    ledger.acknowledged += 1


def turn_setting(server, ledger, numbers):
    key = next(iter(ledger.clusters))
    value = next(numbers)
    server.call("PUT", f"/api/clusters/{key}", {"tags": [f"t{value}"]})
    ledger.counters["tag", key] = value
    ledger.acknowledged += 1
    time.sleep(0.01)


def connect_next(server, ledger, endpoints):
    if len(ledger.clusters) < len(endpoints):
        endpoint = endpoints[len(ledger.clusters)]
        known = {cluster["name"]: cluster["id"] for cluster in all_clusters(server)}
        made = known.get(endpoint["cluster"]) or server.connect(endpoint)["id"]
        ledger.clusters[made] = endpoint["cluster"]
        ledger.acknowledged += 1
    time.sleep(0.2)


def whole_numbers():
    value = 0
    while True:
        yield value
        value += 1


def one_cycle(server, ledger, numbers, endpoints, pause):
    workers = [
        Worker(lambda: add_user(server, ledger, numbers[0])),
        Worker(lambda: turn_setting(server, ledger, numbers[1])),
        Worker(lambda: connect_next(server, ledger, endpoints)),
    ]
    time.sleep(pause)
    server.kill()
    for worker in workers:
        worker.stopped = True
        worker.join(10)
        if worker.fault:
            raise worker.fault


def signed_in(server, token):
    server.token = token
    try:
        server.call("GET", "/api/auth/me")
    except RuntimeError:
        server.sign_in()
    return server


def torture(engine, database, cycles, seed, bar_seconds):
    chance, ledger, ready, lost = random.Random(seed), Ledger(), [], []
    numbers = [whole_numbers(), whole_numbers()]
    with stand.room(f"kill9-{engine}") as folder:
        fleet = stand.Pvesim(folder, "--clusters", CONNECTIONS, "--nodes", 1, "--guests", 10, "--storages", 1, "--seed", seed)
        with stand.running(fleet):
            endpoints = fleet.clusters()
            server = stand.Monitorix(folder, *stand.NO_RATE_LIMITS, database=database)
            try:
                token = server.make_admin().token
                connect_next(server, ledger, endpoints)
                for _ in range(cycles):
                    one_cycle(server, ledger, numbers, endpoints, chance.uniform(0.03, 0.9))
                    server = signed_in(stand.Monitorix(folder, *stand.NO_RATE_LIMITS, database=database, port=server.port), token)
                    token = server.token
                    ready.append(server.ready_after)
                    lost += ledger.missing_in(server)
                    if lost:
                        break
            finally:
                server.stop()
        if not database:
            with contextlib.closing(sqlite3.connect(folder / "data" / "state.db")) as file:
                verdict = file.execute("PRAGMA integrity_check").fetchone()[0]
                lost += [] if verdict == "ok" else [f"state.db: {verdict}"]
    ready.sort()
    print(f"{engine}: {len(ready)} kills, {ledger.acknowledged} acknowledged writes "
          f"({len(ledger.users)} accounts, {len(ledger.clusters)} connections), {len(lost)} lost; "
          f"start to ready median {statistics.median(ready):.2f} s, longest {ready[-1]:.2f} s", flush=True)
    slow = [f"start to ready took {ready[-1]:.2f} s, allowed {bar_seconds} s"] if ready[-1] > bar_seconds else []
    return [f"{engine}: {fault}" for fault in lost + slow]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--cycles", type=int, default=200)
    options.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="both")
    options.add_argument("--bar", type=float, default=1.0, help="seconds from start to ready; more on a machine that is busy")
    options.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    chosen = options.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    faults = []
    if chosen.engine != "postgres":
        faults += torture("sqlite", None, chosen.cycles, chosen.seed, chosen.bar)
    if chosen.engine != "sqlite":
        with stand.postgres() as address:
            faults += torture("postgres", address, chosen.cycles, chosen.seed, chosen.bar)
    print("\n".join(faults))
    return bool(faults)


sys.exit(main())
