#!/usr/bin/env python3
"""What people are told of an outage: each *.scenario beside this file, on the real program against simulated clusters, with a
real receiver of messages. All at once, for they mostly wait.

    tests/scenarios/run.py [NAME...]     (MONITORIX_BUILD names the folder of the programs)

A scenario is a line for each step; # begins a comment.

    sim ARGUMENTS             a world of its own; before everything else. With --uplink Monitorix is given a place beside it
                              that tells whether the network is there
    watch NAME GUEST          a service of that name on the guest: a port that answers while the guest runs; with `uplink` for
                              the guest, one at that place
    unwatch GUEST             its port stops to answer
    order METHOD PATH [JSON]  to the simulator; {node1} and {node1_guest1} ... stand for members and the
                              running guests on them by number, {node1_guest1_name} for its name
    call METHOD PATH [JSON]   to Monitorix
    report JSON               alerts of another system, by a key for such; {past} is a moment that is over
    notice JSON               a notification, as the webhook of Proxmox VE sends it
    marked NODE KIND          its time line has such an entry
    uplink away | back        nothing answers at the place that tells, or it does again
    states NAME WORD ...      the service was in these states and no others
    receiver away | back      it refuses connections, or takes them again
    incident DEED             acknowledge or resolve the open one about node2
    rule KEY JSON             changes the rule that came with Monitorix under this key
    told KIND TEXT [SECONDS]  the next message is of this kind and its title holds the text; _ stands for a blank
    any KIND TEXT [SECONDS]   such a message comes, perhaps with others
    quiet SECONDS             no message comes
    settle                    what a world has to complain of from its first day is told now, and does not count
    wait SECONDS
    restart | kill            Monitorix ends and begins again, in order or without a word
    open TITLE SECONDS        an alert of this title is open, whether or not anybody was told
    pending TITLE SECONDS     one is about to be: its rule wants to see it for longer

Only what begins in the scenario counts: what a world has to complain of from its first day was told before.
"""
import concurrent.futures
import json
import pathlib
import re
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "notify"))
from receivers import Receiver, stand  # noqa: E402

PATIENCE = 45
DETAILS = [*stand.STEADY, "--outbound-allow", "127.0.0.0/8", "--alert-group-seconds", "4", "--alert-settle-seconds", "6", "--alert-boot-seconds", "10"]


