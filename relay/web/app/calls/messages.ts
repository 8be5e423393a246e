/**
 * What the page's script and the worker say to each other, and the addresses at which the script asks. The page is
 * foreign code and can say all of it too: it may do to itself what it likes, so the worker takes every message for a
 * claim about that page alone.
 */
import type { ReadableCookie } from "#shared/protocol/v2/app-messages.ts";

/** Marks a message as one of these; the app's own never have it. */
export const MARK = "ora-shim";

/** Addresses below `/~ora/` that the worker itself answers. */
export const CALL = {
  /** POST: JSON `{text, path}`; a script wrote a cookie. */
  cookie: "/~ora/call/cookie",
  /** POST: what `sendBeacon` was given; `?to=` is where it goes. */
  beacon: "/~ora/call/beacon",
  /** POST: JSON `{id, path, protocols}`; the answer streams what the socket says, one JSON text a line. */
  socket: "/~ora/call/socket",
  /** POST: JSON `{id, events}`; what the script says to the socket. */
  socketSend: "/~ora/call/socket-send",
  /** GET, by navigation: what a link names as a download; `?to=` is the address, `&as=` the file's name or nothing. */
  download: "/~ora/call/download",
  /** POST: the form of the page that asks for a name and a password. */
  login: "/~ora/call/login",
} as const;

/** How long the body is, for the PC: a worker is not told. Decimal, bytes. */
export const LENGTH_HEADER = "x-ora-shim-length";

/**
 * In a request of the page's script: it knows what an answer without an answer is. `WAITS` where it asks for the first
 * time, afterwards what stood in `LATER_HEADER`.
 */
export const WAITS_HEADER = "x-ora-shim-waits";
export const WAITS = "yes";
/** In an answer of the worker: there is none yet, and with this it is to be asked for again. */
export const LATER_HEADER = "x-ora-shim-later";

export type ToWorker =
  | { readonly [MARK]: "ping" }
  | { readonly [MARK]: "paired" }
  /** Another PC's app is to come: with a port, on which is said whether nothing else runs here any more. */
  | { readonly [MARK]: "shut-others" }
  /** The user looks at a page again, or the network changed. */
  | { readonly [MARK]: "wake" }
  /** The cookies up to this version are known to the page. */
  | { readonly [MARK]: "cookies-seen"; readonly version: number }
  /** With a port, on which a WebSocket is talked about. */
  | { readonly [MARK]: "socket"; readonly path: string; readonly protocols: readonly string[] };

export type ToPage =
  /** `instance` is another one when the worker was stopped meanwhile. */
  | { readonly [MARK]: "pong"; readonly instance: string }
  | { readonly [MARK]: "cookies"; readonly version: number; readonly cookies: readonly ReadableCookie[] }
  /** The PC does not want this device any more. */
  | { readonly [MARK]: "revoked" };

/** What a page needs before its first script, in the tag of ours. */
export interface PageFacts {
  readonly aliases: readonly string[];
  readonly basePath: string;
  readonly cookies: readonly ReadableCookie[];
  readonly version: number;
}

/** On a socket's port, from the script. */
export type SocketCommand =
  | { readonly send: string | ArrayBuffer }
  | { readonly close: { readonly code?: number; readonly reason: string } };

/** On a socket's port, to the script. */
export type SocketEvent =
  | { readonly open: { readonly protocol: string } }
  | { readonly message: string | ArrayBuffer }
  /** So many of the bytes that were sent have left. */
  | { readonly sent: number }
  | { readonly closed: { readonly code: number; readonly reason: string; readonly wasClean: boolean } };

/** The word of a message of ours; undefined for everything else. */
export function wordOf(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null || !(MARK in data)) return undefined;
  const word = data[MARK];
  return typeof word === "string" ? word : undefined;
}
