/**
 * The worked example of PROTOCOL.md, computed: every key, ephemeral and scalar is fixed, so every byte of the protocol
 * follows. Texts stand in quotes, bytes in hex, and `00*12` stands for twelve zero bytes.
 */
import { ristretto255 } from "@noble/curves/ed25519.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { checkNumber } from "#shared/crypto/check-number.ts";
import { cpaceGenerator, cpaceSessionKey, lvCat, multiplyVerified } from "#shared/crypto/cpace.ts";
import { FRAME, makeFrame, prologue } from "#shared/crypto/frames.ts";
import { challengeNode, startNodeAuthentication } from "#shared/crypto/node-auth.ts";
import { nodeIdFromPublicKey, type StaticKey } from "#shared/crypto/node-identity.ts";
import { Handshake, type HandshakeOptions, type HandshakeOutcome } from "#shared/crypto/noise.ts";
import { pskFromCpace, pskFromLinkSecret } from "#shared/crypto/psk.ts";
import { hashRouteToken } from "#shared/crypto/route-token.ts";
import { NATIVE_BACKEND as backend, withRandomness } from "#shared/crypto/testing/backends.ts";
import { filled, keyOf } from "#shared/crypto/testing/channels.ts";
import { encodeEnd, encodeRequest, encodeResponse } from "#shared/mux/head-codec.ts";
import { INNER } from "#shared/mux/inner-types.ts";
import { encodeControl } from "#shared/mux/payloads.ts";
import { RecordBuilder } from "#shared/mux/record-builder.ts";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { formatPairingLink } from "#shared/protocol/pairing-link.ts";
import {
  encodeNodeGreeting,
  encodePairAnswer,
  encodePairRequest,
} from "#shared/protocol/v2/pairing-messages.ts";

const DEVICE = { fill: 1, key: keyOf(1) };
const NODE = { fill: 2, key: keyOf(2) };
const CLIENT_EPHEMERAL = filled(3);
const NODE_EPHEMERAL = filled(4);
const LINK_SECRET = filled(5, 16);
const SID = filled(6, 16);
/** Below 2^252, and so below the order of the group, whatever way round they are read. */
const CLIENT_SCALAR = filled(7);
const NODE_SCALAR = filled(8);
const ROUTE_TOKEN = filled(9);
const RELAY_EPHEMERAL = filled(10);
const LINK_ROUTE = "0123456789ABCDEF";
const CODE = { route: "K7QX", secret: "0119" };
const NODE_NAME = "studio";

export const NODE_GREETING = encodeNodeGreeting({ node_name: NODE_NAME, features: [] });
export const REQUEST = {
  method: "GET",
  path: "/hello",
  headers: [["accept", "text/plain"]],
  end: true,
} as const;
export const RESPONSE = { status: 200, headers: [["content-type", "text/plain"]] } as const;
export const BODY = "Hello";
const PAIR_REQUEST = encodePairRequest({ name: "Phone", client: "ora/1.0" });
const PAIR_ANSWER = encodePairAnswer({
  node_name: NODE_NAME,
  features: [],
  device: "abcd2345",
  route_token: encodeBase64Url(ROUTE_TOKEN),
});
const PROOF = { host: "relay.example:443", agent: "ora/1.0", epoch: 1_760_000_000_000 };

/** The plaintext of the client's first record, and of the node's. */
export function exampleRecords(): { client: Uint8Array; node: Uint8Array } {
  const client = new RecordBuilder();
  client.add(INNER.CONTROL, 0, encodeControl({ type: "hello", features: [] }));
  client.add(INNER.REQUEST, 1, encodeRequest(REQUEST));
  const node = new RecordBuilder();
  node.add(INNER.RESPONSE, 1, encodeResponse(RESPONSE));
  node.add(INNER.DATA, 1, utf8ToBytes(BODY));
  node.add(INNER.END, 1, encodeEnd(undefined));
  return { client: client.take(), node: node.take() };
}

interface Shaken {
  readonly message1: Uint8Array;
  readonly message2: Uint8Array;
  readonly client: HandshakeOutcome;
  readonly node: HandshakeOutcome;
}

