#!/usr/bin/env python3
"""Reads a running pvesim with Debian's python3-proxmoxer, a client that none of us wrote.

Usage: pvesim ... > endpoints & proxmoxer_check.py endpoints      (or - for standard input)
Exits 0 when every endpoint answers as a Proxmox VE does, 1 with a line for each surprise.
"""
import json
import sys
import urllib.parse

from proxmoxer import ProxmoxAPI
from proxmoxer.core import ResourceException

surprises = []


def expect(holds, what):
    if not holds:
        surprises.append(what)


def connect(endpoint, token):
    url = urllib.parse.urlparse(endpoint["url"])
    user, rest = token.split("!", 1)
    name, secret = rest.rsplit("=", 1)
    return ProxmoxAPI(url.hostname, port=url.port, user=user, token_name=name, token_value=secret,
                      verify_ssl=endpoint["ca_file"], timeout=10)


def check_endpoint(endpoint):
    where = f"{endpoint['cluster']}/{endpoint['node']}"
    api = connect(endpoint, endpoint["token"])
    expect(api.version.get()["release"] in ("8.4", "9.2"), f"{where}: version")
    nodes = {row["node"]: row for row in api.nodes.get()}
    expect(endpoint["node"] in nodes, f"{where}: not among its nodes")
    expect(nodes[endpoint["node"]].get("ssl_fingerprint") == endpoint["fingerprint"], f"{where}: fingerprint")
    rows = api.cluster.resources.get()
    guests = [row for row in rows if row["type"] in ("qemu", "lxc")]
    expect(len({row["id"] for row in rows}) == len(rows), f"{where}: an id twice")
    expect({row["node"] for row in rows if row["type"] == "node"} == set(nodes), f"{where}: other nodes in resources")
    status = api.nodes(endpoint["node"]).status.get()
    expect(all(isinstance(load, str) for load in status["loadavg"]), f"{where}: loadavg is not text")
    expect(0 < status["memory"]["used"] <= status["memory"]["total"], f"{where}: memory")
    listed = api.nodes(endpoint["node"]).qemu.get() + api.nodes(endpoint["node"]).lxc.get()
    here = {row["vmid"] for row in guests if row["node"] == endpoint["node"]}
    expect({row["vmid"] for row in listed} == here, f"{where}: the lists and the resources differ")
    for row in listed[:5]:
        kind = row.get("type", "qemu")
        current = api.nodes(endpoint["node"])(kind)(row["vmid"]).status.current.get()
        expect(current["status"] == row["status"], f"{where}: {row['vmid']} is {current['status']}")
        expect("digest" in api.nodes(endpoint["node"])(kind)(row["vmid"]).config.get(), f"{where}: config without digest")
    history = api.nodes(endpoint["node"]).rrddata.get(timeframe="hour")
    expect(len(history) in (60, 70) and "cpu" in history[-1], f"{where}: history")
    try:
        api.nodes(endpoint["node"]).qemu(999999999).status.current.get()
        expect(False, f"{where}: a guest that does not exist")
    except ResourceException as error:
        expect(error.status_code == 500, f"{where}: {error.status_code} for a guest that does not exist")
    return len(guests)


def check_powerless(endpoint):
    where = f"{endpoint['cluster']}/{endpoint['node']}"
    api = connect(endpoint, endpoint["tokens"]["noacl"])
    expect(api.nodes(endpoint["node"]).qemu.get() == [], f"{where}: a token without rights sees guests")
    expect(all(row["type"] == "node" and "cpu" not in row for row in api.cluster.resources.get()),
           f"{where}: a token without rights sees loads")


def main():
    source = sys.stdin if sys.argv[1:] in ([], ["-"]) else open(sys.argv[1], encoding="utf-8")
    endpoints = []
    for line in source:
        if line.strip() == "ready":
            break
        if "url" in (parsed := json.loads(line)):
            endpoints.append(parsed)
    guests = sum(check_endpoint(endpoint) for endpoint in endpoints)
    if endpoints and "noacl" in endpoints[0]["tokens"]:
        check_powerless(endpoints[0])
    expect(bool(endpoints), "no endpoint was given")
    for surprise in surprises:
        print(surprise)
    print(f"{len(endpoints)} endpoints, {guests} guest rows, {len(surprises)} surprises")
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
