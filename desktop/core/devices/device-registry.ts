/**
 * Who may come in: the paired devices, in memory for each request and one item each in the secret store for the next
 * start. An item that cannot be read is reported and left alone, and lets nobody in. Removing a device removes those
 * it let in; memory forgets at once, whatever the store says.
 */
import { encodeBase32 } from "#shared/protocol/base32.ts";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import type { Clock } from "../clock.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import { type Device, decodeDevice, encodeDevice } from "./device.ts";
import { cleanName } from "./device-name.ts";

export const MAX_DEVICES = 1_000;
/** How far a stored `last_seen` may lag behind while the node runs: a keychain is not written on each request. */
export const LAST_SEEN_LAG_MS = 60 * 60 * 1000;
/** A chain of parents longer than this is no chain that this node made. */
const MAX_LINEAGE = 8;

const ITEM_PREFIX = "device-";
const ID_BYTES = 5;

interface NewDevice {
  readonly publicKey: Uint8Array;
  /** As the device calls itself; it is cleaned here. */
  readonly name: string;
  readonly routeTokenHash: string;
  readonly parent?: string;
}

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
  /** The device with this key; undefined when there is none, or it was not used for too long. */
  findByKey(publicKey: Uint8Array): Device | undefined;
  /** The device and those it descends from, nearest first. */
  lineage(id: string): Device[];
  /** An id that no device has. */
  freshId(): string;
  /** Stores a device, and only then knows it. `full` at the limit. @throws SecretsError when it cannot be stored. */
  add(id: string, device: NewDevice): Promise<Device | "full" | "parent_gone">;
  /** Undefined when there is no such device. @throws SecretsError */
  rename(id: string, name: string): Promise<Device | undefined>;
  /** @throws SecretsError; then the change is in force, and will not outlive this process. */
  setReadOnly(id: string, readOnly: boolean): Promise<Device | undefined>;
  /** Forgets a device and its descendants. */
  remove(id: string): Removal;
  /** Forgets whoever was not used for too long. */
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
  /** A write in the background failed: `last_seen` is old in the store. For the log. */
  readonly onStoreError: (error: unknown) => void;
}

/** Reads all devices. @throws SecretsError when the store cannot be read at all. */
export async function loadDevices(options: DeviceRegistryOptions): Promise<DeviceRegistry> {
  const { store } = options;
  const damaged: string[] = [];
  const devices: Device[] = [];
  for (const item of await store.list()) {
    if (!item.startsWith(ITEM_PREFIX)) continue;
    const device = await readItem(store, item);
    if (device === undefined || devices.some((other) => sharesKey(other, device))) damaged.push(item);
    else devices.push(device);
  }
  return new Registry(options, devices, damaged);
}

async function readItem(store: SecretStore, item: string): Promise<Device | undefined> {
  let text: string | undefined;
  try {
    text = await store.get(item);
  } catch (error) {
    // One damaged file must not keep the others out; a store that fails as a whole must.
    if (error instanceof Error && "code" in error && error.code === "damaged") return undefined;
    throw error;
  }
  const device = text === undefined ? undefined : decodeDevice(text);
  return device !== undefined && itemOf(device.id) === item ? device : undefined;
}

function itemOf(id: string): string {
  return ITEM_PREFIX + id;
}

function keyText(publicKey: Uint8Array): string {
  return encodeBase64Url(publicKey);
}

function sharesKey(left: Device, right: Device): boolean {
  return keyText(left.publicKey) === keyText(right.publicKey) || left.routeTokenHash === right.routeTokenHash;
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

  findByKey(publicKey: Uint8Array): Device | undefined {
    const device = this.devices.get(this.byKey.get(keyText(publicKey)) ?? "");
    return device !== undefined && this.lineage(device.id).every((one) => this.timeLeft(one) > 0)
      ? device
      : undefined;
  }

  lineage(id: string): Device[] {
    const line: Device[] = [];
    let next = this.devices.get(id);
    while (next !== undefined && line.length < MAX_LINEAGE && !line.includes(next)) {
      line.push(next);
      next = next.parent === undefined ? undefined : this.devices.get(next.parent);
    }
    return line;
  }

  freshId(): string {
    for (;;) {
      const id = encodeBase32(this.options.randomBytes(ID_BYTES));
      if (!this.devices.has(id) && !this.damaged.includes(itemOf(id))) return id;
    }
  }

  async add(id: string, made: NewDevice): Promise<Device | "full" | "parent_gone"> {
    const now = this.options.clock.now();
    const { publicKey, routeTokenHash, parent } = made;
    const device: Device = {
      id,
      publicKey,
      name: cleanName(made.name),
      created: now,
      lastSeen: now,
      routeTokenHash,
      ...(parent !== undefined && { parent }),
    };
    if (this.devices.size >= MAX_DEVICES) return "full";
    if (parent !== undefined && !this.devices.has(parent)) return "parent_gone";
    const known = this.byKey.get(keyText(publicKey));
    if (known !== undefined) await this.remove(known).stored;
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
    const device = this.devices.get(id);
    return this.removeAll(device === undefined ? [] : [device]);
  }

  removeExpired(): Removal {
    return this.removeAll(this.list().filter((device) => this.timeLeft(device) === 0));
  }

  timeLeft(device: Device): number {
    return Math.max(0, device.lastSeen + this.options.expiryMs - this.options.clock.now());
  }

  seen(id: string): void {
    const device = this.devices.get(id);
    if (device === undefined) return;
    const lastSeen = Math.max(device.lastSeen, this.options.clock.now());
    this.devices.set(id, { ...device, lastSeen });
    // What keeps a child alive keeps its parent alive: revoking the parent must stay possible.
    if (device.parent !== undefined) this.seen(device.parent);
    if (lastSeen - (this.written.get(id) ?? 0) >= LAST_SEEN_LAG_MS) {
      this.write(id).catch(this.options.onStoreError);
    }
  }

  async flush(): Promise<void> {
    await this.queue;
    const stale = this.list().filter((device) => this.written.get(device.id) !== device.lastSeen);
    const retried = [...this.undeleted].map((id) => this.erase(id));
    await settle([...stale.map((device) => this.write(device.id)), ...retried]);
  }

  private removeAll(chosen: readonly Device[]): Removal {
    const ids = new Set(chosen.map((device) => device.id));
    const removed = this.list().filter((device) => this.lineage(device.id).some((one) => ids.has(one.id)));
    for (const device of removed) this.forget(device);
    return { removed, stored: settle(removed.map((device) => this.erase(device.id))) };
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
