/**
 * How a node proves its id to a relay (protocol section 3): Noise KN, the node as initiator, the relay's fresh ephemeral
 * as the challenge, then one encrypted message with what the node says of itself. No sockets here. The relay still has
 * to compare `host` with its own, or another relay could pass the proof on.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { decodeNodeProof } from "#shared/protocol/v2/decode-from-node.ts";
import type { NodeProof } from "#shared/protocol/v2/relay-messages.ts";
import type { CryptoBackend } from "./backend.ts";
import { CryptoError } from "./crypto-error.ts";
import { publicKeyFromNodeId, type StaticKey } from "./node-identity.ts";
import { Handshake } from "./noise.ts";
import { AEAD_TAG_BYTES } from "./primitives.ts";

const PROLOGUE = utf8ToBytes("ora/2 node-auth");
const NOTHING = new Uint8Array(0);

/** The node's side between its hello and the relay's challenge. */
export interface NodeAuthentication {
  /** KN message 1, for `node_hello`. */
  readonly hello: Uint8Array;
  /**
   * The encrypted proof, for `node_auth`, from KN message 2 in `node_challenge`. Undefined when that was not made by
   * whoever received `hello`. Once only.
   */
  answer(challenge: Uint8Array, proof: NodeProof): Promise<Uint8Array | undefined>;
}

/** Begins the proof with a fresh ephemeral key. */
export async function startNodeAuthentication(options: {
  readonly backend: CryptoBackend;
  readonly nodeKey: StaticKey;
}): Promise<NodeAuthentication> {
  const { backend, nodeKey } = options;
  const handshake = new Handshake({
    backend,
    pattern: "KN",
    role: "initiator",
    prologue: PROLOGUE,
    staticKey: nodeKey,
  });
  const hello = await handshake.writeMessage(NOTHING);
  if (hello === undefined) throw new CryptoError("wrong_state", "KN message 1 involves no key of a peer");
  return {
    hello,
    async answer(challenge, proof) {
      const payload = await handshake.readMessage(challenge);
      if (payload === undefined) return undefined;
      const text = utf8ToBytes(JSON.stringify(proof));
      const sealed = new Uint8Array(text.length + AEAD_TAG_BYTES);
      handshake.split().send.seal(text, sealed);
      return sealed;
    },
  };
}

/** The relay's side between its challenge and the node's proof. */
export interface NodeChallenge {
  /** KN message 2, for `node_challenge`. */
  readonly challenge: Uint8Array;
  /** What the node with the claimed id says of itself; undefined when the sender does not hold its key. Once only. */
  verify(auth: Uint8Array): NodeProof | undefined;
}

/** Challenges who claims `nodeId`. Undefined when the id or the hello is none, or a low-order point. */
export async function challengeNode(options: {
  readonly backend: CryptoBackend;
  readonly nodeId: string;
  /** KN message 1 from `node_hello`. */
  readonly hello: Uint8Array;
}): Promise<NodeChallenge | undefined> {
  const { backend, nodeId, hello } = options;
  const remoteStatic = publicKeyFromNodeId(nodeId);
  if (remoteStatic === undefined) return undefined;
  const handshake = new Handshake({
    backend,
    pattern: "KN",
    role: "responder",
    prologue: PROLOGUE,
    remoteStatic,
  });
  if ((await handshake.readMessage(hello)) === undefined) return undefined;
  const challenge = await handshake.writeMessage(NOTHING);
  if (challenge === undefined) return undefined;
  const { receive } = handshake.split();
  return {
    challenge,
    verify(auth) {
      const text = receive.open(auth);
      return text === undefined ? undefined : decodeNodeProof(decodeText(text) ?? "");
    },
  };
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8: no text, and so no proof.
    return undefined;
  }
}
