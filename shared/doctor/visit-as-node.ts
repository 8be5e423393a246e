/**
 * A visit at a relay as a node that nobody knows: with a key made for this once, so that the node that may be connected
 * there is not disturbed. It learns what the relay says of itself and whether it takes a proof; nothing is registered
 * before `stay`.
 */
import { type CryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { startNodeAuthentication } from "#shared/crypto/node-auth.ts";
import { nodeIdFromPublicKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { decodeBase64Url, encodeBase64Url } from "#shared/protocol/base64url.ts";
import { decodeRelayToNode } from "#shared/protocol/v2/decode-from-relay.ts";
import { isLoopbackHost, relayHost } from "#shared/protocol/v2/relay-host.ts";
import type { RelayToNode, Welcome } from "#shared/protocol/v2/relay-messages.ts";
import { AGENT } from "#shared/protocol/version.ts";
import type { Line } from "./network.ts";

export interface Visit {
  readonly line: Line;
  /** The relay's address, as `http(s)://…`. */
  readonly address: string;
  readonly enrollKey: string | undefined;
  readonly backend: CryptoBackend;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Why there was no message of the kind that was awaited: a name of the protocol, a close code, or what happened. */
export interface Refusal {
  readonly refused: string;
}

/** The relay's `welcome`, which comes first. */
export async function awaitWelcome(line: Line): Promise<Welcome | Refusal> {
  const message = await nextMessage(line);
  return "refused" in message || message.type === "welcome" ? message : { refused: "no_welcome" };
}

/** Proves a key made for this once. Undefined when the relay took the proof. */
export async function prove({ line, address, enrollKey, backend, now }: Visit): Promise<Refusal | undefined> {
  const nodeKey = staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));
  const authentication = await startNodeAuthentication({ backend, nodeKey });
  const node_id = nodeIdFromPublicKey(nodeKey.publicKey);
  const noise = encodeBase64Url(authentication.hello);
  line.send(JSON.stringify({ type: "node_hello", node_id, noise }));
  const challenge = await nextMessage(line);
  if ("refused" in challenge) return challenge;
  if (challenge.type !== "node_challenge") return { refused: "protocol" };
  const host = relayHost(address) ?? "";
  const mayEnroll = address.startsWith("https:") || isLoopbackHost(host);
  const enroll = enrollKey !== undefined && mayEnroll ? { enroll: enrollKey } : {};
  const proof = await authentication
    .answer(decodeBase64Url(challenge.noise) ?? new Uint8Array(0), {
      host,
      agent: AGENT,
      epoch: now(),
      ...enroll,
    })
    // A challenge that is none.
    .catch(() => undefined);
  if (proof === undefined) return { refused: "bad_challenge" };
  line.send(JSON.stringify({ type: "node_auth", noise: encodeBase64Url(proof) }));
  const answer = await nextMessage(line);
  if ("refused" in answer) return answer;
  return answer.type === "node_ready" ? undefined : { refused: "protocol" };
}

/** Registers nothing, and stays for so long. Undefined when the line held, otherwise after how many ms it was cut. */
export async function stay({ line, now }: Visit, durationMs: number): Promise<number | undefined> {
  line.send(JSON.stringify({ type: "register", sessions: [], offers: [], codes: [] }));
  const began = now();
  for (;;) {
    const left = durationMs - (now() - began);
    if (left <= 0) return undefined;
    const event = await line.next(left);
    if (event.kind === "closed") return now() - began;
  }
}

async function nextMessage(line: Line): Promise<Exclude<RelayToNode, { type: "error" }> | Refusal> {
  const event = await line.next();
  if (event.kind !== "text") return { refused: event.kind === "closed" ? String(event.code) : "ETIMEDOUT" };
  const message = decodeRelayToNode(event.text);
  if (message.type === "error") return { refused: message.code };
  return message.type === "v1" || message.type === "invalid" ? { refused: "protocol" } : message;
}
