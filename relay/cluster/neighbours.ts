/**
 * The other instances: each says every second that it is there and where on the bus. One that says nothing for three
 * seconds, or is heard of at another address, is forgotten with every link to it, and told so.
 */
import { type Fields, isFields } from "#shared/protocol/json-fields.ts";
import type { Clock, Timer } from "../clock.ts";
import {
  BEAT_MS,
  INSTANCE_WINDOW_BYTES,
  MAX_INSTANCES,
  MIN_INSTANCE_WINDOW_BYTES,
  SILENT_BEATS,
} from "./cluster-limits.ts";
import { FRAME, numberFrame, startFrame } from "./frame.ts";
import { addressText, Neighbour, parseAddress } from "./neighbour.ts";

export interface NeighboursOwner {
  /** Tells all others a beat. */
  beat(words: object): void;
  post(subject: string, frame: Buffer): void;
  /** Links with it are lost. */
  forgotten(neighbour: Neighbour): void;
  came(): void;
  went(): void;
}

/** An instance's name: made at its start, never anything that somebody else wrote. */
const INSTANCE_NAME = /^[0-9a-f]{16}$/;

export class Neighbours {
  private readonly clock: Clock;
  private readonly owner: NeighboursOwner;
  private readonly instance: string;
  private readonly all = new Map<number, Neighbour>();
  /** Name → address of those that have said that they are there. */
  private readonly named = new Map<string, number>();
  private address = 0;
  private beats: Timer | undefined;

  constructor(options: { clock: Clock; instance: string; owner: NeighboursOwner }) {
    this.clock = options.clock;
    this.instance = options.instance;
    this.owner = options.owner;
  }

  get count(): number {
    return this.named.size;
  }

  /** Whether one of this name is there. */
  knows(instance: string): boolean {
    return this.named.has(instance);
  }

  /** The bus is there, and this instance at `address` on it. */
  start(address: number): void {
    this.address = address;
    this.beat();
  }

  /** The bus is gone. */
  stop(): void {
    this.beats?.cancel();
    this.beats = undefined;
    for (const neighbour of [...this.all.values()]) this.forget(neighbour);
  }

  /** This instance ends: tells those who know it, so that they need not wait for its silence. */
  sayFarewell(): void {
    for (const neighbour of this.all.values()) this.sayBye(neighbour);
  }

  /** Whoever sends from `address`; undefined where that is one too many. */
  at(address: number): Neighbour | undefined {
    const known = this.all.get(address);
    if (known !== undefined) {
      known.silentBeats = 0;
      return known;
    }
    if (this.all.size >= MAX_INSTANCES || address === this.address || this.beats === undefined)
      return undefined;
    const neighbour = new Neighbour({
      address,
      from: this.address,
      post: (subject, frame) => this.owner.post(subject, frame),
      window: () => Math.max(MIN_INSTANCE_WINDOW_BYTES, INSTANCE_WINDOW_BYTES / Math.max(1, this.count)),
    });
    this.all.set(address, neighbour);
    return neighbour;
  }

  /** A beat has come. False when it is none. */
  heard(words: unknown): boolean {
    const said = decodeBeat(words);
    if (said === undefined || said.instance === this.instance) return false;
    const before = this.named.get(said.instance);
    if (before === said.address && this.all.has(before)) {
      this.at(before);
      return true;
    }
    const old = before === undefined ? undefined : this.all.get(before);
    if (old !== undefined) this.forget(old);
    const neighbour = this.at(said.address);
    if (neighbour === undefined) return false;
    this.named.set(said.instance, said.address);
    this.owner.came();
    // So that it need not wait for the next one.
    this.sayBeat();
    return true;
  }

  /** It has forgotten this instance. */
  forget(neighbour: Neighbour): void {
    if (!this.all.delete(neighbour.address)) return;
    this.owner.forgotten(neighbour);
    for (const [name, address] of this.named) {
      if (address !== neighbour.address) continue;
      this.named.delete(name);
      this.owner.went();
    }
  }

  private beat(): void {
    for (const neighbour of [...this.all.values()]) {
      // Counted and not timed: when this process stood still itself, nobody else was silent.
      neighbour.silentBeats += 1;
      if (neighbour.silentBeats <= SILENT_BEATS) neighbour.tellCredit();
      else {
        this.sayBye(neighbour);
        this.forget(neighbour);
      }
    }
    this.beats = this.clock.after(BEAT_MS, () => this.beat());
    this.sayBeat();
  }

  private sayBeat(): void {
    this.owner.beat({ instance: this.instance, at: addressText(this.address) });
  }

  private sayBye(neighbour: Neighbour): void {
    const frame = startFrame(FRAME.BYE, 0, { from: this.address, link: 0, fromNear: false });
    numberFrame(frame, 0);
    neighbour.sendWord(frame);
  }
}

function decodeBeat(words: unknown): { readonly instance: string; readonly address: number } | undefined {
  const fields: Fields = isFields(words) ? words : {};
  const { instance, at } = fields;
  const address = parseAddress(at);
  if (typeof instance !== "string" || !INSTANCE_NAME.test(instance) || address === undefined)
    return undefined;
  return { instance, address };
}
