/** What the pairing window shows, made of the state. While the screen is locked, or the window is hidden, no code is in it. */
import { DECISION_TIMEOUT_MS } from "../../core/pairing/pairing-desk.ts";
import type { PairedView, PairingView } from "../../windows/contract/pairing-view.ts";
import type { AppView } from "../../windows/contract/status-view.ts";
import type { AppState } from "../app-state.ts";
import { statusView, type WordsOptions } from "../status-words.ts";

export interface PairingViewOptions extends WordsOptions {
  readonly app: AppView;
  readonly machineName: string;
  readonly ttlMs: number;
  /** When each question came, by its id. */
  readonly asked: ReadonlyMap<number, number>;
  readonly paired: readonly PairedView[];
}

export function pairingView(state: AppState, options: PairingViewOptions): PairingView {
  const { app, machineName, ttlMs, asked, paired, now } = options;
  const node = "node" in state ? state.node : undefined;
  const hidden = state.isScreenLocked;
  const offers = hidden ? undefined : node?.offers;
  const link = node?.link;
  /** A clock that was set back must not promise more time than an offer ever has. */
  const until = ({ expiresAt }: { readonly expiresAt: number }) => Math.min(expiresAt, now + ttlMs);
  return {
    ...app,
    pcName: node?.name ?? machineName,
    status: statusView(state, options),
    hidden,
    typeAt: withoutScheme(node?.relayOrigin ?? ""),
    ttlMs,
    ...(offers?.link !== undefined &&
      link !== undefined && { link: { value: link, expiresAt: until(offers.link) } }),
    ...(offers?.typed && { typed: { value: offers.typed.code, expiresAt: until(offers.typed) } }),
    typedIsPaused: node?.offers.typedIsPaused ?? false,
    ...(offers?.plaintext && {
      plaintext: { value: offers.plaintext.code, expiresAt: until(offers.plaintext) },
    }),
    questions: (node?.questions ?? []).map(({ id, name, client, via, checkNumber }) => ({
      id,
      name,
      client,
      via,
      checkNumber,
      expiresAt: (asked.get(id) ?? now) + DECISION_TIMEOUT_MS,
    })),
    paired,
  };
}

function withoutScheme(origin: string): string {
  return origin.replace(/^[a-z]+:\/\//i, "").replace(/\/+$/, "");
}