async function shakeHands(
  options: Pick<HandshakeOptions, "pattern" | "prologue" | "psk">,
  payload1: Uint8Array,
  payload2: Uint8Array,
): Promise<Shaken> {
  const side = (role: "initiator" | "responder", ephemeral: Uint8Array, staticKey: StaticKey) =>
    new Handshake({
      ...options,
      backend: withRandomness(backend, ephemeral),
      role,
      staticKey,
      ...(role === "initiator" && { remoteStatic: NODE.key.publicKey }),
    });
  const client = side("initiator", CLIENT_EPHEMERAL, DEVICE.key);
  const node = side("responder", NODE_EPHEMERAL, NODE.key);
  const message1 = present(await client.writeMessage(payload1));
  await node.readMessage(message1);
  const message2 = present(await node.writeMessage(payload2));
  await client.readMessage(message2);
  return { message1, message2, client: client.split(), node: node.split() };
}

/** Every line of the example, by name. */
export async function workedExample(): Promise<Record<string, string>> {
  return {
    node_private: hex(filled(NODE.fill)),
    node_public: hex(NODE.key.publicKey),
    node_id: text(nodeIdFromPublicKey(NODE.key.publicKey)),
    device_private: hex(filled(DEVICE.fill)),
    device_public: hex(DEVICE.key.publicKey),
    client_ephemeral_private: hex(CLIENT_EPHEMERAL),
    node_ephemeral_private: hex(NODE_EPHEMERAL),
    route_token: hex(ROUTE_TOKEN),
    route_token_text: text(encodeBase64Url(ROUTE_TOKEN)),
    route_token_hash: text(present(hashRouteToken(backend.sha256, encodeBase64Url(ROUTE_TOKEN)))),
    ...(await session()),
    ...(await linkPairing()),
    ...(await codePairing()),
    ...(await nodeProof()),
  };
}

async function session() {
  const start = prologue(FRAME.HS1);
  const run = await shakeHands({ pattern: "IK", prologue: start }, new Uint8Array(0), NODE_GREETING);
  const plain = exampleRecords();
  return {
    hs1_prologue: hex(start),
    hs1: hex(makeFrame(FRAME.HS1, run.message1)),
    hs2_payload: text(NODE_GREETING),
    hs2: hex(makeFrame(FRAME.HS2, run.message2)),
    session_handshake_hash: hex(run.client.handshakeHash),
    client_record_plaintext: hex(plain.client),
    client_record: hex(record(run.client, plain.client)),
    node_record_plaintext: hex(plain.node),
    node_record: hex(record(run.node, plain.node)),
  };
}

function record({ send }: HandshakeOutcome, plaintext: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(plaintext.length + 16);
  send.seal(plaintext, sealed);
  return makeFrame(FRAME.RECORD, sealed);
}

async function linkPairing() {
  const nodeId = nodeIdFromPublicKey(NODE.key.publicKey);
  const offer = { route: LINK_ROUTE, nodeId, secret: LINK_SECRET };
  const psk = pskFromLinkSecret(backend, LINK_SECRET);
  const start = prologue(FRAME.PAIR_QR, LINK_ROUTE);
  const run = await shakeHands({ pattern: "IKpsk1", prologue: start, psk }, PAIR_REQUEST, PAIR_ANSWER);
  return {
    link: text(formatPairingLink("https://relay.example", offer)),
    link_secret: hex(LINK_SECRET),
    link_psk: hex(psk),
    pair_qr_prologue: hex(start),
    pair_payload: text(PAIR_REQUEST),
    pair_qr: hex(makeFrame(FRAME.PAIR_QR, run.message1)),
    pair_hs2_payload: text(PAIR_ANSWER),
    pair_qr_hs2: hex(makeFrame(FRAME.HS2, run.message2)),
    pair_qr_handshake_hash: hex(run.client.handshakeHash),
    pair_qr_check_number: text(checkNumber(backend.sha256, run.client.handshakeHash)),
  };
}

