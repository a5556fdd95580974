import { fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { beforeAll, beforeEach, expect, it } from "vitest";
import type { Vm } from "../../../fleet/nouns";
import { startWords } from "../../../i18n/words";
import { exampleVms, fillWorld, renderFleet } from "../../../test/render-fleet";
import { EVERYTHING } from "./selector";
import { SelectorField } from "./selector-field";

const guest = (id: string, vmid: number, name: string): Vm => ({
  ...(exampleVms[0] as Vm),
  id,
  vmid,
  name,
  tags: ["db"],
  proxmox_tags: ["db-prod"],
});

beforeAll(startWords);
beforeEach(() => fillWorld({ vms: [guest("1", 101, "db-1"), guest("2", 1010, "db-10"), guest("3", 300, "web")] }));

let chosen = EVERYTHING;
function Stand() {
  const [value, put] = useState({ ...EVERYTHING, type: "guest" as const });
  chosen = value;
  return <SelectorField value={value} onValue={(next) => put(next as typeof value)} everything="" />;
}
const field = () => screen.getByLabelText("Add a guest, by name or VM ID");
const type = (text: string) => fireEvent.change(field(), { target: { value: text } });

it("lets one type on where a name goes on, and takes it when one stops there", () => {
  renderFleet(<Stand />);
  type("db-1");
  expect(chosen.vm_ids).toEqual([]);
  fireEvent.keyDown(field(), { key: "Enter" });
  expect(chosen.vm_ids).toEqual(["1"]);
  type("db-10");
  expect(chosen.vm_ids).toEqual(["1", "2"]);
  fireEvent.click(screen.getByRole("button", { name: "Take out db-1" }));
  expect(chosen.vm_ids).toEqual(["2"]);
});

it("takes what was picked from the list, or a VM id", () => {
  renderFleet(<Stand />);
  type("db-1 (101)");
  type("300");
  expect(chosen.vm_ids).toEqual(["1", "3"]);
});

it("says so when what was typed is no object, and keeps it", () => {
  renderFleet(<Stand />);
  type("mail");
  fireEvent.blur(field());
  expect(screen.getByRole("alert").textContent).toContain("No single object");
  expect((field() as HTMLInputElement).value).toBe("mail");
  expect(chosen.vm_ids).toEqual([]);
});

it("takes a tag that is known or new, not one that another begins with", () => {
  renderFleet(<Stand />);
  const tag = screen.getByLabelText("Add a tag");
  fireEvent.change(tag, { target: { value: "db" } });
  expect(chosen.tags).toEqual([]);
  fireEvent.change(tag, { target: { value: "db-prod" } });
  expect(chosen.tags).toEqual(["db-prod"]);
  fireEvent.change(tag, { target: { value: "blue" } });
  fireEvent.blur(tag);
  expect(chosen.tags).toEqual(["db-prod", "blue"]);
});
