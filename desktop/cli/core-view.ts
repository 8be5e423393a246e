/**
 * Turns what happens at the node into lines for a terminal: what is on offer, who wants in, who came and went, and
 * what is in the way. How the connections fare is told by `nodeView`, which knows when to keep quiet.
 */
import type { NodeCore } from "../core/node-core.ts";
import type { CoreEvent } from "../core/node-event.ts";
import type { NodeEvent } from "../core/node-status.ts";
import { SecretsError } from "../core/secrets/secret-store.ts";
import { offerLines } from "./offer-lines.ts";
import { pairLine, requestLine } from "./paste-lines.ts";

export interface CoreViewOptions {
  readonly print: (line: string) => void;
  readonly now: () => number;
  readonly relayUrl: URL;
  /** Tells of the relay, the local API and version 1 offers. */
  readonly connections: (event: NodeEvent) => void;
  /** The node, once it has started. */
  readonly node: () => Pick<NodeCore, "offerView" | "pairingLink"> | undefined;
  readonly qr: "colour" | "plain" | "none";
  /** How to let a device in where this terminal takes answers; else by command. */
  readonly answersHere: boolean;
}

/** Offers of all kinds change within one turn of the relay's answers. Milliseconds. */
const SETTLE_MS = 100;

export function coreView(options: CoreViewOptions): (event: CoreEvent) => void {
  const { print, now, relayUrl, connections, node, qr, answersHere } = options;
  let shown = "";
  let waiting: NodeJS.Timeout | undefined;
  let explained = false;

  const log = (text: string) => print(`${new Date(now()).toTimeString().slice(0, 8)} ${text}`);

  async function showOffers(): Promise<void> {
    const current = node();
    if (current === undefined) return;
    const { offerView: view, pairingLink: link } = current;
    // Nothing is on offer while the relay is away, and a code that is not there yet will come.
    if (link === undefined || (view.typed === undefined && !view.typedIsPaused)) return;
    const key = [link, view.typed?.code, view.plaintext?.code].join(" ");
    if (key === shown) return;
    shown = key;
    for (const line of await offerLines({ view, link, now: now(), qr })) print(line);
    const code = view.plaintext?.code;
    if (code === undefined) return;
    if (!explained) print("  Pair from a shell with curl, then send a request with wscat:");
    print(`  ${pairLine(relayUrl, code)}`);
    if (!explained) print(`  ${requestLine(relayUrl)}`);
    print("");
    explained = true;
  }

  function question({
    id,
    name,
    client,
    via,
    checkNumber,
  }: Extract<CoreEvent, { kind: "question" }>["question"]): void {
    log(`${name} (${client || "no program named"}) wants in by ${via === "link" ? "the link" : "the code"}`);
    log(`  its screen shows the check number ${checkNumber}, if it is the one in front of you`);
    log(answersHere ? "  let it in? y or n, then Enter" : `  ora-node pair --allow ${id}, or --refuse ${id}`);
  }

  return (event) => {
    switch (event.kind) {
      case "relay":
        // What was on display before an absence may have scrolled away.
        if (event.state.kind === "connected") shown = "";
        connections(event);
        return;
      case "api":
      case "code":
      case "code_used":
      case "code_refused":
      case "relay_error":
      case "not_understood":
        connections(event);
        return;
      case "offers":
        clearTimeout(waiting);
        waiting = setTimeout(() => void showOffers(), SETTLE_MS);
        waiting.unref();
        return;
      case "question":
        question(event.question);
        return;
      case "paired": {
        const { id, name } = event.device;
        log(`${name} is paired (check number ${event.checkNumber}); to undo: ora-node revoke ${id}`);
        return;
      }
      case "plaintext_paired":
        log(`a client at ${event.peer || "an unknown address"} has paired; not encrypted`);
        return;
      case "device_connected":
        log(`${event.device} is connected`);
        return;
      case "device_disconnected":
        log(`${event.device} is gone`);
        return;
      default: {
        const text = sentence(event);
        if (text !== undefined) log(text);
      }
    }
  };
}

type Rest = Exclude<
  CoreEvent,
  {
    kind:
      | NodeEvent["kind"]
      | "offers"
      | "question"
      | "paired"
      | "plaintext_paired"
      | "device_connected"
      | "device_disconnected";
  }
>;

function sentence(event: Rest): string | undefined {
  switch (event.kind) {
    case "wrong_code":
      return "somebody tried a wrong code; the code is used up";
    case "code_exposed":
      return "the code was sent to the relay in the clear; it is worth nothing any more";
    case "plaintext_dropped":
      return "the relay passed on a request that was not encrypted; such requests are dropped";
    case "old_relay":
      return "this relay speaks version 1 alone: it can read what passes (ORA_NODE_ALLOW_PLAINTEXT allows that)";
    case "enroll_key_withheld":
      return "the enrolment key is not sent, because the way to this relay is not encrypted (use wss://)";
    case "device_expired":
      return `${event.device.name} (${event.device.id}) was not used for long and is forgotten`;
    case "clock_doubtful":
      return `this machine's clock and the relay's are ${days(event.aheadMs)} apart; until they agree no device is forgotten for being unused`;
    case "damaged":
      return `${event.item} in the store cannot be read; it was left as it is`;
    case "not_stored":
      return `${event.name} could not be stored and is not paired: ${problem(event.error)}`;
    case "store_failed":
      return `the store did not take a change: ${problem(event.error)}`;
    case "fault":
      return `an error of this program: ${event.error instanceof Error ? event.error.stack : "unknown"}`;
    case "registered":
      return event.refusedSessions > 0
        ? `the relay has no room for ${event.refusedSessions} of the paired devices`
        : undefined;
    case "question_closed":
    case "welcome":
      return undefined;
  }
}

function days(ms: number): string {
  const count = Math.round(Math.abs(ms) / 86_400_000);
  return count === 1 ? "a day" : `${count} days`;
}

/** The store's own errors are written for the owner; others may quote anything. */
function problem(error: unknown): string {
  return error instanceof SecretsError ? error.message : "an internal error";
}
