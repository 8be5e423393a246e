/**
 * One channel after its handshake: whose it is, what may happen on it, how it ends. On a session's channel nothing
 * counts before the first valid record, because a handshake's first message may be forged or replayed. A channel that
 * pairs carries no requests before its device is stored.
 */
import type { AcceptedChannel } from "#shared/crypto/accept-channel.ts";
import type { ChannelClose, ChannelCloseCode } from "#shared/mux/channel-close.ts";
import { createNodeMuxer } from "#shared/mux/create-muxer.ts";
import type { ControlMessage, MuxerOptions, NodeMuxer, NodeMuxerHandlers } from "#shared/mux/muxer.ts";
import type { NodeStream, StreamListener } from "#shared/mux/stream.ts";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import { idText, listOf } from "#shared/protocol/v2/message-fields.ts";
import { MAX_FEATURES } from "#shared/protocol/v2/pairing-messages.ts";
import type { Cancel, Clock } from "../clock.ts";
import type { PairingResult } from "../pairing/pairing-desk.ts";
import { steadyClock } from "./steady-clock.ts";

/** An hour before a channel must end, new streams go to another (protocol section 4). */
export const DRAIN_AFTER_MS = 23 * 60 * 60 * 1000;
/** What a pairing client has to send after its handshake. */
export const CONFIRM_TIMEOUT_MS = 10_000;

const RENAME_INTERVAL_MS = 10_000;

/** What a channel asks of the node. */
export interface ChannelOwner {
  /** The device has proved its key. False: it may not come in (any more). */
  admit(channel: DeviceChannel, device: string): ChannelCloseCode | undefined;
  /** Undefined when nobody answers for the device any more. */
  serve(stream: NodeStream, device: string, channel: DeviceChannel): StreamListener | undefined;
  /** The client of an admitted channel said what it understands. */
  greeted(channel: DeviceChannel, device: string, features: readonly string[]): void;
  /** Scripts of a web app wrote cookies. */
  wrote(channel: DeviceChannel, message: ControlMessage): void;
  /** `app`: for a web app of the device. */
  grant(
    device: string,
    app: boolean,
  ): Promise<
    { readonly route: string; readonly secret: Uint8Array; readonly ttlSec: number } | "busy" | "too_deep"
  >;
  rename(device: string, name: string): void;
  closed(channel: DeviceChannel, close: ChannelClose): void;
  fault(error: unknown): void;
}

/** Stores the device of a pairing channel, when its client has confirmed. */
export type CompletePairing = (signal: AbortSignal) => Promise<PairingResult>;

export interface DeviceChannelOptions {
  readonly accepted: AcceptedChannel;
  readonly owner: ChannelOwner;
  readonly clock: Clock;
  /** The device of a session, or how to make one. */
  readonly device: string | CompletePairing;
  /** Tells the relay before the client hears of it. */
  readonly paired: () => void;
  readonly mux: Pick<MuxerOptions<NodeMuxerHandlers>, "settings" | "schedule" | "budget">;
}

export class DeviceChannel {
  private readonly owner: ChannelOwner;
  private readonly muxer: NodeMuxer;
  private readonly left = new AbortController();
  private readonly timers: Cancel[] = [];
  private admitted: string | undefined;
  /** As its client said in its hello. */
  private features: readonly string[] | undefined;
  private readonly clock: Clock;
  private renamedAt = Number.NEGATIVE_INFINITY;
  private isOver = false;

  constructor(options: DeviceChannelOptions) {
    const { accepted, owner, clock, device, mux } = options;
    this.owner = owner;
    this.clock = clock;
    const { channel } = accepted;
    let complete = typeof device === "string" ? undefined : device;
    this.muxer = createNodeMuxer({
      link: channel,
      clock: steadyClock(clock),
      ...mux,
      handlers: {
        stream: (stream) => this.stream(stream),
        control: (message) => {
          if (message.type === "pair_confirm" && complete !== undefined) {
            void this.pair(complete, options.paired);
            complete = undefined;
          } else this.control(message);
        },
        drained: () => this.close("bye"),
        closed: (close) => this.finished(close),
        fault: (error) => owner.fault(error),
      },
    });
    if (typeof device === "string") channel.onConfirmed(() => this.enter(device));
    else {
      const late = () => {
        if (complete !== undefined) this.close("protocol", "no pair_confirm");
      };
      this.timers.push(clock.after(CONFIRM_TIMEOUT_MS, late));
    }
    this.timers.push(clock.after(DRAIN_AFTER_MS, () => this.muxer.drain()));
  }

