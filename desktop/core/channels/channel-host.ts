/**
 * Lets devices in: the node's side of every channel, whichever connection to the relay it comes over. What the relay
 * says about a channel only chooses which handshake is awaited; who is there is decided by that handshake. Bounded in
 * all, before a handshake, and per device. A revoked device's channels end here, at once, without the relay's help.
 */
import { acceptChannel, type ClientHello } from "#shared/crypto/accept-channel.ts";
import type { CryptoBackend } from "#shared/crypto/backend.ts";
import type { StaticKey } from "#shared/crypto/node-identity.ts";
import type { Link } from "#shared/link.ts";
import type { ChannelCloseCode } from "#shared/mux/channel-close.ts";
import type { ControlMessage } from "#shared/mux/muxer.ts";
import type { NodeStream, StreamListener } from "#shared/mux/stream.ts";
import { CLOSE } from "#shared/protocol/close-codes.ts";
import type { ChannelOpen } from "#shared/protocol/v2/relay-messages.ts";
import type { AppDesk } from "../apps/app-desk.ts";
import type { Clock } from "../clock.ts";
import type { Device } from "../devices/device.ts";
import type { DeviceRegistry } from "../devices/device-registry.ts";
import type { OfferBook } from "../pairing/offer-book.ts";
import type { PairingDesk } from "../pairing/pairing-desk.ts";
import type { ChannelLeg } from "./channel-leg.ts";
import { type ChannelOwner, DeviceChannel } from "./device-channel.ts";
import { HandshakeSlots } from "./handshake-slots.ts";
import { familyOf, handshakeOwner, type Opening, openingOf } from "./opening.ts";
import { pairingCompletion } from "./pairing-completion.ts";
import { greeting, type PendingDevice, pendingDevice } from "./pending-device.ts";
import { Presence } from "./presence.ts";
import type { Asker } from "./request-server.ts";
import { StreamQuota } from "./stream-quota.ts";

export const MAX_CHANNELS = 1_000;
/** A phone, a few browser tabs and what the relay has not noticed to be dead. */
export const MAX_CHANNELS_PER_DEVICE = 16;

/** `device` is one that its owner sees: those of its web apps are its own. */
export type ChannelEvent =
  | { readonly kind: "device_connected"; readonly device: string; readonly peer: string }
  | { readonly kind: "device_disconnected"; readonly device: string }
  /** It gave itself another name than it had. */
  | { readonly kind: "device_renamed"; readonly device: Device; readonly before: string }
  /** A typed code was used up by somebody who did not know it. */
  | { readonly kind: "wrong_code" }
  /** An error of this program. */
  | { readonly kind: "fault"; readonly error: unknown };

export interface ChannelHostOptions {
  readonly backend: CryptoBackend;
  readonly clock: Clock;
  readonly nodeKey: StaticKey;
  readonly nodeName: () => string;
  readonly devices: DeviceRegistry;
  readonly offers: OfferBook;
  readonly desk: PairingDesk;
  readonly apps: AppDesk;
  readonly serve: (stream: NodeStream, asker: Asker) => StreamListener;
  /** Tells the relay about a device before the device hears that it is paired. */
  readonly paired: (device: string) => void;
  readonly event: (event: ChannelEvent) => void;
}

export class ChannelHost {
  private readonly options: ChannelHostOptions;
  private readonly channels = new Set<DeviceChannel>();
  private readonly byDevice = new Map<string, Set<DeviceChannel>>();
  private readonly handshakes = new HandshakeSlots();
  private readonly quota = new StreamQuota();
  private readonly presence = new Presence();

  constructor(options: ChannelHostOptions) {
    this.options = options;
  }

  /** Open channels of a device that has proved itself. */
  channelsOf(device: string): number {
    return this.byDevice.get(device)?.size ?? 0;
  }

  /** Whether the device is here, or one of its web apps. */
  isPresent(device: string): boolean {
    return this.presence.has(device);
  }

  /** Devices that are here now. */
  connected(): string[] {
    return [...this.byDevice.keys()];
  }

  /** A channel on `leg`, as the relay announced it. */
  open(leg: ChannelLeg, announced: ChannelOpen, channelBufferBytes: number): void {
    const { channel: number } = announced;
    if (leg.size >= MAX_CHANNELS) {
      leg.refuse(number, CLOSE.RATE_LIMITED);
      return;
    }
    const opening = openingOf(announced, this.options.offers);
    if (opening === undefined) {
      leg.refuse(number, CLOSE.OFFER_GONE);
      return;
    }
    const link = leg.accept(number);
    if (link === undefined) return;
    const proven = this.handshakes.enter(handshakeOwner(announced, this.options.devices), () =>
      link.close(CLOSE.RATE_LIMITED, ""),
    );
    this.shakeHands(link, opening, { peer: announced.peer, proven, channelBufferBytes }).catch(
      (error: unknown) => {
        this.options.event({ kind: "fault", error });
      },
    );
  }

  /** Ends every channel of these devices, and every request on them, now. */
  revoke(devices: readonly string[]): void {
    this.options.offers.withdrawGrants(devices);
    for (const device of devices) this.closeDevice(device, "revoked");
  }

  /** Makes a device come again, under what holds for it now. */
  restart(device: string): void {
    this.closeDevice(device, "rehandshake");
  }

  /** Tells every connected device something. */
  tellAll(message: ControlMessage): void {
    for (const channel of this.channels) channel.tell(message);
  }

  closeAll(code: ChannelCloseCode): void {
    for (const channel of [...this.channels]) channel.close(code);
  }

  private closeDevice(device: string, code: ChannelCloseCode): void {
    for (const channel of [...(this.byDevice.get(device) ?? [])]) channel.close(code);
  }

