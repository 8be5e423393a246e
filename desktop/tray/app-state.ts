/**
 * Everything the tray app knows, as one value that changes by the pure function here and nowhere else. Icon, tooltip,
 * menu and windows are rendered from it whole, so that they cannot disagree.
 */
import type { CoreEvent } from "../core/node-event.ts";
import type { NodeFacts } from "./node-facts.ts";

/** Why there is no node although the owner wants one. */
export type BlockCode =
  | "keychain_missing"
  | "keychain_locked"
  | "keychain_failed"
  /** The node's key, or a setting that decides where to connect or what is allowed, cannot be read. */
  | "store_damaged"
  /** Another node of this user runs on this PC. */
  | "other_node"
  /** The system's proxy is a SOCKS proxy, and nothing else is allowed. */
  | "proxy_socks"
  | "start_failed";

/** Those of the notices that ask for the owner although all is connected. */
export type AskingNoticeCode = "store_failed" | "items_damaged";

/** What the owner should know until it is mended or the app starts anew. */
export type NoticeCode =
  | AskingNoticeCode
  | "old_relay"
  | "enroll_key_withheld"
  | "relay_full"
  | "plaintext_dropped"
  /** This PC's clock and the relay's are far apart. */
  | "clock_doubtful"
  /** The relay calls itself by another address than the owner does. */
  | "relay_named_otherwise"
  | "update_available";

export interface Notice {
  readonly code: NoticeCode;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Names of items, a version, a number, an origin: never words from outside. */
  readonly detail: string | undefined;
}

interface Everywhere {
  readonly notices: readonly Notice[];
  /** Undefined where the system does not tell, or the app cannot change it. */
  readonly startsAtLogin: boolean | undefined;
  readonly isScreenLocked: boolean;
}

export type AppState = Everywhere &
  (
    | { readonly kind: "starting"; readonly since: number }
    | {
        readonly kind: "blocked";
        readonly since: number;
        readonly code: BlockCode;
        readonly detail: string | undefined;
      }
    | { readonly kind: "no_relay"; readonly since: number }
    | { readonly kind: "paused"; readonly since: number; readonly node: NodeFacts }
    | { readonly kind: "running"; readonly since: number; readonly node: NodeFacts }
  );

export type AppEvent =
  | { readonly kind: "starting" }
  | { readonly kind: "blocked"; readonly code: BlockCode; readonly detail?: string }
  | { readonly kind: "no_relay" }
  | { readonly kind: "running"; readonly node: NodeFacts }
  | { readonly kind: "paused"; readonly node: NodeFacts }
  /** Something at the node has changed. */
  | { readonly kind: "facts"; readonly node: NodeFacts }
  | { readonly kind: "core"; readonly event: CoreEvent }
  | { readonly kind: "starts_at_login"; readonly on: boolean | undefined }
  | { readonly kind: "screen"; readonly locked: boolean }
  | { readonly kind: "update_available"; readonly version: string };

const HOUR_MS = 3_600_000;

export function firstState(now: number): AppState {
  return { kind: "starting", since: now, notices: [], startsAtLogin: undefined, isScreenLocked: false };
}

/** The state after `event`. What does not concern it leaves it the same object. */
export function nextAppState(state: AppState, event: AppEvent, now: number): AppState {
  const { notices, startsAtLogin, isScreenLocked } = state;
  const everywhere: Everywhere = { notices, startsAtLogin, isScreenLocked };
  // A new start of the node tells what is wrong anew.
  const fresh: Everywhere = {
    ...everywhere,
    notices: notices.filter(({ code }) => code === "update_available"),
  };
  switch (event.kind) {
    case "starting":
      return { ...fresh, kind: "starting", since: now };
    case "blocked":
      return { ...fresh, kind: "blocked", since: now, code: event.code, detail: event.detail };
    case "no_relay":
      return { ...fresh, kind: "no_relay", since: now };
    case "running":
      return { ...everywhere, kind: "running", since: now, node: event.node };
    case "paused":
      return { ...everywhere, kind: "paused", since: now, node: atRest(event.node) };
    case "facts":
      if (state.kind === "running") return mended({ ...state, node: event.node });
      return state.kind === "paused" ? mended({ ...state, node: atRest(event.node) }) : state;
    case "core": {
      const notice = noticeOf(event.event);
      return notice === undefined ? state : withNotice(state, notice, now);
    }
    case "starts_at_login":
      return { ...state, startsAtLogin: event.on };
    case "screen":
      return { ...state, isScreenLocked: event.locked };
    case "update_available":
      return withNotice(state, { code: "update_available", detail: event.version }, now);
  }
}

/** A node that does not run offers nothing, and nobody is connected to it. */
function atRest(node: NodeFacts): NodeFacts {
  return {
    ...node,
    relay: { kind: "stopped" },
    offers: { typedIsPaused: false },
    link: undefined,
    devices: node.devices.map((device) => ({ ...device, isConnected: false })),
    plaintext: [],
    questions: [],
  };
}

/** Items of the node's that were removed or entered again are no longer damaged; of settings only a new start tells. */
function mended<State extends AppState & { readonly node: NodeFacts }>(state: State): State {
  const old = state.notices.find(({ code }) => code === "items_damaged");
  const items = old?.detail?.split(", ") ?? [];
  const left = items.filter((item) => item.startsWith("setting-") || state.node.damaged.includes(item));
  if (old === undefined || left.length === items.length) return state;
  const others = state.notices.filter((notice) => notice !== old);
  return { ...state, notices: left.length === 0 ? others : [...others, { ...old, detail: left.join(", ") }] };
}

type NewNotice = Omit<Notice, "since">;

function withNotice(state: AppState, { code, detail }: NewNotice, now: number): AppState {
  const known = state.notices.find((notice) => notice.code === code);
  const items = [...(known?.detail?.split(", ") ?? []), ...(detail === undefined ? [] : [detail])];
  const merged = code === "items_damaged" ? [...new Set(items)].join(", ") : detail;
  const notice: Notice = { code, since: known?.since ?? now, detail: merged };
  return { ...state, notices: [...state.notices.filter((other) => other.code !== code), notice] };
}

function noticeOf(event: CoreEvent): NewNotice | undefined {
  switch (event.kind) {
    case "store_failed":
    case "not_stored":
      return { code: "store_failed", detail: undefined };
    case "damaged":
      return { code: "items_damaged", detail: event.item };
    case "old_relay":
    case "enroll_key_withheld":
    case "plaintext_dropped":
      return { code: event.kind, detail: undefined };
    case "clock_doubtful":
      return { code: "clock_doubtful", detail: String(Math.round(Math.abs(event.aheadMs) / HOUR_MS)) };
    case "relay_named_otherwise":
      return { code: "relay_named_otherwise", detail: withoutWords(event.url) };
    case "registered":
      return event.refusedSessions > 0
        ? { code: "relay_full", detail: String(event.refusedSessions) }
        : undefined;
    default:
      return undefined;
  }
}

/** Scheme and host hold no words but a name's; the rest of an address could hold any. */
function withoutWords(url: string): string {
  if (!URL.canParse(url)) return "";
  const { origin, pathname } = new URL(url);
  return pathname === "/" ? origin : `${origin}/…`;
}
