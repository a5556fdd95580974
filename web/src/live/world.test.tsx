import { act, render, screen } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { useEntity, useIds } from "./use-live";
import { applyDelta, applySnapshot, clearWorld, useWorld } from "./world";

const COUNT = 1000;
const vm = (at: number) => ({ id: String(at), name: `guest-${at}`, cpu_ratio: 0.1 });
let drawn: string[] = [];
let listsDrawn = 0;

function Row({ id }: { id: string }) {
  const one = useEntity("vms", id);
  drawn.push(id);
  return <li>{`${one?.name} ${one?.cpu_ratio}`}</li>;
}

function List() {
  const ids = useIds("vms");
  listsDrawn += 1;
  return (
    <ul>
      {ids.map((id) => (
        <Row key={id} id={id} />
      ))}
    </ul>
  );
}

beforeEach(() => {
  clearWorld();
  applySnapshot("vms", new Map(Array.from({ length: COUNT }, (_, at) => [String(at), vm(at)])));
  render(<List />);
  drawn = [];
  listsDrawn = 0;
});

it("one changed guest of a thousand draws one row", () => {
  act(() => applyDelta("vms", [{ id: "17", cpu_ratio: 0.9 } as { id: string }], []));
  expect(drawn).toEqual(["17"]);
  expect(listsDrawn).toBe(0);
  expect(screen.getByText("guest-17 0.9")).toBeTruthy();
});

it("a snapshot that repeats what is known draws nothing", () => {
  act(() => applySnapshot("vms", new Map(Array.from({ length: COUNT }, (_, at) => [String(at), vm(at)]))));
  expect(drawn).toEqual([]);
});

it("membership grows when guests come or go, not when they change", () => {
  const before = useWorld.getState().vmMembership;
  act(() => applyDelta("vms", [{ id: "1" }], []));
  expect(useWorld.getState().vmMembership).toBe(before);
  act(() => applyDelta("vms", [vm(5000)], []));
  expect(useWorld.getState().vmMembership).toBe(before + 1);
  act(() => applyDelta("vms", [], ["5000"]));
  expect(useWorld.getState().vmMembership).toBe(before + 2);
  expect(screen.queryByText(/guest-5000/)).toBeNull();
});

it("a delta that only names what is gone already changes no membership", () => {
  const before = useWorld.getState().vmMembership;
  act(() => applyDelta("vms", [], ["never-there"]));
  expect(useWorld.getState().vmMembership).toBe(before);
});
