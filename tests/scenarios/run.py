#!/usr/bin/env python3
"""What people are told of an outage: each *.scenario beside this file, on the real program against simulated clusters, with a
real receiver of messages. All at once, for they mostly wait.

    tests/scenarios/run.py [NAME...]     (MONITORIX_BUILD names the folder of the programs)

A scenario is a line for each step; # begins a comment.

    sim ARGUMENTS             a world of its own; before everything else. With --uplink Monitorix is given a place beside it
                              that tells whether the network is there
    look                      somebody has a page open, and rare questions are asked more often
    another                   the world's second cluster is watched as well: {other}, {other_node1}, {other_node1_guest1} ...
    watch NAME GUEST          a service of that name on the guest: a port that answers while the guest runs; with `uplink` for
                              the guest, one at that place
    crowd NODE GUESTS COUNT   so many services on each of so many guests of the node
    unwatch, rewatch GUEST    its port stops to answer, and answers again
    mail                      a second channel, by SMTP
    pager                     another channel, to a receiver of its own; {pager_id} is its id, {receiver_id} that of the first
    paged KIND TEXT [SECONDS] the next message there is of this kind and its title holds the text
    order METHOD PATH [JSON]  to the simulator; {node1} and {node1_guest1} ... stand for members and the
                              running guests on them by number, {node1_guest1_name} for its name, {now} and
                              {in_60} for times, {fingerprint} for what was answered last
    call METHOD PATH [JSON]   to Monitorix
    report JSON               alerts of another system, by a key for such; {past} is a moment that is over
    notice JSON               a notification, as the webhook of Proxmox VE sends it
    marked NODE KIND          its time line has such an entry
    uplink away | back        nothing answers at the place that tells, or it does again
    states NAME WORD ...      the service was in these states and no others
    receiver away | broken | back   it refuses connections, answers 500, or takes what it gets again
    refuser begin | mend      a second channel, whose receiver refuses everything; it takes everything from now on
    again                     what was given up is sent once more
    count NUMBER TEXT [SECONDS]  after so long so many messages' titles hold the text
    incident DEED TITLE       acknowledge or resolve the open one of this title
    snooze TITLE SECONDS      no messages about this alert for so long
    rule KEY JSON             changes the rule that came with Monitorix under this key
    told KIND TEXT [SECONDS]  the next message is of this kind and its title holds the text; _ stands for a blank
    any KIND TEXT [SECONDS]   such a message comes, perhaps with others
    mailed TEXT [SECONDS]     the next mail's subject holds the text
    quiet SECONDS             no message comes, nor a mail, nor one to the pager
    settle                    what a world has to complain of from its first day is told now, and does not count
    wait SECONDS
    restart | kill            Monitorix ends and begins again, in order or without a word
    halt | resume [SECONDS]   it ends, and begins only then; its wall clock ahead by so much, as if that had been later
    open TITLE SECONDS        an alert of this title is open, whether or not anybody was told
    closed TITLE SECONDS      none is
    pending TITLE SECONDS     one is about to be: its rule wants to see it for longer

Only what begins in the scenario counts: what a world has to complain of from its first day was told before.
"""
import concurrent.futures
import email
import email.policy
import json
import pathlib
import re
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "notify")]
from on_guests import OnGuests  # noqa: E402
from outage_test import shim  # noqa: E402
from page import Watcher  # noqa: E402
from receivers import Receiver, Smtp, peers, stand  # noqa: E402

PATIENCE = 60
VERBS = ["settle", "watch", "crowd", "unwatch", "rewatch", "mail", "mailed", "pager", "paged", "told", "any", "quiet", "open", "closed", "pending",
         "marked", "look", "states", "snooze", "incident", "refuser", "again", "count", "halt", "resume", "restart", "kill"]
DETAILS = [*stand.STEADY, "--outbound-allow", "127.0.0.0/8", "--alert-group-seconds", "4", "--alert-settle-seconds", "6", "--alert-boot-seconds", "10"]


