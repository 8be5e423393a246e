/** A device for tests: dials a relay, pairs, opens sessions, asks. Built on the same handshakes as real clients. */
import { WebSocket } from "ws";
import { createCryptoBackend, generatePrivateKey } from "#shared/crypto/backend.ts";
import type { ClientChannel } from "#shared/crypto/client-exchange.ts";
import type { HandshakeFailure } from "#shared/crypto/handshake-failure.ts";
import { publicKeyFromNodeId, type StaticKey, staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";
import { openSession } from "#shared/crypto/open-session.ts";
import { pairByCode, pairByLink } from "#shared/crypto/pair.ts";
import type { Link, LinkListener } from "#shared/link.ts";
import type { ChannelClose } from "#shared/mux/channel-close.ts";
import { createClientMuxer } from "#shared/mux/create-muxer.ts";
import type { ClientMuxer, ControlMessage } from "#shared/mux/muxer.ts";
import { parseTypedCode } from "#shared/protocol/pairing-code.ts";
import { parsePairingLink } from "#shared/protocol/pairing-link.ts";
import {
  decodePairAnswer,
  encodePairRequest,
  type PairAnswer,
} from "#shared/protocol/v2/pairing-messages.ts";
import { systemClock } from "../clock.ts";
import { DeviceEnd } from "./device-end.ts";
import { type Mailbox, mailbox } from "./mailbox.ts";

const backend = createCryptoBackend();

/** A channel with streams, and what was said on it. */
export class OpenChannel extends DeviceEnd {
  readonly controls: Mailbox<ControlMessage>;
  readonly closed: Promise<ChannelClose>;
  readonly checkNumber: string;
  readonly answer: PairAnswer | undefined;

  constructor(muxer: ClientMuxer, rest: Pick<OpenChannel, "controls" | "closed" | "checkNumber" | "answer">) {
    super(muxer);
    this.controls = rest.controls;
    this.closed = rest.closed;
    this.checkNumber = rest.checkNumber;
    this.answer = rest.answer;
  }
}

export interface TestDeviceOptions {
  readonly relay: URL;
  readonly nodeId: string;
  readonly name?: string;
}

export class TestDevice {
  readonly key: StaticKey = staticKeyFromPrivate(backend.x25519, generatePrivateKey(backend));
  routeToken = "";
  id = "";
  private readonly options: TestDeviceOptions;

  constructor(options: TestDeviceOptions) {
    this.options = options;
  }

  /** Dials, says `open`, and gives the link that carries frames. */
  async dial(open: object): Promise<Link<Uint8Array>> {
    const socket = new WebSocket(new URL("/ws/client", this.options.relay), ["ora.v2"], {
      perMessageDeflate: false,
    });
    const link = frames(socket);
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    socket.send(JSON.stringify({ type: "open", ...open }));
    return link;
  }

  async pairByLink(text: string): Promise<OpenChannel | HandshakeFailure> {
    const offer = parsePairingLink(text);
    if (offer === undefined) throw new Error("no link");
    const link = await this.dial({ route: offer.route });
    const payload = encodePairRequest({ name: this.options.name ?? "test phone", client: "test/1" });
    return this.paired(
      await pairByLink({ link, backend, clock: systemClock, deviceKey: this.key, offer, payload }),
    );
  }

  async pairByCode(text: string): Promise<OpenChannel | HandshakeFailure> {
    const code = parseTypedCode(text);
    if (code === undefined) throw new Error("no code");
    const link = await this.dial({ route: code.route });
    const payload = encodePairRequest({ name: this.options.name ?? "test phone", client: "test/1" });
    return this.paired(
      await pairByCode({ link, backend, clock: systemClock, deviceKey: this.key, code, payload }),
    );
  }

  /** Pairs to the end. */
  async pair(text: string): Promise<OpenChannel> {
    const channel = await (text.includes("#") ? this.pairByLink(text) : this.pairByCode(text));
    if (!(channel instanceof OpenChannel)) throw new Error(`not paired: ${channel.failure}`);
    channel.muxer.sendControl({ type: "pair_confirm" });
    const answer = await Promise.race([channel.controls.next(), channel.closed]);
    if (!("type" in answer) || answer.type !== "paired")
      throw new Error(`not paired: ${JSON.stringify(answer)}`);
    return channel;
  }

  async session(): Promise<OpenChannel | HandshakeFailure> {
    const { nodeId } = this.options;
    const nodePublicKey = publicKeyFromNodeId(nodeId);
    if (nodePublicKey === undefined) throw new Error("no node id");
    const link = await this.dial({ node_id: nodeId, token: this.routeToken });
    const channel = await openSession({
      link,
      backend,
      clock: systemClock,
      deviceKey: this.key,
      nodePublicKey,
    });
    return channel.ok ? this.opened(channel) : channel;
  }

  /** A session that must come about. */
  async connect(): Promise<OpenChannel> {
    const channel = await this.session();
    if (!(channel instanceof OpenChannel))
      throw new Error(`no session: ${channel.failure} ${channel.close.code}`);
    channel.muxer.sendControl({ type: "hello", features: [] });
    return channel;
  }

  private paired(channel: ClientChannel | HandshakeFailure): OpenChannel | HandshakeFailure {
    if (!channel.ok) return channel;
    const answer = decodePairAnswer(channel.payload);
    this.routeToken = answer?.route_token ?? "";
    this.id = answer?.device ?? "";
    return this.opened(channel, answer);
  }

  private opened(channel: ClientChannel, answer?: PairAnswer): OpenChannel {
    const controls = mailbox<ControlMessage>();
    let close: (close: ChannelClose) => void = () => undefined;
    const closed = new Promise<ChannelClose>((resolve) => {
      close = resolve;
    });
    const handlers = { control: (message: ControlMessage) => controls.put(message), closed: close };
    const muxer = createClientMuxer({ link: channel.channel, handlers });
    muxer.start();
    return new OpenChannel(muxer, { controls, closed, checkNumber: channel.checkNumber, answer });
  }
}

/** The binary messages of a socket as a link; texts are the relay's and nobody's business here. */
function frames(socket: WebSocket): Link<Uint8Array> {
  let listener: LinkListener<Uint8Array> | undefined;
  const early: (() => void)[] = [];
  const run = (act: () => void) => {
    if (listener === undefined) early.push(act);
    else act();
  };
  socket.on("message", (data: Buffer, isBinary) => {
    if (isBinary) run(() => listener?.message(data));
  });
  socket.on("close", (code, reason) => run(() => listener?.closed({ code, reason: reason.toString() })));
  return {
    get queuedBytes() {
      return socket.bufferedAmount;
    },
    send: (frame) => socket.send(frame, () => listener?.drained()),
    close: (code, reason) => socket.close(code, reason),
    listen(given) {
      listener = given;
      for (const act of early.splice(0)) act();
    },
  };
}
