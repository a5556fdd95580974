"""Real servers of Debian on loopback, each in a folder of its own and ended with the test; and the tool that asks them."""
import json
import os
import pathlib
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import stand  # noqa: E402

BUILD = pathlib.Path(os.environ.get("MONITORIX_BUILD", pathlib.Path(__file__).resolve().parents[2] / "build/dev"))
LOOPBACK = ["127.0.0.0/8", "::1"]


def probe(room, prefix=(), **service):
    """One run of a check; what it found."""
    service.setdefault("outbound", LOOPBACK)
    file = room / "service.json"
    file.write_text(json.dumps(service))
    done = subprocess.run([*prefix, BUILD / "probe_once", file], capture_output=True, text=True, timeout=90)
    if done.returncode != 0:
        raise AssertionError(f"probe_once: {done.returncode} {done.stderr}")
    return json.loads(done.stdout)


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def make_identity(room, days=90, name="peer", host="localhost"):
    key, certificate = room / f"{name}.key", room / f"{name}.pem"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(key), "-out", str(certificate),
            "-days", str(days), "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host},IP:127.0.0.1")
    return key, certificate


def wait_for_port(port, patience=20):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with socket.socket() as one:
            one.settimeout(1)
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}")


def nginx(room, servers, core=None):
    """`servers`: the text of its server blocks; `core`: the one it may use."""
    config = room / "nginx.conf"
    config.write_text(f"""
daemon off; worker_processes 1; pid {room}/nginx.pid; error_log {room}/nginx.err; user root;
events {{ worker_connections 2048; }}
http {{
  access_log off; client_body_temp_path {room}/b; proxy_temp_path {room}/p; fastcgi_temp_path {room}/f; uwsgi_temp_path {room}/u;
  scgi_temp_path {room}/s;
  {servers}
}}""")
    prefix = [] if core is None else ["taskset", "-c", str(core)]
    return stand.Program([*prefix, "/usr/sbin/nginx", "-c", str(config), "-p", str(room)], room / "nginx.log")
