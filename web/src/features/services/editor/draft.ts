// From what a form holds to the body that the server takes, and back. Pure.
import type { CheckAssertion, Service, ServiceCreate, ServiceType } from "../../../fleet/nouns";
import { type Subject, subjectOf } from "../../../fleet/services/world";
import { type Field, type FieldValue, fieldsOf, type HeaderLine, type Step, type Values } from "./fields";

export interface Draft {
  type: ServiceType;
  values: Values;
}

export const freshDraft = (type: ServiceType, subject: Subject | null = null): Draft => ({ type, values: { subject } });

export const heldBy = (draft: Draft, field: Field): FieldValue => draft.values[field.path] ?? field.first;

/** Some fields say more about a choice, and have no place beside another. */
export const isShown = (draft: Draft, field: Field): boolean => {
  if (field.onlyWith === undefined) return true;
  const { path, choice } = field.onlyWith;
  const chosen = fieldsOf(draft.type).find((one) => one.path === path);
  return chosen !== undefined && heldBy(draft, chosen) === choice;
};

/** An address that says its scheme decides between http and https. */
export function withValue(draft: Draft, path: string, value: FieldValue): Draft {
  const values = { ...draft.values, [path]: value };
  if (path === "target" && typeof value === "string" && (draft.type === "http" || draft.type === "https")) {
    if (/^https:\/\//i.test(value)) return { type: "https", values };
    if (/^http:\/\//i.test(value)) return { type: "http", values };
  }
  return { ...draft, values };
}

export const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
export const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,\s]+/)
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
];

const stepOf = ({ kind, text }: Step) => (kind === "send" ? { send: text } : kind === "expect" ? { expect: text } : { start_tls: true });

type Wire = string | number | boolean | null | readonly unknown[];

/** What goes over the wire; undefined = is left out, so that the server keeps its value or its default. */
function wireOf(field: Field, value: FieldValue): Wire | undefined {
  switch (field.kind) {
    case "number": {
      const text = String(value ?? "").trim();
      if (text === "") return field.isNullable ? null : undefined;
      return Number(text.replace(",", "."));
    }
    case "secret":
      return value === "" ? undefined : (value as string);
    case "tags":
      return tagsOf(String(value));
    case "lines":
      return linesOf(String(value));
    case "headers":
      return (value as readonly HeaderLine[])
        .filter((line) => line.name.trim() !== "")
        .map((line) => ({ name: line.name.trim(), value: line.isKept && line.value === "" ? null : line.value }));
    case "steps":
      return (value as readonly Step[]).map(stepOf);
    case "rules":
      return (value as readonly CheckAssertion[]).filter((rule) => rule.source.trim() !== "");
    case "text":
      return String(value).trim();
    default:
      return value as Wire;
  }
}

const SUBJECT_FIELDS = { vm: "vm_id", node: "node_id", cluster: "cluster_id", storage: "storage_id" } as const;

export function bodyOf(draft: Draft): ServiceCreate {
  const body: Record<string, unknown> = { type: draft.type };
  for (const field of fieldsOf(draft.type)) {
    if (field.kind === "subject") {
      const subject = heldBy(draft, field) as Subject | null;
      for (const [kind, name] of Object.entries(SUBJECT_FIELDS)) body[name] = subject?.kind === kind ? subject.id : null;
      continue;
    }
    const wire = wireOf(field, heldBy(draft, field));
    if (wire === undefined) continue;
    const path = field.path.split(".");
    const last = path.pop() ?? "";
    let place = body;
    for (const part of path) {
      place[part] ??= {};
      place = place[part] as Record<string, unknown>;
    }
    place[last] = wire;
  }
  return body as unknown as ServiceCreate;
}

/** Whether all that a service of this type cannot do without is there. */
export const isComplete = (draft: Draft): boolean =>
  fieldsOf(draft.type).every((field) => {
    if (!field.isRequired) return true;
    const value = heldBy(draft, field);
    return Array.isArray(value) ? value.length > 0 : String(value ?? "").trim() !== "";
  });

function stepLine(step: { send?: string; expect?: string; start_tls?: boolean }): Step {
  if (step.send !== undefined) return { kind: "send", text: step.send };
  return step.expect !== undefined ? { kind: "expect", text: step.expect } : { kind: "start_tls", text: "" };
}

function formOf(field: Field, wire: unknown): FieldValue {
  switch (field.kind) {
    case "number":
      return wire === null || wire === undefined ? "" : String(wire);
    case "secret":
      return "";
    case "tags":
      return (wire as string[]).join(", ");
    case "lines":
      return (wire as string[]).join("\n");
    case "headers":
      return (wire as { name: string; value: string | null }[]).map(({ name, value }) => ({
        name,
        value: value ?? "",
        isKept: value === null,
      }));
    case "steps":
      return (wire as Parameters<typeof stepLine>[0][]).map(stepLine);
    default:
      return wire as FieldValue;
  }
}

export function draftOf(service: Service): Draft {
  const values: Record<string, FieldValue> = {};
  for (const field of fieldsOf(service.type)) {
    if (field.kind === "subject") {
      values[field.path] = subjectOf(service);
      continue;
    }
    let wire: unknown = service;
    for (const part of field.path.split(".")) wire = (wire as Record<string, unknown> | null | undefined)?.[part];
    if (field.kind === "secret" || (wire !== undefined && wire !== null)) values[field.path] = formOf(field, wire);
  }
  // One expected status, as the original Monitorix had it, is a range like any other.
  if (service.expected_status !== null && !values["options.http.expected_status"])
    values["options.http.expected_status"] = String(service.expected_status);
  return { type: service.type, values };
}

/** Whether the server holds a secret for this field: it is never shown, and kept while nothing is entered. */
export function isSecretKept(service: Service | null, path: string): boolean {
  if (path === "options.http.secret") return service?.options.http?.has_secret ?? false;
  return path === "options.tls.client_key_pem" ? (service?.options.tls?.has_client_key ?? false) : false;
}
