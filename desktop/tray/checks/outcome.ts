/** What one hop of a test came to. `detail` is a status or the system's error code, never text from the other side. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly detail?: string };

/** For each hop. */
export const HOP_TIMEOUT_MS = 8_000;

export const OK: Outcome = { ok: true };

export function failed(detail?: string): Outcome {
  return { ok: false, ...(detail !== undefined && { detail }) };
}

export function detailOf(outcome: Outcome): string | undefined {
  return outcome.ok ? undefined : outcome.detail;
}

/** The system's error code; nothing else of an error is shown. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^[A-Z0-9_]{1,64}$/.test(code) ? code : "failed";
}
