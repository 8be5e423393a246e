/** A real relay on port 0 whose time a test moves, and the peers that speak to it. */
import { Writable } from "node:stream";
import type { ClientOptions } from "ws";
import { loadRelayConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { createRelay, type Relay } from "../server.ts";
import { FakeClock } from "./fake-clock.ts";
import { RawSocket } from "./raw-socket.ts";

export class RelayHarness {
  readonly clock: FakeClock;
  readonly relay: Relay;
  readonly port: number;
  /** With ORA_RELAY_ADMIN_PORT in its environment. */
  readonly adminPort: number | undefined;
  /** Every line of the log. */
  readonly logged: string[];
  private readonly sockets: RawSocket[] = [];

  private constructor(options: {
    clock: FakeClock;
    relay: Relay;
    port: number;
    adminPort: number | undefined;
    logged: string[];
  }) {
    this.clock = options.clock;
    this.relay = options.relay;
    this.port = options.port;
    this.adminPort = options.adminPort;
    this.logged = options.logged;
  }

  static async start(
    environment: Record<string, string> = {},
    options: Omit<Partial<Parameters<typeof createRelay>[0]>, "config" | "log" | "clock"> = {},
  ): Promise<RelayHarness> {
    const clock = new FakeClock();
    const logged: string[] = [];
    const sink = new Writable({
      write(chunk, _encoding, done) {
        logged.push(String(chunk));
        done();
      },
    });
    const config = loadRelayConfig({ environment: { ORA_RELAY_PORT: "0", ...environment }, dotEnv: {} });
    const relay = createRelay({ config, log: createLog("debug", sink), clock, ...options });
    const { port, adminPort } = await relay.listen();
    return new RelayHarness({ clock, relay, port, adminPort, logged });
  }

  get http(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A socket at `path`, not yet open. */
  socket(path: string, protocols: string[] = [], options: ClientOptions = {}): RawSocket {
    const socket = new RawSocket(`ws://127.0.0.1:${this.port}${path}`, protocols, options);
    this.sockets.push(socket);
    return socket;
  }

  node(id: string, options: ClientOptions = {}): Promise<RawSocket> {
    return this.socket(`/ws/node?node_id=${encodeURIComponent(id)}`, [], options).opened();
  }

  /** A v1 node that offers `code`. */
  async offering(id: string, code: string): Promise<RawSocket> {
    const node = await this.node(id);
    const ack = await node.send({ type: "pair_offer", code }).next();
    if (ack.ok !== true) throw new Error(`the offer was refused: ${ack.error}`);
    return node;
  }

  client(token: string, options: ClientOptions = {}): Promise<RawSocket> {
    return this.socket(`/ws/client?token=${token}`, [], options).opened();
  }

  post(body: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.http}/api/pair`, { method: "POST", body, headers });
  }

  pair(code: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.post(JSON.stringify({ code }), headers);
  }

  /** A token for the node that offers `code`. */
  async token(code: string): Promise<string> {
    const response = await this.pair(code);
    const body: unknown = await response.json();
    if (!isPaired(body)) throw new Error(`pairing failed: ${response.status}`);
    return body.token;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came.
  async health(): Promise<any> {
    return (await fetch(`${this.http}/health`)).json();
  }

  /** Lets time pass until the relay has closed, whatever it waits for. */
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.ws.terminate();
    let done = false;
    const closing = this.relay.close().then(() => {
      done = true;
    });
    while (!done) {
      this.clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await closing;
  }
}

function isPaired(body: unknown): body is { token: string } {
  return typeof body === "object" && body !== null && "token" in body && typeof body.token === "string";
}
