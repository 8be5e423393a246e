/**
 * Turns what happens at the node into lines for a terminal: what is on offer, who wants in, who came and went, and
 * what is in the way. How the connections fare is told by `nodeView`, which knows when to keep quiet.
 */
import type { NodeCore } from "../core/node-core.ts";
import type { CoreEvent } from "../core/node-event.ts";
import type { NodeEvent } from "../core/node-status.ts";
import { SecretsError } from "../core/secrets/secret-store.ts";
import { devicePresence } from "./device-presence.ts";
import { type OfferingNode, offerDisplay } from "./offer-display.ts";
import type { QrStyle } from "./offer-lines.ts";
import type { ProgramNames } from "./program-names.ts";
import { questionPrompt } from "./question-prompt.ts";

export interface CoreViewOptions {
  readonly print: (line: string) => void;
  readonly now: () => number;
  /** Tells of the relay, the local API and version 1 offers. */
  readonly connections: (event: NodeEvent) => void;
  /** The node, once it has started. */
  readonly node: () => (OfferingNode & Pick<NodeCore, "devices">) | undefined;
  readonly qr: QrStyle;
  /** How to let a device in where this terminal takes answers; else by command. */
  readonly answersHere: boolean;
  readonly names: ProgramNames;
}

export interface CoreView {
  readonly event: (event: CoreEvent) => void;
  /** The owner wants to see everything that is on offer. */
  readonly showAll: () => void;
}

export function coreView(options: CoreViewOptions): CoreView {
  const { print, now, connections, node, qr, answersHere, names } = options;
  const log = (text: string) => print(`${new Date(now()).toTimeString().slice(0, 8)} ${text}`);
  const questions = questionPrompt({ log, answersHere, names });
  const offers = offerDisplay({ print, log, now, node, isHeld: () => questions.isOpen, qr, names });
  const presence = devicePresence({
    // What is told of others does not push a question out of sight.
    log: (text) => {
      log(text);
      questions.repeat();
    },
    devices: () => node()?.devices,
  });

  /** A device as its owner knows it. */
  const called = (id: string) => `${node()?.devices.get(id)?.name ?? "a device"} (${id})`;

  function tell(event: CoreEvent): void {
    switch (event.kind) {
      case "relay":
        // What was on display before an absence may have scrolled away.
        if (event.state.kind === "connected") offers.forget();
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
        offers.changed();
        return;
      case "question":
        questions.asked(event.question);
        return;
      case "question_closed":
        questions.closed(event.id, event.answer);
        // The code that was used is spent, whatever the answer was.
        offers.showAll();
        return;
      case "paired": {
        const { id, name } = event.device;
        log(`${name} is paired (check number ${event.checkNumber}); to undo: ${names.node} revoke ${id}`);
        offers.showAll();
        return;
      }
      case "app_opened":
        log(`${called(event.parent)} opens the web app, as ${event.device.name} (${event.device.id})`);
        return;
      case "plaintext_paired":
        log(
          `a client at ${event.peer || "an unknown address"} has paired; not encrypted; to undo: ${names.node} revoke plaintext:${event.session}`,
        );
        return;
      case "device_connected":
        presence.connected(event.device);
        return;
      case "device_disconnected":
        presence.disconnected(event.device);
        return;
      case "device_revoked":
        presence.revoked(event.device);
        return;
      default: {
        const text = sentence(event);
        if (text !== undefined) log(text);
      }
    }
  }
  return { event: tell, showAll: offers.showAll };
}

type Rest = Exclude<
  CoreEvent,
  {
    kind:
      | NodeEvent["kind"]
      | "offers"
      | "question"
      | "question_closed"
      | "paired"
      | "app_opened"
      | "plaintext_paired"
      | "device_connected"
      | "device_disconnected"
      | "device_revoked";
  }
>;

function sentence(event: Rest): string | undefined {
  switch (event.kind) {
    case "wrong_code":
      return "somebody tried a wrong code; the code is used up";
    case "code_exposed":
      return event.count === 1
        ? "the code was sent to the relay in the clear; it is worth nothing any more"
        : `${event.count} codes were sent to the relay in the clear; they are worth nothing any more`;
    case "plaintext_dropped":
      return "the relay passed on a request that was not encrypted; such requests are dropped";
    case "old_relay":
      return "this relay speaks version 1 alone: it can read what passes (ORA_NODE_ALLOW_PLAINTEXT allows that)";
    case "enroll_key_withheld":
      return "the enrolment key is not sent, because the way to this relay is not encrypted (use wss://)";
    case "relay_named_otherwise":
      return `the relay calls itself ${event.url}; if phones reach it there, set ORA_RELAY_URL to that on this PC, else correct ORA_RELAY_PUBLIC_URL on the relay`;
    case "device_expired":
      return `${event.device.name} (${event.device.id}) was not used for long and is forgotten`;
    case "clock_doubtful":
      return `this machine's clock and the relay's are ${days(event.aheadMs)} apart; until they agree no device is forgotten for being unused`;
    case "damaged":
      return `${event.item} in the store cannot be read; it was left as it is`;
    case "device_renamed":
      return `${event.before} (${event.device.id}) now calls itself ${event.device.name}`;
    case "devices_full":
      return `${event.name} is not paired: there are as many devices as there can be; revoke one to make room`;
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