  private async shakeHands(
    link: Link<Uint8Array>,
    opening: Opening,
    { peer, proven, channelBufferBytes }: Arrival,
  ): Promise<void> {
    const { backend, clock, nodeKey, offers, desk, devices, event } = this.options;
    let pending: PendingDevice | undefined;
    const hs2Payload = (hello: ClientHello) => {
      pending = hello.kind === "session" ? undefined : pendingDevice(hello, this.options);
      return greeting(this.options.nodeName(), pending);
    };
    const accepted = await acceptChannel({ link, backend, clock, nodeKey, opening, hs2Payload }).catch(
      (error: unknown) => {
        proven();
        throw error;
      },
    );
    if (!accepted.ok) {
      proven();
      if (accepted.spentTypedCode) event({ kind: "wrong_code" });
      return;
    }
    if (opening.kind === "code") offers.guessedRight();
    const known = pending === undefined ? devices.findByKey(accepted.remoteStatic) : undefined;
    const device =
      pending === undefined
        ? idOf(known)
        : pairingCompletion({
            backend,
            desk,
            pending,
            accepted,
            grant: opening.grant(),
            refused: (id) => this.closeDevice(id, "denied"),
          });
    const id = pending?.id ?? idOf(known) ?? NOBODY;
    const family = familyOf(opening.grant()?.parent ?? id, devices);
    const channel = new DeviceChannel({
      accepted,
      owner: this.owner(peer, proven),
      clock,
      device: device ?? NOBODY,
      paired: () => {
        if (pending !== undefined) this.options.paired(pending.id);
      },
      // One record beyond what waits in the socket: the leg shares the socket out.
      mux: { settings: { linkQueueBytes: 1, channelBufferBytes }, budget: this.quota.share(id, family) },
    });
    this.channels.add(channel);
    // Whoever cannot prove its key within the handshake's deadline is cut off there.
    accepted.channel.onConfirmed(proven);
    channel.start();
    // The handshake is complete, so only the holder of that key can read this.
    if (device === undefined) channel.close(known === "not_now" ? "busy" : "denied");
  }

  private owner(peer: string, proven: () => void): ChannelOwner {
    const { devices, offers, apps, clock, event, serve } = this.options;
    return {
      admit: (channel, device) => this.admit(channel, device, peer),
      serve: (stream, device, channel) => {
        const asker = this.asker(device, channel);
        return asker && serve(stream, asker);
      },
      greeted(channel, device, features) {
        const record = devices.get(device);
        if (record !== undefined) apps.greeted(channel, record, features);
      },
      wrote: (channel, message) => apps.wrote(channel, message),
      async grant(device, app) {
        if (!devices.mayLetIn(device)) return "too_deep";
        const granted = await offers.grant(device, app);
        if (granted === "busy") return granted;
        const { route, secret, expiresAt } = granted;
        return { route, secret, ttlSec: Math.max(1, Math.floor((expiresAt - clock.now()) / 1000)) };
      },
      rename(device, name) {
        // A web app is foreign code, and its owner knows it by the device that opened it.
        const { app, name: before = "" } = devices.get(device) ?? {};
        if (app === true) return;
        devices.rename(device, name).then(
          (renamed) => {
            if (renamed === undefined || renamed.name === before) return;
            event({ kind: "device_renamed", device: renamed, before });
          },
          (error: unknown) => event({ kind: "fault", error }),
        );
      },
      closed: (channel) => {
        proven();
        this.closed(channel);
      },
      fault: (error) => event({ kind: "fault", error }),
    };
  }

  private admit(channel: DeviceChannel, device: string, peer: string): ChannelCloseCode | undefined {
    const { devices, event } = this.options;
    const record = devices.get(device);
    // It may have been revoked, or have expired, since the handshake began.
    const found = record && devices.findByKey(record.publicKey);
    if (idOf(found) !== device) return found === "not_now" ? "busy" : "denied";
    const own = this.byDevice.get(device) ?? new Set();
    if (own.size >= MAX_CHANNELS_PER_DEVICE) {
      const idle = [...own].find((other) => other.openStreams === 0);
      if (idle === undefined) return "busy";
      idle.close("busy");
    }
    devices.seen(device);
    this.byDevice.set(device, own.add(channel));
    const seen = devices.ownerSees(device);
    if (this.presence.enter(channel, seen)) event({ kind: "device_connected", device: seen, peer });
    return undefined;
  }

  /** Looked up for each request: who it is and what it may do is what the registry says now. */
  private asker(device: string, channel: DeviceChannel): Asker | undefined {
    const { devices, apps } = this.options;
    const lineage = devices.lineage(device);
    if (lineage.length === 0) return undefined;
    return {
      id: devices.ownerSees(device),
      ...(lineage[0]?.app === true && { app: apps.requests(device, channel) }),
      devices: lineage.map(({ id }) => id),
      readOnly: lineage.some(({ readOnly }) => readOnly === true),
    };
  }

  private closed(channel: DeviceChannel): void {
    this.channels.delete(channel);
    const { device } = channel;
    const own = device === undefined ? undefined : this.byDevice.get(device);
    this.options.apps.left(channel);
    if (device === undefined || own === undefined || !own.delete(channel)) return;
    if (own.size === 0) this.byDevice.delete(device);
    const gone = this.presence.leave(channel);
    if (gone !== undefined) this.options.event({ kind: "device_disconnected", device: gone });
  }
}

/** No device has this id: its channel is closed before anything can happen on it. */
const NOBODY = "";

function idOf(found: Device | "not_now" | undefined): string | undefined {
  return typeof found === "object" ? found.id : undefined;
}

/** A channel that has just been opened. */
interface Arrival {
  readonly peer: string;
  /** Its client holds no room for handshakes any more. */
  readonly proven: () => void;
  readonly channelBufferBytes: number;
}
