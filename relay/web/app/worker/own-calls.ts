/** What the page's script asks of the worker itself: at addresses, because those keep their order with its requests. */
import { exchange } from "#shared/client/exchange.ts";
import { CALL } from "../calls/messages.ts";
import { type BrowserWords, causeOf, headersForPc } from "../rewrite/request-headers.ts";
import { tunnelPath } from "../rewrite/url-map.ts";
import type { Login } from "./login.ts";
import { crossSitePage } from "./standing-pages.ts";
import type { StreamedSockets } from "./streamed-sockets.ts";
import type { Tunnel } from "./tunnel.ts";

export interface OwnCallOptions {
  readonly tunnel: Tunnel;
  readonly login: Login;
  readonly sockets: StreamedSockets;
  readonly browser: BrowserWords;
  /** Keeps the worker alive until this is settled. */
  readonly keepAlive: (work: Promise<unknown>) => void;
}

const NOTHING = () => new Response(null, { status: 204 });
const REFUSED = () => new Response(null, { status: 400 });

export async function ownCall(request: Request, options: OwnCallOptions): Promise<Response> {
  const url = new URL(request.url);
  if (request.method !== "POST") return new Response(null, { status: 404 });
  // A form of another site can come here too: our script never navigates, and our own form stands in our origin.
  const isForm = url.pathname === CALL.login;
  if (isForm !== (request.mode === "navigate") || (isForm && !(await isOwnForm(request, options)))) {
    return crossSitePage({ name: options.tunnel.name(), languages: options.browser.languages });
  }
  switch (url.pathname) {
    case CALL.cookie:
      return writeCookie(await jsonOf(request), options);
    case CALL.beacon:
      return beacon(request, url.searchParams.get("to") ?? "", options);
    case CALL.login:
      return takeLogin(request, options);
    case CALL.socket:
      return options.sockets.open(await jsonOf(request), options.tunnel);
    case CALL.socketSend:
      return options.sockets.take(await jsonOf(request)) ? NOTHING() : REFUSED();
    default:
      return new Response(null, { status: 404 });
  }
}

async function isOwnForm(request: Request, { tunnel }: OwnCallOptions): Promise<boolean> {
  const { method, mode, destination, referrer, headers } = request;
  const asked = { method, mode, destination, referrer, headers, origin: headers.get("origin") };
  return causeOf(asked, await tunnel.place()) === "same-origin";
}

function writeCookie(asked: Record<string, unknown>, { tunnel }: OwnCallOptions): Response {
  const { text, path } = asked;
  if (typeof text !== "string" || typeof path !== "string") return REFUSED();
  tunnel.session.writeCookie(text, path);
  return NOTHING();
}

/** Answered once it is here whole: the page may be gone by the time the PC has it. */
async function beacon(request: Request, to: string, options: OwnCallOptions): Promise<Response> {
  const { tunnel, browser, login, keepAlive } = options;
  const place = await tunnel.place();
  const path = tunnelPath(to, place);
  if (path === undefined) return REFUSED();
  const bytes = new Uint8Array(await request.arrayBuffer());
  const type = request.headers.get("content-type");
  const asked = {
    method: "POST",
    mode: "no-cors",
    destination: "",
    referrer: request.referrer,
    headers: type === null ? [] : [["content-type", type] as const],
  };
  const authorization = await login.authorization();
  const headers = [
    ...headersForPc(asked, "same-origin", place, browser),
    ["content-length", String(bytes.length)] as const,
    ...(authorization === undefined ? [] : [["authorization", authorization] as const]),
  ];
  const sent = exchange(tunnel.session.door, {
    method: "POST",
    path,
    headers,
    body: bytes.length === 0 ? undefined : new Response(bytes).body,
  }).then(({ body }) => body?.cancel());
  // Nobody hears what becomes of a beacon.
  keepAlive(sent.catch(() => undefined));
  return NOTHING();
}

async function takeLogin(request: Request, { login }: OwnCallOptions): Promise<Response> {
  const form = new URLSearchParams(await request.text());
  await login.remember(form.get("name") ?? "", form.get("password") ?? "");
  const path = form.get("path") ?? "/";
  const isOwn = path.startsWith("/") && !path.startsWith("//");
  return new Response(null, { status: 303, headers: { location: isOwn ? path : "/" } });
}

async function jsonOf(request: Request): Promise<Record<string, unknown>> {
  try {
    const value: unknown = await request.json();
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Not from our script: it is refused for want of every field.
    return {};
  }
}
