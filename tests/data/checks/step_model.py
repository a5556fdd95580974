#!/usr/bin/env python3
"""The state machine of a check as an executable model, written before the C++ one and independent of it. It knows no
DEGRADED, no grace and no pauses. Prints random runs of it as step_model.txt, which step_model_test.cpp reads:

    python3 tests/data/checks/step_model.py > tests/data/checks/step_model.txt

A run is a line `run FAIL_AFTER RECOVER_AFTER`, then a line per result as it arrived: `due verdict state blips`, the last
two after it was taken, then `log` with every confirmed move and since when.
"""
import random

FAIL_AFTER, RECOVER_AFTER = 3, 2


def step(c, verdict, t):
    """c: dict(state, n, m, tsoft, tup, last, blips, log)"""
    if t <= c["last"]:
        return False  # out of order or twice
    c["last"] = t
    if verdict == "UNKNOWN":
        return False
    good, s = verdict == "UP", c["state"]
    if s in ("NEW", "UP"):
        if good:
            if s == "NEW":
                c["state"] = "UP"
                c["log"].append((t, "UP"))
        else:
            c.update(state="SOFT_DOWN", n=1, tsoft=t)
    elif s == "SOFT_DOWN":
        if good:
            c.update(state="UP", n=0)
            c["blips"] += 1
        else:
            c["n"] += 1
    elif s == "DOWN":
        if good:
            c.update(state="SOFT_UP", m=1, tup=t)
    elif s == "SOFT_UP":
        if good:
            c["m"] += 1
        else:
            c.update(state="DOWN", m=0)
    if c["state"] == "SOFT_DOWN" and c["n"] >= FAIL_AFTER:
        c["state"] = "DOWN"
        c["log"].append((c["tsoft"], "DOWN"))
    if c["state"] == "SOFT_UP" and c["m"] >= RECOVER_AFTER:
        c["state"] = "UP"
        c["n"] = 0
        c["log"].append((c["tup"], "UP"))
    return True


def arrivals(rng):
    """Results with 3 % failures, outages, 10 % UNKNOWN, some out of order and some twice."""
    out, t, outage = [(60, "UP")], 60, 0
    for _ in range(150):
        t += rng.choice([10, 60, 60])
        outage = outage - 1 if outage else (rng.randrange(1, 9) if rng.random() < 0.04 else 0)
        verdict = "UNKNOWN" if rng.random() < 0.1 else "DOWN" if outage or rng.random() < 0.03 else "UP"
        out.append((t, verdict))
        if rng.random() < 0.05:
            out.append(rng.choice(out))
        if rng.random() < 0.05 and len(out) > 2:
            out[-1], out[-2] = out[-2], out[-1]
    return out


if __name__ == "__main__":
    rng = random.Random(20)
    for _ in range(40):
        FAIL_AFTER, RECOVER_AFTER = rng.choice([(3, 2), (1, 1), (2, 3), (5, 1)])
        print("run", FAIL_AFTER, RECOVER_AFTER)
        c = dict(state="NEW", n=0, m=0, tsoft=0, tup=0, last=-1, blips=0, log=[])
        for t, verdict in arrivals(rng):
            step(c, verdict, t)
            print(t, verdict, c["state"], c["blips"])
        print("log", *(f"{t}:{s}" for t, s in c["log"]))
