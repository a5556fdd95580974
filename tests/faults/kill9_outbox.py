#!/usr/bin/env python3
"""Kills Monitorix with SIGKILL while it tells people, again and again, on SQLite and on PostgreSQL; and receivers that answer
500, hang, or take a message and die before they say so.

Every message whose order was acknowledged has to arrive. What arrives twice carries the same key, and is rare. Of an alert the
end never comes before its beginning, and never without it.

    tests/faults/kill9_outbox.py [--alerts 10000] [--cycles 200] [--engine sqlite|postgres|both] [--bar 0.01] [--seed N]
"""
import argparse
import collections
import json
import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "notify"))
from receivers import Receiver, stand  # noqa: E402

CHANNELS = 4
FEEDERS = 4
OPTIONS = [*stand.NO_RATE_LIMITS, "--outbound-allow", "127.0.0.0/8"]


class Inbox:
    """A receiver with moods, and what it has taken, in order."""

    def __init__(self, seed):
        self.chance, self.lock, self.taken = random.Random(seed), threading.Lock(), []
        self.is_calm, self.given_away = False, 0
        self.receiver = Receiver()
        self.receiver.answer = self.answer

    def answer(self, request):
        with self.lock:
            mood = 1.0 if self.is_calm else self.chance.random()
        if mood < 0.02:
            return 500, {}, b"out of order"
        if mood < 0.0215:
            time.sleep(11)  # longer than an attempt may take
            return None
        message = json.loads(request["body"])
        with self.lock:
            self.taken.append((message["alert_id"], message["kind"], request["headers"]["Idempotency-Key"]))
            self.given_away += mood < 0.0225
        return None if mood < 0.0225 else (200, {}, b"ok")


class Feeder(threading.Thread):
    """Orders the beginning and the end of each of its alerts until both were acknowledged."""

    def __init__(self, house, alerts, channels, seed, seconds):
        super().__init__(daemon=True)
        self.house, self.alerts, self.channels, self.seconds = house, alerts, channels, seconds
        self.chance, self.fault = random.Random(seed), None

    def order(self, alert, kind, channel):
        body = {"title": f"alert {alert}", "key": str(alert), "kind": kind, "severity": "critical", "channel_ids": [channel],
                "since": "2026-11-27T12:00:00Z", **({"until": "2026-11-27T13:00:00Z"} if kind == "resolved" else {})}
        while True:
            try:
                server = self.house["server"]
                server.call("POST", "/api/notifications", body)
                return
            except (OSError, stand.http.client.HTTPException):
                time.sleep(0.02)  # it was killed: the same order again
            except RuntimeError as error:
                if ": 503 " not in str(error):
                    raise
                time.sleep(0.05)

    def run(self):
        try:
            open_alerts, started = collections.deque(), time.monotonic()
            for number, alert in enumerate(self.alerts):
                # Spread over all of the kills, so that each meets another moment of the work.
                time.sleep(max(0.0, started + self.seconds * number / len(self.alerts) - time.monotonic()))
                channel = self.chance.choice(self.channels)
                self.order(alert, "firing", channel)
                open_alerts.append((alert, channel))
                if len(open_alerts) > 40:
                    self.order(*self.end_of(open_alerts.popleft()))
            while open_alerts:
                self.order(*self.end_of(open_alerts.popleft()))
        except RuntimeError as error:
            self.fault = error

    @staticmethod
    def end_of(pair):
        return pair[0], "resolved", pair[1]


