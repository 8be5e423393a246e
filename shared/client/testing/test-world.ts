/** A relay, a node and a client library that know each other, for tests, on real sockets. */
import { WebSocket } from "ws";
import { type BrowserWebSocket, browserSockets } from "#shared/client/browser-socket.ts";
import { generateDeviceKey, type ReadableDeviceKey } from "#shared/client/device-key.ts";
import type { PairingRecord } from "#shared/client/pairing-record.ts";
import {
  type ConnectArguments,
  createRelayClient,
  type RelayClient,
  type RelayClientOptions,
  type RelaySession,
} from "#shared/client/relay-client.ts";
import type { SessionState } from "#shared/client/session-state.ts";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { TestApi } from "./test-api.ts";
import { TestNode } from "./test-node.ts";
import { TestRelay } from "./test-relay.ts";

export const backend = createCryptoBackend();

/** ws keeps to the browser's interface as far as it is used. */
export const wsSockets = browserSockets(WebSocket as unknown as BrowserWebSocket);

export class TestWorld {
  readonly relay = new TestRelay();
  readonly api = new TestApi();
  readonly node = new TestNode(backend, (stream) => this.api.serve(stream));
  readonly client: RelayClient;
  private readonly sessions: RelaySession[] = [];

  constructor(options: Partial<RelayClientOptions> = {}) {
    this.client = createRelayClient({ sockets: wsSockets, backend, ...options });
    this.relay.nodes.set(this.node.id, this.node);
  }

  /** Pairs by link and waits until the PC has confirmed. */
  async pair(): Promise<{ record: PairingRecord; device: ReadableDeviceKey }> {
    const device = generateDeviceKey(backend);
    const link = this.node.offerLink(this.relay.url);
    const pairing = await this.client.pair(link, { deviceKey: device.key, name: "test" });
    return { record: await pairing.completed, device };
  }

  connect(record: PairingRecord, options: ConnectArguments): RelaySession {
    const session = this.client.connect(record, options);
    this.sessions.push(session);
    return session;
  }

  /** Pairs, connects, and waits until the session says so. */
  async session(options: Partial<ConnectArguments> = {}): Promise<RelaySession> {
    const { record, device } = await this.pair();
    const states = new StateLog();
    const session = this.connect(record, {
      deviceKey: device.key,
      ...options,
      stateChanged: (state) => {
        states.push(state);
        options.stateChanged?.(state);
      },
    });
    await states.until("connected");
    return session;
  }

  async stop(): Promise<void> {
    for (const session of this.sessions) session.close();
    await this.relay.stop();
  }
}

/** The states of a session, in order, and a way to wait for one. */
export class StateLog {
  readonly states: SessionState[] = [];
  private waiters: (() => void)[] = [];

  readonly push = (state: SessionState): void => {
    this.states.push(state);
    const waiters = this.waiters;
    this.waiters = [];
    for (const wake of waiters) wake();
  };

  get last(): SessionState | undefined {
    return this.states.at(-1);
  }

  /** Waits for a state that comes from now on or is the last one; or, from 0, that has come at all. */
  async until<Status extends SessionState["status"]>(
    status: Status,
    test: (state: Extract<SessionState, { status: Status }>) => boolean = () => true,
    from: number = Math.max(0, this.states.length - 1),
  ): Promise<Extract<SessionState, { status: Status }>> {
    for (let at = from; ; at += 1) {
      while (at >= this.states.length) await new Promise<void>((resolve) => this.waiters.push(resolve));
      const state = this.states[at];
      if (state?.status !== status) continue;
      const wanted = state as Extract<SessionState, { status: Status }>;
      if (test(wanted)) return wanted;
    }
  }
}
