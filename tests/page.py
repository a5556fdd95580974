"""A page that is open, as the server sees it: one WebSocket, its subscriptions, and when each delta came."""
import asyncio
import base64
import json
import os
import socket
import struct
import threading
import time


class Page:
    """What one open page hears. Addresses differ by number, as those of different people do."""

    def __init__(self, number, port, ticket):
        self.number, self.port, self.ticket = number, port, ticket
        self.arrivals = []

    async def open(self, subscriptions=1, receive_buffer=None, streams=("vms",)):
        line = socket.socket()
        if receive_buffer:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        line.bind((f"127.0.{1 + self.number // 200}.{1 + self.number % 200}", 0))
        line.connect(("127.0.0.1", self.port))
        self.reader, self.writer = await asyncio.open_connection(sock=line, limit=receive_buffer or 1 << 20)
        key = base64.b64encode(os.urandom(16)).decode()
        host = f"127.0.0.1:{self.port}"
        self.writer.write(
            f"GET /ws?ticket={self.ticket} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: monitorix.v1\r\n\r\n".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(head.decode(errors="replace"))
        for number in range(subscriptions):
            for stream in streams:
                self.send({"type": "subscribe", "data": {"id": f"{stream}{number}", "stream": stream}})
        await self.writer.drain()

    def send(self, message):
        text, mask = json.dumps(message).encode(), os.urandom(4)
        length = bytes([0x80 | len(text)]) if len(text) < 126 else bytes([0x80 | 126]) + struct.pack(">H", len(text))
        self.writer.write(b"\x81" + length + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(text)))

    async def frame(self):
        head, length = await self.reader.readexactly(2)
        if length == 126:
            length = struct.unpack(">H", await self.reader.readexactly(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", await self.reader.readexactly(8))[0]
        return head & 15, await self.reader.readexactly(length)

    async def read_on(self, heard=None):
        """Until the line ends: notes when each delta came and gives every message to `heard`."""
        try:
            while True:
                kind, body = await self.frame()
                if kind == 9:
                    self.writer.write(b"\x8a\x80" + os.urandom(4))
                elif kind == 8:
                    break
                else:
                    if b'"delta"' in body[:400]:
                        self.arrivals.append(time.monotonic())
                    if heard:
                        heard(json.loads(body))
        except (asyncio.IncompleteReadError, OSError):
            pass  # the other side has ended it; the deltas that are missing will be counted


class Watcher:
    """Pages that somebody looks at: a real subscriber on /ws, on a thread of its own."""

    def __init__(self, server):
        self.ticket = server.call("POST", "/api/auth/ws-ticket", {})["ticket"]
        self.port, self.loop = server.port, asyncio.new_event_loop()
        self.is_open = threading.Event()
        threading.Thread(target=self.loop.run_until_complete, args=(self.look(),), daemon=True).start()
        if not self.is_open.wait(30):
            raise TimeoutError("the page did not open")

    async def look(self):
        self.page = Page(0, self.port, self.ticket)
        await self.page.open(streams=("vms", "nodes", "clusters"))
        self.is_open.set()
        await self.page.read_on()

    def close(self):
        self.loop.call_soon_threadsafe(self.page.writer.transport.abort)
