/**
 * A node for tests: it keeps to the protocol page (handshakes, offers, pairing, streams) over whatever link it is given,
 * and answers requests with a function of the test's. Everything it remembers can be looked at.
 */
import { acceptChannel, type ChannelOpening } from "#shared/crypto/accept-channel.ts";
import { type CryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import { nodeIdFromPublicKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { generateRouteToken } from "#shared/crypto/route-token.ts";
import type { Link } from "#shared/link.ts";
import { systemClock } from "#shared/mux/clock.ts";
import { createNodeMuxer } from "#shared/mux/create-muxer.ts";
import type { NodeMuxer } from "#shared/mux/muxer.ts";
import type { NodeStream, StreamListener } from "#shared/mux/stream.ts";
import { encodeBase64Url } from "#shared/protocol/base64url.ts";
import {
  formatTypedCode,
  generateLinkRoute,
  generateTypedCode,
  type TypedCode,
} from "#shared/protocol/pairing-code.ts";
import { formatPairingLink } from "#shared/protocol/pairing-link.ts";
import {
  decodePairRequest,
  encodeNodeGreeting,
  encodePairAnswer,
  type PairRequest,
} from "#shared/protocol/v2/pairing-messages.ts";

export interface TestDevice {
  readonly id: string;
  readonly publicKey: Uint8Array;
  readonly routeToken: string;
  readonly request: PairRequest;
}

export type Serve = (stream: NodeStream) => StreamListener;

/** How a pairing is answered. `full`: there is no room. `lost`: stores the device, and the confirmation never arrives. */
export type Decision = "allow" | "refuse" | "full" | "lost";

export class TestNode {
  readonly id: string;
  name = "studio";
  features: readonly string[] = [];
  serve: Serve;
  decide: (request: PairRequest, checkNumber: string) => Decision | Promise<Decision> = () => "allow";
  readonly devices = new Map<string, TestDevice>();
  /** Offers by route. */
  readonly links = new Map<string, Uint8Array>();
  readonly codes = new Map<string, TypedCode>();
  /** Typed codes that were spent, right or wrong. */
  guesses = 0;
  readonly checkNumbers: string[] = [];
  readonly muxers: NodeMuxer[] = [];
  readonly helloes: unknown[] = [];
  /** CONTROL messages of sessions, in order. */
  readonly controls: unknown[] = [];
  /** How it answers a request for a grant. */
  grant: ((id: unknown, muxer: NodeMuxer) => void) | undefined = (id, muxer) => {
    const { route, secret } = this.newLink();
    muxer.sendControl({ type: "grant", id, route, secret: encodeBase64Url(secret), ttl: 60 });
  };
  private readonly backend: CryptoBackend;
  private readonly key: ReturnType<typeof staticKeyFromPrivate>;

  constructor(backend: CryptoBackend, serve: Serve) {
    this.backend = backend;
    this.serve = serve;
    this.key = staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));
    this.id = nodeIdFromPublicKey(this.key.publicKey);
  }

  offerLink(relayOrigin: string): string {
    return formatPairingLink(relayOrigin, { ...this.newLink(), nodeId: this.id });
  }

  newLink(): { route: string; secret: Uint8Array } {
    const route = generateLinkRoute((length) => this.backend.randomBytes(length));
    const secret = this.backend.randomBytes(16);
    this.links.set(route, secret);
    return { route, secret };
  }

  offerCode(): string {
    const code = generateTypedCode((length) => this.backend.randomBytes(length));
    this.codes.set(code.route, code);
    return formatTypedCode(code);
  }

  /** The newest channel. */
  get muxer(): NodeMuxer {
    const last = this.muxers.at(-1);
    if (last === undefined) throw new Error("no channel yet");
    return last;
  }

  async accept(link: Link<Uint8Array>, by: { device: string } | { route: string }): Promise<void> {
    const opening = "device" in by ? ({ kind: "session" } as const) : this.opening(by.route);
    const deviceId = `d${this.devices.size + 1}`;
    const routeToken = generateRouteToken(this.backend);
    const accepted = await acceptChannel({
      link,
      backend: this.backend,
      clock: systemClock(),
      nodeKey: this.key,
      opening,
      hs2Payload: () =>
        opening.kind === "session"
          ? encodeNodeGreeting({ node_name: this.name, features: this.features })
          : encodePairAnswer({
              node_name: this.name,
              features: this.features,
              device: deviceId,
              route_token: routeToken,
            }),
    });
    if (!accepted.ok) {
      if (accepted.spentTypedCode) this.guesses += 1;
      return;
    }
    const request = decodePairRequest(accepted.payload);
    const known = [...this.devices.values()].find((device) =>
      isEqual(device.publicKey, accepted.remoteStatic),
    );
    const muxer: NodeMuxer = createNodeMuxer({
      link: accepted.channel,
      handlers: {
        stream: (stream) => this.serve(stream),
        closed: () => void this.muxers.splice(this.muxers.indexOf(muxer), 1),
        control: (message) => {
          if (message.type === "hello") this.helloes.push(message);
          else if (message.type !== "pair_confirm") this.controls.push(message);
          if (message.type === "grant") this.grant?.(message.id, muxer);
          if (message.type !== "pair_confirm" || request === undefined) return;
          const device = { id: deviceId, publicKey: accepted.remoteStatic, routeToken, request };
          void this.confirm(muxer, device, accepted.checkNumber);
        },
      },
    });
    this.muxers.push(muxer);
    if (opening.kind === "session" && known === undefined) {
      // After the first valid record, as section 4 has it.
      accepted.channel.onConfirmed(() => queueMicrotask(() => muxer.close("denied")));
    }
    muxer.start();
  }

  /** Revokes a device: its channels are closed with the PC's own word. */
  revoke(): void {
    this.devices.clear();
    for (const muxer of [...this.muxers]) muxer.close("revoked");
  }

  private async confirm(muxer: NodeMuxer, device: TestDevice, checkNumber: string): Promise<void> {
    this.checkNumbers.push(checkNumber);
    const decision = await this.decide(device.request, checkNumber);
    if (decision === "refuse" || decision === "full") {
      muxer.close(decision === "full" ? "full" : "denied");
      return;
    }
    this.devices.set(device.id, device);
    if (decision === "allow") muxer.sendControl({ type: "paired" });
    else muxer.close("internal");
  }

  private opening(route: string): ChannelOpening {
    if (route.length > 4) {
      return {
        kind: "link",
        route,
        secret: () => this.links.get(route),
        take: () => this.links.delete(route),
      };
    }
    return {
      kind: "code",
      route,
      take: () => {
        const code = this.codes.get(route);
        this.codes.delete(route);
        return code?.secret;
      },
    };
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
