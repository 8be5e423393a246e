/**
 * The last hops of a relay's test: a socket of protocol 2, the relay's `welcome`, and the proof of a key made for this
 * once, up to `node_ready`. Nothing is registered, and the node that may be connected there is not disturbed.
 */
import type { WebSocket } from "ws";
import { type CryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { startNodeAuthentication } from "#shared/crypto/node-auth.ts";
import { nodeIdFromPublicKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import { decodeRelayToNode } from "#shared/protocol/v2/decode-from-relay.ts";
import { MAX_NODE_CONTROL_BYTES } from "#shared/protocol/v2/limits.ts";
import { isLoopbackHost, relayHost } from "#shared/protocol/v2/relay-host.ts";
import { AGENT, SUBPROTOCOL_V2 } from "#shared/protocol/version.ts";
import type { Clock } from "../../core/clock.ts";
import { dial } from "../../core/connector/dial.ts";
import { proxyRoute } from "../../core/connector/relay-proxy.ts";
import { codeOf, detailOf, failed, HOP_TIMEOUT_MS, OK, type Outcome } from "./outcome.ts";

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

function introduce(socket: WebSocket, options: RelayGreetingOptions): Promise<Greeting> {
  const { url, backend, clock, enrollKey } = options;
  const nodeKey = staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));
  const host = relayHost(url) ?? "";
  const mayEnroll = url.protocol === "wss:" || isLoopbackHost(host);
  return new Promise((resolve) => {
    let greeted = false;
    let authentication: Awaited<ReturnType<typeof startNodeAuthentication>> | undefined;
    const cancel = clock.after(HOP_TIMEOUT_MS, () => finish(failed("ETIMEDOUT")));
    const finish = (node: Outcome) => {
      cancel();
      socket.terminate();
      resolve(
        greeted ? { kind: "relay", node } : { kind: "failed", code: "relay_too_old", detail: detailOf(node) },
      );
    };
    socket.on("error", (error) => finish(failed(codeOf(error))));
    socket.on("close", (code) => finish(failed(String(code))));
    socket.on("message", (data, isBinary) => {
      if (isBinary) return finish(failed("protocol"));
      const message = decodeRelayToNode(String(data));
      if (message.type === "welcome" && !greeted) {
        greeted = true;
        startNodeAuthentication({ backend, nodeKey }).then(
          (started) => {
            authentication = started;
            const noise = encodeBase64Url(started.hello);
            const node_id = nodeIdFromPublicKey(nodeKey.publicKey);
            socket.send(JSON.stringify({ type: "node_hello", node_id, noise }));
          },
          () => finish(failed("protocol")),
        );
        return;
      }
      if (message.type === "node_challenge" && authentication !== undefined) {
        const challenge = decodeBase64Url(message.noise) ?? new Uint8Array(0);
        const enroll = enrollKey !== undefined && mayEnroll ? { enroll: enrollKey } : {};
        authentication.answer(challenge, { host, agent: AGENT, epoch: clock.now(), ...enroll }).then(
          (proof) => {
            if (proof === undefined) return finish(failed("bad_challenge"));
            socket.send(JSON.stringify({ type: "node_auth", noise: encodeBase64Url(proof) }));
          },
          () => finish(failed("bad_challenge")),
        );
        return;
      }
      if (message.type === "node_ready" && authentication !== undefined) return finish(OK);
      if (message.type === "error") return finish(failed(message.code));
      if (!greeted) finish(failed());
    });
  });
}