  /** The device, once it has proved itself and is let in. */
  get device(): string | undefined {
    return this.admitted;
  }

  get openStreams(): number {
    return this.muxer.openStreams;
  }

  start(): void {
    this.muxer.start();
  }

  tell(message: ControlMessage): void {
    if (this.admitted !== undefined) this.muxer.sendControl(message);
  }

  close(code: ChannelCloseCode, reason = ""): void {
    this.muxer.close(code, reason);
  }

  private enter(device: string): void {
    const refusal = this.owner.admit(this, device);
    if (refusal !== undefined) {
      this.close(refusal);
      return;
    }
    this.admitted = device;
    // When pairing, the hello came first.
    if (this.features !== undefined) this.owner.greeted(this, device, this.features);
  }

  private stream(stream: NodeStream): StreamListener {
    const served = this.admitted === undefined ? undefined : this.owner.serve(stream, this.admitted, this);
    if (served !== undefined) return served;
    queueMicrotask(() => {
      // Untouched, so safe to send again once the pairing is through.
      if (this.admitted === undefined) stream.reset("refused", "not paired yet");
      else this.close("denied");
    });
    return {
      data: (chunk) => stream.consumed(chunk.length),
      end: () => undefined,
      reset: () => undefined,
      writable: () => undefined,
    };
  }

  private async pair(complete: CompletePairing, paired: () => void): Promise<void> {
    const result = await complete(this.left.signal);
    if (typeof result === "string") {
      if (result !== "left") this.close(CLOSE_OF[result]);
      return;
    }
    if (this.isOver) return;
    this.enter(result.id);
    if (this.admitted === undefined) return;
    paired();
    this.muxer.sendControl({ type: "paired", device: result.id });
  }

  private control(message: ControlMessage): void {
    const device = this.admitted;
    if (message.type === "hello" && this.features === undefined) {
      this.features = featuresOf(message);
      if (device !== undefined) this.owner.greeted(this, device, this.features);
    }
    if (device === undefined) return;
    if (message.type === "rename" && typeof message.name === "string" && this.mayRename()) {
      this.owner.rename(device, message.name);
    }
    if (message.type === "grant") void this.grant(device, message.id, message.app === true);
    if (message.type === "cookie") this.owner.wrote(this, message);
  }

  /** Each renaming writes to a keychain, so they come seldom. */
  private mayRename(): boolean {
    const now = this.clock.now();
    if (now - this.renamedAt < RENAME_INTERVAL_MS) return false;
    this.renamedAt = now;
    return true;
  }

  /** `id` is the client's own, to tell its grants apart. */
  private async grant(device: string, id: unknown, app: boolean): Promise<void> {
    const granted = await this.owner.grant(device, app);
    const answer =
      typeof id === "string" || typeof id === "number" ? { type: "grant", id } : { type: "grant" };
    if (this.isOver) return;
    if (typeof granted === "string") this.muxer.sendControl({ ...answer, error: granted });
    else {
      const { route, secret, ttlSec } = granted;
      this.muxer.sendControl({ ...answer, route, secret: encodeBase64Url(secret), ttl: ttlSec });
    }
  }

  private finished(close: ChannelClose): void {
    this.isOver = true;
    this.left.abort();
    for (const cancel of this.timers) cancel();
    this.owner.closed(this, close);
  }
}

/** None for a hello that makes no sense: then its client is told nothing that it might not understand. */
function featuresOf({ features }: ControlMessage): readonly string[] {
  return listOf(features, MAX_FEATURES, idText) ?? [];
}

const CLOSE_OF: Readonly<Record<"refused" | "busy" | "full" | "not_stored", ChannelCloseCode>> = {
  refused: "denied",
  busy: "busy",
  full: "full",
  not_stored: "internal",
};
