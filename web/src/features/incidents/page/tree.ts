// What hangs on what: alerts as a tree below their causes. Pure.
import type { Alert } from "../../../fleet/nouns";

export interface Branch {
  alert: Alert;
  below: readonly Branch[];
}

/** The alert of the cause comes first; one whose cause is not here, or hangs on itself, stands at the top. */
export function treeOf(alerts: readonly Alert[], rootId: string | null): readonly Branch[] {
  const byId = new Map(alerts.map((alert) => [alert.id, alert]));
  const children = new Map<string, Alert[]>();
  const tops: Alert[] = [];
  for (const alert of alerts) {
    if (alert.root_cause_id !== null && byId.has(alert.root_cause_id) && !isRound(alert, byId)) {
      const siblings = children.get(alert.root_cause_id) ?? [];
      siblings.push(alert);
      children.set(alert.root_cause_id, siblings);
    } else tops.push(alert);
  }
  const branch = (alert: Alert): Branch => ({ alert, below: (children.get(alert.id) ?? []).map(branch) });
  return tops.sort((a, b) => Number(b.id === rootId) - Number(a.id === rootId)).map(branch);
}

function isRound(alert: Alert, byId: ReadonlyMap<string, Alert>): boolean {
  const passed = new Set<string>();
  for (let at: Alert | undefined = alert; at; at = at.root_cause_id === null ? undefined : byId.get(at.root_cause_id)) {
    if (passed.has(at.id)) return true;
    passed.add(at.id);
  }
  return false;
}
