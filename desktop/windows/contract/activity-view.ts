/**
 * What the activity window shows. The first view is whole, the pushes after it hold what changed, gathered for a
 * moment (100 ms or more), so that a busy API does not cost a message for each request.
 */
import type { AppView } from "./status-view.ts";

export type RequestOutcome = "open" | "done" | "refused" | "failed";

/** Times in ms since 1970. */
export interface RequestRow {
  /** Rises by one. */
  readonly id: number;
  /** The device's name, or the address of a plaintext session. */
  readonly device: string;
  /** Came in the clear. */
  readonly plaintext: boolean;
  readonly method: string;
  readonly path: string;
  readonly isWebSocket: boolean;
  readonly started: number;
  readonly outcome: RequestOutcome;
  readonly status?: number;
  /** Body bytes from and to the device. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly durationMs: number;
}

export interface ActivityView extends AppView {
  readonly kind: "whole";
  /** Headers and bodies are kept in this run. */
  readonly capture: boolean;
  /** Rows the list keeps; the oldest makes room. */
  readonly capacity: number;
  /** Oldest first. */
  readonly rows: readonly RequestRow[];
}

export interface ActivityChanges {
  readonly kind: "changes";
  /** New ones, and those whose state changed, oldest first. */
  readonly rows: readonly RequestRow[];
}

/** One side of a request as it was kept. */
export interface CapturedSide {
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Absent when there was none. Text where it is text, else base64. */
  readonly body?: {
    readonly text: string;
    readonly encoding: "utf8" | "base64";
    readonly truncated: boolean;
  };
}

export interface RequestDetails {
  readonly row: RequestRow;
  /** Absent when nothing was kept: capture was off. The owner's headers are masked. */
  readonly request?: CapturedSide;
  readonly response?: CapturedSide;
}
