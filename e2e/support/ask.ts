/** A plain HTTP client, as any program has one: node:http, a connection of its own for each request. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: Readable | Buffer | string;
  readonly signal?: AbortSignal;
}

/** Resolves with the answer once its head is here. Rejects when there is none. */
export function ask(origin: string, path: string, options: AskOptions = {}): Promise<IncomingMessage> {
  const { method = "GET", headers = {}, body, signal } = options;
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const request = httpRequest({
      hostname,
      port,
      path,
      method,
      headers,
      agent: false,
      ...(signal && { signal }),
    });
    request.on("response", resolve);
    request.on("error", reject);
    if (body === undefined || typeof body === "string" || Buffer.isBuffer(body)) request.end(body);
    else {
      request.flushHeaders();
      // An error of the request is told above.
      pipeline(body, request).catch(() => undefined);
    }
  });
}

/** The whole body as text. Rejects when it was cut. */
export async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** How an answer ended. What is left of it is read and dropped. */
export async function endOf(response: IncomingMessage): Promise<"whole" | "cut"> {
  try {
    for await (const _ of response);
    return "whole";
  } catch {
    // Whatever the reason, the reader was told that this was not all.
    return "cut";
  }
}
