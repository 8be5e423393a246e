/**
 * What a doctor needs of a machine's network, handed in by the program that has it, and how each step is bounded in
 * time. Outcomes are values: an error is reduced to the system's code.
 */
import { SUBPROTOCOL_V2 } from "#shared/protocol/version.ts";

/** For each step. */
const STEP_TIMEOUT_MS = 8_000;

/** A connection of `node:net` or `node:tls`, as far as it is looked at. */
export interface Connecting {
  once(event: "connect" | "secureConnect" | "close", listener: () => void): unknown;
  once(event: "error", listener: (error: Error) => void): unknown;
  destroy(): unknown;
}

export interface SecureConnecting extends Connecting {
  readonly authorized: boolean;
  readonly authorizationError: unknown;
  getPeerCertificate(): { readonly valid_to?: string; readonly valid_from?: string };
}

/** An open WebSocket of the `ws` package, as far as it is looked at. */
export interface LineSocket {
  on(event: "message", listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: "close", listener: (code: number) => void): unknown;
  send(data: string | Uint8Array): void;
  terminate(): void;
}

/** The same while it is being opened. */
export interface DialledSocket extends LineSocket {
  on(event: "message", listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: "close", listener: (code: number) => void): unknown;
  on(event: "open", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(
    event: "unexpected-response",
    listener: (request: unknown, response: { readonly statusCode?: number | undefined }) => void,
  ): unknown;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface Network {
  /** The addresses of a name. Rejects with the system's error. */
  lookup(host: string): Promise<readonly string[]>;
  connect(to: Endpoint): Connecting;
  /** Goes on when the certificate is not to be trusted. */
  connectSecurely(to: Endpoint & { readonly name: string | undefined }): SecureConnecting;
  /** Without redirects and compression; a certificate that is not to be trusted is an error. */
  dial(address: string, subprotocol: string): DialledSocket;
  /** The proxy that leads to relays; undefined where there is none. Then names and certificates are its business. */
  readonly proxy?: Endpoint | undefined;
  /** Milliseconds since 1970. */
  now(): number;
}

export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: string };

/** The system's error code; nothing else of an error is shown. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^[A-Z0-9_]{1,64}$/.test(code) ? code : "failed";
}

/** Whatever `work` comes to within a step's time. It is given how to settle, once; `end` runs afterwards. */
function step<Value>(
  work: (settle: (outcome: Outcome<Value>) => void) => { end?: () => unknown },
): Promise<Outcome<Value>> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome<Value>) => {
      clearTimeout(deadline);
      resolve(outcome);
      // It may not be there yet when everything happened at once.
      queueMicrotask(() => running.end?.());
    };
    const deadline = setTimeout(() => settle({ ok: false, code: "ETIMEDOUT" }), STEP_TIMEOUT_MS);
    const running = work(settle);
  });
}

export function resolveName(network: Network, host: string): Promise<Outcome<readonly string[]>> {
  return step((settle) => {
    network.lookup(host).then(
      (value) => settle({ ok: true, value }),
      (error) => settle({ ok: false, code: codeOf(error) }),
    );
    return {};
  });
}

export function reach(network: Pick<Network, "connect">, to: Endpoint): Promise<Outcome<true>> {
  return step((settle) => {
    const socket = network.connect(to);
    socket.once("connect", () => settle({ ok: true, value: true }));
    socket.once("error", (error) => settle({ ok: false, code: codeOf(error) }));
    return { end: () => socket.destroy() };
  });
}

export interface CertificateFacts {
  /** Why it is not to be trusted, as OpenSSL and Node call it; undefined when it is. */
  readonly problem: string | undefined;
  /** Milliseconds since 1970; NaN when it does not say. */
  readonly expires: number;
}

export function certificateOf(
  network: Network,
  to: Endpoint & { readonly name: string | undefined },
): Promise<Outcome<CertificateFacts>> {
  return step((settle) => {
    const socket = network.connectSecurely(to);
    socket.once("secureConnect", () => {
      const { authorized, authorizationError: error } = socket;
      const problem = authorized ? undefined : typeof error === "string" ? error : codeOf(error);
      const expires = Date.parse(socket.getPeerCertificate().valid_to ?? "");
      settle({ ok: true, value: { problem, expires } });
    });
    socket.once("error", (error) => settle({ ok: false, code: codeOf(error) }));
    socket.once("close", () => settle({ ok: false, code: "ECONNRESET" }));
    return { end: () => socket.destroy() };
  });
}

export type Dialled =
  | { readonly kind: "open"; readonly line: Line }
  /** Something answered in HTTP. */
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "no_subprotocol" }
  | { readonly kind: "error"; readonly code: string };

export type LineEvent =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "closed"; readonly code: number }
  | { readonly kind: "timeout" };

/** An open WebSocket, read one event after the other. */
export interface Line {
  send(data: string | Uint8Array): void;
  /** The next text, or its end. Binary messages are passed over. */
  next(timeoutMs?: number): Promise<LineEvent>;
  end(): void;
}

export function dial(network: Network, address: string): Promise<Dialled> {
  return new Promise((resolve) => {
    const socket = network.dial(address, SUBPROTOCOL_V2);
    const line = lineOf(socket);
    const settle = (dialled: Dialled) => {
      clearTimeout(deadline);
      if (dialled.kind !== "open") socket.terminate();
      resolve(dialled);
    };
    const deadline = setTimeout(() => settle({ kind: "error", code: "ETIMEDOUT" }), STEP_TIMEOUT_MS);
    socket.on("open", () => settle({ kind: "open", line }));
    socket.on("unexpected-response", (_, { statusCode }) =>
      settle({ kind: "status", status: statusCode ?? 0 }),
    );
    socket.on("error", (error) => {
      // The one error of `ws` here that has no code of its own.
      const isOther = /subprotocol/i.test(error.message);
      settle(isOther ? { kind: "no_subprotocol" } : { kind: "error", code: codeOf(error) });
    });
  });
}

/** Runs once after `ms`, unless the returned function is called. */
type After = (ms: number, run: () => void) => () => void;

const afterOnTimer: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** `after` is for programs that have a clock of their own. */
export function lineOf(socket: LineSocket, after: After = afterOnTimer): Line {
  const arrived: LineEvent[] = [];
  let waiting: ((event: LineEvent) => void) | undefined;
  const arrive = (event: LineEvent) => {
    if (waiting === undefined) arrived.push(event);
    else waiting(event);
  };
  socket.on("message", (data, isBinary) => {
    if (!isBinary) arrive({ kind: "text", text: String(data) });
  });
  socket.on("close", (code) => arrive({ kind: "closed", code }));
  return {
    send: (data) => socket.send(data),
    next(timeoutMs = STEP_TIMEOUT_MS) {
      const first = arrived.shift();
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((resolve) => {
        const settle = (event: LineEvent) => {
          cancel();
          waiting = undefined;
          resolve(event);
        };
        const cancel = after(timeoutMs, () => settle({ kind: "timeout" }));
        waiting = settle;
      });
    },
    end: () => socket.terminate(),
  };
}
