/**
 * How things stand, in one word and one place on the chain Phone – Relay – PC – App: the four marks of the icon, which
 * hop is broken, since when, and why. Pure; sentences are made of it elsewhere.
 */
import type { OutageCode } from "../core/connector/outage.ts";
import type { Hop, RingState } from "../windows/contract/status-view.ts";
import type { AppState, AskingNoticeCode, BlockCode, Notice } from "./app-state.ts";
import type { NodeFacts } from "./node-facts.ts";

export type StandingCode =
  | BlockCode
  | OutageCode
  | AskingNoticeCode
  /** Somebody waits to be let in. */
  | "asked"
  | "connected"
  | "connecting"
  | "no_relay"
  | "paused"
  | "api_down"
  | "api_silent";

export interface Standing {
  readonly mark: RingState;
  readonly code: StandingCode;
  readonly brokenHop: Hop | undefined;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** When the next attempt is made. */
  readonly retryAt: number | undefined;
  /** A status, a system's error code or names of items. */
  readonly detail: string | undefined;
}

/** Outages that no amount of waiting mends. */
const NEEDS_OWNER: ReadonlySet<OutageCode> = new Set([
  "relay_untrusted",
  "relay_http_status",
  "not_a_relay",
  "proxy_failed",
  "relay_refused",
  "relay_too_old",
  "relay_has_no_v2",
  "message_too_big",
  "id_in_use",
]);

const ASKING: readonly AskingNoticeCode[] = ["store_failed", "items_damaged"];

export function standing(state: AppState): Standing {
  const { since } = state;
  const at = (mark: RingState, code: StandingCode, rest: Partial<Standing> = {}): Standing => ({
    mark,
    code,
    brokenHop: undefined,
    since,
    retryAt: undefined,
    detail: undefined,
    ...rest,
  });
  switch (state.kind) {
    case "starting":
      return at("connecting", "connecting", { brokenHop: "relay" });
    case "blocked":
      return at("attention", state.code, { brokenHop: "pc", detail: state.detail });
    case "no_relay":
      return at("attention", "no_relay", { brokenHop: "relay" });
    case "paused":
      return at("paused", "paused", { brokenHop: "pc" });
    case "running": {
      const connection = connectionOf(state.node, at);
      if (state.node.questions.length > 0) return { ...connection, mark: "attention", code: "asked" };
      // What is not connected is told first; mark and sentence must mean the same.
      const notice = connection.mark === "connected" ? state.notices.find(asks) : undefined;
      if (notice === undefined) return connection;
      return { ...connection, mark: "attention", code: notice.code, detail: notice.detail };
    }
  }
}

function asks(notice: Notice): notice is Notice & { readonly code: AskingNoticeCode } {
  return ASKING.some((code) => code === notice.code);
}

function connectionOf(
  { relay, api }: NodeFacts,
  at: (mark: RingState, code: StandingCode, rest?: Partial<Standing>) => Standing,
): Standing {
  if ("outage" in relay && relay.outage !== undefined) {
    const { code, detail, since } = relay.outage;
    return at(NEEDS_OWNER.has(code) ? "attention" : "connecting", code, {
      brokenHop: "relay",
      since,
      detail,
      retryAt: relay.kind === "waiting" ? relay.until : undefined,
    });
  }
  if (relay.kind !== "connected") return at("connecting", "connecting", { brokenHop: "relay" });
  if (api.kind === "down") {
    const code = api.because === "ConnectTimeout" ? "api_silent" : "api_down";
    return at("attention", code, { brokenHop: "app", since: api.since });
  }
  return at("connected", "connected", { since: relay.since });
}

/** Each hop of the chain: `behind` is what cannot be reached from here because of the broken one. */
export type HopState = "good" | "broken" | "behind";

const CHAIN: readonly Hop[] = ["phone", "relay", "pc", "app"];

/** The chain as seen from this PC. */
export function chain({ brokenHop }: Standing): readonly { readonly hop: Hop; readonly state: HopState }[] {
  return CHAIN.map((hop) => {
    if (brokenHop === undefined) return { hop, state: "good" };
    if (hop === brokenHop) return { hop, state: "broken" };
    // Seen from here: behind the relay is the phone; of a PC that does nothing all else is out of reach.
    const isBehind = brokenHop === "pc" || (brokenHop === "relay" && hop === "phone");
    return { hop, state: isBehind ? "behind" : "good" };
  });
}
