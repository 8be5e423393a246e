/**
 * What a page does with the client library, one act for each call from the test. It runs in a browser and uses nothing
 * that the library does not hand it.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { browserSockets } from "#shared/client/browser-socket.ts";
import { generateDeviceKey } from "#shared/client/device-key.ts";
import type { PairingRecord } from "#shared/client/pairing-record.ts";
import { createRelayClient, type RelaySession } from "#shared/client/relay-client.ts";
import { RelayError } from "#shared/client/relay-error.ts";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { staticKeyFromPrivate } from "#shared/crypto/node-identity.ts";

/** What a page would store of a pairing. */
export interface Remembered {
  readonly record: PairingRecord;
  readonly privateKey: readonly number[];
}

const backend = createCryptoBackend({ subtle: globalThis.crypto.subtle });
const client = createRelayClient({ sockets: browserSockets(), backend });
let session: RelaySession | undefined;
let answer: ReadableStreamDefaultReader<Uint8Array> | undefined;

function current(): RelaySession {
  if (session === undefined) throw new Error("not connected");
  return session;
}

const acts = {
  where: () => ({
    isSecure: globalThis.isSecureContext,
    hasSubtle: globalThis.crypto.subtle !== undefined,
    hasRandomUuid: "randomUUID" in globalThis.crypto,
    implementations: [...new Set(Object.values(backend.chosen))],
  }),

  async pair(text: string, relay: string): Promise<{ remembered: Remembered; checkNumber: string }> {
    const { key, privateKey } = generateDeviceKey(backend);
    const pairing = await client.pair(text, { deviceKey: key, name: "a browser", relay });
    const record = await pairing.completed;
    return { remembered: { record, privateKey: [...privateKey] }, checkNumber: pairing.checkNumber };
  },

  connect({ record, privateKey }: Remembered): void {
    const deviceKey = staticKeyFromPrivate(backend.x25519, Uint8Array.from(privateKey));
    session = client.connect(record, { deviceKey });
  },

  state: () => current().state.status,

  async get(path: string): Promise<{ status: number; type: string | null; text: string }> {
    const response = await current().fetch(path);
    return {
      status: response.status,
      type: response.headers.get("content-type"),
      text: await response.text(),
    };
  },

  /** The hash of a body that is read as it comes. */
  async download(path: string): Promise<string> {
    const { body } = await current().fetch(path);
    const hash = sha256.create();
    const reader = body?.getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done || value === undefined) return bytesToHex(hash.digest());
      hash.update(value);
    }
  },

  /** Sends a body of so many bytes, piece by piece; gives its hash and the API's answer. */
  async upload(path: string, length: number): Promise<{ hash: string; answer: string }> {
    const hash = sha256.create();
    let left = length;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = backend.randomBytes(Math.min(left, 50_000));
        left -= piece.length;
        hash.update(piece);
        controller.enqueue(piece);
        if (left === 0) controller.close();
      },
    });
    const response = await current().fetch(path, { method: "POST", body });
    return { hash: bytesToHex(hash.digest()), answer: await response.text() };
  },

  /** Begins to read an answer. */
  async open(path: string): Promise<void> {
    const { body } = await current().fetch(path);
    answer = body?.getReader();
  },

  /** What comes next, as text. */
  async next(): Promise<string> {
    const { value } = (await answer?.read()) ?? {};
    return new TextDecoder().decode(value);
  },

  /** Reads to the end: `whole`, or what it was cut by. */
  async rest(): Promise<string> {
    return readToTheEnd(answer);
  },

  /** Sends each message, and gives what came back until the API closed. */
  talk(
    path: string,
    messages: readonly string[],
  ): Promise<{ received: string[]; code: number; reason: string }> {
    const socket = current().webSocket(path);
    const received: string[] = [];
    socket.onopen = () => {
      for (const message of messages) socket.send(message);
    };
    socket.onmessage = ({ data }) => {
      received.push(typeof data === "string" ? data : `${data.byteLength} bytes`);
    };
    return new Promise((resolve) => {
      socket.onclose = ({ code, reason }) => resolve({ received, code, reason });
    });
  },

  /** Gives up in the middle of an answer; the name of what its reader gets. */
  async abort(path: string): Promise<string> {
    const giveUp = new AbortController();
    const { body } = await current().fetch(path, { signal: giveUp.signal });
    const reader = body?.getReader();
    await reader?.read();
    giveUp.abort();
    return readToTheEnd(reader);
  },
};

async function readToTheEnd(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<string> {
  try {
    while ((await reader?.read())?.done === false);
    return "whole";
  } catch (error) {
    if (error instanceof RelayError) return error.code;
    return error instanceof Error ? error.name : "unknown";
  }
}

export type PageActs = typeof acts;

Object.assign(globalThis, { pageActs: acts });
