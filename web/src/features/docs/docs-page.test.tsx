import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FakeServer } from "../../test/fake-server";
import { renderPage } from "../../test/render-page";
import { DocsPage } from "./docs-page";
import { readDocument } from "./document";

const contract: unknown = JSON.parse(readFileSync(resolve(process.cwd(), "../contract/openapi.gen.json"), "utf8"));
let server: FakeServer;

beforeEach(() => {
  server = new FakeServer().start().on("GET /api/openapi.json", () => ({ status: 200, body: contract }));
});
afterEach(() => server.stop());

it("every operation of the contract is read with its role and its answers", () => {
  const { operations, schemas } = readDocument(contract);
  const paths = (contract as { paths: Record<string, Record<string, unknown>> }).paths;
  expect(operations).toHaveLength(Object.values(paths).flatMap((path) => Object.keys(path).filter((key) => key !== "parameters")).length);
  expect(operations.every((one) => one.role !== "" && one.answers.length > 0)).toBe(true);
  expect(operations.find((one) => one.id === "listUsers")).toMatchObject({ method: "GET", role: "admin", tag: "users" });
  expect(operations.find((one) => one.id === "updateUser")?.parameters[0]).toMatchObject({ name: "id", place: "path", isRequired: true });
  expect(operations.find((one) => one.id === "listUsers")?.answers[0]?.type).toBe("User[]");
  expect(schemas.find((one) => one.name === "Role")?.type).toBe("viewer | operator | editor | admin");
});

it("a document of another shape is an empty page, not a broken one", () => {
  expect(readDocument({ paths: { "/x": null }, components: 3 })).toMatchObject({ operations: [], schemas: [] });
  expect(readDocument(null).operations).toEqual([]);
});

it("a search leaves the operations that fit", async () => {
  await renderPage(<DocsPage />, "/docs");
  fireEvent.change(await screen.findByLabelText("Find an operation"), { target: { value: "change-password" } });
  await waitFor(() => expect(screen.queryByText("/api/vms")).toBeNull());
  expect(screen.getByText("/api/auth/change-password")).toBeTruthy();
});
