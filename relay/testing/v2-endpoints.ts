/** Raw endpoints of protocol 2: they speak to the relay as a node or a client does, and send any frames. */
import { createHash, randomBytes } from "node:crypto";
import type { ClientOptions } from "ws";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { startNodeAuthentication } from "#shared/crypto/node-auth.ts";
import { nodeIdFromPublicKey, type StaticKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import type { NodeProof, Open, Register } from "#shared/protocol/v2/relay-messages.ts";
import type { RawSocket } from "./raw-socket.ts";
import type { RelayHarness } from "./relay-harness.ts";

const backend = createCryptoBackend();

export const b64uSha256 = (secret: string | Uint8Array) =>
  encodeBase64Url(createHash("sha256").update(secret).digest());

/** A device as its node registers it, and the token that it shows. */
export function device(id: string, ttl = 86_400) {
  const bytes = randomBytes(32);
  return { token: encodeBase64Url(bytes), entry: { hash: b64uSha256(bytes), device: id, ttl } };
}

export class NodeKey {
  readonly key: StaticKey = staticKeyFromPrivate(backend.x25519, backend.randomBytes(32));
  readonly id = nodeIdFromPublicKey(this.key.publicKey);

  begin() {
    return startNodeAuthentication({ backend, nodeKey: this.key });
  }
}

/** A socket that offered `ora.v2` and has been welcomed. */
export async function welcomed(
  relay: RelayHarness,
  end: "node" | "client",
  options: ClientOptions = {},
): Promise<RawSocket> {
  const socket = await relay.socket(`/ws/${end}`, ["ora.v2"], options).opened();
  const welcome = await socket.next();
  if (welcome.type !== "welcome") throw new Error(`expected welcome, got ${welcome.type}`);
  return socket;
}

/** Proves `node`'s key; the relay's answer to the proof is the next message. */
export async function proving(
  relay: RelayHarness,
  node: NodeKey,
  proof: Partial<NodeProof> = {},
): Promise<RawSocket> {
  const socket = await welcomed(relay, "node");
  const authentication = await node.begin();
  socket.send({ type: "node_hello", node_id: node.id, noise: encodeBase64Url(authentication.hello) });
  const { noise } = await socket.next();
  const answer = await authentication.answer(Buffer.from(noise, "base64url"), {
    host: `127.0.0.1:${relay.port}`,
    agent: "test",
    epoch: 1,
    ...proof,
  });
  if (answer === undefined) throw new Error("the challenge was none");
  return socket.send({ type: "node_auth", noise: encodeBase64Url(answer) });
}

/** A node that has proved its key and not registered yet. */
export async function ready(
  relay: RelayHarness,
  node: NodeKey,
  proof: Partial<NodeProof> = {},
): Promise<RawSocket> {
  const socket = await proving(relay, node, proof);
  const message = await socket.next();
  if (message.type !== "node_ready") throw new Error(`expected node_ready, got ${JSON.stringify(message)}`);
  return socket;
}

/** A node that is online. */
export async function online(
  relay: RelayHarness,
  node: NodeKey,
  register: Partial<Omit<Register, "type">> = {},
  proof: Partial<NodeProof> = {},
): Promise<RawSocket> {
  const socket = await ready(relay, node, proof);
  const message = await socket.send({ type: "register", ...register }).next();
  if (message.type !== "registered") throw new Error(`expected registered, got ${message.type}`);
  return socket;
}

/** A client that has sent `open`; the relay's answer is the next message. */
export async function opening(
  relay: RelayHarness,
  open: Omit<Open, "type">,
  options: ClientOptions = {},
): Promise<RawSocket> {
  const socket = await welcomed(relay, "client", options);
  return socket.send({ type: "open", ...open });
}

/** A client whose channel stands. */
export async function opened(
  relay: RelayHarness,
  open: Omit<Open, "type">,
  options: ClientOptions = {},
): Promise<RawSocket> {
  const socket = await opening(relay, open, options);
  const message = await socket.next();
  if (message.type !== "opened") throw new Error(`expected opened, got ${JSON.stringify(message)}`);
  return socket;
}

export function frameFor(channel: number, frame: Uint8Array): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(channel);
  return Buffer.concat([prefix, frame]);
}