def judge(inboxes, alerts):
    """Faults, and how many messages, duplicates and summaries there were."""
    faults, told, duplicates, both = [], 0, 0, 0
    for inbox in inboxes:
        by_alert, keys = collections.defaultdict(list), set()
        for alert, kind, key in inbox.taken:
            told += 1
            duplicates += key in keys
            keys.add(key)
            by_alert[alert].append((kind, key))
        for alert, messages in by_alert.items():
            kinds = [kind for kind, _ in messages]
            distinct = {(kind, key) for kind, key in messages}
            if len(distinct) != len(set(kinds)):
                faults.append(f"{alert}: one kind under two keys: {messages}")
            shape = "".join({"firing": "f", "resolved": "r", "passed": "p"}[kind] for kind in kinds)
            both += "p" in shape
            if shape.lstrip("f").lstrip("r") and shape.strip("p"):
                faults.append(f"{alert}: arrived as {shape}")
            if shape.strip("f") == "" or shape.strip("r") == "":
                faults.append(f"{alert}: only {shape}")
    heard = {alert for inbox in inboxes for alert, _, _ in inbox.taken}
    faults += [f"note/{alert} is missing" for alert in range(alerts) if f"note/{alert}" not in heard]
    return faults, told, duplicates, both


def waiting(server):
    rows = server.call("GET", "/api/notification-channels")
    return sum(row["queue_depth"] for row in rows), sum(row["dead_letters"] for row in rows)


def torture(engine, database, alerts, cycles, seed, bar):
    chance, started = random.Random(seed), time.monotonic()
    inboxes = [Inbox(seed + at) for at in range(CHANNELS)]
    with stand.room(f"outbox-{engine}") as folder:
        server = stand.Monitorix(folder, *OPTIONS, database=database)
        house = {"server": server}
        try:
            token = server.make_admin().token
            channels = [server.call("POST", "/api/notification-channels", {
                "name": f"channel {at}", "type": "webhook", "settings": {"webhook_url": inbox.receiver.url("/in")}})["id"]
                for at, inbox in enumerate(inboxes)]
            feeders = [Feeder(house, range(at, alerts, FEEDERS), channels, seed + at, cycles * 0.9) for at in range(FEEDERS)]
            for feeder in feeders:
                feeder.start()
            kills = 0
            while kills < cycles or any(feeder.is_alive() for feeder in feeders):  # as long as there is something to lose
                kills += 1
                time.sleep(chance.uniform(0.02, 1.2))
                server.kill()
                server = stand.Monitorix(folder, *OPTIONS, database=database, port=server.port)
                server.token = token
                house["server"] = server
            for feeder in feeders:
                feeder.join()
                if feeder.fault:
                    raise feeder.fault
            for inbox in inboxes:
                inbox.is_calm = True
            stand.await_true("everything told", 1200, lambda: waiting(server)[0] == 0, 0.5)
            dead = waiting(server)[1]
        finally:
            house["server"].stop()
            for inbox in inboxes:
                inbox.receiver.close()
    faults, told, duplicates, both = judge(inboxes, alerts)
    given_away = sum(inbox.given_away for inbox in inboxes)
    share = duplicates / max(1, told)
    print(f"{engine}: {alerts} alerts, {kills} kills, {told} messages in {time.monotonic() - started:.0f} s, {len(faults)} missing or out of "
          f"order, {duplicates} duplicates ({share:.2%}; {given_away} taken by a receiver that died before it said so), "
          f"{both} told together with their end, {dead} given up", flush=True)
    if share >= bar:
        faults.append(f"{share:.2%} duplicates")
    if dead:
        faults.append(f"{dead} were given up")
    return [f"{engine}: {fault}" for fault in faults[:50]]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--alerts", type=int, default=10_000)
    options.add_argument("--cycles", type=int, default=200)
    options.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="both")
    options.add_argument("--bar", type=float, default=0.01, help="the share of messages that may come twice; more when there are few")
    options.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    chosen = options.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    faults = []
    if chosen.engine != "postgres":
        faults += torture("sqlite", None, chosen.alerts, chosen.cycles, chosen.seed, chosen.bar)
    if chosen.engine != "sqlite":
        with stand.postgres() as address:
            faults += torture("postgres", address, chosen.alerts, chosen.cycles, chosen.seed, chosen.bar)
    print("\n".join(faults))
    return bool(faults)


sys.exit(main())
