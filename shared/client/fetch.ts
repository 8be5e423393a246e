/**
 * `fetch` through the tunnel, with the platform's Request and Response. Differences to the platform's own: the URL's
 * origin is ignored (there is one API), redirects are answers, nothing is cached or decompressed, and no cookie is kept.
 */
import type { HeaderPair, HeaderPairs } from "#shared/mux/heads.ts";
import { type ExchangeRequest, exchange } from "./exchange.ts";
import { RelayError } from "./relay-error.ts";
import type { StreamDoor } from "./stream-door.ts";

export interface TunnelRequestInit extends Omit<RequestInit, "signal"> {
  readonly signal?: AbortSignal | null;
  /** Longest wait for a connection, in milliseconds. */
  readonly waitMs?: number;
  /** Sent besides the others, as they are: also those that a browser's `Headers` refuses, such as Origin. */
  readonly headerPairs?: HeaderPairs;
}

/** A Response that also has the headers as they came: a browser hides Set-Cookie in `headers`. */
export interface TunnelResponse extends Response {
  readonly headerPairs: HeaderPairs;
}

/** For URLs that are only a path. Nobody ever connects to it. */
const BASE = "http://ora.invalid";

/** Resolves with the answer once its head is here. Rejects with a RelayError, or with the signal's reason. */
export async function tunnelFetch(
  door: StreamDoor,
  input: Request | URL | string,
  init: TunnelRequestInit = {},
): Promise<TunnelResponse> {
  const { waitMs, headerPairs = [], ...rest } = init;
  const { request, path } = requestOf(input, rest);
  // The signal of Node's Request hears of an abort only while the Request exists, and nobody else keeps them that long.
  const kept = [request, input];
  request.signal.addEventListener("abort", () => kept.splice(0));
  const answer = await exchange(door, {
    method: request.method,
    path,
    headers: [...[...request.headers].map(([name, value]): HeaderPair => [name, value]), ...headerPairs],
    body: bodyOf(request, rest),
    signal: request.signal,
    waitMs,
  } satisfies ExchangeRequest);
  const { status, headers, body } = answer;
  if (status > 599) {
    await body?.cancel();
    throw new RelayError({ code: "bad_response", detail: `status_${status}` });
  }
  return withPairs(
    new Response(body, { status, headers: headers.map(([name, value]) => [name, value]) }),
    headers,
  );
}

function requestOf(input: Request | URL | string, init: RequestInit): { request: Request; path: string } {
  // A body that is a stream needs this word, which not every DOM library's types know.
  const options = { ...init, duplex: "half" } as RequestInit;
  if (typeof input !== "string" && !(input instanceof URL)) {
    return { request: new Request(input, options), path: pathOf(input.url) };
  }
  const text = String(input);
  // A path is sent as it was written: URL parsing would tidy up dots and encodings.
  const isPath = text.startsWith("/");
  const request = new Request(isPath ? BASE : text, options);
  return { request, path: isPath ? text.replace(/#.*$/s, "") : pathOf(request.url) };
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** Firefox has no `Request.body`, so what was handed in is looked at first. */
function bodyOf(request: Request, init: RequestInit): ReadableStream<Uint8Array> | null {
  if (request.body !== undefined) return request.body;
  if (init.body === undefined || init.body === null) return null;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        controller.enqueue(new Uint8Array(await request.arrayBuffer()));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

function withPairs(response: Response, headerPairs: HeaderPairs): TunnelResponse {
  return Object.assign(response, { headerPairs });
}
