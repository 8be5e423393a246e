/**
 * The service worker of an app's origin: every request of its pages comes here, and the PC answers it. Only `/~ora/` is
 * the relay's. Without a pairing it keeps out of the way, and the relay's own page says what to do.
 */

import { RelayError } from "#shared/client/relay-error.ts";
import { isRevocation } from "#shared/client/session-state.ts";
import { lateCryptoBackend } from "#shared/crypto/late-backend.ts";
import { CALL, MARK, WAITS, WAITS_HEADER, wordOf } from "../calls/messages.ts";
import { RESERVED_PREFIX } from "../rewrite/url-map.ts";
import { type AnswerOptions, answer } from "./answer.ts";
import { LateAnswers } from "./late-answers.ts";
import { Login } from "./login.ts";
import { ownCall } from "./own-calls.ts";
import { Pages } from "./pages.ts";
import { Memory } from "./remembered.ts";
import { shutOthers } from "./shut-others.ts";
import { hostSocket, socketCommand } from "./socket-host.ts";
import { StreamedSockets } from "./streamed-sockets.ts";
import { openTunnel, type Tunnel } from "./tunnel.ts";

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: the scripts of pages and of workers, and the first one's hash (`sha256-…`). */
declare const PAGE_SHIM: string;
declare const PAGE_SHIM_HASH: string;
declare const WORKER_SHIM: string;

const SHIM_PATH = `${RESERVED_PREFIX}shim.js`;
const WORKER_SHIM_PATH = `${RESERVED_PREFIX}worker-shim.js`;
const BOOT_PATH = `${RESERVED_PREFIX}boot`;

const { origin } = self.location;
const browser = { userAgent: navigator.userAgent, languages: navigator.languages };
const shim = { script: origin + SHIM_PATH, hash: PAGE_SHIM_HASH, calls: origin + RESERVED_PREFIX };
const instance = Math.random().toString(36).slice(2);
const pages = new Pages(self.clients);
const sockets = new StreamedSockets();
const lateAnswers = new LateAnswers({
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  random: () => self.crypto.randomUUID(),
  first: WAITS,
});

let memory: Promise<Memory> | undefined;
let tunnel: Promise<Tunnel | "unpaired" | "revoked"> | undefined;

function openMemory(): Promise<Memory> {
  memory ??= Memory.open(self.indexedDB);
  return memory;
}

async function connect(): Promise<Tunnel | "unpaired" | "revoked"> {
  try {
    const opened = await openTunnel({
      memory: await openMemory(),
      backend: lateCryptoBackend({ subtle: self.crypto.subtle }),
      origin,
      subtle: self.crypto.subtle,
      handlers: { cookiesChanged: (cookies) => pages.cookiesChanged(cookies), revoked },
    });
    return opened ?? "unpaired";
  } catch (error) {
    if (error instanceof RelayError && isRevocation(error.problem)) return "revoked";
    return "unpaired";
  }
}

function currentTunnel(): Promise<Tunnel | "unpaired" | "revoked"> {
  return tunnel ?? held(connect());
}

/** The boot page pairs meanwhile: without a pairing the next one looks again. */
function held(opening: Promise<Tunnel | "unpaired" | "revoked">): Promise<Tunnel | "unpaired" | "revoked"> {
  const holding = opening.then((opened) => {
    if (opened === "unpaired" && tunnel === holding) tunnel = undefined;
    return opened;
  });
  tunnel = holding;
  return holding;
}

/**
 * The boot page may have paired, with another PC even: then nothing of the one before may be left in here. Requests that
 * come meanwhile wait for it.
 */
async function renewed(before: typeof tunnel): Promise<Tunnel | "unpaired" | "revoked"> {
  const opened = await before;
  // The app may have deleted the database under us.
  memory = undefined;
  const stored = await openMemory()
    .then((now) => now.read())
    .catch(() => undefined);
  if (typeof opened === "object" && stored?.pairing?.record.deviceId === opened.device) return opened;
  forgetPc(opened);
  return connect();
}

/** What is known of it: the connection, the name and password, the cookies. */
function forgetPc(opened: Tunnel | "unpaired" | "revoked" | undefined): void {
  login = undefined;
  pages.forget();
  if (typeof opened === "object") opened.session.close();
}

