#!/usr/bin/env python3
"""Thirty clusters, most of which answer as no Proxmox should: each gets its own state and text, the sound ones notice
nothing, and memory stays where it was.

    tests/faults/hostile.py [--seed N]
"""
import argparse
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import stand  # noqa: E402

# what the endpoint does -> states in which its cluster may then be shown
REFUSED = {"auth_failed"}
FAILING = {"unreachable", "degraded"}
COPING = {"ok", "degraded"}
MODES = {
    "accept_silent": FAILING, "hang": FAILING, "slow": FAILING, "slow_body": FAILING, "cut": FAILING, "truncated": FAILING,
    "garbage": FAILING, "not_http": FAILING, "html200": FAILING, "deep": FAILING, "nul": FAILING | COPING, "rst": FAILING,
    "e401": REFUSED, "e403": FAILING | COPING, "e500": FAILING, "e595": FAILING, "e596": FAILING, "redirect": FAILING,
    "dupcl": FAILING | COPING, "negcl": FAILING, "wrong_types": FAILING | COPING, "badutf8": FAILING | COPING,
    "xss": COPING | {"wrong_cluster"},  # the cluster bears another name now
}
HEAVY = ["huge", "infinite", "gzipbomb", "hdrflood"]
SOUND = 3
GUESTS = 20
MEMORY_BAR = 40e6
POLL_SECONDS = 10
LATE_SECONDS = POLL_SECONDS + 3


class Watch:
    """Looks at everything once a second and remembers the worst."""

    def __init__(self, server, sound):
        self.server, self.sound, self.faults = server, sound, []
        self.base = server.resident_bytes()
        self.stuck = {name: (None, time.monotonic()) for name in sound}
        self.longest = 0.0

    def look(self):
        started = time.monotonic()
        clusters = {cluster["name"]: cluster for cluster in self.server.call("GET", "/api/clusters?limit=1000")["items"]}
        self.longest = max(self.longest, time.monotonic() - started)
        for name in self.sound:
            cluster, (last, since) = clusters[name], self.stuck[name]
            if cluster["last_poll_at"] != last:
                self.stuck[name] = (cluster["last_poll_at"], time.monotonic())
            elif time.monotonic() - since > LATE_SECONDS:
                self.faults.append(f"{name}, sound, was not polled for {time.monotonic() - since:.0f} s")
            if cluster["state"] != "ok":
                self.faults.append(f"{name}, sound, is shown as {cluster['state']}")
        return clusters

    def until(self, seconds, satisfied=lambda clusters: False):
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            clusters = self.look()
            if satisfied(clusters):
                break
            time.sleep(1)
        return clusters


def set_fault(fleet, cluster, mode):
    fleet.order("POST", f"/fault/{cluster}/*", {"mode": mode})


def lost_guests(server, cluster_id):
    """Guests that were called deleted although nobody deleted one."""
    rows = server.call("GET", f"/api/vms?cluster_id={cluster_id}&deleted=true&limit=1000")
    return sum(row["status"] == "deleted" for row in rows)


def judge(mode, allowed, cluster, server):
    if cluster["state"] not in allowed:
        yield f"{mode}: shown as {cluster['state']}, expected {' or '.join(sorted(allowed))}"
    if cluster["state"] not in COPING and not cluster["last_error"]:
        yield f"{mode}: shown as {cluster['state']} without a reason"
    if deleted := lost_guests(server, cluster["id"]):
        yield f"{mode}: {deleted} guests are called deleted"


def torture(folder, seed):
    names = len(MODES) + len(HEAVY) + SOUND
    fleet = stand.Pvesim(folder, "--clusters", names, "--nodes", 1, "--guests", GUESTS, "--storages", 2, "--seed", seed)
    server = stand.Monitorix(folder, *stand.NO_RATE_LIMITS)
    with stand.running(fleet, server):
        server.make_admin()
        for endpoint in fleet.clusters():
            server.connect(endpoint, poll_seconds=POLL_SECONDS)
        stand.await_true("all guests", 60, lambda: server.guests_listed() == names * GUESTS, 0.25)
        clusters = [endpoint["cluster"] for endpoint in fleet.clusters()]
        victims, sound = dict(zip([*MODES, *HEAVY], clusters)), clusters[-SOUND:]
        time.sleep(POLL_SECONDS)
        watch = Watch(server, sound)
        for mode in MODES:
            set_fault(fleet, victims[mode], mode)
        seen = watch.until(90, lambda now: all(now[victims[mode]]["state"] in allowed - {"ok"} for mode, allowed in MODES.items()))
        for mode in HEAVY:
            set_fault(fleet, victims[mode], mode)
            seen = watch.until(75, lambda now: now[victims[mode]]["state"] in FAILING)
        faults = [fault for mode in victims for fault in judge(mode, MODES.get(mode, FAILING), seen[victims[mode]], server)]
        grown = server.most_resident_bytes() - watch.base
        print(f"{len(victims)} hostile and {SOUND} sound clusters: memory grew by {grown / 1e6:.1f} MB at most, "
              f"slowest answer {watch.longest * 1000:.0f} ms", flush=True)
        if grown > MEMORY_BAR:
            faults.append(f"memory grew by {grown / 1e6:.1f} MB, allowed {MEMORY_BAR / 1e6:.0f} MB")
        return sorted(set(faults + watch.faults))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seed", type=int, default=7)
    with stand.room("hostile") as folder:
        faults = torture(folder, options.parse_args().seed)
    print("\n".join(faults))
    return bool(faults)


sys.exit(main())
