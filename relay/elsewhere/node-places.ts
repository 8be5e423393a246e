/**
 * The nodes that are online here, as the other instances find them; and which instance has a node that came to two. Of
 * protocol 2 the newer connection wins, because it has proved the node's key; of protocol 1 the older stays, because
 * nothing was proved. Instances agree by a number for each connection, told again whenever the bus comes back.
 */
import { isFields } from "#shared/protocol/json-fields.ts";
import type { Clock } from "../clock.ts";
import type { Cluster, ClusterKey, Held, LinkHello } from "../cluster/cluster.ts";
import { ClusterError } from "../cluster/cluster-error.ts";
import type { OnlineNode } from "../hub.ts";
import { HOLDER_PING_MS, MAX_LEFT_NODES } from "../limits.ts";
import type { Peer, PeerListener } from "../peer.ts";
import { nodeKey, wantOf } from "./place-keys.ts";

/** Serves clients that landed elsewhere. */
export type ServeHandedOver = (hello: LinkHello, peer: Peer) => PeerListener | undefined;

/** A client of protocol 1 that landed elsewhere and is served here. */
export interface Guest {
  /** Its node is not here any more; what it asked has failed. */
  nodeLeft(): void;
}

/** Takes in one message, so that ten thousand nodes are not ten thousand messages when the bus comes back. */
const TAKES_PER_MESSAGE = 200;
/** Beyond the holder's own patience with its node. */
const ALIVE_ANSWER_MS = HOLDER_PING_MS + 1_000;

interface Place {
  readonly node: OnlineNode;
  readonly key: ClusterKey;
  readonly held: Held;
  /** Served here for as long as the node is here. */
  readonly guests: Set<Guest>;
  /** The number of this connection. */
  epoch: number;
  /** Whether an earlier holder had the time to say its number. */
  settled: boolean;
}

interface Take {
  readonly key: string;
  readonly epoch: number;
  readonly v: 1 | 2;
}

export interface NodePlacesOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly serve: ServeHandedOver;
  /** Whether a node answers a ping in time. */
  readonly isAlive: (node: OnlineNode) => Promise<boolean>;
  /** A node is at another instance now: what it offered here is over. */
  readonly moved: (nodeId: string) => void;
}

export class NodePlaces {
  private readonly options: NodePlacesOptions;
  private readonly places = new Map<ClusterKey, Place>();
  /** Nodes that were here and may have left something behind; the one that left first, first. */
  private readonly left = new Map<ClusterKey, string>();

  constructor(options: NodePlacesOptions) {
    this.options = options;
    const { cluster } = options;
    cluster.listen("take", (message, from) => this.heard(message, from));
    cluster.onChange((what) => {
      if (what === "connected") this.tell([...this.places.values()].filter(({ settled }) => settled));
    });
  }

  /** `node` is here from now on. `epoch` is the number its connection begins with. Resolves when others can find it. */
  enter(node: OnlineNode, epoch: number): Promise<void> {
    const { cluster, serve } = this.options;
    const key = nodeKey(node.id);
    const old = this.places.get(key);
    if (old?.node === node) return old.held.known;
    if (old !== undefined) this.vacate(old);
    this.left.delete(key);
    const guests = new Set<Guest>();
    const held = cluster.hold(key, {
      answer: (question) => this.answer(key, question),
      accept: serve,
    });
    const place: Place = {
      node,
      key,
      held,
      guests,
      epoch: Math.max(epoch, (old?.epoch ?? 0) + 1),
      settled: false,
    };
    this.places.set(key, place);
    void this.claim(place);
    return held.known;
  }

  /** `node` is here no more; a successor stays. Its requests must have been failed by now. */
  leave(node: OnlineNode): void {
    const place = this.places.get(nodeKey(node.id));
    if (place?.node !== node) return;
    this.vacate(place);
    this.left.set(place.key, node.id);
    if (this.left.size <= MAX_LEFT_NODES) return;
    const [first] = this.left.keys();
    if (first !== undefined) this.left.delete(first);
  }

  /** A client of protocol 1 that landed elsewhere is served here for as long as the node is here. */
  guestCame(nodeId: string, guest: Guest): void {
    this.places.get(nodeKey(nodeId))?.guests.add(guest);
  }

