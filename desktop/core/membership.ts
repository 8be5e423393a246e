/**
 * Who belongs to this node, and who no longer: devices and plaintext sessions that come, go or expire, with the channels
 * and the relay told in the same turn. What is stored afterwards is the registry's and the revocations' own work.
 */
import type { NodeToRelay, SessionEntry } from "#shared/protocol/v2/relay-messages.ts";
import type { ChannelHost } from "./channels/channel-host.ts";
import type { Cancel, Clock } from "./clock.ts";
import type { Device } from "./devices/device.ts";
import type { DeviceRegistry } from "./devices/device-registry.ts";
import { sessionEntry } from "./devices/session-entry.ts";
import type { CoreEvent } from "./node-event.ts";
import type { PlaintextSession, PlaintextSessions } from "./relay-session/plaintext-sessions.ts";

export interface Revoked {
  readonly removed: readonly Device[];
  /** Rejects when the store keeps an item, which then lets its device in again after a restart. */
  readonly stored: Promise<void>;
}

export interface RevokedAll extends Revoked {
  readonly sessions: readonly PlaintextSession[];
}

export interface MembershipOptions {
  readonly clock: Clock;
  readonly devices: DeviceRegistry;
  readonly plaintext: PlaintextSessions;
  readonly channels: Pick<ChannelHost, "revoke" | "restart" | "connected">;
  /** Says something to the relay, when it is there. */
  readonly send: (message: NodeToRelay) => void;
  readonly event: (event: CoreEvent) => void;
}

const EXPIRY_CHECK_MS = 60 * 60 * 1000;

export class Membership {
  private readonly options: MembershipOptions;
  private cancelExpiry: Cancel = () => undefined;

  constructor(options: MembershipOptions) {
    this.options = options;
  }

  /** Looks for devices that were unused for too long, now and from time to time, until `stop`. */
  start(): void {
    const { clock, devices, channels, event } = this.options;
    // Whoever is connected uses it, however long ago the channel began.
    for (const id of channels.connected()) devices.seen(id);
    const { removed, stored } = devices.removeExpired();
    this.dropped(removed);
    // Of a device that stays, its owner need not know which web apps it no longer has.
    const told = removed.filter(({ app }) => app !== true);
    for (const device of told) event({ kind: "device_expired", device });
    this.report(stored);
    this.cancelExpiry = clock.after(EXPIRY_CHECK_MS, () => this.start());
  }

  stop(): void {
    this.cancelExpiry();
  }

  /** Whom the relay shall let through. */
  sessionEntries(): SessionEntry[] {
    return this.options.devices.list().map((device) => this.entryOf(device));
  }

  /** A device has been stored: the relay shall let it through, and it may be a web app too many. */
  announce(id: string): void {
    const { devices, send } = this.options;
    const device = devices.get(id);
    if (device === undefined) return;
    send({ type: "sessions", add: [this.entryOf(device)], remove: [] });
    if (device.app !== true || device.parent === undefined) return;
    for (const surplus of devices.surplusApps(device.parent)) this.report(this.revoke(surplus.id).stored);
  }

  /**
   * Throws a device out, with those it let in (protocol section 7). Their channels and requests end in this turn;
   * `stored` rejects when the store keeps an item.
   */
  revoke(id: string): Revoked {
    const { devices, event } = this.options;
    const { removed, stored } = devices.remove(id);
    // A web app is a part of the device that opened it.
    for (const device of removed) if (device.app !== true) event({ kind: "device_revoked", device });
    this.dropped(removed);
    return { removed, stored };
  }

  /** Every device, and every plaintext session that has begun, also one that only an absent relay knows. */
  revokeAll(): RevokedAll {
    const { plaintext, devices, send } = this.options;
    const ended = plaintext.revokeAll();
    for (const { id } of ended.removed) send({ type: "session_revoke", id });
    const all = devices.list().map(({ id }) => this.revoke(id));
    return {
      removed: all.flatMap(({ removed }) => removed),
      sessions: ended.removed,
      stored: Promise.all([ended, ...all].map(({ stored }) => stored)).then(() => undefined),
    };
  }

  /** Ends a session of protocol 1, and its requests. False when there is none. */
  revokePlaintext(id: string): boolean {
    const isKnown = this.options.plaintext.revoke(id);
    this.options.send({ type: "session_revoke", id });
    return isKnown;
  }

  /**
   * What it and those it let in may do changes at once: their channels start anew, so that no open WebSocket outlives
   * the change.
   */
  async setReadOnly(id: string, readOnly: boolean): Promise<Device | undefined> {
    const { devices, channels } = this.options;
    const changed = devices.setReadOnly(id, readOnly);
    if (readOnly) for (const device of devices.family(id)) channels.restart(device.id);
    return changed;
  }

  private dropped(removed: readonly Device[]): void {
    const ids = removed.map(({ id }) => id);
    if (ids.length === 0) return;
    this.options.channels.revoke(ids);
    this.options.send({ type: "sessions", add: [], remove: ids });
  }

  private entryOf(device: Device): SessionEntry {
    return sessionEntry(device, this.options.devices.timeLeft(device));
  }

  private report(stored: Promise<void>): void {
    stored.catch((error: unknown) => this.options.event({ kind: "store_failed", error }));
  }
}
