/**
 * The last hops of a relay's test: a socket of protocol 2, the relay's `welcome`, and the proof of a key made for this
 * once, up to `node_ready`. Nothing is registered, and the node that may be connected there is not disturbed.
 */
import type { WebSocket } from "ws";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import { lineOf } from "#shared/doctor/network.ts";
import { awaitWelcome, prove } from "#shared/doctor/visit-as-node.ts";
import { parseRelayUrl } from "#shared/protocol/relay-url.ts";
import { MAX_NODE_CONTROL_BYTES } from "#shared/protocol/v2/limits.ts";
import { SUBPROTOCOL_V2 } from "#shared/protocol/version.ts";
import type { Clock } from "../../core/clock.ts";
import { dial } from "../../core/connector/dial.ts";
import { proxyRoute } from "../../core/connector/relay-proxy.ts";
import { failed, HOP_TIMEOUT_MS, OK, type Outcome } from "./outcome.ts";

export interface RelayGreetingOptions {
  /** `ws:` or `wss:`. */
  readonly url: URL;
  readonly enrollKey: string | undefined;
  /** Where the first connection goes instead; undefined: straight to the relay. */
  readonly proxy: URL | undefined;
  readonly backend: CryptoBackend;
  readonly clock: Clock;
}

type Greeting =
  | { readonly kind: "failed"; readonly code: string; readonly detail: string | undefined }
  | { readonly kind: "relay"; readonly node: Outcome };

/** Opens the socket, waits for `welcome`, and proves a key up to `node_ready`. */
export function greetRelay(options: RelayGreetingOptions): Promise<Greeting> {
  const { url, proxy, clock } = options;
  const address = new URL(url);
  address.pathname = `${url.pathname.replace(/\/$/, "")}/ws/node`;
  return new Promise((resolve) => {
    dial({
      address,
      subprotocols: [SUBPROTOCOL_V2],
      route: proxy && proxyRoute(proxy),
      maxMessageBytes: MAX_NODE_CONTROL_BYTES,
      timeoutMs: HOP_TIMEOUT_MS,
      clock,
      opened: (socket) => resolve(introduce(socket, options)),
      failed: ({ code, detail }) => resolve({ kind: "failed", code, detail }),
    });
  });
}

async function introduce(socket: WebSocket, options: RelayGreetingOptions): Promise<Greeting> {
  const { url, backend, clock, enrollKey } = options;
  const line = lineOf(socket, (ms, run) => clock.after(ms, run));
  socket.on("error", () => line.end());
  try {
    const welcome = await awaitWelcome(line);
    if ("refused" in welcome) {
      const isSilent = welcome.refused === "no_welcome";
      return { kind: "failed", code: "relay_too_old", detail: isSilent ? undefined : welcome.refused };
    }
    const address = parseRelayUrl(url.href) ?? url.href;
    const refusal = await prove({ line, address, enrollKey, backend, now: () => clock.now() });
    return { kind: "relay", node: refusal === undefined ? OK : failed(refusal.refused) };
  } finally {
    line.end();
  }
}
