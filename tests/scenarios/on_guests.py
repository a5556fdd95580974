"""Services that run on guests of a scene: what listens there, and the checks of it."""


class OnGuests:
    """A part of Scene: of its house, its simulator, and the names that its lines use."""

    def states(self, name, *words):
        row = next(row for row in self.house.call("GET", "/api/services") if row["name"] == name)
        seen = {one["status"] for one in self.house.call("GET", f"/api/services/{row['id']}/states")["intervals"]}
        assert seen == set(words), f"{name} was {sorted(seen)}"

    def listen(self, guest, **more):
        return self.sim.order("POST", f"/guest/{self.cluster}/{self.names[guest]}/listen", {"kind": "tcp", **more})["port"]

    def watch(self, name, guest, port=None):
        if guest == "uplink":
            self.house.call("POST", "/api/services", {
                "name": name, "type": "port", "target": "127.0.0.1", "port": self.uplink.port, "check_interval": 10, "timeout": 2,
                "retries": 1, "recover_after": 1, "retry_interval": 2})
            return
        row = next(row for row in self.vms if row["vmid"] == self.names[guest])
        self.ports[guest] = port = port or self.listen(guest)
        self.house.call("POST", "/api/services", {
            "name": name, "type": "port", "target": "127.0.0.1", "port": port, "vm_id": row["id"], "check_interval": 10,
            "timeout": 2, "retries": 1, "recover_after": 1, "retry_interval": 2})

    def crowd(self, node, guests, count):
        for guest in (f"{node}_guest{number}" for number in range(1, int(guests) + 1)):
            port = self.listen(guest)
            for number in range(int(count)):
                self.watch(f"{guest}-{number}", guest, port)

    def unwatch(self, guest):
        self.sim.order("POST", f"/guest/{self.cluster}/{self.names[guest]}/unlisten")

    def rewatch(self, guest):
        self.listen(guest, port=self.ports[guest])
