/**
 * One request of a page, answered by the PC: its head and body go through the tunnel, and the answer comes back as the
 * browser would have had it, with our tag in documents. What was cut is a network error to the page, never a short
 * answer; a document that cannot be had is a page that says why.
 */

import { hasNoBody } from "#shared/client/content-length.ts";
import { exchange } from "#shared/client/exchange.ts";
import { RelayError } from "#shared/client/relay-error.ts";
import type { PageFacts } from "../calls/messages.ts";
import type { ShimSources } from "../rewrite/content-policy.ts";
import { injectTag } from "../rewrite/html-injector.ts";
import { type BrowserWords, causeOf, type HeaderPair, headersForPc } from "../rewrite/request-headers.ts";
import { shapeHeaders } from "../rewrite/response-headers.ts";
import { saved } from "../rewrite/saved.ts";
import { type AppPlace, tunnelPath } from "../rewrite/url-map.ts";
import { prefixScript } from "../rewrite/worker-script.ts";
import { type Login, wantsLogin } from "./login.ts";
import type { Pages } from "./pages.ts";
import { outgoingBody } from "./request-body.ts";
import { changed, decoded } from "./response-body.ts";
import { scriptTag } from "./script-tag.ts";
import { spokenSilence } from "./spoken-silence.ts";
import { crossSitePage, loginPage, problemPage } from "./standing-pages.ts";
import type { Tunnel } from "./tunnel.ts";

const WORKERS: ReadonlySet<string> = new Set(["worker", "sharedworker"]);
/** A page that cannot be had says so after this, and comes back by itself. Milliseconds. */
const PAGE_WAIT_MS = 4_000;
/** Of an answer to a worker's fetch handler: others are an error of its constructor. */
const MAX_STATUS = 599;

export interface AnswerOptions {
  readonly tunnel: Tunnel;
  readonly pages: Pages;
  readonly login: Login;
  readonly browser: BrowserWords;
  readonly shim: ShimSources;
  /** The script that goes before a worker's own. */
  readonly workerShim: string;
}

export interface Asked {
  readonly request: Request;
  /** Left out: the request's own. */
  readonly signal?: AbortSignal;
  /** The page that asks; empty for a document's own request. */
  readonly clientId: string;
  /** What a link names as a download, which browsers do not ask a worker for: our script asks in its place. */
  readonly download?: { readonly address: string; readonly name: string };
}

/** Resolves always; what failed is `Response.error()` or a page that says so. */
export async function answer(asked: Asked, options: AnswerOptions): Promise<Response> {
  const { request } = asked;
  const { tunnel } = options;
  try {
    return await ask(asked, options, await tunnel.place());
  } catch (error) {
    if (request.mode !== "navigate" || asked.download !== undefined) return Response.error();
    const problem = error instanceof RelayError ? error.problem : { code: "stream_error" as const };
    return problemPage(problem, { name: tunnel.name(), languages: options.browser.languages });
  }
}

async function ask(
  { request, clientId, download, signal = request.signal }: Asked,
  options: AnswerOptions,
  place: AppPlace,
): Promise<Response> {
  const { tunnel, pages, login, browser, shim } = options;
  const isNavigation = request.mode === "navigate" && download === undefined;
  const words = { name: tunnel.name(), languages: browser.languages };
  const path = tunnelPath(download?.address ?? request.url, place);
  if (path === undefined) return fetch(request);
  const asked = describe(request);
  const cause = causeOf(asked, place);
  if (cause === "cross-site" && request.method !== "GET" && request.method !== "HEAD")
    return crossSitePage(words);
  const { body, length } = await outgoingBody(request);
  const given = await login.authorization();
  const headers = withOwn(headersForPc(asked, cause, place, browser), { length, authorization: given });
  const { method } = request;
  const {
    status,
    headers: pairs,
    body: raw,
  } = await exchange(tunnel.session.door, {
    method,
    path,
    headers,
    body,
    signal,
    ...(isNavigation && { waitMs: PAGE_WAIT_MS }),
  });
  if (status > MAX_STATUS) throw new RelayError({ code: "bad_response" });
  if (isNavigation && status === 401 && wantsLogin(pairs)) {
    await raw?.cancel();
    return loginPage(words, { path, wasWrong: given !== undefined });
  }
  const hasBody = raw !== null && !hasNoBody(method, status);
  const shaped = shapeHeaders(pairs, { place, shim, isNavigation, hasBody });
  if (shaped.decode === undefined) throw new RelayError({ code: "bad_response", detail: "content_encoding" });
  let stream = hasBody ? await decoded(raw, shaped.decode) : null;
  if (stream !== null && shaped.isPage) {
    stream = changed(stream, injectTag(scriptTag(factsOf(place, pages), shaped.nonce, shim)));
  }
  if (stream !== null && WORKERS.has(request.destination)) {
    stream = changed(stream, prefixScript(options.workerShim));
    shaped.headers.splice(
      0,
      shaped.headers.length,
      ...shaped.headers.filter(([name]) => name !== "content-length"),
    );
  }
  if (stream !== null && isEventStream(shaped.headers)) stream = spokenSilence(stream, { every });
  if (!isNavigation) await pages.informed(clientId);
  if (download !== undefined)
    shaped.headers.splice(0, shaped.headers.length, ...saved(shaped.headers, download));
  return new Response(stream, { status, headers: shaped.headers.map(([name, value]) => [name, value]) });
}

function isEventStream(headers: readonly HeaderPair[]): boolean {
  const isNamed = headers.some(
    ([name, value]) => name === "content-type" && /^\s*text\/event-stream\s*(;|$)/i.test(value),
  );
  return isNamed && !headers.some(([name]) => name === "content-length");
}

function every(delayMs: number, run: () => void): () => void {
  const timer = setInterval(run, delayMs);
  return () => clearInterval(timer);
}

function describe(request: Request) {
  const { method, mode, destination, referrer, headers } = request;
  return { method, mode, destination, referrer, headers, origin: headers.get("origin") };
}

function withOwn(
  headers: readonly HeaderPair[],
  { length, authorization }: { length: number | undefined; authorization: string | undefined },
): HeaderPair[] {
  const isThere = headers.some(([name]) => name === "authorization");
  return [
    ...headers.filter(([name]) => name !== "content-length"),
    ...(length === undefined ? [] : [["content-length", String(length)] as const]),
    ...(authorization === undefined || isThere ? [] : [["authorization", authorization] as const]),
  ];
}

function factsOf({ aliases, basePath }: AppPlace, { cookies, version }: Pages): PageFacts {
  return { aliases, basePath, cookies, version };
}
