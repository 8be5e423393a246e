/** The rows of the activity list: kept in order, bounded, and filtered by what the owner typed. Pure. */
import type { ActivityChanges, ActivityView, RequestRow } from "../contract/activity-view.ts";

/** The view after a push. Changes without a view before them are void: the whole one is on its way. */
export function nextActivity(
  view: ActivityView | undefined,
  push: ActivityView | ActivityChanges,
): ActivityView | undefined {
  if (push.kind === "whole") return push;
  if (view === undefined) return undefined;
  return { ...view, rows: merge(view.rows, push.rows, view.capacity) };
}

/** Rows by rising id: known ones are replaced, newer ones appended, the oldest above `capacity` dropped. */
export function merge(
  rows: readonly RequestRow[],
  changes: readonly RequestRow[],
  capacity: number,
): readonly RequestRow[] {
  const merged = rows.slice();
  for (const row of changes) {
    const at = indexOfId(merged, row.id);
    if (merged[at]?.id === row.id) merged[at] = row;
    else merged.splice(at, 0, row);
  }
  return merged.length > capacity ? merged.slice(merged.length - capacity) : merged;
}

/** Where a row of that id stands, or would stand. */
function indexOfId(rows: readonly RequestRow[], id: number): number {
  let low = 0;
  let high = rows.length;
  // New rows come at the end: look there first.
  if ((rows.at(-1)?.id ?? -1) < id) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.id ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows in which every word of the filter occurs: in the method, the path, the device, the status or the outcome. */
export function filterRows(
  rows: readonly RequestRow[],
  filter: string,
  outcomes: Readonly<Record<RequestRow["outcome"], string>>,
): readonly RequestRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text =
      `${row.method} ${row.path} ${row.device} ${row.status ?? ""} ${outcomes[row.outcome]}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
