"""Receivers of messages on loopback: one for HTTPS that keeps each request and answers what it is told to, one that speaks SMTP
as the test wants, and Debian's Postfix that really delivers."""
import http.server
import json
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "checks"))
import peers  # noqa: E402
import stand  # noqa: E402


class Receiver:
    """HTTPS (or plain HTTP without an identity). `answer` gets each request and returns status, headers and body; None hangs up."""

    def __init__(self, identity=None, port=None):
        self.requests, self.identity, self.port = [], identity, port or stand.free_port()
        self.answer = lambda request: (200, {}, b"ok")
        self.server, self.lock = None, threading.Lock()
        self.open()

    def open(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def take(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body}
                with receiver.lock:
                    receiver.requests.append(request)
                answer = receiver.answer(request)
                request["status"] = answer[0] if answer else 0
                self.close_connection = True
                if answer is None:
                    return
                status, headers, text = answer
                self.send_response(status)
                for name, value in {"Content-Length": str(len(text)), "Connection": "close", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            do_POST = do_PUT = do_PATCH = do_GET = take

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", self.port), Handler)
        if self.identity:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.identity[1], self.identity[0])
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def url(self, path=""):
        return f"{'https' if self.identity else 'http'}://localhost:{self.port}{path}"

    def last_json(self):
        return json.loads(self.requests[-1]["body"])


class Smtp:
    """A mail server that keeps what it gets and refuses what `replies` says: a command and the line that answers it."""

    def __init__(self, identity, tls="starttls"):
        self.identity, self.tls = identity, tls
        self.mails, self.commands, self.replies = [], [], {}
        self.users = {"mon": "s3cret"}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(identity[1], identity[0])
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        self.listener.close()

    def serve(self):
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.guarded, args=(line,), daemon=True).start()

    def guarded(self, line):
        try:
            self.converse(self.context.wrap_socket(line, server_side=True) if self.tls == "implicit" else line)
        except (OSError, ValueError):
            pass
        finally:
            line.close()

    def converse(self, line):
        stream, secure, mail = line.makefile("rb"), self.tls == "implicit", {"to": [], "user": None}

        def say(text):
            line.sendall(text.encode() + b"\r\n")

        say("220 receiver.example ESMTP")
        while words := stream.readline().decode().strip():
            verb = words.split(" ")[0].upper()
            self.commands.append((words, secure))
            if scripted := next((reply for key, reply in self.replies.items() if words.upper().startswith(key.upper())), None):
                say(scripted)
            elif verb == "EHLO":
                offers = ["receiver.example", "SIZE 1000000", *(["AUTH PLAIN LOGIN"] if secure or self.tls == "none" else []),
                          *(["STARTTLS"] if self.tls == "starttls" and not secure else [])]
                line.sendall("".join(f"250{'-' if at < len(offers) - 1 else ' '}{offer}\r\n" for at, offer in enumerate(offers)).encode())
            elif verb == "STARTTLS":
                say("220 go on")
                line = self.context.wrap_socket(line, server_side=True)
                stream, secure = line.makefile("rb"), True
            elif verb == "AUTH":
                import base64
                _, user, password = base64.b64decode(words.split(" ")[2]).decode().split("\0")
                fits = self.users.get(user) == password
                mail["user"] = user if fits else None
                say("235 welcome" if fits else "535 5.7.8 no such user or password")
            elif verb == "MAIL":
                mail["from"] = words
                say("250 ok")
            elif verb == "RCPT":
                mail["to"].append(words[9:-1])
                say("250 ok")
            elif verb == "DATA":
                say("354 go on")
                text = b""
                while (part := stream.readline()) not in (b".\r\n", b""):
                    text += part[1:] if part.startswith(b".") else part
                self.mails.append({**mail, "text": text, "secure": secure})
                say("250 2.0.0 queued as 1")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("500 what?")


class Postfix:
    """Debian's own mail server, which puts what it accepts into a Maildir. Starts as root only."""

    def __init__(self, room, identity):
        self.room, self.port, self.mailbox = room, stand.free_port(), room / "mailbox"
        key, certificate = identity
        config, queue, data = room / "etc", room / "spool", room / "lib"
        for folder in (config, queue, data, self.mailbox):
            folder.mkdir()
        room.chmod(0o755)
        shutil.chown(data, "postfix")
        shutil.chown(self.mailbox, "nobody", "nogroup")
        (config / "main.cf").write_text(f"""compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
myhostname = mail.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = {room}/mail.log
maillog_file_prefixes = {room}
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_relay_restrictions = reject_unauth_destination
virtual_mailbox_domains = duty.example
virtual_mailbox_base = {self.mailbox}
virtual_mailbox_maps = static:box/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
alias_maps =
""")
        (config / "master.cf").write_text(f"""127.0.0.1:{self.port} inet n - n - - smtpd
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
tlsmgr unix - - n 1000? 1 tlsmgr
proxymap unix - - n - - proxymap
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
""")
        (config / "dynamicmaps.cf").write_text("")
        self.program = stand.Program(["postfix", "-c", config, "start-fg"], room / "log")
        peers.wait_for_port(self.port)

    def mails(self):
        return [file.read_bytes() for file in sorted((self.mailbox / "box" / "new").glob("*"))]

    def stop(self):
        subprocess.run(["postfix", "-c", self.room / "etc", "stop"], capture_output=True, check=False)
        self.program.stop()
