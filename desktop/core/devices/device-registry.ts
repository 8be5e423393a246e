/**
 * Who may come in: the paired devices, in memory for each request and one item each in the secret store for the next
 * start. An item that cannot be read is reported and left alone, and lets nobody in, nor anybody it once let in.
 * Removing a device removes those it let in; memory forgets at once, whatever the store says. A key is one device for
 * as long as that device is known: pairing again with it is refused, because a new entry would know nothing of what
 * the owner decided about the old one.
 */
import { encodeBase32 } from "#shared/protocol/base32.ts";
import type { Clock } from "../clock.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import type { Applicant, DeviceRefusal, NewDevice } from "./applicant.ts";
import { type Device, encodeDevice } from "./device.ts";
import { itemOf, keyText, readDevices } from "./device-items.ts";
import { cleanName } from "./device-name.ts";
import { type Line, lineOf, MAX_APPS_PER_DEVICE, MAX_GENERATIONS } from "./lineage.ts";

export const MAX_DEVICES = 1_000;
/** How far a stored `last_seen` may lag behind while the node runs: a keychain is not written on each request. */
export const LAST_SEEN_LAG_MS = 60 * 60 * 1000;

const ID_BYTES = 5;

/** What `remove` did. Memory is already clean; `stored` tells about the store, and rejects when an item stays. */
interface Removal {
  readonly removed: readonly Device[];
  readonly stored: Promise<void>;
}

export interface DeviceRegistry {
  /** Names of items in the store that could not be read. */
  readonly damaged: readonly string[];
  list(): Device[];
  get(id: string): Device | undefined;
  /**
   * The device with this key, if it may come in. `not_now` for one that was not used for too long by a clock that
   * cannot be believed; undefined when there is none, or none any more.
   */
  findByKey(publicKey: Uint8Array): Device | "not_now" | undefined;
  /**
   * The device and those it descends from, nearest first. Empty when there is no such device, and when one that it
   * descends from is missing: what that one was not allowed is unknown, so its children may nothing.
   */
  lineage(id: string): readonly Device[];
  /** The device and all that descend from it. */
  family(id: string): Device[];
  /** Whether the device may let others in. A web app may not. */
  mayLetIn(id: string): boolean;
  /** The device as its owner knows it: a web app is a part of the device that opened it. */
  ownerSees(id: string): string;
  /** The web apps of a device beyond those that it may have: the ones that were not used for longest. */
  surplusApps(id: string): Device[];
  /** An id that no device has. */
  freshId(): string;
  /** Why `add` would not take this device now. */
  refusal(device: Applicant): DeviceRefusal | undefined;
  /** Stores a device, and only then knows it. @throws SecretsError when it cannot be stored. */
  add(id: string, device: NewDevice): Promise<Device | DeviceRefusal>;
  /** Undefined when there is no such device. @throws SecretsError */
  rename(id: string, name: string): Promise<Device | undefined>;
  /** @throws SecretsError; then the change is in force, and will not outlive this process. */
  setReadOnly(id: string, readOnly: boolean): Promise<Device | undefined>;
  /** Forgets a device and its descendants. */
  remove(id: string): Removal;
  /** Forgets whoever was not used for too long, by a clock that can be believed. */
  removeExpired(): Removal;
  /** Milliseconds until the device expires; never negative. */
  timeLeft(device: Device): number;
  /** The device proved its key just now. */
  seen(id: string): void;
  /** Writes what has not been written. @throws SecretsError */
  flush(): Promise<void>;
}

export interface DeviceRegistryOptions {
  readonly store: SecretStore;
  readonly clock: Clock;
  readonly randomBytes: (length: number) => Uint8Array;
  /** A device that was not used for this long is forgotten. */
  readonly expiryMs: number;
  /** Whether the clock can be believed when it says so. */
  readonly clockIsPlausible: () => boolean;
  /** A write in the background failed: `last_seen` is old in the store. For the log. */
  readonly onStoreError: (error: unknown) => void;
  /** A web app is no device any more: what else is kept of it goes, too. */
  readonly appForgotten?: (id: string) => Promise<void>;
}

/** Reads all devices. @throws SecretsError when the store cannot be read at all. */
export async function loadDevices(options: DeviceRegistryOptions): Promise<DeviceRegistry> {
  const { devices, damaged } = await readDevices(options.store);
  return new Registry(options, devices, damaged);
}

