// What a chart shows, as a file of the reader's own: a picture or a table. Made in the browser; nothing is asked for.

import type { Column } from "../../fleet/history";

const REVOKE_MS = 10_000;

export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MS);
}

const fileName = (title: string, ending: string) => `${title.replace(/[^\p{L}\p{N}]+/gu, "-")}.${ending}`;

/** The drawing on the colour of the page, with its title above. */
export function savePicture(drawing: HTMLCanvasElement, title: string): void {
  const head = Math.round(28 * devicePixelRatio);
  const whole = document.createElement("canvas");
  whole.width = drawing.width;
  whole.height = drawing.height + head;
  const brush = whole.getContext("2d");
  if (!brush) return;
  const style = getComputedStyle(drawing);
  brush.fillStyle = style.getPropertyValue("--panel").trim() || "#fff";
  brush.fillRect(0, 0, whole.width, whole.height);
  brush.fillStyle = style.getPropertyValue("--text").trim() || "#000";
  brush.font = `${Math.round(14 * devicePixelRatio)}px system-ui, sans-serif`;
  brush.fillText(title, Math.round(8 * devicePixelRatio), Math.round(19 * devicePixelRatio));
  brush.drawImage(drawing, 0, head);
  whole.toBlob((blob) => blob && saveFile(blob, fileName(title, "png")));
}

export interface TableColumn {
  name: string;
  values: Column;
}

const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** RFC 4180, times as ISO 8601 UTC, numbers with a point; what is unknown is empty. */
export function tableOf(times: readonly number[], columns: readonly TableColumn[]): string {
  const head = ["time", ...columns.map((column) => quoted(column.name))].join(",");
  const rows = times.map((at, i) => [new Date(at * 1000).toISOString(), ...columns.map((column) => column.values[i] ?? "")].join(","));
  return `${[head, ...rows].join("\r\n")}\r\n`;
}

export function saveTable(title: string, times: readonly number[], columns: readonly TableColumn[]): void {
  saveFile(new Blob([tableOf(times, columns)], { type: "text/csv" }), fileName(title, "csv"));
}
