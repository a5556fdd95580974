// What the page reads of an OpenAPI document. The document is the server's own, but it is read as foreign text: what
// has another shape is left out.

export interface Operation {
  method: string;
  path: string;
  id: string;
  tag: string;
  summary: string;
  role: string;
  parameters: readonly Parameter[];
  body: string | null;
  answers: readonly Answer[];
}

export interface Parameter {
  name: string;
  place: string;
  type: string;
  isRequired: boolean;
  about: string;
}

export interface Answer {
  status: string;
  about: string;
  type: string;
}

export interface Member {
  name: string;
  type: string;
  isRequired: boolean;
  about: string;
}

export interface Schema {
  name: string;
  about: string;
  type: string;
  members: readonly Member[];
}

export interface Document {
  title: string;
  version: string;
  about: string;
  operations: readonly Operation[];
  schemas: readonly Schema[];
}

type Part = Readonly<Record<string, unknown>>;

const METHODS = ["get", "post", "put", "patch", "delete"];

const partOf = (value: unknown): Part => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Part) : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Follows "#/a/b" inside the document, once. */
function resolved(document: Part, value: unknown): Part {
  const part = partOf(value);
  const reference = textOf(part.$ref);
  if (!reference.startsWith("#/")) return part;
  return partOf(
    reference
      .slice(2)
      .split("/")
      .reduce<unknown>((at, step) => partOf(at)[step], document),
  );
}

/** A type in one line: "Vm[]", "string | null", "running | stopped". */
export function typeOf(value: unknown): string {
  const schema = partOf(value);
  const reference = textOf(schema.$ref);
  if (reference) return reference.slice(reference.lastIndexOf("/") + 1);
  if (schema.const !== undefined) return String(schema.const);
  const choices = listOf(schema.enum);
  if (choices.length > 0) return choices.map(String).join(" | ");
  const either = [...listOf(schema.oneOf), ...listOf(schema.anyOf)];
  if (either.length > 0) return either.map(typeOf).join(" | ");
  if (schema.type === "array") return `${typeOf(schema.items)}[]`;
  return Array.isArray(schema.type) ? schema.type.join(" | ") : textOf(schema.type);
}

const contentType = (part: Part): string => {
  const content = partOf(part.content);
  const first = content["application/json"] ?? Object.values(content)[0];
  return first === undefined ? "" : typeOf(partOf(first).schema);
};

function operationsOf(document: Part): Operation[] {
  return Object.entries(partOf(document.paths)).flatMap(([path, item]) =>
    METHODS.filter((method) => method in partOf(item)).map((method) => {
      const found = partOf(partOf(item)[method]);
      const body = resolved(document, found.requestBody);
      return {
        method: method.toUpperCase(),
        path,
        id: textOf(found.operationId) || `${method} ${path}`,
        tag: textOf(listOf(found.tags)[0]),
        summary: textOf(found.summary),
        role: textOf(found["x-role"]),
        parameters: listOf(found.parameters).map((one) => parameterOf(resolved(document, one))),
        body: contentType(body) || null,
        answers: Object.entries(partOf(found.responses)).map(([status, one]) => {
          const answer = resolved(document, one);
          return { status, about: textOf(answer.description), type: contentType(answer) };
        }),
      };
    }),
  );
}

const parameterOf = (part: Part): Parameter => ({
  name: textOf(part.name),
  place: textOf(part.in),
  type: typeOf(part.schema),
  isRequired: part.required === true,
  about: textOf(part.description),
});

function schemaOf([name, value]: [string, unknown]): Schema {
  const schema = partOf(value);
  const required = listOf(schema.required);
  return {
    name,
    about: textOf(schema.description),
    type: typeOf(schema),
    members: Object.entries(partOf(schema.properties)).map(([member, type]) => ({
      name: member,
      type: typeOf(type),
      isRequired: required.includes(member),
      about: textOf(partOf(type).description),
    })),
  };
}

export function readDocument(value: unknown): Document {
  const document = partOf(value);
  const info = partOf(document.info);
  return {
    title: textOf(info.title),
    version: textOf(info.version),
    about: textOf(info.description),
    operations: operationsOf(document),
    schemas: Object.entries(partOf(partOf(document.components).schemas)).map(schemaOf),
  };
}