async function codePairing() {
  const channelId = lvCat(utf8ToBytes("ora/2 client"), utf8ToBytes("ora/2 node"), utf8ToBytes(CODE.route));
  const generator = cpaceGenerator({ secret: utf8ToBytes(CODE.secret), channelId, sid: SID });
  const clientScalar = littleEndian(CLIENT_SCALAR);
  const nodeScalar = littleEndian(NODE_SCALAR);
  const clientShare = generator.multiply(clientScalar).toBytes();
  const nodeShare = generator.multiply(nodeScalar).toBytes();
  const shared = present(multiplyVerified(nodeShare, clientScalar));
  const isk = cpaceSessionKey({
    sid: SID,
    shared,
    initiator: { share: clientShare, associatedData: new Uint8Array(0) },
    responder: { share: nodeShare, associatedData: NODE.key.publicKey },
  });
  const psk = pskFromCpace(backend, isk);
  const start = prologue(FRAME.PAIR_CODE, CODE.route);
  const run = await shakeHands({ pattern: "IKpsk1", prologue: start, psk }, PAIR_REQUEST, PAIR_ANSWER);
  return {
    code: text(`${CODE.route}-${CODE.secret}`),
    cpace_sid: hex(SID),
    cpace_ci: hex(channelId),
    cpace_generator: hex(generator.toBytes()),
    cpace_client_scalar: hex(CLIENT_SCALAR),
    cpace_node_scalar: hex(NODE_SCALAR),
    cpace_a: hex(makeFrame(FRAME.CPACE_A, SID, clientShare)),
    cpace_b: hex(makeFrame(FRAME.CPACE_B, nodeShare, NODE.key.publicKey)),
    cpace_k: hex(shared),
    cpace_isk: hex(isk),
    code_psk: hex(psk),
    pair_code_prologue: hex(start),
    pair_code: hex(makeFrame(FRAME.PAIR_CODE, run.message1)),
    pair_code_hs2: hex(makeFrame(FRAME.HS2, run.message2)),
    pair_code_check_number: text(checkNumber(backend.sha256, run.client.handshakeHash)),
  };
}

async function nodeProof() {
  const nodeBackend = withRandomness(backend, NODE_EPHEMERAL);
  const authentication = await startNodeAuthentication({ backend: nodeBackend, nodeKey: NODE.key });
  const challenge = present(
    await challengeNode({
      backend: withRandomness(backend, RELAY_EPHEMERAL),
      nodeId: nodeIdFromPublicKey(NODE.key.publicKey),
      hello: authentication.hello,
    }),
  );
  return {
    node_auth_prologue: hex(utf8ToBytes("ora/2 node-auth")),
    relay_ephemeral_private: hex(RELAY_EPHEMERAL),
    node_hello_noise: hex(authentication.hello),
    node_challenge_noise: hex(challenge.challenge),
    node_proof: text(utf8ToBytes(JSON.stringify(PROOF))),
    node_auth_noise: hex(present(await authentication.answer(challenge.challenge, PROOF))),
  };
}

/** The order in which a number's bytes stand in RFC 9496. */
function littleEndian(bytes: Uint8Array): bigint {
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  if (value >= ristretto255.Point.Fn.ORDER) throw new Error("no scalar of the group");
  return value;
}

function text(value: string | Uint8Array): string {
  return `"${typeof value === "string" ? value : new TextDecoder().decode(value)}"`;
}

/** Hex, with long runs of one byte counted. */
function hex(bytes: Uint8Array): string {
  return bytesToHex(bytes)
    .replace(/(([0-9a-f]{2})\2{15,})/g, (run: string, _: string, byte: string, at: number) =>
      at % 2 === 0 ? ` ${byte}*${run.length / 2} ` : run,
    )
    .trim();
}

/** The bytes of a value in hex. */
export function bytesOf(value: string): Uint8Array {
  const parts = value.split(" ").map((part) => {
    const [digits = "", count = "1"] = part.split("*");
    return concatBytes(...Array.from({ length: Number(count) }, () => hexToBytes(digits)));
  });
  return concatBytes(...parts);
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("the example does not work out");
  return value;
}