  /** Such a client is gone. */
  guestGone(nodeId: string, guest: Guest): void {
    this.places.get(nodeKey(nodeId))?.guests.delete(guest);
  }

  /** Whether a node of protocol 1 with this id lives elsewhere, as far as anybody can be asked. */
  async isAliveElsewhere(nodeId: string): Promise<boolean> {
    const answer = await this.ask(nodeKey(nodeId), { want: "alive" }, ALIVE_ANSWER_MS);
    return isFields(answer) && answer.alive === true;
  }

  /** Whether a node is online elsewhere, as far as anybody can be asked. */
  async isOnlineElsewhere(nodeId: string): Promise<boolean> {
    return isFields(await this.ask(nodeKey(nodeId), { want: "epoch" }));
  }

  private vacate(place: Place): void {
    this.places.delete(place.key);
    place.held.release();
    // They come back to wherever the node is by then; their own sockets stay as they are.
    for (const guest of place.guests) guest.nodeLeft();
  }

  /** Tells the others whose the node is, once an earlier holder has said its number. */
  private async claim(place: Place): Promise<void> {
    const { key, held, node } = place;
    await held.known;
    if (node.version === 2) {
      const answer = await this.ask(key, { want: "epoch" });
      if (isFields(answer) && isEpoch(answer.epoch)) place.epoch = Math.max(place.epoch, answer.epoch + 1);
    }
    place.settled = true;
    if (this.places.get(key) === place) this.tell([place]);
  }

  private async answer(key: ClusterKey, question: unknown): Promise<unknown> {
    const place = this.places.get(key);
    if (place === undefined) return undefined;
    if (wantOf(question) === "epoch") return { epoch: place.epoch };
    if (wantOf(question) !== "alive") return undefined;
    const alive = await this.options.isAlive(place.node);
    if (!alive) place.node.peer.terminate();
    return { alive };
  }

  private heard(message: unknown, from: string): void {
    for (const take of takesOf(message)) {
      // What is held was hashed here, so a key that is found is one.
      const key = take.key as ClusterKey;
      const place = this.places.get(key);
      if (place === undefined) this.leaveNothing(key);
      else if (place.node.version === take.v) this.compare(place, take, from);
    }
  }

  private compare(place: Place, take: Take, from: string): void {
    const { cluster } = this.options;
    const isHigher = take.epoch > place.epoch || (take.epoch === place.epoch && from > cluster.instance);
    if (take.v === 2 && !place.settled) {
      // It was there before this one came.
      place.epoch = Math.max(place.epoch, take.epoch + 1);
    } else if (take.v === 2 ? isHigher : !isHigher) {
      place.node.replaced();
      this.leave(place.node);
      this.leaveNothing(place.key);
    } else this.tell([place]);
  }

  /** What a node that is elsewhere now had offered here is over. */
  private leaveNothing(key: ClusterKey): void {
    const nodeId = this.left.get(key);
    if (nodeId === undefined) return;
    this.left.delete(key);
    this.options.moved(nodeId);
  }

  private tell(places: readonly Place[]): void {
    for (let index = 0; index < places.length; index += TAKES_PER_MESSAGE) {
      const takes = places
        .slice(index, index + TAKES_PER_MESSAGE)
        .map(({ key, epoch, node }): Take => ({ key, epoch, v: node.version }));
      this.options.cluster.tell("take", { takes });
    }
  }

  private async ask(key: ClusterKey, question: object, timeoutMs?: number): Promise<unknown> {
    try {
      return await this.options.cluster.ask(key, question, timeoutMs === undefined ? {} : { timeoutMs });
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      // Whoever cannot be asked hears of it when it is back.
      return undefined;
    }
  }
}

function takesOf(message: unknown): readonly Take[] {
  if (!isFields(message) || !Array.isArray(message.takes)) return [];
  return message.takes.filter(isTake);
}

function isTake(value: unknown): value is Take {
  return (
    isFields(value) &&
    typeof value.key === "string" &&
    isEpoch(value.epoch) &&
    (value.v === 1 || value.v === 2)
  );
}

function isEpoch(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
