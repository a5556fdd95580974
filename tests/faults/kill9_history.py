#!/usr/bin/env python3
"""Kills a process that keeps history with SIGKILL, again and again, while it records, seals and folds, on both engines.

What it said was in the log must be there afterwards, every value as it was, once: see history_writer.cpp.

    tests/faults/kill9_history.py [--cycles 200] [--engine sqlite|postgres|both] [--seed N]
"""
import argparse
import pathlib
import random
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import stand  # noqa: E402

WRITER = stand.BUILD / "history_writer"


class Victim:
    """A writer until it is killed; `last` is the last tick that it said was in the log."""

    def __init__(self, folder, address):
        self.program = subprocess.Popen([WRITER, "record", folder, *address], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.begins, self.last, self.has_begun = None, None, threading.Event()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.program.stdout:
            if not line.endswith("\n"):
                return
            if line.startswith("begin"):
                self.begins = int(line.split()[1])
                self.has_begun.set()
            else:
                self.last = int(line)
        self.has_begun.set()

    def kill(self):
        ended = self.program.poll()
        self.program.kill()
        self.program.wait()
        self.reader.join(10)
        if ended is not None:
            raise RuntimeError(f"the writer ended by itself: {self.program.stderr.read()}")


def torture(engine, address, cycles, seed):
    chance, acknowledged, hours = random.Random(seed), -1, 0
    with stand.room(f"kill9-history-{engine}") as folder:
        for cycle in range(cycles):
            victim = Victim(folder / "data", address)
            if not victim.has_begun.wait(60):
                return [f"{engine}: no start within 60 s after {cycle} kills"]
            threading.Event().wait(chance.uniform(0.01, 0.6))
            victim.kill()
            if victim.begins <= acknowledged:
                return [f"{engine}: begins at tick {victim.begins} after tick {acknowledged} was in the log"]
            acknowledged = victim.last if victim.last is not None else max(acknowledged, victim.begins - 1)
        done = subprocess.run([WRITER, "check", folder / "data", str(acknowledged + 1), *address], capture_output=True, text=True)
        hours = (acknowledged + 1) / 360
    verdict = "all there" if done.returncode == 0 else done.stdout + done.stderr
    print(f"{engine}: {cycles} kills in {hours:,.0f} hours of 200 guests: {verdict}", flush=True)
    return [f"{engine}: {verdict}"] if done.returncode else []


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--cycles", type=int, default=200)
    options.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="both")
    options.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = options.parse_args()
    print(f"seed {options.seed}", flush=True)
    faults = []
    if options.engine != "postgres":
        faults += torture("sqlite", [], options.cycles, options.seed)
    if options.engine != "sqlite":
        with stand.postgres() as address:
            faults += torture("postgres", [address], options.cycles, options.seed)
    print("\n".join(faults))
    return bool(faults)


sys.exit(main())
