"""Targets for many services on loopback: nginx for HTTP, HTTPS and TCP, the kernel for ICMP, and a small name server."""
import socket
import threading

import peers
from peers import stand


class NameServer(threading.Thread):
    """Answers every question with the address 127.0.0.1."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self):
        while True:
            question, client = self.socket.recvfrom(4096)
            end = 12
            while question[end]:
                end += question[end] + 1
            body = question[12:end + 5]
            head = question[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00"
            self.socket.sendto(head + body + b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01", client)


class Targets:
    """As a program of stand.running()."""

    def __init__(self, room, core=None, addresses=10_000_000):
        self.addresses = addresses
        self.plain, self.secure = stand.free_port(), stand.free_port()
        self.key, self.certificate = peers.make_identity(room)
        self.authority = self.certificate.read_text()
        self.names = NameServer()
        self.names.start()
        self.nginx = peers.nginx(room, f"""
            server {{ listen {self.plain} backlog=4096; location = /st {{ stub_status; }} location / {{ return 200 "ok-monitorix-target\\n"; }} }}
            server {{ listen {self.secure} ssl backlog=4096; ssl_certificate {self.certificate}; ssl_certificate_key {self.key};
              ssl_session_cache off; ssl_session_tickets off; location / {{ return 200 "ok-monitorix-target\\n"; }} }}""", core=core)
        peers.wait_for_port(self.plain)
        peers.wait_for_port(self.secure)

    def stop(self):
        self.nginx.stop()

    def service(self, number, name, kind=None, **fields):
        """The body of a service; by its number an address of its own, and a kind of the mixture unless one is named."""
        place = number % self.addresses
        address = f"127.{1 + place // 65_536}.{place // 256 % 256}.{place % 256 or 1}"
        mixture = ["http"] * 8 + ["https"] * 2 + ["port"] * 5 + ["ping"] * 4 + ["dns"]
        kind = kind or mixture[number * 7 % len(mixture)]
        options, target, port = {}, address, None
        if kind == "http":
            target = f"http://{address}:{self.plain}/"
        elif kind == "https":
            target = f"https://localhost:{self.secure}/"
            options, fields = {"tls": {"ca_pem": self.authority}}, {"address_override": f"{address}:{self.secure}", **fields}
        elif kind == "port":
            port = self.plain
        elif kind == "dns":
            target = "target.example"
            options = {"dns": {"server": f"127.0.0.1:{self.names.port}"}}
        return {"name": name, "type": kind, "target": target, **({"port": port} if port else {}), "check_interval": 60, "timeout": 5,
                "options": options, **fields}