async function makeRoom(asking: string, port: MessagePort): Promise<void> {
  const before = tunnel;
  tunnel = undefined;
  forgetPc(await before);
  port.postMessage(await shutOthers(self.clients, asking));
}

/** The pages stop at once, each with the page that says so in its place. */
function revoked(): void {
  tunnel = Promise.resolve("revoked");
  void pages.tellAll({ [MARK]: "revoked" });
}

const script = (text: string) =>
  new Response(text, {
    headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-store" },
  });

async function respond(event: FetchEvent): Promise<Response> {
  const { request, clientId } = event;
  const opened = await currentTunnel();
  const isNavigation = request.mode === "navigate";
  if (opened === "unpaired") return isNavigation ? fetch(request) : Response.error();
  if (opened === "revoked")
    return isNavigation ? Response.redirect(origin + BOOT_PATH, 303) : Response.error();
  const memoryNow = await openMemory();
  login ??= new Login(memoryNow);
  const url = new URL(request.url);
  if (url.origin === origin && url.pathname.startsWith(RESERVED_PREFIX)) {
    const keepAlive = (work: Promise<unknown>) => event.waitUntil(work);
    if (url.pathname === CALL.download) return download(event, opened, login);
    return ownCall(request, { tunnel: opened, login, sockets, browser, keepAlive }).catch(() =>
      Response.error(),
    );
  }
  const options = answering(opened, login);
  const ticket = request.headers.get(WAITS_HEADER);
  if (ticket === null) return answer({ request, clientId }, options);
  return lateAnswers.answer({
    ticket,
    signal: request.signal,
    mayRepeat: request.method === "GET" || request.method === "HEAD",
    begin: (signal) => answer({ request, clientId, signal }, options),
  });
}

function answering(opened: Tunnel, known: Login): AnswerOptions {
  return { tunnel: opened, pages, login: known, browser, shim, workerShim: WORKER_SHIM };
}

function download({ request, clientId }: FetchEvent, opened: Tunnel, known: Login): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const address = searchParams.get("to") ?? "";
  const name = searchParams.get("as") ?? "";
  if (!URL.canParse(address) || request.mode !== "navigate") return Promise.resolve(Response.error());
  return answer({ request, clientId, download: { address, name } }, answering(opened, known));
}

let login: Login | undefined;

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== origin && !isLoopback(url)) return;
  if (url.origin === origin && url.pathname.startsWith(RESERVED_PREFIX)) {
    if (url.pathname === SHIM_PATH) event.respondWith(script(PAGE_SHIM));
    else if (url.pathname === WORKER_SHIM_PATH) event.respondWith(script(WORKER_SHIM));
    else if (Object.values<string>(CALL).includes(url.pathname)) event.respondWith(respond(event));
    return;
  }
  event.respondWith(respond(event));
});

/** An app's own addresses on its PC are loopback ones; others stay the browser's. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

self.addEventListener("message", (event) => {
  const { data, source, ports } = event;
  if (!(source instanceof Client)) return;
  switch (wordOf(data)) {
    case "ping":
      source.postMessage({ [MARK]: "pong", instance });
      return;
    case "paired":
      event.waitUntil(held(renewed(tunnel)));
      return;
    case "shut-others":
      for (const port of ports) event.waitUntil(makeRoom(source.id, port));
      return;
    case "cookies-seen":
      if (typeof data.version === "number") pages.cookiesSeen(source.id, data.version);
      return;
    case "socket":
      for (const port of ports) event.waitUntil(openSocket(port, data));
      return;
    case "wake":
      event.waitUntil(currentTunnel().then((opened) => typeof opened !== "string" && opened.session.wake()));
  }
});

async function openSocket(
  port: MessagePort,
  { path, protocols }: { path: unknown; protocols: unknown },
): Promise<void> {
  const closed = { closed: { code: 1006, reason: "", wasClean: false } };
  const opened = await currentTunnel();
  const names = Array.isArray(protocols) ? protocols.filter((each) => typeof each === "string") : [];
  if (typeof opened === "string" || typeof path !== "string" || !path.startsWith("/")) {
    port.postMessage(closed);
    return;
  }
  await opened.place().catch(() => undefined);
  const command = hostSocket(opened.session.webSocket(path, names), (told) => port.postMessage(told));
  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    const read = socketCommand(data);
    if (read !== undefined) command(read);
  };
}

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
