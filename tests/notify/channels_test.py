#!/usr/bin/env python3
"""Every channel against the documented shape of its service, over a real socket: the request, what each answer means, and what the
test button tells about it. Mail goes to Debian's Postfix as well, which delivers it.

    tests/notify/channels_test.py     (MONITORIX_BUILD names the folder of the programs)
"""
import email
import email.policy
import hashlib
import hmac
import json
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from receivers import Postfix, Receiver, Smtp, peers, stand  # noqa: E402

TEXT = "Ø & <b>*bold*</b> @everyone \"q\""


class Channels(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.room = pathlib.Path(cls.folder.name)
        cls.identity = peers.make_identity(cls.room)
        program = cls.room / "tell.sh"
        program.write_text('#!/bin/sh\n[ "$MONITORIX_TITLE" = fail ] && exit 1\n[ "$MONITORIX_TITLE" = later ] && exit 75\n'
                           'echo "$1 $MONITORIX_SEVERITY $MONITORIX_TITLE"; cat\n')
        program.chmod(0o755)
        cls.room.chmod(0o755)
        cls.receiver = Receiver(cls.identity)
        cls.house = stand.Monitorix(
            cls.room, *stand.NO_RATE_LIMITS, "--outbound-allow", "127.0.0.0/8", "--public-url", "https://monitorix.example/",
            "--notify-programs", f"tell={program} fixed", prefix=("env", f"SSL_CERT_FILE={cls.identity[1]}"),
        ).make_admin()

    @classmethod
    def tearDownClass(cls):
        cls.house.stop()
        cls.receiver.close()
        cls.folder.cleanup()

    def setUp(self):
        self.receiver.answer = lambda request: (200, {}, b"ok")
        self.receiver.requests.clear()
        self.made = []

    def tearDown(self):
        for channel in self.made:
            self.house.call("DELETE", f"/api/notification-channels/{channel}")

    def channel(self, kind, settings, **more):
        made = self.house.call("POST", "/api/notification-channels", {"name": kind, "type": kind, "settings": settings, **more})
        self.made.append(made["id"])
        return made["id"]

    def tell(self, channel, **message):
        """Sends one by hand and waits for what became of it."""
        body = {"title": TEXT, "text": "line one\nline two", "severity": "critical", "link": "https://monitorix.example/incidents/7",
                "since": "2026-11-27T13:02:00Z", "channel_ids": [channel], **message}
        taken = self.house.call("POST", "/api/notifications", body)["notification_ids"]
        found = {}

        def is_settled():
            rows = {row["id"]: row for row in self.house.call("GET", f"/api/notifications?channel_id={channel}")["items"]}
            found.update(rows[taken[0]])
            return found["state"] != "queued"

        stand.await_true("delivery", 20, is_settled)
        return found

    def told(self, channel, **message):
        row = self.tell(channel, **message)
        self.assertEqual(row["state"], "sent", row)
        return self.receiver.requests[-1], (json.loads(self.receiver.requests[-1]["body"]))

    def test_slack(self):
        channel = self.channel("slack", {"webhook_url": self.receiver.url("/services/T0/B0/key")})
        request, body = self.told(channel)
        self.assertEqual((request["method"], request["path"]), ("POST", "/services/T0/B0/key"))
        self.assertEqual(request["headers"]["Content-Type"], "application/json")
        self.assertNotIn("<b>", body["text"])  # mrkdwn; everything else is plain_text
        blocks = body["attachments"][0]["blocks"]
        self.assertEqual([block["type"] for block in blocks], ["header", "section", "actions"])
        self.assertEqual(blocks[0]["text"]["type"], "plain_text")
        self.assertLessEqual(len(blocks[0]["text"]["text"]), 150)
        self.assertEqual(blocks[2]["elements"][0]["url"], "https://monitorix.example/incidents/7")

    def test_discord(self):
        channel = self.channel("discord", {"webhook_url": self.receiver.url("/api/webhooks/1/key")})
        self.receiver.answer = lambda request: (204, {}, b"")
        _, body = self.told(channel)
        self.assertEqual(body["allowed_mentions"], {"parse": []})
        embed = body["embeds"][0]
        self.assertIn("\\*bold\\*", embed["title"])
        self.assertEqual(embed["color"], 0xC62828)
        self.assertEqual(embed["fields"][0], {"name": "Since", "value": "2026\\-11\\-27 13:02 UTC", "inline": True})
        self.receiver.answer = lambda request: (429, {}, b'{"message":"slow down","retry_after":61.5,"global":false}')
        row = self.tell(channel)
        self.assertEqual((row["state"], row["error"]), ("failed", "answered with status 429"))
        self.assertIn("slow down", row["answer"])

    def test_teams(self):
        channel = self.channel("teams", {"webhook_url": self.receiver.url("/workflows/a/triggers/manual/paths/invoke?sig=key")})
        self.receiver.answer = lambda request: (202, {}, b"")
        request, body = self.told(channel)
        self.assertEqual(request["path"], "/workflows/a/triggers/manual/paths/invoke?sig=key")
        card = body["attachments"][0]
        self.assertEqual((body["type"], card["contentType"]), ("message", "application/vnd.microsoft.card.adaptive"))
        self.assertEqual((card["content"]["type"], card["content"]["version"]), ("AdaptiveCard", "1.4"))
        self.assertEqual({block["type"] for block in card["content"]["body"]}, {"RichTextBlock"})
        self.assertEqual(card["content"]["actions"][0]["type"], "Action.OpenUrl")

    def test_telegram(self):
        channel = self.channel("telegram", {"server": self.receiver.url(), "bot_token": "123:key", "chat_id": "-1001", "thread_id": "7"})
        self.receiver.answer = lambda request: (200, {}, b'{"ok":true,"result":{"message_id":1}}')
        request, body = self.told(channel)
        self.assertEqual(request["path"], "/bot123:key/sendMessage")
        self.assertEqual((body["chat_id"], body["message_thread_id"], body["parse_mode"]), ("-1001", 7, "HTML"))
        self.assertIn("&lt;b&gt;", body["text"])
        self.assertLessEqual(len(body["text"]), 4096)
        self.receiver.answer = lambda request: (400, {}, b'{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}')
        row = self.tell(channel)
        self.assertEqual(row["state"], "dead")
        self.assertIn("chat not found", row["answer"])

    def test_matrix(self):
        channel = self.channel("matrix", {"server": self.receiver.url(), "token": "syt_key", "room": "!r:example.org"})
        request, body = self.told(channel)
        self.assertEqual(request["method"], "PUT")
        self.assertRegex(request["path"], r"^/_matrix/client/v3/rooms/%21r%3Aexample\.org/send/m\.room\.message/[0-9a-f]{64}$")
        self.assertEqual(request["headers"]["Authorization"], "Bearer syt_key")
        self.assertEqual((body["msgtype"], body["format"]), ("m.text", "org.matrix.custom.html"))
        self.assertIn("&lt;b&gt;", body["formatted_body"])

    def test_ntfy(self):
        channel = self.channel("ntfy", {"server": self.receiver.url(), "topic": "house", "token": "tk_key"})
        request, body = self.told(channel)
        self.assertEqual((request["method"], request["path"]), ("POST", "/"))
        self.assertEqual(request["headers"]["Authorization"], "Bearer tk_key")
        self.assertEqual((body["topic"], body["priority"], body["click"]), ("house", 5, "https://monitorix.example/incidents/7"))
        self.assertIsInstance(body["tags"], list)

    def test_gotify(self):
        channel = self.channel("gotify", {"server": self.receiver.url("/push"), "token": "AKey"})
        request, body = self.told(channel)
        self.assertEqual((request["path"], request["headers"]["X-Gotify-Key"]), ("/push/message", "AKey"))
        self.assertEqual(body["priority"], 9)
        self.assertEqual(body["extras"]["client::notification"]["click"]["url"], "https://monitorix.example/incidents/7")

    def test_pushover(self):
        channel = self.channel("pushover", {"server": self.receiver.url(), "token": "app", "user_key": "me"})
        self.receiver.answer = lambda request: (200, {}, b'{"status":1,"request":"x"}')
        request, body = self.told(channel)
        self.assertEqual(request["path"], "/1/messages.json")
        self.assertEqual((body["token"], body["user"], body["priority"]), ("app", "me", 2))
        self.assertGreaterEqual(body["retry"], 30)
        self.assertLessEqual(body["expire"], 10800)
        _, calm = self.told(channel, severity="info")
        self.assertNotIn("retry", calm)

    def test_pagerduty(self):
        channel = self.channel("pagerduty", {"server": self.receiver.url(), "routing_key": "r" * 32})
        self.receiver.answer = lambda request: (202, {}, b'{"status":"success"}')
        request, begun = self.told(channel, key="pd")
        self.assertEqual((request["path"], begun["event_action"]), ("/v2/enqueue", "trigger"))
        self.assertEqual(begun["payload"]["severity"], "critical")
        self.assertTrue({"summary", "source", "severity", "timestamp"} <= set(begun["payload"]))
        _, ended = self.told(channel, key="pd", kind="resolved")
        self.assertEqual((ended["event_action"], ended["dedup_key"]), ("resolve", begun["dedup_key"]))

    def test_apprise(self):
        channel = self.channel("apprise", {"server": self.receiver.url(), "key": "config", "tags": "ops"})
        request, body = self.told(channel)
        self.assertEqual(request["path"], "/notify/config")
        self.assertEqual((body["type"], body["tag"], body["format"]), ("failure", "ops", "text"))

    def test_webhook_is_signed_and_follows_nobody(self):
        channel = self.channel("webhook", {"webhook_url": self.receiver.url("/in"), "method": "PUT", "secret": "shared",
                                           "headers": "X-Key: one\nX-Other: two"})
        row = self.tell(channel)
        request = self.receiver.requests[-1]
        headers = request["headers"]
        self.assertEqual((request["method"], headers["X-Key"], headers["X-Other"]), ("PUT", "one", "two"))
        signed = headers["X-Monitorix-Timestamp"].encode() + b"." + request["body"]
        self.assertEqual(headers["X-Monitorix-Signature"], "sha256=" + hmac.new(b"shared", signed, hashlib.sha256).hexdigest())
        self.assertEqual({headers["X-Monitorix-Id"], headers["Idempotency-Key"], row["dedup_key"]}, {row["dedup_key"]})
        body = json.loads(request["body"])
        self.assertEqual((body["title"], body["state"], body["since"]), (TEXT, "firing", "2026-11-27T13:02:00.000Z"))
        self.receiver.answer = lambda _: (302, {"Location": self.receiver.url("/elsewhere")}, b"")
        row = self.tell(channel)
        self.assertEqual(row["state"], "dead")
        self.assertIn("redirects are not followed", row["error"])
        self.assertNotIn("/elsewhere", [request["path"] for request in self.receiver.requests])

    def test_webhook_with_a_template(self):
        template = '{"say":"{{heading}}","when":"{{since}}"}'
        channel = self.channel("webhook", {"webhook_url": self.receiver.url("/in"), "template": template}, language="de")
        _, body = self.told(channel)
        self.assertEqual(body, {"say": "Kritisch: " + TEXT, "when": "2026-11-27T13:02:00.000Z"})
        text = self.channel("webhook", {"webhook_url": self.receiver.url("/in"), "template": "{{severity}}: {{title}}"})
        self.assertEqual(self.tell(text)["state"], "sent")
        self.assertEqual(self.receiver.requests[-1]["body"].decode(), "critical: " + TEXT)
        for wrong in ("{{nothing}}", "{{title"):
            self.house.call("POST", "/api/notification-channels",
                            {"name": "x", "type": "webhook", "settings": {"webhook_url": "https://a.example/", "template": wrong}}, expect=(422,))

    def test_exec(self):
        channel = self.channel("exec", {"program": "tell"})
        row = self.tell(channel, title="plain")
        self.assertEqual(row["state"], "sent")
        self.assertIn('"title":"plain"', row["answer"])
        self.assertIn("fixed critical plain", row["answer"])
        self.assertEqual(self.tell(channel, title="fail")["state"], "dead")
        self.assertEqual(self.tell(channel, title="later")["state"], "failed")
        self.house.call("POST", "/api/notification-channels", {"name": "x", "type": "exec", "settings": {"program": "/bin/sh"}}, expect=(422,))

    def test_the_test_button_says_what_the_receiver_said(self):
        channel = self.channel("ntfy", {"server": self.receiver.url(), "topic": "house"}, language="fi")
        self.receiver.answer = lambda request: (403, {}, b'{"code":40301,"error":"forbidden"}\n')
        found = self.house.call("POST", f"/api/notification-channels/{channel}/test")
        self.assertEqual((found["outcome"], found["status"]), ("never", 403))
        self.assertIn("forbidden", found["answer"])
        self.assertIn("testiviesti", self.receiver.last_json()["message"])
        self.receiver.answer = lambda request: None
        found = self.house.call("POST", f"/api/notification-channels/{channel}/test")
        self.assertEqual((found["outcome"], found["status"]), ("again", None))
        shown = self.house.call("GET", f"/api/notification-channels/{channel}/preview?kind=resolved")
        self.assertTrue(shown["heading"].startswith("Ratkaistu: "))
        self.assertEqual(json.loads(shown["body"])["title"], shown["heading"])

    def test_where_messages_may_not_go(self):
        for url, why in (("http://169.254.169.254/latest", "open"), ("https://169.254.169.254/latest", "never called"),
                         ("https://10.1.2.3/", "private address"), ("https://192.168.1.1/", "private address"),
                         ("https://[::1]/", "this machine itself"), (f"https://127.0.0.1:{self.house.port}/", "Monitorix itself")):
            channel = self.channel("webhook", {"webhook_url": url})
            found = self.house.call("POST", f"/api/notification-channels/{channel}/test")
            self.assertEqual(found["outcome"], "never", url)
            self.assertIn(why, found["said"])
        for wrong in ("file:///etc/passwd", "gopher://a.example/", "https://user:pw@a.example/"):
            self.house.call("POST", "/api/notification-channels", {"name": "x", "type": "slack", "webhook_url": wrong}, expect=(422,))

    def test_a_certificate_that_nobody_vouches_for_gets_nothing(self):
        stranger = Receiver(peers.make_identity(self.room, name="stranger"))
        try:
            channel = self.channel("gotify", {"server": stranger.url(), "token": "key"})
            found = self.house.call("POST", f"/api/notification-channels/{channel}/test")
            self.assertEqual(found["outcome"], "again", found)
            self.assertEqual(stranger.requests, [])
        finally:
            stranger.close()

    def mail_settings(self, server, **more):
        return {"host": "localhost", "port": server.port, "from": "Huset <mon@house.example>", "to": "kari@duty.example, ola@duty.example", **more}

    def parsed(self, raw):
        return email.message_from_bytes(raw, policy=email.policy.default)

    def test_mail_over_starttls(self):
        server = Smtp(self.identity)
        channel = self.channel("email", self.mail_settings(server, user="mon", password="s3cret"), language="nb", time_zone="Europe/Oslo")
        row = self.tell(channel, key="m")
        self.assertEqual(row["state"], "sent", row)
        sent = server.mails[-1]
        self.assertEqual((sent["to"], sent["user"], sent["secure"]), (["kari@duty.example", "ola@duty.example"], "mon", True))
        self.assertEqual([line for line, secure in server.commands if not secure], ["EHLO monitorix.local", "STARTTLS"])
        mail = self.parsed(sent["text"])
        self.assertEqual(mail["Subject"], "Kritisk: " + TEXT)
        self.assertEqual(mail["Message-ID"], f"<{row['dedup_key']}@house.example>")
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        self.assertIn("2026-11-27 14:02 UTC+1", mail.get_body(("plain",)).get_content())
        self.assertIn("&lt;b&gt;*bold*", mail.get_body(("html",)).get_content())
        self.assertTrue(all(len(line) <= 78 + 76 for line in sent["text"].split(b"\r\n")))
        self.tell(channel, key="m", kind="resolved")
        ended = self.parsed(server.mails[-1]["text"])
        self.assertEqual(ended["References"], mail["References"])
        self.assertNotEqual(ended["Message-ID"], mail["Message-ID"])
        server.close()

    def test_mail_in_all_ways_that_fail(self):
        server = Smtp(self.identity)
        channel = self.channel("email", self.mail_settings(server, user="mon", password="wrong"))
        row = self.tell(channel)
        self.assertEqual(row["state"], "dead")
        self.assertIn("refused the user or the password (535)", row["error"])
        path = f"/api/notification-channels/{channel}"
        self.house.call("PATCH", path, {"settings": {"password": "s3cret"}})
        server.replies = {"RCPT TO:<kari": "451 4.7.1 greylisted"}
        row = self.tell(channel)
        self.assertEqual(row["state"], "failed")
        self.assertEqual(server.mails, [])  # nobody gets it twice
        server.replies = {"RCPT TO:<kari": "550 5.1.1 unknown user"}
        found = self.house.call("POST", path + "/test")
        self.assertEqual(found["outcome"], "delivered")
        self.assertIn("not to kari@duty.example: 550", found["answer"])
        self.assertEqual(server.mails[-1]["to"], ["ola@duty.example"])
        server.replies = {"EHLO": "250 only me"}
        found = self.house.call("POST", path + "/test")
        self.assertIn("offers no STARTTLS", found["said"])
        self.assertFalse(any("AUTH" in line for line, secure in server.commands if not secure))
        self.house.call("PATCH", path, {"settings": {"host": "elsewhere.example"}}, expect=(422,))
        server.close()

    def test_mail_over_tls_from_the_start(self):
        server = Smtp(self.identity, "implicit")
        channel = self.channel("email", self.mail_settings(server, tls="implicit", user="mon", password="s3cret"))
        self.assertEqual(self.tell(channel)["state"], "sent")
        server.close()

    @unittest.skipIf(os.geteuid() != 0, "Postfix starts as root only")
    def test_mail_that_postfix_delivers(self):
        room = self.room / "postfix"
        room.mkdir()
        server = Postfix(room, self.identity)
        try:
            channel = self.channel("email", self.mail_settings(server), language="fr")
            row = self.tell(channel)
            self.assertEqual(row["state"], "sent", row)
            stand.await_true("mail in the box", 20, server.mails, 0.1)
            mail = self.parsed(server.mails()[0])
            self.assertEqual(mail["Subject"], "Critique: " + TEXT)
            self.assertEqual(mail["X-Monitorix-Id"], row["dedup_key"])
            self.assertEqual(mail.get_content_type(), "multipart/alternative")
            refused = self.channel("email", {**self.mail_settings(server), "to": "a@elsewhere.example"})
            row = self.tell(refused)
            self.assertEqual(row["state"], "dead", row)
            self.assertIn("elsewhere.example", row["answer"])
        finally:
            server.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