class Scene:
    """One scenario as it runs."""

    def __init__(self, path, folder):
        self.path, self.folder, self.sim, self.house = path, folder, None, None
        self.receiver, self.told_before, self.heard = Receiver(), set(), 0
        self.uplink, self.details, self.hook, self.key = None, DETAILS, None, None

    def close(self):
        for part in (self.house, self.sim):
            if part:
                part.stop()
        self.receiver.close()
        if self.uplink:
            self.uplink.close()

    def begin(self, arguments):
        if "--uplink" in arguments:
            arguments.remove("--uplink")
            self.uplink = Receiver()
            self.details = [*DETAILS, "--uplink-targets", f"127.0.0.1:{self.uplink.port}"]
        self.sim = stand.Pvesim(self.folder, "--still", "--no-events", *arguments)
        self.cluster = self.sim.clusters()[0]["cluster"]
        self.house = stand.Monitorix(self.folder, *self.details).make_admin()
        self.house.call("POST", "/api/notification-channels",
                        {"name": "receiver", "type": "webhook", "settings": {"webhook_url": self.receiver.url("/in")}})
        self.id = self.house.connect(self.sim.clusters()[0])["id"]
        stand.await_true("the world", 30, lambda: self.house.call("GET", "/api/vms"))
        nodes = self.house.call("GET", "/api/nodes")
        members = sorted(nodes, key=lambda row: row["name"])
        self.names = {f"node{at}": row["name"] for at, row in enumerate(members, 1)}
        self.names |= {f"node{at}_id": row["id"] for at, row in enumerate(members, 1)}
        self.vms = [row for row in self.house.call("GET", "/api/vms?limit=1000&sort=vmid") if row["status"] == "running"]
        for at, row in enumerate(members, 1):
            own = [vm for vm in self.vms if vm["node_id"] == row["id"]]
            self.names |= {f"node{at}_guest{number}": vm["vmid"] for number, vm in enumerate(own, 1)}
            self.names |= {f"node{at}_guest{number}_name": vm["name"] for number, vm in enumerate(own, 1)}
        moment = lambda away: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + away))  # noqa: E731
        self.names |= {"cluster": self.cluster, "cluster_id": self.id, "soon": moment(3000), "past": moment(-60)}

    def settle(self):
        """Everything a world has to complain of from its first day."""
        time.sleep(14)
        self.told_before = {one["alert_id"] for one in self.messages()}
        self.heard = 0

    def messages(self):
        return [json.loads(request["body"]) for request in list(self.receiver.requests)]

    def news(self):
        return [one for one in self.messages() if one["alert_id"] not in self.told_before]

    def fill(self, text):
        return re.sub(r"\{(\w+)\}", lambda found: str(self.names[found[1]]), text)

    def spoken(self, text):
        return self.fill(re.sub(r"_(?![^{]*})", " ", text))

    def report(self, alerts):
        self.key = self.key or self.house.call("POST", "/api/api-keys", {"name": "prometheus", "scopes": ["hooks"]})["key"]
        status, _, answer = stand.ask(self.house.port, "POST", "/api/v2/alerts", alerts, {"Authorization": f"Bearer {self.key}"})
        assert status == 200, f"{status} {answer}"

    def notice(self, body):
        self.hook = self.hook or self.house.call("POST", f"/api/clusters/{self.id}/hook-token")["path"]
        status, _, answer = stand.ask(self.house.port, "POST", self.hook, body)
        assert status == 202, f"{status} {answer}"

    def marked(self, node, kind):
        path = f"/api/nodes/{self.names[node + '_id']}/timeline"
        stand.await_true(f"a mark: {kind}", PATIENCE, lambda: any(one["kind"] == kind for one in self.house.call("GET", path)["items"]), 0.5)

    def states(self, name, *words):
        row = next(row for row in self.house.call("GET", "/api/services") if row["name"] == name)
        seen = {one["status"] for one in self.house.call("GET", f"/api/services/{row['id']}/states")["intervals"]}
        assert seen == set(words), f"{name} was {sorted(seen)}"

    def watch(self, name, guest):
        if guest == "uplink":
            self.house.call("POST", "/api/services", {
                "name": name, "type": "port", "target": "127.0.0.1", "port": self.uplink.port, "check_interval": 10, "timeout": 2,
                "retries": 1, "recover_after": 1, "retry_interval": 2})
            return
        vmid = self.names[guest]
        port = self.sim.order("POST", f"/guest/{self.cluster}/{vmid}/listen", {"kind": "tcp"})["port"]
        row = next(row for row in self.vms if row["vmid"] == vmid)
        self.house.call("POST", "/api/services", {
            "name": name, "type": "port", "target": "127.0.0.1", "port": port, "vm_id": row["id"], "check_interval": 10,
            "timeout": 2, "retries": 1, "recover_after": 1, "retry_interval": 2})

    def told(self, kind, text, seconds=PATIENCE):
        stand.await_true(f"message {self.heard + 1}: {kind} {text}", float(seconds), lambda: len(self.news()) > self.heard, 0.1)
        one = self.news()[self.heard]
        self.heard += 1
        text = self.spoken(text)
        assert one["kind"] == kind and text in one["title"], f"wanted {kind} {text}, got {one['kind']}: {one['title']} ({one['cause']})"

    def any(self, kind, text, seconds=PATIENCE):
        text = self.spoken(text)
        stand.await_true(f"a message: {kind} {text}", float(seconds),
                         lambda: any(one["kind"] == kind and text in one["title"] for one in self.news()), 0.1)
        self.heard = len(self.news())

    def quiet(self, seconds):
        time.sleep(float(seconds))
        more = [f"{one['kind']}: {one['title']} ({one['cause']})" for one in self.news()[self.heard:]]
        assert not more, f"nobody should have been told, but: {more}"

    def listed(self, title, seconds, which):
        title = self.spoken(title)
        stand.await_true(f"alert {title}", float(seconds), lambda: any(
            title in row["title"] for row in self.house.call("GET", f"/api/alerts?{which}")), 0.2)

    def open(self, title, seconds):
        self.listed(title, seconds, "resolved=false")

    def pending(self, title, seconds):
        self.listed(title, seconds, "state=pending")

    def again(self, how):
        port = self.house.port
        how(self.house)
        self.house = stand.Monitorix(self.folder, *self.details, port=port).sign_in()

    def step(self, line):
        verb, *words = line.split()
        if verb == "sim":
            self.begin(words)
        elif verb == "settle":
            self.settle()
        elif verb in ("order", "call"):
            method, path, *body = line.split(None, 3)[1:]
            sent = json.loads(self.fill(body[0])) if body else None
            path = self.fill(path)
            (self.sim.order if verb == "order" else self.house.call)(method, path, sent)
        elif verb == "unwatch":  # the port stops to answer while the guest runs
            self.sim.order("POST", f"/guest/{self.cluster}/{self.names[words[0]]}/unlisten")
        elif verb in ("receiver", "uplink"):
            place = self.receiver if verb == "receiver" else self.uplink
            place.close() if words[0] == "away" else place.open()
        elif verb in ("report", "notice"):
            (self.report if verb == "report" else self.notice)(json.loads(self.fill(line.split(None, 1)[1])))
        elif verb == "incident":
            row = next(row for row in self.house.call("GET", "/api/incidents?state=open&state=acknowledged")["items"]
                       if self.names["node2"] in row["title"])
            self.house.call("POST", f"/api/incidents/{row['id']}/{words[0]}", {} if words[0] == "acknowledge" else None)
        elif verb == "rule":
            key, body = line.split(None, 2)[1:]
            row = next(row for row in self.house.call("GET", "/api/alert-rules") if row["key"] == key)
            self.house.call("PUT", f"/api/alert-rules/{row['id']}", json.loads(body))
        elif verb == "wait":
            time.sleep(float(words[0]))
        elif verb in ("restart", "kill"):
            self.again(stand.Program.stop if verb == "restart" else stand.Program.kill)
        else:
            {"watch": self.watch, "told": self.told, "any": self.any, "quiet": self.quiet, "open": self.open,
             "pending": self.pending, "marked": self.marked, "states": self.states}[verb](*words)

    def run(self):
        for number, line in enumerate(self.path.read_text().splitlines(), 1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            try:
                self.step(line)
            except Exception as error:
                heard = "".join(f"\n    {one['kind']}: {one['title']} ({one['cause']})" for one in self.news())
                raise AssertionError(f"{self.path.name}:{number}: {line}: {error}\n  told so far:{heard or ' nothing'}") from error


def play(path):
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(path, folder)
        try:
            scene.run()
        finally:
            scene.close()


class Scenarios(unittest.TestCase):
    names = []

    def test_all(self):
        paths = sorted(HERE.glob("*.scenario"))
        if self.names:
            paths = [path for path in paths if path.stem in self.names]
        self.assertTrue(paths)
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(len(paths)) as pool:
            played = {path: pool.submit(play, path) for path in paths}
            for path, one in played.items():
                with self.subTest(path.stem):
                    one.result()
        print(f"{len(paths)} scenarios in {time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    Scenarios.names = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
