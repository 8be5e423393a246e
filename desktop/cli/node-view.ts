/**
 * Turns what happens at the node into lines for a terminal. It stays calm: a wait is told when it begins, when its
 * reason changes and when it gets long, not at each of the quick tries after a loss.
 */
import type { NodeEvent } from "../core/node-status.ts";
import { apiText, relayText } from "../core/status-text.ts";
import { pairLine, requestLine } from "./paste-lines.ts";

const LONG_WAIT_MS = 2_000;

export interface NodeViewOptions {
  readonly relayUrl: URL;
  /** The local API's address. */
  readonly api: string;
  readonly now: () => number;
  readonly print: (line: string) => void;
}

export function nodeView({ relayUrl, api, now, print }: NodeViewOptions): (event: NodeEvent) => void {
  const relay = relayUrl.host;
  let toldReason: string | undefined;
  let explained = false;

  const log = (text: string) => print(`${new Date(now()).toTimeString().slice(0, 8)} ${text}`);

  function showRelay(state: Extract<NodeEvent, { kind: "relay" }>["state"]): void {
    switch (state.kind) {
      case "waiting": {
        const reason = state.outage.code;
        if (reason === toldReason && state.until - now() < LONG_WAIT_MS) return;
        toldReason = reason;
        break;
      }
      case "connecting":
        if (state.outage !== undefined) return;
        break;
      default:
        toldReason = undefined;
    }
    log(relayText(state, relay, now()));
  }

  function showCode(code: string, lifetimeMs: number): void {
    const seconds = Math.round(lifetimeMs / 1000);
    if (!explained) print("");
    print(`pairing_code=${code}`);
    print(`  for one use within ${seconds} s; not encrypted: the relay can read what passes`);
    if (!explained) {
      print("");
      print("  To pair from a shell with curl, and to send a request with wscat:");
    }
    print(`  ${pairLine(relayUrl, code)}`);
    if (explained) return;
    print(`  ${requestLine(relayUrl)}`);
    print("");
    explained = true;
  }

  return (event) => {
    switch (event.kind) {
      case "relay":
        showRelay(event.state);
        return;
      case "api":
        log(apiText(event.state, api));
        return;
      case "code":
        showCode(event.code, event.lifetimeMs);
        return;
      case "code_used":
        log("the code was used: a client has paired");
        return;
      case "code_refused":
        log(
          `the relay did not take the code (${event.error}); offering another in ${event.retryMs / 1000} s`,
        );
        return;
      case "relay_error":
        log(`the relay reports an error: ${event.error}`);
        return;
      case "not_understood":
        log("the relay sent something that this node does not understand");
    }
  };
}
