#!/usr/bin/env python3
"""What happens to a guest in a cluster is told by its chart and its timeline: it moves, is backed up, stops, and is
stopped while Monitorix is off. Nothing is told twice, and nothing that was so before.

    tests/marks_test.py     (MONITORIX_BUILD names the folder of the programs)
"""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import stand  # noqa: E402


def said(entries):
    """ "state running>stopped", "task qmigrate ok"; in the order of the answer."""
    def one(entry):
        task = entry["task"]
        return f"task {task['type']} {task['outcome']}" if task else f"{entry['kind']} {entry['from']}>{entry['to']}"
    return [one(entry) for entry in entries]


class Marks(unittest.TestCase):
    def timeline(self, server, kind, id):
        return said(server.call("GET", f"/api/{kind}/{id}/timeline?limit=1000")["items"])

    def marks(self, server, object):
        return server.call("GET", f"/api/metrics/series?metric=cpu_ratio&object={object}")["marks"]

    def await_told(self, server, guest, *wanted):
        stand.await_true(f"told: {wanted}", 60, lambda: set(wanted) <= set(self.timeline(server, "vms", guest)), 0.25)

    def test_a_guest_that_moves_and_stops(self):
        with stand.room("marks") as folder:
            fleet = stand.Pvesim(folder, "--clusters", 1, "--nodes", 2, "--guests", 8, "--no-events")
            name = fleet.clusters()[0]["cluster"]
            options = [*stand.NO_RATE_LIMITS, "--no-backfill"]
            server = stand.Monitorix(folder, *options)
            with stand.running(fleet, server):
                server.make_admin()
                cluster = server.connect(fleet.clusters()[0])["id"]
                stand.await_true("guests", 30, lambda: server.guests_listed() > 0, 0.25)
                nodes = {node["id"]: node["name"] for node in server.call("GET", "/api/nodes")}
                guests = server.call("GET", "/api/vms")
                guest = next(vm for vm in guests if vm["status"] == "running" and vm["type"] == "qemu")
                before = [entry for vm in guests for entry in self.timeline(server, "vms", vm["id"]) if not entry.startswith("task")]
                self.assertEqual(before, [], "what was so when it was first seen did not happen")

                source = nodes[guest["node_id"]]
                target = next(node for node in nodes.values() if node != source)
                here = f"/guest/{name}/{guest['vmid']}"
                fleet.order("POST", f"{here}/migrate", {"target": target, "seconds": 0})
                moved = (f"migration {source}>{target}", "task qmigrate ok")
                self.await_told(server, guest["id"], *moved)
                fleet.order("POST", f"{here}/stop")
                self.await_told(server, guest["id"], *moved, "state running>stopped", "task qmstop ok")

                told = said(self.marks(server, f"vm:{guest['id']}"))
                for one in (*moved, "state running>stopped", "task qmstop ok"):
                    self.assertEqual(told.count(one), 1, one)
                ran_on = next(id for id, node in nodes.items() if node == target)
                self.assertIn("task qmstop ok", said(self.marks(server, f"node:{ran_on}")))
                self.assertIn("task qmstop ok", self.timeline(server, "nodes", ran_on))
                self.assertEqual(self.marks(server, f"cluster:{cluster}"), [], "no node and no connection changed")

                server.stop()
                fleet.order("POST", f"{here}/start")
                again = stand.Monitorix(folder, *options)
                with stand.running(again):
                    again.sign_in()
                    self.await_told(again, guest["id"], "state stopped>running", "task qmstart ok")
                    told = again.call("GET", f"/api/vms/{guest['id']}/timeline?limit=1000")["items"]
                    upids = [entry["task"]["upid"] for entry in told if entry["task"]]
                    self.assertEqual(len(upids), len(set(upids)), "no task twice, though each start tells all that are listed")
                    self.assertEqual(said([entry for entry in told if not entry["task"]]),
                                     ["state stopped>running", "state running>stopped", f"migration {source}>{target}"])
                    others = [entry for vm in guests if vm["id"] != guest["id"]
                              for entry in self.timeline(again, "vms", vm["id"]) if not entry.startswith("task")]
                    self.assertEqual(others, [])


if __name__ == "__main__":
    unittest.main()
