/** One request as a row. Its words are what screen readers say of it, in the order they stand in. */

import { bytes, clockTime, duration } from "#shared/looks/format.ts";
import { visible } from "#shared/looks/shorten-middle.ts";
import type { RequestRow } from "../contract/activity-view.ts";
import { useTexts } from "../dom/texts-context.ts";

export interface RequestLineProps {
  readonly row: RequestRow;
  /** CSS pixels from the list's top. */
  readonly top: number;
  readonly position: number;
  readonly total: number;
  readonly isChosen: boolean;
  readonly choose: () => void;
}

export function RequestLine({ row, top, position, total, isChosen, choose }: RequestLineProps) {
  const { activity, general } = useTexts();
  const { locale } = general;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list itself is walked by keys; an option has no focus of its own.
    <div
      id={`request-${row.id}`}
      class={`request request-${statusKind(row)}`}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      aria-posinset={position}
      aria-setsize={total}
      style={{ transform: `translateY(${top}px)` }}
      onClick={choose}
    >
      <span class="request-time">{clockTime(row.started, locale, true)}</span>
      <span class="request-device">
        {row.plaintext && (
          <span
            class="plaintext-sign"
            role="img"
            aria-label={activity.plaintext}
            title={activity.plaintext}
          />
        )}
        <bdi>{visible(row.device)}</bdi>
      </span>
      <span class="request-method mono">{visible(row.method)}</span>
      <span class="request-path mono">
        <bdi>{visible(row.path)}</bdi>
      </span>
      <span class="request-status">
        {row.outcome === "failed" || row.status === undefined ? activity.outcomes[row.outcome] : row.status}
      </span>
      <span class="request-size number">{bytes(row.bytesIn + row.bytesOut, locale)}</span>
      <span class="request-took number">
        {row.outcome === "open" ? "" : duration(row.durationMs, locale)}
      </span>
    </div>
  );
}

/** Beside colour there are always words: the status, or how it ended. */
function statusKind({ outcome, status }: RequestRow): "open" | "good" | "warn" | "bad" {
  if (outcome === "open") return "open";
  if (outcome === "failed" || (status !== undefined && status >= 500)) return "bad";
  return outcome === "refused" || (status !== undefined && status >= 400) ? "warn" : "good";
}