def time_in(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


class Scene(OnGuests):
    """One scenario as it runs."""

    def __init__(self, path, folder):
        self.path, self.folder, self.sim, self.house = path, pathlib.Path(folder), None, None
        self.receiver, self.told_before, self.heard = Receiver(), set(), 0
        self.post, self.mails_read, self.names, self.vms, self.ports, self.ahead = None, 0, {}, [], {}, 0
        self.uplink, self.details, self.hook, self.key = None, DETAILS, None, None
        self.beeper, self.pages_read = None, 0
        self.refusing, self.page = None, None

    def close(self):
        if self.page:
            self.page.close()
        for part in (self.house, self.sim):
            if part:
                part.stop()
        self.receiver.close()
        if self.post:
            self.post.close()
        for place in (self.uplink, self.beeper, self.refusing):
            if place:
                place.close()

    def begin(self, arguments):
        if "--uplink" in arguments:
            arguments.remove("--uplink")
            self.uplink = Receiver()
            self.details = [*DETAILS, "--uplink-targets", f"127.0.0.1:{self.uplink.port}"]
        self.sim = stand.Pvesim(self.folder, "--still", "--no-events", *arguments)
        self.house = stand.Monitorix(self.folder, *self.details).make_admin()
        self.names["receiver_id"] = self.hear("receiver", self.receiver)
        # Of backups these worlds complain on their first day, and on a busy machine late in it.
        for key in ("backup_late", "backup_failed"):
            self.rule(key, {"is_active": False})
        self.cluster = self.connect(0, "")
        self.names["cluster"] = self.cluster

    def hear(self, name, place):
        """A channel to this receiver; its id."""
        channel = {"name": name, "type": "webhook", "settings": {"webhook_url": place.url("/in")}}
        return self.house.call("POST", "/api/notification-channels", channel)["id"]

    def look(self):
        self.page = Watcher(self.house)

    def rule(self, key, change):
        row = next(row for row in self.house.call("GET", "/api/alert-rules") if row["key"] == key)
        self.house.call("PUT", f"/api/alert-rules/{row['id']}", change)

    def connect(self, which, prefix):
        """A cluster of the world is watched; gives its name."""
        endpoint = self.sim.clusters()[which]
        row = self.house.connect(endpoint)
        mine = f"cluster_id={row['id']}"
        stand.await_true("the world", PATIENCE, lambda: self.house.call("GET", f"/api/vms?{mine}"), 0.2)
        members = sorted(self.house.call("GET", f"/api/nodes?{mine}"), key=lambda node: node["name"])
        vms = [vm for vm in self.house.call("GET", f"/api/vms?limit=1000&sort=vmid&{mine}") if vm["status"] == "running"]
        token_id, _, secret = endpoint["token"].rpartition("=")
        self.names |= {f"{prefix}cluster_id": row["id"], f"{prefix}token_id": token_id, f"{prefix}token_secret": secret}
        for at, node in enumerate(members, 1):
            name = f"{prefix}node{at}"
            self.names |= {name: node["name"], f"{name}_id": node["id"]}
            for number, vm in enumerate((vm for vm in vms if vm["node_id"] == node["id"]), 1):
                self.names |= {f"{name}_guest{number}": vm["vmid"], f"{name}_guest{number}_name": vm["name"]}
        if not prefix:
            self.vms = vms
        return endpoint["cluster"]

    def settle(self):
        """Everything a world has to complain of from its first day: until nothing more comes."""
        time.sleep(10)
        last, since, began = len(self.messages()), time.monotonic(), time.monotonic()
        while time.monotonic() - since < 6 and time.monotonic() - began < PATIENCE:
            time.sleep(0.5)
            if len(self.messages()) != last:
                last, since = len(self.messages()), time.monotonic()
        self.told_before = {one["alert_id"] for one in self.messages()}
        self.heard, self.pages_read, self.mails_read = 0, 0, len(self.post.mails) if self.post else 0

    def messages(self, place=None):
        """What the receiver took."""
        taken = [request for request in list((place or self.receiver).requests) if request.get("status", 0) // 100 == 2]
        return [json.loads(request["body"]) for request in taken]

    def news(self):
        return [one for one in self.messages() if one["alert_id"] not in self.told_before]

    def pages(self):
        return [one for one in self.messages(self.beeper) if one["alert_id"] not in self.told_before]

    def subjects(self):
        parsed = (email.message_from_bytes(one["text"], policy=email.policy.default) for one in list(self.post.mails) if one["to"])
        return [mail["Subject"] for mail in parsed][self.mails_read:]

    def fill(self, text):
        def word(found):
            name = found[1]
            if name in ("now", "past") or name.startswith("in_"):
                return time_in({"now": 0, "past": -60}[name] if name in ("now", "past") else int(name[3:]))
            return str(self.names[name])

        return re.sub(r"\{(\w+)\}", word, text)

    def spoken(self, text):
        return self.fill(re.sub(r"_(?![^{]*})", " ", text))

    def report(self, alerts):
        self.key = self.key or self.house.call("POST", "/api/api-keys", {"name": "prometheus", "scopes": ["hooks"]})["key"]
        status, _, answer = stand.ask(self.house.port, "POST", "/api/v2/alerts", alerts, {"Authorization": f"Bearer {self.key}"})
        assert status == 200, f"{status} {answer}"

    def notice(self, body):
        self.hook = self.hook or self.house.call("POST", f"/api/clusters/{self.names['cluster_id']}/hook-token")["path"]
        status, _, answer = stand.ask(self.house.port, "POST", self.hook, body)
        assert status == 202, f"{status} {answer}"

    def marked(self, node, kind):
        path = f"/api/nodes/{self.names[node + '_id']}/timeline"
        stand.await_true(f"a mark: {kind}", PATIENCE, lambda: any(one["kind"] == kind for one in self.house.call("GET", path)["items"]), 0.5)

    def mail(self):
        self.post = Smtp(peers.make_identity(self.folder), "none")
        self.house.call("POST", "/api/notification-channels", {"name": "post", "type": "email", "settings": {
            "host": "127.0.0.1", "port": self.post.port, "tls": "none", "from": "Monitorix <mon@house.example>", "to": "kari@duty.example"}})

    def mailed(self, text, seconds=PATIENCE):
        stand.await_true(f"a mail: {text}", float(seconds), self.subjects, 0.1)
        subject = self.subjects()[0]
        self.mails_read += 1
        assert self.spoken(text) in subject, f"wanted {text}, got {subject}"

    def pager(self):
        self.beeper = Receiver()
        self.names["pager_id"] = self.hear("pager", self.beeper)

    def paged(self, kind, text, seconds=PATIENCE):
        self.next_of(self.pages, self.pages_read, kind, text, seconds)
        self.pages_read += 1

    def told(self, kind, text, seconds=PATIENCE):
        self.next_of(self.news, self.heard, kind, text, seconds)
        self.heard += 1

    def next_of(self, messages, read, kind, text, seconds):
        stand.await_true(f"message {read + 1}: {kind} {text}", float(seconds), lambda: len(messages()) > read, 0.1)
        one, text = messages()[read], self.spoken(text)
        assert one["kind"] == kind and text in one["title"], f"wanted {kind} {text}, got {one['kind']}: {one['title']} ({one['cause']})"

    def any(self, kind, text, seconds=PATIENCE):
        text = self.spoken(text)
        stand.await_true(f"a message: {kind} {text}", float(seconds),
                         lambda: any(one["kind"] == kind and text in one["title"] for one in self.news()), 0.1)
        self.heard = len(self.news())

    def quiet(self, seconds):
        time.sleep(float(seconds))
        unheard = self.news()[self.heard:] + (self.pages()[self.pages_read:] if self.beeper else [])
        more = [f"{one['kind']}: {one['title']} ({one['cause']})" for one in unheard]
        more += self.subjects() if self.post else []
        assert not more, f"nobody should have been told, but: {more}"

    def count(self, number, text, seconds=0):
        time.sleep(float(seconds))
        titles = [one["title"] for one in self.news() if self.spoken(text) in one["title"]]
        assert len(titles) == int(number), f"wanted {number}, got {titles}"

    def refuser(self, deed):
        if deed == "begin":
            self.refusing = Receiver()
            self.house.call("POST", "/api/notification-channels",
                            {"name": "refuser", "type": "webhook", "settings": {"webhook_url": self.refusing.url("/in")}})
        self.refusing.answer = lambda request: (400 if deed == "begin" else 200, {}, b"")

    def again(self):
        for row in self.house.call("GET", "/api/notifications?state=dead")["items"]:
            self.house.call("POST", f"/api/notifications/{row['id']}/retry")

    def listed(self, title, seconds, which):
        title = self.spoken(title)
        stand.await_true(f"alert {title}", float(seconds), lambda: any(
            title in row["title"] for row in self.house.call("GET", f"/api/alerts?{which}")), 0.2)

    def open(self, title, seconds):
        self.listed(title, seconds, "resolved=false")

    def closed(self, title, seconds):
        title = self.spoken(title)
        stand.await_true(f"no alert {title}", float(seconds), lambda: all(
            title not in row["title"] for row in self.house.call("GET", "/api/alerts?resolved=false")), 0.2)

    def pending(self, title, seconds):
        self.listed(title, seconds, "state=pending")

    def snooze(self, title, seconds):
        row = next(row for row in self.house.call("GET", "/api/alerts?resolved=false") if self.spoken(title) in row["title"])
        self.house.call("POST", f"/api/alerts/{row['id']}/snooze", {"until": time_in(int(seconds))})

    def incident(self, deed, title):
        row = next(row for row in self.house.call("GET", "/api/incidents?state=open&state=acknowledged")["items"]
                   if self.spoken(title) in row["title"])
        self.house.call("POST", f"/api/incidents/{row['id']}/{deed}", {} if deed == "acknowledge" else None)

    def halt(self):
        self.house.stop()

    def resume(self, ahead=0):
        self.ahead += int(ahead)
        prefix = ("env", f"LD_PRELOAD={shim(self.folder)}", f"CLOCK_AHEAD={self.ahead}") if self.ahead else ()
        self.house = stand.Monitorix(self.folder, *self.details, port=self.house.port, prefix=prefix, seconds=PATIENCE).sign_in()

    def restart(self):
        self.halt()
        self.resume()

    def kill(self):
        """Not between a message and the note that it went: that one comes again, as it must (faults/kill9_outbox counts those)."""
        told = {one["title"] for one in self.news()[:self.heard]}
        stand.await_true("the note of what was told", PATIENCE, lambda: told <= {
            row["title"] for row in self.house.call("GET", "/api/notifications?state=sent")["items"]}, 0.1)
        self.house.kill()
        self.resume()

    def order(self, method, path, body=None):
        answer = self.sim.order(method, path, body)
        self.names |= {"fingerprint": answer["fingerprint"]} if isinstance(answer, dict) and "fingerprint" in answer else {}

    def turn(self, place, how):
        was_broken = place.answer(None)[0] == 500
        place.answer = lambda request: (500, {}, b"no") if how == "broken" else (200, {}, b"ok")
        if how == "away":
            place.close()
        elif how == "back" and not was_broken:
            place.open()

    def step(self, line):
        verb, *words = line.split()
        if verb == "sim":
            self.begin(words)
        elif verb == "another":
            self.names["other"] = self.connect(1, "other_")
        elif verb in ("order", "call"):
            method, path, *body = line.split(None, 3)[1:]
            sent = json.loads(self.fill(body[0])) if body else None
            (self.order if verb == "order" else self.house.call)(method, self.fill(path), sent)
        elif verb in ("receiver", "uplink"):
            self.turn(self.receiver if verb == "receiver" else self.uplink, words[0])
        elif verb in ("report", "notice"):
            (self.report if verb == "report" else self.notice)(json.loads(self.fill(line.split(None, 1)[1])))
        elif verb == "rule":
            key, body = line.split(None, 2)[1:]
            self.rule(key, json.loads(self.fill(body)))
        elif verb == "wait":
            time.sleep(float(words[0]))
        elif verb in VERBS:
            getattr(self, verb)(*words)
        else:
            raise ValueError(f"there is no step {verb}")

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
