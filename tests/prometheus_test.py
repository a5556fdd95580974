#!/usr/bin/env python3
"""A real Prometheus scrapes /metrics and /pve with an API key of the scope `metrics`, and promtool finds no fault."""
import json
import pathlib
import subprocess
import sys
import time
import unittest
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import stand  # noqa: E402

# Gauges that end in _total: names of prometheus-pve-exporter and of the original Monitorix, kept for their dashboards.
KEPT = {"pve_not_backed_up_total", "monitorix_nodes_total", "monitorix_vms_total", "monitorix_services_total"}
CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
- job_name: monitorix
  authorization: {{credentials: {key}}}
  static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
- job_name: pve
  metrics_path: /pve
  params: {{target: [{cluster}], cluster: ["1"], node: ["1"]}}
  authorization: {{credentials: {key}}}
  static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


class Prometheus(stand.Program):
    def __init__(self, room, **names):
        (room / "prometheus.yml").write_text(CONFIG.format(**names))
        self.port = stand.free_port()
        super().__init__(["prometheus", f"--config.file={room / 'prometheus.yml'}", f"--storage.tsdb.path={room / 'tsdb'}",
                          f"--web.listen-address=127.0.0.1:{self.port}"], room / "prometheus.log")

    def ask(self, path, **query):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}?{urllib.parse.urlencode(query)}", timeout=10) as answer:
            return json.load(answer)["data"]

    def value(self, question):
        result = self.ask("/api/v1/query", query=question)["result"]
        return float(result[0]["value"][1]) if result else None

    def are_up(self):
        try:
            return [target["health"] for target in self.ask("/api/v1/targets")["activeTargets"]] == ["up", "up"]
        except OSError:
            return False


def scrape(server, path, key, accept="text/plain"):
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers={"Authorization": f"Bearer {key}", "Accept": accept})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


class PrometheusTest(unittest.TestCase):
    def test_a_real_prometheus_reads_both_and_promtool_is_content(self):
        with stand.room("prometheus") as room:
            fleet = stand.Pvesim(room, "--clusters", 1, "--nodes", 3, "--guests", 30)
            server = stand.Monitorix(room)
            with stand.running(fleet, server):
                server.make_admin()
                cluster = server.connect(fleet.clusters()[0])["name"]
                stand.await_true("guests", 30, lambda: len(server.call("GET", "/api/vms?limit=100")) >= 25, 0.25)
                key = server.call("POST", "/api/api-keys", {"name": "prometheus", "scopes": ["metrics"]})["key"]
                for path in ("/metrics", f"/pve?target={cluster}"):
                    self.check_with_promtool(scrape(server, path, key))
                reader = Prometheus(room, key=key, port=server.port, cluster=cluster)
                with stand.running(reader):
                    stand.await_true("both targets up", 30, reader.are_up, 0.25)
                    stand.await_true("samples", 15, lambda: reader.value("count(pve_up)"), 0.5)
                    guests = {guest["id"]: guest for guest in server.call("GET", "/api/vms?limit=100")}
                    running = sum(guest["status"] == "running" for guest in guests.values())
                    self.assertEqual(reader.value("monitorix_vms_running"), running)
                    self.assertEqual(reader.value('count(pve_up{id=~"(qemu|lxc)/.*"} == 1)'), running)
                    self.assertEqual(reader.value('count(pve_up{id=~"node/.*"} == 1)'), 3)
                    joined = reader.value("count(pve_cpu_usage_ratio * on(id) group_left(name) pve_guest_info)")
                    self.assertGreaterEqual(joined, running)
                    time.sleep(2)
                    self.assertGreater(reader.value("count(monitorix_vm_network_receive_bytes_total)"), 0)

    def check_with_promtool(self, text):
        done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
        faults = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        others = [line for line in faults if line.split(" ")[0] not in KEPT]
        self.assertEqual(others, [])


if __name__ == "__main__":
    unittest.main()
