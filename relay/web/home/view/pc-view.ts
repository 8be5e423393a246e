/**
 * One PC of the list, in words: what its session says of itself becomes a ring, a chain and two sentences. Pure, so that
 * the same facts always look the same.
 */
import type { ApiState } from "#shared/client/app-side.ts";
import type { ProblemCode } from "#shared/client/problem.ts";
import type { SessionState } from "#shared/client/session-state.ts";
import { moment } from "#shared/looks/format.ts";
import type { HopState } from "#shared/looks/hop-state.ts";
import type { RingState } from "#shared/looks/ring-state.ts";
import type { Texts } from "../texts/texts.ts";
import type { PcView } from "./home-view.ts";
import { brokenHop, HOPS, type Hop, type Trouble, troubleOf } from "./trouble.ts";

export interface PcFacts {
  readonly id: string;
  readonly nodeId: string;
  readonly label: string | undefined;
  readonly nodeName: string;
  /** It has never been confirmed by the PC. */
  readonly isPending: boolean;
  readonly session: SessionState;
  readonly api: ApiState | undefined;
  /** Where the relay serves apps; undefined for nowhere, or not yet known. */
  readonly apps: string | undefined;
  readonly opening: boolean;
  /** `blocked`: the browser allowed no tab; else a problem's code. */
  readonly openTrouble: "blocked" | ProblemCode | undefined;
}

export interface PcViewOptions {
  readonly texts: Texts;
  /** Unix milliseconds. */
  readonly now: number;
  readonly isOnline: boolean;
  readonly isSecure: boolean;
}

type Looks = Pick<PcView, "ring" | "line" | "hops" | "words" | "retryAt" | "remedy">;

export function pcView(facts: PcFacts, options: PcViewOptions): PcView {
  const { id, nodeId, label, nodeName, session, openTrouble } = facts;
  const { retryAt, remedy, words, ...looks } = looksOf(facts, options);
  return {
    id,
    nodeId,
    name: label ?? nodeName,
    nodeName,
    ...looks,
    ...(words !== undefined && { words }),
    ...(retryAt !== undefined && { retryAt }),
    ...(remedy !== undefined && { remedy }),
    openApp: openApp(facts, options),
    ...(openTrouble !== undefined && { openTrouble: openWords(openTrouble, options.texts) }),
    isConnected: session.status === "connected",
  };
}

function openApp({ session, apps, opening }: PcFacts, { isSecure }: PcViewOptions): PcView["openApp"] {
  if (!isSecure) return "insecure";
  if (opening) return "opening";
  if (session.status !== "connected") return "waiting";
  return apps === undefined ? "off" : "ready";
}

function openWords(trouble: NonNullable<PcFacts["openTrouble"]>, { list }: Texts): string {
  return trouble === "blocked" ? list.tabBlocked : list.openFailed(trouble);
}

function looksOf(facts: PcFacts, options: PcViewOptions): Looks {
  const { session, api, isPending } = facts;
  const { texts } = options;
  switch (session.status) {
    case "connected":
      if (api?.isUp === false) {
        return { ...troubled("app_down", "app", api.since, options, "app_down"), ring: "attention" };
      }
      // An older PC does not say how its app does: no news is good news.
      return { ring: "connected", line: texts.line.connected, hops: HOPS.map((hop) => [hop, "good"]) };
    case "closed":
      return waiting(texts.line.connecting);
    case "connecting":
      if (session.problem === undefined) {
        return waiting(isPending ? texts.line.pending : texts.line.connecting);
      }
      return broken(session.problem, session.since, options);
    case "waiting":
      return {
        ...broken(session.problem, session.since, options),
        retryAt: session.retryAt,
        remedy: "try_now",
      };
    case "revoked":
      return { ...broken(session.problem, session.since, options), remedy: "pair_again" };
  }
}

function waiting(line: string): Looks {
  const state = (hop: Hop): HopState => (hop === "phone" ? "good" : "waiting");
  return { ring: "connecting", line, hops: HOPS.map((hop) => [hop, state(hop)]) };
}

function broken(
  problem: Extract<SessionState, { status: "waiting" }>["problem"],
  since: number,
  options: PcViewOptions,
): Looks {
  const trouble = troubleOf(problem.code, options.isOnline);
  const code = problem.detail === undefined ? problem.code : `${problem.code} ${problem.detail}`;
  return troubled(trouble, brokenHop(problem.code, trouble), since, options, code);
}

/** Asleep is no fault: it looks like a rest. */
const RESTING: ReadonlySet<Trouble> = new Set<Trouble>(["pc_asleep", "pc_stopped"]);
/** It passes by itself, and soon. */
const PASSING: ReadonlySet<Trouble> = new Set<Trouble>(["connection_lost", "relay_restarting"]);

function troubled(trouble: Trouble, hop: Hop, since: number, options: PcViewOptions, code: string): Looks {
  const { texts, now } = options;
  const ring: RingState = RESTING.has(trouble) ? "paused" : PASSING.has(trouble) ? "connecting" : "attention";
  const state: HopState = ring === "paused" ? "resting" : ring === "connecting" ? "waiting" : "broken";
  const at = HOPS.indexOf(hop);
  return {
    ring,
    line: texts.since[trouble](moment(since, now, texts)),
    hops: HOPS.map((other, index) => [other, index < at ? "good" : index === at ? state : "behind"]),
    words: { ...texts.trouble[trouble], code },
  };
}
