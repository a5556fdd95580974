import { fireEvent, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import created from "../../../../contract/examples/createCluster.json";
import certificate from "../../../../contract/examples/probeCluster.json";
import doctor from "../../../../contract/examples/testCluster.json";
import { type Answers, fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { ConnectPage, ConnectServerPage } from "./connect-page";

const ANSWERS: Answers = {
  "POST /api/clusters/probe": { body: certificate },
  "POST /api/clusters/test": { body: doctor },
  "POST /api/clusters": { status: 201, body: created },
};

const type = (label: RegExp, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));

async function goToToken() {
  type(/Address of one node/, "https://pve1.example.net:8006/");
  press("Look at its certificate");
  await screen.findByText(certificate.fingerprint_sha256);
  press("They are equal");
  type(/^API token/, "monitorix@pve!main=0000-1111");
}

describe("connecting a cluster", () => {
  it("shows the fingerprint and where to compare it before it asks for a token", async () => {
    const sent = fakeNetwork(ANSWERS);
    renderFleet(<ConnectPage />);
    expect(screen.queryByLabelText(/^API token/)).toBeNull();
    type(/Address of one node/, "pve1:8443");
    press("Look at its certificate");
    expect(await screen.findByText(certificate.fingerprint_sha256)).toBeTruthy();
    expect(screen.getByText(/Certificates > pve-ssl.pem/)).toBeTruthy();
    expect(screen.queryByLabelText(/^API token/)).toBeNull();
    expect(sent.map((one) => one.body)).toEqual([{ address: "pve1", port: 8443 }]);
  });
  it("gives the four lines that make the token", async () => {
    fakeNetwork(ANSWERS);
    renderFleet(<ConnectPage />);
    await goToToken();
    expect(screen.getByLabelText("Token").textContent?.split("\n")).toHaveLength(4);
  });
  it("sends the token with the confirmed fingerprint, shows the doctor, and saves", async () => {
    const sent = fakeNetwork(ANSWERS);
    const { router } = renderFleet(<ConnectPage />);
    await goToToken();
    press("Check the connection");
    expect(await screen.findByText("The token may change things (VM.PowerMgmt); the role PVEAuditor is enough.")).toBeTruthy();
    press("Save the connection");
    await screen.findByText("elsewhere");
    expect(router.state.location.pathname).toBe(`/clusters/${created.id}`);
    expect(sent.find((one) => one.what === "POST /api/clusters")?.body).toMatchObject({
      name: "pve1",
      token_id: "monitorix@pve!main",
      token_secret: "0000-1111",
      tls: { mode: "fingerprint", fingerprints: [certificate.fingerprint_sha256] },
    });
  });
  it("leads to the connection that exists when the cluster is there already", async () => {
    const problem = { code: "duplicate_cluster", detail: "this cluster is connected as oslo", cluster_id: "7", status: 409 };
    fakeNetwork({ ...ANSWERS, "POST /api/clusters": { status: 409, body: problem } });
    renderFleet(<ConnectPage />);
    await goToToken();
    press("Check the connection");
    await screen.findByText("The token may change things (VM.PowerMgmt); the role PVEAuditor is enough.");
    press("Save the connection");
    const link = await screen.findByRole("link", { name: "Open that connection" });
    expect(link.getAttribute("href")).toBe("/clusters/7");
  });
  it("says what is wrong with an address, and what the server said", async () => {
    fakeNetwork({
      "POST /api/clusters/probe": { status: 502, body: { code: "proxmox_error", detail: "pve9 does not resolve", status: 502 } },
    });
    fillWorld();
    renderFleet(<ConnectPage />);
    type(/Address of one node/, "my server");
    press("Look at its certificate");
    type(/Address of one node/, "pve9");
    press("Look at its certificate");
    expect(await screen.findByText(/^No certificate came from this address.*pve9 does not resolve$/)).toBeTruthy();
  });
});

describe("connecting a backup server", () => {
  it("takes port 8007, its own lines and token form, and the confirmed fingerprint", async () => {
    const sent = fakeNetwork({
      "POST /api/clusters/probe": { body: certificate },
      "POST /api/backup-servers/test": { body: doctor },
      "POST /api/backup-servers": { status: 201, body: { id: "9" } },
    });
    renderFleet(<ConnectServerPage />);
    type(/Address of the backup server/, "vault.example.net");
    press("Look at its certificate");
    await screen.findByText(certificate.fingerprint_sha256);
    press("They are equal");
    expect(screen.getByLabelText("Token").textContent).toContain("proxmox-backup-manager user generate-token monitorix@pbs main");
    type(/^API token/, "PBSAPIToken=monitorix@pbs!main:0000-1111");
    press("Check the connection");
    await screen.findByRole("button", { name: /^Save/ });
    fireEvent.click(screen.getByRole("button", { name: /^Save/ }));
    await screen.findByText(certificate.fingerprint_sha256);
    const secrets = {
      token_id: "monitorix@pbs!main",
      token_secret: "0000-1111",
      tls: { mode: "fingerprint", fingerprints: [certificate.fingerprint_sha256] },
    };
    const target = { address: "vault.example.net", port: 8007 };
    expect(sent.map((one) => one.body)).toEqual([
      target,
      { ...target, ...secrets },
      { name: "vault", ...target, poll_interval_seconds: 60, ...secrets },
    ]);
  });
});
