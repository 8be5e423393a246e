/**
 * What the tray shows of the running node, read from it in one go. Plain values: nothing here can be acted on, and
 * nothing of a secret stands in it but the codes that are on offer.
 */
import type { RelayState } from "../core/connector/relay-state.ts";
import type { ApiState } from "../core/local-proxy/api-watch.ts";
import type { NodeCore } from "../core/node-core.ts";
import type { OfferView } from "../core/pairing/offer-book.ts";
import type { PairingQuestion } from "../core/pairing/pairing-desk.ts";

export interface DeviceFacts {
  readonly id: string;
  readonly name: string;
  readonly isConnected: boolean;
  /** Milliseconds since 1970. */
  readonly lastSeen: number;
  readonly created: number;
  readonly isReadOnly: boolean;
  readonly parent: string | undefined;
}

export interface PlaintextFacts {
  readonly id: string;
  /** An address, by the relay's word; may be empty. */
  readonly peer: string;
  readonly since: number;
  readonly expiresAt: number;
}

export interface NodeFacts {
  readonly nodeId: string;
  readonly name: string;
  readonly relay: RelayState;
  /** Where browsers find the relay. */
  readonly relayOrigin: string;
  readonly api: ApiState;
  readonly apiAddress: string;
  readonly offers: OfferView;
  /** Secret, as the codes are. */
  readonly link: string | undefined;
  readonly allowsPlaintext: boolean;
  /** Connected first, then by when they were here last. */
  readonly devices: readonly DeviceFacts[];
  readonly plaintext: readonly PlaintextFacts[];
  readonly questions: readonly PairingQuestion[];
  /** Items of the store that cannot be read. */
  readonly damaged: readonly string[];
}

export function readNode(node: NodeCore): NodeFacts {
  // A web app is a part of the device that opened it: its owner sees one.
  const owned = node.devices.list().filter(({ app }) => app !== true);
  const devices = owned.map((device): DeviceFacts => {
    const { id, name, lastSeen, created, readOnly, parent } = device;
    return {
      id,
      name,
      isConnected: node.isConnected(id),
      lastSeen,
      created,
      isReadOnly: readOnly === true,
      parent,
    };
  });
  return {
    nodeId: node.nodeId,
    name: node.name,
    relay: node.relayState,
    relayOrigin: node.relayOrigin,
    api: node.apiState,
    apiAddress: node.apiAddress,
    offers: node.offerView,
    link: node.pairingLink,
    allowsPlaintext: node.allowsPlaintext,
    devices: devices.sort((a, b) => Number(b.isConnected) - Number(a.isConnected) || b.lastSeen - a.lastSeen),
    plaintext: node.plaintext
      .list()
      .map(({ id, peer, since, expiresAt }) => ({ id, peer, since, expiresAt })),
    questions: node.desk.questions,
    damaged: [node.devices, node.rules, node.headers, node.revocations].flatMap(({ damaged }) => damaged),
  };
}