class Registry implements DeviceRegistry {
  readonly damaged: readonly string[];
  private readonly options: DeviceRegistryOptions;
  private readonly devices = new Map<string, Device>();
  private readonly byKey = new Map<string, string>();
  /** `last_seen` as the store has it. */
  private readonly written = new Map<string, number>();
  private readonly undeleted = new Set<string>();
  /** Writes happen one after the other, so that a late one cannot bring a removed device back. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(options: DeviceRegistryOptions, devices: readonly Device[], damaged: readonly string[]) {
    this.options = options;
    this.damaged = damaged;
    for (const device of devices) {
      this.know(device);
      this.written.set(device.id, device.lastSeen);
    }
  }

  list(): Device[] {
    return [...this.devices.values()].sort((a, b) => a.created - b.created);
  }

  get(id: string): Device | undefined {
    return this.devices.get(id);
  }

  findByKey(publicKey: Uint8Array): Device | "not_now" | undefined {
    const device = this.devices.get(this.byKey.get(keyText(publicKey)) ?? "");
    const line = device === undefined ? [] : this.lineage(device.id);
    if (device === undefined || line.length === 0) return undefined;
    if (line.every((one) => this.timeLeft(one) > 0)) return device;
    return this.options.clockIsPlausible() ? undefined : "not_now";
  }

  lineage(id: string): readonly Device[] {
    const { members, isWhole } = this.line(id);
    return isWhole ? members : [];
  }

  family(id: string): Device[] {
    return this.list().filter((device) => this.line(device.id).members.some((one) => one.id === id));
  }

  mayLetIn(id: string): boolean {
    const line = this.lineage(id);
    return line.length > 0 && line.length < MAX_GENERATIONS && line[0]?.app !== true;
  }

  ownerSees(id: string): string {
    return this.line(id).members.find(({ app }) => app !== true)?.id ?? id;
  }

  surplusApps(id: string): Device[] {
    const own = this.list().filter(({ parent, app }) => app === true && parent === id);
    return own.sort((a, b) => b.lastSeen - a.lastSeen || b.created - a.created).slice(MAX_APPS_PER_DEVICE);
  }

  freshId(): string {
    for (;;) {
      const id = encodeBase32(this.options.randomBytes(ID_BYTES));
      if (!this.devices.has(id) && !this.damaged.includes(itemOf(id))) return id;
    }
  }

  refusal({ publicKey, parent }: Applicant): DeviceRefusal | undefined {
    if (this.byKey.has(keyText(publicKey))) return "known_key";
    if (this.devices.size >= MAX_DEVICES) return "full";
    if (parent === undefined || this.mayLetIn(parent)) return undefined;
    return this.lineage(parent).length === 0 ? "parent_gone" : "too_deep";
  }

  async add(id: string, made: NewDevice): Promise<Device | DeviceRefusal> {
    const refusal = this.refusal(made);
    if (refusal !== undefined) return refusal;
    const now = this.options.clock.now();
    const { publicKey, routeTokenHash, parent, app } = made;
    const device: Device = {
      id,
      publicKey,
      name: cleanName(made.name),
      created: now,
      lastSeen: now,
      routeTokenHash,
      ...(parent !== undefined && { parent }),
      ...(app === true && { app }),
    };
    // Known before it is stored, so that the limit holds for two at once; taken back when storing fails.
    this.know(device);
    try {
      await this.write(id);
    } catch (error) {
      this.forget(device);
      throw error;
    }
    // The parent, or the device itself, may have been revoked while the store was at work.
    return this.devices.get(id) ?? "parent_gone";
  }

  async rename(id: string, name: string): Promise<Device | undefined> {
    return this.change(id, (device) => ({ ...device, name: cleanName(name) }));
  }

  async setReadOnly(id: string, readOnly: boolean): Promise<Device | undefined> {
    return this.change(id, ({ readOnly: _, ...rest }) => (readOnly ? { ...rest, readOnly } : rest));
  }

  remove(id: string): Removal {
    return this.removeAll(this.family(id));
  }

  removeExpired(): Removal {
    if (!this.options.clockIsPlausible()) return this.removeAll([]);
    const expired = this.list().filter((device) => this.timeLeft(device) === 0);
    return this.removeAll(new Set(expired.flatMap((device) => this.family(device.id))));
  }

  timeLeft(device: Device): number {
    return Math.max(0, device.lastSeen + this.options.expiryMs - this.options.clock.now());
  }

  seen(id: string): void {
    const now = this.options.clock.now();
    // What keeps a child alive keeps its parent alive: revoking the parent must stay possible.
    for (const device of this.line(id).members) {
      const lastSeen = Math.max(device.lastSeen, now);
      this.devices.set(device.id, { ...device, lastSeen });
      if (lastSeen - (this.written.get(device.id) ?? 0) >= LAST_SEEN_LAG_MS) {
        this.write(device.id).catch(this.options.onStoreError);
      }
    }
  }

  async flush(): Promise<void> {
    await this.queue;
    const stale = this.list().filter((device) => this.written.get(device.id) !== device.lastSeen);
    const retried = [...this.undeleted].map((id) => this.erase(id));
    await settle([...stale.map((device) => this.write(device.id)), ...retried]);
  }

  private line(id: string): Line {
    return lineOf(id, (one) => this.devices.get(one));
  }

  private removeAll(devices: Iterable<Device>): Removal {
    const removed = [...devices];
    for (const device of removed) this.forget(device);
    const { appForgotten } = this.options;
    const apps = removed.filter(({ app }) => app === true);
    const cookies = appForgotten === undefined ? [] : apps.map(({ id }) => appForgotten(id));
    return { removed, stored: settle([...removed.map(({ id }) => this.erase(id)), ...cookies]) };
  }

  private async change(id: string, edit: (device: Device) => Device): Promise<Device | undefined> {
    const device = this.devices.get(id);
    if (device === undefined) return undefined;
    this.know(edit(device));
    await this.write(id);
    return this.devices.get(id);
  }

  private know(device: Device): void {
    this.devices.set(device.id, device);
    this.byKey.set(keyText(device.publicKey), device.id);
  }

  private forget(device: Device): void {
    this.devices.delete(device.id);
    this.byKey.delete(keyText(device.publicKey));
    this.written.delete(device.id);
  }

  private write(id: string): Promise<void> {
    return this.queued(async () => {
      const device = this.devices.get(id);
      if (device === undefined) return;
      await this.options.store.set(itemOf(id), encodeDevice(device));
      this.written.set(id, device.lastSeen);
    });
  }

  private erase(id: string): Promise<void> {
    this.undeleted.add(id);
    return this.queued(async () => {
      if (!this.devices.has(id)) await this.options.store.delete(itemOf(id));
      this.undeleted.delete(id);
    });
  }

  private queued(act: () => Promise<void>): Promise<void> {
    const done = this.queue.then(act);
    // The one who asked hears of the failure; the next write goes on.
    this.queue = done.catch(() => undefined);
    return done;
  }
}

/** Waits for all, then throws the first failure. */
async function settle(all: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(all)).find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
