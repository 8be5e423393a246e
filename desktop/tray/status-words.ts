/**
 * How things stand, in sentences, for tooltip, menu and every window alike: what is so, since when, what to do. Made of
 * the standing in one place, so that none of them can say something else.
 */
import type { StatusView } from "../windows/contract/status-view.ts";
import type { AppState } from "./app-state.ts";
import { clockTime } from "./clock-time.ts";
import { chain, type Standing, standing } from "./standing.ts";
import type { TrayTexts } from "./texts/texts.ts";

export interface WordsOptions {
  readonly texts: TrayTexts;
  readonly now: number;
  readonly timeZone?: string;
}

/** Tooltips of Windows hold 127 UTF-16 units. */
export const MAX_TOOLTIP_LENGTH = 127;

export function statusView(state: AppState, options: WordsOptions): StatusView {
  const { texts, now, timeZone } = options;
  const at = standing(state);
  const node = "node" in state ? state.node : undefined;
  const words = texts.standing[at.code];
  const since = clockTime(at.since, {
    language: texts.language,
    now,
    ...(timeZone !== undefined && { timeZone }),
  });
  const facts = {
    relay: node === undefined ? "" : hostOf(node.relayOrigin),
    api: node?.apiAddress ?? "",
    since,
    detail: at.detail ?? "",
  };
  const remedy = remedyFor(at);
  const notes = notesOf(state, at, texts);
  return {
    ring: at.mark,
    code: at.detail === undefined ? at.code : `${at.code} ${at.detail}`,
    title: words.title(facts),
    advice: words.advice,
    ...(at.brokenHop !== undefined && { brokenHop: at.brokenHop }),
    ...(at.retryAt !== undefined && { retryAt: at.retryAt }),
    ...(remedy !== undefined && { remedy }),
    ...(notes.length > 0 && { notes }),
  };
}

/** One line for the icon: who it is, and what is so. */
export function tooltip(state: AppState, options: WordsOptions): string {
  const text = `ORA: ${statusView(state, options).title}`;
  return text.length <= MAX_TOOLTIP_LENGTH ? text : `${text.slice(0, MAX_TOOLTIP_LENGTH - 1)}…`;
}

const MARKS = { good: "●", broken: "◇", behind: "○" } as const;

/** The chain as a line of text: `● Phone – ◇ Relay – …`. */
export function chainText(at: Standing, texts: TrayTexts): string {
  return chain(at)
    .map(({ hop, state }) => `${MARKS[state]} ${texts.hops[hop]}`)
    .join(" – ");
}

/** What else is to be known, a sentence each; a newer release is told where releases are. */
function notesOf(state: AppState, at: Standing, texts: TrayTexts): string[] {
  return state.notices
    .filter(({ code }) => code !== "update_available" && code !== at.code)
    .map(({ code, detail }) => texts.notices[code](detail ?? ""));
}

function remedyFor({ code, brokenHop }: Standing): StatusView["remedy"] {
  switch (code) {
    case "paused":
      return "resume";
    case "no_relay":
    case "relay_refused":
    case "not_a_relay":
    case "relay_http_status":
    case "relay_untrusted":
      return "relay_settings";
    case "proxy_failed":
    case "proxy_socks":
      return "proxy_settings";
    case "api_down":
    case "api_silent":
      return "api_settings";
    case "connected":
    case "connecting":
    case "asked":
      return undefined;
    default:
      return brokenHop === undefined ? undefined : "try_now";
  }
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : "";
}
