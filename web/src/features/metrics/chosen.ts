// What the page of free charts shows; it stands in the address, so that a link shows it to others. Pure.

export interface Chosen {
  objects: string[];
  metric: string;
}

export const MOST_OBJECTS = 20;
const OBJECT = /^(fleet|(vm|node|node_guests|storage|cluster|endpoint):\d+)$/;

/** The fleet's processors when nothing is chosen. */
export function chosenOf(params: URLSearchParams): Chosen {
  const objects = [...new Set(params.getAll("object").filter((object) => OBJECT.test(object)))].slice(0, MOST_OBJECTS);
  return { objects: objects.length > 0 ? objects : ["fleet"], metric: params.get("metric") || "cpu_ratio" };
}

export function withChosen(params: URLSearchParams, chosen: Chosen): URLSearchParams {
  const next = new URLSearchParams(params);
  next.delete("object");
  for (const object of chosen.objects) next.append("object", object);
  next.set("metric", chosen.metric);
  return next;
}

export const kindOf = (object: string): string => object.split(":")[0] ?? "";

interface MetricName {
  name: string;
  objects: readonly string[];
}

/** The metrics that all of the objects have. */
export const sharedMetrics = <T extends MetricName>(all: readonly T[], objects: readonly string[]): T[] =>
  all.filter((metric) => objects.every((object) => metric.objects.some((kind) => kind === kindOf(object))));
