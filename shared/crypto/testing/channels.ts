/** A client and a node joined by an in-memory link, with everything a test may want to replace. */

import type { LinkClose, LinkListener } from "#shared/link.ts";
import { type MemoryLink, memoryLinkPair } from "#shared/testing/memory-link.ts";
import {
  type AcceptedChannel,
  type AcceptOptions,
  acceptChannel,
  type ChannelOpening,
  type RefusedChannel,
} from "../accept-channel.ts";
import type { CryptoBackend } from "../backend.ts";
import type { ClientChannel } from "../client-exchange.ts";
import type { HandshakeFailure } from "../handshake-failure.ts";
import { type StaticKey, staticKeyFromPrivate } from "../node-identity.ts";
import { openSession } from "../open-session.ts";
import { pairByCode, pairByLink } from "../pair.ts";
import type { SecureChannel } from "../secure-channel.ts";
import { NATIVE_BACKEND, withRandomness } from "./backends.ts";
import { ManualClock } from "./manual-clock.ts";

export const filled = (byte: number, length = 32) => new Uint8Array(length).fill(byte);
export const keyOf = (byte: number): StaticKey => staticKeyFromPrivate(NATIVE_BACKEND.x25519, filled(byte));

export const DEVICE_KEY = keyOf(1);
export const NODE_KEY = keyOf(2);
export const LINK_ROUTE = "0123456789ABCDEF";
export const LINK_SECRET = filled(5, 16);
export const CODE = { route: "K7QX", secret: "0119" };
export const CLIENT_PAYLOAD = new TextEncoder().encode('{"name":"Phone","client":"ora/1.0"}');
export const NODE_PAYLOAD = new TextEncoder().encode('{"features":[]}');

export type Kind = ChannelOpening["kind"];
type ClientResult = ClientChannel | HandshakeFailure;
type NodeResult = AcceptedChannel | RefusedChannel;

/** An offer that works once, as a node keeps it. */
export function offerOnce(
  kind: "link",
  secret?: Uint8Array,
): Extract<ChannelOpening, { kind: "link" }> & Taken;
export function offerOnce(kind: "code", secret?: string): Extract<ChannelOpening, { kind: "code" }> & Taken;
export function offerOnce(kind: "link" | "code", secret?: Uint8Array | string): ChannelOpening & Taken {
  const state = { taken: 0 };
  const once = () => {
    state.taken += 1;
    return state.taken === 1;
  };
  if (kind === "link") {
    const bytes = secret instanceof Uint8Array ? secret : LINK_SECRET;
    const peek = () => (state.taken === 0 ? bytes : undefined);
    return { kind, route: LINK_ROUTE, state, secret: peek, take: once };
  }
  const text = typeof secret === "string" ? secret : CODE.secret;
  return { kind, route: CODE.route, state, take: () => (once() ? text : undefined) };
}

interface Taken {
  readonly state: { taken: number };
}

export interface Run {
  readonly clientLink: MemoryLink<Uint8Array>;
  readonly nodeLink: MemoryLink<Uint8Array>;
  readonly clock: ManualClock;
  readonly client: Promise<ClientResult>;
  readonly node: Promise<NodeResult>;
}

export interface RunOptions {
  readonly kind: Kind;
  readonly clientBackend?: CryptoBackend;
  readonly nodeBackend?: CryptoBackend;
  readonly opening?: ChannelOpening;
  readonly deviceKey?: StaticKey;
  readonly nodeKey?: StaticKey;
  /** What the client takes the node's key for. */
  readonly nodePublicKey?: Uint8Array;
  readonly hs2Payload?: AcceptOptions["hs2Payload"];
  /** Changes the client's or the node's frames on the way: index among those sent, and the frame. */
  readonly tamperClient?: (frame: Uint8Array, index: number) => Uint8Array[];
  readonly tamperNode?: (frame: Uint8Array, index: number) => Uint8Array[];
}

/** Starts both sides of a handshake. */
export function startRun(options: RunOptions): Run {
  const [clientLink, nodeLink] = memoryLinkPair<Uint8Array>();
  const clock = new ManualClock();
  clientLink.tamper = counted(options.tamperClient);
  nodeLink.tamper = counted(options.tamperNode);
  const node = acceptChannel({
    link: nodeLink,
    backend: options.nodeBackend ?? NATIVE_BACKEND,
    clock,
    nodeKey: options.nodeKey ?? NODE_KEY,
    opening: options.opening ?? defaultOpening(options.kind),
    hs2Payload: options.hs2Payload ?? (() => NODE_PAYLOAD),
  });
  return { clientLink, nodeLink, clock, node, client: startClient(clientLink, clock, options) };
}

function startClient(
  link: MemoryLink<Uint8Array>,
  clock: ManualClock,
  options: RunOptions,
): Promise<ClientResult> {
  const backend = options.clientBackend ?? NATIVE_BACKEND;
  const deviceKey = options.deviceKey ?? DEVICE_KEY;
  const nodePublicKey = options.nodePublicKey ?? NODE_KEY.publicKey;
  const common = { link, backend, clock, deviceKey };
  if (options.kind === "session") return openSession({ ...common, nodePublicKey });
  if (options.kind === "code") return pairByCode({ ...common, payload: CLIENT_PAYLOAD, code: CODE });
  const offer = { route: LINK_ROUTE, nodePublicKey, secret: LINK_SECRET };
  return pairByLink({ ...common, payload: CLIENT_PAYLOAD, offer });
}

function defaultOpening(kind: Kind): ChannelOpening {
  return kind === "session" ? { kind } : kind === "link" ? offerOnce(kind) : offerOnce(kind);
}

function counted(tamper: RunOptions["tamperClient"]): MemoryLink<Uint8Array>["tamper"] {
  let index = -1;
  return tamper && ((frame) => tamper(frame, ++index));
}

/** The randomness of one handshake of this kind, the same every time. */
export function fixedRandomness(kind: Kind, backend: CryptoBackend = NATIVE_BACKEND) {
  const ephemerals = { client: filled(3), node: filled(4) };
  const cpace = kind === "code";
  return {
    clientBackend: withRandomness(
      backend,
      ...(cpace ? [filled(6, 16), filled(7, 64)] : []),
      ephemerals.client,
    ),
    nodeBackend: withRandomness(backend, ...(cpace ? [filled(8, 64)] : []), ephemerals.node),
  };
}

/** Both results of a handshake that is to succeed. */
export async function established(run: Run): Promise<{ client: ClientChannel; node: AcceptedChannel }> {
  const [client, node] = await Promise.all([run.client, run.node]);
  if (!client.ok) throw new Error(`the client's handshake failed: ${client.failure}`);
  if (!node.ok) throw new Error(`the node's handshake failed: ${node.failure}`);
  return { client, node };
}

/** Everything a channel delivers, in order. */
export class Recorder implements LinkListener<Uint8Array> {
  readonly messages: Uint8Array[] = [];
  readonly closes: LinkClose[] = [];
  drains = 0;

  static on(channel: SecureChannel): Recorder {
    const recorder = new Recorder();
    channel.listen(recorder);
    return recorder;
  }

  message(message: Uint8Array): void {
    this.messages.push(message);
  }

  drained(): void {
    this.drains += 1;
  }

  closed(close: LinkClose): void {
    this.closes.push(close);
  }
}

/** Lets everything that is under way in memory arrive: nothing there takes longer than microtasks. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}
